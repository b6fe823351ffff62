//! `cargo serve`: the simulated services on sockets of this machine.
//!
//! Exit codes: 0 stopped by Ctrl-C, 2 wrong use, which a port that is taken counts as, 3 the
//! machine failed.

mod arguments;
mod interrupt;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use crate::dynamodb::{self, StoreError, Tables};
use crate::record::{LogLayer, Recorder};
use crate::runtime::{DeployError, Project, ProjectError};
use crate::{Listeners, ServeError, StatusPage, serve_processes, serve_with_status};
use clap::Parser;
use stormglass_dynamodb::{DynamoDb, Limits};
use stormglass_sim::App;
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;
use tokio::net::TcpListener;
use tracing::warn;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use arguments::{Arguments, Command, DynamodbArguments, ServeArguments};
use interrupt::interrupted;

/// What keeps a command from its end.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    /// Nobody can listen there.
    #[error("cannot listen at {host} on port {port}: {source}")]
    Listen { host: String, port: u16, source: io::Error },
    /// The machine failed.
    #[error("{what}: {source}")]
    Io { what: &'static str, source: io::Error },
    /// The file of functions describes none that could be served.
    #[error("{0}")]
    Project(#[from] ProjectError),
    /// The functions of the file cannot be made ready.
    #[error("{0}")]
    Deploy(#[from] DeployError),
    /// The file of the tables is of no use.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The application cannot be served.
    #[error("{0}")]
    Serve(#[from] ServeError),
}

/// Runs `cargo serve` with the arguments of this process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let served = runtime
        .map_err(|source| CommandError::Io { what: "no threads can be started", source })
        .and_then(|runtime| runtime.block_on(run(&arguments)));
    let Err(error) = served else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    match error {
        CommandError::Listen { .. }
        | CommandError::Project(_)
        | CommandError::Store(_)
        | CommandError::Deploy(DeployError::Listen { .. }) => ExitCode::from(2),
        CommandError::Io { .. } | CommandError::Deploy(_) | CommandError::Serve(_) => {
            ExitCode::from(3)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), CommandError> {
    match &arguments.command {
        Some(Command::Dynamodb(arguments)) => serve_dynamodb(arguments).await,
        None => serve_app(&arguments.serve).await,
    }
}

async fn serve_app(arguments: &ServeArguments) -> Result<(), CommandError> {
    log(if arguments.verbose { "debug" } else { "info" });
    let project = arguments.runtime_api.as_deref().map(Project::read).transpose()?;
    let ServeArguments { host, app, .. } = arguments;
    let tables = tables(arguments.table.as_deref())?;
    let (gateway, address) = listen(host, arguments.port).await?;
    let (dynamodb, table) = listen(host, arguments.dynamodb_port).await?;
    let listeners = Listeners { gateway, dynamodb };
    let settings = arguments.settings();
    if let Some(seed) = arguments.faults {
        warn!("things go wrong on purpose, by seed {seed}");
    }
    let interrupted = listen_for_signals()?;
    let Some(project) = project else {
        let page = status_page(arguments, *app, settings.function_timeout).await?;
        announce(app.name(), "http", address, table, &page)?;
        serve_with_status(*app, listeners, tables, settings, page, interrupted).await?;
        return Ok(());
    };
    let deployed = project.deploy(address, table).await?;
    let page = status_page(arguments, deployed.app(), INTEGRATION_TIMEOUT).await?;
    announce(deployed.name(), "https", address, table, &page)?;
    for hint in deployed.hints() {
        say(&hint)?;
    }
    serve_processes(&deployed, listeners, tables, settings, page, interrupted).await?;
    Ok(())
}

async fn status_page(
    arguments: &ServeArguments,
    app: &'static dyn App,
    function_timeout: Duration,
) -> Result<StatusPage, CommandError> {
    let host = arguments.host.clone();
    if arguments.no_status {
        return Ok(StatusPage { recorder: Recorder::none(), listener: None, host });
    }
    let (listener, _) = listen(&host, arguments.status_port).await?;
    let recorder = Recorder::new(app, function_timeout);
    Ok(StatusPage { recorder, listener: Some(listener), host })
}

fn announce(
    name: &str,
    scheme: &str,
    gateway: SocketAddr,
    table: SocketAddr,
    page: &StatusPage,
) -> Result<(), CommandError> {
    say(&format!(
        "{name} is at ws://{gateway}, {}\n\
         @connections is at {scheme}://{gateway}/prod, DynamoDB at http://{table}",
        reach(gateway),
    ))?;
    match page.listener.as_ref().map(TcpListener::local_addr) {
        Some(Ok(address)) => say(&format!("what happens is shown at http://{address}")),
        _ => Ok(()),
    }
}

async fn serve_dynamodb(arguments: &DynamodbArguments) -> Result<(), CommandError> {
    log(if arguments.verbose { "debug" } else { "warn" });
    let tables = Arc::new(tables(arguments.table.as_deref())?);
    let (listener, address) = listen(&arguments.host, arguments.port).await?;
    let interrupted = listen_for_signals()?;
    say(&format!("DynamoDB is at http://{address}, {}", reach(address)))?;
    dynamodb::serve(listener, tables, interrupted).await;
    Ok(())
}

fn tables(file: Option<&Path>) -> Result<Tables, StoreError> {
    match file {
        Some(file) => Tables::kept_in(file),
        None => Ok(Tables::in_memory(DynamoDb::new(Limits::default()))),
    }
}

async fn listen(host: &str, port: u16) -> Result<(TcpListener, SocketAddr), CommandError> {
    let listen = |source| CommandError::Listen { host: host.to_owned(), port, source };
    let listener = TcpListener::bind((host, port)).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    Ok((listener, address))
}

fn listen_for_signals() -> Result<impl Future<Output = ()>, CommandError> {
    let failed = |source| CommandError::Io { what: "signals cannot be listened for", source };
    interrupted().map_err(failed)
}

fn reach(address: SocketAddr) -> &'static str {
    match address.ip().is_loopback() {
        true => "for this machine only",
        false => "for every machine that reaches this one, and signatures are not verified",
    }
}

/// Whoever started the server may wait for the line.
fn say(line: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    written.map_err(|source| CommandError::Io { what: "the standard output", source })
}

/// Writes lines of the project's own crates from this level on, and all warnings. Metrics are for
/// CloudWatch, and not for people.
fn log(level: &str) {
    let targets = format!(
        "warn,stormglass_serve={level},stormglass_handlers={level},stormglass_apps={level},\
         stormglass_mutants={level},stormglass::metrics=off"
    );
    let targets: Targets = targets.parse().unwrap_or_default();
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false);
    tracing_subscriber::registry().with(targets).with(lines).with(LogLayer).init();
}
