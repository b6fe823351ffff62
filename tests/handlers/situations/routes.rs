//! The answers of each route to every kind of event, when all services answer.

use aws_smithy_async::time::SharedTimeSource;
use futures_util::FutureExt;
use serde_json::json;
use stormglass_handlers::{Broadcast, Connect, Disconnect, Fallback, Settings};
use stormglass_tests::assert_snapshot;

use super::Table;
use super::wire::{Answer, Service};
use crate::support::{
    Event, connect, disconnect, dynamodb_at, management_at, message, message_on, settings,
};

const ROWS: &str = r#"{"Items":[
    {"connectionId":{"S":"old="},"connectedAt":{"N":"1700000000000"}},
    {"connectionId":{"S":"young="},"connectedAt":{"N":"1701245043999"}}]}"#;

fn with(event: Event, change: impl FnOnce(&mut Event)) -> Event {
    let mut event = event;
    change(&mut event);
    event
}

/// A deployment with every setting that changes an answer.
fn strict() -> Settings {
    Settings {
        subprotocols: vec!["storm.v1".to_owned(), "storm.v2".to_owned()],
        origins: vec!["https://chat.example.com".to_owned()],
        message_bytes_max: 8,
        callback_endpoint: Some("https://callback.example.com/dev".to_owned()),
        ..settings()
    }
}

#[test]
fn connecting() {
    let asking = |list: &str| connect(json!({"Sec-WebSocket-Protocol": list}));
    let from = |origin: &str| connect(json!({"Origin": origin}));
    let situations = [
        ("a handshake", settings(), connect(json!({}))),
        ("a handshake from anywhere", settings(), from("https://evil.example")),
        ("from an allowed origin", strict(), from("https://chat.example.com")),
        ("from another origin", strict(), from("https://evil.example")),
        ("from a sandboxed page", strict(), from("null")),
        ("from no browser", strict(), connect(json!({}))),
        ("asking for a sub-protocol that nobody speaks", settings(), asking("storm.v1")),
        ("asking for a sub-protocol", strict(), asking("chat, storm.v2, storm.v1")),
        ("asking for another sub-protocol", strict(), asking("chat")),
        ("a message on this route", settings(), message_on("$connect", r#"{"id":7}"#)),
        ("a disconnect on this route", settings(), disconnect()),
        (
            "an event without a connection",
            settings(),
            with(connect(json!({})), |event| {
                event.payload.request_context.connection_id = None;
            }),
        ),
        (
            "an event without a request",
            settings(),
            with(connect(json!({})), |event| event.payload.request_context.request_id = None),
        ),
    ];
    let mut table = Table::default();
    for (name, settings, event) in situations {
        let rows = Service::new(|_, _| Answer::ok("{}"));
        let handler = Connect::new(&settings, dynamodb_at(rows.clone()));
        let handling = async move { handler.handle(event).await };
        table.add(name, [&rows, &Service::unused()], handling.boxed());
    }
    assert_snapshot!("route-connect", table.text);
}

#[test]
fn disconnecting() {
    let situations = [
        ("a closed connection", disconnect()),
        ("a message on this route", message_on("$disconnect", r#"{"action":"$disconnect"}"#)),
        ("a handshake on this route", connect(json!({}))),
    ];
    let mut table = Table::default();
    for (name, event) in situations {
        let rows = Service::new(|_, _| Answer::ok("{}"));
        let handler = Disconnect::new(&settings(), dynamodb_at(rows.clone()));
        let handling = async move { handler.handle(event).await };
        table.add(name, [&rows, &Service::unused()], handling.boxed());
    }
    assert_snapshot!("route-disconnect", table.text);
}

/// Bodies of messages, most of them awkward.
fn bodies() -> Vec<(&'static str, String)> {
    let of = |fields: &str| format!(r#"{{"action":"broadcast",{fields}}}"#);
    let nested = "[".repeat(60_000) + &"]".repeat(60_000);
    vec![
        ("a string", of(r#""data":"hi \u00e9 \ud83d\ude00""#)),
        ("an empty string", of(r#""data":"""#)),
        ("an object", of(r#""data":{"b": 1.0,"a":[1e999]},"id":"x""#)),
        ("null", of(r#""data":null,"id":null"#)),
        ("a number", of(r#""data":-0.0,"id":{"n":1}"#)),
        ("no data", of(r#""id":7"#)),
        ("half a character", of(r#""data":"\ud83d","id":7"#)),
        ("half a character as the id", of(r#""data":1,"id":"\ude00""#)),
        ("data twice", of(r#""data":1,"data":2,"id":7"#)),
        ("an id twice", of(r#""data":1,"id":7,"id":8"#)),
        ("an id as long as a message", of(&format!(r#""data":1,"id":"{}""#, "x".repeat(1_023)))),
        ("data as long as a message", of(&format!(r#""data":"{}","id":7"#, "x".repeat(131_073)))),
        ("deep data", of(&format!(r#""data":{nested},"id":7"#))),
        ("a deep field", of(&format!(r#""other":{nested},"id":7"#))),
        ("a deep array", nested.clone()),
        ("another action", r#"{"action":"shout","data":1,"id":7}"#.to_owned()),
        ("an action of another type", r#"{"action":["broadcast"],"data":1,"id":7}"#.to_owned()),
        ("no action", r#"{"data":1,"id":7}"#.to_owned()),
        ("an array", r#"["broadcast",1,7]"#.to_owned()),
        ("a text", "hi".to_owned()),
        ("an unfinished object", r#"{"action":"broadcast","data":1"#.to_owned()),
        ("a raw control character", "{\"action\":\"broadcast\",\"data\":\"\n\"}".to_owned()),
        ("an unknown escape", of(r#""data":"\x41""#)),
        ("nothing", String::new()),
    ]
}

/// Every message, and the events that are none.
fn events(route: &str) -> Vec<(&'static str, Event)> {
    let mut events: Vec<_> =
        bodies().into_iter().map(|(name, body)| (name, message_on(route, &body))).collect();
    events.push(("no body", with(message("{}"), |event| event.payload.body = None)));
    events.push((
        "an encoded body",
        with(message(r#"{"action":"broadcast","data":1,"id":7}"#), |event| {
            event.payload.is_base64_encoded = true;
        }),
    ));
    events.push(("a handshake on this route", connect(json!({}))));
    events.push(("a disconnect on this route", disconnect()));
    events
}

/// Long runs of one character make a snapshot no clearer.
fn shortened(text: &str) -> String {
    ["x", "[", "]"].iter().fold(text.to_owned(), |text, part| {
        let long = part.repeat(100);
        text.split(&long).filter(|rest| !rest.is_empty()).collect::<Vec<_>>().join("...")
    })
}

#[test]
fn broadcasting() {
    let mut table = Table::default();
    for (name, event) in events("broadcast") {
        let rows = Service::new(|_, _| Answer::ok(ROWS));
        let gateway = Service::new(|_, _| Answer::ok(""));
        let (dynamodb, management) = (dynamodb_at(rows.clone()), management_at(gateway.clone()));
        let handler = Broadcast::new(&settings(), dynamodb, management);
        let handling = async move { handler.handle(event).await };
        table.add(name, [&rows, &gateway], handling.boxed());
    }
    assert_snapshot!("route-broadcast", shortened(&table.text));
}

#[test]
fn broadcasting_to_one_endpoint_or_another() {
    let at = |domain: &str| {
        let domain = domain.to_owned();
        with(message(r#"{"action":"broadcast","data":"hi"}"#), |event| {
            event.payload.request_context.domain_name = Some(domain);
        })
    };
    let default = "aabbccdd.execute-api.us-west-2.amazonaws.com";
    let situations = [
        ("the default domain", settings(), at(default)),
        ("the default domain in China", settings(), at(&format!("{default}.cn"))),
        ("a custom domain", settings(), at("chat.example.com")),
        ("a custom domain that looks alike", settings(), at("aabbccddexecute-api.example.com")),
        (
            "no domain",
            settings(),
            with(at(""), |event| {
                event.payload.request_context.domain_name = None;
            }),
        ),
        (
            "no API",
            settings(),
            with(at("chat.example.com"), |event| {
                event.payload.request_context.apiid = None;
            }),
        ),
        (
            "no stage",
            settings(),
            with(at(default), |event| {
                event.payload.request_context.stage = None;
            }),
        ),
        ("an endpoint from the settings", strict(), at(default)),
    ];
    let mut table = Table::default();
    for (name, settings, event) in situations {
        let rows = Service::new(|_, _| Answer::ok(ROWS));
        let gateway = Service::new(|_, _| Answer::ok(""));
        let (dynamodb, management) = (dynamodb_at(rows.clone()), management_at(gateway.clone()));
        let handler = Broadcast::new(&settings, dynamodb, management);
        let handling = async move { handler.handle(event).await };
        table.add(name, [&rows, &gateway], handling.boxed());
    }
    assert_snapshot!("route-broadcast-endpoints", table.text);
}

#[test]
fn falling_back() {
    let mut table = Table::default();
    for (name, event) in events("$default") {
        let handler = Fallback::new(SharedTimeSource::default());
        let handling = async move { handler.handle(event).await };
        table.add(name, [&Service::unused(), &Service::unused()], handling.boxed());
    }
    assert_snapshot!("route-default", shortened(&table.text));
}
