//! The progress of a probe.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

/// The number of looks between two lines of a run without a terminal.
const LOOKS_PER_LINE: u32 = 100;

/// The progress: a bar on a terminal, a line now and then elsewhere, both on standard error.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    looks: u32,
}

impl Progress {
    /// Starts to show the progress of a number of messages.
    pub(crate) fn new(messages: u64) -> Progress {
        let template = "{bar:40} {pos}/{len} messages  {elapsed}";
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let is_terminal = io::stderr().is_terminal();
        let bar = is_terminal.then(|| ProgressBar::new(messages).with_style(style));
        Progress { bar, looks: 0 }
    }

    /// Shows the number of messages that were sent. Call it at every look.
    pub(crate) fn show(&mut self, sent: u64) {
        self.looks += 1;
        if let Some(bar) = &self.bar {
            bar.set_position(sent);
        } else if self.looks.is_multiple_of(LOOKS_PER_LINE) {
            // The reader of standard error may be gone.
            let _ = writeln!(io::stderr(), "{sent} messages sent so far");
        }
    }

    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
