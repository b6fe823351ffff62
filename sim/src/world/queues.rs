//! Queues: calls of SQS, messages on their way to functions, and the batches of Lambda's pollers.

use std::collections::BTreeSet;

use stormglass_aws::lambda::Lineage;
use stormglass_aws::mapping::queue::{
    BatchSettlement, QueueBatch, QueueBatchOutcome, QueuePollers,
};
use stormglass_aws::sqs::{MessageChange, MessageId, Sqs, SqsEffect, SqsFaults, SqsRequest};
use stormglass_spec::hash::Map;
use stormglass_spec::history::EventKind;
use stormglass_spec::name::{CallName, InvocationName, MessageName};
use stormglass_spec::{Sketch, Time, hash};

use super::calls::{Sequel, ServiceOutcome};
use super::compute::{FunctionOutcome, InvocationState, Purpose, Sender};
use super::{Halt, Latency, Occurrence, World};
use crate::case::Menu;
use crate::faults::{Fault, Site};
use crate::outcome::HarnessError;
use crate::seam::CallId;
use crate::stack::Stack;

/// The number of times that a message may return and keep a run going. One that returns more often
/// will return for days.
const RETURNS_MAX: u32 = 12;

/// The queues of a run, and the pollers of Lambda.
#[derive(Debug)]
pub(super) struct Queues {
    pub(super) sqs: Sqs,
    pollers: Vec<QueuePollers>,
    messages: Map<MessageId, QueuedMessage>,
    /// The messages that no poller sees yet: they are on their way to the pollers.
    hidden: BTreeSet<MessageId>,
    /// The number of polls that closed a batch, or could have.
    polls: u64,
}

/// A message, as the simulation knows it beside SQS.
#[derive(Clone, Debug)]
struct QueuedMessage {
    name: MessageName,
    lineage: Lineage,
    /// The number of ways to the pollers that the message has begun.
    ways: u32,
}

/// The sender of messages: their names come from it.
#[derive(Clone, Debug)]
pub(super) enum MessageSource {
    /// An invocation, by its index.
    Invocation(usize),
    /// A message with this name, which something else than a function sends.
    Named(MessageName),
}

impl Queues {
    /// Makes the queues of a stack and the pollers of its functions.
    pub(super) fn new(app: &str, stack: &Stack) -> Result<Queues, HarnessError> {
        let refused = |reason: String| HarnessError::NoQueue { app: app.to_owned(), reason };
        let sqs = Sqs::new(stack.queues.clone()).map_err(|error| refused(error.to_string()))?;
        let pollers = stack.queue_mappings.iter().map(|mapping| {
            let queue = sqs.queue(&mapping.queue).ok_or_else(|| {
                refused(format!("{} polls the queue {}", mapping.function, mapping.queue))
            })?;
            let timeout = stack.timeout_of(&mapping.function);
            QueuePollers::new(mapping.clone(), queue, timeout)
                .map_err(|error| refused(error.to_string()))
        });
        let pollers = pollers.collect::<Result<_, _>>()?;
        let (messages, hidden) = (Map::default(), BTreeSet::new());
        Ok(Queues { sqs, pollers, messages, hidden, polls: 0 })
    }

    /// True if the pollers still wait for this way of a message.
    pub(super) fn is_on_its_way(&self, queue: &str, message: &MessageId, way: u32) -> bool {
        let is_newest = self.messages.get(message).is_some_and(|known| known.ways == way);
        is_newest && self.sqs.body(queue, message).is_some()
    }

    /// True if a batch of this mapping still gathers messages.
    pub(super) fn is_gathering(&self, mapping: usize) -> bool {
        self.pollers[mapping].closes_at().is_some()
    }

    /// True if a batch still waits for its function.
    pub(super) fn is_running(&self, mapping: usize, batch: &str) -> bool {
        self.pollers[mapping].running(batch).is_some()
    }

    pub(super) fn sketch(&self, sketch: &mut Sketch) {
        let Queues {
            sqs,
            pollers,
            messages,
            hidden,
            // The ids of the batches that run follow from it.
            polls: _,
        } = self;
        sqs.sketch(sketch);
        sketch.list(pollers, |sketch, pollers| pollers.sketch(sketch));
        sketch.list(messages, |sketch, (id, QueuedMessage { name, lineage, ways })| {
            sketch.text(id);
            sketch.text(name);
            lineage.sketch(sketch);
            sketch.number(u64::from(*ways));
        });
        sketch.list(hidden, |sketch, id| sketch.text(id));
    }
}

impl World<'_> {
    /// Carries out a call of SQS.
    pub(super) fn call_queue(
        &mut self,
        id: CallId,
        name: &CallName,
        request: &SqsRequest,
    ) -> ServiceOutcome {
        let failing = self.choose_failing(name, request);
        let faults = SqsFaults { failing, ..SqsFaults::default() };
        let key = format!("{name}@{}", self.now.micros());
        let (answer, effects) = self.queues.sqs.apply_with(self.now, request, &key, &faults);
        let arrived_at = self.calls.get(&id).and_then(|call| call.arrived_at).unwrap_or(self.now);
        let until = self.queues.sqs.waits_until(arrived_at, request, &answer);
        let sequel = match until.filter(|until| *until > self.now) {
            Some(until) => {
                let due = request.queue().and_then(|it| self.queues.sqs.next_due(self.now, it));
                Sequel::Waits {
                    until: due.filter(|due| *due > self.now).unwrap_or(until).min(until),
                }
            }
            None => Sequel::Messages(effects),
        };
        ServiceOutcome::by_service(answer).with(sequel)
    }

    /// The entries of a batch that fail inside of an answer of success.
    fn choose_failing(&mut self, name: &CallName, request: &SqsRequest) -> BTreeSet<usize> {
        let entries = request.entries();
        if entries < 2 {
            return BTreeSet::new();
        }
        let fault = self.choose(&format!("{name}.entries"), Menu::at(Site::Batch), None);
        match fault.into_fault() {
            Some(_) => BTreeSet::from([one_of(name, entries)]),
            None => BTreeSet::new(),
        }
    }

    /// Takes a message that no function sends. Returns false if the queue refuses it.
    ///
    /// # Panics
    ///
    /// If there is no such queue.
    pub(super) fn enqueue(
        &mut self,
        name: MessageName,
        queue: &str,
        body: &str,
        attributes: &serde_json::Value,
        cause: Option<u32>,
    ) -> Result<bool, Halt> {
        let queue = self.queues.sqs.queue(queue).expect("the caller has looked the queue up");
        let key = format!("{name}@{}", self.now.micros());
        let (answer, effects) = match SqsRequest::of_service(queue, body, attributes, &key) {
            Ok(request) => self.queues.sqs.apply(self.now, &request, &key),
            Err(refusal) => (refusal.answer, Vec::new()),
        };
        self.queue_changes(&MessageSource::Named(name), effects, cause)?;
        Ok(answer.is_success())
    }

    /// Records what happened to messages, and sends those on their way that can be received.
    pub(super) fn queue_changes(
        &mut self,
        source: &MessageSource,
        effects: Vec<SqsEffect>,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        for SqsEffect { queue, message: id, change } in effects {
            match change {
                MessageChange::Stored { visible_at, .. } => {
                    self.message_stored(source, &queue, &id, visible_at, cause)?;
                }
                MessageChange::Received { visible_at, .. }
                | MessageChange::Rescheduled { visible_at, .. } => {
                    self.send_to_pollers(&queue, &id, visible_at, cause);
                }
                MessageChange::Redelivered | MessageChange::Restored => {
                    self.send_to_pollers(&queue, &id, self.now, cause);
                }
                MessageChange::MovedToDeadLetters { dead_letter_queue, .. } => {
                    self.record_stored(&dead_letter_queue, &id, cause)?;
                    self.send_to_pollers(&dead_letter_queue, &id, self.now, cause);
                }
                MessageChange::Deleted { .. } => {
                    let message = self.message_name(&id);
                    let place = queue.as_str().into();
                    self.record(cause, EventKind::MessageRemoved { message, place })?;
                }
                MessageChange::Expired => self.drop_message(&queue, &id, "too old", cause)?,
                MessageChange::Purged => self.drop_message(&queue, &id, "purged", cause)?,
                MessageChange::Deduplicated { .. } => {}
            }
        }
        Ok(())
    }

    fn message_stored(
        &mut self,
        source: &MessageSource,
        queue: &str,
        id: &MessageId,
        visible_at: Time,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let (name, lineage) = match source {
            MessageSource::Invocation(invocation) => {
                let state = &mut self.invocations[*invocation];
                (state.hand(queue), state.lineage.clone())
            }
            MessageSource::Named(name) => (name.clone(), Lineage::default()),
        };
        self.queues.messages.insert(id.clone(), QueuedMessage { name, lineage, ways: 0 });
        let cause = self.record_stored(queue, id, cause)?;
        self.send_to_pollers(queue, id, visible_at, Some(cause));
        Ok(())
    }

    fn record_stored(
        &mut self,
        queue: &str,
        id: &MessageId,
        cause: Option<u32>,
    ) -> Result<u32, Halt> {
        let text = self.queues.sqs.body(queue, id).unwrap_or_default().into();
        let (message, place) = (self.message_name(id), queue.into());
        self.record(cause, EventKind::MessageStored { message, place, text })
    }

    fn drop_message(
        &mut self,
        queue: &str,
        id: &MessageId,
        reason: &str,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let (message, place) = (self.message_name(id), queue.into());
        let dropped = EventKind::MessageDropped { message, place, reason: reason.into() };
        self.record(cause, dropped).map(|_| ())
    }

    /// The name of a message.
    ///
    /// # Panics
    ///
    /// If no queue ever stored the message.
    fn message_name(&self, id: &MessageId) -> MessageName {
        let known = self.queues.messages.get(id);
        known.expect("every message was stored before anything else happens to it").name.clone()
    }

    /// Sends a message on its way to the pollers, which see it some time after it becomes visible.
    fn send_to_pollers(&mut self, queue: &str, id: &MessageId, at: Time, cause: Option<u32>) {
        if !self.queues.pollers.iter().any(|pollers| pollers.mapping().queue == queue) {
            return;
        }
        let Some(message) = self.queues.messages.get_mut(id) else { return };
        message.ways += 1;
        let way = message.ways;
        let name = match way {
            1 => message.name.invocation(),
            _ => message.name.invocation().repeated(way),
        };
        self.queues.hidden.insert(id.clone());
        let (queue, message) = (queue.to_owned(), id.clone());
        if way > RETURNS_MAX {
            let seen = Occurrence::MessageIsSeen { queue, message, way, is_twice: false };
            self.queue.push_background(at.max(self.now), seen);
            return;
        }
        let key = format!("{name}.seen");
        let fate = self.choose(&key, Menu::leg_to(Site::Queue), cause);
        let is_twice = fate.fault == Some(Fault::Duplicate);
        let seen = Occurrence::MessageIsSeen { queue, message, way, is_twice };
        let wait = at.since(self.now) + Latency::QUEUE.draw(&key);
        self.depart(wait, fate.leg, cause, seen);
    }

    /// Lets the pollers see a message. If it `is_twice` there, a copy follows it although a
    /// function is at work on it (FACTS 12.7).
    pub(super) fn message_is_seen(
        &mut self,
        queue: &str,
        message: &MessageId,
        is_twice: bool,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        self.queues.hidden.remove(message);
        for mapping in 0..self.queues.pollers.len() {
            if self.queues.pollers[mapping].mapping().queue == queue {
                self.poll_queue(mapping, cause)?;
            }
        }
        let copy = is_twice.then(|| self.queues.sqs.redeliver(self.now, queue, message)).flatten();
        let Some(copy) = copy else { return Ok(()) };
        let source = MessageSource::Named(self.message_name(message));
        self.queue_changes(&source, vec![copy], cause)
    }

    /// Lets the pollers of a mapping take messages until no batch is due.
    pub(super) fn poll_queue(&mut self, mapping: usize, cause: Option<u32>) -> Result<(), Halt> {
        loop {
            let Queues { sqs, pollers, hidden, polls, .. } = &mut self.queues;
            *polls += 1;
            let key = format!("batch-{polls}");
            let (batch, effects) = pollers[mapping].poll(self.now, sqs, hidden, &key);
            let closes_at = pollers[mapping].closes_at();
            let queue = pollers[mapping].mapping().queue.as_str().into();
            self.queue_changes(&MessageSource::Named(queue), effects, cause)?;
            let Some(batch) = batch else {
                if let Some(at) = closes_at {
                    let closes = Occurrence::BatchCloses { mapping };
                    self.queue.push(at.max(self.now), 0, cause, closes);
                }
                return Ok(());
            };
            self.start_batch(mapping, batch, cause)?;
        }
    }

    /// Invokes the function of a mapping with a batch.
    fn start_batch(
        &mut self,
        mapping: usize,
        batch: QueueBatch,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let QueueBatch { id, messages, event } = batch;
        let function = self.queues.pollers[mapping].mapping().function.clone();
        let names: Vec<MessageName> = messages.iter().map(|it| self.message_name(it)).collect();
        let known = messages.iter().filter_map(|id| self.queues.messages.get(id));
        let lineage = known.map(|it| &it.lineage).max_by_key(|it| it.runs_of(&function)).cloned();
        let first = names.first().expect("a batch has a message");
        let name = self.names.next_invocation(first);
        let request = self.names.request(&name);
        let sender = Sender::Queue { mapping, batch: id };
        let lineage = lineage.unwrap_or_default().extend(&function);
        let purpose = Purpose::Event { function, sender: sender.clone() };
        let mut state = InvocationState::new(name, request, purpose, self.now, event);
        state.messages = names;
        match lineage {
            Ok(lineage) => state.lineage = lineage,
            // Lambda takes the messages for a loop, and does away with them (FACTS 11.20).
            Err(_) => {
                let outcome = QueueBatchOutcome::Returned("null".to_owned());
                return self.settle_batch(mapping, &state.name, &outcome, &sender, cause);
            }
        }
        self.invoke(state, Site::Delivery, cause);
        Ok(())
    }

    /// Tries a batch again that Lambda had no capacity for.
    pub(super) fn retry_batch(
        &mut self,
        mapping: usize,
        batch: &str,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let batch = self.queues.pollers[mapping].running(batch).cloned();
        batch.map_or(Ok(()), |batch| self.start_batch(mapping, batch, cause))
    }

    /// Gives the pollers the outcome of a batch.
    pub(super) fn pollers_learn(
        &mut self,
        invocation: usize,
        mapping: usize,
        outcome: FunctionOutcome,
        sender: &Sender,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let name = self.invocations[invocation].name.clone();
        let outcome = match outcome {
            FunctionOutcome::Response(json) => QueueBatchOutcome::Returned(json),
            FunctionOutcome::Throttled => QueueBatchOutcome::Throttled,
            _ => QueueBatchOutcome::Failed,
        };
        self.settle_batch(mapping, &name, &outcome, sender, cause)
    }

    fn settle_batch(
        &mut self,
        mapping: usize,
        name: &InvocationName,
        outcome: &QueueBatchOutcome,
        sender: &Sender,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let Sender::Queue { batch, .. } = sender else { return Ok(()) };
        let deletes = matches!(outcome, QueueBatchOutcome::Returned(_));
        let fault = deletes
            .then(|| self.choose(&format!("{name}.removal"), Menu::at(Site::Removal), cause))
            .and_then(super::fate::Fate::into_fault);
        let Queues { sqs, pollers, .. } = &mut self.queues;
        let settled = pollers[mapping].settle(self.now, sqs, batch, outcome, fault.is_some());
        match settled {
            Some(BatchSettlement::Settled { effects, .. }) => {
                let queue = self.queues.pollers[mapping].mapping().queue.as_str().into();
                self.queue_changes(&MessageSource::Named(queue), effects, cause)?;
            }
            Some(BatchSettlement::Retries { at }) => {
                let batch = batch.clone();
                let retried = Occurrence::BatchIsRetried { mapping, batch };
                self.queue.push(at, 0, cause, retried);
            }
            Some(BatchSettlement::Dropped { .. }) | None => {}
        }
        self.poll_queue(mapping, cause)
    }
}

/// The entry of a batch that the name of its call selects.
fn one_of(name: &CallName, entries: usize) -> usize {
    let entries = u64::try_from(entries).unwrap_or(u64::MAX);
    let draw = hash::keyed_for(stormglass_spec::CONSTANT, name, "entry");
    usize::try_from(hash::below(draw, entries)).unwrap_or(0)
}
