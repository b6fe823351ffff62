//! From planned times to invocations, and from their outcomes to retries and the end of a schedule.

use std::time::Duration;

use stormglass_spec::Time;

use super::payload::{Execution, execution_id};
use super::{Scheduler, SchedulerEffect, SchedulerSettings, StoredSchedule};
use crate::eventbridge::{DeadLetter, Delivery, DeliveryId, DeliveryOutcome, Failure};

/// A planned time of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedSchedule<'a> {
    /// The ARN of the schedule.
    pub schedule_arn: &'a str,
    /// The planned time, before which the schedule does not fire.
    pub at: Time,
    /// The time until which it fires at the latest: the end of the minute (FACTS 14.14), or of the
    /// flexible time window.
    pub latest: Time,
}

impl Scheduler {
    /// Fires the schedules whose planned time has come, and starts the retries that are due.
    ///
    /// A driver that decides on the seconds calls [`fire`](Self::fire) and
    /// [`take_due_retries`](Self::take_due_retries) instead.
    pub fn take_due(&mut self, now: Time) -> Vec<SchedulerEffect> {
        let due = self.planned().filter(|planned| planned.at <= now);
        let due: Vec<String> = due.map(|planned| planned.schedule_arn.to_owned()).collect();
        let mut effects = self.take_due_retries(now);
        effects.extend(due.iter().flat_map(|arn| self.fire(now, arn)));
        effects
    }

    /// Starts the retries that are due at `now`.
    pub fn take_due_retries(&mut self, now: Time) -> Vec<SchedulerEffect> {
        let due = self.invocations.take_due(now).into_iter();
        due.map(|(id, invocation)| self.attempt(id, &invocation)).collect()
    }

    /// Fires a schedule for its planned time, and plans its next one. Nothing happens if it is not
    /// planned until `now`.
    pub fn fire(&mut self, now: Time, schedule_arn: &str) -> Vec<SchedulerEffect> {
        let settings = self.settings;
        let Some(stored) = self.schedules.get_mut(schedule_arn) else { return Vec::new() };
        let Some(planned) = stored.planned.filter(|planned| *planned <= now) else {
            return Vec::new();
        };
        stored.planned = stored.next_from(settings, planned + Duration::from_micros(1));
        stored.is_complete = stored.planned.is_none();
        let modified_us = stored.modified_at.micros();
        let id = execution_id(&format!("{schedule_arn}.{modified_us}.{}", planned.micros()));
        let execution = Execution {
            id: id.clone(),
            schedule_arn: schedule_arn.to_owned(),
            target: stored.definition.target.clone(),
            planned,
        };
        let policy = stored.definition.policy;
        let mut delivery = format!("{schedule_arn}/{id}");
        // A schedule that is changed in the microsecond in which it fired may fire once more for
        // the same planned time.
        while self.invocations.find(&delivery).is_some() {
            delivery.push('+');
        }
        self.invocations.start(now, delivery.clone(), execution, policy);
        self.attempt_of(&delivery).into_iter().collect()
    }

    /// An attempt to invoke a target has ended. A failure is tried again later, or it ends the
    /// invocation. With its last invocation a schedule may end as well.
    ///
    /// # Panics
    ///
    /// If no attempt of the delivery is under way.
    pub fn settle(
        &mut self,
        now: Time,
        delivery: &str,
        outcome: DeliveryOutcome,
    ) -> Vec<SchedulerEffect> {
        let schedule_arn = self.invocations.find(delivery);
        let schedule_arn = schedule_arn.map(|invocation| invocation.target.schedule_arn.clone());
        let failed = self.invocations.settle(now, delivery, outcome);
        let failed = failed.map(|(invocation, failure)| self.failed(invocation, failure));
        let deleted = schedule_arn.and_then(|schedule_arn| self.delete_at_end(schedule_arn));
        failed.into_iter().chain(deleted).collect()
    }

    /// Invokes the target once more for an invocation that is under way: delivery is at least once
    /// (FACTS 14.14). Nothing happens if it is not. `key` tells the second delivery apart from all
    /// others.
    pub fn duplicate(&mut self, now: Time, delivery: &str, key: &str) -> Vec<SchedulerEffect> {
        let Some(first) = self.invocations.find(delivery) else { return Vec::new() };
        let (execution, policy) = (first.target.clone(), first.policy());
        let id = format!("{delivery}/{key}");
        self.invocations.start(now, id.clone(), execution, policy);
        self.attempt_of(&id).into_iter().collect()
    }

    /// Returns the first time at which a schedule is planned or a retry is due.
    pub fn next_due(&self) -> Option<Time> {
        let planned = self.schedules.values().filter_map(|stored| stored.planned);
        planned.chain(self.invocations.next_due()).min()
    }

    /// Returns the time of the first retry.
    pub fn next_retry(&self) -> Option<Time> {
        self.invocations.next_due()
    }

    /// Returns the planned times of all schedules. The driver decides on the second between both
    /// ends, and then calls [`fire`](Self::fire).
    pub fn planned(&self) -> impl Iterator<Item = PlannedSchedule<'_>> {
        self.schedules.iter().filter_map(|(schedule_arn, stored)| {
            let at = stored.planned?;
            let latest = stored.definition.window.latest(at);
            Some(PlannedSchedule { schedule_arn, at, latest })
        })
    }

    /// Deletes a schedule that is complete and wants it, once no invocation of it is under way.
    fn delete_at_end(&mut self, schedule_arn: String) -> Option<SchedulerEffect> {
        let stored = self.schedules.get(&schedule_arn)?;
        let is_over = stored.is_complete && stored.definition.is_deleted_at_end;
        let mut running = self.invocations.running();
        if !is_over || running.any(|execution| execution.schedule_arn == schedule_arn) {
            return None;
        }
        self.schedules.remove(&schedule_arn);
        Some(SchedulerEffect::Deleted { schedule_arn })
    }

    fn attempt_of(&self, id: &str) -> Option<SchedulerEffect> {
        self.invocations.find(id).map(|invocation| self.attempt(id.to_owned(), invocation))
    }

    fn attempt(&self, delivery: DeliveryId, invocation: &Delivery<Execution>) -> SchedulerEffect {
        let execution = &invocation.target;
        let retries = invocation.retries;
        SchedulerEffect::Invoke {
            delivery,
            schedule_arn: execution.schedule_arn.clone(),
            target: execution.target.clone(),
            payload: execution.payload(self.settings.calendar, retries + 1),
            retries,
        }
    }

    /// Sends a failed invocation to the dead-letter queue, or notes its loss.
    fn failed(&self, invocation: Delivery<Execution>, failure: Failure) -> SchedulerEffect {
        let (execution, retries) = (invocation.target, invocation.retries);
        let payload = execution.payload(self.settings.calendar, retries + 1);
        let Execution { id, schedule_arn, target, planned } = execution;
        let Some(queue_arn) = target.dead_letter else {
            let target_arn = target.arn;
            return SchedulerEffect::Lost { schedule_arn, target_arn, payload, code: failure.code };
        };
        let letter = DeadLetter::new(queue_arn, payload, retries, failure)
            .attribute("EXECUTION_ID", id)
            .attribute("SCHEDULED_TIME", self.settings.calendar.iso_8601(planned))
            .attribute("SCHEDULE_ARN", schedule_arn)
            .attribute("TARGET_ARN", target.arn);
        SchedulerEffect::DeadLetter(letter)
    }
}

impl StoredSchedule {
    /// Plans the first time of a schedule that was just created or updated.
    pub(super) fn plan(&mut self, settings: SchedulerSettings, now: Time) {
        self.planned = None;
        if !self.definition.is_enabled {
            return;
        }
        if let Some(at) = self.definition.schedule.one_time(settings.calendar) {
            self.planned = Some(at).filter(|at| *at > now || settings.fires_past_times);
            return;
        }
        // The start date itself is a planned time, and so is the present for a rate without one.
        let first = self.start(settings).max(now);
        self.planned = self.next_from(settings, first);
    }

    /// Returns the first planned time from `from` on, before the end date.
    fn next_from(&self, settings: SchedulerSettings, from: Time) -> Option<Time> {
        let schedule = &self.definition.schedule;
        let next = schedule.next_from(settings.calendar, from, self.start(settings))?;
        let end = self.definition.body.end_date.map(|end| time_of(settings, end));
        let is_one_time = schedule.one_time(settings.calendar).is_some();
        (is_one_time || end.is_none_or(|end| next < end)).then_some(next)
    }

    /// Returns the time from which a rate counts: the start date, or the last change.
    fn start(&self, settings: SchedulerSettings) -> Time {
        let start = self.definition.body.start_date;
        start.map_or(self.modified_at, |start| time_of(settings, start))
    }
}

/// Returns the virtual time of a date in seconds since 1970, in whole ms.
fn time_of(settings: SchedulerSettings, epoch_seconds: f64) -> Time {
    let since_1970 = Duration::try_from_secs_f64(epoch_seconds).unwrap_or_default();
    settings.calendar.time_at(u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX))
}
