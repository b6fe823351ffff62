//! Jobs that report their progress. A client starts a job, a queue holds its parts, and a worker
//! tells the client after each part how many are done.
//!
//! A queue can deliver a message twice, and a worker that fails gets its messages again. In the
//! first version the worker counts each delivery, so a client can read `3 of 3` before its job is
//! done. In the mended version it keeps the parts that are done, and counts those.

use std::collections::BTreeSet;
use std::rc::Rc;

use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use lambda_runtime::Error;
use serde_json::{Value, json};
use stormglass_sim::stack::{Queue, QueueMapping, Route, Stack, Table};
use stormglass_sim::{App, Handler, Sdk, Vocabulary, handler};
use stormglass_spec::history::{Event as HistoryEvent, EventKind, Origin};
use stormglass_spec::name::{ConnectionName, MessageName};
use stormglass_spec::{Ledger, Monitor, MonitorMaker, Property, PropertyKind, Sketch, Violation};

use crate::{Event, Response, Version, connection_id, response};

const JOBS: &str = "jobs";
const PARTS: &str = "parts";

/// The number of parts of a job.
const PARTS_OF_JOB: u32 = 3;

/// The service, and one of its versions.
#[derive(Clone, Copy, Debug)]
pub struct Jobs(pub Version);

impl App for Jobs {
    fn name(&self) -> &str {
        match self.0 {
            Version::First => "jobs",
            Version::Mended => "jobs-mended",
        }
    }

    fn stack(&self) -> Stack {
        Stack::new()
            .route(Route::two_way("start", "start"))
            .table(Table::new(JOBS, "connectionId"))
            .queue(Queue::new(PARTS).dead_letters_after("lost-parts", 5))
            .queue(Queue::new("lost-parts"))
            .queue_mapping(QueueMapping::new(PARTS, "work"))
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new().message(1, r#"{"action":"start"}"#)
    }

    fn properties(&self) -> Vec<Property> {
        vec![HONEST_PROGRESS]
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let functions = Rc::new(Functions {
            version: self.0,
            table: Client::from_conf(sdk.dynamodb().build()),
            queue: aws_sdk_sqs::Client::new(&sdk.config()),
            management: sdk.management().endpoint_url(sdk.management_endpoint()),
        });
        let function = function.to_owned();
        handler(move |event: Event| {
            let (functions, function) = (Rc::clone(&functions), function.clone());
            async move {
                match function.as_str() {
                    "start" => functions.start(&event).await,
                    _ => functions.work(&event).await,
                }
            }
        })
    }
}

struct Functions {
    version: Version,
    table: Client,
    queue: aws_sdk_sqs::Client,
    management: Builder,
}

impl Functions {
    /// Puts the parts of a job into the queue. A client starts one job on each of its connections.
    async fn start(&self, event: &Event) -> Response {
        let id = connection_id(event);
        let job = self.table.put_item().table_name(JOBS).item("connectionId", id.clone());
        let job = job.condition_expression("attribute_not_exists(connectionId)").send().await;
        if job.is_err() {
            return response(409, "busy");
        }
        let id = id.as_s().map_or("", String::as_str);
        for part in 1..=PARTS_OF_JOB {
            let body = json!({ "connection": id, "part": part }).to_string();
            let send = self.queue.send_message().queue_url(Queue::new(PARTS).url());
            send.message_body(body).send().await?;
        }
        response(202, "started")
    }

    /// Does the parts of a batch, and tells each client how far its job is.
    async fn work(&self, event: &Event) -> Response {
        for record in event.payload["Records"].as_array().into_iter().flatten() {
            let part: Value = serde_json::from_str(record["body"].as_str().unwrap_or_default())?;
            let done = self.count(&part).await?;
            let client =
                aws_sdk_apigatewaymanagement::Client::from_conf(self.management.clone().build());
            let id = part["connection"].as_str().unwrap_or_default();
            let text = Blob::new(format!("{done} of {PARTS_OF_JOB}"));
            // A client that has left does not need to know.
            let _ = client.post_to_connection().connection_id(id).data(text).send().await;
        }
        Ok(Value::Null)
    }

    /// Notes that a part is done, and returns the number of parts that are.
    async fn count(&self, part: &Value) -> Result<usize, Error> {
        let id = part["connection"].as_str().unwrap_or_default();
        let update = self.table.update_item().table_name(JOBS);
        let update = update
            .key("connectionId", AttributeValue::S(id.to_owned()))
            .return_values(ReturnValue::UpdatedNew)
            .update_expression("ADD done :part");
        let update = match self.version {
            Version::First => {
                update.expression_attribute_values(":part", AttributeValue::N("1".to_owned()))
            }
            Version::Mended => update.expression_attribute_values(
                ":part",
                AttributeValue::Ns(vec![part["part"].to_string()]),
            ),
        };
        let updated = update.send().await?.attributes.unwrap_or_default();
        Ok(match updated.get("done") {
            Some(AttributeValue::N(count)) => count.parse()?,
            Some(AttributeValue::Ns(parts)) => parts.len(),
            _ => 0,
        })
    }
}

/// The promise that no client reads of more parts than a worker has begun.
const HONEST_PROGRESS: Property = Property {
    id: "honest-progress",
    kind: PropertyKind::Always,
    promise: "A client reads that a number of parts of its job are done only after a worker has \
              begun with as many.",
    reason: "A client that reads `3 of 3` goes on with the result of its job.",
    sources: &["FACTS 12.29: a message may arrive twice without an error (Lambda guide, \
         invocation-eventsourcemapping)"],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(HonestProgress::default())),
};

#[derive(Debug, Default)]
struct HonestProgress {
    times: u64,
    /// The parts that a worker has begun with.
    begun: BTreeSet<MessageName>,
}

impl Monitor for HonestProgress {
    fn observe(&mut self, event: &HistoryEvent, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::InvocationStarted { messages, .. } => {
                self.begun.extend(messages.iter().cloned());
                Ok(())
            }
            EventKind::FrameReceived { connection, body, origin: Origin::Post { .. } } => {
                self.judge(event.number, connection, body, ledger)
            }
            _ => Ok(()),
        }
    }

    fn times(&self) -> u64 {
        self.times
    }

    fn sketch(&self, sketch: &mut Sketch) -> bool {
        sketch.list(&self.begun, |sketch, message| sketch.text(message));
        true
    }
}

impl HonestProgress {
    fn judge(
        &mut self,
        event: u32,
        connection: &ConnectionName,
        text: &str,
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        let Some(done) = text.split(' ').next().and_then(|done| done.parse::<usize>().ok()) else {
            return Ok(());
        };
        self.times += 1;
        let is_of_job = |part: &&MessageName| {
            let start = part.split(['>', '+']).next().unwrap_or_default();
            ledger.frame(start).is_some_and(|frame| frame.connection == *connection)
        };
        let begun = self.begun.iter().filter(is_of_job).count();
        if done <= begun {
            return Ok(());
        }
        let because = format!(
            "{connection} read {text:?} in step {event}, but a worker had begun only {begun} \
             of the parts of its job."
        );
        Err(Violation::new(because, [connection.clone()]))
    }
}
