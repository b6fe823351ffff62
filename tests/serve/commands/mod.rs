//! `cargo serve` as people use it: a line that says where it is, and one for what is wrong.

mod application;
mod table;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};

fn serve(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stormglass-serve"));
    command.args(arguments);
    command
}

fn ended(arguments: &[&str]) -> Output {
    serve(arguments).output().expect("the program runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// DynamoDB on a free port, and its first line.
fn started(arguments: &[&str]) -> (Child, String) {
    started_by(serve(&["dynamodb", "--port", "0"]).args(arguments))
}

/// A server, and its first line.
fn started_by(command: &mut Command) -> (Child, String) {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let mut line = String::new();
    let out = child.stdout.as_mut().expect("its output");
    BufReader::new(out).read_line(&mut line).expect("a line");
    (child, line)
}

fn interrupt(child: Child) -> Output {
    let id = child.id().to_string();
    let status = Command::new("kill").args(["-INT", &id]).status().expect("kill runs");
    assert!(status.success());
    child.wait_with_output().expect("the program ends")
}

/// The whole answer to a GET.
fn get(address: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .expect("a write");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    text
}

#[test]
fn a_server_says_where_it_is_and_ends_well_on_ctrl_c() {
    let (child, line) = started(&[]);
    let address = line.strip_prefix("DynamoDB is at http://").expect("where it is");
    let address = address.strip_suffix(", for this machine only\n").expect("who reaches it");
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert!(get(address).ends_with("\r\n\r\nhealthy: dynamodb.eu-central-1.amazonaws.com "));
    let output = interrupt(child);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stderr(&output), "");
}

#[test]
fn a_server_that_other_machines_reach_says_so() {
    let (child, line) = started(&["--host", "0.0.0.0"]);
    assert!(
        line.ends_with(
            ", for every machine that reaches this one, and signatures are not verified\n"
        ),
        "{line}"
    );
    interrupt(child);
}

#[test]
fn a_verbose_server_logs_what_it_answers() {
    let (child, line) = started(&["--verbose"]);
    let address = line.trim_start_matches("DynamoDB is at http://");
    let address = address.split(',').next().expect("an address");
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream
        .write_all(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: X.Y\r\nConnection: close\r\n\r\n",
        )
        .expect("a write");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let logged = stderr(&interrupt(child));
    assert!(logged.contains("X.Y") && logged.contains("UnknownOperationException"), "{logged}");
}

#[test]
fn a_port_that_is_taken_is_an_error_of_one_line_that_names_its_flag() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    for (arguments, flag) in [
        (&["dynamodb"][..], "--port"),
        (&[], "--port"),
        (&["--port", "0"], "--dynamodb-port"),
        (&["--port", "0", "--dynamodb-port", "0"], "--status-port"),
    ] {
        let output = ended(&[arguments, &[flag, &port]].concat());
        assert_eq!(output.status.code(), Some(2));
        let said = stderr(&output);
        let start = format!("error: cannot listen at 127.0.0.1 on port {port}: ");
        assert!(said.starts_with(&start), "{said}");
        let end = format!("; `{flag}` chooses another port, and 0 a free one\n");
        assert!(said.ends_with(&end), "{said}");
        assert_eq!(said.lines().count(), 1);
    }
}

#[test]
fn an_address_that_is_none_of_this_machine_is_an_error_that_names_its_flag() {
    let said = stderr(&ended(&["dynamodb", "--host", "192.0.2.1"]));
    assert!(said.ends_with("; `--host` chooses another address\n"), "{said}");
}

#[test]
fn wrong_use_ends_with_exit_code_2() {
    for (arguments, message) in [
        (
            &["dynamodb", "--host", "not a host"][..],
            "error: cannot listen at not a host on port 8000: ",
        ),
        (&["dynamodb", "--host", "192.0.2.1"], "error: cannot listen at 192.0.2.1 on port 8000: "),
        (&["dynamodb", "--port", "65536"], "error: invalid value '65536' for '--port <PORT>'"),
        (&["sqs"], "error: unrecognized subcommand 'sqs'"),
        (&["--host", "not a host"], "error: cannot listen at not a host on port 3001: "),
        (&["--app", "nothing"], "error: invalid value 'nothing' for '--app <APP>': there is no"),
        (&["--function-timeout", "3"], "error: invalid value '3' for '--function-timeout <TIME>'"),
        (&["--concurrency", "0"], "error: invalid value '0' for '--concurrency <N>': 0 is not in"),
        (&["--idle-timeout", "0s"], "error: invalid value '0s' for '--idle-timeout <TIME>'"),
        (
            &["--faults", "1", "--fault-families", "order"],
            "error: invalid value 'order' for '--fault-families <FAMILY>': the families are time, ",
        ),
        (
            &["--allow-host", "tables:8000"],
            "error: invalid value 'tables:8000' for '--allow-host <NAME>': a host is a name",
        ),
        (
            &["dynamodb", "--allow-origin", "*"],
            "error: invalid value '*' for '--allow-origin <ORIGIN>': an origin is a scheme, a host",
        ),
        (&["--watch"], "error: the following required arguments were not provided:"),
        (&["--fault-families", "time"], "error: the following required arguments were not"),
        (&["--max-duration", "2 h"], "error: invalid value '2 h' for '--max-duration <TIME>'"),
    ] {
        let output = ended(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).starts_with(message), "{}", stderr(&output));
    }
}
