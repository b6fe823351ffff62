//! What every picture shows: lanes, what happens on them step by step, and how long it lasts.
//!
//! Clients stand on the left, in the order in which they first do something, then the gateway, then
//! the functions, then the table. An invocation takes the first column of the functions that is
//! free, so there are as many columns as invocations ever ran at once.

use std::collections::BTreeSet;

use stormglass_spec::Time;
use stormglass_spec::history::Event;
use stormglass_spec::line::Line;

use super::Picture;
use super::bars::{Bar, Bars};
use super::labels::label;
use super::lanes::Lanes;
use super::shapes::{Shape, Shapes};
use crate::report::story::{ShownDeviations, past};

/// Nothing happened for at least this long, in microseconds: the gap is cut and marked.
const IDLE_US: u64 = 100_000;

/// All that a picture shows, without any measure of it.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    /// From left to right.
    pub(super) lanes: Vec<Lane>,
    /// In the order of the history.
    pub(super) steps: Vec<Step<'a>>,
    /// What lasts from one step to another.
    pub(super) bars: Vec<Bar>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) kind: LaneKind,
    pub(super) name: String,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LaneKind {
    Client,
    Gateway,
    Function,
    Table,
}

/// One event.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) event: &'a Event,
    /// The event in words.
    pub(super) line: Line,
    /// What stands beside its arrow or point.
    pub(super) label: String,
    pub(super) shape: Shape,
    /// The deviations that take effect here.
    pub(super) deviations: Vec<String>,
    /// Whether it is part of what led to the broken promise; true where none was broken.
    pub(super) is_in_past: bool,
    /// Whether the promise broke here.
    pub(super) is_broken: bool,
    /// The lanes of the clients that it is about.
    pub(super) clients: BTreeSet<usize>,
    /// How long nothing happened before it, where that was long.
    pub(super) idle_us: Option<u64>,
    /// How many steps were left out before it.
    pub(super) left_out: u32,
}

impl<'a> Scene<'a> {
    /// The whole of a run.
    pub(super) fn whole(picture: &Picture<'a>) -> Scene<'a> {
        Scene::showing(picture, |_| true)
    }

    /// What led to the broken promise; the whole run where none was broken.
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
        let broken = picture.violation.map(|violation| violation.event);
        let mut steps = Vec::with_capacity(shown.len());
        let (mut number, mut at) = (0, Time::ZERO);
        for event in &shown {
            bars.observe(event);
            let shape = shapes.observe(event);
            let idle_us = event.at.micros().saturating_sub(at.micros());
            steps.push(Step {
                event,
                line: event.line(),
                label: label(&event.kind),
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

    /// How many steps were left out after the last one that is shown.
    pub(super) fn left_out_at_the_end(&self, picture: &Picture<'_>) -> u32 {
        let shown = self.steps.last().map_or(0, |step| step.event.number);
        let last = picture.history.events.last().map_or(0, |event| event.number);
        last.saturating_sub(shown)
    }
}

/// The steps that led to the broken promise, if one was broken.
fn past_of(picture: &Picture<'_>) -> Option<BTreeSet<u32>> {
    Some(past(picture.run?, picture.violation?))
}
