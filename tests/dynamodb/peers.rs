//! The servers that are compared: ours and the emulators, each over a connection of its own.

use std::env;
use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};

use http_body_util::Full;
use serde_json::{Value as Json, json};
use stormglass_tests::http::{HttpClient, signed};

use crate::generate::Request;

/// More pages than the few rows of a test can fill.
const PAGES_MAX: usize = 50;

/// Somebody else's DynamoDB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Emulator {
    DynamodbLocal,
    Ministack,
}

/// One server of DynamoDB's protocol.
#[derive(Debug)]
pub(crate) struct Peer {
    client: HttpClient,
}

/// One page of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) body: Json,
}

impl Emulator {
    const ALL: [Emulator; 2] = [Emulator::DynamodbLocal, Emulator::Ministack];

    /// Those that the environment names.
    pub(crate) fn given() -> Vec<(Emulator, SocketAddr)> {
        Emulator::ALL.into_iter().filter_map(|it| Some((it, it.address()?))).collect()
    }

    fn address(self) -> Option<SocketAddr> {
        let url = env::var(self.variable()).ok()?;
        let address = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        let mut addresses = address.and_then(|address| address.to_socket_addrs().ok());
        let address = addresses.as_mut().and_then(Iterator::next);
        Some(address.unwrap_or_else(|| panic!("{} is no URL of a server: {url}", self.variable())))
    }

    fn variable(self) -> &'static str {
        match self {
            Emulator::DynamodbLocal => "STORMGLASS_DYNAMODB_LOCAL",
            Emulator::Ministack => "STORMGLASS_MINISTACK",
        }
    }
}

impl fmt::Display for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Emulator::DynamodbLocal => "DynamoDB Local",
            Emulator::Ministack => "MiniStack",
        })
    }
}

impl Peer {
    pub(crate) fn new(address: SocketAddr) -> Peer {
        Peer { client: HttpClient::new(address) }
    }

    /// Creates a table, and waits until it can be used.
    pub(crate) async fn create(&mut self, definition: &Json) -> Page {
        let created = self.send("CreateTable", definition).await;
        let name = json!({ "TableName": definition["TableName"] });
        let is_active = |page: Page| page.body["Table"]["TableStatus"] == "ACTIVE";
        while created.status == 200 && !is_active(self.send("DescribeTable", &name).await) {}
        created
    }

    /// Deletes a table, whether or not there is one.
    pub(crate) async fn delete(&mut self, table: &str) {
        self.send("DeleteTable", &json!({ "TableName": table })).await;
    }

    /// Asks for every page that there is.
    pub(crate) async fn ask(&mut self, request: &Request) -> Vec<Page> {
        let mut body = request.body.clone();
        let mut pages = Vec::new();
        while pages.len() < PAGES_MAX {
            let page = self.send(request.operation, &body).await;
            let last = page.body.get("LastEvaluatedKey").cloned();
            pages.push(page);
            let Some(last) = last else { break };
            body["ExclusiveStartKey"] = last;
        }
        pages
    }

    async fn send(&mut self, operation: &str, body: &Json) -> Page {
        let request = signed(&format!("DynamoDB_20120810.{operation}"));
        let request = request.body(Full::from(body.to_string())).expect("a request");
        let response = self.client.send(request).await.expect("the server answers");
        let body = serde_json::from_slice(response.body());
        Page { status: response.status().as_u16(), body: body.unwrap_or(Json::Null) }
    }
}
