//! The Runtime API, to processes that these tests are.

use std::env;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::function::{NAME, routes};
use super::http::{Answer, ask, ask_with, read};
use super::server::{Server, program, write};

/// The most bytes of a response.
const PAYLOAD_BYTES_MAX: usize = 6 * 1_024 * 1_024 + 100;

/// A server of a function that is started by hand, and where its processes ask.
fn served(lines: &str) -> (Server, String) {
    let text = format!("[[function]]\nname = \"mine\"\n{lines}\n") + &routes("mine", &["go"]);
    let server = Server::start_by_hand(&text);
    let (_, api) = server.hints[0].split_once("AWS_LAMBDA_RUNTIME_API=").expect("a hint");
    let api = api.split(' ').next().expect("an address").to_owned();
    (server, api)
}

fn next(api: &str) -> (String, Answer) {
    let next = ask(api, "GET", "/2018-06-01/runtime/invocation/next", b"");
    assert_eq!(next.status, 200);
    (next.header("lambda-runtime-aws-request-id").expect("an id").to_owned(), next)
}

fn path(id: &str, what: &str) -> String {
    format!("/2018-06-01/runtime/invocation/{id}/{what}")
}

fn response(body: &str) -> Vec<u8> {
    json!({"statusCode": 200, "body": body}).to_string().into_bytes()
}

fn assert_error(answer: &Answer, status: u16, error_type: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json()["errorType"], error_type);
    assert!(answer.json()["errorMessage"].is_string(), "{answer:?}");
}

fn go(text: &str) -> String {
    json!({"action": "go", "text": text}).to_string()
}

#[test]
fn an_event_waits_for_a_process_and_the_log_says_so() {
    let (server, api) = served("timeout = \"9s\"");
    let mut client = server.connect();
    client.send(&go("first"));
    server.await_log(&format!("asks for it: AWS_LAMBDA_RUNTIME_API={api} ..."));
    let (id, event) = next(&api);
    assert_eq!(event.header("content-type"), Some("application/json"));
    assert_eq!(event.json()["body"], go("first"));
    let deadline_ms = event.header("lambda-runtime-deadline-ms").expect("a deadline");
    #[expect(clippy::disallowed_methods, reason = "a deadline is a date")]
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).expect("a date").as_millis();
    let left_ms = deadline_ms.parse::<u128>().expect("a number").saturating_sub(now_ms);
    assert!((1..=9_000).contains(&left_ms), "{left_ms} ms are left");
    let answer = ask(&api, "POST", &path(&id, "response"), &response("answered"));
    assert_eq!((answer.status, answer.json()), (202, json!({"status": "OK"})));
    assert_eq!(client.next(), "answered");
    drop(client);
    server.stop();
}

#[test]
fn a_process_that_is_started_as_the_hint_says_is_a_function() {
    let (server, _) = served("memory = 512");
    let (_, command) = server.hints[0].split_once(": ").expect("a hint");
    let itself = env::current_exe().expect("this program is a file");
    let itself = format!("{} --exact {NAME}", itself.display());
    let command = format!("exec {}", command.replace("...", &itself));
    let mut process = Command::new("sh").args(["-c", &command]).spawn().expect("a shell");
    let told = server.connect().asks("go");
    process.kill().expect("it runs");
    process.wait().expect("it ends");
    for (name, value) in [
        ("AWS_LAMBDA_FUNCTION_NAME", "mine"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ] {
        assert_eq!(told["variables"][name], value, "{name}");
    }
    server.stop();
}

#[test]
fn every_process_that_asks_gets_an_event_of_its_own() {
    let (server, api) = served("timeout = \"60s\"");
    let mut client = server.connect();
    thread::scope(|scope| {
        let asking = [(); 3].map(|()| scope.spawn(|| next(&api)));
        for text in ["a", "b", "c"] {
            client.send(&go(text));
        }
        let mut texts = asking.map(|asking| {
            let (id, event) = asking.join().expect("an event");
            let body: Value =
                serde_json::from_str(event.json()["body"].as_str().expect("text")).expect("JSON");
            let text = body["text"].as_str().expect("text").to_owned();
            ask(&api, "POST", &path(&id, "response"), &response(&text));
            text
        });
        let mut answers = [client.next(), client.next(), client.next()];
        texts.sort();
        answers.sort();
        assert_eq!((&texts, &answers), (&["a", "b", "c"].map(str::to_owned), &texts));
    });
    drop(client);
    server.stop();
}

#[test]
fn a_process_that_left_gets_no_event() {
    let (server, api) = served("timeout = \"60s\"");
    let mut left = TcpStream::connect(&api).expect("a connection");
    let asked = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: localhost\r\n\r\n";
    left.write_all(asked.as_bytes()).expect("it is asked");
    // The answer to another request on another connection says nothing of the first: give it time.
    thread::sleep(Duration::from_millis(100));
    drop(left);
    thread::sleep(Duration::from_millis(100));
    let mut client = server.connect();
    client.send(&go("first"));
    let (id, _) = next(&api);
    ask(&api, "POST", &path(&id, "response"), &response("answered"));
    assert_eq!(client.next(), "answered");
    drop(client);
    server.stop();
}

#[test]
fn what_is_no_answer_to_an_event_is_refused() {
    let (server, api) = served("");
    for what in ["response", "error"] {
        let answer = ask(&api, "POST", &path("8ceb58a9-0caf-40db-a35b-30f54d4b5e23", what), b"{}");
        assert_error(&answer, 400, "InvalidRequestID");
    }
    let mut client = server.connect();
    client.send(&go("first"));
    let (id, _) = next(&api);
    let respond = || ask(&api, "POST", &path(&id, "response"), &response("answered"));
    assert_eq!(respond().status, 202);
    assert_error(&respond(), 400, "InvalidRequestID");
    assert_eq!(client.next(), "answered");
    for (method, path, status) in [
        ("GET", "/", 404),
        ("GET", "/2018-06-01/runtime/invocation/", 404),
        ("GET", "/2020-01-01/extension/event/next", 404),
        ("POST", "/2018-06-01/runtime/invocation/next", 405),
        ("GET", "/2018-06-01/runtime/init/error", 405),
    ] {
        assert_eq!(ask(&api, method, path, b"").status, status, "{method} {path}");
    }
    drop(client);
    server.stop();
}

#[test]
fn a_response_over_6_mb_is_an_error_for_the_client() {
    let (server, api) = served("timeout = \"60s\"");
    let mut client = server.connect();
    for bytes in [PAYLOAD_BYTES_MAX + 1, 3 * PAYLOAD_BYTES_MAX] {
        client.send(&go("first"));
        let (id, _) = next(&api);
        let answer = ask(&api, "POST", &path(&id, "response"), &vec![b' '; bytes]);
        assert_error(&answer, 413, "RequestEntityTooLarge");
        let error: Value = serde_json::from_str(&client.next()).expect("JSON");
        assert_eq!(error["message"], "Internal server error");
    }
    client.send(&go("first"));
    let (id, _) = next(&api);
    let mut whole = response("answered");
    whole.resize(PAYLOAD_BYTES_MAX, b' ');
    assert_eq!(ask(&api, "POST", &path(&id, "response"), &whole).status, 202);
    assert_eq!(client.next(), "answered");
    drop(client);
    assert!(server.stop().contains("Function.ResponseSizeTooLarge: "));
}

#[test]
fn a_response_that_is_streamed_is_refused() {
    let (server, api) = served("");
    let mut client = server.connect();
    client.send(&go("first"));
    let (id, _) = next(&api);
    let mode = "Lambda-Runtime-Function-Response-Mode: streaming\r\n";
    let answer = ask_with(&api, "POST", &path(&id, "response"), mode, &response("answered"));
    assert_error(&answer, 400, "InvalidFunctionResponseMode");
    let error: Value = serde_json::from_str(&client.next()).expect("JSON");
    assert_eq!(error["message"], "Internal server error");
    drop(client);
    assert!(server.stop().contains("a response cannot be streamed"));
}

#[test]
fn an_error_has_the_type_that_its_body_or_its_header_says() {
    let (server, api) = served("");
    let mut client = server.connect();
    for (headers, body, said) in [
        ("", r#"{"errorType":"Broken","errorMessage":"as asked"}"#, "Broken: as asked"),
        ("Lambda-Runtime-Function-Error-Type: Runtime.X\r\n", "no JSON", "Runtime.X: no JSON"),
        ("", "", "Unhandled: "),
    ] {
        client.send(&go("first"));
        let (id, _) = next(&api);
        let answer = ask_with(&api, "POST", &path(&id, "error"), headers, body.as_bytes());
        assert_eq!(answer.status, 202);
        let error: Value = serde_json::from_str(&client.next()).expect("JSON");
        assert_eq!(error["message"], "Internal server error");
        server.await_log(&format!(" go failed: {said}, "));
    }
    drop(client);
    server.stop();
}

#[test]
fn a_process_that_cannot_begin_is_in_the_log() {
    let (server, api) = served("");
    let error = br#"{"errorType":"NoWay","errorMessage":"nothing works"}"#;
    let answer = ask(&api, "POST", "/2018-06-01/runtime/init/error", error);
    assert_eq!(answer.status, 202);
    server.await_log("a process of mine cannot begin: NoWay: nothing works");
    server.stop();
}

#[test]
fn a_process_that_takes_too_long_is_left_alone_and_its_answer_is_refused() {
    let (server, api) = served("timeout = \"200ms\"");
    let mut client = server.connect();
    client.send(&go("first"));
    let (id, _) = next(&api);
    let error: Value = serde_json::from_str(&client.next()).expect("JSON");
    assert_eq!(error["message"], "Internal server error");
    let answer = ask(&api, "POST", &path(&id, "response"), &response("late"));
    assert_error(&answer, 400, "InvalidRequestID");
    drop(client);
    assert!(server.stop().contains("Task timed out after 0.20 seconds"));
}

/// A body that is shorter than its length is none.
#[test]
fn a_response_that_breaks_off_ends_nothing() {
    let (server, api) = served("timeout = \"60s\"");
    let mut client = server.connect();
    client.send(&go("first"));
    let (id, _) = next(&api);
    let mut stream = TcpStream::connect(&api).expect("a connection");
    let path = path(&id, "response");
    let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{{");
    stream.write_all(head.as_bytes()).expect("it is sent");
    stream.shutdown(std::net::Shutdown::Write).expect("it is open");
    let mut text = String::new();
    if stream.read_to_string(&mut text).is_ok() && !text.is_empty() {
        assert_error(&read(&text), 400, "TruncatedHTTPRequest");
    }
    let answer = ask(&api, "POST", &path, &response("answered"));
    assert_eq!(answer.status, 202);
    assert_eq!(client.next(), "answered");
    drop(client);
    server.stop();
}

#[test]
fn a_port_can_be_chosen_and_one_that_is_taken_is_an_error_of_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port();
    let function = format!("[[function]]\nname = \"mine\"\nport = {port}\n");
    let (_folder, file) = write(&(function + &routes("mine", &["go"])));
    let output = program(&file).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    let start = format!("error: cannot listen on port {port} for the processes of mine: ");
    assert!(said.starts_with(&start) && said.lines().count() == 1, "{said}");
    assert!(said.ends_with("; its `port` in the file chooses another one\n"), "{said}");
    drop(taken);
    let server = Server::start_by(&mut program(&file), 1);
    let wanted = format!("AWS_LAMBDA_RUNTIME_API=127.0.0.1:{port} ");
    assert!(server.hints[0].contains(&wanted), "{:?}", server.hints);
    server.stop();
}
