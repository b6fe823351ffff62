//! The lines that an invocation leaves in the log.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use aws_smithy_async::time::{SharedTimeSource, StaticTimeSource};
use lambda_runtime::Config;
use serde_json::{Map, Value, json};
use stormglass_handlers::log::subscriber;
use stormglass_handlers::{Broadcast, Connect, Disconnect, Fallback, Settings};
use stormglass_tests::assert_snapshot;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use super::wire::{Answer, Service};
use crate::support::{
    Record, connect, disconnect, dynamodb_at, in_virtual_time, management_at, message, message_on,
    settings,
};

/// Returns the value of `handle`, and the two lines that it left: the log's, and the metrics'.
///
/// The lines of the SDK are left out: they are not ours, and more than usual without a network.
pub(crate) fn logged<T>(handle: impl FnOnce() -> T) -> (T, [Map<String, Value>; 2]) {
    let (output, text) = written(OURS, handle);
    let lines: Vec<_> = text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    (output, lines.try_into().expect("an invocation leaves two lines"))
}

/// Returns the value of `handle`, and all that it wrote at this level.
pub(crate) fn written<T>(level: &str, handle: impl FnOnce() -> T) -> (T, String) {
    let output = Output(Record::new());
    let log = subscriber(level, output.clone(), Noon).expect("this is a level");
    let yielded = tracing::subscriber::with_default(log, handle);
    (yielded, String::from_utf8(output.0.all()).expect("a log is text"))
}

/// Time stands still for the log.
struct Noon;

impl FormatTime for Noon {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str("2023-11-29T12:00:00Z")
    }
}

#[derive(Clone)]
struct Output(Record<u8>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        bytes.iter().for_each(|byte| self.0.add(*byte));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Output {
    type Writer = Output;

    fn make_writer(&'a self) -> Output {
        self.clone()
    }
}

/// The log of a broadcast to one row, whose post gets `status`, at this level.
fn log_of_broadcast(level: &str, status: u16) -> String {
    let rows = Service::new(|_, nth| match nth {
        0 => Answer::ok(r#"{"Items":[{"connectionId":{"S":"old="}}]}"#),
        _ => Answer::ok("{}"),
    });
    let gateway = Service::new(move |_, _| Answer::Http { status, code: None, body: "" });
    let handler = Broadcast::new(&settings(), dynamodb_at(rows), management_at(gateway));
    let mut event = message(r#"{"action":"broadcast","data":"secret-payload","id":"secret-id"}"#);
    event.context.request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned();
    event.context.env_config =
        Arc::new(Config { function_name: "storm-on-broadcast".to_owned(), ..Config::default() });
    written(level, || in_virtual_time(handler.handle(event))).1
}

const OURS: &str = "off,stormglass_handlers=info";

#[test]
fn an_invocation_leaves_a_line_and_its_metrics() {
    let mut log = log_of_broadcast(OURS, 200);
    log += &log_of_broadcast(OURS, 413);
    let rows = || Service::new(|_, _| Answer::ok("{}"));
    let denied = Service::new(|_, _| Answer::Http {
        status: 400,
        code: None,
        body: r#"{"__type":"x#AccessDeniedException","message":"secret-table"}"#,
    });
    let event = || connect(json!({"Authorization": "secret-token", "Origin": "https://a.example"}));
    let connect = |service: Service, settings: &Settings| {
        let handler = Connect::new(settings, dynamodb_at(service));
        written(OURS, || in_virtual_time(handler.handle(event()))).1
    };
    log += &connect(rows(), &settings());
    let strict = Settings { origins: vec!["https://b.example".to_owned()], ..settings() };
    log += &connect(rows(), &strict);
    log += &connect(denied, &settings());
    let handler = Disconnect::new(&settings(), dynamodb_at(rows()));
    log += &written(OURS, || in_virtual_time(handler.handle(disconnect()))).1;
    let handler = Fallback::new(SharedTimeSource::new(StaticTimeSource::from_secs(0)));
    let event = message_on("$default", "secret-payload");
    log += &written(OURS, || in_virtual_time(handler.handle(event))).1;
    for secret in ["secret-payload", "secret-id", "secret-token"] {
        assert!(!log.contains(secret), "{secret}");
    }
    assert_snapshot!("log", log);
}

#[test]
fn every_failed_attempt_is_there_to_be_seen() {
    let log = log_of_broadcast("off,stormglass_handlers=debug", 503);
    let attempts: Vec<_> = log.lines().filter(|line| line.contains("a post failed")).collect();
    assert_eq!(attempts.len(), 4);
    let line: Value = serde_json::from_str(attempts[0]).expect("a line is JSON");
    assert_eq!(line["failure"], "PostToConnection (status 503)");
    assert_eq!(line["span"]["request_id"], "PJqCFEqHqRcFd0w=");
}

#[test]
fn metrics_are_written_at_every_level() {
    for (level, lines) in [("off", 1), ("error", 1), ("info", 2)] {
        let handler = Fallback::new(SharedTimeSource::default());
        let event = message_on("$default", "hi");
        let (_, log) = written(level, || in_virtual_time(handler.handle(event)));
        assert_eq!(log.lines().count(), lines, "{level}: {log}");
        assert!(log.contains("CloudWatchMetrics"), "{level}: {log}");
    }
    assert!(subscriber("info=loud", io::stdout, Noon).is_err());
}
