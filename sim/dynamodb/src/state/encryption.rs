//! Encryption at rest, and its changes.

use stormglass_spec::Time;

use super::{ChangeSpan, Viewpoint};
use crate::answer::Answer;
use crate::json::{self, Object};
use crate::names::{key_arn, uuid};
use crate::refusals::{self, invalid};

/// The key that encrypts a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// The key of AWS, which every table has without asking.
    #[default]
    Default,
    /// The key that AWS manages for the account.
    Managed,
    /// A key of the customer, by its id, its alias or its ARN.
    Customer(String),
}

/// The encryption of a table and its last change. The table stays active during a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EncryptionState {
    now: Encryption,
    /// The encryption that a description shows until the last change is done.
    before: Option<(ChangeSpan, Encryption)>,
}

impl EncryptionState {
    pub(crate) fn new(now: Encryption) -> EncryptionState {
        EncryptionState { now, before: None }
    }

    /// Refuses a change during another one, and a change to the same key.
    ///
    /// AWS recognises the same key by its ARN only: its id counts as another key.
    pub(crate) fn check_change(&self, to: &Encryption, now: Time) -> Result<(), Answer> {
        if let Some((span, _)) = &self.before
            && now < span.done_at
        {
            return Err(refusals::in_use("Server-Side Encryption is still being updated"));
        }
        match to {
            Encryption::Default if self.now == Encryption::Default => {
                Err(invalid("Table is already encrypted by default"))
            }
            Encryption::Customer(key) if key_of(&self.now).as_ref() == Some(key) => Err(invalid(
                "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId \
                 parameter if you want to change Master Key",
            )),
            _ => Ok(()),
        }
    }

    /// Changes the encryption.
    pub(crate) fn change(&mut self, to: Encryption, span: ChangeSpan) {
        let before = std::mem::replace(&mut self.now, to);
        self.before = Some((span, before));
    }

    /// The JSON of an `SSEDescription`; none for the default key.
    pub(crate) fn describe(&self, view: Viewpoint) -> Option<String> {
        if let Some((span, before)) = &self.before
            && view.is_pending(*span)
        {
            return Some(describe("UPDATING", before));
        }
        (self.now != Encryption::Default).then(|| describe("ENABLED", &self.now))
    }
}

fn describe(status: &str, encryption: &Encryption) -> String {
    let key = key_of(encryption);
    let kind = key.is_some().then(|| "\"KMS\"".to_owned());
    Object::new()
        .text("Status", status)
        .json_if("SSEType", kind)
        .json_if("KMSMasterKeyArn", key.map(|key| json::string(&key)))
        .finish()
}

fn key_of(encryption: &Encryption) -> Option<String> {
    match encryption {
        Encryption::Default => None,
        Encryption::Managed => Some(key_arn(&uuid("aws/dynamodb", 0))),
        Encryption::Customer(key) if key.starts_with("arn:") => Some(key.clone()),
        Encryption::Customer(key) => Some(key_arn(key)),
    }
}
