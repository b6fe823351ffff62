//! The parts of a broadcast that stay the same while it runs.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::primitives::Blob;

use crate::budget::Budget;
use crate::request::Request;
use crate::settings::Settings;
use crate::table::Table;

/// The message of a broadcast, the request for it, and all that its calls need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job<'a> {
    pub(super) settings: &'a Settings,
    pub(super) table: &'a Table,
    /// The client for posts to connections.
    pub(super) callback: &'a Client,
    pub(super) budget: &'a Budget,
    pub(super) request: &'a Request<'a>,
    /// The bytes that every recipient gets.
    pub(super) data: &'a Blob,
}
