//! Promise `honest-ack`: the counts of an acknowledgement agree with its function's knowledge.

use std::time::Duration;

use crate::Time;
use crate::history::{Acknowledgement, Counts, Effect, Event, EventKind, Outcome};
use crate::ledger::{Call, Ledger};
use crate::name::{ConnectionName, InvocationName, RowName};
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::quotas::HANDSHAKE_WINDOW;
use crate::sketch::Sketch;

/// The counts of an acknowledgement agree with the knowledge of its function.
///
/// An attempt that the function gave up counts as failed, even if it succeeded: its answer reached
/// no caller. An acknowledgement without counts says nothing that could be dishonest.
pub const HONEST_ACK: Property = Property {
    id: "honest-ack",
    kind: PropertyKind::Always,
    promise: "The counts of an acknowledgement cover every row that was read: delivered = the last \
              attempt got 200; gone = it got 410, past the handshake window; pending = 410 within \
              it; failed = all else, meaning not known to be delivered; complete = the scan \
              finished and failed = 0.",
    reason: "Whoever goes by these numbers must not be told of a delivery that nobody knows of, \
             nor be made to repeat one.",
    sources: &[
        "FACTS 1.7: a 410 may mean that the handshake is not over yet \
         (repost.aws/knowledge-center/410-gone-api-gateway)",
        "FACTS 4.4: a 200 is no word from the client \
         (github.com/aws-samples/simple-websockets-chat-app/issues/44)",
    ],
    needs: &[Need::Counts],
    monitor: MonitorMaker::plain(|| Box::new(HonestAck::default())),
};

/// The rounding error of the times that functions get: the gateway gives whole milliseconds.
const ROUNDING: Duration = Duration::from_millis(1);

#[derive(Debug, Default)]
struct HonestAck {
    times: u64,
}

impl Monitor for HonestAck {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::InvocationEnded {
            invocation,
            outcome:
                Outcome::Returned {
                    acknowledgement: Some(Acknowledgement { counts: Some(said) }), ..
                },
        } = &event.kind
        else {
            return Ok(());
        };
        self.times += 1;
        let known = FunctionKnowledge::of(ledger, invocation, event.at);
        let Some(doubt) = known.doubt(said) else { return Ok(()) };
        let because = format!("{invocation} said in step {} that {}.", event.number, doubt.text);
        match doubt.about {
            Some(recipient) => violated(because, [recipient.into(), invocation.into()]),
            None => violated(because, [invocation.into()]),
        }
    }

    fn times(&self) -> u64 {
        self.times
    }

    /// Adds nothing: the ledger holds everything that this monitor reads.
    fn sketch(&self, _: &mut Sketch) -> bool {
        true
    }
}

/// The fate of a recipient, as far as the function can know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Delivered,
    Gone,
    Pending,
    /// The last attempt got 410, and the handshake window may have ended while the broadcast was
    /// under way.
    GoneOrPending,
    Failed,
}

/// A recipient of a broadcast: the function read its row.
#[derive(Debug)]
struct Recipient<'a> {
    name: ConnectionName,
    fate: Fate,
    last: Option<&'a Call>,
    /// The event in which the handshake started.
    asked: Option<u32>,
}

/// The knowledge of a function at the time of its acknowledgement.
#[derive(Debug)]
struct FunctionKnowledge<'a> {
    recipients: Vec<Recipient<'a>>,
    /// The last page that the function read.
    last_read: Option<&'a Call>,
}

/// A contradiction between an acknowledgement and its function's knowledge.
struct Doubt<'a> {
    text: String,
    about: Option<&'a ConnectionName>,
}

impl<'a> FunctionKnowledge<'a> {
    fn of(ledger: &'a Ledger, invocation: &InvocationName, now: Time) -> FunctionKnowledge<'a> {
        let sent = ledger.frame(invocation).map_or(now, |frame| frame.sent.at);
        // A row of a broadcast names one recipient.
        let named = |row: &RowName| match ledger.connections_of(row) {
            [name, ..] => name.clone(),
            [] => row.as_str().into(),
        };
        let recipient = |row: &RowName| {
            let name = named(row);
            let last = ledger.posts(invocation, &name).last();
            let asked = ledger.find_connection(&name).and_then(|state| state.asked);
            let fate = match last.and_then(Call::status) {
                Some(200..=299) => Fate::Delivered,
                Some(410) => fate_of_410(asked.map(|mark| mark.at), sent, now),
                _ => Fate::Failed,
            };
            Recipient { name, fate, last, asked: asked.map(|mark| mark.event) }
        };
        FunctionKnowledge {
            recipients: ledger.rows_read(invocation).into_iter().map(recipient).collect(),
            last_read: ledger.reads(invocation).last(),
        }
    }

    fn doubt(&self, said: &Counts) -> Option<Doubt<'_>> {
        let absent =
            self.count(Fate::Gone) + self.count(Fate::Pending) + self.count(Fate::GoneOrPending);
        self.doubt_count("were delivered", said.delivered, Fate::Delivered)
            .or_else(|| self.doubt_count("failed", said.failed, Fate::Failed))
            .or_else(|| self.doubt_count("were gone", said.gone, Fate::Gone))
            .or_else(|| self.doubt_count("were pending", said.pending, Fate::Pending))
            .or_else(|| {
                let text = format!(
                    "{} were gone or pending, but {absent} got 410",
                    said.gone + said.pending
                );
                (said.gone + said.pending != absent).then_some(Doubt { text, about: None })
            })
            .or_else(|| self.doubt_completeness(said))
    }

    /// Finds a contradiction if this number of recipients cannot have had this fate.
    fn doubt_count(&self, word: &str, said: u64, fate: Fate) -> Option<Doubt<'_>> {
        let least = self.count(fate);
        let may_be_either = matches!(fate, Fate::Gone | Fate::Pending);
        let most = least + if may_be_either { self.count(Fate::GoneOrPending) } else { 0 };
        if (least..=most).contains(&said) {
            return None;
        }
        let is_example = |recipient: &&Recipient<'_>| {
            let has_fate =
                recipient.fate == fate || (may_be_either && recipient.fate == Fate::GoneOrPending);
            if said < least { recipient.fate == fate } else { !has_fate }
        };
        let example = self.recipients.iter().find(is_example);
        let limit = if said < least { least } else { most };
        let reason = match example {
            Some(recipient) => recipient.describe(),
            None => format!("it read the rows of no more than {}", self.recipients.len()),
        };
        let text = format!("{said} {word}, but it knew this of {limit}: {reason}");
        Some(Doubt { text, about: example.map(|recipient| &recipient.name) })
    }

    fn doubt_completeness(&self, said: &Counts) -> Option<Doubt<'_>> {
        let is_finished = self.last_read.is_some_and(|call| !has_more(call));
        if said.complete == (is_finished && said.failed == 0) {
            return None;
        }
        let word = if said.complete { "complete" } else { "incomplete" };
        let reason = match self.last_read {
            _ if said.complete && said.failed > 0 => format!("{} failed", said.failed),
            Some(call) if has_more(call) => {
                format!("the page that it asked for in step {} was not the last", call.sent.event)
            }
            Some(call) => format!(
                "nobody failed, and the page that it asked for in step {} was the last",
                call.sent.event
            ),
            None => "it read no page at all".to_owned(),
        };
        Some(Doubt { text: format!("it was {word}, but {reason}"), about: None })
    }

    fn count(&self, fate: Fate) -> u64 {
        let count = self.recipients.iter().filter(|recipient| recipient.fate == fate).count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }
}

impl Recipient<'_> {
    fn describe(&self) -> String {
        let name = &self.name;
        let Some(last) = self.last else { return format!("{name} was never posted to") };
        let sent = last.sent.event;
        let Some((_, answer)) = &last.answered else {
            return format!("the last post to {name}, of step {sent}, got no answer in time");
        };
        let asked = match (answer.status, self.asked) {
            (Some(410), Some(asked)) => format!("; its handshake was asked for in step {asked}"),
            _ => String::new(),
        };
        format!("the last post to {name}, of step {sent}, got {answer}{asked}")
    }
}

/// The fate of a recipient that got 410.
///
/// The function compares the age of the row with the handshake window at an unknown time between
/// the sending of the broadcast and its end. So the fate is certain only if the comparison gives
/// the same result at both ends of that time.
fn fate_of_410(asked: Option<Time>, sent: Time, now: Time) -> Fate {
    let Some(asked) = asked else { return Fate::GoneOrPending };
    if sent.since(asked) > HANDSHAKE_WINDOW + ROUNDING {
        Fate::Gone
    } else if now.since(asked) + ROUNDING <= HANDSHAKE_WINDOW {
        Fate::Pending
    } else {
        Fate::GoneOrPending
    }
}

fn has_more(read: &Call) -> bool {
    matches!(read.applied, Some((_, Effect::Read { more: true, .. })))
}
