//! The data of a page: a run as JSON, in a `<script>` that the browser does not run.

use serde::Serialize;
use stormglass_spec::Event;

use super::deviation::meaning;
use super::state::{Change, State};
use crate::report::layout::milliseconds;
use crate::report::picture::Picture;
use crate::report::picture::scene::{LaneKind, Scene, Step};

#[derive(Debug, Serialize)]
struct Data<'a> {
    /// The clients, by their lanes.
    clients: Vec<&'a str>,
    steps: Vec<StepData<'a>>,
    /// The number of the step with the violation.
    broken: Option<u32>,
}

#[derive(Debug, Serialize)]
struct StepData<'a> {
    number: u32,
    at_us: u64,
    /// The time in milliseconds, as pictures write it.
    at: String,
    cause: Option<u32>,
    who: &'a str,
    what: &'a str,
    result: &'a str,
    /// True if the step has no part in the way to the violation.
    outside: bool,
    /// The indices of its clients in the list of clients.
    clients: Vec<usize>,
    deviations: Vec<Deviation<'a>>,
    changes: Vec<Change>,
    raw: &'a Event,
}

#[derive(Debug, Serialize)]
struct Deviation<'a> {
    text: &'a str,
    meaning: String,
}

/// Returns the data of a run; `whole` is its whole scene.
pub(super) fn data(picture: &Picture<'_>, whole: &Scene<'_>) -> String {
    let lanes = whole.lanes.iter().filter(|lane| lane.kind == LaneKind::Client);
    let clients = lanes.map(|lane| lane.name.as_str()).collect();
    let mut state = State::default();
    let steps = whole.steps.iter().map(|step| {
        let changes = state.observe(step.event);
        step_data(picture, step, changes)
    });
    let broken = picture.violation.map(|violation| violation.event);
    let data = Data { clients, steps: steps.collect(), broken };
    let text = serde_json::to_string(&data).expect("its keys are strings, and nothing else fails");
    // No text in it may end the script or open a comment.
    text.replace('<', "\\u003c")
}

fn step_data<'a>(picture: &Picture<'_>, step: &'a Step<'_>, changes: Vec<Change>) -> StepData<'a> {
    let deviations = step.deviations.iter().map(|text| {
        let meaning = picture.run.map(|run| meaning(text, &run.case.schedule)).unwrap_or_default();
        Deviation { text, meaning }
    });
    StepData {
        number: step.event.number,
        at_us: step.event.at.micros(),
        at: milliseconds(step.event.at),
        cause: step.event.cause,
        who: &step.line.who,
        what: &step.line.what,
        result: &step.line.result,
        outside: !step.is_in_past,
        clients: step.clients.iter().copied().collect(),
        deviations: deviations.collect(),
        changes,
        raw: step.event,
    }
}
