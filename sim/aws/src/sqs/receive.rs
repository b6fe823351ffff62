//! `ReceiveMessage` (FACTS 12.9 to 12.15).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use stormglass_spec::Time;

use crate::http::HttpAnswer;

use super::attribute::{self, MessageAttributes};
use super::digest::md5_of_attributes;
use super::effect::{MessageChange, SqsEffect};
use super::error::SqsError;
use super::id::MessageId;
use super::message::{Delivery, Pairs};
use super::queue::RECEIVE_WAIT_MAX;
use super::request::{Command, SqsRequest};
use super::settings::{DEDUPLICATION_WINDOW, SqsSettings};
use super::state::{Attempt, QueueState};
use super::taking::Take;
use super::visibility::timeout;
use super::{Call, Effects, Sqs};

/// The most messages that one receive returns (FACTS 12.1).
const MESSAGES_MAX: i64 = 10;

/// The body of a receive that found nothing (FACTS 12.1).
const NOTHING: &[u8] = b"{}";

/// A receive as a request has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReceiveCommand {
    max_number_of_messages: Option<i64>,
    wait_time_seconds: Option<i64>,
    visibility_timeout: Option<i64>,
    attribute_names: Option<Vec<String>>,
    message_system_attribute_names: Option<Vec<String>>,
    message_attribute_names: Option<Vec<String>>,
    receive_request_attempt_id: Option<String>,
}

/// The answer to a receive.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReceiveAnswer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<ReceivedMessage>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ReceivedMessage {
    message_id: MessageId,
    receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    body_md5: String,
    body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Pairs>,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    attributes_md5: Option<String>,
    #[serde(skip_serializing_if = "MessageAttributes::is_empty")]
    message_attributes: MessageAttributes,
}

impl Sqs {
    /// Returns the time until which a long poll goes on waiting that arrived at `arrived` and got
    /// this answer: it found nothing. `None` if the answer is final, and for every other request.
    ///
    /// The driver keeps such a request, and applies it again with a new key when a message of the
    /// queue becomes visible ([`Sqs::next_due`]). At the end of the time it sends the answer that
    /// the request gets then.
    pub fn waits_until(
        &self,
        arrived: Time,
        request: &SqsRequest,
        answer: &HttpAnswer,
    ) -> Option<Time> {
        let Command::Receive(command) = &request.command else { return None };
        let state = self.queues.get(request.queue()?)?;
        let wait = command.wait(state).ok().filter(|wait| !wait.is_zero())?;
        let found_nothing = answer.is_success() && answer.body == NOTHING;
        found_nothing.then(|| arrived + wait)
    }

    /// Receives messages of a queue that exists.
    pub(super) fn receive(
        &mut self,
        call: &Call<'_>,
        queue: &str,
        command: &ReceiveCommand,
        effects: Effects<'_>,
    ) -> Result<ReceiveAnswer, SqsError> {
        let state = self.queues.get_mut(queue).ok_or_else(SqsError::no_such_queue)?;
        let (count_max, wait) = (command.count_max()?, command.wait(state)?);
        let visibility = command.visibility(state)?;
        command.check_attempt(state)?;
        if let Some(attempt) = &command.receive_request_attempt_id
            && let Some(deliveries) = state.repeat(call.now, attempt, visibility)
        {
            return Ok(command.answer(&deliveries, call.settings, queue, effects));
        }
        let room = state.room(call.now, 1, call.settings.in_flight_max);
        if room == 0 && !state.queue.is_fifo && wait.is_zero() {
            return Err(SqsError::over_limit());
        }
        let take = Take { count_max, hidden: Some(&call.faults.hidden), ..Take::new(visibility) };
        let deliveries = self.take(call.now, queue, &take, effects);
        if let Some(attempt) = command.receive_request_attempt_id.clone()
            && let Some(state) = self.queues.get_mut(queue)
        {
            state.remember(call.now, attempt, &deliveries);
        }
        Ok(command.answer(&deliveries, call.settings, queue, effects))
    }
}

impl QueueState {
    /// Returns the messages of a receive that is tried again, if all are as that receive left them.
    /// They stay hidden for another visibility timeout.
    fn repeat(&mut self, now: Time, attempt: &str, visibility: Duration) -> Option<Vec<Delivery>> {
        self.attempts.retain(|_, attempt| attempt.at + DEDUPLICATION_WINDOW > now);
        let Attempt { at, messages } = self.attempts.get(attempt)?.clone();
        let untouched = messages.iter().map(|(id, receives, visible_at)| {
            let ordinal = self.in_flight_ordinal(now, id)?;
            let message = self.message(ordinal)?;
            let is_same = message.receives == *receives && message.visible_at == *visible_at;
            is_same.then_some(ordinal)
        });
        let ordinals = untouched.collect::<Option<Vec<_>>>()?;
        let visible_at = now + visibility;
        ordinals.iter().for_each(|ordinal| self.reschedule(*ordinal, visible_at));
        let moved = messages.into_iter().map(|(id, receives, _)| (id, receives, visible_at));
        self.attempts.insert(attempt.to_owned(), Attempt { at, messages: moved.collect() });
        let messages = ordinals.iter().filter_map(|ordinal| self.message(*ordinal));
        Some(messages.map(|message| message.delivery(&self.queue.name)).collect())
    }

    /// Remembers a receive that found something, so that it can be tried again.
    fn remember(&mut self, now: Time, attempt: String, deliveries: &[Delivery]) {
        let messages = deliveries
            .iter()
            .map(|delivery| (delivery.id().clone(), delivery.receives(), delivery.visible_at));
        if !deliveries.is_empty() {
            self.attempts.insert(attempt, Attempt { at: now, messages: messages.collect() });
        }
    }
}

impl ReceiveCommand {
    fn count_max(&self) -> Result<usize, SqsError> {
        let count = self.max_number_of_messages.unwrap_or(1);
        let within = Some(count).filter(|count| (1..=MESSAGES_MAX).contains(count));
        within.and_then(|count| usize::try_from(count).ok()).ok_or_else(|| {
            let reason = "Must be between 1 and 10, if provided.";
            SqsError::invalid_value(&count.to_string(), "MaxNumberOfMessages", reason)
        })
    }

    fn wait(&self, state: &QueueState) -> Result<Duration, SqsError> {
        let Some(seconds) = self.wait_time_seconds else { return Ok(state.queue.receive_wait) };
        let wait = u64::try_from(seconds).ok().map(Duration::from_secs);
        wait.filter(|wait| *wait <= RECEIVE_WAIT_MAX).ok_or_else(|| {
            let reason = "Must be >= 0 and <= 20, if provided.";
            SqsError::invalid_value(&seconds.to_string(), "WaitTimeSeconds", reason)
        })
    }

    fn visibility(&self, state: &QueueState) -> Result<Duration, SqsError> {
        self.visibility_timeout.map_or(Ok(state.queue.visibility_timeout), timeout)
    }

    fn check_attempt(&self, state: &QueueState) -> Result<(), SqsError> {
        match &self.receive_request_attempt_id {
            Some(attempt) if !state.queue.is_fifo => {
                let reason =
                    "The request includes a parameter that is not valid for this queue type.";
                Err(SqsError::invalid_value(attempt, "ReceiveRequestAttemptId", reason))
            }
            _ => Ok(()),
        }
    }

    fn answer(
        &self,
        deliveries: &[Delivery],
        settings: &SqsSettings,
        queue: &str,
        effects: Effects<'_>,
    ) -> ReceiveAnswer {
        for (index, delivery) in deliveries.iter().enumerate() {
            effects.push(received(queue, index, delivery));
        }
        let messages = deliveries.iter().map(|delivery| self.message(delivery, settings));
        ReceiveAnswer { messages: messages.collect() }
    }

    fn message(&self, delivery: &Delivery, settings: &SqsSettings) -> ReceivedMessage {
        let names = self.message_attribute_names.as_deref().unwrap_or_default();
        let message_attributes = attribute::pick(delivery.attributes(), names);
        let Pairs(mut system) = delivery.system_attributes(settings);
        system.retain(|(name, _)| self.asks_for(name));
        ReceivedMessage {
            message_id: delivery.id().clone(),
            receipt_handle: delivery.receipt_handle.clone(),
            body_md5: delivery.body_md5().to_owned(),
            body: delivery.body().to_owned(),
            attributes: (!system.is_empty()).then_some(Pairs(system)),
            attributes_md5: md5_of_attributes(&message_attributes),
            message_attributes,
        }
    }

    /// Reports whether the request asks for an attribute of the system. The older of its two lists
    /// of names counts as well.
    fn asks_for(&self, name: &str) -> bool {
        let lists = [&self.message_system_attribute_names, &self.attribute_names];
        let mut names = lists.into_iter().flatten().flatten();
        names.any(|asked| asked == "All" || asked == name)
    }
}

/// Makes the effect of a receive.
pub(crate) fn received(queue: &str, index: usize, delivery: &Delivery) -> SqsEffect {
    let (receives, visible_at) = (delivery.receives(), delivery.visible_at);
    let change = MessageChange::Received { index, receives, visible_at };
    SqsEffect { queue: queue.to_owned(), message: delivery.id().clone(), change }
}
