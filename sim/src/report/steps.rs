//! The steps of a run as a table.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::{self, Write};

use stormglass_spec::history::{Effect, Event, EventKind, Request};
use stormglass_spec::line::Line;
use stormglass_spec::name::RowName;
use textwrap::{Options, WordSplitter};

use super::ink::Ink;
use super::layout::{WIDTH, milliseconds, shorten, shorten_middle};
use super::story::{SandboxNotes, ShownDeviations, rows_in_dispute};
use crate::outcome::Run;

/// The width left of the actor: the mark, the number and the time.
const GUTTER: usize = 21;

/// The width between columns.
const BETWEEN: usize = 3;

/// The largest widths of an actor and its action.
const WHO_MAX: usize = 18;
const WHAT_MAX: usize = 40;

/// The lines that a long action or result can fill in its column. The trace has everything in full.
const LINES_MAX: usize = 8;

/// The number of characters that the names of many rows can take.
const ROWS_WIDTH: usize = 100;

/// Some steps of a run.
pub(super) struct Table<'a> {
    run: &'a Run,
    deviations: ShownDeviations,
    rows: Vec<(&'a Event, Line)>,
    who: usize,
    what: usize,
    result: usize,
}

impl<'a> Table<'a> {
    /// Returns the table of the steps that `is_shown` picks by number.
    pub(super) fn of(run: &'a Run, is_shown: impl Fn(u32) -> bool) -> Table<'a> {
        let events = run.history.events.iter().filter(|event| is_shown(event.number));
        let sandboxes = SandboxNotes::new(run, &is_shown);
        let disputed = run.violation.as_ref().map(|it| rows_in_dispute(&run.history.events, it));
        let disputed = disputed.unwrap_or_default();
        let rows = events.map(|event| (event, sandboxes.line(&with_few_rows(event, &disputed))));
        let rows: Vec<_> = rows.collect();
        let widest = |column: fn(&Line) -> &str| {
            rows.iter().map(|(_, line)| column(line).chars().count()).max().unwrap_or(0)
        };
        let who = widest(|line| &line.who).clamp(3, WHO_MAX);
        let what = widest(|line| &line.what).clamp(4, WHAT_MAX);
        let result = WIDTH - GUTTER - who - what - 2 * BETWEEN;
        Table { run, deviations: ShownDeviations::new(run), rows, who, what, result }
    }

    /// Writes the steps, and the numbers of the steps left out between them.
    pub(super) fn write(&self, f: &mut dyn Write, ink: Ink) -> fmt::Result {
        let Table { who, what, .. } = self;
        let head = format!("     #      at, ms   {:who$}   {:what$}   result", "who", "what");
        writeln!(f, "{}", ink.faint(&head))?;
        let broken = self.run.violation.as_ref().map(|violation| violation.event);
        let mut last = 0;
        for (event, line) in &self.rows {
            write_gap(f, ink, last, event.number)?;
            last = event.number;
            self.write_row(f, ink, event, line, broken == Some(event.number))?;
        }
        let events = u32::try_from(self.run.history.events.len()).unwrap_or(u32::MAX);
        write_gap(f, ink, last, events.saturating_add(1))?;
        Ok(())
    }

    fn write_row(
        &self,
        f: &mut dyn Write,
        ink: Ink,
        event: &Event,
        line: &Line,
        is_broken: bool,
    ) -> fmt::Result {
        let Table { who, what, result, .. } = *self;
        let deviations = self.deviations.at(event.number);
        let mark = if deviations.is_empty() { ' ' } else { '*' };
        let mut gutter = format!("{mark} {:>4}  {:>10}   ", event.number, milliseconds(event.at));
        let mut actor = shorten_middle(&line.who, who);
        let (actions, results) = (cell(&line.what, what), cell(&line.result, result));
        let mut column = 0;
        for place in 0..actions.len().max(results.len()).max(1) {
            let text = |cell: &[String]| cell.get(place).cloned().unwrap_or_default();
            let (action, outcome) = (text(&actions), text(&results));
            let row = format!("{gutter}{actor:who$}   {action:what$}   {outcome}");
            let row = row.trim_end();
            if place > 0 {
                writeln!(f)?;
            }
            f.write_str(&match (is_broken, deviations.is_empty()) {
                (true, _) => ink.broken(row),
                (false, false) => ink.deviant(row),
                (false, true) => row.to_owned(),
            })?;
            column = row.chars().count();
            gutter = " ".repeat(GUTTER);
            actor.clear();
        }
        for deviation in deviations {
            let note = format!("   <- {deviation}");
            if column + note.chars().count() > WIDTH {
                write!(f, "\n{:1$}", "", GUTTER - BETWEEN)?;
                column = GUTTER - BETWEEN;
            }
            column += note.chars().count();
            f.write_str(&ink.deviant(&note))?;
        }
        writeln!(f)
    }
}

/// Returns an event with fewer rows if the names of all would not fit. Rows in dispute stay.
fn with_few_rows<'a>(event: &'a Event, disputed: &BTreeSet<&RowName>) -> Cow<'a, Event> {
    let mut event = Cow::Borrowed(event);
    let names = match &event.kind {
        EventKind::CallSent { request: Request::Several { rows, .. }, .. }
        | EventKind::CallApplied { effect: Effect::Read { rows, .. }, .. } => rows,
        _ => return event,
    };
    if names.iter().map(|name| name.len() + 2).sum::<usize>() <= ROWS_WIDTH {
        return event;
    }
    let few = few_rows(names, disputed);
    if let EventKind::CallSent { request: Request::Several { rows, .. }, .. }
    | EventKind::CallApplied { effect: Effect::Read { rows, .. }, .. } = &mut event.to_mut().kind
    {
        *rows = few;
    }
    event
}

/// Returns the rows in dispute and as many others as fit, in their order, and a name that says how
/// many are left out.
fn few_rows(names: &[RowName], disputed: &BTreeSet<&RowName>) -> Vec<RowName> {
    let mut room = ROWS_WIDTH;
    let mut few: Vec<RowName> = Vec::new();
    for name in names {
        let left = room.checked_sub(name.len() + 2);
        if disputed.contains(name) || few.is_empty() || left.is_some() {
            few.push(name.clone());
            room = left.unwrap_or(0);
        }
    }
    if few.len() < names.len() {
        few.push(format!("and {} more", names.len() - few.len()).into());
    }
    few
}

/// Returns the lines of a text in a column of this width.
fn cell(text: &str, width: usize) -> Vec<String> {
    let text = shorten(text, width * LINES_MAX);
    let options = Options::new(width).word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(&text, options).into_iter().map(Cow::into_owned).collect()
}

fn write_gap(f: &mut dyn Write, ink: Ink, last: u32, next: u32) -> fmt::Result {
    let words = match next.saturating_sub(last + 1) {
        0 => return Ok(()),
        1 => "        ... 1 other step".to_owned(),
        others => format!("        ... {others} other steps"),
    };
    writeln!(f, "{}", ink.faint(&words))
}
