//! The log about answers of functions that are malformed, and about calls that lead nowhere.

use super::function::{entry, routes};
use super::http::ask;
use super::server::Server;

/// The lines of a log with this text, which are at least one.
fn lines<'a>(log: &'a str, text: &str) -> Vec<&'a str> {
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(text)).collect();
    assert!(!lines.is_empty(), "no {text} in {log}");
    lines
}

#[test]
fn a_malformed_response_is_a_warning_that_names_the_key() {
    let server = Server::start(&(entry("mine", "", "") + &routes("mine", &["malformed", "fine"])));
    let mut client = server.connect();
    client.assert_error("malformed");
    client.asks("fine");
    drop(client);
    let log = server.stop();
    for line in lines(&log, " malformed failed: ") {
        assert!(line.contains(" WARN "), "{line}");
        assert!(line.contains("malformed response: unknown field `foo`, expected"), "{line}");
    }
    assert!(lines(&log, " fine: 200, ")[0].contains(" INFO "), "{log}");
}

#[test]
fn a_malformed_answer_of_an_authorizer_is_a_warning_that_names_the_key() {
    let server = Server::start(
        &("authorizer = \"mine\"\n".to_owned()
            + &entry("mine", "", "")
            + &routes("mine", &["fine"])),
    );
    assert_eq!(server.ask("/").expect_err("it is refused"), 500);
    let log = server.stop();
    let line = lines(&log, " authorizer failed: ")[0];
    assert!(line.contains(" WARN "), "{line}");
    assert!(line.contains("malformed response: missing field `principalId`"), "{line}");
}

#[test]
fn a_call_that_leads_nowhere_is_a_warning_that_says_where_to_call() {
    let server = Server::start(&(entry("mine", "", "") + &routes("mine", &["fine"])));
    let is = "a call of @connections is POST, GET or DELETE of /prod/@connections/ID, and ID is \
              the connectionId of an event";
    let calls = [
        ("POST", "/dev/@connections/x", 403, "was refused with 403"),
        ("POST", "/@connections/x", 403, "was refused with 403"),
        ("PUT", "/prod/@connections/x", 403, "was refused with 403"),
        ("POST", "/prod/@connections/x", 400, "was refused with 400"),
        ("POST", "/prod/connections/x", 403, "is no WebSocket"),
        ("GET", "/connections/x", 403, "is no WebSocket"),
        ("POST", "/prod", 426, "is no WebSocket"),
    ];
    for (method, path, status, _) in calls {
        assert_eq!(ask(&server.gateway, method, path, b"").status, status, "{method} {path}");
    }
    assert_eq!(ask(&server.gateway, "GET", "/", b"").status, 426);
    let log = server.stop();
    for (method, path, _, reason) in calls {
        let line = format!(" WARN {method} \"{path}\" {reason}: {is}");
        assert_eq!(lines(&log, &line).len(), 1, "{log}");
    }
    assert_eq!(lines(&log, is).len(), calls.len(), "{log}");
}
