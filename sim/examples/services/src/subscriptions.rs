//! Topics and their subscribers: several rows for each connection.
//!
//! In the first version `$disconnect` looks the rows of its connection up in an index. The index is
//! eventually consistent, so it may not have a row that was stored a moment ago: that row stays,
//! and every later text of its topic is posted to a connection that is gone.

use std::rc::Rc;

use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use stormglass_sim::stack::{Route, Stack, Table, TableIndex};
use stormglass_sim::{App, Handler, Sdk, Vocabulary, handler};
use stormglass_spec::history::{self, EventKind, Outcome};
use stormglass_spec::{Ledger, Monitor, MonitorMaker, Property, PropertyKind, Violation};

use crate::{Event, Response, Version, connection_id, management, message, response, text};

const TABLE: &str = "subscriptions";
const INDEX: &str = "other-key";

/// The topic and the connection of a row.
type Row = [AttributeValue; 2];

/// The service in one of its versions.
#[derive(Clone, Copy, Debug)]
pub struct Subscriptions(pub Version);

impl Subscriptions {
    /// Returns the partition key of the table and its sort key, which are the keys of the index in
    /// the other order. Reads of the table are consistent, reads of the index are not.
    fn keys(self) -> [&'static str; 2] {
        match self.0 {
            Version::First => ["topic", "connectionId"],
            Version::Mended => ["connectionId", "topic"],
        }
    }
}

impl App for Subscriptions {
    fn name(&self) -> &str {
        match self.0 {
            Version::First => "subscriptions",
            Version::Mended => "subscriptions-mended",
        }
    }

    fn stack(&self) -> Stack {
        let [partition, sort] = self.keys();
        let table = Table::new(TABLE, partition).sorted_by(sort);
        Stack::new()
            .route(Route::one_way("$disconnect", "disconnect"))
            .route(Route::two_way("subscribe", "subscribe"))
            .route(Route::two_way("unsubscribe", "unsubscribe"))
            .route(Route::one_way("publish", "publish"))
            .table(table.indexed(TableIndex::new(INDEX, sort).sorted_by(partition)))
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new()
            .hole("topic", &["storms", "tides"])
            .message(4, r#"{"action":"subscribe","topic":"{topic}"}"#)
            .message(1, r#"{"action":"unsubscribe","topic":"{topic}"}"#)
            .message(2, r#"{"action":"publish","topic":"{topic}","text":"{text}"}"#)
    }

    fn properties(&self) -> Vec<Property> {
        vec![TIDY]
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let functions = Rc::new(Functions {
            version: self.0,
            table: Client::from_conf(sdk.dynamodb().build()),
            management: sdk.management(),
        });
        let function = function.to_owned();
        handler(move |event: Event| {
            let (functions, function) = (Rc::clone(&functions), function.clone());
            async move {
                match function.as_str() {
                    "disconnect" => functions.disconnect(&event).await,
                    "subscribe" => functions.subscribe(&event).await,
                    "unsubscribe" => functions.unsubscribe(&event).await,
                    _ => functions.publish(&event).await,
                }
            }
        })
    }
}

struct Functions {
    version: Version,
    table: Client,
    management: Builder,
}

impl Functions {
    async fn subscribe(&self, event: &Event) -> Response {
        let put = self.table.put_item().table_name(TABLE);
        put.item("topic", text(message(event)["topic"].as_str().unwrap_or_default()))
            .item("connectionId", connection_id(event))
            .send()
            .await?;
        response(200, "subscribed")
    }

    async fn unsubscribe(&self, event: &Event) -> Response {
        let topic = message(event)["topic"].as_str().unwrap_or_default().to_owned();
        self.remove(text(&topic), connection_id(event)).await?;
        response(200, "unsubscribed")
    }

    /// Removes all rows of a connection.
    async fn disconnect(&self, event: &Event) -> Response {
        for [topic, id] in self.rows("connectionId", connection_id(event)).await? {
            self.remove(topic, id).await?;
        }
        response(200, "gone")
    }

    async fn publish(&self, event: &Event) -> Response {
        let message = message(event);
        let topic = message["topic"].as_str().unwrap_or_default();
        let management = management(&self.management, event);
        for [_, id] in self.rows("topic", text(topic)).await? {
            let id = id.as_s().cloned().unwrap_or_default();
            let post = management.post_to_connection().connection_id(id);
            // `$disconnect` removes the rows of a subscriber that is gone.
            let _ = post.data(Blob::new(Value::to_string(&message["text"]))).send().await;
        }
        response(200, "published")
    }

    async fn remove(
        &self,
        topic: AttributeValue,
        id: AttributeValue,
    ) -> Result<(), lambda_runtime::Error> {
        let delete = self.table.delete_item().table_name(TABLE);
        delete.key("topic", topic).key("connectionId", id).send().await?;
        Ok(())
    }

    /// Returns all rows with this value: by the table if it is the partition key, or by the index.
    async fn rows(
        &self,
        key: &str,
        value: AttributeValue,
    ) -> Result<Vec<Row>, lambda_runtime::Error> {
        let is_of_table = Subscriptions(self.version).keys()[0] == key;
        let query = self.table.query().table_name(TABLE);
        let query = if is_of_table { query.consistent_read(true) } else { query.index_name(INDEX) };
        let pages = query
            .key_condition_expression(format!("{key} = :value"))
            .expression_attribute_values(":value", value)
            .into_paginator()
            .items()
            .send();
        let rows: Vec<_> = pages.collect::<Result<_, _>>().await?;
        Ok(rows.iter().map(|row| ["topic", "connectionId"].map(|key| row[key].clone())).collect())
    }
}

/// The promise that `$disconnect` removes every row of its connection.
const TIDY: Property = Property {
    id: "tidy",
    kind: PropertyKind::Always,
    promise: "A `$disconnect` that reports success leaves no row that was stored before it began \
              and names its connection.",
    reason: "Nobody removes such a row later, and every text of its topic is posted in vain.",
    sources: &["FACTS 6.4: an index may not have a row yet (DynamoDB guide, \
         HowItWorks.ReadConsistency)"],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(Tidy { times: 0 })),
};

#[derive(Debug)]
struct Tidy {
    times: u64,
}

impl Monitor for Tidy {
    fn observe(&mut self, event: &history::Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::InvocationEnded {
            invocation,
            outcome: Outcome::Returned { status: 200, .. },
        } = &event.kind
        else {
            return Ok(());
        };
        let state = ledger.invocation(invocation);
        let Some(state) = state.filter(|state| state.route.as_ref() == "$disconnect") else {
            return Ok(());
        };
        let Some(gone) = &state.connection else { return Ok(()) };
        self.times += 1;
        for (name, row) in ledger.rows() {
            let is_older = row.stored.event < state.started.event;
            if is_older && row.connections.contains(gone) {
                let because = format!(
                    "{invocation} returned 200 in step {}, but the row {name}, stored in step {}, \
                     still names {gone}.",
                    event.number, row.stored.event
                );
                return Err(Violation::new(because, [gone.clone()]));
            }
        }
        Ok(())
    }

    fn times(&self) -> u64 {
        self.times
    }
}
