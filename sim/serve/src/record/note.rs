//! One event, kept as it was told: names and words are made of it when somebody looks.

use std::sync::Arc;

use stormglass_dynamodb::Change;
use stormglass_spec::Time;
use stormglass_spec::history::{Answer, Effect, Side};

use super::Number;
use super::calls::RecordedCall;
use super::subject::{Peer, Subject};

/// One event.
#[derive(Clone, Debug)]
pub(super) struct Note {
    /// Since the record began.
    pub(super) at: Time,
    pub(super) cause: Number,
    pub(super) event: LiveEvent,
}

/// What happened.
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
    InvocationStarted { subject: Arc<Subject>, route: Arc<str>, due: Time, is_two_way: bool },
    InvocationEnded(Arc<Subject>, FunctionResult),
    InvocationKilled(Arc<Subject>, Arc<str>),
    CallSent(Arc<RecordedCall>),
    CallApplied(Arc<RecordedCall>, CallEffect),
    CallAnswered(Arc<RecordedCall>, Answer),
    TableChanged(Change),
}

/// What a client sent.
#[derive(Clone, Debug)]
pub(super) enum MessageContent {
    Broadcast { data: Arc<str>, text: Arc<str> },
    Text(Arc<str>),
    Binary(usize),
}

/// What a client got.
#[derive(Clone, Debug)]
pub(super) enum Delivery {
    /// What a call posted.
    Post(Arc<RecordedCall>),
    Reply(Arc<Subject>, Arc<str>),
    Error(Arc<Subject>, Arc<str>),
}

/// What a function gave back.
#[derive(Clone, Debug)]
pub(super) enum FunctionResult {
    Response(Arc<str>),
    /// The answer of an authorizer, and whether it lets the client in.
    Verdict(Option<bool>),
    Denied,
    Failed(Arc<str>),
}

/// What a service did.
#[derive(Clone, Debug)]
pub(super) enum CallEffect {
    Did(Effect),
    /// It read the rows with these keys.
    Read {
        keys: Arc<[String]>,
        more: bool,
    },
}

impl Note {
    /// About how much memory it takes beside its own size, in bytes.
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
            // A call that lives on in later notes is counted with the first of them alone, and they
            // are dropped soon after it.
            LiveEvent::CallApplied(_, CallEffect::Read { keys, .. }) => {
                keys.iter().map(|key| key.len() + size_of::<String>()).sum()
            }
            LiveEvent::TableChanged(
                Change::Written { table, key } | Change::Removed { table, key },
            ) => table.len() + key.len(),
            _ => 0,
        }
    }
}
