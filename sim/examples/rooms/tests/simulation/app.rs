//! The chat as the simulator runs it: routes, table, functions, promises and messages.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use lambda_runtime::LambdaEvent;
use rooms::{Chat, Event, Members, Memory};
use serde_json::Value;
use stormglass_sim::stack::{Route, Stack, Table, TableIndex};
use stormglass_sim::{App, CommandLine, Handler, Sdk, Vocabulary, handler};
use stormglass_spec::{Property, properties};

use crate::promise::HEARD;

const TABLE: &str = "rooms";

/// The chat in one of its versions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rooms(pub(crate) Memory);

/// The first version, which looks the members of a room up in an index.
pub(crate) static FIRST: Rooms = Rooms(Memory::Index);

/// The mended version.
pub(crate) static MENDED: Rooms = Rooms(Memory::Row);

impl App for Rooms {
    fn name(&self) -> &str {
        match self.0 {
            Memory::Index => "rooms",
            Memory::Row => "mended",
        }
    }

    fn stack(&self) -> Stack {
        let members = Table::new(TABLE, "room").sorted_by("connectionId");
        let members = members.indexed(TableIndex::new("by-connection", "connectionId"));
        let stack = Stack::new().timeout(Duration::from_secs(30)).table(members);
        let routes = ["join", "leave", "say"].map(|key| Route::two_way(key, key));
        let stack = routes.into_iter().fold(stack, Stack::route);
        stack.route(Route::one_way("$disconnect", "$disconnect"))
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let members = Members::new(Client::from_conf(sdk.dynamodb().build()), TABLE, self.0);
        let chat = Chat::new(members, sdk.management());
        let function = function.to_owned();
        handler(move |event: LambdaEvent<_>| {
            let (chat, function) = (chat.clone(), function.clone());
            async move { call(&chat, &function, event).await }
        })
    }

    /// Returns the chat's own promise, and one that fits any service.
    ///
    /// `in-time` fits, too, but the chat breaks it: its SDK clients have no timeouts. A function
    /// waits for a service that hangs until Lambda kills the function, and the client gets no
    /// answer.
    fn properties(&self) -> Vec<Property> {
        vec![HEARD, properties::DISCREET]
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new()
            .hole("room", &["red", "blue"])
            .message(9, r#"{"action":"join","room":"{room}"}"#)
            .message(8, r#"{"action":"say","room":"{room}","text":"{text}"}"#)
            .message(1, r#"{"action":"leave"}"#)
    }

    fn command_line(&self) -> Option<CommandLine> {
        Some(CommandLine::new("cargo run --example explore --").with_app(self.name()))
    }
}

async fn call(chat: &Chat, function: &str, event: Event) -> Result<Value, lambda_runtime::Error> {
    match function {
        "join" => chat.join(event).await,
        "leave" => chat.leave(event).await,
        "say" => chat.say(event).await,
        _ => chat.disconnect(event).await,
    }
}
