//! The commands of the command line, and their options.
//!
//! The doc comments of commands and options are their help texts.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use stormglass_sim::faults::Family;
use stormglass_sim::report::Steps;
use stormglass_sim::report::numbers::parse_time;
use stormglass_sim::search::exhaust::plans::{self, NamedPlan};
use stormglass_sim::search::explore::Search;
use stormglass_sim::strategy::Families;

use crate::apps::{AppArgument, Apps};
use crate::outcome::SimError;
use crate::output::note;
use crate::program::command_line;
use crate::seed::parse_seed;

/// The most runs that the shrinking of one case may take, unless `--runs` is given.
pub(crate) const RUNS_MAX: u64 = 2_000;

/// The default `--depth` of the strategy `pct`. Few bugs take more deviations.
pub(crate) const PCT_DEPTH: u32 = 3;

/// Tries to break the promises of a serverless WebSocket service
///
/// A run is a plan, the steps of some clients, under a schedule, the deviations in order, timing
/// and success. A seed stands for a run at random; a case is a run as one line of text.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Parses the command line of this process.
    ///
    /// # Errors
    ///
    /// If it is wrong, or asks for help or the version.
    pub(crate) fn parse(apps: &Apps) -> Result<Arguments, clap::Error> {
        Arguments::parse_from(apps, std::env::args_os())
    }

    /// Parses the words of a command line, of which the first is the name of the program.
    pub(crate) fn parse_from(
        apps: &Apps,
        words: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Arguments, clap::Error> {
        let command = Arguments::command()
            .bin_name(command_line(apps.default_app()).program())
            .mut_subcommand("known-bad", |command| command.hide(apps.known_bugs().is_none()))
            .mut_subcommands(|command| command.mut_args(|argument| apps.complete(argument)));
        Arguments::from_arg_matches(&command.try_get_matches_from(words)?)
    }
}

/// Tests of serverless WebSocket services
///
/// `new` writes a package that has such a service and its tests. The program of that package has
/// all other commands: it explores, replays, shrinks, keeps and verifies.
#[derive(Debug, Parser)]
#[command(name = "stormglass", bin_name = "stormglass", version, max_term_width = 100)]
pub(crate) struct ArgumentsWithoutApps {
    #[command(subcommand)]
    pub(crate) command: CommandWithoutApps,
}

/// The commands that need no application.
#[derive(Debug, Subcommand)]
pub(crate) enum CommandWithoutApps {
    /// Write a package with a small service, a bug in it, and its tests
    New(NewArguments),
}

/// Prints an error of [`Arguments::parse`] in one line, or the help text or version that the user
/// asked for.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // If the terminal is gone, there is nowhere to report that.
        let _ = error.print();
        return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
    }
    let text = error.to_string();
    let first: Vec<&str> =
        text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    note!("{}", first.join(" "));
    ExitCode::from(2)
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run seeds until a promise is broken
    Explore(ExploreArguments),
    /// Run one seed or case again, and report it
    Replay(ReplayArguments),
    /// Shorten a case that breaks a promise
    Shrink(ShrinkArguments),
    /// Store a shortened case in tests/cases, where `cargo test` replays it
    Keep(KeepArguments),
    /// Check determinism: run a case or some seeds twice here and once in a fresh process, and
    /// compare every event
    Verify(VerifyArguments),
    /// Hunt every known bug, and report the effort that each strategy needs to find it
    KnownBad(KnownBadArguments),
    /// List the promises, their sources, and how often the last exploration tested each
    Spec(SpecArguments),
    /// Serve an application on ports of this machine, for browsers, SDKs and other clients
    #[cfg(feature = "serve")]
    Serve(ServeAppArguments),
    /// Serve an application on ports of this machine
    #[cfg(not(feature = "serve"))]
    #[command(hide = true)]
    Serve(RefusedArguments),
    /// Write a package with a small service, a bug in it, and its tests
    New(NewArguments),
    /// Print the traces of the cases and seeds that standard input names
    #[command(hide = true)]
    Trace(TraceArguments),
}

/// The strategies of `explore`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StrategyName {
    /// A generated plan for each seed, with deviations anywhere
    Random,
    /// A generated plan for each seed, with deviations at a few points
    Pct,
    /// Every schedule of a small plan that has at most DEPTH deviations
    Exhaustive,
}

#[derive(Debug, Args)]
pub(crate) struct ExploreArguments {
    /// The strategy that picks the schedules
    #[arg(long, value_name = "STRATEGY", value_enum, default_value_t = StrategyName::Random)]
    pub(crate) strategy: StrategyName,
    /// The most deviations in a schedule [default: 3 for pct, 1 for exhaustive]
    #[arg(long, value_name = "DEPTH")]
    pub(crate) depth: Option<u32>,
    /// Search only this plan, if the strategy is exhaustive [default: every named plan]
    #[arg(long, value_name = "NAME", value_parser = parse_plan)]
    pub(crate) plan: Option<&'static NamedPlan>,
    /// The number of seeds to run
    #[arg(long, value_name = "N", default_value_t = 2_000, conflicts_with = "time")]
    pub(crate) seeds: u64,
    /// Run seeds for this long instead, such as 30s or 10m
    #[arg(long = "for", id = "time", value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Duration>,
    /// Run seeds until the last 5 % of them, and at least the last 1000, met no new pair of events
    #[arg(long, conflicts_with_all = ["seeds", "time"])]
    pub(crate) until_quiet: bool,
    /// The first seed: a number, such as 17 or 0x5f3c91, or the 40 digits of a commit
    #[arg(long, value_name = "SEED", default_value = "0", value_parser = parse_seed)]
    pub(crate) from: u64,
    #[command(flatten)]
    pub(crate) app: AppArgument,
    /// The families of deviations that may occur: order, time, capacity, error, network,
    /// consistency, platform, gateway; fault means the last six [default: all]
    #[arg(long, value_name = "FAMILY", value_delimiter = ',', value_parser = parse_families)]
    pub(crate) faults: Option<Vec<FamilyGroup>>,
    /// The number of threads; the results do not depend on it
    #[arg(long, value_name = "N", default_value_t = threads(), value_parser = parse_jobs)]
    pub(crate) jobs: usize,
    /// Print one JSON object per line; of the summary, only `wall_ms` and `slowest` differ from one
    /// run to the next
    #[arg(long)]
    pub(crate) json: bool,
    /// Also write JUnit XML, with a test case for each promise, or for each plan if exhaustive
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Continue after a broken promise, and report each cause once
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Report the case without shrinking it
    #[arg(long)]
    pub(crate) no_shrink: bool,
}

impl ExploreArguments {
    /// Returns the search that steers each seed; `None` if the search is exhaustive and takes no
    /// seeds.
    ///
    /// # Errors
    ///
    /// If the options do not go together.
    pub(crate) fn search(&self) -> Result<Option<Search>, SimError> {
        let usage = |message: &str| Err(SimError::Usage(message.to_owned()));
        match (self.strategy, self.depth, self.plan) {
            (StrategyName::Exhaustive, ..) if self.until_quiet => {
                usage("--until-quiet goes with --strategy random or pct")
            }
            (StrategyName::Exhaustive, ..) => Ok(None),
            (_, _, Some(_)) => usage("--plan goes with --strategy exhaustive"),
            (StrategyName::Random, Some(_), _) => {
                usage("--depth goes with --strategy pct or exhaustive")
            }
            (StrategyName::Random, None, _) => Ok(Some(Search::Random)),
            (StrategyName::Pct, Some(0), _) => usage("pct takes a --depth of at least 1"),
            (StrategyName::Pct, depth, _) => {
                Ok(Some(Search::Pct { depth: depth.unwrap_or(PCT_DEPTH) }))
            }
        }
    }

    /// Returns the number of seeds that ends the search, if a number ends it.
    pub(crate) fn total(&self) -> Option<u64> {
        (self.time.is_none() && !self.until_quiet).then_some(self.seeds)
    }

    /// Returns the families of deviations that may occur.
    pub(crate) fn families(&self) -> Families {
        let Some(groups) = &self.faults else { return Families::ALL };
        let families: Vec<Family> = groups.iter().flat_map(|group| group.0.clone()).collect();
        Families::of(&families)
    }
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// A seed (a number or a commit), the text of a case, or a file that holds a case
    #[arg(value_name = "SEED | CASE | FILE")]
    pub(crate) source: String,
    #[command(flatten)]
    pub(crate) app: AppArgument,
    /// Show every step, not only those that led to the broken promise
    #[arg(long, conflicts_with_all = ["text", "mermaid"])]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) pictures: PictureArguments,
}

impl ReplayArguments {
    /// Returns the steps that the report shows.
    pub(crate) fn steps(&self) -> Steps {
        match (self.all, self.pictures.text) {
            (true, _) => Steps::All,
            (false, true) => Steps::Drawn,
            (false, false) => Steps::Past,
        }
    }
}

/// The pictures of a run, beside its report.
#[derive(Debug, Args)]
pub(crate) struct PictureArguments {
    /// Draw the run in the terminal
    #[arg(long)]
    pub(crate) text: bool,
    /// Print a Mermaid diagram, for an issue or a pull request, and nothing else
    #[arg(long, conflicts_with = "text")]
    pub(crate) mermaid: bool,
    /// Write a sequence diagram to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Write a page that steps through the run to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ShrinkArguments {
    /// A seed (a number or a commit), the text of a case, or a file that holds a case
    #[arg(value_name = "SEED | CASE | FILE")]
    pub(crate) source: String,
    #[command(flatten)]
    pub(crate) app: AppArgument,
    /// The most runs that shrinking may take
    #[arg(long, value_name = "N", default_value_t = RUNS_MAX)]
    pub(crate) runs: u64,
    /// The most time that shrinking may take, such as 30s or 10m; its result can be shrunk further
    #[arg(long = "for", id = "time", value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct KeepArguments {
    /// A seed (a number or a commit), the text of a case, or a file that holds a case
    #[arg(value_name = "SEED | CASE | FILE")]
    pub(crate) source: String,
    /// The name of the stored case: lower-case letters, digits and hyphens
    #[arg(value_parser = parse_case_name)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) app: AppArgument,
    /// Store the case without shrinking it
    #[arg(long)]
    pub(crate) no_shrink: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// A seed (a number or a commit), the text of a case, or a file that holds a case
    #[arg(value_name = "SEED | CASE | FILE", conflicts_with_all = ["seeds", "from"])]
    pub(crate) source: Option<String>,
    /// The number of seeds to run
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) seeds: u64,
    /// The first seed: a number, such as 17 or 0x5f3c91, or the 40 digits of a commit
    #[arg(long, value_name = "SEED", default_value = "0", value_parser = parse_seed)]
    pub(crate) from: u64,
    #[command(flatten)]
    pub(crate) app: AppArgument,
}

/// The strategies of `known-bad`: one of them, or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StrategySelection {
    /// As for `explore`
    Random,
    /// As for `explore`
    Pct,
    /// As for `explore`, over every named plan
    Exhaustive,
    /// Run all three, one after another
    All,
}

#[derive(Debug, Args)]
pub(crate) struct KnownBadArguments {
    /// The strategy that picks the schedules
    #[arg(
        long, value_name = "STRATEGY", value_enum, default_value_t = StrategySelection::Random
    )]
    pub(crate) strategy: StrategySelection,
    /// The most seeds to run for each bug
    #[arg(long, value_name = "N", default_value_t = 30_000)]
    pub(crate) seeds: u64,
    /// Hunt only these bugs
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// The number of threads; the results do not depend on it
    #[arg(long, value_name = "N", default_value_t = threads(), value_parser = parse_jobs)]
    pub(crate) jobs: usize,
    /// Print one JSON object per line
    #[arg(long)]
    pub(crate) json: bool,
    /// Also write JUnit XML, with a test case for each bug and one for the canary
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub(crate) junit: Option<PathBuf>,
    /// List the known bugs, and hunt none
    #[arg(long)]
    pub(crate) list: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TraceArguments {
    /// Print every event and every point of choice, not only a hash of the events
    #[arg(long)]
    pub(crate) in_full: bool,
    #[command(flatten)]
    pub(crate) app: AppArgument,
}

#[derive(Debug, Args)]
pub(crate) struct SpecArguments {
    #[command(flatten)]
    pub(crate) app: AppArgument,
    /// Print the text of spec/SPEC.md, which has the promises of the specification
    #[arg(long)]
    pub(crate) markdown: bool,
}

#[cfg(feature = "serve")]
#[derive(Debug, Args)]
pub(crate) struct ServeAppArguments {
    #[command(flatten)]
    pub(crate) app: AppArgument,
    #[command(flatten)]
    pub(crate) server: stormglass_serve::ServeArguments,
}

/// The arguments of a command that this program does not have.
#[cfg(not(feature = "serve"))]
#[derive(Debug, Args)]
pub(crate) struct RefusedArguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct NewArguments {
    /// The folder of the package, which must not exist
    #[arg(value_name = "PATH")]
    pub(crate) folder: PathBuf,
    /// The name of the package [default: the name of the folder]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Depend on the crates in this checkout of Stormglass [default: those of crates.io]
    #[arg(long, value_name = "FOLDER", conflicts_with = "git")]
    pub(crate) path: Option<PathBuf>,
    /// Depend on the newest state of this repository
    #[arg(long, value_name = "URL")]
    pub(crate) git: Option<String>,
}

/// The families that one word of `--faults` stands for.
#[derive(Clone, Debug)]
pub(crate) struct FamilyGroup(Vec<Family>);

fn parse_families(name: &str) -> Result<FamilyGroup, String> {
    let all = Family::ALL.into_iter();
    let named: Vec<Family> = match name {
        "fault" => all.filter(|family| family.is_fault()).collect(),
        _ => all.filter(|family| family.name() == name).collect(),
    };
    if named.is_empty() {
        let known = Family::ALL.map(Family::name).join(", ");
        return Err(format!("the families are {known}, and fault for all but the first two"));
    }
    Ok(FamilyGroup(named))
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn parse_jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(jobs @ 1..=1_024) => Ok(jobs),
        _ => Err("expected a number of threads from 1 to 1024".to_owned()),
    }
}

fn parse_case_name(text: &str) -> Result<String, String> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || !text.chars().all(is_allowed) {
        return Err("a name has only lower-case letters, digits and hyphens".to_owned());
    }
    Ok(text.to_owned())
}

fn parse_plan(name: &str) -> Result<&'static NamedPlan, String> {
    plans::find(name).ok_or_else(|| {
        let known = plans::ALL.map(|named| format!("{} ({})", named.name, named.about));
        format!("there is no plan of that name; the plans are {}", known.join(", "))
    })
}
