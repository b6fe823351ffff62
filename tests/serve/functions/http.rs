//! One request of HTTP, on a connection of its own.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Sends a request and waits for its answer.
pub(crate) fn ask(address: &str, method: &str, path: &str, body: &[u8]) -> Answer {
    ask_with(address, method, path, "", body)
}

/// Sends a request with more headers, each of which ends its line, and waits for its answer.
pub(crate) fn ask_with(
    address: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Answer {
    ask_as(address, address, method, path, headers, body)
}

/// Sends a request that calls the server by the name of a host, and waits for its answer.
pub(crate) fn ask_as(
    host: &str,
    address: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Answer {
    let length = body.len();
    let mut stream = TcpStream::connect(address).expect("a connection");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).expect("a request is sent");
    stream.write_all(body).expect("a body is sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    read(&text)
}

pub(crate) fn read(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Answer { status: status.expect("a status"), head: head.to_owned(), body: body.to_owned() }
}
