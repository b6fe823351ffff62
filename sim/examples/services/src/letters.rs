//! A chat of one to one: a row for each user, which names the user's connection.
//!
//! In the first version `$disconnect` looks the user up and removes the row. If it comes late, the
//! user may be back by then, and gets no letters any more.

use std::rc::Rc;

use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::Client;
use serde_json::Value;
use stormglass_sim::stack::{Route, Stack, Table, TableIndex};
use stormglass_sim::{App, Handler, Sdk, Upgrade, Vocabulary, handler};
use stormglass_spec::{Property, ready};

use crate::{
    Event, Response, Version, connected_at, connection_id, management, message, parameter,
    response, text, was_overtaken,
};

const USERS: &str = "users";
const BY_CONNECTION: &str = "by-connection";

/// The chat in one of its versions.
#[derive(Clone, Copy, Debug)]
pub struct Letters(pub Version);

impl App for Letters {
    fn name(&self) -> &str {
        match self.0 {
            Version::First => "letters",
            Version::Mended => "letters-mended",
        }
    }

    fn stack(&self) -> Stack {
        let users = Table::new(USERS, "user");
        Stack::new()
            .route(Route::one_way("$connect", "connect"))
            .route(Route::one_way("$disconnect", "disconnect"))
            .route(Route::two_way("send", "send"))
            .table(users.indexed(TableIndex::new(BY_CONNECTION, "connectionId")))
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new().message(1, r#"{"action":"send","to":"{other}","text":"{text}"}"#)
    }

    /// A user comes with a name.
    fn handshake(&self, client: &str, _kind: Option<&str>) -> Upgrade {
        let query = [("user".to_owned(), client.to_owned())];
        Upgrade { query: query.into(), ..Upgrade::default() }
    }

    fn properties(&self) -> Vec<Property> {
        let answered = ready::reply_says(|_, reply| Some(matches!(reply, "sent" | "away")));
        vec![
            ready::newest_wins("user"),
            Property { promise: "The sender of a letter learns if it was sent.", ..answered },
        ]
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let functions = Rc::new(Functions {
            version: self.0,
            users: Client::from_conf(sdk.dynamodb().build()),
            management: sdk.management(),
        });
        let function = function.to_owned();
        handler(move |event: Event| {
            let (functions, function) = (Rc::clone(&functions), function.clone());
            async move {
                match function.as_str() {
                    "connect" => functions.connect(&event).await,
                    "disconnect" => functions.disconnect(&event).await,
                    _ => functions.send(&event).await,
                }
            }
        })
    }
}

struct Functions {
    version: Version,
    users: Client,
    management: Builder,
}

impl Functions {
    /// Stores the connection of a user in the place of an older one.
    async fn connect(&self, event: &Event) -> Response {
        let put = self.users.put_item().table_name(USERS);
        let put = put
            .item("user", text(parameter(event, "user")))
            .item("connectionId", connection_id(event))
            .item("connectedAt", connected_at(event))
            // Nobody ever replaces the row of a newer connection.
            .condition_expression("attribute_not_exists(connectedAt) OR connectedAt < :at")
            .expression_attribute_values(":at", connected_at(event));
        match put.send().await {
            Err(error) if was_overtaken(&error) => response(409, "there is a newer connection"),
            stored => {
                stored?;
                response(200, "welcome")
            }
        }
    }

    /// Removes the row of the user whose connection has ended.
    async fn disconnect(&self, event: &Event) -> Response {
        let id = connection_id(event);
        let query = self.users.query().table_name(USERS).index_name(BY_CONNECTION);
        let found = query
            .key_condition_expression("connectionId = :id")
            .expression_attribute_values(":id", id.clone())
            .send()
            .await?;
        let Some(user) = found.items().first().and_then(|row| row.get("user")) else {
            return response(200, "unknown");
        };
        let delete = self.users.delete_item().table_name(USERS).key("user", user.clone());
        let removed = match self.version {
            Version::First => delete.send().await,
            Version::Mended => {
                let delete = delete.condition_expression("connectionId = :id");
                delete.expression_attribute_values(":id", id).send().await
            }
        };
        match removed {
            // The user is back on another connection.
            Err(error) if was_overtaken(&error) => {}
            removed => drop(removed?),
        }
        response(200, "goodbye")
    }

    /// Sends a letter to a user, and reports to its sender if the user is there.
    async fn send(&self, event: &Event) -> Response {
        let letter = message(event);
        let to = text(letter["to"].as_str().unwrap_or_default());
        let get = self.users.get_item().table_name(USERS).key("user", to).consistent_read(true);
        let found = get.send().await?;
        let id = found.item().and_then(|row| row.get("connectionId")?.as_s().ok());
        let Some(id) = id else { return response(200, "away") };
        let letter = Value::to_string(&letter["text"]);
        let post = management(&self.management, event).post_to_connection().connection_id(id);
        match post.data(Blob::new(letter)).send().await {
            Ok(_) => response(200, "sent"),
            Err(error) if error.as_service_error().is_some_and(|it| it.is_gone_exception()) => {
                response(200, "away")
            }
            Err(error) => Err(error.into()),
        }
    }
}
