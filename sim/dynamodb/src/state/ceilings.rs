//! `OnDemandThroughput`: the limits of a table or an index with on-demand billing.
//!
//! The model keeps and shows them, and limits nothing: a driver decides when capacity lacks.

use super::Billing;
use crate::answer::Answer;
use crate::decode;
use crate::json::Object;
use crate::members::Members;
use crate::refusals::invalid;

/// The number that removes a ceiling.
const REMOVED: i64 = -1;

/// Request units per second; a missing number is no ceiling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ceilings {
    read: Option<i64>,
    write: Option<i64>,
}

impl Ceilings {
    /// Reads the member `OnDemandThroughput`.
    pub(crate) fn read(members: &mut Members<'_>) -> Result<Option<Ceilings>, Answer> {
        members.structure("OnDemandThroughput", "OnDemandThroughput", |inner| {
            Ok(Ceilings {
                read: inner.read("MaxReadRequestUnits", decode::long)?,
                write: inner.read("MaxWriteRequestUnits", decode::long)?,
            })
        })
    }

    /// True if there is no ceiling.
    pub(crate) fn is_empty(self) -> bool {
        self == Ceilings::default()
    }

    /// Checks the ceilings of a new table, which has none to remove yet.
    pub(crate) fn check_new(self, billing: Billing) -> Result<(), Answer> {
        self.check_billing(billing, "", "table BillingMode is PROVISIONED.")?;
        self.check_range("table", |units| units >= 1)
    }

    /// Checks the ceilings of an index of a new table.
    pub(crate) fn check_new_index(self, index: &str, billing: Billing) -> Result<(), Answer> {
        let of_index = format!(" for index: {index}");
        self.check_billing(billing, &of_index, "table BillingMode is PROVISIONED.")?;
        self.check_range(&format!("index : {index}"), |units| units >= 1)
    }

    /// Checks the ceilings of an update; `billing` is that of the table after it.
    pub(crate) fn check_change(self, billing: Billing) -> Result<(), Answer> {
        self.check_billing(billing, "", "the table BillingMode is PROVISIONED")?;
        self.check_range("table", |units| units >= 1 || units == REMOVED)
    }

    /// Takes the earlier ceilings where these have no number.
    pub(crate) fn or(self, earlier: Ceilings) -> Ceilings {
        Ceilings { read: self.read.or(earlier.read), write: self.write.or(earlier.write) }
    }

    /// Drops the ceilings that an update has removed.
    pub(crate) fn remaining(self) -> Ceilings {
        let stays = |units: &i64| *units != REMOVED;
        Ceilings { read: self.read.filter(stays), write: self.write.filter(stays) }
    }

    /// The JSON of an `OnDemandThroughput`; none without a ceiling.
    pub(crate) fn describe(self) -> Option<String> {
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

    /// The members with their numbers, in the order in which AWS checks them.
    fn members(self) -> [(&'static str, Option<i64>); 2] {
        [("MaxReadRequestUnits", self.read), ("MaxWriteRequestUnits", self.write)]
    }
}
