//! Tables in a file: what was answered is there after the process was killed at any moment.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, ScopedJoinHandle};

use serde_json::{Value, json};

use super::{ended, interrupt, serve, started_by, stderr};

/// A new file, whose folder goes with it.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> File {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tables").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        File(folder.join("table.redb"))
    }

    fn text(&self) -> &str {
        self.0.to_str().expect("a path of UTF-8")
    }
}

/// A server that keeps its tables in a file.
struct Kept {
    child: Child,
    address: String,
}

impl Kept {
    fn start(file: &File) -> Kept {
        let (child, line) =
            started_by(&mut serve(&["dynamodb", "--port", "0", "--table", file.text()]));
        let address = line.strip_prefix("DynamoDB is at http://").expect("where it is");
        let address = address.split(',').next().expect("an address").to_owned();
        Kept { child, address }
    }

    fn client(&self) -> Client {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        Client { stream: BufReader::new(stream) }
    }

    fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// The answer, or none if the server is gone before there was a whole one.
    fn ask(&mut self, operation: &str, body: &Value) -> Option<(u16, Value)> {
        let body = body.to_string();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.{operation}\r\n\
             Content-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\nX-Amz-Date: a\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=a, SignedHeaders=a, Signature=a\r\n\r\n",
            body.len()
        );
        self.stream.get_mut().write_all((head + &body).as_bytes()).ok()?;
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).ok().filter(|bytes| *bytes > 0)?;
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(code) = line.strip_prefix("http/1.1 ") {
                status = code.get(..3)?.parse().ok()?;
            }
            if let Some(bytes) = line.strip_prefix("content-length: ") {
                length = bytes.parse().ok()?;
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        Some((status, serde_json::from_slice(&body).ok()?))
    }

    fn expect(&mut self, operation: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(operation, body).expect("an answer");
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// All rows: keys and their numbers.
    fn rows(&mut self) -> BTreeMap<String, u64> {
        let answer = self.expect("Scan", &json!({ "TableName": "counts", "ConsistentRead": true }));
        assert_eq!(answer.get("LastEvaluatedKey"), None, "one page");
        let rows = answer["Items"].as_array().expect("items").iter().map(|item| {
            let number = item["n"]["N"].as_str().expect("a number");
            let key = item["id"]["S"].as_str().expect("a key").to_owned();
            (key, number.parse().expect("a number"))
        });
        rows.collect()
    }
}

fn create() -> Value {
    json!({
        "TableName": "counts",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
    })
}

fn row(id: &str, number: u64) -> Value {
    json!({ "id": { "S": id }, "n": { "N": number.to_string() } })
}

/// What a client was told of its own row and its own pair of rows, and what it asked for last.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    answered: u64,
    asked: u64,
}

/// Counts upwards, in a row by puts and updates and in a pair of rows by transactions, until the
/// server is gone.
fn count(client: &mut Client, writer: usize, told: &mut Told, answers: &AtomicU64) {
    loop {
        told.asked = told.answered + 1;
        let number = told.asked;
        let (id, left, right) = (format!("w{writer}"), format!("l{writer}"), format!("r{writer}"));
        let put = |id: &str| json!({ "Put": { "TableName": "counts", "Item": row(id, number) } });
        let (operation, body) = match number % 3 {
            0 => ("PutItem", json!({ "TableName": "counts", "Item": row(&id, number) })),
            1 => (
                "UpdateItem",
                json!({
                    "TableName": "counts",
                    "Key": { "id": { "S": id } },
                    "UpdateExpression": "SET n = :n",
                    "ExpressionAttributeValues": { ":n": { "N": number.to_string() } },
                }),
            ),
            _ => ("TransactWriteItems", json!({ "TransactItems": [put(&left), put(&right)] })),
        };
        match client.ask(operation, &body) {
            Some((200, _)) => told.answered = number,
            Some((status, answer)) => panic!("{operation}: {status} {answer}"),
            None => return,
        }
        answers.fetch_add(1, Ordering::SeqCst);
    }
}

/// The largest number up to `last` that its remainder by 3 puts into a single row, or into a pair.
fn newest(last: u64, is_pair: bool) -> u64 {
    (1..=last).rev().find(|number| (number % 3 == 2) == is_pair).unwrap_or(0)
}

/// Kills a server in the middle of the work of several clients, time and again, and holds the next
/// one to what the clients were told.
#[test]
fn nothing_that_was_answered_is_lost_by_a_kill() {
    const WRITERS: usize = 6;
    let rounds = std::env::var("STORMGLASS_KILLS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds: u64 = rounds.unwrap_or(12);
    let file = File::new("kills");
    let mut told = [Told::default(); WRITERS];
    let server = Kept::start(&file);
    server.client().expect("CreateTable", &create());
    server.kill();
    for round in 0..rounds {
        let server = Kept::start(&file);
        let answers = AtomicU64::new(0);
        let (told_by, server) = (told.each_mut().map(Mutex::new), Mutex::new(Some(server)));
        thread::scope(|scope| {
            let mut counting = Vec::new();
            for (writer, told) in told_by.iter().enumerate() {
                let mut client = server.lock().expect("it").as_ref().expect("a server").client();
                let answers = &answers;
                counting.push(scope.spawn(move || {
                    count(&mut client, writer, &mut told.lock().expect("one owner"), answers);
                }));
            }
            // Any moment will do, as long as work is under way at it.
            while answers.load(Ordering::SeqCst) < 40 + 37 * round
                && !counting.iter().any(ScopedJoinHandle::is_finished)
            {
                thread::yield_now();
            }
            server.lock().expect("it").take().expect("a server").kill();
        });
        let server = Kept::start(&file);
        let rows = server.client().rows();
        let number = |id: String| rows.get(&id).copied().unwrap_or(0);
        for (writer, told) in told.iter_mut().enumerate() {
            let (left, right) = (number(format!("l{writer}")), number(format!("r{writer}")));
            assert_eq!(left, right, "writer {writer}: half of a transaction, in round {round}");
            for (kept, is_pair) in [(number(format!("w{writer}")), false), (left, true)] {
                let (least, most) = (newest(told.answered, is_pair), newest(told.asked, is_pair));
                assert!(
                    (least..=most).contains(&kept),
                    "writer {writer} was told {told:?}, and {kept} was kept, in round {round}"
                );
            }
            told.answered = told.asked;
        }
        server.kill();
    }
}

#[test]
fn tables_are_there_again_after_a_server_that_was_stopped() {
    let file = File::new("stopped");
    let server = Kept::start(&file);
    let mut client = server.client();
    client.expect("CreateTable", &create());
    client.expect("PutItem", &json!({ "TableName": "counts", "Item": row("a", 1) }));
    client.expect("PutItem", &json!({ "TableName": "counts", "Item": row("b", 2) }));
    client.expect("DeleteItem", &json!({ "TableName": "counts", "Key": { "id": { "S": "a" } } }));
    assert_eq!(interrupt(server.child).status.code(), Some(0));
    let server = Kept::start(&file);
    assert_eq!(server.client().rows(), BTreeMap::from([("b".to_owned(), 2)]));
    server.kill();
}

#[test]
fn an_application_finds_its_table_again() {
    let file = File::new("application");
    for _ in 0..2 {
        let arguments =
            ["--port", "0", "--dynamodb-port", "0", "--no-status", "--table", file.text()];
        let (child, line) = started_by(&mut serve(&arguments));
        assert!(line.starts_with("stormglass is at ws://"), "{line}");
        assert_eq!(interrupt(child).status.code(), Some(0));
    }
}

#[test]
fn a_table_with_other_keys_is_not_taken_for_that_of_the_application() {
    let file = File::new("other-keys");
    let server = Kept::start(&file);
    let mut other = create();
    other["TableName"] = json!("stormglass-connections");
    server.client().expect("CreateTable", &other);
    server.kill();
    let output =
        ended(&["--port", "0", "--dynamodb-port", "0", "--no-status", "--table", file.text()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("with other keys"), "{}", stderr(&output));
}

#[test]
fn a_file_that_is_no_table_file_is_left_as_it_is() {
    let file = File::new("foreign");
    for content in [&b"not a table file"[..], &[0; 40_000], "{}".repeat(9_000).as_bytes()] {
        fs::write(&file.0, content).expect("a file");
        let output = ended(&["dynamodb", "--port", "0", "--table", file.text()]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        let start = format!("error: {} is no table file, or it is broken: ", file.text());
        assert!(stderr(&output).starts_with(&start), "{}", stderr(&output));
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
        assert_eq!(fs::read(&file.0).expect("it is there"), content);
    }
}

#[test]
fn a_broken_table_file_is_an_error_and_no_panic() {
    let file = File::new("broken");
    let server = Kept::start(&file);
    let mut client = server.client();
    client.expect("CreateTable", &create());
    for number in 0..50 {
        let item = row(&format!("row {number}"), number);
        client.expect("PutItem", &json!({ "TableName": "counts", "Item": item }));
    }
    assert_eq!(interrupt(server.child).status.code(), Some(0));
    let whole = fs::read(&file.0).expect("it is there");
    let halved = &whole[..whole.len() / 2];
    let mut scribbled = whole.clone();
    scribbled[4_096..].fill(0xa5);
    for content in [halved, &scribbled[..]] {
        fs::write(&file.0, content).expect("a file");
        let output = ended(&["dynamodb", "--port", "0", "--table", file.text()]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
    }
}

#[test]
fn a_table_file_has_one_owner() {
    let file = File::new("owned");
    let server = Kept::start(&file);
    let output = ended(&["dynamodb", "--port", "0", "--table", file.text()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is in use by another process"), "{}", stderr(&output));
    server.kill();
}

#[test]
fn a_table_file_in_no_folder_is_an_error_of_one_line() {
    let output = ended(&["dynamodb", "--port", "0", "--table", "/nowhere/at/all.redb"]);
    assert_eq!(output.status.code(), Some(2));
    let error = stderr(&output);
    assert!(error.starts_with("error: the table file /nowhere/at/all.redb cannot be opened: "));
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[cfg(unix)]
#[test]
fn a_new_table_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let file = File::new("mode");
    Kept::start(&file).kill();
    let mode = fs::metadata(&file.0).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
