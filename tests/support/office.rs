//! A service that leaves its work to a second function, over a queue or by Invoke.

use std::time::Duration;

use aws_sdk_apigatewaymanagement::primitives::Blob;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::stack::{AsyncSettings, Function, Queue, QueueMapping, Route, Stack};
use stormglass_sim::{App, Handler, Sdk, Vocabulary, handler};
use stormglass_spec::Property;

/// The queue of the jobs, and that of the dead letters.
pub const JOBS: &str = "jobs";
/// The queue of the jobs that nobody could do.
pub const DEAD: &str = "dead";

/// A service whose function `work` posts the text of a job to the client that asked for it. It
/// fails on the text `bad`, and invokes itself for the text `again`.
#[derive(Clone, Debug)]
pub struct Office {
    /// The queue of the jobs.
    pub queue: Queue,
    /// The mapping of that queue to `work`.
    pub mapping: QueueMapping,
    /// The function `work`.
    pub work: Function,
}

impl Default for Office {
    fn default() -> Office {
        Office {
            queue: Queue::new(JOBS).dead_letters_after(DEAD, 3),
            mapping: QueueMapping::new(JOBS, "work"),
            work: Function::new("work").timeout(Duration::from_secs(5)),
        }
    }
}

impl Office {
    /// An office whose function says which messages it failed on.
    pub fn reporting() -> Office {
        let office = Office::default();
        Office { mapping: office.mapping.clone().reporting_batch_item_failures(), ..office }
    }

    /// An office whose function has these settings for asynchronous events.
    pub fn with_asynchronous(asynchronous: AsyncSettings) -> Office {
        let office = Office::default();
        Office { work: office.work.clone().asynchronous(asynchronous), ..office }
    }
}

impl App for Office {
    fn name(&self) -> &str {
        "office"
    }

    fn stack(&self) -> Stack {
        let dead = if self.queue.is_fifo { Queue::fifo("dead.fifo") } else { Queue::new(DEAD) };
        let stack = Stack::new()
            .timeout(Duration::from_secs(29))
            .function(self.work.clone())
            .queue(dead)
            .queue(self.queue.clone())
            .queue_mapping(self.mapping.clone());
        let routes = ["order", "orders", "collect", "later", "now"];
        routes.into_iter().fold(stack, |stack, key| stack.route(Route::two_way(key, key)))
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new()
            .message(6, r#"{"action":"order","text":"{text}"}"#)
            .message(1, r#"{"action":"order","text":"bad"}"#)
            .message(2, r#"{"action":"orders","texts":["{text}","{text}"]}"#)
            .message(2, r#"{"action":"later","text":"{text}"}"#)
            .message(2, r#"{"action":"now","text":"{text}"}"#)
            .event(2, &self.queue.name, r#"{"connection":"{connection}","text":"{text}"}"#)
            .event(1, "work", r#"{"connection":"{connection}","text":"{text}"}"#)
    }

    /// None: it fails on purpose.
    fn properties(&self) -> Vec<Property> {
        Vec::new()
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        if function == "work" {
            let is_reporting = self.mapping.reports_batch_item_failures;
            let sdk = sdk.clone();
            return handler(move |event: LambdaEvent<Value>| {
                let sdk = sdk.clone();
                async move { work(&sdk, &event.payload, is_reporting).await }
            });
        }
        let desk = Desk { sdk: sdk.clone(), queue: self.queue.clone() };
        let function = function.to_owned();
        handler(move |event: LambdaEvent<Value>| {
            let (desk, function) = (desk.clone(), function.clone());
            async move {
                let answer = desk.serve(&function, &event.payload).await?;
                Ok::<_, Error>(json!({ "statusCode": 200, "body": answer }))
            }
        })
    }
}

/// The functions of the routes.
#[derive(Clone)]
struct Desk {
    sdk: Sdk,
    queue: Queue,
}

impl Desk {
    async fn serve(&self, function: &str, event: &Value) -> Result<String, Error> {
        let asked: Value = serde_json::from_str(event["body"].as_str().unwrap_or_default())?;
        let connection = &event["requestContext"]["connectionId"];
        let job = |text: &Value| json!({ "connection": connection, "text": text }).to_string();
        match function {
            "order" => self.order(job(&asked["text"]), &asked).await,
            "orders" => {
                let texts = asked["texts"].as_array().cloned().unwrap_or_default();
                self.order_all(texts.iter().map(job)).await
            }
            "collect" => self.collect().await,
            "later" => invoke(&self.sdk, job(&asked["text"]), true).await,
            _ => invoke(&self.sdk, job(&asked["text"]), false).await,
        }
    }

    fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.sdk.config())
    }

    async fn order(&self, job: String, asked: &Value) -> Result<String, Error> {
        let sending = self.sqs().send_message().queue_url(self.queue.url()).message_body(job);
        let group = asked["group"].as_str().map(str::to_owned);
        let once = group.is_some().then(|| asked["text"].to_string());
        let sent = sending.set_message_group_id(group).set_message_deduplication_id(once).send();
        Ok(format!("sent {}", sent.await?.message_id.is_some()))
    }

    async fn order_all(&self, jobs: impl Iterator<Item = String>) -> Result<String, Error> {
        let entries = jobs.enumerate().map(|(number, job)| {
            aws_sdk_sqs::types::SendMessageBatchRequestEntry::builder()
                .id(number.to_string())
                .message_body(job)
                .build()
        });
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let sending = self.sqs().send_message_batch().queue_url(self.queue.url());
        let sent = sending.set_entries(Some(entries)).send().await?;
        Ok(format!("sent {}, failed {}", sent.successful.len(), sent.failed.len()))
    }

    /// Takes a message out of the queue of the dead letters, and waits for one.
    async fn collect(&self) -> Result<String, Error> {
        let dead = Queue::new(DEAD).url();
        let receiving = self.sqs().receive_message().queue_url(&dead).wait_time_seconds(20);
        let received = receiving.send().await?.messages.unwrap_or_default();
        let Some(message) = received.first() else { return Ok("nothing".to_owned()) };
        let handle = message.receipt_handle.clone().unwrap_or_default();
        self.sqs().delete_message().queue_url(dead).receipt_handle(handle).send().await?;
        Ok(message.body.clone().unwrap_or_default())
    }
}

async fn invoke(sdk: &Sdk, job: String, is_later: bool) -> Result<String, Error> {
    use aws_sdk_lambda::primitives::Blob as Payload;
    use aws_sdk_lambda::types::InvocationType;
    let kind = if is_later { InvocationType::Event } else { InvocationType::RequestResponse };
    let client = aws_sdk_lambda::Client::new(&sdk.config());
    let payload = Payload::new(job);
    let invoking = client.invoke().function_name("work").invocation_type(kind);
    let answer = invoking.payload(payload).send().await?;
    let payload = answer.payload.map(|it| String::from_utf8_lossy(it.as_ref()).into_owned());
    let error = answer.function_error.unwrap_or_default();
    Ok(format!("{} {error} {}", answer.status_code, payload.unwrap_or_default()))
}

async fn work(sdk: &Sdk, event: &Value, is_reporting: bool) -> Result<Value, Error> {
    let Some(records) = event["Records"].as_array() else {
        do_job(sdk, event).await?;
        return Ok(json!("done"));
    };
    let mut failures = Vec::new();
    for record in records {
        let job: Value = serde_json::from_str(record["body"].as_str().unwrap_or_default())?;
        match do_job(sdk, &job).await {
            Ok(()) => {}
            Err(_) if is_reporting => {
                failures.push(json!({ "itemIdentifier": record["messageId"] }));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(json!({ "batchItemFailures": failures }))
}

async fn do_job(sdk: &Sdk, job: &Value) -> Result<(), Error> {
    let text = job["text"].as_str().unwrap_or_default();
    if text == "bad" {
        return Err("no such job".into());
    }
    if text == "again" {
        invoke(sdk, job.to_string(), true).await?;
        return Ok(());
    }
    let Some(connection) = job["connection"].as_str() else { return Ok(()) };
    let config = aws_sdk_apigatewaymanagement::config::Builder::from(&sdk.config())
        .endpoint_url(sdk.management_endpoint())
        .build();
    let client = aws_sdk_apigatewaymanagement::Client::from_conf(config);
    let posting = client.post_to_connection().connection_id(connection).data(Blob::new(text));
    posting.send().await?;
    Ok(())
}
