//! Hosts and origins at every port of the program.

use std::path::Path;
use std::process::Command;

use crate::functions::http::{Answer, ask_as};
use crate::functions::server::{Folder, Server, write};

const STRANGER: &str = "evil.example";

/// A server with all of its ports: the gateway, DynamoDB, the status page and a Runtime API.
struct AllPorts {
    server: Server,
    addresses: [String; 4],
    _folder: Folder,
}

impl AllPorts {
    fn start(arguments: &[&str]) -> AllPorts {
        let text =
            "[[function]]\nname = \"mine\"\n\n[[route]]\nkey = \"go\"\nfunction = \"mine\"\n";
        let (folder, file) = write(text);
        let server = Server::start_by(program(&file).args(arguments), 2);
        let page = server.hints[0].strip_prefix("the status page is at http://");
        let (_, api) = server.hints[1].split_once("AWS_LAMBDA_RUNTIME_API=").expect("a hint");
        let api = api.split(' ').next().expect("an address").to_owned();
        let page = page.expect("an address").to_owned();
        let addresses = [server.gateway.clone(), server.dynamodb.clone(), page, api];
        AllPorts { server, addresses, _folder: folder }
    }

    /// Sends a request to each port, which calls the server by its address or by another name.
    fn ask(&self, name: Option<&str>, headers: &str) -> [Answer; 4] {
        self.addresses.each_ref().map(|address| {
            let host = name.unwrap_or(address);
            ask_as(host, address, "POST", "/prod/@connections/x", headers, b"")
        })
    }
}

fn program(file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stormglass-serve"));
    command.args(["--port", "0", "--dynamodb-port", "0", "--status-port", "0"]);
    command.arg("--runtime-api").arg(file).env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
    command
}

fn is_refused(answer: &Answer) -> bool {
    answer.status == 403 && answer.header("x-amzn-errortype") == Some("AccessDeniedException")
}

#[test]
fn no_port_answers_to_the_name_of_a_stranger() {
    let ports = AllPorts::start(&[]);
    for answer in ports.ask(Some(STRANGER), "") {
        assert!(is_refused(&answer), "{answer:?}");
        let message = answer.json()["message"].as_str().expect("a message").to_owned();
        assert!(message.ends_with("start it with `--allow-host evil.example`"), "{message}");
    }
    for name in [None, Some("localhost"), Some("host.docker.internal:8000")] {
        for answer in ports.ask(name, "") {
            assert!(!is_refused(&answer), "{answer:?}");
        }
    }
    let upgrade = "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: DM+9PqsQtaZrN+IMZbWTzg==\r\n";
    let answer = ask_as(STRANGER, &ports.addresses[0], "GET", "/", upgrade, b"");
    assert!(is_refused(&answer), "{answer:?}");
    let log = ports.server.stop();
    for port in ["the gateway", "DynamoDB", "the status page", "a Runtime API"] {
        let line = format!("WARN a request to {port} was refused: ");
        assert!(log.contains(&line), "{log}");
    }
}

#[test]
fn no_port_answers_a_page_of_a_stranger() {
    let ports = AllPorts::start(&[]);
    for headers in [
        "Origin: http://evil.example\r\n",
        "Origin: https://localhost.evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
    ] {
        for answer in ports.ask(None, headers) {
            assert!(is_refused(&answer), "{answer:?}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        }
    }
    let answers = ports.ask(None, "Origin: http://localhost:3000\r\n");
    assert_eq!(answers.each_ref().map(is_refused), [false, false, true, true]);
    ports.server.stop();
}

#[test]
fn a_name_and_an_origin_can_be_allowed() {
    let allowed = ["--allow-host", STRANGER, "--allow-origin", "http://evil.example"];
    let ports = AllPorts::start(&allowed);
    for answer in ports.ask(Some(STRANGER), "Origin: http://evil.example\r\n") {
        assert!(!is_refused(&answer), "{answer:?}");
    }
    for answer in ports.ask(Some("worse.example"), "Origin: http://worse.example\r\n") {
        assert!(is_refused(&answer), "{answer:?}");
    }
    ports.server.stop();
}

#[test]
fn a_server_answers_to_the_host_that_it_listens_at() {
    let ports = AllPorts::start(&["--host", "localhost"]);
    for answer in ports.ask(Some("LOCALHOST:1"), "") {
        assert!(!is_refused(&answer), "{answer:?}");
    }
    ports.server.stop();
}

#[test]
fn a_web_socket_opens_for_a_page_of_any_origin_which_the_log_names() {
    let ports = AllPorts::start(&[]);
    let upgrade = "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: DM+9PqsQtaZrN+IMZbWTzg==\r\nOrigin: http://evil.example\r\n";
    let gateway = &ports.addresses[0];
    assert_eq!(
        ask_as(gateway, gateway, "GET", "/test", upgrade, b"").header("content-length"),
        Some("0")
    );
    ports
        .server
        .await_log(" asks for a connection from 127.0.0.1 for a page of \"http://evil.example\"\n");
    ports.server.stop();
}
