//! The Lambda Runtime API: a function's events and its answers.

use std::cell::Cell;
use std::time::{Duration, SystemTime};

use hyper::Method;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use serde_json::Value;
use tokio::sync::{Mutex, mpsc};

use crate::binaries::Function;
use crate::cloud::{Answer, answer, status};

/// The time between two looks at a function that owes an answer.
const LOOK_AFTER: Duration = Duration::from_millis(50);

/// The outcome of an event.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It answered this to the event.
    Response(Value),
    /// It could not handle the event.
    Error(Value),
}

/// An event for a function.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    pub(crate) event: String,
    /// The time at which the function is killed, in epoch milliseconds.
    pub(crate) deadline_ms: u64,
}

/// A queue of something that one side fills and the other waits for.
#[derive(Debug)]
struct Queue<T> {
    sender: mpsc::UnboundedSender<T>,
    receiver: Mutex<mpsc::UnboundedReceiver<T>>,
}

impl<T> Default for Queue<T> {
    fn default() -> Queue<T> {
        let (sender, receiver) = mpsc::unbounded_channel();
        Queue { sender, receiver: Mutex::new(receiver) }
    }
}

impl<T> Queue<T> {
    fn push(&self, item: T) {
        assert!(self.sender.send(item).is_ok(), "the receiver lives as long as the sender");
    }

    async fn pop(&self) -> T {
        self.receiver.lock().await.recv().await.expect("the sender lives as long as the receiver")
    }
}

/// The Runtime API of one function.
#[derive(Debug, Default)]
pub(crate) struct Runtime {
    invocations: Queue<Invocation>,
    outcomes: Queue<Outcome>,
    is_asked: Cell<bool>,
}

impl Runtime {
    /// Hands an event to `function`, and waits for what it makes of that.
    pub(crate) async fn invoke(&self, function: &mut Function, invocation: Invocation) -> Outcome {
        self.invocations.push(invocation);
        loop {
            match tokio::time::timeout(LOOK_AFTER, self.outcomes.pop()).await {
                Ok(outcome) => return outcome,
                Err(_) => assert_eq!(function.ended(), None, "the function ended"),
            }
        }
    }

    /// True if the function has asked for an event.
    pub(crate) fn is_asked(&self) -> bool {
        self.is_asked.get()
    }

    /// Answers the request for `path`, which is counted from the API's version on.
    pub(crate) async fn answer(&self, method: &Method, path: &str, body: &[u8]) -> Answer {
        match (method.as_str(), path) {
            ("GET", "/invocation/next") => {
                self.is_asked.set(true);
                next(self.invocations.pop().await)
            }
            ("POST", "/invocation/request-1/response") => self.done(Outcome::Response(json(body))),
            ("POST", "/invocation/request-1/error") => self.done(Outcome::Error(json(body))),
            (method, path) => panic!("the Runtime API has no {method} {path}"),
        }
    }

    fn done(&self, outcome: Outcome) -> Answer {
        self.outcomes.push(outcome);
        status(202)
    }
}

/// A time that no invocation reaches, however slow the machine: in epoch milliseconds.
pub(crate) fn in_an_hour_ms() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a process knows no clock but the system's")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    u64::try_from(now.as_millis()).expect("a time of this era") + 60 * 60 * 1_000
}

/// One function handles one event after another, so all can have the same name.
fn next(Invocation { event, deadline_ms }: Invocation) -> Answer {
    let mut answer = answer(200, Bytes::from(event));
    let headers = answer.headers_mut();
    headers.insert("lambda-runtime-aws-request-id", HeaderValue::from_static("request-1"));
    headers.insert("lambda-runtime-deadline-ms", HeaderValue::from(deadline_ms));
    answer
}

fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("a function answers with JSON")
}
