//! What a table is beyond its keys: its billing, its class, its protection.

use crate::answer::Answer;
use crate::members::Members;
use crate::refusals::invalid;
use crate::state::{Billing, Encryption, Throughput};

/// The billing of a new table and its throughput, for on-demand billing none.
pub(super) type NewBilling = (Billing, Throughput);

/// The billing that a new table gets.
pub(super) fn new_billing(
    billing: Option<Billing>,
    throughput: Option<Throughput>,
) -> Result<NewBilling, Answer> {
    match (billing.unwrap_or(Billing::Provisioned), throughput) {
        (Billing::OnDemand, Some(_)) => Err(throughput_on_demand()),
        (Billing::OnDemand, None) => Ok((Billing::OnDemand, Throughput::default())),
        (Billing::Provisioned, None) => Err(invalid(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is \
             PROVISIONED",
        )),
        (Billing::Provisioned, Some(throughput)) => {
            throughput.check_bounds()?;
            Ok((Billing::Provisioned, throughput))
        }
    }
}

/// On-demand tables have no throughput.
pub(super) fn throughput_on_demand() -> Answer {
    invalid(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is \
         PAY_PER_REQUEST",
    )
}

/// The member `SSESpecification`, its members not yet checked against each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct EncryptionMembers<'a> {
    enabled: bool,
    kind: Option<&'a str>,
    key: Option<&'a str>,
}

impl<'a> EncryptionMembers<'a> {
    /// Reads the member `SSESpecification`.
    pub(super) fn read(members: &mut Members<'a>) -> Result<Option<EncryptionMembers<'a>>, Answer> {
        members.structure("SSESpecification", "SSESpecification", |inner| {
            Ok(EncryptionMembers {
                enabled: inner.flag("Enabled")?,
                kind: inner.one_of("SSEType", &["AES256", "KMS"])?,
                key: inner.string("KMSMasterKeyId")?,
            })
        })
    }

    /// What they ask for.
    pub(super) fn build(self) -> Result<Encryption, Answer> {
        let message = match self {
            EncryptionMembers { enabled: false, kind: Some(_), .. } => {
                "SSEType can not be specified if Enabled is false"
            }
            EncryptionMembers { enabled: false, key: Some(_), .. } => {
                "KMSMasterKeyId can not be specified if Enabled is false"
            }
            EncryptionMembers { kind: Some("AES256"), .. } => "SSEType AES256 is not supported",
            EncryptionMembers { kind: None, key: Some(_), .. } => {
                "SSEType KMS is required if KMSMasterKeyId is specified"
            }
            EncryptionMembers { enabled: false, .. } => return Ok(Encryption::Default),
            EncryptionMembers { key: None, .. } => return Ok(Encryption::Managed),
            EncryptionMembers { key: Some(key), .. } => {
                return Ok(Encryption::Customer(key.to_owned()));
            }
        };
        Err(invalid(message))
    }
}

/// Reads the member `StreamSpecification`: whether it asks for a stream.
///
/// Streams are not modelled, so one that is asked for is refused as such.
pub(super) fn read_stream(
    members: &mut Members<'_>,
    operation: &str,
) -> Result<Option<StreamMembers>, Answer> {
    let stream = members.structure("StreamSpecification", "StreamSpecification", |inner| {
        let enabled = inner.switch("StreamEnabled")?;
        if enabled.is_none() {
            inner.missing("StreamEnabled");
        }
        let views = ["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"];
        let view = inner.one_of("StreamViewType", &views)?;
        Ok((enabled, view.is_some()))
    })?;
    match stream {
        Some((Some(true), _)) => {
            Err(Answer::unsupported(&format!("StreamSpecification of {operation}")))
        }
        Some((_, has_view)) => Ok(Some(StreamMembers { has_view })),
        None => Ok(None),
    }
}

/// The member `StreamSpecification` without a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamMembers {
    /// Whether it says nonetheless what the stream would hold.
    pub(super) has_view: bool,
}
