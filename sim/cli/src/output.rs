//! Standard output and standard error, also if their reader has gone.
//!
//! `println!` panics then, as in `cargo sim spec | head`. A command goes on without printing
//! instead, and its exit code still reports the result.

use std::fmt;
use std::io::{self, Write};

use anstyle::AnsiColor;

/// Prints a line on standard output.
macro_rules! say {
    () => { $crate::output::print(format_args!("\n")) };
    ($($part:tt)*) => { $crate::output::print(format_args!("{}\n", format_args!($($part)*))) };
}

/// Prints a line on standard error.
macro_rules! note {
    ($($part:tt)*) => { $crate::output::print_error(format_args!($($part)*)) };
}

pub(crate) use {note, say};

/// The width of the word of a verdict.
const VERDICT: usize = 7;

/// Returns the word of a verdict, padded, and in its colour on a terminal.
pub(crate) fn verdict(word: &str) -> String {
    let colour = match word {
        "HELD" | "FOUND" => AnsiColor::Green,
        "ASLEEP" => AnsiColor::Yellow,
        _ => AnsiColor::Red,
    };
    let style = colour.on_default().bold();
    format!("{style}{word}{style:#}{:1$}", "", VERDICT.saturating_sub(word.len()))
}

/// Prints on standard output, with colours on a terminal only and unless `NO_COLOR` is set.
pub(crate) fn print(text: fmt::Arguments<'_>) {
    // The reader may have gone.
    let _ = anstream::stdout().lock().write_fmt(text);
}

/// Prints a line on standard error.
pub(crate) fn print_error(text: fmt::Arguments<'_>) {
    // The reader may have gone.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
