//! Amazon SQS, sans IO: the queues of one account and region, with their messages.
//!
//! A request and the time go in; an answer comes out, as the SDKs see it on the wire, and the
//! effects that the request had on messages.
//!
//! - `queue`, `settings`: a deployment: the queues, and the settings of the service.
//! - `request`, `error`, `batch`: requests on the wire, refusals, and entries of batches.
//! - `send`, `receive`, `delete`, `visibility`: the operations on messages.
//! - `lifecycle`, `description`: the operations on queues.
//! - `taking`: the messages that a receive takes, and those that it moves to the dead letters.
//! - `state`, `message`, `deduplication`, `throughput`: the state of a queue.
//! - `attribute`, `digest`, `id`: parts of a message.
//! - `effect`, `faults`: the things that happen to messages, and those that a driver can cause.
//! - `sketch`: hashes of the state, for searches that look for two equal ones.
//!
//! ```
//! use stormglass_aws::sqs::{Queue, Sqs, SqsRequest};
//! use stormglass_spec::Time;
//!
//! let mut sqs = Sqs::new(vec![Queue::new("letters")]).unwrap();
//! let body = serde_json::json!({"QueueUrl": Queue::new("letters").url(), "MessageBody": "hi"});
//! let send = SqsRequest::read("SendMessage", body.to_string().as_bytes()).unwrap();
//! let (answer, effects) = sqs.apply(Time::ZERO, &send, "ana.send-1");
//! assert_eq!((answer.status, effects.len()), (200, 1));
//! assert_eq!(sqs.counts(Time::ZERO, "letters").visible, 1);
//! ```

mod attribute;
mod batch;
mod deduplication;
mod delete;
mod description;
mod digest;
mod effect;
mod error;
mod faults;
mod id;
mod lifecycle;
mod message;
mod queue;
mod receive;
mod request;
mod send;
mod settings;
mod sketch;
mod state;
mod taking;
mod throughput;
mod visibility;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use stormglass_spec::Time;

use crate::http::HttpAnswer;

pub(crate) use attribute::{AttributeValue, MessageAttributes};
pub use description::MessageCounts;
pub(crate) use digest::md5_of_attributes;
pub use effect::{MessageChange, MessageCopy, SqsEffect};
use error::CONTENT_TYPE;
pub use error::SqsError;
pub use faults::SqsFaults;
pub use id::MessageId;
pub(crate) use message::{Delivery, Pairs};
pub use queue::{DeduplicationScope, Queue, QueueError, Redrive};
pub(crate) use receive::received;
use request::Command;
pub use request::{SqsRefusal, SqsRequest};
pub use settings::SqsSettings;
use state::QueueState;
pub(crate) use taking::{EventRoom, Take};

/// The queues of one account and region.
///
/// The driver passes times that never run backwards, and keys that it has not used before.
#[derive(Debug)]
pub struct Sqs {
    settings: Arc<SqsSettings>,
    queues: BTreeMap<String, QueueState>,
}

/// A request in the making: the things that all its parts share.
struct Call<'a> {
    now: Time,
    key: &'a str,
    faults: &'a SqsFaults,
    settings: &'a SqsSettings,
    trace_header: Option<&'a str>,
}

/// The effects so far.
type Effects<'a> = &'a mut Vec<SqsEffect>;

impl Sqs {
    /// Creates queues without messages.
    ///
    /// # Errors
    ///
    /// If AWS would refuse one of the queues.
    pub fn new(queues: Vec<Queue>) -> Result<Sqs, QueueError> {
        Sqs::with_settings(queues, SqsSettings::default())
    }

    /// Creates queues without messages, in a service with other settings.
    ///
    /// # Errors
    ///
    /// If AWS would refuse one of the queues.
    pub fn with_settings(queues: Vec<Queue>, settings: SqsSettings) -> Result<Sqs, QueueError> {
        let mut sqs = Sqs { settings: Arc::new(settings), queues: BTreeMap::new() };
        for queue in queues {
            queue.check()?;
            let name = queue.name.clone();
            let state = QueueState::new(queue, Time::ZERO);
            if sqs.queues.insert(name.clone(), state).is_some() {
                return Err(QueueError::Twice(name));
            }
        }
        for state in sqs.queues.values() {
            sqs.check_redrive(&state.queue)?;
        }
        Ok(sqs)
    }

    /// Carries out a request. Message ids are made from its key.
    pub fn apply(
        &mut self,
        now: Time,
        request: &SqsRequest,
        key: &str,
    ) -> (HttpAnswer, Vec<SqsEffect>) {
        self.apply_with(now, request, key, &SqsFaults::default())
    }

    /// Carries out a request, with faults.
    pub fn apply_with(
        &mut self,
        now: Time,
        request: &SqsRequest,
        key: &str,
        faults: &SqsFaults,
    ) -> (HttpAnswer, Vec<SqsEffect>) {
        let mut effects = self.expire(now);
        let settings = Arc::clone(&self.settings);
        let trace_header = request.trace_header.as_deref();
        let call = Call { now, key, faults, settings: &settings, trace_header };
        let answer = self.carry_out(&call, request, &mut effects);
        (answer.unwrap_or_else(|error| error.answer()), effects)
    }

    /// Drops the messages that are too old by now. Every request does so first.
    pub fn expire(&mut self, now: Time) -> Vec<SqsEffect> {
        let mut effects = Vec::new();
        for (name, state) in &mut self.queues {
            while let Some(message) = state.pop_expired(now) {
                let (queue, message) = (name.clone(), message.content.id.clone());
                effects.push(SqsEffect { queue, message, change: MessageChange::Expired });
            }
        }
        effects
    }

    /// Returns the time at which a receive can return a message of a queue: in the past if it can
    /// now. `None` if the queue holds none, or does not exist.
    pub fn next_due(&self, now: Time, queue: &str) -> Option<Time> {
        self.due(now, queue, &BTreeSet::new())
    }

    /// Returns the time at which the next message of any queue becomes too old.
    pub fn expires_at(&self) -> Option<Time> {
        self.queues.values().filter_map(QueueState::expires_at).min()
    }

    /// Returns the settings of a queue.
    pub fn queue(&self, name: &str) -> Option<&Queue> {
        self.queues.get(name).map(|state| &state.queue)
    }

    /// Returns the queues in the order of their names.
    pub fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.queues.values().map(|state| &state.queue)
    }

    /// Returns the numbers of messages in a queue; zeros if it does not exist.
    pub fn counts(&self, now: Time, queue: &str) -> MessageCounts {
        self.queues.get(queue).map(|state| state.counts(now)).unwrap_or_default()
    }

    /// Returns the messages of a queue that are visible, those first that a receive returns first,
    /// apart from the order in a group.
    pub fn visible(&self, now: Time, queue: &str) -> Vec<MessageId> {
        let Some(state) = self.queues.get(queue) else { return Vec::new() };
        state.visible(now).map(|(_, message)| message.content.id.clone()).collect()
    }

    /// Returns the messages of a queue that are in flight, those first that return first.
    pub fn in_flight(&self, now: Time, queue: &str) -> Vec<MessageId> {
        let Some(state) = self.queues.get(queue) else { return Vec::new() };
        let in_flight = state.hidden(now).filter(|(_, message)| message.is_in_flight(now));
        in_flight.map(|(_, message)| message.content.id.clone()).collect()
    }

    /// Returns the body of a message; `None` if it is not in the queue.
    pub fn body(&self, queue: &str, message: &str) -> Option<&str> {
        let state = self.queues.get(queue)?;
        Some(&state.message(state.ordinal(message)?)?.content.body)
    }

    /// Returns the settings of the service.
    pub fn settings(&self) -> &SqsSettings {
        &self.settings
    }

    fn carry_out(
        &mut self,
        call: &Call<'_>,
        request: &SqsRequest,
        effects: Effects<'_>,
    ) -> Result<HttpAnswer, SqsError> {
        let name = request.queue().unwrap_or_default();
        Ok(match &request.command {
            Command::List { prefix } => success(&self.list(prefix)),
            Command::Create(create) => success(&self.create(call.now, name, create)?),
            Command::Send(entry) => {
                success(&self.called(call, request)?.send(call, 0, entry, effects)?)
            }
            Command::SendBatch(entries) => {
                success(&self.called(call, request)?.send_batch(call, entries, effects)?)
            }
            Command::Receive(command) => {
                self.called(call, request)?;
                success(&self.receive(call, name, command, effects)?)
            }
            Command::Delete(entry) => {
                let handle = entry.receipt_handle.as_deref();
                self.called(call, request)?.delete(call, 0, handle, effects)?;
                empty()
            }
            Command::DeleteBatch(entries) => {
                success(&self.called(call, request)?.delete_batch(call, entries, effects)?)
            }
            Command::ChangeVisibility(entry) => {
                self.called(call, request)?.change_visibility(call, 0, entry, effects)?;
                empty()
            }
            Command::ChangeVisibilityBatch(entries) => {
                let state = self.called(call, request)?;
                success(&state.change_visibility_batch(call, entries, effects)?)
            }
            Command::QueueUrl => {
                success(&lifecycle::QueueUrlAnswer::of(&self.called(call, request)?.queue))
            }
            Command::QueueAttributes(names) => {
                success(&self.called(call, request)?.describe(call.now, names, call.settings)?)
            }
            Command::Purge => {
                self.called(call, request)?.purge_all(call.now, effects)?;
                empty()
            }
        })
    }

    /// Returns the queue of a request, and counts the call.
    fn called(
        &mut self,
        call: &Call<'_>,
        request: &SqsRequest,
    ) -> Result<&mut QueueState, SqsError> {
        let state = request.queue().and_then(|name| self.queues.get_mut(name));
        let state = state.ok_or_else(SqsError::no_such_queue)?;
        state.count_call(call, request)?;
        Ok(state)
    }

    /// Checks that the dead-letter queue exists and is of the same type.
    fn check_redrive(&self, queue: &Queue) -> Result<(), QueueError> {
        let Some(Redrive { dead_letter_queue, .. }) = &queue.redrive else { return Ok(()) };
        let (queue, dead_letter_queue, is_fifo) =
            (queue.name.clone(), dead_letter_queue.clone(), queue.is_fifo);
        match self.queues.get(&dead_letter_queue) {
            None => Err(QueueError::NoDeadLetterQueue { queue, dead_letter_queue }),
            Some(state) if state.queue.is_fifo != is_fifo => {
                Err(QueueError::OtherType { queue, dead_letter_queue })
            }
            Some(_) => Ok(()),
        }
    }
}

fn success(body: &impl Serialize) -> HttpAnswer {
    let body = serde_json::to_vec(body).expect("an answer of SQS can be written as JSON");
    HttpAnswer::new(200, CONTENT_TYPE, body)
}

/// Returns the answer of an operation that has no result (FACTS 12.1).
fn empty() -> HttpAnswer {
    HttpAnswer::new(200, CONTENT_TYPE, Vec::new())
}

#[cfg(test)]
mod tests;
