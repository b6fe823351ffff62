//! Names of connections, of messages, and of the invocations that they start.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use stormglass_aws::gateway::{ConnectionId, RequestId};
use stormglass_spec::name::{ConnectionName, InvocationName};

use super::Number;

/// A connection, for as long as an event refers to it.
#[derive(Debug)]
pub(super) struct Peer {
    /// Its number on this server, from 1.
    pub(super) number: u64,
    pub(super) id: ConnectionId,
}

/// The purpose of a request id of the gateway.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) peer: Arc<Peer>,
    pub(super) kind: SubjectKind,
    pub(super) request: RequestId,
    /// The last event that its function knows of.
    learned: AtomicU64,
}

/// The kinds of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SubjectKind {
    /// An event for the authorizer.
    Authorize,
    /// The beginning of a connection.
    Connect,
    /// The end of a connection.
    Disconnect,
    /// The n-th broadcast.
    Broadcast(u64),
    /// The n-th other text.
    Text(u64),
    /// The n-th message that is no text.
    Binary(u64),
}

impl Peer {
    pub(super) fn name(&self) -> ConnectionName {
        format!("{}1", Letters(self.number)).into()
    }
}

impl Subject {
    pub(super) fn new(peer: Arc<Peer>, kind: SubjectKind, request: &RequestId) -> Arc<Subject> {
        let (request, learned) = (request.clone(), AtomicU64::new(0));
        Arc::new(Subject { peer, kind, request, learned })
    }

    pub(super) fn learn(&self, event: Number) {
        self.learned.store(event, Ordering::Relaxed);
    }

    pub(super) fn learned(&self) -> Number {
        self.learned.load(Ordering::Relaxed)
    }

    pub(super) fn name(&self) -> InvocationName {
        let (kind, ordinal) = match self.kind {
            SubjectKind::Authorize => ("auth", 1),
            SubjectKind::Connect => ("c", 1),
            SubjectKind::Disconnect => ("d", 1),
            SubjectKind::Broadcast(ordinal) => ("b", ordinal),
            SubjectKind::Text(ordinal) => ("t", ordinal),
            SubjectKind::Binary(ordinal) => ("x", ordinal),
        };
        format!("{}.{kind}{ordinal}", Letters(self.peer.number)).into()
    }
}

/// A number from 1 in letters: a, b ... z, aa, ab. Digits at the end of a client's name would be
/// read as the ordinal of its connection.
struct Letters(u64);

impl fmt::Display for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return Ok(());
        }
        let place = self.0 - 1;
        write!(f, "{}", Letters(place / 26))?;
        let letter = b'a' + u8::try_from(place % 26).unwrap_or_default();
        write!(f, "{}", char::from(letter))
    }
}

/// Returns the number that letters stand for.
pub(super) fn number_of(letters: &str) -> Option<u64> {
    let digits = letters.bytes().map(|letter| match letter {
        b'a'..=b'z' => Some(u64::from(letter - b'a') + 1),
        _ => None,
    });
    digits.into_iter().try_fold(0_u64, |number, digit| number.checked_mul(26)?.checked_add(digit?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        for (number, letters) in
            [(1, "a"), (26, "z"), (27, "aa"), (52, "az"), (53, "ba"), (702, "zz"), (703, "aaa")]
        {
            assert_eq!(Letters(number).to_string(), letters);
            assert_eq!(number_of(letters), Some(number));
        }
    }

    #[test]
    fn what_is_no_number_in_letters_is_none() {
        assert_eq!(number_of("a1"), None);
        assert_eq!(number_of(&"z".repeat(100)), None);
    }
}
