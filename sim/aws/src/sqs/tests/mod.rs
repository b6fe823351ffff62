//! Tests of SQS: a service that is asked as an SDK client asks it, and readers of its answers.

mod attributes;
mod batches;
mod dead_letters;
mod deletes;
mod fifo;
mod lifecycles;
mod polls;
mod queues;
mod redeliveries;
mod refusals;
mod requests;
mod sketches;
mod times;
mod visibilities;
mod wire;

use std::time::Duration;

use serde_json::{Value, json};
use stormglass_spec::Time;

use super::*;
use crate::http::HttpRequest;

/// A service whose requests get keys of their own.
struct Service {
    sqs: Sqs,
    asked: u32,
}

/// The answer to a request, with its effects.
#[derive(Debug)]
struct Reply {
    answer: HttpAnswer,
    effects: Vec<SqsEffect>,
}

impl Service {
    fn new(queues: Vec<Queue>) -> Service {
        Service { sqs: Sqs::new(queues).unwrap(), asked: 0 }
    }

    fn with_settings(queue: Queue, settings: SqsSettings) -> Service {
        Service { sqs: Sqs::with_settings(vec![queue], settings).unwrap(), asked: 0 }
    }

    fn ask(&mut self, now: Time, operation: &str, body: Value) -> Reply {
        self.ask_with(now, operation, body, &SqsFaults::default())
    }

    fn ask_with(&mut self, now: Time, operation: &str, body: Value, faults: &SqsFaults) -> Reply {
        self.asked += 1;
        let key = format!("ask-{}", self.asked);
        let (answer, effects) = match SqsRequest::parse(&post(operation, &body)) {
            Ok(request) => self.sqs.apply_with(now, &request, &key, faults),
            Err(refusal) => (refusal.answer, Vec::new()),
        };
        Reply { answer, effects }
    }

    /// Sends a message to the queue `letters`, and returns its id.
    fn send(&mut self, now: Time, body: &str) -> MessageId {
        let reply = self.ask(now, "SendMessage", json!({"QueueUrl": url(), "MessageBody": body}));
        reply.json()["MessageId"].as_str().unwrap().to_owned()
    }

    /// Receives up to ten messages of the queue `letters`: their bodies and their handles.
    fn receive(&mut self, now: Time) -> Vec<(String, String)> {
        let body = json!({"QueueUrl": url(), "MaxNumberOfMessages": 10});
        self.ask(now, "ReceiveMessage", body).received()
    }

    fn bodies(&mut self, now: Time) -> Vec<String> {
        self.receive(now).into_iter().map(|(body, _)| body).collect()
    }

    fn delete(&mut self, now: Time, handle: &str) -> Reply {
        self.ask(now, "DeleteMessage", json!({"QueueUrl": url(), "ReceiptHandle": handle}))
    }

    fn counts(&self, now: Time) -> [usize; 3] {
        let MessageCounts { visible, in_flight, delayed } = self.sqs.counts(now, "letters");
        [visible, in_flight, delayed]
    }
}

impl Reply {
    fn text(&self) -> &str {
        str::from_utf8(&self.answer.body).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap()
    }

    fn status(&self) -> u16 {
        self.answer.status
    }

    /// Returns the bodies and the handles of received messages.
    fn received(&self) -> Vec<(String, String)> {
        let json = self.json();
        let messages = json["Messages"].as_array().cloned().unwrap_or_default();
        let text = |message: &Value, name: &str| message[name].as_str().unwrap().to_owned();
        messages.iter().map(|each| (text(each, "Body"), text(each, "ReceiptHandle"))).collect()
    }

    fn error(&self) -> (u16, &str) {
        let header = self.answer.headers.iter().find(|(name, _)| *name == "x-amzn-query-error");
        (self.status(), header.map_or("", |(_, value)| value))
    }

    fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }

    fn changes(&self) -> Vec<&MessageChange> {
        self.effects.iter().map(|effect| &effect.change).collect()
    }
}

fn at(second: u64) -> Time {
    Time::from_millis(1_000 * second)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn url() -> String {
    letters().url()
}

fn letters() -> Queue {
    Queue::new("letters")
}

fn service() -> Service {
    Service::new(vec![letters()])
}

/// The request of an SDK client.
fn post(operation: &str, body: &Value) -> HttpRequest {
    let headers = [
        ("x-amz-target", format!("AmazonSQS.{operation}")),
        ("content-type", "application/x-amz-json-1.0".to_owned()),
    ];
    HttpRequest {
        method: "POST".to_owned(),
        uri: "https://sqs.eu-central-1.amazonaws.com/".to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        body: body.to_string().into_bytes(),
    }
}
