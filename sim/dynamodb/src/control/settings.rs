//! Billing, encryption and streams of a request, checked in the order of AWS.

use crate::answer::Answer;
use crate::members::Members;
use crate::refusals::invalid;
use crate::state::{Billing, Encryption, StreamView, Throughput};

/// The billing of a new table and its throughput, which is zero for on-demand billing.
pub(super) type NewBilling = (Billing, Throughput);

/// Checks the billing of a new table; the default is provisioned.
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

/// Refuses a throughput for an on-demand table.
pub(super) fn throughput_on_demand() -> Answer {
    invalid(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is \
         PAY_PER_REQUEST",
    )
}

/// The members of an `SSESpecification`.
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

    /// Builds the encryption, and refuses members that contradict one another.
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

/// A `StreamSpecification`.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamMembers {
    enabled: bool,
    view: Option<StreamView>,
}

/// The stream that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamWish {
    /// A stream with this view.
    Open(StreamView),
    /// No stream.
    Closed,
}

/// The messages of AWS for a view that is missing, and for one that is too much.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamFaults {
    pub(super) view_missing: &'static str,
    pub(super) view_refused: &'static str,
}

impl StreamMembers {
    /// Reads the member `StreamSpecification`.
    pub(super) fn read(members: &mut Members<'_>) -> Result<Option<StreamMembers>, Answer> {
        members.structure("StreamSpecification", "StreamSpecification", |inner| {
            let enabled = inner.switch("StreamEnabled")?;
            if enabled.is_none() {
                inner.missing("StreamEnabled");
            }
            let words = StreamView::ALL.map(StreamView::name);
            let word = inner.one_of("StreamViewType", &words)?;
            let view = StreamView::ALL.into_iter().find(|view| word == Some(view.name()));
            Ok(StreamMembers { enabled: enabled.unwrap_or_default(), view })
        })
    }

    /// Returns the stream, and refuses members that contradict one another.
    pub(super) fn build(self, faults: StreamFaults) -> Result<StreamWish, Answer> {
        match (self.enabled, self.view) {
            (true, Some(view)) => Ok(StreamWish::Open(view)),
            (false, None) => Ok(StreamWish::Closed),
            (true, None) => Err(invalid(faults.view_missing)),
            (false, Some(_)) => Err(invalid(faults.view_refused)),
        }
    }
}
