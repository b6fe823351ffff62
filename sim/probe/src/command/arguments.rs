//! The command line of `cargo probe`.

use std::path::PathBuf;
use std::time::Duration;

use crate::{Assumptions, JUDGED, ProbeSettings};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, ValueEnum, value_parser};
use stormglass_sim::report::numbers::parse_positive_time;
use textwrap::Options;

/// The limits of the arguments.
const CLIENTS_MAX: i64 = 10_000;
const MESSAGES_MAX: i64 = 100_000;
const TIME_MAX: Duration = Duration::from_secs(3_600);

/// Holds any live WebSocket endpoint to the promises, as far as its clients can tell.
///
/// Clients connect, broadcast, send nonsense, leave and come back. Their observations are judged as
/// a simulation is. Mind the costs on AWS: a broadcast is a post to every client.
#[derive(Debug, Parser)]
#[command(name = "cargo probe", bin_name = "cargo probe", version, max_term_width = 100)]
#[command(after_long_help = after_help(), verbatim_doc_comment)]
pub(crate) struct ProbeArguments {
    /// Address of the endpoint, such as ws://127.0.0.1:3001 (`cargo serve`) or
    /// wss://ID.execute-api.REGION.amazonaws.com/STAGE
    #[arg(value_name = "WS-URL", verbatim_doc_comment)]
    pub(crate) url: String,
    /// Number of clients
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=CLIENTS_MAX))]
    pub(crate) clients: u32,
    /// Number of broadcasts of all clients together
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u32).range(1..=MESSAGES_MAX))]
    pub(crate) messages: u32,
    /// Longest time of the whole probe, such as 30s or 5m
    ///
    /// The clients stop when only twice the time of --settle is left of it.
    #[arg(long = "for", value_name = "TIME", default_value = "30s", value_parser = parse_bounded)]
    pub(crate) time_max: Duration,
    /// Quiet time at the end, such as 3s
    ///
    /// A message that has not come by then is missing. A client waits as long for an answer.
    #[arg(long, value_name = "TIME", default_value = "3s", value_parser = parse_bounded)]
    pub(crate) settle: Duration,
    /// Seed of the workload [default: random]
    #[arg(long, value_parser = parse_seed)]
    pub(crate) seed: Option<u64>,
    /// Format of the messages [default: that of this project's handlers]
    ///
    /// A file of TOML; sim/probe/formats has examples.
    #[arg(long, value_name = "FILE")]
    pub(crate) message_format: Option<PathBuf>,
    /// Facts that clients cannot see
    ///
    /// A promise that only the opposite could excuse is then broken, and not suspect.
    #[arg(long, value_name = "FACT", value_delimiter = ',', value_enum)]
    pub(crate) assume: Vec<Assumption>,
    /// Print one JSON object per line
    #[arg(long)]
    pub(crate) json: bool,
}

/// A fact about the endpoint that clients cannot see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Assumption {
    /// Nothing fails between functions and services, as in `cargo serve`
    Faultless,
    /// No other clients are connected
    Alone,
}

impl ProbeArguments {
    /// Parses the arguments of this process. Ends it if they are wrong.
    pub(crate) fn parse_checked() -> ProbeArguments {
        let arguments = ProbeArguments::parse();
        if arguments.settle * 2 >= arguments.time_max {
            let (settle, time_max) = (text_of(arguments.settle), text_of(arguments.time_max));
            let mistake = format!(
                "twice the quiet time of {settle} leaves the clients nothing of the {time_max} of \
                 --for; shorten --settle, or lengthen --for"
            );
            ProbeArguments::command().error(ErrorKind::ValueValidation, mistake).exit();
        }
        arguments
    }

    pub(crate) fn settings(&self, seed: u64) -> ProbeSettings {
        let ProbeArguments { clients, messages, time_max, settle, .. } = *self;
        ProbeSettings { seed, clients, messages, time_max, settle }
    }

    pub(crate) fn assumptions(&self) -> Assumptions {
        Assumptions {
            faultless: self.assume.contains(&Assumption::Faultless),
            alone: self.assume.contains(&Assumption::Alone),
        }
    }

    /// Returns the command that plays the same workload again.
    pub(crate) fn again(&self, seed: u64) -> String {
        let is_special = |c: char| !c.is_ascii_alphanumeric() && !":/.-_@".contains(c);
        let url = if self.url.contains(is_special) {
            format!("'{}'", self.url.replace('\'', r"'\''"))
        } else {
            self.url.clone()
        };
        let mut command = format!("cargo probe {url} --seed {seed:#x}");
        for (flag, given, default) in
            [("clients", self.clients, 20), ("messages", self.messages, 200)]
        {
            if given != default {
                command += &format!(" --{flag} {given}");
            }
        }
        for (flag, given, default) in
            [("for", self.time_max, 30_000), ("settle", self.settle, 3_000)]
        {
            if given.as_millis() != default {
                command += &format!(" --{flag} {}", text_of(given));
            }
        }
        if let Some(path) = &self.message_format {
            command += &format!(" --message-format {}", path.display());
        }
        let assumed = self.assume.iter().filter_map(ValueEnum::to_possible_value);
        let assumed: Vec<String> = assumed.map(|value| value.get_name().to_owned()).collect();
        if !assumed.is_empty() {
            command += &format!(" --assume {}", assumed.join(","));
        }
        command
    }
}

/// Returns the help on the promises: the observations that prove each broken or make it suspect.
fn after_help() -> String {
    let mut text = MARKS.to_owned();
    for judged in &JUDGED {
        text += &format!("\n  {}\n", judged.property.id);
        for (word, when) in [("broken if", judged.broken), ("suspect if", judged.suspect)] {
            let indent = format!("{:16}", "");
            let first = format!("    {word:<12}");
            let options = Options::new(98).initial_indent(&first).subsequent_indent(&indent);
            text += &(textwrap::wrap(when, options).join("\n") + "\n");
        }
    }
    text + EXIT_CODES
}

const MARKS: &str = "\
Each payload and each id of the probe has a mark that nobody else can know. Other people may use the
endpoint meanwhile: a text without a mark may be theirs, and breaks no promise unless `--assume
alone` says that there are none.

The observations that decide on each promise:
";

const EXIT_CODES: &str = "
All other promises speak of rows, calls and invocations: `cargo sim` judges those.

Exit codes: 0 no promise is broken (some may be suspect), 1 a promise is broken, 2 wrong use or no
endpoint at the address, 3 the probe itself failed, or nothing was put to the test";

/// Writes a time so that it can be parsed.
fn text_of(time: Duration) -> String {
    match time.as_millis() {
        ms if ms.is_multiple_of(1_000) => format!("{}s", ms / 1_000),
        ms => format!("{ms}ms"),
    }
}

/// Parses a seed as people or as reports write it.
fn parse_seed(text: &str) -> Result<u64, String> {
    let seed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    seed.map_err(|_| "a seed is a number, such as 7 or 0x5f3c91".to_owned())
}

/// Parses a length of time that is not too long.
fn parse_bounded(text: &str) -> Result<Duration, String> {
    let time = parse_positive_time(text)?;
    if time <= TIME_MAX {
        Ok(time)
    } else {
        Err(format!("the most is {}m", TIME_MAX.as_secs() / 60))
    }
}
