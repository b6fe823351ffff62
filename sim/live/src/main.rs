//! `cargo serve`: the simulated services on sockets of this machine.
//!
//! Exit codes: 0 stopped by Ctrl-C, 2 wrong use, which a port that is taken counts as, 3 the
//! machine failed.

mod arguments;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use stormglass_live::dynamodb;
use stormglass_sim::dynamodb::{DynamoDb, Limits};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tracing::level_filters::LevelFilter;

use arguments::{Arguments, Command, DynamodbArguments};

/// What keeps a command from its end.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    /// Nobody can listen there.
    #[error("cannot listen at {host} on port {port}: {source}")]
    Listen { host: String, port: u16, source: io::Error },
    /// The machine failed.
    #[error("{what}: {source}")]
    Io { what: &'static str, source: io::Error },
    /// Ctrl-C would end the process at once.
    #[error("Ctrl-C cannot be listened for: {0}")]
    Interrupt(#[from] ctrlc::Error),
}

fn main() -> ExitCode {
    let Command::Dynamodb(arguments) = Arguments::parse().command;
    log(arguments.verbose);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let served = runtime
        .map_err(|source| CommandError::Io { what: "no threads can be started", source })
        .and_then(|runtime| runtime.block_on(serve_dynamodb(&arguments)));
    let Err(error) = served else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    match error {
        CommandError::Listen { .. } => ExitCode::from(2),
        CommandError::Io { .. } | CommandError::Interrupt(_) => ExitCode::from(3),
    }
}

async fn serve_dynamodb(arguments: &DynamodbArguments) -> Result<(), CommandError> {
    let DynamodbArguments { host, port, .. } = arguments;
    let listen = |source| CommandError::Listen { host: host.clone(), port: *port, source };
    let listener = TcpListener::bind((host.as_str(), *port)).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let interrupted = Arc::new(Notify::new());
    let interrupt = Arc::clone(&interrupted);
    ctrlc::set_handler(move || interrupt.notify_one())?;
    let reach = match address.ip().is_loopback() {
        true => "for this machine only",
        false => "for every machine that reaches this one, and signatures are not verified",
    };
    say(&format!("DynamoDB is at http://{address}, {reach}"))?;
    dynamodb::serve(listener, DynamoDb::new(Limits::default()), interrupted.notified()).await;
    Ok(())
}

/// Whoever started the server may wait for the line.
fn say(line: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    written.map_err(|source| CommandError::Io { what: "the standard output", source })
}

fn log(verbose: bool) {
    let level = if verbose { LevelFilter::DEBUG } else { LevelFilter::WARN };
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).init();
}
