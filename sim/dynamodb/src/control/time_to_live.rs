//! `UpdateTimeToLive` and `DescribeTimeToLive`.

use std::time::Duration;

use stormglass_spec::Time;

use super::table_names;
use crate::answer::Answer;
use crate::json::{self, Object};
use crate::members::Members;
use crate::names::ATTRIBUTE_NAME;
use crate::state::{ChangeKind, ChangeSpan, TableState, TimeToLive};

/// The time for which a change rules out another one; the reference says up to one hour.
const LOCK: Duration = Duration::from_secs(60 * 60);

/// A request to turn expiry on or off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UpdateTimeToLive {
    table: String,
    attribute: String,
    enabled: bool,
}

/// A request for the expiry of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DescribeTimeToLive {
    table: String,
}

impl UpdateTimeToLive {
    /// Parses the request, as far as no table is needed.
    pub(crate) fn parse(members: &mut Members<'_>) -> Result<UpdateTimeToLive, Answer> {
        let name = table_names::read(members)?;
        let class = "TimeToLiveSpecification";
        let specification = members.structure(class, class, |inner| {
            let enabled = inner.switch("Enabled")?;
            if enabled.is_none() {
                inner.missing("Enabled");
            }
            let attribute = inner.require_text("AttributeName", ATTRIBUTE_NAME)?;
            Ok((enabled.unwrap_or_default(), attribute.to_owned()))
        })?;
        if specification.is_none() {
            members.missing(class);
        }
        let table = table_names::check(members, name)?;
        let (enabled, attribute) =
            specification.expect("a request without a specification has been refused");
        Ok(UpdateTimeToLive { table, attribute, enabled })
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// Turns expiry on or off, with effect when `takes` is over.
    pub(crate) fn apply(
        &self,
        state: &mut TableState,
        now: Time,
        takes: Duration,
    ) -> Result<Answer, Answer> {
        state.check_settled(&self.table, now)?;
        let time_to_live = &mut state.time_to_live;
        self.check(time_to_live, now)?;
        let attribute = self.enabled.then(|| self.attribute.clone());
        let before = std::mem::replace(&mut time_to_live.attribute, attribute);
        time_to_live.change = Some((ChangeSpan::new(now, takes), before));
        let specification = Object::new()
            .text("AttributeName", &self.attribute)
            .flag("Enabled", self.enabled)
            .finish();
        Ok(Answer::success(Object::new().json("TimeToLiveSpecification", &specification).finish()))
    }

    /// Refuses a change that changes nothing, then one that follows another too soon.
    fn check(&self, current: &TimeToLive, now: Time) -> Result<(), Answer> {
        let message = match &current.attribute {
            Some(attribute) if *attribute != self.attribute => format!(
                "TimeToLive is active on a different AttributeName: current AttributeName is \
                 {attribute}"
            ),
            Some(_) if self.enabled => "TimeToLive is already enabled".to_owned(),
            None if !self.enabled => "TimeToLive is already disabled".to_owned(),
            _ => match &current.change {
                Some((span, _)) if now < span.requested_at + LOCK => {
                    "Time to live has been modified multiple times within a fixed interval"
                        .to_owned()
                }
                _ => return Ok(()),
            },
        };
        Err(Answer::validation(&message))
    }
}

impl DescribeTimeToLive {
    /// Parses the request, as far as no table is needed.
    pub(crate) fn parse(members: &mut Members<'_>) -> Result<DescribeTimeToLive, Answer> {
        let name = table_names::read(members)?;
        Ok(DescribeTimeToLive { table: table_names::check(members, name)? })
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// Describes the expiry of the table.
    pub(crate) fn apply(&self, state: &TableState, now: Time) -> Result<Answer, Answer> {
        if let Some(kind @ (ChangeKind::Creating | ChangeKind::Deleting)) = state.pending(now) {
            let status = kind.status();
            return Err(Answer::validation(&format!(
                "Cannot describe time to live while table is in {status} state: Current table \
                 state is {status}"
            )));
        }
        let current = &state.time_to_live;
        let before = current.change.as_ref().filter(|(span, _)| now < span.done_at);
        let (status, attribute) = match (&current.attribute, before) {
            (Some(attribute), Some(_)) => ("ENABLING", Some(attribute)),
            (Some(attribute), None) => ("ENABLED", Some(attribute)),
            (None, Some((_, before))) => ("DISABLING", before.as_ref()),
            (None, None) => ("DISABLED", None),
        };
        let description = Object::new()
            .text("TimeToLiveStatus", status)
            .json_if("AttributeName", attribute.map(|name| json::string(name)))
            .finish();
        Ok(Answer::success(Object::new().json("TimeToLiveDescription", &description).finish()))
    }
}
