//! A chat with one room, whose rows have two keys, an index, and an expiry.

use std::rc::Rc;
use std::time::Duration;

use aws_lambda_events::event::apigw::ApiGatewayWebsocketProxyRequest;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, DeleteRequest, KeysAndAttributes, Put, TransactWriteItem, WriteRequest,
};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::stack::{Route, Stack, Table, TableIndex};
use stormglass_sim::{App, Broadcasts, Handler, Sdk, handler};
use stormglass_spec::history::Acknowledgement;

type Event = LambdaEvent<ApiGatewayWebsocketProxyRequest>;

const TABLE: &str = "rooms";
const INDEX: &str = "by-connection";
const ROOM: &str = "lobby";

/// The application. It uses most of what DynamoDB offers, and none of it with much care.
#[derive(Clone, Copy, Debug)]
pub struct Rooms {
    /// The time from the connection until its row expires.
    pub expires_after_s: u64,
}

impl App for Rooms {
    fn name(&self) -> &str {
        "rooms"
    }

    fn stack(&self) -> Stack {
        let table = Table::new(TABLE, "room").sorted_by("connectionId");
        let table = table.indexed(TableIndex::new(INDEX, "connectionId")).expiring_by("expiresAt");
        let stack = Stack::new().timeout(Duration::from_secs(30)).table(table);
        let routes = ["$connect", "$disconnect", "broadcast"].map(|key| Route::one_way(key, key));
        routes.into_iter().fold(stack, Stack::route)
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let clients = Rc::new(Clients {
            expires_after_s: self.expires_after_s,
            dynamodb: aws_sdk_dynamodb::Client::from_conf(sdk.dynamodb().build()),
            management: sdk.management(),
        });
        let function = function.to_owned();
        handler(move |event: Event| {
            let (clients, function) = (Rc::clone(&clients), function.clone());
            async move {
                match function.as_str() {
                    "$connect" => clients.connect(&event).await?,
                    "$disconnect" => clients.disconnect(&event).await?,
                    _ => clients.broadcast(&event).await?,
                }
                Ok::<Value, Error>(json!({ "statusCode": 200 }))
            }
        })
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        Some(self)
    }
}

impl Broadcasts for Rooms {
    fn message(&self, data: &str) -> String {
        format!(r#"{{"action":"broadcast","data":{data}}}"#)
    }

    fn acknowledgement(&self, status: u16, _: Option<&str>) -> Option<Acknowledgement> {
        (status == 200).then_some(Acknowledgement { counts: None })
    }
}

struct Clients {
    expires_after_s: u64,
    dynamodb: aws_sdk_dynamodb::Client,
    management: aws_sdk_apigatewaymanagement::config::Builder,
}

impl Clients {
    /// Stores the row in a transaction.
    async fn connect(&self, event: &Event) -> Result<(), Error> {
        let context = &event.payload.request_context;
        let connected_at = u64::try_from(context.connected_at)?;
        let expires_at = connected_at / 1_000 + self.expires_after_s;
        let put = Put::builder()
            .table_name(TABLE)
            .item("room", string(ROOM))
            .item("connectionId", string(id_of(event)))
            .item("expiresAt", AttributeValue::N(expires_at.to_string()))
            .build()?;
        let item = TransactWriteItem::builder().put(put).build();
        self.dynamodb.transact_write_items().transact_items(item).send().await?;
        Ok(())
    }

    /// Looks the rows of the connection up in the index, and removes them as a batch.
    async fn disconnect(&self, event: &Event) -> Result<(), Error> {
        let found = self
            .dynamodb
            .query()
            .table_name(TABLE)
            .index_name(INDEX)
            .key_condition_expression("connectionId = :id")
            .expression_attribute_values(":id", string(id_of(event)))
            .send()
            .await?;
        let mut batch = Vec::new();
        for row in found.items() {
            let key = key_of(row).collect();
            let delete = DeleteRequest::builder().set_key(Some(key)).build()?;
            batch.push(WriteRequest::builder().delete_request(delete).build());
        }
        if !batch.is_empty() {
            self.dynamodb.batch_write_item().request_items(TABLE, batch).send().await?;
        }
        Ok(())
    }

    /// Counts the message, reads the room, and posts to everybody in it.
    async fn broadcast(&self, event: &Event) -> Result<(), Error> {
        let body: Value = serde_json::from_str(event.payload.body.as_deref().unwrap_or("{}"))?;
        let data = body["data"].as_str().unwrap_or_default();
        self.dynamodb
            .update_item()
            .table_name(TABLE)
            .key("room", string(ROOM))
            .key("connectionId", string(id_of(event)))
            .update_expression("ADD messages :one")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .send()
            .await?;
        let room = self
            .dynamodb
            .query()
            .table_name(TABLE)
            .key_condition_expression("room = :room")
            .expression_attribute_values(":room", string(ROOM))
            .send()
            .await?;
        let keys = room.items().iter().map(|row| key_of(row).collect()).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build()?;
        let rows = self.dynamodb.batch_get_item().request_items(TABLE, keys).send().await?;
        let management = self.management(event);
        for row in rows.responses().and_then(|tables| tables.get(TABLE)).into_iter().flatten() {
            let id = row.get("connectionId").and_then(|id| id.as_s().ok());
            let post = management.post_to_connection().set_connection_id(id.cloned());
            let _ = post.data(Blob::new(data)).send().await;
        }
        Ok(())
    }

    fn management(&self, event: &Event) -> aws_sdk_apigatewaymanagement::Client {
        let context = &event.payload.request_context;
        let domain = context.domain_name.as_deref().unwrap_or_default();
        let stage = context.stage.as_deref().unwrap_or_default();
        let endpoint = format!("https://{domain}/{stage}");
        let settings = self.management.clone().endpoint_url(endpoint).build();
        aws_sdk_apigatewaymanagement::Client::from_conf(settings)
    }
}

fn id_of(event: &Event) -> &str {
    event.payload.request_context.connection_id.as_deref().unwrap_or_default()
}

/// The attributes of a row that make up its key.
fn key_of<'a>(
    row: impl IntoIterator<Item = (&'a String, &'a AttributeValue)>,
) -> impl Iterator<Item = (String, AttributeValue)> {
    let row = row.into_iter().filter(|(name, _)| matches!(name.as_str(), "room" | "connectionId"));
    row.map(|(name, value)| (name.clone(), value.clone()))
}

fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}
