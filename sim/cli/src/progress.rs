//! How far long work is.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use crate::output::note;
use indicatif::{ProgressBar, ProgressStyle};

/// How often a run without a terminal says how far it is.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// A bar on a terminal, a line now and then elsewhere; both on standard error.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    unit: &'static str,
    started: Instant,
    lines: u32,
}

impl Progress {
    /// Work on so many of these, or on nobody knows how many.
    pub(crate) fn new(unit: &'static str, total: Option<u64>, started: Instant) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| match total {
            Some(total) => ProgressBar::new(total).with_style(style(&format!(
                "{{bar:40}} {{pos}}/{{len}} {unit}  {{eta}} left  {{msg}}"
            ))),
            None => ProgressBar::new_spinner()
                .with_style(style(&format!("{{spinner}} {{pos}} {unit}  {{elapsed}}  {{msg}}"))),
        });
        Progress { bar, unit, started, lines: 0 }
    }

    /// So many are done, and so many promises broken.
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

    /// The work is done.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
