//! The Python package `websockets`, as in `sockets.py`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use super::programs::{script, told_by};
use super::server::Server;

/// What a scenario of the script sees, unless the package is not installed.
fn seen(scenario: &str) -> Option<Vec<Value>> {
    let mut script = script("sockets.py")?;
    let server = Server::start();
    Some(told_by(script.args([scenario, &server.url])))
}

#[track_caller]
fn assert_seen(scenario: &str, wanted: &[Value]) {
    if let Some(seen) = seen(scenario) {
        assert_eq!(seen, wanted);
    }
}

#[test]
fn a_broadcast_gets_to_everybody_and_is_answered() {
    let ack = json!({"delivered": 2, "gone": 0, "pending": 0, "failed": 0, "complete": true});
    assert_seen(
        "broadcast",
        &[json!({"bob": "hi 👋"}), json!({"ana": "hi 👋"}), json!({"reply": {"ack": ack}})],
    );
}

#[test]
fn a_subprotocol_that_connect_does_not_answer_is_not_made_up() {
    assert_seen("subprotocol", &[json!({"subprotocol": null})]);
}

#[test]
fn a_binary_message_closes_with_1003() {
    assert_seen("binary", &[json!({"code": 1003, "reason": ""})]);
}

#[test]
fn a_frame_of_32_kb_and_a_message_of_128_kb_get_through() {
    let reply = json!({"reply": {"error": "the message is not valid JSON"}});
    assert_seen("largest", &[reply.clone(), reply]);
}

#[test]
fn one_byte_more_closes_with_1009() {
    assert_seen("too_large_frame", &[json!({"code": 1009, "reason": ""})]);
    assert_seen("too_large_message", &[json!({"code": 1009, "reason": ""})]);
}

#[test]
fn a_ping_is_answered() {
    assert_seen("ping", &[json!({"answered": true})]);
}

#[test]
fn a_close_is_answered_with_its_own_code_and_reason() {
    assert_seen("close", &[json!({"code": 1000, "reason": "that is all"})]);
}

#[test]
fn a_server_that_ends_says_1001() {
    let Some(mut script) = script("sockets.py") else { return };
    let server = Server::start();
    script.args(["wait", &server.url]).stdout(Stdio::piped());
    let mut child = script.spawn().expect("Python runs");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut next = || lines.next().expect("one more line").expect("a line");
    assert_eq!(next(), r#"{"open": true}"#);
    server.interrupt();
    assert_eq!(next(), r#"{"code": 1001, "reason": "Going away"}"#);
    assert!(child.wait().expect("it ends").success());
}
