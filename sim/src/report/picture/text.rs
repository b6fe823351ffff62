//! The diagram in characters, for terminals and logs.

use std::fmt::{self, Write};

use super::Picture;
use super::bars::{Bar, BarKind};
use super::labels::{note_lines, shorten};
use super::layout::has_break;
use super::scene::{LaneKind, Scene, Step};
use super::shapes::{Shape, Sign};
use super::svg::{break_words, others};
use crate::report::layout::{WIDTH, milliseconds};

/// The width left of the lanes: a mark, the number and the time.
const GUTTER: usize = 20;

/// The largest and the least width of the words beside the lanes.
const WORDS_MAX: usize = 32;
const WORDS_MIN: usize = 24;

/// The largest and the least distance between lanes.
const PITCH_MAX: usize = 9;
const PITCH_MIN: usize = 3;

/// Draws a scene.
pub(super) fn text(picture: &Picture<'_>, scene: &Scene<'_>) -> String {
    let canvas = Canvas::of(scene);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = canvas.write(&mut text, picture);
    text
}

/// A scene with the distance between its lanes.
struct Canvas<'a, 'b> {
    scene: &'b Scene<'a>,
    pitch: usize,
}

impl<'a, 'b> Canvas<'a, 'b> {
    fn of(scene: &'b Scene<'a>) -> Canvas<'a, 'b> {
        let room = WIDTH - GUTTER - WORDS_MAX;
        let pitch = room / scene.lanes.len().max(1);
        Canvas { scene, pitch: pitch.clamp(PITCH_MIN, PITCH_MAX) }
    }

    fn write(&self, f: &mut String, picture: &Picture<'_>) -> fmt::Result {
        self.write_names(f)?;
        for step in &self.scene.steps {
            if has_break(step) {
                self.write_line(f, "", self.lanes_before(step), &break_words(step))?;
            }
            self.write_step(f, step)?;
        }
        let left_out = self.scene.left_out_at_the_end(picture);
        if left_out > 0 {
            writeln!(f, "{:GUTTER$}{}", "", others(left_out))?;
        }
        writeln!(f, "\n{}", self.legend())
    }

    /// Writes the names of the lanes; downwards if they do not fit side by side.
    fn write_names(&self, f: &mut String) -> fmt::Result {
        let names = self.scene.lanes.iter().map(|lane| match lane.kind {
            LaneKind::Function => lane.name.replace("lambda ", "\u{3bb}"),
            _ => lane.name.clone(),
        });
        let names: Vec<String> = names.collect();
        if names.iter().all(|name| name.chars().count() < self.pitch) {
            let line: String = names.iter().map(|name| format!("{name:<0$}", self.pitch)).collect();
            return writeln!(f, "{:GUTTER$}{}", "", line.trim_end());
        }
        let letters: Vec<Vec<char>> = names.iter().map(|name| name.chars().collect()).collect();
        let tallest = letters.iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..tallest {
            let letter = |name: &Vec<char>| {
                let above = tallest - name.len();
                row.checked_sub(above).map_or(' ', |place| name[place])
            };
            let line: String =
                letters.iter().map(|name| format!("{:<1$}", letter(name), self.pitch)).collect();
            writeln!(f, "{:GUTTER$}{}", "", line.trim_end())?;
        }
        Ok(())
    }

    fn write_step(&self, f: &mut String, step: &Step<'_>) -> fmt::Result {
        let mark = match (step.is_broken, step.deviations.is_empty()) {
            (true, _) => '\u{2717}',
            (false, false) => '*',
            (false, true) => ' ',
        };
        let at = milliseconds(step.event.at);
        let gutter = format!("{mark}{:>5}  {at:>10}", step.event.number);
        let mut line = self.lanes_at(step);
        self.draw(&mut line, step);
        let mut words = note_lines(&step.label, self.room()).into_iter();
        self.write_line(f, &gutter, line, &words.next().unwrap_or_default())?;
        for line in words.chain(note_lines(step.note, self.room())) {
            self.write_line(f, "", self.lanes_at(step), &line)?;
        }
        for deviation in &step.deviations {
            self.write_line(f, "", self.lanes_at(step), &format!("* {deviation}"))?;
        }
        Ok(())
    }

    fn write_line(
        &self,
        f: &mut String,
        gutter: &str,
        lanes: Vec<char>,
        words: &str,
    ) -> fmt::Result {
        let lanes: String = lanes.into_iter().collect();
        let line = format!("{gutter:<GUTTER$}{lanes}{}", shorten(words, self.room()));
        writeln!(f, "{}", line.trim_end())
    }

    /// Returns the number of characters beside the lanes.
    fn room(&self) -> usize {
        let lanes = self.scene.lanes.len() * self.pitch;
        WIDTH.saturating_sub(GUTTER + lanes).max(WORDS_MIN)
    }

    /// Draws the lanes during a step.
    fn lanes_at(&self, step: &Step<'_>) -> Vec<char> {
        let number = step.event.number;
        self.lanes_where(|bar| bar.from <= number && number <= bar.to)
    }

    /// Draws the lanes just before a step.
    fn lanes_before(&self, step: &Step<'_>) -> Vec<char> {
        let number = step.event.number;
        self.lanes_where(|bar| bar.from < number && number <= bar.to)
    }

    fn lanes_where(&self, is_there: impl Fn(&Bar) -> bool) -> Vec<char> {
        let mut line = vec![' '; self.scene.lanes.len() * self.pitch];
        for (lane, place) in self.scene.lanes.iter().zip((0..).step_by(self.pitch)) {
            line[place] = match lane.kind {
                LaneKind::Gateway | LaneKind::Table => '\u{2502}',
                LaneKind::Client | LaneKind::Function => ' ',
            };
        }
        for bar in self.scene.bars.iter().filter(|bar| is_there(bar)) {
            line[bar.lane * self.pitch] = line_of(bar);
        }
        line
    }

    fn draw(&self, line: &mut [char], step: &Step<'_>) {
        let place = |lane: usize| lane * self.pitch;
        match step.shape {
            Shape::Arrow { from, to, is_answer } => {
                let dash = if is_answer { '\u{254c}' } else { '\u{2500}' };
                let (from, to) = (place(from.lane), place(to.lane));
                draw_line(line, from, to, dash);
                let (tip, beside) =
                    if from < to { ('\u{25b6}', to - 1) } else { ('\u{25c0}', to + 1) };
                line[beside] = tip;
            }
            Shape::Lost { from, to } => {
                let (from, to) = (place(from), place(to));
                draw_line(line, from, to, '\u{2500}');
                line[if from < to { to - 1 } else { to + 1 }] = '\u{2573}';
            }
            Shape::Point { lane, sign } => line[place(lane)] = sign_of(sign),
            Shape::Everywhere => line.fill('\u{2500}'),
        }
    }

    /// Explains the signs.
    fn legend(&self) -> String {
        let mut legend = format!(
            "{PENDING} handshake pending   {LASTING} open, running   {HALF_OPEN} half-open"
        );
        if self.scene.bars.iter().any(|bar| bar.is_involved) {
            // Writing to a string cannot fail.
            let _ = write!(legend, "   {INVOLVED} has part in the broken promise");
        }
        legend + "   * deviation"
    }
}

const PENDING: char = '\u{254e}';
const LASTING: char = '\u{2503}';
const HALF_OPEN: char = '\u{250a}';
const INVOLVED: char = '\u{2551}';

/// Draws a line between two places, but not over the lanes that it crosses.
fn draw_line(line: &mut [char], from: usize, to: usize, dash: char) {
    for place in &mut line[from.min(to) + 1..from.max(to)] {
        *place = if *place == ' ' { dash } else { '\u{253c}' };
    }
    line[from] = if from < to { '\u{251c}' } else { '\u{2524}' };
}

fn line_of(bar: &Bar) -> char {
    match (bar.is_involved, bar.kind) {
        (_, BarKind::Pending) => PENDING,
        (_, BarKind::HalfOpen) => HALF_OPEN,
        (true, BarKind::Open | BarKind::Invocation) => INVOLVED,
        (false, BarKind::Open | BarKind::Invocation) => LASTING,
    }
}

fn sign_of(sign: Sign) -> char {
    match sign {
        Sign::Dot => '\u{25cf}',
        Sign::Stored => '\u{25a0}',
        Sign::Removed => '\u{25a1}',
        Sign::Cross => '\u{2573}',
    }
}
