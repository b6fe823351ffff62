//! The progress of many runs, on standard error.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::note;

/// The time between two lines of progress, if there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// The progress of many runs: a bar on a terminal, a line every 10 s elsewhere.
pub(crate) struct RunProgress {
    bar: Option<ProgressBar>,
    unit: &'static str,
    started: Instant,
    /// The number of lines so far.
    lines: u32,
}

impl RunProgress {
    /// Starts at 0 of `total` units, if the total is known.
    pub(crate) fn new(unit: &'static str, total: Option<u64>, started: Instant) -> RunProgress {
        let bar = std::io::stderr().is_terminal().then(|| match total {
            Some(total) => ProgressBar::new(total).with_style(style(&format!(
                "{{bar:40}} {{pos}}/{{len}} {unit}  {{eta}} left  {{msg}}"
            ))),
            None => ProgressBar::new_spinner()
                .with_style(style(&format!("{{spinner}} {{pos}} {unit}  {{elapsed}}  {{msg}}"))),
        });
        RunProgress { bar, unit, started, lines: 0 }
    }

    /// Shows the number of units that are done, and of promises that are broken.
    pub(crate) fn show(&mut self, done: u64, finds: usize) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            if finds > 0 {
                bar.set_message(format!("{finds} broken"));
            }
        } else if self.started.elapsed() >= LINE_EVERY * (self.lines + 1) {
            self.lines += 1;
            note!("{done} {}, {finds} broken promises so far", self.unit);
        }
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
