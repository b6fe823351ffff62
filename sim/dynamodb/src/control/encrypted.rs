//! How a table is encrypted, and how it came to be so.

use stormglass_spec::Time;

use super::record::{Span, View};
use super::refusals::{self, invalid};
use super::settings::Encryption;
use crate::answer::Answer;
use crate::json::{self, Object};
use crate::names::{key_arn, uuid};

/// The encryption of a table and its last change, during which the table stays active.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Encrypted {
    now: Encryption,
    /// What holds until the last change is done.
    before: Option<(Span, Encryption)>,
}

impl Encrypted {
    pub(super) fn new(now: Encryption) -> Encrypted {
        Encrypted { now, before: None }
    }

    /// Whether the encryption can change to another, or the answer of AWS.
    ///
    /// Only the ARN of the key that the table has is known as the same key: by its id it counts as
    /// another.
    pub(super) fn check_change(&self, to: &Encryption, now: Time) -> Result<(), Answer> {
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
    pub(super) fn change(&mut self, to: Encryption, span: Span) {
        let before = std::mem::replace(&mut self.now, to);
        self.before = Some((span, before));
    }

    /// The JSON of an `SSEDescription`, of which there is none for the key that every table has.
    pub(super) fn describe(&self, view: View) -> Option<String> {
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
