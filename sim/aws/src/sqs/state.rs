//! The state of one queue: its messages, in the order in which it can return them.

use std::collections::{BTreeMap, BTreeSet};

use stormglass_spec::{Sketch, Time};

use super::deduplication::Deduplication;
use super::id::{MessageId, Receipt};
use super::message::Message;
use super::queue::Queue;
use super::throughput::Throughput;

/// A number that tells messages of a queue apart and grows with every message.
pub(super) type Ordinal = u64;

/// A queue with its messages.
#[derive(Debug)]
pub(super) struct QueueState {
    pub(super) queue: Queue,
    pub(super) created_at: Time,
    pub(super) purged_at: Option<Time>,
    messages: BTreeMap<Ordinal, Message>,
    ordinals: BTreeMap<MessageId, Ordinal>,
    /// The messages by the time from which on they are visible.
    by_visibility: BTreeSet<(Time, Ordinal)>,
    /// The messages by the time at which the queue drops them.
    by_expiry: BTreeSet<(Time, Ordinal)>,
    /// The messages of each group of a FIFO queue.
    pub(super) groups: BTreeMap<String, BTreeSet<Ordinal>>,
    /// The number of messages that the queue ever had.
    pub(super) stored: u64,
    pub(super) deduplication: Deduplication,
    pub(super) attempts: BTreeMap<String, Attempt>,
    pub(super) throughput: Throughput,
}

/// A receive of a FIFO queue that can be tried again (FACTS 12.15).
#[derive(Clone, Debug, Hash)]
pub(super) struct Attempt {
    pub(super) at: Time,
    /// The messages, the number of their receive, and the time until which it hides them.
    pub(super) messages: Vec<(MessageId, u32, Time)>,
}

impl QueueState {
    pub(super) fn new(queue: Queue, created_at: Time) -> QueueState {
        QueueState {
            queue,
            created_at,
            purged_at: None,
            messages: BTreeMap::new(),
            ordinals: BTreeMap::new(),
            by_visibility: BTreeSet::new(),
            by_expiry: BTreeSet::new(),
            groups: BTreeMap::new(),
            stored: 0,
            deduplication: Deduplication::default(),
            attempts: BTreeMap::new(),
            throughput: Throughput::default(),
        }
    }

    /// Adds a message behind all others.
    pub(super) fn insert(&mut self, message: Message) {
        let ordinal = self.stored;
        self.stored += 1;
        let content = &message.content;
        self.ordinals.insert(content.id.clone(), ordinal);
        self.by_visibility.insert((message.visible_at, ordinal));
        self.by_expiry.insert((content.sent_at + self.queue.retention, ordinal));
        if let Some(group) = content.group.clone().filter(|_| self.queue.is_fifo) {
            self.groups.entry(group).or_default().insert(ordinal);
        }
        self.messages.insert(ordinal, message);
    }

    /// Takes a message out. `None` if it is not there.
    pub(super) fn remove(&mut self, ordinal: Ordinal) -> Option<Message> {
        let message = self.messages.remove(&ordinal)?;
        let content = &message.content;
        self.ordinals.remove(&content.id);
        self.by_visibility.remove(&(message.visible_at, ordinal));
        self.by_expiry.remove(&(content.sent_at + self.queue.retention, ordinal));
        if let Some(group) = &content.group
            && let Some(ordinals) = self.groups.get_mut(group)
        {
            ordinals.remove(&ordinal);
            if ordinals.is_empty() {
                self.groups.remove(group);
            }
        }
        Some(message)
    }

    /// Hides a message until a time, or shows it from that time on.
    pub(super) fn reschedule(&mut self, ordinal: Ordinal, visible_at: Time) {
        let Some(message) = self.messages.get_mut(&ordinal) else { return };
        self.by_visibility.remove(&(message.visible_at, ordinal));
        self.by_visibility.insert((visible_at, ordinal));
        message.visible_at = visible_at;
    }

    /// Counts a receive of a message, and hides it until a time.
    pub(super) fn receive(&mut self, now: Time, ordinal: Ordinal, visible_at: Time) {
        self.reschedule(ordinal, visible_at);
        let Some(message) = self.messages.get_mut(&ordinal) else { return };
        message.receives += 1;
        message.first_received_at.get_or_insert(now);
        message.last_received_at = Some(now);
    }

    /// Takes out a message that is too old. `None` if there is none.
    pub(super) fn pop_expired(&mut self, now: Time) -> Option<Message> {
        let (expires_at, ordinal) = self.by_expiry.first().copied()?;
        if expires_at > now {
            return None;
        }
        self.remove(ordinal)
    }

    /// Takes all messages out.
    pub(super) fn purge(&mut self) -> Vec<Message> {
        let ordinals: Vec<Ordinal> = self.messages.keys().copied().collect();
        ordinals.into_iter().filter_map(|ordinal| self.remove(ordinal)).collect()
    }

    pub(super) fn message(&self, ordinal: Ordinal) -> Option<&Message> {
        self.messages.get(&ordinal)
    }

    pub(super) fn messages(&self) -> impl Iterator<Item = (&Ordinal, &Message)> {
        self.messages.iter()
    }

    pub(super) fn ordinal(&self, id: &str) -> Option<Ordinal> {
        self.ordinals.get(id).copied()
    }

    /// Returns the message of a receipt, if it is still there.
    pub(super) fn of_receipt(&self, receipt: &Receipt) -> Option<(Ordinal, &Message)> {
        let ordinal = self.ordinal(&receipt.message)?;
        Some((ordinal, self.message(ordinal)?))
    }

    /// Returns the ordinal of a message that is in flight.
    pub(super) fn in_flight_ordinal(&self, now: Time, id: &str) -> Option<Ordinal> {
        let ordinal = self.ordinal(id)?;
        self.message(ordinal)?.is_in_flight(now).then_some(ordinal)
    }

    /// Returns the messages that are visible, those first that have been for the longest time.
    pub(super) fn visible(&self, now: Time) -> impl Iterator<Item = (Ordinal, &Message)> {
        let visible = self.by_visibility.range(..=(now, Ordinal::MAX));
        visible.filter_map(|(_, ordinal)| Some((*ordinal, self.message(*ordinal)?)))
    }

    /// Returns the messages that are hidden, those first that become visible first.
    pub(super) fn hidden(&self, now: Time) -> impl Iterator<Item = (Ordinal, &Message)> {
        let hidden = self.by_visibility.range((now, Ordinal::MAX)..);
        hidden.filter_map(|(_, ordinal)| Some((*ordinal, self.message(*ordinal)?)))
    }

    /// Returns the time at which the first message becomes visible, or did.
    pub(super) fn first_visible_at(&self) -> Option<Time> {
        self.by_visibility.first().map(|(visible_at, _)| *visible_at)
    }

    /// Returns the time at which the queue drops its oldest message.
    pub(super) fn expires_at(&self) -> Option<Time> {
        self.by_expiry.first().map(|(expires_at, _)| *expires_at)
    }

    /// Adds all messages to a sketch. The indexes follow from them.
    pub(super) fn sketch_messages(&self, sketch: &mut Sketch) {
        sketch.list(&self.messages, |sketch, (ordinal, message)| {
            sketch.number(*ordinal);
            message.sketch(sketch);
        });
    }

    /// Returns the number of messages that are in flight.
    pub(super) fn in_flight(&self, now: Time) -> usize {
        self.hidden(now).filter(|(_, message)| message.is_in_flight(now)).count()
    }

    /// Returns the number of messages that can be received, `wanted` at most, before too many are
    /// in flight.
    pub(super) fn room(&self, now: Time, wanted: usize, in_flight_max: usize) -> usize {
        // Counting takes long in a large queue, and nearly no queue comes close to the limit.
        let certain = in_flight_max.saturating_sub(self.messages.len());
        if certain >= wanted {
            return wanted;
        }
        wanted.min(in_flight_max.saturating_sub(self.in_flight(now)))
    }
}
