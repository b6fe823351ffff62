//! wscat, which the README tells people to try.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use super::programs::{wscat, wscat_in_a_script};
use super::server::Server;

const HELLO: &str = r#"{"action":"hello"}"#;
const UNKNOWN: &str = r#"{"error":"the action is unknown, the only one is \"broadcast\""}"#;

/// A wscat that runs until its input ends.
struct Wscat {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Wscat {
    fn start(command: &mut Command) -> Wscat {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("wscat runs");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output")).lines();
        Wscat { child, input, output }
    }

    /// One that sends these messages as soon as it is connected, and then listens.
    fn connect(server: &Server, messages: &[&str]) -> Option<Wscat> {
        let mut command = wscat_in_a_script()?;
        command.args(["--connect", &server.url, "--wait", "-1"]);
        for message in messages {
            command.args(["-x", message]);
        }
        Some(Wscat::start(&mut command))
    }

    fn next(&mut self) -> String {
        self.output.next().expect("one more line").expect("a line")
    }

    /// The next lines, in alphabetical order.
    fn next_sorted(&mut self, count: usize) -> Vec<String> {
        let mut lines: Vec<String> = (0..count).map(|_| self.next()).collect();
        lines.sort();
        lines
    }

    /// Reads up to a line in a terminal that contains this.
    fn read_to(&mut self, wanted: &str) {
        while !self.next().contains(wanted) {}
    }

    fn end(mut self) -> ExitStatus {
        drop(self.input);
        self.child.wait().expect("it ends")
    }
}

fn broadcast(data: &str) -> String {
    format!(r#"{{"action":"broadcast","data":"{data}"}}"#)
}

#[test]
fn everybody_gets_a_broadcast_of_wscat() {
    let server = Server::start();
    let Some(mut ana) = Wscat::connect(&server, &[HELLO]) else { return };
    assert_eq!(ana.next(), UNKNOWN, "it is connected");
    let mut bob = Wscat::connect(&server, &[&broadcast("the news")]).expect("it is installed");
    let ack = r#"{"ack":{"delivered":2,"gone":0,"pending":0,"failed":0,"complete":true}}"#;
    assert_eq!([bob.next(), bob.next()], ["the news", ack]);
    assert_eq!(ana.next(), "the news");
    assert!(bob.end().success() && ana.end().success());
}

#[test]
fn three_broadcasts_at_once_all_get_to_everybody() {
    let server = Server::start();
    let Some(mut ana) = Wscat::connect(&server, &[HELLO]) else { return };
    assert_eq!(ana.next(), UNKNOWN, "it is connected");
    let messages = [broadcast("1"), broadcast("2"), broadcast("3")];
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    let mut bob = Wscat::connect(&server, &messages).expect("it is installed");
    // Functions run side by side, so the order is nobody's.
    assert_eq!(ana.next_sorted(3), ["1", "2", "3"]);
    assert_eq!(bob.next_sorted(6)[..3], ["1", "2", "3"]);
    assert!(bob.end().success() && ana.end().success());
}

#[test]
fn wscat_turns_away_from_a_server_without_its_subprotocol() {
    let Some(mut command) = wscat_in_a_script() else { return };
    let server = Server::start();
    let mut wscat = Wscat::start(command.args(["--connect", &server.url, "--subprotocol", "chat"]));
    let mut errors = String::new();
    let stderr = wscat.child.stderr.as_mut().expect("its errors");
    stderr.read_to_string(&mut errors).expect("UTF-8");
    assert_eq!(errors, "error: Server sent no subprotocol\n");
    assert_eq!(wscat.end().code(), Some(255));
}

#[test]
fn a_terminal_shows_the_code_that_a_connection_ends_with() {
    let server = Server::start();
    let connect = || {
        let mut command = wscat()?;
        let mut wscat = Wscat::start(command.args(["--slash", "--connect", &server.url]));
        wscat.read_to("Connected (press CTRL+C to quit)");
        Some(wscat)
    };
    let Some(mut ana) = connect() else { return };
    let mut bob = connect().expect("it is installed");
    ana.input.write_all(b"/close 4001 that is all\r").expect("it is typed");
    ana.read_to(r#"Disconnected (code: 4001, reason: "that is all")"#);
    server.interrupt();
    bob.read_to(r#"Disconnected (code: 1001, reason: "Going away")"#);
    assert!(ana.end().success() && bob.end().success());
}
