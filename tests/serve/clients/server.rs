//! `cargo serve` on free ports, for one test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A server that ends with its test.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    /// Where WebSockets are.
    pub(super) url: String,
    /// Where `@connections` is.
    pub(super) endpoint: String,
    /// Where DynamoDB is.
    pub(super) dynamodb: String,
}

impl Server {
    /// Starts one, and reads where it is.
    pub(super) fn start() -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_stormglass-serve"))
            .args(["--port", "0", "--dynamodb-port", "0", "--no-status"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let lines: Vec<String> = lines.take(2).map(|line| line.expect("a line")).collect();
        let url = lines[0].split_once(" is at ").expect("where it is").1;
        let url = url.split_once(", ").expect("who reaches it").0.to_owned();
        let endpoint = lines[1].strip_prefix("@connections is at ").expect("where it is");
        let (endpoint, dynamodb) = endpoint.split_once(", DynamoDB at ").expect("both of them");
        Server { child, url, endpoint: endpoint.to_owned(), dynamodb: dynamodb.to_owned() }
    }

    /// Does what Ctrl-C does, and waits for the end.
    pub(super) fn interrupt(mut self) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-INT", &id]).status().expect("kill runs");
        assert!(status.success());
        let status = self.child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
