//! The colours of a report.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// The choice of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// No colours.
    Plain,
    /// Escape codes that make a terminal colour the text.
    Coloured,
}

impl Ink {
    /// Marks the step or the verdict of a violation.
    pub(super) fn broken(self, text: &str) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    /// Marks a deviation.
    pub(super) fn deviant(self, text: &str) -> String {
        self.paint(AnsiColor::Yellow.on_default().bold(), text)
    }

    /// Marks other text that matters.
    pub(super) fn strong(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// Marks text that matters less.
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
