//! Standard output and standard error, whether anybody reads them or not.
//!
//! `println!` panics where the reader has gone, as with `cargo sim spec | head`. A command that is
//! cut off ends quietly instead, and its exit code still tells what it found.

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

/// The width of a verdict.
const VERDICT: usize = 7;

/// The word that a command's last line begins with, in the colour that it has on a terminal.
pub(crate) fn verdict(word: &str) -> String {
    let colour = match word {
        "HELD" | "FOUND" => AnsiColor::Green,
        "ASLEEP" => AnsiColor::Yellow,
        _ => AnsiColor::Red,
    };
    let style = colour.on_default().bold();
    format!("{style}{word}{style:#}{:1$}", "", VERDICT.saturating_sub(word.len()))
}

/// Prints on standard output; with colours on a terminal only, and where `NO_COLOR` is not set.
pub(crate) fn print(text: fmt::Arguments<'_>) {
    // Nobody reads it any more.
    let _ = anstream::stdout().lock().write_fmt(text);
}

/// Prints a line on standard error.
pub(crate) fn print_error(text: fmt::Arguments<'_>) {
    // Nobody reads it any more.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
