//! Lambda's event source mapping for SQS, sans IO: the pollers of one queue.
//!
//! A poll takes messages out of the queue and closes a batch; the driver invokes the function with
//! it, and brings its outcome back. The mapping deletes the messages of a success.
//!
//! - `settings`: a deployment: a mapping, and the rules that AWS has for it.
//! - `batch`, `event`: batches, and the JSON that functions get.
//! - `report`: the JSON that functions return.
//! - `concurrency`: the number of batches at one time.
//! - `sketch`: hashes of the state, for searches that look for two equal ones.

mod batch;
mod concurrency;
mod event;
mod report;
mod settings;
mod sketch;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use stormglass_spec::Time;

pub use batch::{BatchSettlement, QueueBatch, QueueBatchOutcome};
use batch::{OpenBatch, RunningBatch};
use concurrency::Concurrency;
use event::event;
use report::BatchReport;
pub use settings::{QueueMapping, QueueMappingError, QueueScaling};

use crate::sqs::{EventRoom, MessageId, Queue, Sqs, SqsEffect, Take, received};

/// The largest event, with the data about its messages (FACTS 12.21).
const EVENT_BYTES_MAX: usize = 6 * 1024 * 1024;

/// The pollers of one queue, and the batches that run.
#[derive(Debug)]
pub struct QueuePollers {
    mapping: QueueMapping,
    queue_arn: String,
    is_fifo: bool,
    /// The time for which a message stays hidden (FACTS 12.24).
    visibility: Duration,
    concurrency: Concurrency,
    open: Option<OpenBatch>,
    running: BTreeMap<String, RunningBatch>,
}

impl QueuePollers {
    /// Creates the pollers of a mapping.
    ///
    /// # Errors
    ///
    /// If AWS would refuse the mapping.
    pub fn new(
        mapping: QueueMapping,
        queue: &Queue,
        function_timeout: Duration,
    ) -> Result<QueuePollers, QueueMappingError> {
        mapping.check(queue, function_timeout)?;
        Ok(QueuePollers {
            queue_arn: queue.arn(),
            is_fifo: queue.is_fifo,
            visibility: mapping.effective_visibility(queue, function_timeout),
            concurrency: Concurrency::new(&mapping.scaling),
            mapping,
            open: None,
            running: BTreeMap::new(),
        })
    }

    /// Receives the messages that are visible, and closes a batch if it is full or if its window is
    /// over. A poll asks some hosts only: it does not see the messages that are `hidden`
    /// (FACTS 12.11). The driver polls again until there is no batch, and then when
    /// [`QueuePollers::next_due`] says so. The key of a batch is its id.
    ///
    /// # Panics
    ///
    /// If a batch with the same key runs.
    pub fn poll(
        &mut self,
        now: Time,
        sqs: &mut Sqs,
        hidden: &BTreeSet<MessageId>,
        key: &str,
    ) -> (Option<QueueBatch>, Vec<SqsEffect>) {
        let mut effects = sqs.expire(now);
        if !self.may_receive(now) {
            return (None, effects);
        }
        self.gather(now, sqs, hidden, &mut effects);
        if self.open.is_none() && self.running.is_empty() {
            self.concurrency.on_idle(now, &self.mapping);
        }
        (self.close(now, sqs, hidden, key), effects)
    }

    /// The outcome of an invocation arrives. If `delete_fails`, the mapping cannot delete messages,
    /// and all of them return (FACTS 12.20). `None` if no such batch runs.
    pub fn settle(
        &mut self,
        now: Time,
        sqs: &mut Sqs,
        batch: &str,
        outcome: &QueueBatchOutcome,
        delete_fails: bool,
    ) -> Option<BatchSettlement> {
        let running = self.running.get(batch)?;
        let messages = &running.batch.messages;
        let failures = match outcome {
            QueueBatchOutcome::Throttled => return Some(self.retry_or_drop(now, sqs, batch)),
            QueueBatchOutcome::Failed => BatchReport::Malformed,
            QueueBatchOutcome::Returned(json) if self.mapping.reports_batch_item_failures => {
                BatchReport::read(json, messages)
            }
            QueueBatchOutcome::Returned(_) => BatchReport::Failures(BTreeSet::new()),
        };
        let is_failure = failures == BatchReport::Malformed;
        let kept = match failures {
            BatchReport::Failures(kept) if !delete_fails => kept,
            _ => messages.iter().cloned().collect(),
        };
        if is_failure && !self.mapping.reports_batch_item_failures {
            self.concurrency.on_failure(now, &self.mapping);
        }
        let running = self.running.remove(batch)?;
        let settlement = self.delete_others(now, sqs, &running, &kept);
        self.note_idleness(now, sqs);
        Some(settlement)
    }

    /// Returns the next time at which a poll can do something: in the past if it can now. `None` as
    /// long as no message comes and no batch ends.
    pub fn next_due(&self, now: Time, sqs: &Sqs) -> Option<Time> {
        if !self.mapping.is_enabled {
            return None;
        }
        let message = sqs.due(now, &self.mapping.queue, &self.busy_groups());
        if let Some(open) = &self.open {
            let closes_at = open.opened_at + self.mapping.window;
            return Some(message.map_or(closes_at, |message| message.min(closes_at)));
        }
        if self.is_fifo || self.running_count() < self.concurrency.at(now, &self.mapping) {
            return message.filter(|_| self.may_receive(now));
        }
        let grown_at = self.concurrency.reaches(self.running_count() + 1, &self.mapping)?;
        message.map(|message| message.max(grown_at))
    }

    /// Returns the time at which the batch closes that gathers messages, if there is one.
    pub fn closes_at(&self) -> Option<Time> {
        self.open.as_ref().map(|open| open.opened_at + self.mapping.window)
    }

    /// Returns a batch that runs.
    pub fn running(&self, batch: &str) -> Option<&QueueBatch> {
        self.running.get(batch).map(|running| &running.batch)
    }

    /// Returns the settings of the mapping.
    pub fn mapping(&self) -> &QueueMapping {
        &self.mapping
    }

    /// Reports whether a poller is free. One that gathers messages goes on with it.
    fn may_receive(&self, now: Time) -> bool {
        if !self.mapping.is_enabled {
            return false;
        }
        let count_max = if self.is_fifo {
            self.mapping.concurrency_max.unwrap_or(u32::MAX)
        } else {
            self.concurrency.at(now, &self.mapping)
        };
        self.open.is_some() || self.running_count() < count_max
    }

    fn gather(
        &mut self,
        now: Time,
        sqs: &mut Sqs,
        hidden: &BTreeSet<MessageId>,
        effects: &mut Vec<SqsEffect>,
    ) {
        let gathered = self.open.as_ref().map_or(0, |open| open.deliveries.len());
        let bytes = self.open.as_ref().map_or(0, |open| open.event_bytes);
        let take = Take {
            count_max: self.mapping.batch_size.saturating_sub(gathered),
            event: Some(EventRoom { bytes, bytes_max: EVENT_BYTES_MAX }),
            busy_groups: Some(&self.busy_groups()),
            hidden: Some(hidden),
            ..Take::new(self.visibility)
        };
        let deliveries = sqs.take(now, &self.mapping.queue, &take, effects);
        if deliveries.is_empty() {
            return;
        }
        for (index, delivery) in deliveries.iter().enumerate() {
            effects.push(received(&self.mapping.queue, gathered + index, delivery));
        }
        self.open.get_or_insert_with(|| OpenBatch::new(now)).add(deliveries);
    }

    /// Closes the batch that gathers, if it is time.
    fn close(
        &mut self,
        now: Time,
        sqs: &Sqs,
        hidden: &BTreeSet<MessageId>,
        key: &str,
    ) -> Option<QueueBatch> {
        let open = self.open.as_ref()?;
        let is_full = open.deliveries.len() >= self.mapping.batch_size;
        let is_over = open.opened_at + self.mapping.window <= now;
        // A message that is visible and was left in the queue found no room in the event.
        let visible = || sqs.visible(now, &self.mapping.queue);
        let has_no_room = || visible().iter().any(|message| !hidden.contains(message));
        if !is_full && !is_over && !has_no_room() {
            return None;
        }
        let OpenBatch { deliveries, .. } = self.open.take()?;
        let batch = QueueBatch {
            id: key.to_owned(),
            messages: deliveries.iter().map(|delivery| delivery.id().clone()).collect(),
            event: event(&self.queue_arn, &deliveries, sqs.settings()),
        };
        let running = RunningBatch::new(batch.clone(), &deliveries);
        self.concurrency.on_batch(now);
        let earlier = self.running.insert(key.to_owned(), running);
        assert!(earlier.is_none(), "two batches have the same key");
        Some(batch)
    }

    /// Tries a throttled batch again, as long as its messages are hidden (FACTS 12.26).
    fn retry_or_drop(&mut self, now: Time, sqs: &Sqs, batch: &str) -> BatchSettlement {
        let at = now + self.mapping.throttle_retry;
        let visible_at = self.running.get(batch).map(|running| running.visible_at);
        if visible_at.is_some_and(|visible_at| at < visible_at) {
            return BatchSettlement::Retries { at };
        }
        let dropped = self.running.remove(batch);
        self.note_idleness(now, sqs);
        let kept = dropped.map(|dropped| dropped.batch.messages).unwrap_or_default();
        BatchSettlement::Dropped { kept }
    }

    /// Notes that no batch runs and no message is visible, if so.
    fn note_idleness(&mut self, now: Time, sqs: &Sqs) {
        let is_waiting = self.open.is_none() && self.running.is_empty();
        let next = || sqs.due(now, &self.mapping.queue, &BTreeSet::new());
        if is_waiting && next().is_none_or(|next| next > now) {
            self.concurrency.on_idle(now, &self.mapping);
        }
    }

    /// Deletes the messages of a batch but for some.
    fn delete_others(
        &self,
        now: Time,
        sqs: &mut Sqs,
        running: &RunningBatch,
        failed: &BTreeSet<MessageId>,
    ) -> BatchSettlement {
        let queue = &self.mapping.queue;
        let (mut deleted, mut kept, mut effects) = (Vec::new(), Vec::new(), sqs.expire(now));
        let messages = running.batch.messages.iter().zip(&running.receipt_handles);
        for (index, (message, handle)) in messages.enumerate() {
            let is_deleted = !failed.contains(message)
                && sqs.delete_received(now, queue, index, handle, &mut effects);
            if is_deleted { deleted.push(message.clone()) } else { kept.push(message.clone()) }
        }
        BatchSettlement::Settled { deleted, kept, effects }
    }

    /// Returns the groups whose messages are in a batch: one batch per group runs at a time
    /// (FACTS 12.28).
    fn busy_groups(&self) -> BTreeSet<String> {
        self.running.values().flat_map(|running| running.groups.iter().cloned()).collect()
    }

    fn running_count(&self) -> u32 {
        u32::try_from(self.running.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests;
