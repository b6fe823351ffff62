//! The story of a broken promise: the steps that led to it, and its picture.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use stormglass_sim::report::layout::{WIDTH, milliseconds, shorten};
use stormglass_sim::report::picture::Picture;
use stormglass_sim::{Case, Run, faults};
use stormglass_spec::history::{Content, Event, EventKind, Origin};
use stormglass_spec::name::CallName;
use stormglass_spec::{History, Name, Time};

use crate::verdict::Evidence;

/// The most steps of a story, of which half are the first and half the last ones.
const STEPS_MAX: usize = 24;

/// The width of the columns left of the actor.
const GUTTER: usize = 21;
const BETWEEN: usize = 3;
const WHO_MAX: usize = 18;
const WHAT_MAX: usize = 40;

/// The steps of a story.
#[derive(Debug)]
pub(super) struct Story<'a> {
    steps: Vec<&'a Event>,
    involved: BTreeSet<Name>,
}

impl<'a> Story<'a> {
    /// Returns the steps of the clients that are involved, until the promise was broken.
    pub(super) fn of(evidence: &'a Evidence) -> Story<'a> {
        let violation = &evidence.violation;
        let involved = violation.involved.iter();
        let involved = involved.flat_map(|name| {
            let first = name.without_duplicate();
            let invocation = CallName::from(first.as_str()).invocation().into();
            [name.clone(), first, invocation]
        });
        let mut story = Story { steps: Vec::new(), involved: involved.collect() };
        let events = evidence.history.events.iter();
        let past = events.take_while(|event| event.number <= violation.event);
        story.steps = past.filter(|event| story.has_step(event)).collect();
        story
    }

    fn has_step(&self, event: &Event) -> bool {
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
            // Other messages of a client that is involved may be the reason.
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

    /// Returns true if an event is about a post of a broadcast to a client, and both are involved.
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
        if self.steps.iter().any(|event| is_inferred(event)) {
            writeln!(f, "     ~ no client saw it, but it must have happened by then")?;
        }
        Ok(())
    }
}

/// Draws a broken promise, as SVG.
pub fn picture(evidence: &Evidence, address: &str, again: &str) -> String {
    let story = Story::of(evidence);
    let drawn = |event: &Event| {
        let kind = if story.has_step(event) || story.is_call(event) {
            event.kind.clone()
        } else {
            // An event without an actor is left out of the picture, and the next ones keep their
            // numbers.
            EventKind::FaultsStopped
        };
        Event { kind, ..event.clone() }
    };
    let run = Run {
        case: Case::default(),
        history: History { events: evidence.history.events.iter().map(drawn).collect() },
        violation: Some(evidence.violation.clone()),
        verdicts: Vec::new(),
        met: BTreeSet::new(),
        witnesses: Vec::new(),
        faults: [faults::Count::default(); faults::catalogue::ALL.len()],
        deviation_events: BTreeMap::new(),
        trace_hash: 0,
        calls: 0,
        elapsed: Time::ZERO,
        stays: Vec::new(),
    };
    Picture::of(&run, address).replayed_by(again).svg()
}

fn is_inferred(event: &Event) -> bool {
    matches!(event.kind, EventKind::InvocationStarted { .. } | EventKind::InvocationEnded { .. })
}
