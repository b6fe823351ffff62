//! `cargo serve`, the command.
//!
//! Exit codes: 0 stopped by Ctrl-C, 2 wrong use, which a port that is taken counts as, 3 the
//! machine failed.

mod arguments;
mod interrupt;
mod log;

use std::future::pending;
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use stormglass_dynamodb::{DynamoDb, Limits};
use stormglass_sim::App;
use tokio::net::TcpListener;
use tokio::select;
use tracing::warn;

use crate::dynamodb::{self, StoreError, Tables};
use crate::host::Host;
use crate::record::Recorder;
use crate::runtime::{DeployError, DeployedProject, Project, ProjectError};
use crate::server::{Listeners, ServeError, Server};
use arguments::{CommandLine, DynamodbArguments, ProgramArguments, Subcommand};
use interrupt::Signals;

pub use arguments::{ServeArguments, ServedApps};

/// Runs `cargo serve` for these applications, with the arguments of this process, until Ctrl-C.
pub fn main(apps: &ServedApps) -> ExitCode {
    let (command_line, app) = CommandLine::parse_for(apps);
    let CommandLine { subcommand, serve, programs, .. } = &command_line;
    let served = match subcommand {
        Some(Subcommand::Dynamodb(arguments)) => {
            let level = if arguments.verbose { "debug" } else { "warn" };
            run(level, serve_dynamodb(arguments))
        }
        None => run(serve.log_level(), serve_host(serve, programs, app)),
    };
    let Err(error) = served else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    ExitCode::from(if error.is_usage() { 2 } else { 3 })
}

/// Serves an application, until Ctrl-C.
///
/// # Errors
///
/// If the application cannot be served at all.
pub fn serve_app(
    arguments: &ServeArguments,
    app: &'static dyn App,
) -> Result<(), ServeCommandError> {
    run(arguments.log_level(), serve_host(arguments, &ProgramArguments::default(), app))
}

/// The reason why a command fails.
#[derive(Debug, thiserror::Error)]
pub enum ServeCommandError {
    /// The port is taken, or the host is none of this machine.
    #[error("cannot listen at {host} on port {port}: {source}; {remedy}")]
    Listen {
        /// The host of the command line.
        host: String,
        /// The port of the command line.
        port: u16,
        /// The error of the system.
        source: io::Error,
        /// The option that helps, in words.
        remedy: String,
    },
    /// The machine failed.
    #[error("{what}: {source}")]
    Io {
        /// The action that failed, in words.
        what: &'static str,
        /// The error of the system.
        source: io::Error,
    },
    /// The file of functions is wrong.
    #[error("{0}")]
    Project(#[from] ProjectError),
    /// The functions of the file cannot be deployed.
    #[error("{0}")]
    Deploy(#[from] DeployError),
    /// The file of the tables cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The application cannot be served.
    #[error("{0}")]
    Serve(#[from] ServeError),
}

impl ServeCommandError {
    /// True if the user can mend it: the command was used wrongly, or a port is taken.
    pub fn is_usage(&self) -> bool {
        match self {
            ServeCommandError::Listen { .. }
            | ServeCommandError::Project(_)
            | ServeCommandError::Store(_)
            | ServeCommandError::Deploy(DeployError::Listen { .. })
            | ServeCommandError::Serve(ServeError::NoTable { .. }) => true,
            ServeCommandError::Io { .. }
            | ServeCommandError::Deploy(_)
            | ServeCommandError::Serve(_) => false,
        }
    }
}

/// Runs a server in a runtime of its own, with a log of this level.
fn run(
    level: &str,
    serving: impl Future<Output = Result<(), ServeCommandError>>,
) -> Result<(), ServeCommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let failed = |source| ServeCommandError::Io { what: "no threads can be started", source };
    runtime.map_err(failed)?.block_on(async {
        let limit = log::start(level);
        let served = select! {
            served = serving => served,
            never = limit.report_forever() => match never {},
        };
        limit.report();
        served
    })
}

/// Serves an application, or the project of `--runtime-api`.
async fn serve_host(
    arguments: &ServeArguments,
    programs: &ProgramArguments,
    app: &'static dyn App,
) -> Result<(), ServeCommandError> {
    let project = programs.runtime_api.as_deref().map(Project::read).transpose()?;
    let tables = open_tables(arguments.table.as_deref())?;
    let host_name = &arguments.host;
    let (gateway, gateway_address) = listen(host_name, arguments.port, "--port").await?;
    let (dynamodb, dynamodb_address) =
        listen(host_name, arguments.dynamodb_port, "--dynamodb-port").await?;
    let listeners = Listeners { gateway, dynamodb };
    let guard = arguments.guard.guard(&arguments.host);
    let mut settings = arguments.settings();
    let process_idle = programs.process_idle_timeout;
    settings.process_idle_max = process_idle.unwrap_or(settings.process_idle_max);
    let mut server = Server { settings, guard, ..Server::new(listeners, tables) };
    if let Some(seed) = arguments.faults {
        warn!("faults are injected, by seed {seed}");
    }
    let signals = listen_for_signals()?;
    let deployed = match project {
        Some(project) => {
            Some(project.deploy(gateway_address, dynamodb_address, &server.guard).await?)
        }
        None => None,
    };
    let host = deployed.as_ref().map_or(Host::App(app), Host::Project);
    let watching = match deployed.as_ref().filter(|_| programs.watch) {
        Some(deployed) => Some(deployed.watch(arguments.table.as_deref()).await),
        None => None,
    };
    let mut page_address = None;
    if !arguments.no_status {
        let (listener, address) = listen(host_name, arguments.status_port, "--status-port").await?;
        page_address = Some(address);
        server.recorder = Recorder::new(host.app());
        server.status_page = Some(listener);
    }
    announce(host, gateway_address, dynamodb_address)?;
    if let Some(address) = page_address {
        say(&format!("the status page is at http://{address}"))?;
    }
    for hint in deployed.iter().flat_map(DeployedProject::hints) {
        say(&hint)?;
    }
    let stop = signals.end(|| {
        deployed.iter().for_each(DeployedProject::restart);
        deployed.is_some()
    });
    let watching = async {
        match watching {
            Some(watching) => watching.await,
            None => pending().await,
        }
    };
    select! {
        served = server.serve(host, stop) => Ok(served?),
        never = watching => match never {},
    }
}

async fn serve_dynamodb(arguments: &DynamodbArguments) -> Result<(), ServeCommandError> {
    let tables = Arc::new(open_tables(arguments.table.as_deref())?);
    let (listener, address) = listen(&arguments.host, arguments.port, "--port").await?;
    let stop = listen_for_signals()?.end(|| false);
    say(&format!("DynamoDB is at http://{address}, {}", reach(address)))?;
    let guard = arguments.guard.guard(&arguments.host);
    dynamodb::serve(listener, &guard, tables, stop).await;
    Ok(())
}

fn open_tables(file: Option<&Path>) -> Result<Tables, StoreError> {
    match file {
        Some(file) => Tables::kept_in(file),
        None => Ok(Tables::in_memory(DynamoDb::new(Limits::default()))),
    }
}

/// Listens at a port, which this flag chooses.
async fn listen(
    host: &str,
    port: u16,
    flag: &str,
) -> Result<(TcpListener, SocketAddr), ServeCommandError> {
    let failed = |source: io::Error| {
        let remedy = match source.kind() {
            ErrorKind::AddrInUse | ErrorKind::PermissionDenied => {
                format!("`{flag}` chooses another port, and 0 a free one")
            }
            _ => "`--host` chooses another address".to_owned(),
        };
        ServeCommandError::Listen { host: host.to_owned(), port, source, remedy }
    };
    let listener = TcpListener::bind((host, port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

fn listen_for_signals() -> Result<Signals, ServeCommandError> {
    let failed = |source| ServeCommandError::Io { what: "no signal can be handled", source };
    Signals::listen().map_err(failed)
}

fn announce(
    host: Host<'_>,
    gateway: SocketAddr,
    dynamodb: SocketAddr,
) -> Result<(), ServeCommandError> {
    let scheme = match host {
        Host::App(_) => "http",
        Host::Project(_) => "https",
    };
    say(&format!(
        "{} is at ws://{gateway}, {}\n\
         @connections is at {scheme}://{gateway}/prod, DynamoDB at http://{dynamodb}",
        host.name(),
        reach(gateway),
    ))
}

fn reach(address: SocketAddr) -> &'static str {
    if address.ip().is_loopback() {
        "for this machine only"
    } else {
        "for every machine that reaches this one, and signatures are not verified"
    }
}

/// Prints a line at once: the program that started the server may wait for it.
fn say(line: &str) -> Result<(), ServeCommandError> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    written.map_err(|source| ServeCommandError::Io { what: "the standard output", source })
}
