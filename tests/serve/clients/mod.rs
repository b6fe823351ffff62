//! Clients that other people wrote, against the very program that people start.
//!
//! `.ci/clients` installs them. A machine without them skips these tests and says so.
//!
//! - `aws`: the AWS command line;
//! - `boto3`: AWS's SDK for Python;
//! - `websockets`: a WebSocket library for Python;
//! - `wscat`: what people try a WebSocket API with, in a terminal.

mod aws;
mod boto3;
mod programs;
mod server;
mod websockets;
mod wscat;
