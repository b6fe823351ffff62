//! One event as it was reported. Names and texts are made of it when a reader asks for them.

use std::sync::Arc;

use stormglass_dynamodb::RowKey;
use stormglass_spec::Time;
use stormglass_spec::history::{Answer, Effect, Side};
use stormglass_spec::name::ConnectionName;

use super::Number;
use super::calls::RecordedCall;
use super::subject::{Peer, Subject};

/// One event, its time and its cause.
#[derive(Clone, Debug)]
pub(super) struct Note {
    /// The time since the record began.
    pub(super) at: Time,
    pub(super) cause: Number,
    pub(super) event: LiveEvent,
}

/// The event.
#[derive(Clone, Debug)]
pub(super) enum LiveEvent {
    HandshakeAsked(Arc<Peer>),
    HandshakeOpened(Arc<Peer>),
    HandshakeRefused(Arc<Peer>, u16),
    HandshakeAborted(Arc<Peer>),
    FrameSent(Arc<Subject>, MessageContent),
    FrameReceived(Arc<Peer>, Delivery),
    CloseSent(Arc<Peer>, u16),
    Closed(Arc<Peer>, Side, u16),
    AnswerDropped(Arc<Subject>),
    InvocationStarted { subject: Arc<Subject>, route: Arc<str>, due: Time, two_way: bool },
    InvocationEnded(Arc<Subject>, FunctionResult),
    InvocationKilled(Arc<Subject>, Arc<str>),
    CallSent(Arc<RecordedCall>),
    CallApplied(Arc<RecordedCall>, CallEffect),
    CallAnswered(Arc<RecordedCall>, Answer),
    RowChanged(Box<RowChange>),
}

/// The content of a message of a client.
#[derive(Clone, Debug)]
pub(super) enum MessageContent {
    Broadcast { data: Arc<str>, text: Arc<str> },
    Text(Arc<str>),
    Binary(usize),
}

/// A message for a client.
#[derive(Clone, Debug)]
pub(super) enum Delivery {
    /// The body of a post.
    Post(Arc<RecordedCall>),
    Reply(Arc<Subject>, Arc<str>),
    Error(Arc<Subject>, Arc<str>),
}

/// The result of a function.
#[derive(Clone, Debug)]
pub(super) enum FunctionResult {
    Response(Arc<str>),
    /// The answer of an authorizer: true if it lets the client in, `None` if it is malformed.
    Verdict(Option<bool>),
    Denied,
    Failed(Arc<str>),
}

/// A row that was written or removed.
#[derive(Clone, Debug)]
pub(super) struct RowChange {
    pub(super) row: RowKey,
    pub(super) is_written: bool,
    /// The connections that the row names, or named when it was removed.
    pub(super) connections: Vec<ConnectionName>,
}

/// The effect of a call in a service.
#[derive(Clone, Debug)]
pub(super) enum CallEffect {
    Known(Effect),
    /// The rows with these keys were read.
    Read {
        keys: Arc<[RowKey]>,
        more: bool,
    },
}

impl Note {
    /// Returns about the memory that it takes beside its own size, in bytes.
    pub(super) fn bytes(&self) -> usize {
        match &self.event {
            LiveEvent::FrameSent(_, MessageContent::Broadcast { data, text }) => {
                data.len() + text.len()
            }
            LiveEvent::FrameSent(_, MessageContent::Text(text)) => text.len(),
            LiveEvent::FrameReceived(_, Delivery::Reply(_, text) | Delivery::Error(_, text)) => {
                text.len()
            }
            LiveEvent::InvocationEnded(
                _,
                FunctionResult::Response(text) | FunctionResult::Failed(text),
            ) => text.len(),
            LiveEvent::CallSent(call) => call.bytes(),
            // A call is counted with the first of its notes alone: the others are dropped soon
            // after it.
            LiveEvent::CallApplied(_, CallEffect::Read { keys, .. }) => {
                keys.iter().map(|row| row.key.len() + size_of::<RowKey>()).sum()
            }
            LiveEvent::RowChanged(change) => change.row.table.len() + change.row.key.len(),
            _ => 0,
        }
    }
}
