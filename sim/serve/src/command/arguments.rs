//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::faults::Faults;
use crate::settings::ServerSettings;
use clap::{Args, Parser};
use stormglass_apps::names;
use stormglass_sim::App;
use stormglass_sim::faults::Family;
use stormglass_sim::report::numbers::parse_positive_time;
use stormglass_sim::strategy::Families;

/// Serves an application on sockets of this machine: WebSockets, `@connections` and DynamoDB.
///
/// There is nothing to set up, and no AWS account is needed. `wscat -c ws://127.0.0.1:3001` is a
/// client of it. Ctrl-C ends it.
#[derive(Debug, Parser)]
#[command(name = "cargo serve", bin_name = "cargo serve", version, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) subcommand: Option<Subcommand>,
    #[command(flatten)]
    pub(crate) serve: ServeArguments,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    /// Serve DynamoDB alone, in memory, until Ctrl-C. Signatures are not verified
    Dynamodb(DynamodbArguments),
}

#[derive(Args)]
pub(crate) struct ServeArguments {
    /// The port of WebSockets and of `@connections`; 0 takes one that is free
    #[arg(long, default_value_t = 3001)]
    pub(crate) port: u16,
    /// The port of DynamoDB; 0 takes one that is free
    #[arg(long, default_value_t = 8000)]
    pub(crate) dynamodb_port: u16,
    /// The port of the status page; 0 takes one that is free
    #[arg(long, default_value_t = 3002)]
    pub(crate) status_port: u16,
    /// Serve no status page, and keep no record of what happens
    #[arg(long, conflicts_with = "status_port")]
    pub(crate) no_status: bool,
    /// The address to listen at; any but a loopback one lets other machines in
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// The application: `stormglass`, `tutorial`, `aws-sample`, or a mutation of `cargo sim
    /// known-bad`
    #[arg(long, default_value = "stormglass", value_parser = parse_app)]
    pub(crate) app: &'static dyn App,
    /// A file of functions that are programs in any language, to be served instead of an `--app`:
    /// see `sim/serve/examples`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["app", "function_timeout"])]
    pub(crate) runtime_api: Option<PathBuf>,
    /// How long a function of the `--app` may take, such as 3s; by default 30s
    #[arg(long, value_name = "TIME", value_parser = parse_positive_time)]
    pub(crate) function_timeout: Option<Duration>,
    /// How many invocations may run at one time; AWS allows an account 1000, and by default there
    /// is no limit here
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) concurrency: Option<u32>,
    /// Make things go wrong on purpose, the same ones for the nth client whenever the seed is the
    /// same: refusals, errors, lost answers, late posts, `$disconnect` events that never come
    #[arg(long, value_name = "SEED")]
    pub(crate) faults: Option<u64>,
    /// What may go wrong: time, capacity, error, network, consistency, platform, gateway; by
    /// default all of it
    #[arg(long, value_name = "FAMILY", value_delimiter = ',')]
    #[arg(requires = "faults", value_parser = parse_family)]
    pub(crate) fault_families: Vec<Family>,
    /// The file to keep the tables in, made if there is none; without it they are in memory
    #[arg(long, value_name = "FILE")]
    pub(crate) table: Option<PathBuf>,
    /// How long a connection may be silent, such as 30s; AWS closes it after 10m
    #[arg(long, value_name = "TIME", value_parser = parse_positive_time)]
    pub(crate) idle_timeout: Option<Duration>,
    /// How long a connection may live, such as 5m; on AWS it is 2h
    #[arg(long, value_name = "TIME", value_parser = parse_positive_time)]
    pub(crate) max_duration: Option<Duration>,
    /// How many handshakes the account may begin per second; on AWS 500, unless it was raised
    #[arg(long, value_name = "N")]
    pub(crate) connects_per_second: Option<u32>,
    /// How many messages and calls of `@connections` the account may send per second, half of
    /// them at once; on AWS 10000, unless it was raised
    #[arg(long, value_name = "N")]
    pub(crate) requests_per_second: Option<u32>,
    /// Log what goes well inside, too
    #[arg(long)]
    pub(crate) verbose: bool,
}

impl std::fmt::Debug for ServeArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServeArguments").field("app", &self.app.name()).finish_non_exhaustive()
    }
}

impl ServeArguments {
    fn families(&self) -> Families {
        match self.fault_families.as_slice() {
            [] => Families::ALL,
            families => Families::of(families),
        }
    }

    pub(crate) fn settings(&self) -> ServerSettings {
        let mut settings = ServerSettings::default();
        let limits = &mut settings.limits;
        limits.silence_max = self.idle_timeout.unwrap_or(limits.silence_max);
        limits.duration_max = self.max_duration.unwrap_or(limits.duration_max);
        settings.function_timeout = self.function_timeout.unwrap_or(settings.function_timeout);
        settings.concurrency_max = self.concurrency.unwrap_or(settings.concurrency_max);
        limits.connects_per_second = self.connects_per_second.unwrap_or(limits.connects_per_second);
        if let Some(requests) = self.requests_per_second {
            limits.requests_per_second = requests;
            limits.burst = requests.div_ceil(2);
        }
        if let Some(seed) = self.faults {
            settings.faults = Faults::seeded(seed, self.families());
        }
        settings
    }
}

#[derive(Debug, Args)]
pub(crate) struct DynamodbArguments {
    /// The port; 0 takes one that is free
    #[arg(long, default_value_t = 8000)]
    pub(crate) port: u16,
    /// The address to listen at; any but a loopback one lets other machines in
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// The file to keep the tables in, made if there is none; without it they are in memory
    #[arg(long, value_name = "FILE")]
    pub(crate) table: Option<PathBuf>,
    /// Log every request to the standard error stream
    #[arg(long)]
    pub(crate) verbose: bool,
}

fn parse_family(name: &str) -> Result<Family, String> {
    // Nothing waits for a number of others where nobody counts.
    let strikes = |family: &Family| *family != Family::Order;
    let mut families = Family::ALL.into_iter().filter(strikes);
    families.clone().find(|family| family.name() == name).ok_or_else(|| {
        let known: Vec<&str> = families.by_ref().map(Family::name).collect();
        format!("the families are {}", known.join(", "))
    })
}

fn parse_app(name: &str) -> Result<&'static dyn App, String> {
    names::find(name).ok_or_else(|| {
        let known: Vec<&str> = names::ALL.iter().map(|app| app.name()).collect();
        format!(
            "there is no app of that name; there are {}, and the mutations that `cargo sim \
             known-bad --list` lists",
            known.join(", ")
        )
    })
}
