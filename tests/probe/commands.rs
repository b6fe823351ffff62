//! The program as people use it.

use std::net::TcpListener as Taken;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use tokio::sync::Notify;

use super::endpoint::{Fault, start, start_listening};

const QUICK: [&str; 8] = ["--clients", "3", "--messages", "20", "--settle", "1s", "--seed", "0x7"];

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stormglass-probe"));
    command.args(arguments).current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

fn output(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn probed(fault: Fault, more: &[&str]) -> Output {
    let url = format!("ws://{}", start(fault).await);
    let arguments = [&[url.as_str()], &QUICK[..], more].concat();
    tokio::task::block_in_place(|| output(&arguments))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_behaves_is_told_so_on_one_screen() {
    let output = probed(Fault::None, &[]).await;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", stderr(&output));
    assert!(text.starts_with("HELD    no promise is broken"), "{text}");
    assert!(text.contains("3 clients, 20 broadcasts, seed 0x7\n"), "{text}");
    assert!(text.contains("\nfan-out  3 clients, nothing else: "), "{text}");
    assert!(text.contains("\nagain    cargo probe ws://127.0.0.1:"), "{text}");
    let again = text.lines().last().expect("a line");
    assert!(again.ends_with(" --seed 0x7 --clients 3 --messages 20 --settle 1s"), "{again}");
    for line in text.lines().filter(|line| !line.starts_with("again")) {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_promise_has_a_story_a_picture_and_an_exit_code() {
    let output = probed(Fault::Alters, &[]).await;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.starts_with("FAILED  1 promise broken"), "{text}");
    let story = text.split_once("FAILED  verbatim  (always)   found ").expect("a story").1;
    assert!(story.contains("promise  What arrives is byte for byte"), "{story}");
    assert!(story.contains(" broadcasts \""), "{story}");
    assert!(story.contains(" gets \""), "{story}");
    assert!(story.contains("\nbecause  "), "{story}");
    let path = story.split_once("\npicture  ").expect("a picture").1;
    let path = path.lines().next().expect("its path");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let svg = std::fs::read_to_string(folder.join(path)).expect("the picture");
    assert!(svg.starts_with("<svg"), "{svg}");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_an_object_a_line() {
    let output = probed(Fault::Duplicates, &["--json", "--assume", "faultless,alone"]).await;
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    let objects: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let kinds: Vec<&str> = objects.iter().filter_map(|object| object["kind"].as_str()).collect();
    assert_eq!(kinds[..7], ["promise"; 7]);
    assert_eq!(kinds[7..], ["figures", "summary"]);
    let broken: Vec<_> = objects.iter().filter(|object| object["verdict"] == "broken").collect();
    assert_eq!(broken.len(), 1, "{text}");
    assert_eq!(broken[0]["promise"], "not-duplicated");
    assert!(objects[7]["receiver"]["p99_us"].as_u64() > Some(0));
    assert_eq!(objects[8]["verdict"], "FAILED");
    let again = objects[8]["again"].as_str().expect("a command");
    assert!(again.ends_with(" --assume faultless,alone"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_format_that_does_not_fit_is_no_success() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let format = include_str!("../../sim/probe/formats/stormglass.toml");
    let format = format.replace(r#""action":"broadcast""#, r#""action":"say""#);
    std::fs::write(folder.join("say.toml"), format).expect("a file");
    let output = probed(Fault::None, &["--message-format", "say.toml"]).await;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.starts_with("ASLEEP  no broadcast reached any client"), "{text}");
    let hint = "does --message-format fit? The API sent \"{\\\"error\\\":";
    assert!(text.contains(hint), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_with_the_report_so_far() {
    let heard = Arc::new(Notify::new());
    let url = format!("ws://{}", start_listening(Fault::None, Arc::clone(&heard)).await);
    let many = ["--messages", "100000", "--for", "50m", "--settle", "500ms"];
    let mut command = program(&[&[url.as_str()], &many[..]].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let id = child.id().to_string();
    for _ in 0..20 {
        heard.notified().await;
    }
    let status = Command::new("kill").args(["-INT", &id]).status().expect("kill runs");
    assert!(status.success());
    let output = tokio::task::block_in_place(|| child.wait_with_output()).expect("it ends");
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", stderr(&output));
    assert!(text.contains("stopped before the end"), "{text}");
}

#[test]
fn nobody_who_listens_is_an_error_that_says_what_to_do() {
    let port = Taken::bind("127.0.0.1:0").expect("a port").local_addr().expect("it").port();
    let output = output(&[&format!("ws://127.0.0.1:{port}")]);
    assert_eq!(output.status.code(), Some(2));
    let start = format!("error: ws://127.0.0.1:{port}/: ");
    assert!(stderr(&output).starts_with(&start), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("; is it started? `cargo serve` listens at ws://127.0.0.1:3001")
    );
    assert_eq!(stderr(&output).lines().count(), 1);
}

#[test]
fn a_handshake_that_is_refused_is_an_error_that_says_what_to_do() {
    use std::io::{Read, Write};
    let listener = Taken::bind("127.0.0.1:0").expect("a port");
    let url = format!("ws://{}", listener.local_addr().expect("its address"));
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(refusal).expect("a write");
        });
        output(&[&url])
    });
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    let expected = "the handshake was answered with 403; is the stage part of it";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn wrong_use_ends_with_exit_code_2() {
    for (arguments, message) in [
        (
            &["http://127.0.0.1:3001"][..],
            "error: \"http://127.0.0.1:3001\" is no WebSocket address",
        ),
        (&["nonsense"], "error: \"nonsense\" is no WebSocket address: "),
        (&["ftp://a"], "error: \"ftp://a\" is no WebSocket address: it begins with neither ws://"),
        (&["ws://a", "--clients", "0"], "error: invalid value '0' for '--clients <CLIENTS>'"),
        (&["ws://a", "--for", "2 h"], "error: invalid value '2 h' for '--for <TIME>'"),
        (
            &["ws://a", "--for", "5s"],
            "error: twice the quiet time of 3s leaves the clients nothing",
        ),
        (&["ws://a", "--seed", "x"], "error: invalid value 'x' for '--seed <SEED>': a seed is"),
        (&["ws://a", "--message-format", "no.toml"], "error: no.toml cannot be read: "),
        (&[], "error: the following required arguments were not provided"),
    ] {
        let output = output(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).starts_with(message), "{}", stderr(&output));
    }
}

#[test]
fn the_help_says_what_can_be_told_of_each_promise() {
    let text = stdout(&output(&["--help"]));
    for promise in ["delivered", "verbatim", "not-invented", "not-duplicated", "causal-order"] {
        assert!(text.contains(&format!("\n  {promise}\n    broken if ")), "{text}");
    }
    for text in [text, stdout(&output(&["-h"]))] {
        let long = text.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None);
    }
}
