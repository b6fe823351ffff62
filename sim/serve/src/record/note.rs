//! One event, kept as it was told: names and words are made of it when somebody looks.

use std::sync::Arc;

use stormglass_dynamodb::Change;
use stormglass_spec::Time;
use stormglass_spec::history::{Answer, Effect, Side};

use super::Number;
use super::calls::Call;
use super::subject::{Peer, Subject};

/// One event.
#[derive(Clone, Debug)]
pub(super) struct Note {
    /// Since the record began.
    pub(super) at: Time,
    pub(super) cause: Number,
    pub(super) told: Told,
}

/// What happened.
#[derive(Clone, Debug)]
pub(super) enum Told {
    Asked(Arc<Peer>),
    Opened(Arc<Peer>),
    Refused(Arc<Peer>, u16),
    Aborted(Arc<Peer>),
    Sent(Arc<Subject>, Content),
    Received(Arc<Peer>, Delivered),
    CloseSent(Arc<Peer>, u16),
    Closed(Arc<Peer>, Side, u16),
    Dropped(Arc<Subject>),
    Started { subject: Arc<Subject>, route: Arc<str>, due: Time, is_two_way: bool },
    Ended(Arc<Subject>, Given),
    Killed(Arc<Subject>, Arc<str>),
    CallSent(Arc<Call>),
    CallApplied(Arc<Call>, Applied),
    CallAnswered(Arc<Call>, Answer),
    Changed(Change),
}

/// What a client sent.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Broadcast { data: Arc<str>, text: Arc<str> },
    Text(Arc<str>),
    Binary(usize),
}

/// What a client got.
#[derive(Clone, Debug)]
pub(super) enum Delivered {
    /// What a call posted.
    Post(Arc<Call>),
    Reply(Arc<Subject>, Arc<str>),
    Error(Arc<Subject>, Arc<str>),
}

/// What a function gave back.
#[derive(Clone, Debug)]
pub(super) enum Given {
    Response(Arc<str>),
    /// The answer of an authorizer, and whether it lets the client in.
    Verdict(Option<bool>),
    Denied,
    Failed(Arc<str>),
}

/// What a service did.
#[derive(Clone, Debug)]
pub(super) enum Applied {
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
        match &self.told {
            Told::Sent(_, Content::Broadcast { data, text }) => data.len() + text.len(),
            Told::Sent(_, Content::Text(text)) => text.len(),
            Told::Received(_, Delivered::Reply(_, text) | Delivered::Error(_, text)) => text.len(),
            Told::Ended(_, Given::Response(text) | Given::Failed(text)) => text.len(),
            Told::CallSent(call) => call.bytes(),
            // A call that lives on in later notes is counted with the first of them alone, and they
            // are dropped soon after it.
            Told::CallApplied(_, Applied::Read { keys, .. }) => {
                keys.iter().map(|key| key.len() + size_of::<String>()).sum()
            }
            Told::Changed(Change::Written { table, key } | Change::Removed { table, key }) => {
                table.len() + key.len()
            }
            _ => 0,
        }
    }
}
