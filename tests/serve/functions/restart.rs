//! Functions that start again, when they are told to or when their files change.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::function::{NAME, entry, routes};
use super::server::{Folder, Server, Socket, await_end_of, is_alive, program, write};

fn process(client: &mut Socket, action: &str) -> String {
    client.asks(action)["process"].as_u64().expect("a process").to_string()
}

#[test]
fn sighup_starts_the_functions_again_and_leaves_the_sockets_open() {
    let server = Server::start(&(entry("tiny", "", "") + &routes("tiny", &["tell"])));
    let mut client = server.connect();
    let first = process(&mut client, "tell");
    server.signal("-HUP");
    await_end_of(&first);
    let second = process(&mut client, "tell");
    assert_ne!(second, first);
    server.signal("-HUP");
    await_end_of(&second);
    assert_ne!(process(&mut client, "tell"), second);
    drop(client);
    server.stop();
}

#[test]
fn what_is_in_flight_finishes_before_its_process_leaves() {
    let (_folder, file) = write("");
    let waited = file.with_file_name("waited");
    let variables = format!("WAIT = {:?}", waited.to_str().expect("text"));
    let text = entry("tiny", &variables, "timeout = \"60s\"");
    let server = Server::start(&(text + &routes("tiny", &["tell", "wait"])));
    let mut client = server.connect();
    let first = process(&mut client, "tell");
    client.send(r#"{"action":"wait"}"#);
    server.await_log("it waits for a file");
    server.signal("-HUP");
    server.await_log("the functions start again with their next events");
    assert_ne!(process(&mut server.connect(), "tell"), first);
    assert!(is_alive(&first));
    fs::write(&waited, "").expect("a file for a test");
    let answer: serde_json::Value = serde_json::from_str(&client.next()).expect("JSON");
    assert_eq!(answer["process"].to_string(), first);
    await_end_of(&first);
    drop(client);
    server.stop();
}

/// A function that is a script, in a folder that goes with the first.
fn script() -> (Folder, PathBuf, PathBuf) {
    let (folder, file) = write("");
    let itself = env::current_exe().expect("this program is a file");
    let text = format!(
        "[[function]]\nname = \"tiny\"\ncommand = [\"sh\", \"run.sh\"]\n\
         environment = {{ PROGRAM = {:?} }}\n",
        itself.to_str().expect("text")
    );
    fs::write(&file, text + &routes("tiny", &["tell"])).expect("a file for a test");
    let script = file.with_file_name("run.sh");
    save(&script, "1");
    (folder, file, script)
}

/// Saves a script whose process is told this version.
fn save(script: &PathBuf, version: &str) {
    let text = format!("VERSION={version} exec \"$PROGRAM\" --exact {NAME} --nocapture\n");
    fs::write(script, text).expect("a file for a test");
}

fn await_version(client: &mut Socket, version: &str) {
    while client.asks("tell")["variables"]["VERSION"] != version {
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_function_whose_file_changes_starts_again() {
    let (_folder, file, script) = script();
    let server = Server::start_by(program(&file).arg("--watch"), 0);
    let mut client = server.connect();
    await_version(&mut client, "1");
    save(&script, "two");
    await_version(&mut client, "two");
    server.await_log("run.sh has changed");
    // What a program itself may write counts for nothing.
    fs::write(script.with_file_name("function.log"), "a line").expect("a file for a test");
    save(&script, "three");
    await_version(&mut client, "three");
    drop(client);
    assert!(!server.stop().contains("function.log has changed"));
}

#[test]
fn a_mistake_in_a_changed_file_is_mended_by_the_next_save() {
    let (_folder, file, script) = script();
    let server = Server::start_by(program(&file).arg("--watch"), 0);
    let mut client = server.connect();
    await_version(&mut client, "1");
    fs::write(&script, "if (((\n").expect("a file for a test");
    server.await_log("the functions start again with their next events");
    client.assert_error("tell");
    save(&script, "mended");
    await_version(&mut client, "mended");
    drop(client);
    let log = server.stop();
    assert!(log.contains("did not begin: Runtime.ExitError") && log.contains("run.sh: "), "{log}");
}

#[test]
fn a_changed_file_of_functions_needs_a_restart_of_the_server_and_the_log_says_so() {
    let (_folder, file, _) = script();
    let server = Server::start_by(program(&file).arg("--watch"), 0);
    let mut client = server.connect();
    let first = process(&mut client, "tell");
    let text = fs::read_to_string(&file).expect("a file");
    fs::write(&file, text + "timeout = \"9s\"\n").expect("a file for a test");
    server.await_log("functions.toml has changed: end the server and start it again");
    assert_eq!(process(&mut client, "tell"), first);
    drop(client);
    server.stop();
}
