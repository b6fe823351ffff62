//! How far a probe is.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

/// How many looks apart the lines of a run without a terminal are.
const LOOKS_PER_LINE: u32 = 100;

/// A bar on a terminal, a line now and then elsewhere; both on standard error.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    looks: u32,
}

impl Progress {
    /// So many messages are to be sent.
    pub(crate) fn new(messages: u64) -> Progress {
        let template = "{bar:40} {pos}/{len} messages  {elapsed}";
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let is_terminal = io::stderr().is_terminal();
        let bar = is_terminal.then(|| ProgressBar::new(messages).with_style(style));
        Progress { bar, looks: 0 }
    }

    /// So many were sent; called ten times a second.
    pub(crate) fn show(&mut self, sent: u64) {
        self.looks += 1;
        if let Some(bar) = &self.bar {
            bar.set_position(sent);
        } else if self.looks.is_multiple_of(LOOKS_PER_LINE) {
            // Nobody may read it.
            let _ = writeln!(io::stderr(), "{sent} messages sent so far");
        }
    }

    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
