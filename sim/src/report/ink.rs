//! The colours of a report.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// Whether there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// There are none.
    Plain,
    /// A terminal is told how to colour it.
    Coloured,
}

impl Ink {
    /// What broke.
    pub(super) fn broken(self, text: &str) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    /// Where fate had a hand.
    pub(super) fn deviant(self, text: &str) -> String {
        self.paint(AnsiColor::Yellow.on_default().bold(), text)
    }

    /// What else matters.
    pub(super) fn strong(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// What matters less.
    pub(super) fn faint(self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    fn paint(self, style: Style, text: impl Display) -> String {
        match self {
            Ink::Plain => text.to_string(),
            Ink::Coloured => format!("{style}{text}{style:#}"),
        }
    }
}
