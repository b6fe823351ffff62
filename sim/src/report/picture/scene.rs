//! The scene that every picture shows: lanes, steps on them, and bars for the things that last.
//!
//! Clients stand on the left, in the order of their first events, then the gateway, then the
//! functions, then the table, then all other services if there are any. An invocation takes the
//! first free column of the functions. So the number of columns is the largest number of
//! invocations that ran at once.

use std::collections::BTreeSet;

use stormglass_spec::Time;
use stormglass_spec::history::Event;
use stormglass_spec::line::Line;

use super::Picture;
use super::bars::{Bar, Bars};
use super::labels::{Notes, label};
use super::lanes::Lanes;
use super::shapes::{Shape, Shapes};
use crate::report::story::{SandboxNotes, ShownDeviations, past};

/// The least time without an event, in microseconds, that a picture cuts and marks as a gap.
const IDLE_US: u64 = 100_000;

/// The content of a picture, without any measures.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    /// The lanes, from left to right.
    pub(super) lanes: Vec<Lane>,
    /// The steps, in the order of the history.
    pub(super) steps: Vec<Step<'a>>,
    /// The things that last from one step to another.
    pub(super) bars: Vec<Bar>,
}

/// One column of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) kind: LaneKind,
    pub(super) name: String,
}

/// The kind of thing in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LaneKind {
    Client,
    Gateway,
    Function,
    Table,
}

/// One event in a picture.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) event: &'a Event,
    /// The event in words.
    pub(super) line: Line,
    /// The words beside its arrow or point.
    pub(super) label: String,
    pub(super) shape: Shape,
    /// The words of a service below the label; empty if there are none.
    pub(super) note: &'a str,
    /// The deviations that take effect here.
    pub(super) deviations: Vec<String>,
    /// True if the step is part of the way to the violation, or if there is no violation.
    pub(super) is_in_past: bool,
    /// True if this step is the violation.
    pub(super) is_broken: bool,
    /// The lanes of the clients that it is about.
    pub(super) clients: BTreeSet<usize>,
    /// The time without an event before it, if that was long.
    pub(super) idle_us: Option<u64>,
    /// The number of steps that were left out before it.
    pub(super) left_out: u32,
}

impl<'a> Scene<'a> {
    /// Returns the scene of a whole run.
    pub(super) fn whole(picture: &Picture<'a>) -> Scene<'a> {
        Scene::showing(picture, |_| true)
    }

    /// Returns the scene of the steps that led to the violation; of the whole run if there is none.
    pub(super) fn folded(picture: &Picture<'a>) -> Scene<'a> {
        let Some(past) = past_of(picture) else { return Scene::whole(picture) };
        Scene::showing(picture, |event| past.contains(&event.number))
    }

    fn showing(picture: &Picture<'a>, is_shown: impl Fn(&Event) -> bool) -> Scene<'a> {
        let events = &picture.history.events;
        let shown: Vec<&Event> = events.iter().filter(|event| is_shown(event)).collect();
        let lanes = Lanes::of(picture.history, &shown);
        let mut shapes = Shapes::new(&lanes, &shown);
        let mut bars = Bars::new(&lanes, picture.violation);
        let past = past_of(picture);
        let deviations = picture.run.map(ShownDeviations::new).unwrap_or_default();
        let shown_numbers: BTreeSet<u32> = shown.iter().map(|event| event.number).collect();
        let sandboxes =
            picture.run.map(|run| SandboxNotes::new(run, |number| shown_numbers.contains(&number)));
        let sandboxes = sandboxes.unwrap_or_default();
        let broken = picture.violation.map(|violation| violation.event);
        let mut steps = Vec::with_capacity(shown.len());
        let mut notes = Notes::default();
        let (mut number, mut at) = (0, Time::ZERO);
        for event in &shown {
            bars.observe(event);
            let shape = shapes.observe(event);
            let idle_us = event.at.micros().saturating_sub(at.micros());
            steps.push(Step {
                event,
                line: sandboxes.line(event),
                label: label(&event.kind),
                note: notes.observe(&event.kind),
                shape,
                deviations: deviations.at(event.number).to_vec(),
                is_in_past: past.as_ref().is_none_or(|past| past.contains(&event.number)),
                is_broken: broken == Some(event.number),
                clients: shapes.clients_of(event),
                idle_us: (number > 0 && idle_us >= IDLE_US).then_some(idle_us),
                left_out: event.number.saturating_sub(number + 1),
            });
            (number, at) = (event.number, event.at);
        }
        let bars = bars.finish(number);
        Scene { lanes: lanes.into_lanes(), steps, bars }
    }

    /// Returns the number of steps that were left out after the last one that is shown.
    pub(super) fn left_out_at_the_end(&self, picture: &Picture<'_>) -> u32 {
        let shown = self.steps.last().map_or(0, |step| step.event.number);
        let last = picture.history.events.last().map_or(0, |event| event.number);
        last.saturating_sub(shown)
    }
}

/// Returns the steps that led to the violation, if there is one.
fn past_of(picture: &Picture<'_>) -> Option<BTreeSet<u32>> {
    Some(past(picture.run?, picture.violation?))
}
