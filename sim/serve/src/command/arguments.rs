//! The command line of `cargo serve`.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::faults::Faults;
use crate::guard::{Guard, HostName, Origin};
use crate::settings::ServerSettings;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser};
use stormglass_sim::App;
use stormglass_sim::faults::Family;
use stormglass_sim::report::numbers::parse_positive_time;
use stormglass_sim::strategy::Families;

/// Serves an application on sockets of this machine: WebSockets, `@connections` and DynamoDB.
///
/// Nothing has to be set up, and no AWS account is needed. The status page at
/// http://127.0.0.1:3002 has clients to try it; or connect with `npx wscat -c
/// ws://127.0.0.1:3001`. Ctrl-C ends the server.
#[derive(Debug, Parser)]
#[command(name = "cargo serve", bin_name = "cargo serve", version, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_long_help = include_str!("../../FUNCTIONS.md"))]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) subcommand: Option<Subcommand>,
    #[command(flatten)]
    pub(crate) serve: ServeArguments,
    /// Application to serve
    #[arg(long, value_name = "APP")]
    app: Option<String>,
    #[command(flatten)]
    pub(crate) programs: ProgramArguments,
}

impl CommandLine {
    /// Parses the command line of this process, and finds the application that it names. Ends the
    /// process if it is wrong, or asks for help or the version.
    pub(crate) fn parse_for(apps: &ServedApps) -> (CommandLine, &'static dyn App) {
        let mut command = CommandLine::command().mut_arg("app", |argument| {
            let (words, default) = (apps.in_words, apps.default.name());
            argument.help(format!("Application to serve: {words} [default: {default}]"))
        });
        let matches = command.get_matches_mut();
        let parsed = CommandLine::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let app = match &parsed.app {
            None => apps.default,
            Some(name) => (apps.find)(name).unwrap_or_else(|| {
                let message = format!(
                    "invalid value '{name}' for '--app <APP>': there is no app of that name; \
                     there are {}",
                    apps.in_words
                );
                command.error(ErrorKind::ValueValidation, message).exit()
            }),
        };
        (parsed, app)
    }
}

/// The applications that the option `--app` of a command line can name.
#[derive(Clone, Copy)]
pub struct ServedApps {
    /// The application that is served if the option is not given.
    pub default: &'static dyn App,
    /// Returns the application of a name, if there is one.
    pub find: fn(&str) -> Option<&'static dyn App>,
    /// The choice of applications in words, for the help text and for errors.
    pub in_words: &'static str,
}

impl fmt::Debug for ServedApps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServedApps").field("in_words", &self.in_words).finish_non_exhaustive()
    }
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    /// Serve DynamoDB alone, until Ctrl-C. Signatures are not verified
    Dynamodb(DynamodbArguments),
}

/// The options of a server, apart from the functions that it serves.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Port of WebSockets and `@connections`; 0 takes a free one
    #[arg(long, default_value_t = 3001)]
    pub(crate) port: u16,
    /// Port of DynamoDB; 0 takes a free one
    #[arg(long, default_value_t = 8000)]
    pub(crate) dynamodb_port: u16,
    /// Port of the status page; 0 takes a free one
    #[arg(long, default_value_t = 3002)]
    pub(crate) status_port: u16,
    /// Serve no status page, and record nothing
    #[arg(long, conflicts_with = "status_port")]
    pub(crate) no_status: bool,
    /// Address to listen at; any but a loopback address lets other machines in
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    #[command(flatten)]
    pub(crate) guard: GuardArguments,
    /// Timeout of every function of the `--app`, such as 3s [default: each function has its own]
    #[arg(long, value_name = "TIME", value_parser = parse_positive_time)]
    pub(crate) function_timeout: Option<Duration>,
    /// Most invocations at one time [default: 1000, as AWS allows an account]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) concurrency: Option<u32>,
    /// Inject faults: refusals, errors, lost answers, late posts, `$disconnect` events that never
    /// come. With the same seed, the nth client meets the same faults
    #[arg(long, value_name = "SEED")]
    pub(crate) faults: Option<u64>,
    /// Inject faults of these families only: time, capacity, error, network, consistency, platform,
    /// gateway
    #[arg(long, value_name = "FAMILY", value_delimiter = ',')]
    #[arg(requires = "faults", value_parser = parse_family)]
    pub(crate) fault_families: Vec<Family>,
    /// File that keeps the tables, created if it is missing [default: tables in memory]
    #[arg(long, value_name = "FILE")]
    pub(crate) table: Option<PathBuf>,
    /// Longest silence of a connection, such as 30s [default: 10m, as on AWS]
    #[arg(long, value_name = "TIME", value_parser = parse_positive_time)]
    pub(crate) idle_timeout: Option<Duration>,
    /// Longest life of a connection, such as 5m [default: 2h, as on AWS]
    #[arg(long, value_name = "TIME", value_parser = parse_positive_time)]
    pub(crate) max_duration: Option<Duration>,
    /// Handshakes per second that the account may begin [default: 500, as on AWS until it is
    /// raised]
    #[arg(long, value_name = "N")]
    pub(crate) connects_per_second: Option<u32>,
    /// Messages and calls of `@connections` per second that the account may send, half of them in
    /// one burst [default: 10000, as on AWS until it is raised]
    #[arg(long, value_name = "N")]
    pub(crate) requests_per_second: Option<u32>,
    /// Also log successful operations
    #[arg(long)]
    pub(crate) verbose: bool,
}

/// The functions that are programs, to serve instead of those of an application.
#[derive(Debug, Default, Args)]
pub(crate) struct ProgramArguments {
    /// File of functions that are programs in any language, to serve instead of an `--app`;
    /// `--help` ends with all of its keys
    #[arg(long, value_name = "FILE", conflicts_with_all = ["app", "function_timeout"])]
    pub(crate) runtime_api: Option<PathBuf>,
    /// Start the functions of `--runtime-api` again when a file in their folders changes, as SIGHUP
    /// does. Hidden files, files that end in `.log`, and the folders `node_modules`, `__pycache__`
    /// and `target` do not count, but a file that a command names does
    #[arg(long, requires = "runtime_api")]
    pub(crate) watch: bool,
    /// Time after which a process of `--runtime-api` ends that no event came to, such as 30s
    /// [default: 5m; AWS does not say how long it waits]
    #[arg(long, value_name = "TIME", requires = "runtime_api", value_parser = parse_positive_time)]
    pub(crate) process_idle_timeout: Option<Duration>,
}

impl ServeArguments {
    /// Returns the level of the log.
    pub(crate) fn log_level(&self) -> &'static str {
        if self.verbose { "debug" } else { "info" }
    }

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
        settings.function_timeout = self.function_timeout;
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
    /// Port to listen at; 0 takes a free one
    #[arg(long, default_value_t = 8000)]
    pub(crate) port: u16,
    /// Address to listen at; any but a loopback address lets other machines in
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    #[command(flatten)]
    pub(crate) guard: GuardArguments,
    /// File that keeps the tables, created if it is missing [default: tables in memory]
    #[arg(long, value_name = "FILE")]
    pub(crate) table: Option<PathBuf>,
    /// Log every request to standard error
    #[arg(long)]
    pub(crate) verbose: bool,
}

/// The names and origins that are allowed besides those of this machine.
#[derive(Debug, Args)]
pub(crate) struct GuardArguments {
    /// Name by which requests may call this server, besides addresses, localhost, `--host` and
    /// `host.docker.internal`; for instance its name in a compose file. Can be given again
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<HostName>,
    /// Origin of web pages that may use all ports, such as https://dev.example.com. Without it,
    /// pages at localhost may use `@connections` and DynamoDB, and pages of other origins can only
    /// open WebSockets. Can be given again
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<Origin>,
}

impl GuardArguments {
    /// Returns the guard of a server that listens at `host`.
    pub(crate) fn guard(&self, host: &str) -> Guard {
        let mut hosts = self.allow_host.clone();
        // An address is no name, and needs no leave.
        hosts.extend(host.parse::<HostName>());
        Guard::new(hosts, self.allow_origin.clone())
    }
}

fn parse_family(name: &str) -> Result<Family, String> {
    // Faults of order count the other events that a message waits for, and no server counts those.
    let is_known = |family: &Family| *family != Family::Order;
    let mut families = Family::ALL.into_iter().filter(is_known);
    families.clone().find(|family| family.name() == name).ok_or_else(|| {
        let known: Vec<&str> = families.by_ref().map(Family::name).collect();
        format!("the families are {}", known.join(", "))
    })
}
