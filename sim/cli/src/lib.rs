//! `cargo sim`: the command line of the simulator, as a library.
//!
//! It explores, replays, shrinks, keeps and verifies runs of WebSocket applications. A program of
//! two lines offers all of it for its own applications:
//!
//! ```no_run
//! # use stormglass_sim::stack::Stack;
//! # use stormglass_sim::{App, Handler, Sdk};
//! # struct Chess;
//! # impl App for Chess {
//! #     fn name(&self) -> &str { "chess" }
//! #     fn stack(&self) -> Stack { Stack::new() }
//! #     fn start(&self, _: &str, _: &Sdk) -> Box<dyn Handler> { unreachable!() }
//! # }
//! fn main() -> std::process::ExitCode {
//!     stormglass::main(&[&Chess])
//! }
//! ```
//!
//! `cargo install stormglass` installs the command `stormglass new PATH`, which writes a package
//! with such a program, a small service to begin with, and a bug to find. The feature `serve` adds
//! the command of that name, which serves an application on ports of this machine.
//!
//! Exit codes: 0 every promise held, 1 a promise was broken, 2 the command was used wrongly, 3 the
//! harness itself failed.
//!
//! # Map
//!
//! The command line:
//!
//! - `arguments`: the commands and their options, which clap parses.
//! - `apps`: the applications that `--app` can name.
//! - `seed`, `input`: a seed, the text of a case or a file, as an argument.
//! - `commands`: one file for each command.
//! - `outcome`: the end of a command, and its exit code.
//! - `program`: the command line of this process, as a reader would type it.
//! - `output`, `progress`, `interrupt`, `clock`: the terminal, Ctrl-C, and the wall clock.
//!
//! A broken promise:
//!
//! - `confirm`, `fresh`: its run once more, here and in a fresh process.
//! - `failure`: the run, its report, and where both are shown.
//! - `files`, `pictures`: its case, its diagram and its page, as files.
//! - `ci`: JUnit files and GitHub workflows.
//!
//! The figures of a search:
//!
//! - [`known_bad`]: bugs that a search must find, and the hunt for them.
//! - `summary`: the figures of an exploration, for people and as JSON.
//! - [`record`]: the figures of the last exploration and of the last hunt, as `target/sim` keeps
//!   them.
//! - [`page`]: both as one HTML page.
//! - `store`, `workspace`: the folder `target/sim`, and the workspace around it.

#![deny(clippy::print_stdout, clippy::print_stderr, reason = "they panic if the reader has gone")]

mod apps;
mod arguments;
mod ci;
mod clock;
mod commands;
mod confirm;
mod failure;
mod files;
mod fresh;
mod input;
mod interrupt;
pub mod known_bad;
mod outcome;
mod output;
pub mod page;
mod pictures;
mod program;
mod progress;
pub mod record;
mod seed;
mod store;
mod summary;
mod workspace;

use std::process::ExitCode;

use clap::Parser;
use stormglass_sim::App;

pub use apps::Apps;

use arguments::{Arguments, ArgumentsWithoutApps};
use outcome::{Outcome, SimError};
use output::note;

/// Runs the command line of this process for these applications. The first is the default of
/// `--app`.
///
/// # Panics
///
/// If there is no application.
pub fn main(apps: &[&'static dyn App]) -> ExitCode {
    run(&Apps::new(apps))
}

/// Runs the command line of this process for some listed and some unlisted applications.
pub fn run(apps: &Apps) -> ExitCode {
    match Arguments::parse(apps) {
        Ok(arguments) => end(commands::run(&arguments.command, apps)),
        Err(error) => arguments::refuse(&error),
    }
}

/// Runs the command line of this process without any application: `new`, and no other command.
pub fn main_without_apps() -> ExitCode {
    match ArgumentsWithoutApps::try_parse() {
        Ok(arguments) => end(commands::run_without_apps(&arguments.command)),
        Err(error) => arguments::refuse(&error),
    }
}

/// Returns the exit code of a command, after a note of the error that stopped it.
fn end(ended: Result<Outcome, SimError>) -> ExitCode {
    match ended {
        Ok(outcome) => outcome.exit_code(),
        Err(error) => {
            note!("error: {error}");
            error.exit_code()
        }
    }
}
