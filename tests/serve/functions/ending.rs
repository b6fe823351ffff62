//! That no process outlives the server.

use std::env;

use serde_json::json;

use super::function::{NAME, entry, routes};
use super::server::{Server, await_end_of, is_alive};

fn served(lines: &str) -> (Server, String) {
    let text = entry("tiny", "", lines) + &routes("tiny", &["tell", "hang"]);
    let server = Server::start(&text);
    let told = server.connect().asks("tell");
    let process = told["process"].as_u64().expect("a process").to_string();
    assert!(is_alive(&process));
    (server, process)
}

#[test]
fn processes_end_with_the_server_that_is_told_to_end() {
    for signal in ["-INT", "-TERM"] {
        let (server, process) = served("");
        let (status, log) = server.end_by(signal);
        assert_eq!(status.code(), Some(0), "{signal}: {log}");
        await_end_of(&process);
    }
}

#[test]
fn a_process_that_is_in_the_middle_of_an_event_ends_too() {
    let (server, process) = served("timeout = \"60s\"");
    let mut client = server.connect();
    client.send(r#"{"action":"hang"}"#);
    server.await_log("asks for a connection");
    let (status, log) = server.end_by("-INT");
    assert_eq!(status.code(), Some(0), "{log}");
    await_end_of(&process);
}

#[test]
fn a_process_that_does_not_want_to_end_is_killed() {
    let itself = env::current_exe().expect("this program is a file");
    // Whoever follows a shell in its process ignores the signals that the shell ignored.
    let script = format!("trap '' TERM; exec \"$0\" --exact {NAME} --nocapture");
    let command = json!(["sh", "-c", script, itself]);
    let text = format!("[[function]]\nname = \"stubborn\"\ncommand = {command}\n");
    let server = Server::start(&(text + &routes("stubborn", &["tell"])));
    let told = server.connect().asks("tell");
    let process = told["process"].as_u64().expect("a process").to_string();
    server.stop();
    assert!(!is_alive(&process));
}

#[test]
fn what_a_process_has_started_ends_with_it() {
    let text = "[[function]]\nname = \"family\"\n\
                command = [\"sh\", \"-c\", \"sleep 3600 & echo child $!; wait\"]\n\
                timeout = \"200ms\"\n"
        .to_owned()
        + &routes("family", &["go"]);
    let server = Server::start(&text);
    let mut client = server.connect();
    client.send(r#"{"action":"go"}"#);
    server.await_log(": child ");
    let log = server.stop();
    for line in log.lines() {
        if let Some((_, child)) = line.split_once(": child ") {
            await_end_of(child);
        }
    }
}

/// Nobody is left to end it. It ends by itself, for there is nobody to ask for an event.
#[test]
fn an_idle_process_ends_when_its_server_is_killed_at_once() {
    let (server, process) = served("");
    let (status, _) = server.end_by("-KILL");
    assert_eq!(status.code(), None);
    await_end_of(&process);
}
