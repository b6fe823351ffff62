//! `OnDemandThroughput`: the most that a table or an index on demand may be asked for.
//!
//! They are kept and shown, and limit nothing: a lack of capacity is one of the faults of a case.

use super::refusals::invalid;
use super::settings::Billing;
use crate::answer::Answer;
use crate::decode;
use crate::json::Object;
use crate::members::Members;

/// What takes a ceiling away.
const REMOVED: i64 = -1;

/// Request units per second; a kind without a number has no ceiling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ceilings {
    read: Option<i64>,
    write: Option<i64>,
}

impl Ceilings {
    /// Reads the member `OnDemandThroughput`; one that is empty is as good as none.
    pub(super) fn read(members: &mut Members<'_>) -> Result<Option<Ceilings>, Answer> {
        members.structure("OnDemandThroughput", "OnDemandThroughput", |inner| {
            Ok(Ceilings {
                read: inner.read("MaxReadRequestUnits", decode::long)?,
                write: inner.read("MaxWriteRequestUnits", decode::long)?,
            })
        })
    }

    /// Whether there are none.
    pub(super) fn is_empty(self) -> bool {
        self == Ceilings::default()
    }

    /// Checks what a new table asks for, which cannot take away what was never there.
    pub(super) fn check_new(self, billing: Billing) -> Result<(), Answer> {
        self.check_billing(billing, "", "table BillingMode is PROVISIONED.")?;
        self.check_range("table", |units| units >= 1)
    }

    /// Checks what an index of a new table asks for.
    pub(super) fn check_new_index(self, index: &str, billing: Billing) -> Result<(), Answer> {
        let of_index = format!(" for index: {index}");
        self.check_billing(billing, &of_index, "table BillingMode is PROVISIONED.")?;
        self.check_range(&format!("index : {index}"), |units| units >= 1)
    }

    /// Checks what a table is to change; `billing` is what it is about to have.
    pub(super) fn check_change(self, billing: Billing) -> Result<(), Answer> {
        self.check_billing(billing, "", "the table BillingMode is PROVISIONED")?;
        self.check_range("table", |units| units >= 1 || units == REMOVED)
    }

    /// These, and the earlier ones where these say nothing.
    pub(super) fn or(self, earlier: Ceilings) -> Ceilings {
        Ceilings { read: self.read.or(earlier.read), write: self.write.or(earlier.write) }
    }

    /// What is left without those that were taken away.
    pub(super) fn remaining(self) -> Ceilings {
        let stays = |units: &i64| *units != REMOVED;
        Ceilings { read: self.read.filter(stays), write: self.write.filter(stays) }
    }

    /// The JSON of an `OnDemandThroughput`, if there is anything to say.
    pub(super) fn describe(self) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let members = self.members().into_iter();
        let object = members.fold(Object::new(), |object, (name, units)| {
            object.json_if(name, units.map(|units| units.to_string()))
        });
        Some(object.finish())
    }

    fn check_billing(self, billing: Billing, of: &str, when: &str) -> Result<(), Answer> {
        let first = self.members().into_iter().find(|(_, units)| units.is_some());
        match (billing, first) {
            (Billing::Provisioned, Some((name, _))) => Err(invalid(&format!(
                "{name} for OnDemandThroughput{of} cannot be specified when {when}"
            ))),
            _ => Ok(()),
        }
    }

    fn check_range(self, of: &str, is_sound: impl Fn(i64) -> bool) -> Result<(), Answer> {
        let mut members = self.members().into_iter();
        match members.find(|(_, units)| units.is_some_and(|units| !is_sound(units))) {
            Some((name, _)) => Err(invalid(&format!(
                "Requested {name} for OnDemandThroughput for {of} is outside of valid range"
            ))),
            None => Ok(()),
        }
    }

    /// In the order in which AWS looks at them.
    fn members(self) -> [(&'static str, Option<i64>); 2] {
        [("MaxReadRequestUnits", self.read), ("MaxWriteRequestUnits", self.write)]
    }
}
