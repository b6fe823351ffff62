//! ChromeDriver as a process, and what it is asked over HTTP.

use std::cell::RefCell;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::programs::end_group;
use crate::http::HttpClient;

/// Longer than any command takes that comes to an end.
const PATIENCE: Duration = Duration::from_secs(60);

/// The number of times that a driver may look for a port.
const STARTS_MAX: usize = 5;

/// A driver that listens.
#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    runtime: Runtime,
    client: RefCell<HttpClient>,
}

impl Driver {
    /// Starts a driver that keeps its files in `folder`, on a port that it finds itself.
    ///
    /// It finds a free port of IPv4, and ends if another program has that port of IPv6: then it is
    /// started again.
    pub(super) fn start(program: &Path, folder: &Path) -> Driver {
        let mut started = (0..STARTS_MAX).filter_map(|_| start_once(program, folder));
        let (process, port) = started.next().expect("chromedriver finds a port that is free");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        Driver { process, runtime, client: RefCell::new(HttpClient::new(address)) }
    }

    /// Gives the answer to a command.
    pub(super) fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        match self.try_ask(method, path, body) {
            Ok(answer) => answer,
            Err(error) => panic!("{method} {path}: {error}"),
        }
    }

    /// Gives the answer to a command; an error is what WebDriver calls one, or an HTTP connection
    /// that breaks.
    pub(super) fn try_ask(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "localhost")
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .body(Full::new(body))?;
        let mut client = self.client.borrow_mut();
        let answer = self
            .runtime
            .block_on(async { tokio::time::timeout(PATIENCE, client.send(request)).await })??;
        let mut told: Value = serde_json::from_slice(answer.body())?;
        if answer.status().is_success() {
            return Ok(told["value"].take());
        }
        let (error, message) = (&told["value"]["error"], &told["value"]["message"]);
        let message = message.as_str().unwrap_or_default();
        Err(format!("{}: {message}", error.as_str().unwrap_or("unknown")).into())
    }

    /// Ends the driver and what it started.
    pub(super) fn stop(&mut self) {
        end_group(self.process.id());
        // It is its group's first, and the only one that a wait would be for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts a driver, and returns it with its port; `None` if it ends before it listens.
fn start_once(program: &Path, folder: &Path) -> Option<(Child, u16)> {
    let mut process = Command::new(program)
        .arg("--port=0")
        .env("TMPDIR", folder)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver starts");
    let output = process.stdout.take().expect("its output is a pipe");
    let port = BufReader::new(output).lines().map_while(Result::ok).find_map(port_of);
    if port.is_none() {
        end_group(process.id());
        // It has ended by itself.
        let _ = process.wait();
    }
    Some((process, port?))
}

/// The port in "ChromeDriver was started successfully on port 12345."
fn port_of(line: String) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}
