//! A server of functions, and its clients.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, client};

use super::http;

/// Longer than anything here takes: what has not happened by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server on free ports.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) gateway: String,
    pub(crate) dynamodb: String,
    /// How to start processes by hand, for each function that needs it.
    pub(crate) hints: Vec<String>,
    log: Log,
    reading: JoinHandle<()>,
    _folder: Option<Folder>,
}

/// What a server has written so far.
#[derive(Clone, Debug, Default)]
struct Log {
    text: Arc<(Mutex<String>, Condvar)>,
}

/// The program, on free ports.
pub(crate) fn program(file: &Path) -> Command {
    program_at("127.0.0.1", "0", file)
}

/// The program, with its gateway at a port of an address.
pub(crate) fn program_at(host: &str, port: &str, file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stormglass-serve"));
    command.args(["--host", host, "--port", port, "--dynamodb-port", "0", "--no-status"]);
    command.arg("--runtime-api").arg(file);
    // A server that is killed leaves its file of certificates.
    command.env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
    command
}

/// How the program ends that cannot serve this text.
pub(crate) fn refused(text: &str) -> Output {
    let (_folder, file) = write(text);
    program(&file).output().expect("the program runs")
}

/// A file of functions in a folder of its own, which goes with the first of the two.
pub(crate) fn write(text: &str) -> (Folder, PathBuf) {
    let name = format!("runtime-{}-{:016x}", std::process::id(), fastrand::u64(..));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder for a test");
    let file = folder.join("functions.toml");
    fs::write(&file, text).expect("a file for a test");
    (Folder(folder), file)
}

/// A folder that is gone with this.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Server {
    /// Serves what a text describes.
    pub(crate) fn start(text: &str) -> Server {
        Server::start_with(text, &[])
    }

    /// Serves what a text describes that has one function to start by hand.
    pub(crate) fn start_by_hand(text: &str) -> Server {
        let (folder, file) = write(text);
        Server { _folder: Some(folder), ..Server::start_by(&mut program(&file), 1) }
    }

    pub(crate) fn start_with(text: &str, arguments: &[&str]) -> Server {
        let (folder, file) = write(text);
        Server { _folder: Some(folder), ..Server::start_by(program(&file).args(arguments), 0) }
    }

    /// Starts the program, which gives this many hints.
    pub(crate) fn start_by(command: &mut Command, hints: usize) -> Server {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let log = Log::default();
        let reading = log.read(child.stderr.take().expect("its log"));
        let out = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(out).lines().map(|line| line.expect("a line"));
        let first = lines.next().unwrap_or_else(|| panic!("it does not start: {}", log.whole()));
        let (gateway, _) = first
            .split_once(" is at ws://")
            .expect("a gateway")
            .1
            .split_once(',')
            .expect("who reaches it");
        let second = lines.next().expect("a second line");
        let (_, dynamodb) = second.split_once("DynamoDB at http://").expect("a table");
        let (gateway, dynamodb) = (gateway.to_owned(), dynamodb.to_owned());
        let hints = lines.take(hints).collect();
        Server { child, gateway, dynamodb, hints, log, reading, _folder: None }
    }

    pub(crate) fn connect(&self) -> Socket {
        self.ask("/").expect("it is let in")
    }

    /// Asks for a socket; the status if it is refused.
    pub(crate) fn ask(&self, path: &str) -> Result<Socket, u16> {
        let stream = TcpStream::connect(&self.gateway).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        match client(format!("ws://{}{path}", self.gateway), stream) {
            Ok((socket, _)) => Ok(Socket { socket }),
            Err(tokio_tungstenite::tungstenite::HandshakeError::Failure(Error::Http(answer))) => {
                Err(answer.status().as_u16())
            }
            Err(other) => panic!("it is neither let in nor refused: {other}"),
        }
    }

    /// Asks DynamoDB.
    pub(crate) fn dynamodb(&self, operation: &str, body: &Value) -> Value {
        let headers = format!(
            "Content-Type: application/x-amz-json-1.0\r\n\
             X-Amz-Target: DynamoDB_20120810.{operation}\r\nX-Amz-Date: 20260101T000000Z\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/dynamodb/\
             aws4_request, SignedHeaders=host;x-amz-date, Signature=00\r\n"
        );
        let body = body.to_string();
        http::ask_with(&self.dynamodb, "POST", "/", &headers, body.as_bytes()).json()
    }

    /// The ids of the connections in a table.
    pub(crate) fn rows(&self, table: &str) -> Vec<String> {
        let answer = self.dynamodb("Scan", &json!({"TableName": table, "ConsistentRead": true}));
        let items = answer["Items"].as_array().unwrap_or_else(|| panic!("no items: {answer}"));
        let ids = items.iter().filter_map(|item| item["connectionId"]["S"].as_str());
        ids.map(str::to_owned).collect()
    }

    pub(crate) fn await_rows(&self, table: &str, count: usize) {
        while self.rows(table).len() != count {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the log has this text.
    pub(crate) fn await_log(&self, text: &str) {
        self.log.wait_for(text);
    }

    /// Sends a signal to the server.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Sends a signal to the server, and waits for its end.
    pub(crate) fn end_by(mut self, signal: &str) -> (ExitStatus, String) {
        self.signal(signal);
        let status = self.child.wait().expect("the program ends");
        self.reading.join().expect("the log is read");
        (status, self.log.whole())
    }

    /// Stops the server as Ctrl-C does, and gives its log.
    pub(crate) fn stop(self) -> String {
        let (status, log) = self.end_by("-INT");
        assert_eq!(status.code(), Some(0), "{log}");
        log
    }
}

impl Log {
    fn read(&self, from: ChildStderr) -> JoinHandle<()> {
        let log = self.clone();
        #[expect(clippy::disallowed_methods, reason = "nothing is simulated here")]
        thread::spawn(move || {
            for line in BufReader::new(from).lines() {
                let (text, changed) = &*log.text;
                let mut text = text.lock().expect("nobody panics");
                *text += &line.expect("a line of the log");
                text.push('\n');
                changed.notify_all();
            }
        })
    }

    fn whole(&self) -> String {
        self.text.0.lock().expect("nobody panics").clone()
    }

    fn wait_for(&self, wanted: &str) {
        let (text, changed) = &*self.text;
        let text = text.lock().expect("nobody panics");
        let is_missing = |text: &mut String| !text.contains(wanted);
        let (text, waited) =
            changed.wait_timeout_while(text, PATIENCE, is_missing).expect("nobody panics");
        assert!(!waited.timed_out(), "no {wanted} in {text}");
    }
}

/// A client whose socket is open.
#[derive(Debug)]
pub(crate) struct Socket {
    socket: WebSocket<TcpStream>,
}

impl Socket {
    pub(crate) fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).expect("it is sent");
    }

    /// The next message, which must be a text.
    pub(crate) fn next(&mut self) -> String {
        match self.socket.read() {
            Ok(Message::Text(text)) => text.to_string(),
            other => panic!("there is no text: {other:?}"),
        }
    }

    /// Sends a message to the route of this key, and waits for the next message.
    pub(crate) fn asks(&mut self, action: &str) -> Value {
        self.send(&json!({"action": action}).to_string());
        serde_json::from_str(&self.next()).expect("JSON")
    }

    pub(crate) fn assert_error(&mut self, action: &str) {
        assert_eq!(self.asks(action)["message"], "Internal server error", "{action}");
    }

    pub(crate) fn close(mut self) {
        self.socket.close(None).expect("a close frame is sent");
        while self.socket.read().is_ok() {}
    }
}

/// Whether there is a process, even one that has ended and that nobody has waited for.
pub(crate) fn is_alive(process: &str) -> bool {
    let sent = Command::new("kill").args(["-0", process]).stderr(Stdio::null()).status();
    sent.expect("kill runs").success()
}

/// Waits until there is no such process.
pub(crate) fn await_end_of(process: &str) {
    while is_alive(process) {
        thread::sleep(Duration::from_millis(5));
    }
}
