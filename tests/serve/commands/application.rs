//! An application on ports, with the very program that people start.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Output, Stdio};

use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use super::{ended, get, interrupt, serve, started_by, stderr};

const TABLE_IS_ANYWHERE: [&str; 6] = ["--port", "0", "--dynamodb-port", "0", "--status-port", "0"];

/// A server on free ports, and the address of its gateway.
fn start(arguments: &[&str]) -> (Child, String) {
    let (child, line) = started_by(serve(&TABLE_IS_ANYWHERE).args(arguments));
    let address = line.split_once(" is at ws://").expect("where it is").1;
    let (address, reach) = address.split_once(", ").expect("who reaches it");
    assert_eq!(reach, "for this machine only\n");
    (child, address.to_owned())
}

fn connect(address: &str) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(address).expect("a connection");
    client(format!("ws://{address}"), stream).expect("it is let in").0
}

fn next(socket: &mut WebSocket<TcpStream>) -> String {
    match socket.read() {
        Ok(Message::Text(text)) => text.to_string(),
        other => panic!("there is no text: {other:?}"),
    }
}

fn assert_going_away(mut socket: WebSocket<TcpStream>) {
    match socket.read() {
        Ok(Message::Close(Some(CloseFrame { code, reason }))) => {
            assert_eq!((u16::from(code), reason.as_str()), (1001, "Going away"));
        }
        other => panic!("it is not closed: {other:?}"),
    }
    // Our own close frame goes out, and the server hangs up.
    while socket.read().is_ok() {}
}

fn assert_ended_well(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
}

#[test]
fn three_clients_get_a_broadcast_and_a_goodbye() {
    let (child, address) = start(&[]);
    let mut clients = [connect(&address), connect(&address), connect(&address)];
    let broadcast = r#"{"action":"broadcast","data":"the secret of ana"}"#;
    clients[1].send(Message::text(broadcast)).expect("it is sent");
    for client in &mut clients {
        assert_eq!(next(client), "the secret of ana");
    }
    assert!(next(&mut clients[1]).contains(r#""delivered":3"#));
    let ending = std::thread::scope(|scope| {
        let ending = scope.spawn(|| interrupt(child));
        for client in clients {
            assert_going_away(client);
        }
        ending.join().expect("it ends")
    });
    assert_ended_well(&ending);
    let log = stderr(&ending);
    for line in [" open", " broadcast: 200, ", " closed by the gateway: 1001 Going away"] {
        assert!(log.contains(line), "no {line} in {log}");
    }
    assert!(!log.contains("secret"), "{log}");
    assert!(!log.contains("WARN"), "{log}");
    assert!(log.contains("request_id="), "the handlers' own lines are there: {log}");
}

#[test]
fn an_idle_timeout_can_be_as_short_as_a_test_wants_it() {
    let (child, address) = start(&["--idle-timeout", "300ms"]);
    assert_going_away(connect(&address));
    assert_ended_well(&interrupt(child));
    let (child, address) = start(&["--max-duration", "300ms"]);
    assert_going_away(connect(&address));
    assert_ended_well(&interrupt(child));
}

#[test]
fn a_function_has_as_long_as_it_is_given() {
    let (child, address) = start(&["--function-timeout", "1ms"]);
    let stream = TcpStream::connect(&address).expect("a connection");
    assert!(client(format!("ws://{address}"), stream).is_err());
    assert_ended_well(&interrupt(child));
}

#[test]
fn another_application_is_served_if_it_is_named() {
    let (child, line) = started_by(serve(&TABLE_IS_ANYWHERE).args(["--app", "tutorial"]));
    assert!(line.starts_with("tutorial is at ws://127.0.0.1:"), "{line}");
    assert_ended_well(&interrupt(child));
}

/// The lines that a server says at its start, of which the last begins so.
fn said(child: &mut Child, last: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.as_mut().expect("its output")).lines() {
        lines.push(line.expect("a line"));
        if lines.last().is_some_and(|line| line.starts_with(last)) {
            break;
        }
    }
    lines
}

#[test]
fn a_status_page_is_where_the_server_says_unless_there_is_none() {
    let spawn = |arguments: &[&str]| {
        let mut command = serve(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs")
    };
    let mut child = spawn(&TABLE_IS_ANYWHERE);
    let lines = said(&mut child, "the status page is at http://");
    let address = lines[2].trim_start_matches("the status page is at http://");
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert!(get(address).starts_with("HTTP/1.1 200 "));
    assert_ended_well(&interrupt(child));
    let mut child = spawn(&["--port", "0", "--dynamodb-port", "0", "--no-status"]);
    assert_eq!(said(&mut child, "@connections").len(), 2);
    let output = interrupt(child);
    assert_ended_well(&output);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "nothing more is said");
}

#[test]
fn a_server_without_clients_ends_at_once() {
    let (child, address) = start(&[]);
    assert!(get(&address).starts_with("HTTP/1.1 426 "));
    assert_ended_well(&interrupt(child));
}

#[test]
fn each_port_that_is_taken_is_an_error_of_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    for taken in ["--port", "--dynamodb-port", "--status-port"] {
        let ports = ["--port", "--dynamodb-port", "--status-port"]
            .map(|name| [name, if name == taken { port.as_str() } else { "0" }]);
        let output = ended(&ports.concat());
        assert_eq!(output.status.code(), Some(2));
        let start = format!("error: cannot listen at 127.0.0.1 on port {port}: ");
        assert!(stderr(&output).starts_with(&start), "{}", stderr(&output));
        assert_eq!(stderr(&output).lines().count(), 1);
    }
}

#[test]
fn what_goes_wrong_on_purpose_is_in_the_log() {
    let (child, address) = start(&["--faults", "4", "--fault-families", "capacity"]);
    let tries = (0..60).map(|_| {
        let stream = TcpStream::connect(&address).expect("a connection");
        client(format!("ws://{address}"), stream).is_ok()
    });
    let open = tries.filter(|is_open| *is_open).count();
    let log = stderr(&interrupt(child));
    assert!(log.contains("faults are injected, by seed 4"), "{log}");
    let refused = log.lines().filter(|line| line.contains(".handshake-1=throttled, ax-"));
    assert!(open < 60 && refused.count() > 0, "{open} are open: {log}");
}
