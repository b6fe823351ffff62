//! The command line.

use clap::{Args, Parser, Subcommand};

/// Serves the simulated services on sockets of this machine.
#[derive(Debug, Parser)]
#[command(name = "cargo serve", bin_name = "cargo serve", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve DynamoDB, in memory, until Ctrl-C. Signatures are not verified
    Dynamodb(DynamodbArguments),
}

#[derive(Debug, Args)]
pub(crate) struct DynamodbArguments {
    /// The port; 0 takes one that is free
    #[arg(long, default_value_t = 8000)]
    pub(crate) port: u16,
    /// The address to listen at; any but a loopback one lets other machines in
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// Log every request to the standard error stream
    #[arg(long)]
    pub(crate) verbose: bool,
}
