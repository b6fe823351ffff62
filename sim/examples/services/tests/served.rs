//! A service on a port of this machine, by the program of its own.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use tokio_tungstenite::tungstenite::{Message, client};

/// The program, which ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn services(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_services"));
    command.arg("serve").args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

#[test]
fn a_service_answers_clients_on_a_real_port() {
    let free = ["--port", "0", "--dynamodb-port", "0", "--status-port", "0", "--app", "letters"];
    let mut server = Server(services(&free).spawn().expect("the program starts"));
    // The server writes more lines than the first, so its output stays open.
    let out = server.0.stdout.as_mut().expect("its output");
    let first = BufReader::new(out).lines().next().expect("a line").expect("text");
    let address = first.strip_prefix("letters is at ws://").expect("where it is");
    let (address, reach) = address.split_once(", ").expect("who reaches it");
    assert_eq!(reach, "for this machine only");

    let connect = |user: &str| {
        let stream = TcpStream::connect(address).expect("a connection");
        client(format!("ws://{address}/?user={user}"), stream).expect("it is let in").0
    };
    let (mut ana, mut bob) = (connect("ana"), connect("bob"));
    let letter = r#"{"action":"send","to":"bob","text":"the tide is in"}"#;
    ana.send(Message::text(letter)).expect("it is sent");
    assert!(bob.read().expect("a letter").to_string().contains("the tide is in"));
    assert_eq!(ana.read().expect("an answer").to_string(), "sent");
}

#[test]
fn a_port_that_is_taken_is_wrong_use() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let refused = services(&["--port", &port, "--dynamodb-port", "0"]).output();
    let refused = refused.expect("the program runs");
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
}
