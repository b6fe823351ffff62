//! The diagram in Mermaid, which GitHub and many other programs draw.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use stormglass_spec::history::EventKind;

use super::Picture;
use super::layout::{has_break, notes};
use super::scene::{LaneKind, Scene, Step};
use super::shapes::{Shape, Sign};
use super::svg::{break_words, others};

/// The largest length of the steps. Mermaid draws at most 50,000 characters, and the frame needs
/// some.
const CHARACTERS_MAX: usize = 45_000;

/// Draws the steps that led to the violation, or the whole run if there is none.
pub(super) fn mermaid(picture: &Picture<'_>, scene: &Scene<'_>) -> String {
    let diagram = Diagram { picture, scene };
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = diagram.write(&mut text);
    text
}

struct Diagram<'a, 'b> {
    picture: &'b Picture<'a>,
    scene: &'b Scene<'a>,
}

impl Diagram<'_, '_> {
    fn write(&self, f: &mut String) -> fmt::Result {
        writeln!(f, "sequenceDiagram\n    title: {}", escape(&self.picture.verdict()))?;
        for (place, lane) in self.scene.lanes.iter().enumerate() {
            let kind = if lane.kind == LaneKind::Client { "actor" } else { "participant" };
            writeln!(f, "    {kind} p{place} as {}", escape(&lane.name))?;
        }
        let steps = self.steps();
        let (left_out, shown) = fitting(&steps, self.picture.violation.is_some());
        if shown.start > 0 {
            self.write_note(f, &others(left_out))?;
        }
        let mut running = BTreeSet::new();
        for (step, text) in self.scene.steps[shown.clone()].iter().zip(&steps[shown.clone()]) {
            f.push_str(text);
            self.write_activity(f, step, &mut running)?;
        }
        // Mermaid does not draw an activity without an end.
        for lane in running {
            writeln!(f, "    deactivate p{lane}")?;
        }
        if shown.end < steps.len() {
            self.write_note(f, &others(left_out))?;
        }
        let at_the_end = self.scene.left_out_at_the_end(self.picture);
        if at_the_end > 0 {
            self.write_note(f, &others(at_the_end))?;
        }
        match self.picture.violation {
            Some(violation) => self.write_note(f, &format!("because {}", violation.because)),
            None => Ok(()),
        }
    }

    fn steps(&self) -> Vec<String> {
        let steps = self.scene.steps.iter().map(|step| {
            let mut text = String::new();
            // Writing to a string cannot fail.
            let _ = self.write_step(&mut text, step);
            text
        });
        steps.collect()
    }

    fn write_step(&self, f: &mut String, step: &Step<'_>) -> fmt::Result {
        if has_break(step) {
            self.write_note(f, &break_words(step))?;
        }
        if step.is_broken {
            writeln!(f, "    rect rgba(207, 34, 46, 0.25)")?;
        }
        let mut words = format!("{}. {}", step.event.number, escape(&step.label));
        for line in notes(step) {
            write!(words, "<br/>{}", escape(&line))?;
        }
        match step.shape {
            Shape::Arrow { from, to, is_answer } => {
                let arrow = if is_answer { "-->>" } else { "->>" };
                writeln!(f, "    p{}{arrow}p{}: {words}", from.lane, to.lane)?;
            }
            Shape::Lost { from, to } => writeln!(f, "    p{from}-xp{to}: {words}")?,
            Shape::Point { lane, sign } => {
                let sign = if sign == Sign::Cross { "\u{2717} " } else { "" };
                writeln!(f, "    Note over p{lane}: {sign}{words}")?;
            }
            Shape::Everywhere => self.write_note(f, &step.label)?,
        }
        if step.is_broken {
            writeln!(f, "    end")?;
        }
        for deviation in &step.deviations {
            let lane = match step.shape {
                Shape::Arrow { from, .. } => from.lane,
                Shape::Lost { from, .. } => from,
                Shape::Point { lane, .. } => lane,
                Shape::Everywhere => 0,
            };
            writeln!(f, "    Note over p{lane}: * deviation: {}", escape(deviation))?;
        }
        Ok(())
    }

    /// Writes the activity of a function: its lane stands out while it runs.
    fn write_activity(
        &self,
        f: &mut String,
        step: &Step<'_>,
        running: &mut BTreeSet<usize>,
    ) -> fmt::Result {
        let lane = match (&step.event.kind, step.shape) {
            (EventKind::InvocationStarted { .. }, Shape::Arrow { to, .. }) => {
                running.insert(to.lane);
                return writeln!(f, "    activate p{}", to.lane);
            }
            (EventKind::InvocationEnded { .. }, Shape::Arrow { from, .. }) => from.lane,
            (EventKind::InvocationKilled { .. }, Shape::Point { lane, .. }) => lane,
            _ => return Ok(()),
        };
        // The function may have begun in a step that is not shown.
        if running.remove(&lane) {
            writeln!(f, "    deactivate p{lane}")?;
        }
        Ok(())
    }

    fn write_note(&self, f: &mut String, words: &str) -> fmt::Result {
        let last = self.scene.lanes.len() - 1;
        writeln!(f, "    Note over p0,p{last}: {}", escape(words))
    }
}

/// Picks the steps that fit, and counts those left out. A run with a violation keeps its end, any
/// other run its beginning.
fn fitting(steps: &[String], is_broken: bool) -> (u32, std::ops::Range<usize>) {
    let mut room = CHARACTERS_MAX;
    let mut fits = |text: &&String| {
        // The words beside each step are no longer than this.
        let length = text.chars().count() + 30;
        room.checked_sub(length).inspect(|left| room = *left).is_some()
    };
    let count = if is_broken {
        steps.iter().rev().take_while(&mut fits).count()
    } else {
        steps.iter().take_while(&mut fits).count()
    };
    let left_out = u32::try_from(steps.len() - count).unwrap_or(u32::MAX);
    let shown = if is_broken { steps.len() - count..steps.len() } else { 0..count };
    (left_out, shown)
}

/// Escapes a text so that Mermaid takes it literally. Mermaid writes entities with `#` instead of
/// `&`.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '#' | ';' | '%' | '<' | '>' | '&' | '"' | '`' | '\\' => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "#{};", u32::from(c));
            }
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
