//! The chat as the simulator runs it: routes, table, functions, promises and plans.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use lambda_runtime::LambdaEvent;
use rooms::{Chat, Event, Members, Memory};
use serde_json::{Value, json};
use stormglass_sim::Upgrade;
use stormglass_sim::case::{Action, Client as Person, Deployment, Plan};
use stormglass_sim::stack::{Route, Stack, Table, TableIndex};
use stormglass_sim::{App, Handler, Sdk, handler};
use stormglass_spec::hash::Draws;
use stormglass_spec::{Property, properties};

use crate::promise::HEARD;

const TABLE: &str = "rooms";

/// The chat in one of its versions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rooms(pub(crate) Memory);

impl App for Rooms {
    fn name(&self) -> &str {
        "rooms"
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

    /// Returns the message that the simulator's own client sends at the end of every run.
    fn broadcast(&self, data: &str) -> String {
        json!({ "action": "say", "room": "red", "text": data }).to_string()
    }

    /// Returns the chat's own promise, and one that fits any service.
    ///
    /// `in-time` fits, too, but the chat breaks it: its SDK clients have no timeouts. A function
    /// waits for a service that hangs until Lambda kills the function, and the client gets no
    /// answer.
    fn properties(&self) -> Vec<Property> {
        vec![HEARD, properties::DISCREET]
    }

    fn plan(&self, seed: u64) -> Plan {
        let mut draws = Draws::new(seed, "rooms");
        let names = &["ana", "bob", "cyd"][..draws.pick(&[1, 2, 3, 3])];
        let deployment = Deployment {
            page_rows_max: draws.pick(&[None, Some(1)]),
            replica_lag: Duration::from_millis(draws.pick(&[100, 1_000, 3_000])),
            ..Deployment::default()
        };
        Plan { deployment, clients: names.iter().map(|name| person(seed, name)).collect() }
    }

    fn replay_command(&self) -> Option<&str> {
        Some("cargo run --example explore --")
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

/// Makes a client that goes from room to room, and says something now and then.
fn person(seed: u64, name: &str) -> Person {
    let mut draws = Draws::new(seed, name);
    let mut actions = vec![Action::Connect(Upgrade::default())];
    for _ in 0..3 + draws.below(8) {
        if draws.chance(400) {
            actions.push(Action::Idle(Duration::from_millis(500)));
        }
        let room = draws.pick(&["red", "blue"]);
        actions.push(match draws.below(20) {
            0..9 => text(&json!({ "action": "join", "room": room })),
            9..17 => text(&json!({ "action": "say", "room": room, "text": name })),
            17 => text(&json!({ "action": "leave" })),
            18 => draws.pick(&[Action::Close(None), Action::Vanish]),
            _ => Action::Connect(Upgrade::default()),
        });
    }
    Person::new(name, actions)
}

fn text(message: &Value) -> Action {
    Action::Text(message.to_string())
}
