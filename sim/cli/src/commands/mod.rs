//! The commands, one file for each.

mod exhaustive;
mod explore;
mod keep;
mod known_bad;
mod new;
mod replay;
mod shrink;
mod spec;
mod verify;

use crate::apps::Apps;
use crate::arguments::{Command, CommandWithoutApps, ExploreArguments};
use crate::ci::github::GitHub;
use crate::fresh;
use crate::outcome::{Outcome, SimError};

/// Runs a command.
///
/// # Errors
///
/// If it cannot come to its end.
pub(crate) fn run(command: &Command, apps: &Apps) -> Result<Outcome, SimError> {
    match command {
        Command::Explore(arguments) => explore_by_strategy(arguments),
        Command::Replay(arguments) => {
            // Programs read a diagram that comes alone, as they read JSON.
            let github = GitHub::from_environment(arguments.pictures.mermaid);
            replay::replay(arguments, github.as_ref())
        }
        Command::Shrink(arguments) => {
            shrink::shrink(arguments, GitHub::from_environment(false).as_ref())
        }
        Command::Keep(arguments) => keep::keep(arguments, apps.default_app()),
        Command::Verify(arguments) => verify::verify(arguments),
        Command::KnownBad(arguments) => {
            let github = GitHub::from_environment(arguments.json);
            known_bad::known_bad(arguments, apps, github.as_ref())
        }
        Command::Spec(arguments) => spec::spec(arguments),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => {
            stormglass_serve::serve_app(&arguments.server, arguments.app.app)?;
            Ok(Outcome::Held)
        }
        #[cfg(not(feature = "serve"))]
        Command::Serve(_) => Err(SimError::Usage(
            "this program is built without the command `serve`: add `features = [\"serve\"]` to \
             the dependency `stormglass` in its Cargo.toml"
                .to_owned(),
        )),
        Command::New(arguments) => new::new(arguments),
        Command::Trace(arguments) => fresh::trace(arguments),
    }
}

/// Runs a command that needs no application.
///
/// # Errors
///
/// If it cannot come to its end.
pub(crate) fn run_without_apps(command: &CommandWithoutApps) -> Result<Outcome, SimError> {
    match command {
        CommandWithoutApps::New(arguments) => new::new(arguments),
    }
}

fn explore_by_strategy(arguments: &ExploreArguments) -> Result<Outcome, SimError> {
    let github = GitHub::from_environment(arguments.json);
    match arguments.search()? {
        Some(search) => explore::explore(arguments, search, github.as_ref()),
        None => exhaustive::exhaust(arguments, github.as_ref()),
    }
}
