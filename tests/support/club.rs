//! A club with one seat and one game, and the lapses that break a ready-made promise each.

use std::rc::Rc;
use std::time::Duration;

use aws_lambda_events::event::apigw::ApiGatewayWebsocketProxyRequest;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::stack::{Route, Stack, Table};
use stormglass_sim::{App, Handler, Sdk, Vocabulary, handler};
use stormglass_spec::{Property, ready};

type Event = LambdaEvent<ApiGatewayWebsocketProxyRequest>;

const TABLE: &str = "seats";
const USER: &str = "guest";
const GAME: &str = "game";

/// A mistake in one of the club's functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    /// `$default` ends with an error.
    Throws,
    /// `move` writes the game back, whatever happened to it meanwhile.
    Overwrites,
    /// `$disconnect` empties the seat, whoever has it by then.
    Evicts,
    /// `move` takes no notice of a write that fails.
    Shrugs,
    /// `count` posts all numbers at once.
    Hurries,
    /// `echo` trims the text.
    Trims,
    /// `$connect` refuses a client if the seat is taken.
    Refuses,
}

/// The application: all of its clients are connections of one user. Without a lapse, it is mended.
#[derive(Clone, Copy, Debug)]
pub struct Club(pub Option<Lapse>);

impl App for Club {
    fn name(&self) -> &str {
        "club"
    }

    fn stack(&self) -> Stack {
        let stack = Stack::new().timeout(Duration::from_secs(10)).table(Table::new(TABLE, "seat"));
        let stack = ["$connect", "$disconnect"]
            .into_iter()
            .fold(stack, |stack, key| stack.route(Route::one_way(key, key)));
        ["move", "count", "echo", "$default"]
            .into_iter()
            .fold(stack, |stack, key| stack.route(Route::two_way(key, key)))
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let functions = Rc::new(Functions {
            lapse: self.0,
            // A single failure is enough to lose a write: searches find that soon.
            dynamodb: aws_sdk_dynamodb::Client::from_conf(
                sdk.dynamodb().retry_config(RetryConfig::disabled()).build(),
            ),
            management: sdk.management(),
        });
        let function = function.to_owned();
        handler(move |event: Event| {
            let (functions, function) = (Rc::clone(&functions), function.clone());
            async move { functions.run(&function, &event).await }
        })
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new()
            .message(3, r#"{"action":"move"}"#)
            .message(1, r#"{"action":"count"}"#)
            .message(1, r#"{"action":"echo","text":" padded "}"#)
            .message(1, "hello")
    }

    fn properties(&self) -> Vec<Property> {
        let number = |text: &str| text.strip_prefix('#')?.parse().ok();
        let with_parameters =
            [ready::newest_wins("user"), ready::in_order(number), ready::reply_says(echoes)];
        ready::READY.iter().cloned().chain(with_parameters).collect()
    }
}

/// Tells if a reply repeats the text of a message; `None` if the message asks for no echo.
fn echoes(message: &str, reply: &str) -> Option<bool> {
    let message: Value = serde_json::from_str(message).ok()?;
    (message["action"] == "echo").then(|| message["text"] == reply)
}

struct Functions {
    lapse: Option<Lapse>,
    dynamodb: aws_sdk_dynamodb::Client,
    management: aws_sdk_apigatewaymanagement::config::Builder,
}

impl Functions {
    async fn run(&self, function: &str, event: &Event) -> Result<Value, Error> {
        let (status, body) = match function {
            "$connect" => (self.connect(event).await, String::new()),
            "$disconnect" => (self.disconnect(event).await, String::new()),
            "move" => (self.make_move().await, "moved".to_owned()),
            "count" => (self.count(event).await, "counted".to_owned()),
            "echo" => (200, self.echo(event)),
            _ if self.lapse == Some(Lapse::Throws) => return Err("no such action".into()),
            _ => (400, "no such action".to_owned()),
        };
        Ok(json!({ "statusCode": status, "body": body }))
    }

    /// Takes the seat, unless a newer connection has it.
    async fn connect(&self, event: &Event) -> u16 {
        let context = &event.payload.request_context;
        let put = self
            .dynamodb
            .put_item()
            .table_name(TABLE)
            .item("seat", text(USER))
            .item("user", text(USER))
            .item("connectionId", text(id_of(event)))
            .item("connectedAt", number(context.connected_at));
        let put = if self.lapse == Some(Lapse::Refuses) {
            put.condition_expression("attribute_not_exists(seat)")
        } else {
            put.condition_expression("attribute_not_exists(seat) OR connectedAt < :now")
                .expression_attribute_values(":now", number(context.connected_at))
        };
        match put.send().await {
            Err(error) if is_condition(&error) && self.lapse != Some(Lapse::Refuses) => 200,
            Err(_) => 500,
            Ok(_) => 200,
        }
    }

    /// Gives the seat up, if this connection still has it.
    async fn disconnect(&self, event: &Event) -> u16 {
        let delete = self.dynamodb.delete_item().table_name(TABLE).key("seat", text(USER));
        let delete = if self.lapse == Some(Lapse::Evicts) {
            delete
        } else {
            delete
                .condition_expression("connectionId = :me")
                .expression_attribute_values(":me", text(id_of(event)))
        };
        // A seat that a newer connection has is none of its business.
        let _ = delete.send().await;
        200
    }

    /// Reads the number of moves, and writes the next one if nobody else has moved meanwhile.
    async fn make_move(&self) -> u16 {
        let get = self.dynamodb.get_item().table_name(TABLE).key("seat", text(GAME));
        let Ok(game) = get.consistent_read(true).send().await else { return 503 };
        let moves = game.item().and_then(|game| game.get("moves")?.as_n().ok()?.parse().ok());
        let moves: i64 = moves.unwrap_or(0);
        let put = self.dynamodb.put_item().table_name(TABLE).item("seat", text(GAME));
        let put = put.item("moves", number(moves + 1));
        let put = if self.lapse == Some(Lapse::Overwrites) {
            put
        } else {
            put.condition_expression("attribute_not_exists(seat) OR moves = :read")
                .expression_attribute_values(":read", number(moves))
        };
        match put.send().await {
            Err(_) if self.lapse == Some(Lapse::Shrugs) => 200,
            Err(error) if is_condition(&error) => 409,
            Err(_) => 503,
            Ok(_) => 200,
        }
    }

    /// Posts three numbers to the sender, each when the one before is accepted.
    async fn count(&self, event: &Event) -> u16 {
        let management = self.management(event);
        let post = |number: u32| {
            let post = management.post_to_connection().connection_id(id_of(event));
            post.data(Blob::new(format!("#{number}"))).send()
        };
        if self.lapse == Some(Lapse::Hurries) {
            join_all((1..=3).map(post)).await;
            return 200;
        }
        for number in 1..=3 {
            if post(number).await.is_err() {
                break;
            }
        }
        200
    }

    fn echo(&self, event: &Event) -> String {
        let body = event.payload.body.as_deref().unwrap_or_default();
        let message: Value = serde_json::from_str(body).unwrap_or_default();
        let text = message["text"].as_str().unwrap_or_default();
        let text = if self.lapse == Some(Lapse::Trims) { text.trim() } else { text };
        text.to_owned()
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

fn is_condition<R>(error: &SdkError<PutItemError, R>) -> bool {
    let error = error.as_service_error();
    error.is_some_and(PutItemError::is_conditional_check_failed_exception)
}

fn id_of(event: &Event) -> &str {
    event.payload.request_context.connection_id.as_deref().unwrap_or_default()
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}
