//! `SendMessage` and `SendMessageBatch`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use stormglass_spec::Time;

use super::attribute::{self, AttributeEntry, MessageAttributes};
use super::batch::{self, BatchAnswer};
use super::deduplication::{Acceptance, DeduplicationKey};
use super::digest::{md5_of_attributes, md5_of_body, sha256_of_body};
use super::effect::{MessageChange, SqsEffect};
use super::error::SqsError;
use super::id::{message_id, sequence_number};
use super::message::{Content, FifoPlace, Message};
use super::queue::{DELAY_MAX, DeduplicationScope, MESSAGE_BYTES, Queue};
use super::state::QueueState;
use super::{Call, Effects};

/// A message as a request has it, before it is checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendEntry {
    id: Option<String>,
    message_body: Option<String>,
    delay_seconds: Option<i64>,
    message_attributes: Option<BTreeMap<String, AttributeEntry>>,
    message_system_attributes: Option<BTreeMap<String, AttributeEntry>>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
}

/// The result of a send.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendResult {
    message_id: String,
    #[serde(rename = "MD5OfMessageBody")]
    body_md5: String,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    attributes_md5: Option<String>,
    #[serde(rename = "MD5OfMessageSystemAttributes", skip_serializing_if = "Option::is_none")]
    system_attributes_md5: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
}

/// A message that passed all checks.
struct Draft {
    body: String,
    delay: Duration,
    attributes: MessageAttributes,
    system_attributes: MessageAttributes,
    group: Option<String>,
    /// The id that two duplicates share; only in a FIFO queue.
    deduplication: Option<String>,
}

impl QueueState {
    /// Sends one message.
    pub(super) fn send(
        &mut self,
        call: &Call<'_>,
        index: usize,
        entry: &SendEntry,
        effects: Effects<'_>,
    ) -> Result<SendResult, SqsError> {
        let draft = entry.check(&self.queue)?;
        let id = message_id(call.key, index);
        let Some(deduplication) = draft.deduplication.clone() else {
            return Ok(self.store(call, index, draft, id, None, effects));
        };
        let key = self.deduplication_key(&draft, deduplication.clone());
        if let Some(earlier) = self.deduplication.find(call.now, &key) {
            // The second send succeeds, and no one receives it (FACTS 12.14).
            let Acceptance { message, sequence } = earlier.clone();
            let change = MessageChange::Deduplicated { index };
            let queue = self.queue.name.clone();
            effects.push(SqsEffect { queue, message: message.clone(), change });
            return Ok(draft.result(message, Some(sequence)));
        }
        let sequence = sequence_number(self.stored);
        let acceptance = Acceptance { message: id.clone(), sequence: sequence.clone() };
        self.deduplication.accept(call.now, key, acceptance);
        let place = FifoPlace { deduplication, sequence };
        Ok(self.store(call, index, draft, id, Some(place), effects))
    }

    /// Sends several messages.
    pub(super) fn send_batch(
        &mut self,
        call: &Call<'_>,
        entries: &[SendEntry],
        effects: Effects<'_>,
    ) -> Result<BatchAnswer<SendResult>, SqsError> {
        batch::check("SendMessageBatch", entries.iter().map(|entry| entry.id.as_deref()))?;
        for entry in entries {
            entry.check_batch(&self.queue)?;
        }
        let bytes = entries.iter().map(SendEntry::size).sum();
        if bytes > MESSAGE_BYTES[1] {
            return Err(SqsError::batch_too_long(bytes, MESSAGE_BYTES[1]));
        }
        let id = |entry: &SendEntry| entry.id.clone();
        Ok(batch::carry_out(call, entries, id, |index, entry| {
            self.send(call, index, entry, effects)
        }))
    }

    fn store(
        &mut self,
        call: &Call<'_>,
        index: usize,
        draft: Draft,
        id: String,
        place: Option<FifoPlace>,
        effects: Effects<'_>,
    ) -> SendResult {
        let visible_at = call.now + draft.delay;
        let sequence = place.as_ref().map(|place| place.sequence.clone());
        let result = draft.result(id.clone(), sequence);
        let sender_trace = attribute::trace_header(&draft.system_attributes);
        let content = Content {
            id: id.clone(),
            body_md5: result.body_md5.clone(),
            trace_header: sender_trace.or(call.trace_header).map(str::to_owned),
            body: draft.body,
            attributes: draft.attributes,
            sent_at: call.now,
            group: draft.group,
            place,
            dead_letter_source: None,
        };
        self.insert(Message::new(content, visible_at));
        let change = MessageChange::Stored { index, visible_at };
        effects.push(SqsEffect { queue: self.queue.name.clone(), message: id, change });
        result
    }

    fn deduplication_key(&self, draft: &Draft, deduplication: String) -> DeduplicationKey {
        match self.queue.deduplication_scope {
            DeduplicationScope::Queue => (None, deduplication),
            DeduplicationScope::MessageGroup => (draft.group.clone(), deduplication),
        }
    }
}

impl Message {
    /// Makes a message that no one has received.
    pub(super) fn new(content: Content, visible_at: Time) -> Message {
        Message {
            content: Arc::new(content),
            visible_at,
            receives: 0,
            receives_elsewhere: 0,
            first_received_at: None,
            last_received_at: None,
        }
    }
}

impl Draft {
    fn result(&self, message_id: String, sequence_number: Option<String>) -> SendResult {
        SendResult {
            message_id,
            body_md5: md5_of_body(&self.body),
            attributes_md5: md5_of_attributes(&self.attributes),
            system_attributes_md5: md5_of_attributes(&self.system_attributes),
            sequence_number,
        }
    }
}

impl SendEntry {
    /// Checks a message by itself.
    fn check(&self, queue: &Queue) -> Result<Draft, SqsError> {
        let body = self.message_body.clone().filter(|body| !body.is_empty());
        let body = body.ok_or_else(|| SqsError::missing("MessageBody"))?;
        let attributes = attribute::check(self.message_attributes.as_ref().unwrap_or(&EMPTY))?;
        let system = self.message_system_attributes.as_ref().unwrap_or(&EMPTY);
        let system_attributes = attribute::check_system(system)?;
        if body.len() + attribute::size(&attributes) > queue.message_bytes_max {
            return Err(SqsError::invalid(&format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {} \
                 bytes.",
                queue.message_bytes_max
            )));
        }
        if !body.chars().all(is_legal) {
            return Err(SqsError::illegal_characters());
        }
        check_fifo_id("MessageGroupId", self.message_group_id.as_deref())?;
        check_fifo_id("MessageDeduplicationId", self.message_deduplication_id.as_deref())?;
        let (delay, group) = (self.delay(queue)?, self.message_group_id.clone());
        let deduplication = self.deduplication(queue, &body)?;
        Ok(Draft { body, delay, attributes, system_attributes, group, deduplication })
    }

    /// Checks the members of an entry that make a whole batch fail (FACTS 12.14).
    fn check_batch(&self, queue: &Queue) -> Result<(), SqsError> {
        if !queue.is_fifo {
            return Ok(());
        }
        if self.message_deduplication_id.is_none() && !queue.deduplicates_by_content {
            return Err(no_deduplication());
        }
        if self.message_group_id.is_none() {
            let message = "The request must contain the parameter MessageGroupId.";
            return Err(SqsError::invalid(message));
        }
        Ok(())
    }

    fn delay(&self, queue: &Queue) -> Result<Duration, SqsError> {
        let Some(seconds) = self.delay_seconds else { return Ok(queue.delay) };
        let value = seconds.to_string();
        if queue.is_fifo && seconds != 0 {
            let reason = "The request include parameter that is not valid for this queue type.";
            return Err(SqsError::invalid_value(&value, "DelaySeconds", reason));
        }
        let delay = u64::try_from(seconds).ok().map(Duration::from_secs);
        let delay = delay.filter(|delay| *delay <= DELAY_MAX).ok_or_else(|| {
            let reason = "DelaySeconds must be >= 0 and <= 900.";
            SqsError::invalid_value(&value, "DelaySeconds", reason)
        })?;
        // A FIFO queue knows no delay of a message, not even that of zero.
        Ok(if queue.is_fifo { queue.delay } else { delay })
    }

    fn deduplication(&self, queue: &Queue, body: &str) -> Result<Option<String>, SqsError> {
        let own = self.message_deduplication_id.clone();
        if !queue.is_fifo {
            let reason = "The request includes a parameter that is not valid for this queue type.";
            return match own {
                Some(id) => Err(SqsError::invalid_value(&id, "MessageDeduplicationId", reason)),
                None => Ok(None),
            };
        }
        if self.message_group_id.is_none() {
            return Err(SqsError::missing("MessageGroupId"));
        }
        let by_content = || queue.deduplicates_by_content.then(|| sha256_of_body(body));
        own.or_else(by_content).map(Some).ok_or_else(no_deduplication)
    }

    fn size(&self) -> usize {
        let body = self.message_body.as_deref().unwrap_or_default();
        // The size of attributes that are malformed does not matter: their entry fails anyway.
        let attributes = self.message_attributes.as_ref().map(attribute::check);
        body.len() + attributes.and_then(Result::ok).map_or(0, |all| attribute::size(&all))
    }
}

static EMPTY: BTreeMap<String, AttributeEntry> = BTreeMap::new();

fn no_deduplication() -> SqsError {
    SqsError::invalid(
        "The queue should either have ContentBasedDeduplication enabled or \
         MessageDeduplicationId provided explicitly",
    )
}

/// Checks an id of a FIFO queue: 1 to 128 letters, digits and punctuation marks.
fn check_fifo_id(parameter: &str, id: Option<&str>) -> Result<(), SqsError> {
    let is_legal =
        |id: &str| (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    match id {
        Some(id) if !is_legal(id) => {
            let reason = format!(
                "{parameter} can only include alphanumeric and punctuation characters. 1 to 128 \
                 in length."
            );
            Err(SqsError::invalid_value(id, parameter, &reason))
        }
        _ => Ok(()),
    }
}

/// Reports whether XML can hold a character (FACTS 12.6).
fn is_legal(character: char) -> bool {
    matches!(
        character,
        '\u{9}' | '\u{a}' | '\u{d}' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' |
        '\u{10000}'..
    )
}
