//! `cargo sim`: explores, replays, shrinks, keeps and verifies.
//!
//! Exit codes: 0 every promise held, 1 one was broken, 2 wrong use, 3 the harness itself failed.

#![deny(clippy::print_stdout, clippy::print_stderr, reason = "they panic where nobody reads")]

mod arguments;
mod confirm;
mod exhaust;
mod explore;
mod files;
mod fresh;
mod github;
mod input;
mod interrupt;
mod junit;
mod keep;
mod known_bad;
mod output;
mod pictures;
mod progress;
mod replay;
mod seed;
mod shrink;
mod spec;
mod store;
mod suites;
mod summary;
mod told;
mod verify;
mod workspace;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use stormglass_sim::HarnessError;

use arguments::{Arguments, Command, ExploreArguments};
use github::GitHub;
use output::note;

/// Simulations allocate all the time, and threads that do so in the system's allocator wait for
/// each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Every promise held, or the command asks nothing of promises.
    Held,
    /// A promise was broken.
    Broken,
    /// The harness itself failed, and has said why.
    Failed,
}

/// What keeps a command from its end.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    /// The command was used wrongly.
    #[error("{0}")]
    Usage(String),
    /// The harness itself failed.
    #[error(transparent)]
    Harness(#[from] HarnessError),
    /// The machine failed.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A fresh process of this program did not do what it was asked for.
    #[error("the fresh process failed: {0}")]
    Fresh(String),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    let ending = match arguments.command {
        Command::Explore(arguments) => explore_by_strategy(&arguments),
        Command::Replay(arguments) => {
            // A diagram alone is for programs.
            let github = GitHub::from_environment(arguments.pictures.mermaid);
            replay::replay(&arguments, github.as_ref())
        }
        Command::Shrink(arguments) => {
            shrink::shrink(&arguments, GitHub::from_environment(false).as_ref())
        }
        Command::Keep(arguments) => keep::keep(&arguments),
        Command::Verify(arguments) => verify::verify(&arguments),
        Command::KnownBad(arguments) => {
            known_bad::known_bad(&arguments, GitHub::from_environment(arguments.json).as_ref())
        }
        Command::Spec(arguments) => spec::spec(&arguments),
        Command::Trace(arguments) => fresh::trace(&arguments),
    };
    match ending {
        Ok(Ending::Held) => ExitCode::SUCCESS,
        Ok(Ending::Broken) => ExitCode::from(1),
        Ok(Ending::Failed) => ExitCode::from(3),
        Err(error) => {
            note!("error: {error}");
            match error {
                CommandError::Usage(_) => ExitCode::from(2),
                CommandError::Harness(_) | CommandError::Io { .. } | CommandError::Fresh(_) => {
                    ExitCode::from(3)
                }
            }
        }
    }
}

fn explore_by_strategy(arguments: &ExploreArguments) -> Result<Ending, CommandError> {
    let github = GitHub::from_environment(arguments.json);
    match arguments.search()? {
        Some(search) => explore::explore(arguments, search, github.as_ref()),
        None => exhaust::exhaust(arguments, github.as_ref()),
    }
}

/// Says what is wrong with the arguments, in one line; help and the version are no errors.
fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // There is nobody left to tell if this cannot be written.
        let _ = error.print();
        return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
    }
    let text = error.to_string();
    let first: Vec<&str> =
        text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    note!("{}", first.join(" "));
    ExitCode::from(2)
}
