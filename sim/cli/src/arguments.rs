//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use stormglass_apps::names;
use stormglass_apps::{KnownBad, Mutation};
use stormglass_sim::App;
use stormglass_sim::faults::Family;
use stormglass_sim::report::Steps;
use stormglass_sim::report::numbers::parse_time;
use stormglass_sim::search::exhaust::plans::{self, Named};
use stormglass_sim::search::explore::Search;
use stormglass_sim::strategy::Families;

use crate::CommandError;
use crate::github::GitHub;
use crate::seed::parse_seed;

/// How many runs it may take to make one case short.
pub(crate) const RUNS_MAX: u64 = 2_000;

/// Few bugs take more deviations than this.
pub(crate) const PCT_DEPTH: u32 = 3;

/// Breaks the promises of a serverless WebSocket service, or shows that it can't.
#[derive(Debug, Parser)]
#[command(name = "cargo sim", bin_name = "cargo sim", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run seed after seed until a promise is broken
    Explore(ExploreArguments),
    /// Run one seed or case again, and tell its story
    Replay(ReplayArguments),
    /// Make a case that breaks a promise short
    Shrink(ShrinkArguments),
    /// Store a case, made short, in tests/cases: `cargo test` replays it from then on
    Keep(KeepArguments),
    /// Run a case, or some seeds, twice here and once in a fresh process, and compare every event
    Verify(VerifyArguments),
    /// Hunt every application that is known to be bad: how long does each strategy take?
    KnownBad(KnownBadArguments),
    /// List the promises, what they rest on, and how often the last exploration tested each
    Spec(SpecArguments),
    /// Print the traces of the cases and seeds that standard input names
    #[command(hide = true)]
    Trace(TraceArguments),
}

/// Who decides where the world goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StrategyName {
    /// A plan for each seed, and deviations anywhere
    Random,
    /// A plan for each seed, and deviations at a few points of its dull run
    Pct,
    /// Every schedule of a small plan that has at most so many deviations
    Exhaustive,
}

#[derive(Debug, Args)]
pub(crate) struct ExploreArguments {
    /// Who decides where the world goes
    #[arg(long, value_name = "STRATEGY", value_enum, default_value_t = StrategyName::Random)]
    pub(crate) strategy: StrategyName,
    /// How many deviations a schedule may have: 3 for pct, 1 for exhaustive, unless it is said
    #[arg(long, value_name = "K")]
    pub(crate) depth: Option<u32>,
    /// Exhaustive: one of the named plans; all of them unless one is named
    #[arg(long, value_name = "NAME", value_parser = parse_plan)]
    pub(crate) plan: Option<&'static Named>,
    /// How many seeds to run
    #[arg(long, value_name = "N", default_value_t = 2_000, conflicts_with = "time")]
    pub(crate) seeds: u64,
    /// Run seeds for this long instead: 30s, 10m
    #[arg(long = "for", id = "time", value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Duration>,
    /// Run seeds until the last twentieth of them, and the last 1000 at least, met no new pair of
    /// events
    #[arg(long, conflicts_with_all = ["seeds", "time"])]
    pub(crate) until_quiet: bool,
    /// The first seed: a number, such as 17 or 0x5f3c91, or the 40 digits of a commit
    #[arg(long, value_name = "SEED", default_value = "0", value_parser = parse_seed)]
    pub(crate) from: u64,
    #[command(flatten)]
    pub(crate) app: AppArgument,
    /// Which families of deviations may occur: order, time, capacity, error, network, consistency,
    /// platform, gateway; fault stands for the last six
    #[arg(long, value_name = "FAMILY", value_delimiter = ',', value_parser = parse_families)]
    pub(crate) faults: Option<Vec<FamilyGroup>>,
    /// How many threads share the seeds; what is found does not depend on it
    #[arg(long, value_name = "N", default_value_t = threads(), value_parser = parse_jobs)]
    pub(crate) jobs: usize,
    /// Print one JSON object per line; of the summary, only `wall_ms` and `slowest` differ from one
    /// run to the next
    #[arg(long)]
    pub(crate) json: bool,
    /// Write JUnit XML as well: a test case per promise, or per plan of an exhaustive search
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Go on after a broken promise
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Report what was found as it was found
    #[arg(long)]
    pub(crate) no_shrink: bool,
}

impl ExploreArguments {
    /// How a seed steers its run; `None` if no seeds are run.
    pub(crate) fn search(&self) -> Result<Option<Search>, CommandError> {
        let usage = |message: &str| Err(CommandError::Usage(message.to_owned()));
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

    /// How many seeds are run, if that is said.
    pub(crate) fn total(&self) -> Option<u64> {
        (self.time.is_none() && !self.until_quiet).then_some(self.seeds)
    }

    /// Whether anybody is to see the stories of what was found.
    pub(crate) fn tells(&self, github: Option<&GitHub>) -> bool {
        !self.json || self.junit.is_some() || github.is_some()
    }

    pub(crate) fn families(&self) -> Families {
        let Some(groups) = &self.faults else { return Families::ALL };
        let families: Vec<Family> = groups.iter().flat_map(|group| group.0.clone()).collect();
        Families::of(&families)
    }
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// A seed (a number or a commit), the text of a case, or a file that holds one
    #[arg(value_name = "SEED | CASE | FILE")]
    pub(crate) source: String,
    #[command(flatten)]
    pub(crate) app: AppArgument,
    /// Tell every step, not only those that led to a broken promise
    #[arg(long, conflicts_with_all = ["text", "mermaid"])]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) pictures: PictureArguments,
}

impl ReplayArguments {
    /// Which steps are told, and how.
    pub(crate) fn steps(&self) -> Steps {
        match (self.all, self.pictures.text) {
            (true, _) => Steps::All,
            (false, true) => Steps::Drawn,
            (false, false) => Steps::Past,
        }
    }
}

/// How a run is drawn, beside its story.
#[derive(Debug, Args)]
pub(crate) struct PictureArguments {
    /// Draw the run in the terminal
    #[arg(long)]
    pub(crate) text: bool,
    /// Print a Mermaid diagram, for an issue or a pull request, and nothing else
    #[arg(long, conflicts_with = "text")]
    pub(crate) mermaid: bool,
    /// Draw a sequence diagram into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Make a page to step through the run, in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ShrinkArguments {
    /// A seed (a number or a commit), the text of a case, or a file that holds one
    #[arg(value_name = "SEED | CASE | FILE")]
    pub(crate) source: String,
    #[command(flatten)]
    pub(crate) app: AppArgument,
    /// How many runs it may take
    #[arg(long, value_name = "N", default_value_t = RUNS_MAX)]
    pub(crate) runs: u64,
    /// For how long it may go on: 30s, 10m. What it has come to by then can be shrunk further
    #[arg(long = "for", id = "time", value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct KeepArguments {
    /// A seed (a number or a commit), the text of a case, or a file that holds one
    #[arg(value_name = "SEED | CASE | FILE")]
    pub(crate) source: String,
    /// What to call it: lower-case letters, digits and hyphens
    #[arg(value_parser = parse_case_name)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) app: AppArgument,
    /// Keep it as it is
    #[arg(long)]
    pub(crate) no_shrink: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// A seed (a number or a commit), the text of a case, or a file that holds one
    #[arg(value_name = "SEED | CASE | FILE", conflicts_with_all = ["seeds", "from"])]
    pub(crate) source: Option<String>,
    /// How many seeds to run
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) seeds: u64,
    /// The first seed: a number, such as 17 or 0x5f3c91, or the 40 digits of a commit
    #[arg(long, value_name = "SEED", default_value = "0", value_parser = parse_seed)]
    pub(crate) from: u64,
    #[command(flatten)]
    pub(crate) app: AppArgument,
}

/// Which strategies hunt what is known to be bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HuntName {
    /// As for `explore`
    Random,
    /// As for `explore`
    Pct,
    /// As for `explore`, over every plan that has a name
    Exhaustive,
    /// One after the other
    All,
}

#[derive(Debug, Args)]
pub(crate) struct KnownBadArguments {
    /// Who decides where the world goes
    #[arg(long, value_name = "STRATEGY", value_enum, default_value_t = HuntName::Random)]
    pub(crate) strategy: HuntName,
    /// How many seeds each of them may take
    #[arg(long, value_name = "N", default_value_t = 30_000)]
    pub(crate) seeds: u64,
    /// These alone
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = parse_bad)]
    pub(crate) only: Vec<&'static KnownBad>,
    /// How many threads share the seeds; what is found does not depend on it
    #[arg(long, value_name = "N", default_value_t = threads(), value_parser = parse_jobs)]
    pub(crate) jobs: usize,
    /// Print one JSON object per line
    #[arg(long)]
    pub(crate) json: bool,
    /// Write JUnit XML as well: a test case for each of them, and one for the canary
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub(crate) junit: Option<PathBuf>,
    /// Only say what is known to be bad, and why
    #[arg(long)]
    pub(crate) list: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TraceArguments {
    /// Tell every event and every point of choice, not only a hash of the events
    #[arg(long)]
    pub(crate) in_full: bool,
    #[command(flatten)]
    pub(crate) app: AppArgument,
}

#[derive(Debug, Args)]
pub(crate) struct SpecArguments {
    /// Print the text of spec/SPEC.md
    #[arg(long)]
    pub(crate) markdown: bool,
}

#[derive(Clone, Copy, Args)]
pub(crate) struct AppArgument {
    /// Whose handlers to run: stormglass, tutorial, aws-sample, canary or a mutation
    #[arg(long, value_name = "APP", default_value = "stormglass", value_parser = parse_app)]
    pub(crate) app: &'static dyn App,
}

impl std::fmt::Debug for AppArgument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.app.name())
    }
}

/// The families that one word stands for.
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
        return Err("a name has lower-case letters, digits and hyphens".to_owned());
    }
    Ok(text.to_owned())
}

fn parse_plan(name: &str) -> Result<&'static Named, String> {
    plans::find(name).ok_or_else(|| {
        let known = plans::ALL.map(|named| format!("{} ({})", named.name, named.about));
        format!("there is no plan of that name; there are {}", known.join(", "))
    })
}

fn parse_bad(name: &str) -> Result<&'static KnownBad, String> {
    KnownBad::find(name).ok_or_else(|| {
        "nothing of that name is known to be bad; `cargo sim known-bad --list` lists what is".into()
    })
}

fn parse_app(name: &str) -> Result<&'static dyn App, String> {
    names::find(name).ok_or_else(|| {
        let known: Vec<&str> = names::ALL.iter().map(|app| app.name()).collect();
        format!(
            "there is no app of that name; there are {}, and the {} mutations that `cargo sim \
             known-bad --list` lists",
            known.join(", "),
            Mutation::all().len()
        )
    })
}
