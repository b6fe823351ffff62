//! The layout of a drawing: the place of everything, in pixels.

use super::labels::note_lines;
use super::scene::{Lane, LaneKind, Scene, Step};
use super::shapes::Shape;

/// The width of a character, in hundredths of a pixel. Letters are 12 pixels high, in a font with
/// characters of one width.
const CHARACTER_WIDTH: u32 = 722;

/// The width left of the lanes: marks, numbers and times.
const GUTTER: u32 = 132;

/// The least width right of the table.
const MARGIN: u32 = 60;

/// The distance between a lane and the words beside it.
pub(super) const ASIDE: u32 = 11;

/// The least width of a drawing. The lines above and below it need that room.
const WIDTH_MIN: u32 = 740;

const ROW: u32 = 30;

/// The height of a line below the words of a step: of a note or a deviation.
pub(super) const BELOW: u32 = 16;
const BREAK: u32 = 26;

/// The number of characters in a line of the words of a service.
const NOTE_CHARACTERS: usize = 44;

/// The number of clients or functions from which on names are written aslant and lanes stand close.
const CROWD: usize = 25;

/// The place of everything in a drawing.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: u32,
    pub(super) height: u32,
    /// The height of the names of the lanes.
    pub(super) head: u32,
    /// The middle of every lane.
    pub(super) lanes: Vec<u32>,
    /// The line of every step.
    pub(super) rows: Vec<u32>,
    /// True if the names are written aslant.
    pub(super) is_crowded: bool,
}

impl Layout {
    pub(super) fn of(scene: &Scene<'_>) -> Layout {
        let crowd = Crowd::of(&scene.lanes);
        let mut at = GUTTER;
        let mut lanes = Vec::with_capacity(scene.lanes.len());
        for (index, lane) in scene.lanes.iter().enumerate() {
            let before = index.checked_sub(1).map(|before| &scene.lanes[before]);
            at += crowd.gap(before, lane);
            lanes.push(at);
        }
        let mut rows = Vec::with_capacity(scene.steps.len());
        let mut down = 0;
        for step in &scene.steps {
            down += ROW + if has_break(step) { BREAK } else { 0 };
            rows.push(down);
            down += BELOW * count(notes(step).len() + step.deviations.len());
        }
        let names = scene.lanes.iter().map(|lane| text_width(&lane.name)).max().unwrap_or(0);
        let head = if crowd.is_crowded() { names + 24 } else { 34 };
        Layout {
            width: (at + MARGIN).max(words_end(scene, &lanes)).max(WIDTH_MIN),
            height: down + ROW,
            head,
            lanes,
            rows,
            is_crowded: crowd.is_crowded(),
        }
    }

    /// Returns the number of characters in a line as wide as the drawing.
    pub(super) fn columns(&self) -> usize {
        let columns = self.width.saturating_sub(32) * 100 / CHARACTER_WIDTH;
        usize::try_from(columns).unwrap_or(usize::MAX)
    }
}

/// Returns the lines of the words of a service below the label of a step.
pub(super) fn notes(step: &Step<'_>) -> Vec<String> {
    note_lines(step.note, NOTE_CHARACTERS)
}

/// Returns the lane beside the words of a step, and true if the words stand on its right.
pub(super) fn side(scene: &Scene<'_>, step: &Step<'_>) -> (usize, bool) {
    match step.shape {
        Shape::Arrow { from, to, .. } if from.step == step.event.number => {
            (from.lane, from.lane < to.lane)
        }
        Shape::Arrow { from, to, .. } => (to.lane, to.lane < from.lane),
        Shape::Lost { from, to } => (from, from < to),
        Shape::Point { lane, .. } => (lane, scene.lanes[lane].kind != LaneKind::Gateway),
        Shape::Everywhere => (0, true),
    }
}

/// Returns the right end of the words that reach farthest.
fn words_end(scene: &Scene<'_>, lanes: &[u32]) -> u32 {
    let ends = scene.steps.iter().map(|step| match side(scene, step) {
        (_, false) => 0,
        (lane, true) => {
            let words = step.deviations.iter().map(|deviation| text_width(deviation) + 16);
            let notes = notes(step).into_iter().map(|line| text_width(&line));
            let widest = words.chain(notes).chain([text_width(&step.label)]).max().unwrap_or(0);
            lanes[lane] + ASIDE + widest + 16
        }
    });
    ends.max().unwrap_or(0)
}

/// Returns true if there is a mark above a step: for time that passed, or steps left out.
pub(super) fn has_break(step: &Step<'_>) -> bool {
    step.idle_us.is_some() || step.left_out > 0
}

/// Returns the width of a text.
pub(super) fn text_width(text: &str) -> u32 {
    count(text.chars().count()) * CHARACTER_WIDTH / 100 + 1
}

/// The number of lanes of each kind.
struct Crowd {
    clients: usize,
    functions: usize,
    widest_client: u32,
}

impl Crowd {
    fn of(lanes: &[Lane]) -> Crowd {
        let number = |kind| lanes.iter().filter(|lane| lane.kind == kind).count();
        let clients = lanes.iter().filter(|lane| lane.kind == LaneKind::Client);
        Crowd {
            clients: number(LaneKind::Client),
            functions: number(LaneKind::Function),
            widest_client: clients.map(|lane| text_width(&lane.name)).max().unwrap_or(0),
        }
    }

    fn is_crowded(&self) -> bool {
        self.clients >= CROWD || self.functions >= CROWD
    }

    /// Returns the room between a lane and the lane on its left. The first lane has the gutter
    /// there.
    fn gap(&self, before: Option<&Lane>, lane: &Lane) -> u32 {
        match (before.map(|before| before.kind), lane.kind) {
            (None, _) => 40,
            (Some(LaneKind::Client), LaneKind::Client) => self.between_clients(),
            (Some(LaneKind::Function), LaneKind::Function) => self.between_functions(),
            (Some(_), LaneKind::Table) => 150,
            (Some(_), _) => 170,
        }
    }

    fn between_clients(&self) -> u32 {
        match self.clients {
            CROWD.. => 22,
            9..CROWD => self.widest_client.max(48) + 16,
            _ => self.widest_client.max(84) + 24,
        }
    }

    fn between_functions(&self) -> u32 {
        match self.functions {
            CROWD.. => 22,
            6..CROWD => 76,
            _ => 130,
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
