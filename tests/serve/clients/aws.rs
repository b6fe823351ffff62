//! AWS's command line: what it prints, and how it ends.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Output, Stdio};

use serde_json::{Value, json};

use super::programs::{aws, script};
use super::server::Server;

const TABLE: &str = "stormglass-connections";

/// Runs a command of AWS at one of the endpoints; `None` where it is not installed.
fn ran(endpoint: &str, arguments: &[&str]) -> Option<Output> {
    let mut aws = aws()?;
    aws.args(arguments).args(["--endpoint-url", endpoint]);
    Some(aws.output().expect("aws runs"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// The first version of AWS's command line ends so after every error of a service.
#[track_caller]
fn assert_refused(output: &Output, message: &str) {
    assert_eq!(output.status.code(), Some(255));
    assert_eq!(text(&output.stdout), "");
    assert_eq!(text(&output.stderr), message);
}

/// A client that says what it gets.
struct Waiting {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Waiting {
    fn connect(server: &Server) -> Option<Waiting> {
        let mut script = script("sockets.py")?;
        script.args(["wait", &server.url]).stdout(Stdio::piped());
        let mut child = script.spawn().expect("Python runs");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut waiting = Waiting { child, lines };
        assert_eq!(waiting.next(), r#"{"open": true}"#);
        Some(waiting)
    }

    fn next(&mut self) -> String {
        self.lines.next().expect("one more line").expect("a line")
    }
}

#[test]
fn the_command_line_reaches_a_connection_until_it_is_gone() {
    let server = Server::start();
    let Some(mut client) = Waiting::connect(&server) else { return };
    let query = ["--query", "Items[].connectionId.S", "--output", "text"];
    let scan = [&["dynamodb", "scan", "--table-name", TABLE][..], &query].concat();
    let scanned = ran(&server.dynamodb, &scan).expect("it is installed");
    let id = text(&scanned.stdout);
    let manage = |operation: &str, more: &[&str]| {
        let arguments = ["apigatewaymanagementapi", operation, "--connection-id", &id];
        ran(&server.endpoint, &[&arguments[..], more].concat()).expect("it is installed")
    };
    let post = |data| manage("post-to-connection", &["--data", data]);

    let posted = post("hello");
    assert_eq!((posted.status.code(), text(&posted.stdout)), (Some(0), String::new()));
    assert_eq!(client.next(), r#"{"text": "hello"}"#);
    let found = manage("get-connection", &["--query", "Identity.SourceIp", "--output", "text"]);
    assert_eq!((found.status.code(), text(&found.stdout)), (Some(0), "127.0.0.1".to_owned()));
    assert_eq!(manage("delete-connection", &[]).status.code(), Some(0));
    assert_eq!(client.next(), r#"{"code": 1000, "reason": "Connection Closed Normally"}"#);
    assert!(client.child.wait().expect("it ends").success());

    let gone = "An error occurred (GoneException) when calling the";
    assert_refused(&post("too late"), &format!("{gone} PostToConnection operation:"));
    let found = manage("get-connection", &[]);
    assert_refused(&found, &format!("{gone} GetConnection operation:"));
}

#[test]
fn the_command_line_works_on_tables() {
    let server = Server::start();
    let Some(listed) = ran(&server.dynamodb, &["dynamodb", "list-tables", "--output", "text"])
    else {
        return;
    };
    assert_eq!(text(&listed.stdout), format!("TABLENAMES\t{TABLE}"));
    let put = |more: &[&str]| {
        let item = r#"{"connectionId": {"S": "a"}}"#;
        let arguments = ["dynamodb", "put-item", "--table-name", TABLE, "--item", item];
        ran(&server.dynamodb, &[&arguments[..], more].concat()).expect("it is installed")
    };
    assert_eq!(put(&[]).status.code(), Some(0));
    let refused = put(&["--condition-expression", "attribute_not_exists(connectionId)"]);
    assert_refused(
        &refused,
        "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: \
         The conditional request failed",
    );
    let arguments = ["dynamodb", "scan", "--table-name", TABLE, "--output", "json"];
    let scanned = ran(&server.dynamodb, &arguments).expect("it is installed");
    let answer: Value = serde_json::from_slice(&scanned.stdout).expect("JSON");
    assert_eq!(answer["Items"], json!([{"connectionId": {"S": "a"}}]));
    let arguments = ["dynamodb", "scan", "--table-name", "elsewhere"];
    let missing = ran(&server.dynamodb, &arguments).expect("it is installed");
    assert_refused(
        &missing,
        "An error occurred (ResourceNotFoundException) when calling the Scan operation: Requested \
         resource not found",
    );
}
