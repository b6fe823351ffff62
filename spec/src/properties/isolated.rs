//! Promise `isolated`: trouble with one recipient costs no other recipient its message.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::Time;
use crate::history::{Answer, Event, EventKind, Request};
use crate::ledger::{Call, Ledger, Mark};
use crate::name::{CallName, ConnectionName, InvocationName, RowName};
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, rows_violated};
use crate::sketch::Sketch;

/// Trouble with one recipient costs no other recipient its message.
///
/// A function may decide how often it tries and which answers count as failures. But it must treat
/// all recipients alike, as long as there is time. The acknowledgement of the broadcast makes no
/// difference here, nor does its absence.
pub const ISOLATED: Property = Property {
    id: "isolated",
    kind: PropertyKind::Always,
    promise: "When a broadcast ends with 5 s left or more, every row that it had read has got at \
              least one attempt if any has; of two recipients whose attempts were answered alike, \
              either both were tried again or neither; and nobody's attempt was left behind \
              because another one's, or the delete of a row, failed.",
    reason: "One slow or dead client must not decide who else gets a message.",
    sources: &[
        "FACTS 3.6: one post without an answer held up a whole broadcast \
         (github.com/aws/aws-sdk-js-v3/issues/6896)",
        "FACTS 3.5: 429 may mean that one client's buffer is full (API Gateway Management API, \
         PostToConnection)",
        "FACTS 7.1: in AWS's own sample one 410 ends the broadcast for all \
         (github.com/aws-samples/simple-websockets-chat-app, fb1f0d6)",
    ],
    needs: &[Need::Broadcasts],
    monitor: MonitorMaker::plain(|| Box::new(IsolatedMonitor::default())),
};

/// The remaining time in which a function may have good reason not to try again: it must wait
/// before each new attempt, longer every time, and then get an answer.
const TIME_TO_RETRY: Duration = Duration::from_secs(5);

/// The time that every function waits for the answer to a post, which takes some 15 ms.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
struct IsolatedMonitor {
    times: u64,
    /// The deletes that have failed at the current time, by the function that made them.
    failed_deletes: BTreeMap<InvocationName, FailedDelete>,
}

/// The delete of a row that failed: most functions delete the row of a connection that is gone.
#[derive(Debug)]
struct FailedDelete {
    row: RowName,
    answered: Mark,
    answer: Answer,
}

impl Monitor for IsolatedMonitor {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        // A failure ends a function at once or not at all.
        self.failed_deletes.retain(|_, failed| failed.answered.at == event.at);
        let invocation = match &event.kind {
            EventKind::CallAnswered { call, answer } => {
                self.take_note(call, answer, ledger);
                return Ok(());
            }
            EventKind::InvocationEnded { invocation, .. } => invocation,
            _ => return Ok(()),
        };
        let Some(state) = ledger.invocation(invocation) else { return Ok(()) };
        let is_broadcast = ledger.broadcast_data(invocation).is_some();
        if !is_broadcast || state.due.since(event.at) < TIME_TO_RETRY {
            return Ok(());
        }
        let rows = ledger.rows_read(invocation).into_iter();
        let names: BTreeSet<&ConnectionName> =
            rows.flat_map(|row| ledger.connections_of(row)).collect();
        let attempts = |name| ledger.posts(invocation, name).collect();
        let recipients: Vec<Recipient<'_>> =
            names.into_iter().map(|name| Recipient { name, attempts: attempts(name) }).collect();
        // A function that posts to no recipient at all treats them all alike.
        if recipients.iter().all(|recipient| recipient.attempts.is_empty()) {
            return Ok(());
        }
        self.times += 1;
        let slight = left_out(&recipients)
            .or_else(|| left_behind(&recipients, event.at))
            .or_else(|| left_behind_by(self.failed_deletes.get(invocation)?, &recipients))
            .or_else(|| treated_differently(&recipients));
        let Some(Slight { name, fact, missed }) = slight else { return Ok(()) };
        let left = state.due.since(event.at).as_millis();
        let because = format!(
            "{fact}; but {invocation} ended in step {} with {left} ms left, and {missed}.",
            event.number
        );
        rows_violated(because, [name.into(), invocation.into()])
    }

    fn times(&self) -> u64 {
        self.times
    }

    fn sketch(&self, sketch: &mut Sketch) -> bool {
        sketch.list(&self.failed_deletes, |sketch, (invocation, failed)| {
            sketch.text(invocation);
            sketch.time(failed.answered.at);
        });
        true
    }
}

impl IsolatedMonitor {
    /// Keeps the answer to a delete that failed.
    fn take_note(&mut self, call: &CallName, answer: &Answer, ledger: &Ledger) {
        let Some(call) = ledger.call(call).filter(|_| !is_success(answer)) else { return };
        if let (Request::Delete { row }, Some((answered, _))) = (&call.request, &call.answered) {
            let failed =
                FailedDelete { row: row.clone(), answered: *answered, answer: answer.clone() };
            self.failed_deletes.insert(call.invocation.clone(), failed);
        }
    }
}

/// A recipient of a broadcast: the function read its row.
struct Recipient<'a> {
    name: &'a ConnectionName,
    attempts: Vec<&'a Call>,
}

/// A recipient that was treated worse than another, with the evidence.
struct Slight<'a> {
    name: &'a ConnectionName,
    fact: String,
    missed: String,
}

/// Finds a recipient that got no post, while another one got one.
fn left_out<'a>(recipients: &[Recipient<'a>]) -> Option<Slight<'a>> {
    let name = recipients.iter().find(|recipient| recipient.attempts.is_empty())?.name;
    let (other, post) =
        recipients.iter().find_map(|other| Some((other.name, other.attempts.first()?)))?;
    let fact = format!(
        "the row of {name} was read, and so was that of {other}, who was posted to in step {}",
        post.sent.event
    );
    Some(Slight { name, fact, missed: format!("{name} was never posted to") })
}

/// Finds a recipient whose answer was still awaited when another one's failure ended the broadcast.
fn left_behind<'a>(recipients: &[Recipient<'a>], end: Time) -> Option<Slight<'a>> {
    let (culprit, failure) = recipients.iter().find_map(|recipient| {
        let (mark, answer) = recipient.attempts.last()?.answered.as_ref()?;
        (mark.at == end && !is_success(answer))
            .then(|| (recipient.name, format!("{answer} in step {}", mark.event)))
    })?;
    let (name, sent) = awaited(recipients, end)?;
    let fact = format!(
        "the post to {name} of step {sent} had no answer yet when that to {culprit} got {failure}"
    );
    Some(Slight { name, fact, missed: "nobody waited for the other answer".to_owned() })
}

/// Finds a recipient whose answer was still awaited when the failure of a delete ended the
/// broadcast.
fn left_behind_by<'a>(failed: &FailedDelete, recipients: &[Recipient<'a>]) -> Option<Slight<'a>> {
    let FailedDelete { row, answered, answer } = failed;
    let (name, sent) = awaited(recipients, answered.at)?;
    let fact = format!(
        "the post to {name} of step {sent} had no answer yet when the delete of the row of {row} \
         got {answer} in step {}",
        answered.event
    );
    Some(Slight { name, fact, missed: "nobody waited for the answer to the post".to_owned() })
}

/// The first recipient whose answer was still awaited at the end of the broadcast, with the event
/// in which the post to it was sent.
fn awaited<'a>(recipients: &[Recipient<'a>], end: Time) -> Option<(&'a ConnectionName, u32)> {
    recipients.iter().find_map(|recipient| {
        let last = recipient.attempts.last()?;
        let is_awaited = last.answered.is_none() && end.since(last.sent.at) < PATIENCE;
        is_awaited.then_some((recipient.name, last.sent.event))
    })
}

/// The answers to the attempts for one recipient, in order.
type Answers = Vec<String>;

/// Finds a recipient that was given up, while another one with the same answers was tried again.
fn treated_differently<'a>(recipients: &[Recipient<'a>]) -> Option<Slight<'a>> {
    let mut tried_again: BTreeMap<Answers, (&ConnectionName, u32)> = BTreeMap::new();
    for Recipient { name, attempts } in recipients.iter().filter(|r| r.attempts.len() > 1) {
        for (index, next) in attempts.iter().enumerate().skip(1) {
            tried_again.entry(answers(&attempts[..index])).or_insert((name, next.sent.event));
        }
    }
    let given_up = recipients.iter().filter(|recipient| is_given_up(recipient));
    given_up.into_iter().find_map(|Recipient { name, attempts }| {
        let answers = answers(attempts);
        let (other, sent) = tried_again.get(&answers)?;
        let fact = format!(
            "{name}, last posted to in step {}, got {}, as {other} had before it was posted to \
             again in step {sent}",
            attempts.last()?.sent.event,
            answers.join(", ")
        );
        Some(Slight { name, fact, missed: format!("{name} was not posted to again") })
    })
}

fn answers(attempts: &[&Call]) -> Answers {
    let answer = |call: &&Call| match &call.answered {
        Some((_, answer)) => answer.to_string(),
        None => "no answer in time".to_owned(),
    };
    attempts.iter().map(answer).collect()
}

/// True if the last attempt brought neither success nor the news that the connection is gone.
fn is_given_up(recipient: &Recipient<'_>) -> bool {
    let Some(last) = recipient.attempts.last() else { return false };
    !matches!(last.status(), Some(200..=299 | 410))
}

fn is_success(answer: &Answer) -> bool {
    matches!(answer.status, Some(200..=299))
}
