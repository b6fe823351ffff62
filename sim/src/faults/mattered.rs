//! Decides from a history whether a fault changed anything.
//!
//! A fault without an effect tests nothing: a stale read tests nothing if there was no write to
//! miss, and a lost answer tests nothing if its caller no longer waits for it.

use std::collections::BTreeSet;

use stormglass_spec::History;
use stormglass_spec::history::{Answer, Effect, EventKind, Origin, Side};
use stormglass_spec::name::{CallName, InvocationName};

use super::{Fault, Site};

/// Returns true if the fault that struck at the point of choice `key` changed anything.
pub fn mattered(history: &History, site: Site, fault: Fault, key: &str) -> bool {
    let story = Story { history };
    match site {
        Site::Handshake => story.was_refused(&InvocationName::from(stem(key)).connection(), 429),
        Site::Message => !story.ran(stem(key)) && story.was_told(stem(key)),
        Site::Invocation => story.invocation(fault, stem(key)),
        Site::Disconnect => match fault {
            Fault::Throttled | Fault::Error | Fault::Dropped => {
                !story.ran(stem(key))
                    && story.left_its_row(&InvocationName::from(stem(key)).connection())
            }
            _ => story.invocation(fault, stem(key)),
        },
        Site::Asynchronous | Site::Synchronous | Site::Delivery => {
            story.invocation(fault, stem(key))
        }
        Site::Batch => story.was_carried_out(stem(key)),
        Site::Queue => story.was_handled_twice(stem(key)),
        Site::Removal => story.ran(&repeated(stem(key))),
        Site::Answer => story.ended(stem(key)),
        Site::Write | Site::Read | Site::EventualRead | Site::Connections | Site::Service => {
            story.call(fault, key)
        }
        Site::Gone => {
            story.answer(stem(key)).is_some_and(|it| it.status == Some(410) && it.error.is_none())
        }
        Site::Connection => story.was_closed(key, Side::Gateway),
        Site::Refusal => story.ran(key),
        Site::Vanishing => {
            story.was_closed(&InvocationName::from(stem(key)).connection(), Side::Client)
        }
        Site::Leaving => story.opened(&InvocationName::from(stem(key)).connection()),
    }
}

/// Returns the key without its last part: `bob.b1` for `bob.b1.up`.
fn stem(key: &str) -> &str {
    key.rsplit_once('.').map_or(key, |(stem, _)| stem)
}

/// Returns the name of the next invocation for the same message.
fn repeated(name: &str) -> String {
    let invocation = InvocationName::from(name);
    let message = invocation.message_text();
    let number: u32 = name[message.len()..].trim_start_matches('+').parse().unwrap_or(1);
    format!("{message}+{}", number + 1)
}

struct Story<'a> {
    history: &'a History,
}

impl Story<'_> {
    fn has(&self, mut wanted: impl FnMut(&EventKind) -> bool) -> bool {
        self.history.events.iter().any(|event| wanted(&event.kind))
    }

    fn ran(&self, name: &str) -> bool {
        self.has(|what| {
            matches!(what, EventKind::InvocationStarted { invocation, .. } if **invocation == *name)
        })
    }

    fn ended(&self, name: &str) -> bool {
        self.has(|what| {
            matches!(what, EventKind::InvocationEnded { invocation, .. } if **invocation == *name)
        })
    }

    fn was_killed(&self, name: &str) -> bool {
        self.has(|what| {
            matches!(what, EventKind::InvocationKilled { invocation, .. } if **invocation == *name)
        })
    }

    fn invocation(&self, fault: Fault, name: &str) -> bool {
        match fault {
            Fault::Crash => self.was_killed(name),
            Fault::Duplicate => self.ran(name) && self.ran(&format!("{name}+2")),
            Fault::Cold => self.ran(name),
            _ => !self.ran(name),
        }
    }

    /// Returns true if two invocations began with the message of a name.
    fn was_handled_twice(&self, name: &str) -> bool {
        let name = InvocationName::from(name);
        let wanted = name.message_text();
        let begun = self.history.events.iter().filter(|event| match &event.kind {
            EventKind::InvocationStarted { messages, .. } => {
                messages.iter().any(|message| **message == *wanted)
            }
            _ => false,
        });
        begun.count() > 1
    }

    fn was_refused(&self, name: &str, by: u16) -> bool {
        self.has(|what| {
            matches!(what, EventKind::HandshakeRefused { connection, status }
                if **connection == *name && *status == by)
        })
    }

    fn opened(&self, name: &str) -> bool {
        self.has(|what| {
            matches!(what, EventKind::HandshakeOpened { connection, .. } if **connection == *name)
        })
    }

    fn was_closed(&self, name: &str, side: Side) -> bool {
        self.has(|what| {
            matches!(what, EventKind::Closed { connection, by, .. }
                if **connection == *name && *by == side)
        })
    }

    fn was_told(&self, name: &str) -> bool {
        self.has(|what| {
            matches!(what, EventKind::FrameReceived { origin: Origin::GatewayError { frame }, .. }
                if **frame == *name)
        })
    }

    /// Returns true if a connection was closed while its row was in the table.
    fn left_its_row(&self, name: &str) -> bool {
        let mut rows = BTreeSet::new();
        for event in &self.history.events {
            match &event.kind {
                EventKind::RowWritten { row, connections } => {
                    rows.remove(row);
                    if connections.iter().any(|connection| **connection == *name) {
                        rows.insert(row);
                    }
                }
                EventKind::RowRemoved { row, .. } => {
                    rows.remove(row);
                }
                EventKind::Closed { connection, .. } if **connection == *name => {
                    return !rows.is_empty();
                }
                _ => {}
            }
        }
        false
    }

    fn answer(&self, name: &str) -> Option<&Answer> {
        self.history.events.iter().find_map(|event| match &event.kind {
            EventKind::CallAnswered { call, answer } if **call == *name => Some(answer),
            _ => None,
        })
    }

    fn was_carried_out(&self, name: &str) -> bool {
        self.has(|what| match what {
            EventKind::CallApplied { call, effect } if **call == *name => {
                matches!(effect, Effect::Done | Effect::Accepted | Effect::Read { .. })
            }
            _ => false,
        })
    }

    fn call(&self, fault: Fault, name: &str) -> bool {
        let status = |wanted: fn(Option<u16>) -> bool| {
            self.answer(name).is_some_and(|answer| wanted(answer.status))
        };
        match fault {
            Fault::Crash => self.was_killed(CallName::from(name).invocation()),
            Fault::Stale => self.has(|what| {
                let EventKind::CallApplied { call, effect } = what else { return false };
                matches!(effect, Effect::Read { stale: true, .. }) && **call == *name
            }),
            Fault::ErrorAfter => self.was_carried_out(name) && status(|status| status.is_some()),
            Fault::RequestLost => status(|status| status.is_none()),
            Fault::ReplyLost => self.was_carried_out(name) && status(|status| status.is_none()),
            Fault::Hang => self.did_without(name),
            Fault::HangAfter => self.was_carried_out(name) && self.did_without(name),
            _ => status(|status| status.is_some()),
        }
    }

    /// Returns true if the caller of a request sent another one after it, ended, or was killed.
    fn did_without(&self, name: &str) -> bool {
        let call = CallName::from(name);
        let caller = call.invocation();
        let mut was_sent = false;
        self.has(|what| match what {
            EventKind::CallSent { call, .. } if **call == *name => {
                was_sent = true;
                false
            }
            EventKind::CallSent { invocation, .. }
            | EventKind::InvocationEnded { invocation, .. }
            | EventKind::InvocationKilled { invocation, .. } => was_sent && **invocation == *caller,
            _ => false,
        })
    }
}
