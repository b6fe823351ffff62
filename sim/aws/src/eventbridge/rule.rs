//! Buses and rules.

use std::collections::BTreeSet;

use stormglass_spec::{REGION, Time};

use super::target::Target;
use crate::ACCOUNT;
use crate::pattern::Pattern;
use crate::schedule::{Calendar, Schedule};

/// The bus of every account, for scheduled rules among others.
pub const DEFAULT_BUS: &str = "default";
/// The most targets of a rule (FACTS 14.7).
const TARGETS_MAX: usize = 5;

/// A bus of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bus {
    /// The name of the bus.
    pub name: String,
}

/// A rule: events of a bus, or times, go to its targets.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The name of the rule, unique on its bus.
    pub name: String,
    /// The name of the bus.
    pub bus: String,
    /// The events or the times that fire the rule.
    pub trigger: Trigger,
    /// The targets: at most 5.
    pub targets: Vec<Target>,
}

/// The events or the times that fire a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// Every event of the bus that matches.
    Pattern(Pattern),
    /// Every planned time of a `rate` or a `cron`.
    Schedule(Schedule),
}

/// The reason for which a bus or a rule is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A bus or a rule with this name exists.
    #[error("{0} exists already")]
    Exists(String),
    /// The bus of the rule does not exist.
    #[error("rule {rule}: Event bus {bus} does not exist")]
    NoBus {
        /// The name of the rule.
        rule: String,
        /// The name of the bus.
        bus: String,
    },
    /// The rule has more than 5 targets.
    #[error("rule {rule} has {count} targets, but a rule has at most 5")]
    TooManyTargets {
        /// The name of the rule.
        rule: String,
        /// The number of targets.
        count: usize,
    },
    /// Two targets of the rule have one id.
    #[error("rule {0} has two targets with one id")]
    TargetIds(String),
    /// The rule has a schedule, but it is not on the default bus.
    #[error("rule {0}: ScheduleExpression is supported only on the default event bus")]
    ScheduleElsewhere(String),
    /// The rule has a schedule that fires once, which only Scheduler has.
    #[error("rule {0}: a rule takes rate(...) or cron(...); at(...) is for Scheduler")]
    OneTime(String),
}

impl Rule {
    /// Returns the ARN of the rule.
    pub fn arn(&self) -> String {
        let Rule { name, bus, .. } = self;
        let path = if bus == DEFAULT_BUS { name.clone() } else { format!("{bus}/{name}") };
        format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{path}")
    }

    pub(super) fn check(&self) -> Result<(), RuleError> {
        let Rule { name, bus, trigger, targets } = self;
        let ids: BTreeSet<&str> = targets.iter().map(|target| target.id.as_str()).collect();
        if targets.len() > TARGETS_MAX {
            return Err(RuleError::TooManyTargets { rule: name.clone(), count: targets.len() });
        }
        if ids.len() < targets.len() {
            return Err(RuleError::TargetIds(name.clone()));
        }
        let Trigger::Schedule(schedule) = trigger else { return Ok(()) };
        if bus != DEFAULT_BUS {
            return Err(RuleError::ScheduleElsewhere(name.clone()));
        }
        if schedule.one_time(Calendar::default()).is_some() {
            return Err(RuleError::OneTime(name.clone()));
        }
        Ok(())
    }
}

/// A rule with its state.
#[derive(Clone, Debug)]
pub(super) struct DeployedRule {
    pub(super) rule: Rule,
    /// The creation, from which a rate counts (FACTS 14.10).
    pub(super) created_at: Time,
    /// The next planned time of a schedule.
    pub(super) planned: Option<Time>,
}

impl DeployedRule {
    pub(super) fn new(calendar: Calendar, now: Time, rule: Rule) -> DeployedRule {
        let mut deployed = DeployedRule { rule, created_at: now, planned: None };
        deployed.plan_after(calendar, now);
        deployed
    }

    /// Plans the next time after this one.
    pub(super) fn plan_after(&mut self, calendar: Calendar, after: Time) {
        self.planned = match &self.rule.trigger {
            Trigger::Schedule(schedule) => schedule.next_after(calendar, after, self.created_at),
            Trigger::Pattern(_) => None,
        };
    }
}

/// Returns the ARN of a bus.
pub(super) fn bus_arn(name: &str) -> String {
    format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{name}")
}
