//! A feed of numbered posts. Its readers run a program that comes back when their connection ends,
//! and then asks for what they have missed.
//!
//! The service can post a new number before the older ones that a reader has asked for, and a post
//! can fail. In the first version the program shows whatever comes, and asks for what follows the
//! last number that it has shown: a number that was late is shown too late, and one that was lost
//! never. In the mended version it waits for the numbers in between.

use std::rc::Rc;

use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::Error;
use serde_json::json;
use stormglass_sim::client::{Program, ReconnectingProgram};
use stormglass_sim::stack::{KeyAttribute, Route, Stack, Table};
use stormglass_sim::{App, Handler, Sdk, Vocabulary, handler};
use stormglass_spec::{Property, ready};

use crate::{
    Event, Response, Version, connection_id, management, message, response, text, was_overtaken,
};

const POSTS: &str = "posts";
const READERS: &str = "readers";
const FEED: &str = "storms";

/// The service, and one of the versions of its readers' program.
#[derive(Clone, Copy, Debug)]
pub struct Feed(pub Version);

impl App for Feed {
    fn name(&self) -> &str {
        match self.0 {
            Version::First => "feed",
            Version::Mended => "feed-mended",
        }
    }

    fn stack(&self) -> Stack {
        Stack::new()
            .route(Route::one_way("$disconnect", "disconnect"))
            .route(Route::two_way("post", "post"))
            .route(Route::two_way("since", "since"))
            .table(Table::new(POSTS, "feed").sorted_by(KeyAttribute::number("number")))
            .table(Table::new(READERS, "connectionId"))
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new().message(1, r#"{"action":"post","text":"{text}"}"#).program(20, "reader")
    }

    fn program(&self, name: &str, _client: &str) -> Option<Box<dyn Program>> {
        let since = |number: Option<&str>| {
            json!({ "action": "since", "number": number.map(str::to_owned) }).to_string()
        };
        let cursor = |text: &str| number_of(text).map(|number| number.to_string());
        let reader = ReconnectingProgram::new().greeting(since, cursor);
        let reader = match self.0 {
            Version::First => reader,
            Version::Mended => reader.ordering(number_of),
        };
        (name == "reader").then(|| Box::new(reader) as Box<dyn Program>)
    }

    fn properties(&self) -> Vec<Property> {
        vec![ready::no_skip(number_of)]
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let functions = Rc::new(Functions {
            table: Client::from_conf(sdk.dynamodb().build()),
            management: sdk.management(),
        });
        let function = function.to_owned();
        handler(move |event: Event| {
            let (functions, function) = (Rc::clone(&functions), function.clone());
            async move {
                match function.as_str() {
                    "disconnect" => functions.disconnect(&event).await,
                    "post" => functions.post(&event).await,
                    _ => functions.since(&event).await,
                }
            }
        })
    }
}

/// Returns the number of a post: `#7 a text` has 7.
fn number_of(text: &str) -> Option<u64> {
    text.strip_prefix('#')?.split(' ').next()?.parse().ok()
}

struct Functions {
    table: Client,
    management: Builder,
}

impl Functions {
    async fn disconnect(&self, event: &Event) -> Response {
        let delete = self.table.delete_item().table_name(READERS);
        delete.key("connectionId", connection_id(event)).send().await?;
        response(200, "gone")
    }

    /// Stores a text under the next number, and posts it to all readers.
    async fn post(&self, event: &Event) -> Response {
        let message = message(event);
        let post = message["text"].as_str().unwrap_or_default();
        let number = loop {
            let number = self.last_number().await? + 1;
            let put = self.table.put_item().table_name(POSTS);
            let put = put
                .item("feed", text(FEED))
                .item("number", AttributeValue::N(number.to_string()))
                .item("text", text(post))
                .condition_expression("attribute_not_exists(feed)");
            match put.send().await {
                Ok(_) => break number,
                Err(error) if was_overtaken(&error) => {}
                Err(error) => return Err(error.into()),
            }
        };
        let readers = self.table.scan().table_name(READERS).consistent_read(true);
        let readers = readers.into_paginator().items().send();
        let readers: Vec<_> = readers.collect::<Result<_, _>>().await?;
        for reader in readers {
            self.show(event, reader["connectionId"].clone(), number, post).await;
        }
        response(200, "posted")
    }

    /// Takes a reader in, and posts it everything that it has missed.
    async fn since(&self, event: &Event) -> Response {
        let put = self.table.put_item().table_name(READERS);
        put.item("connectionId", connection_id(event)).send().await?;
        let message = message(event);
        let Some(read) = message["number"].as_str() else { return response(200, "welcome") };
        let missed = self.table.query().table_name(POSTS).consistent_read(true);
        let missed = missed
            .key_condition_expression("feed = :feed AND #number > :read")
            .expression_attribute_names("#number", "number")
            .expression_attribute_values(":feed", text(FEED))
            .expression_attribute_values(":read", AttributeValue::N(read.to_owned()))
            .into_paginator()
            .items()
            .send();
        let missed: Vec<_> = missed.collect::<Result<_, _>>().await?;
        for post in missed {
            let number = post["number"].as_n().ok().and_then(|number| number.parse().ok());
            let post = post["text"].as_s().map_or("", String::as_str);
            self.show(event, connection_id(event), number.unwrap_or_default(), post).await;
        }
        response(200, "welcome back")
    }

    async fn last_number(&self) -> Result<u64, Error> {
        let query = self.table.query().table_name(POSTS).consistent_read(true);
        let last = query
            .key_condition_expression("feed = :feed")
            .expression_attribute_values(":feed", text(FEED))
            .scan_index_forward(false)
            .limit(1)
            .send()
            .await?;
        let number = last.items().first().and_then(|post| post["number"].as_n().ok());
        Ok(number.map_or(Ok(0), |number| number.parse())?)
    }

    /// Posts to one reader. One that does not get it asks for it later.
    async fn show(&self, event: &Event, reader: AttributeValue, number: u64, post: &str) {
        let id = reader.as_s().cloned().unwrap_or_default();
        let shown = management(&self.management, event).post_to_connection().connection_id(id);
        let _ = shown.data(Blob::new(format!("#{number} {post}"))).send().await;
    }
}
