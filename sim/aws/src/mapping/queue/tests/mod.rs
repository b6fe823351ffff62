//! Tests of the pollers of a queue: a queue, its pollers, and the outcomes of a function.

mod concurrency;
mod events;
mod fifo;
mod outcomes;
mod polls;
mod reports;
mod settings;
mod sketches;

use serde_json::{Value, json};

use super::*;
use crate::sqs::{MessageChange, SqsRequest};

/// A queue with the pollers of one mapping.
struct Deployment {
    sqs: Sqs,
    pollers: QueuePollers,
    /// The messages that a poll does not see.
    hidden: BTreeSet<MessageId>,
    keys: u32,
}

impl Deployment {
    fn new(queue: Queue, mapping: QueueMapping) -> Deployment {
        let pollers = QueuePollers::new(mapping, &queue, seconds(3)).unwrap();
        let sqs = Sqs::new(vec![queue]).unwrap();
        Deployment { sqs, pollers, hidden: BTreeSet::new(), keys: 0 }
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("key-{}", self.keys)
    }

    fn ask(&mut self, now: Time, operation: &str, mut body: Value) -> Value {
        body["QueueUrl"] = json!(Queue::new(&self.pollers.mapping().queue).url());
        let request = SqsRequest::read(operation, body.to_string().as_bytes()).unwrap();
        let key = self.key();
        let (answer, _) = self.sqs.apply(now, &request, &key);
        assert_eq!(answer.status, 200, "{answer:?}");
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    /// Sends a message, and returns its id.
    fn send(&mut self, now: Time, body: &str) -> MessageId {
        let sent = self.ask(now, "SendMessage", json!({"MessageBody": body}));
        sent["MessageId"].as_str().unwrap().to_owned()
    }

    fn poll(&mut self, now: Time) -> Option<QueueBatch> {
        self.poll_with_effects(now).0
    }

    fn poll_with_effects(&mut self, now: Time) -> (Option<QueueBatch>, Vec<SqsEffect>) {
        let key = self.key();
        self.pollers.poll(now, &mut self.sqs, &self.hidden, &key)
    }

    fn settle(&mut self, now: Time, batch: &QueueBatch, returned: &str) -> BatchSettlement {
        self.end(now, batch, &QueueBatchOutcome::Returned(returned.to_owned()))
    }

    fn end(
        &mut self,
        now: Time,
        batch: &QueueBatch,
        outcome: &QueueBatchOutcome,
    ) -> BatchSettlement {
        self.pollers.settle(now, &mut self.sqs, &batch.id, outcome, false).unwrap()
    }

    fn next_due(&self, now: Time) -> Option<Time> {
        self.pollers.next_due(now, &self.sqs)
    }
}

fn at(second: u64) -> Time {
    Time::from_millis(1_000 * second)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn mapping() -> QueueMapping {
    QueueMapping::new("letters", "deliver")
}

fn deployed(mapping: QueueMapping) -> Deployment {
    Deployment::new(Queue::new("letters"), mapping)
}

/// The bodies of the messages in the event of a batch.
fn bodies(batch: &QueueBatch) -> Vec<String> {
    let event: Value = serde_json::from_str(&batch.event).unwrap();
    let records = event["Records"].as_array().unwrap();
    records.iter().map(|record| record["body"].as_str().unwrap().to_owned()).collect()
}

/// The messages that a settlement deleted and kept.
fn settled(settlement: &BatchSettlement) -> (&[MessageId], &[MessageId]) {
    match settlement {
        BatchSettlement::Settled { deleted, kept, .. } => (deleted, kept),
        other => panic!("expected a batch that is over, got {other:?}"),
    }
}
