//! What the clients saw that led to a broken promise.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use stormglass_sim::report::picture::Picture;
use stormglass_sim::{Case, Run, faults};
use stormglass_spec::history::{Content, Event, EventKind, Origin};
use stormglass_spec::name::CallName;
use stormglass_spec::{History, Name, Time};

use super::WIDTH;
use crate::verdict::Finding;

/// The most steps that are told, of which half are the first and half the last ones.
const STEPS_MAX: usize = 24;

/// What stands left of the actor.
const GUTTER: usize = 21;
const BETWEEN: usize = 3;
const WHO_MAX: usize = 18;
const WHAT_MAX: usize = 40;

/// The steps that a reader needs.
#[derive(Debug)]
pub(super) struct Story<'a> {
    steps: Vec<&'a Event>,
    involved: BTreeSet<Name>,
}

impl<'a> Story<'a> {
    /// What happened to those who are involved, until the promise was broken.
    pub(super) fn of(found: &'a Finding) -> Story<'a> {
        let violation = &found.violation;
        let involved = violation.involved.iter();
        let involved = involved.flat_map(|name| {
            let first = name.without_duplicate();
            let invocation = CallName::from(first.as_str()).invocation().into();
            [name.clone(), first, invocation]
        });
        let mut story = Story { steps: Vec::new(), involved: involved.collect() };
        let events = found.history.events.iter();
        let past = events.take_while(|event| event.number <= violation.event);
        story.steps = past.filter(|event| story.is_told(event)).collect();
        story
    }

    fn is_told(&self, event: &Event) -> bool {
        let is_involved = |name: &str| self.involved.contains(name);
        match &event.kind {
            EventKind::CallSent { .. }
            | EventKind::CallApplied { .. }
            | EventKind::CallAnswered { .. } => false,
            EventKind::FrameReceived { connection, origin, .. } => {
                let cause = match origin {
                    Origin::Post { call } => call.invocation(),
                    Origin::Reply { invocation } => invocation.message_text(),
                    Origin::GatewayError { frame } => frame,
                };
                let is_reply = !matches!(origin, Origin::Post { .. });
                is_involved(cause) && (is_reply || is_involved(connection))
            }
            // What else a client said may be what went wrong.
            EventKind::FrameSent { connection, frame, content } => {
                let is_broadcast = matches!(content, Content::Broadcast { .. });
                is_involved(frame) || (!is_broadcast && is_involved(connection))
            }
            EventKind::InvocationStarted { invocation, .. }
            | EventKind::InvocationEnded { invocation, .. } => {
                is_involved(invocation.message_text())
            }
            _ => event.names().into_iter().any(is_involved),
        }
    }

    /// Whether it is about a post of a broadcast to a client, both of whom are involved.
    fn is_call(&self, event: &Event) -> bool {
        let (EventKind::CallSent { call, .. }
        | EventKind::CallApplied { call, .. }
        | EventKind::CallAnswered { call, .. }) = &event.kind
        else {
            return false;
        };
        let (invocation, post) = call.rsplit_once('.').unwrap_or_default();
        let recipient = post.trim_start_matches("post-").rsplit_once('-').unwrap_or_default().0;
        self.involved.contains(invocation) && self.involved.contains(recipient)
    }

    /// Writes the steps in columns.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.steps.iter().map(|event| (event, event.line())).collect();
        let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
        let who = widest(&mut lines.iter().map(|(_, line)| line.who.chars().count()));
        let what = widest(&mut lines.iter().map(|(_, line)| line.what.chars().count()));
        let (who, what) = (who.clamp(3, WHO_MAX), what.clamp(4, WHAT_MAX));
        let result = WIDTH - GUTTER - who - what - 2 * BETWEEN;
        writeln!(f, "     #      at, ms   {:who$}   {:what$}   result", "who", "what")?;
        let hidden = lines.len().saturating_sub(STEPS_MAX);
        for (place, (event, line)) in lines.iter().enumerate() {
            let is_hidden = (STEPS_MAX / 2..STEPS_MAX / 2 + hidden).contains(&place);
            if is_hidden {
                if place == STEPS_MAX / 2 {
                    writeln!(f, "        ... {hidden} more of them")?;
                }
                continue;
            }
            let row = format!(
                "{} {:>4}  {:>10}   {:who$}   {:what$}   {}",
                if is_inferred(event) { '~' } else { ' ' },
                event.number,
                milliseconds(event.at),
                shorten(&line.who, who),
                shorten(&line.what, what),
                shorten(&line.result, result)
            );
            writeln!(f, "{}", row.trim_end())?;
        }
        match self.steps.iter().any(|event| is_inferred(event)) {
            true => writeln!(f, "     ~ nobody saw it, but it must have happened by then"),
            false => Ok(()),
        }
    }
}

/// The picture of a broken promise, as SVG.
pub fn picture(found: &Finding, address: &str, again: &str) -> String {
    let story = Story::of(found);
    let told = |event: &Event| {
        let what = match story.is_told(event) || story.is_call(event) {
            true => event.kind.clone(),
            // Nobody has part in it, so that it is left out; what follows keeps its number.
            false => EventKind::FaultsStopped,
        };
        Event { kind: what, ..event.clone() }
    };
    let run = Run {
        case: Case::default(),
        history: History { events: found.history.events.iter().map(told).collect() },
        violation: Some(found.violation.clone()),
        verdicts: Vec::new(),
        witnesses: Vec::new(),
        faults: [faults::Count::default(); faults::catalogue::ALL.len()],
        deviation_events: BTreeMap::new(),
        trace_hash: 0,
        calls: 0,
        elapsed: Time::ZERO,
    };
    Picture::of(&run, address).replayed_by(again).svg()
}

fn is_inferred(event: &Event) -> bool {
    matches!(event.kind, EventKind::InvocationStarted { .. } | EventKind::InvocationEnded { .. })
}

fn milliseconds(at: Time) -> String {
    format!("{}.{:03}", at.micros() / 1_000, at.micros() % 1_000)
}

/// Cuts what is too long for its column.
fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{kept}...")
}
