//! Arbitrary events: every handler answers, and does nothing for a request that it refuses.

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use aws_lambda_events::encodings::Body;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_mocks::mock;
use lambda_runtime::{Context, LambdaEvent};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::{option, prop_oneof};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use stormglass_handlers::{Connect, Disconnect, Fallback, Settings};
use stormglass_spec::quotas::MESSAGE_BYTES_MAX;

use crate::services::Services;
use crate::support::{
    DEADLINE, Event, NOW, Wire, dynamodb, in_virtual_time, message_on, raw_event, settings, written,
};

/// The responses of all handlers to an event, and how many requests left each of them.
fn handle(event: &Event) -> [(ApiGatewayProxyResponse, usize); 4] {
    let settings = Settings {
        subprotocols: vec!["chat".to_owned()],
        origins: vec!["https://chat.example.com".to_owned()],
        ..settings()
    };
    let put = mock!(aws_sdk_dynamodb::Client::put_item).then_http_response(written);
    let delete = mock!(aws_sdk_dynamodb::Client::delete_item).then_http_response(written);
    in_virtual_time(async {
        let wire = Wire::new();
        let connect = Connect::new(&settings, dynamodb(&[&put], wire.clone()));
        let connected = (connect.handle(event.clone()).await, wire.urls.all().len());

        let wire = Wire::new();
        let disconnect = Disconnect::new(&settings, dynamodb(&[&delete], wire.clone()));
        let disconnected = (disconnect.handle(event.clone()).await, wire.urls.all().len());

        let wire = Wire::new();
        let services = Services::with_rows(&[("a", NOW), ("b", NOW - 90_000)]);
        let services = services.table(wire.clone()).gateway(wire.clone());
        let broadcast = services.handler(&settings);
        let broadcasted = (broadcast.handle(event.clone()).await, wire.urls.all().len());

        [
            connected,
            disconnected,
            broadcasted,
            (Fallback::new(SharedTimeSource::default()).handle(event.clone()).await, 0),
        ]
    })
}

/// Hands an event to every handler, if it is one as far as the runtime is concerned.
fn check(event: &str) -> Result<(), TestCaseError> {
    let Ok(payload) = serde_json::from_str::<ApiGatewayWebsocketProxyRequest>(event) else {
        return Ok(());
    };
    let mut context = Context::default();
    context.deadline = NOW + DEADLINE.as_millis() as u64;
    check_event(&LambdaEvent::new(payload, context))
}

fn check_event(event: &Event) -> Result<(), TestCaseError> {
    for (response, calls) in handle(event) {
        let status = response.status_code;
        prop_assert!([200, 400, 403, 500].contains(&status), "status {}", status);
        let is_refused = [400, 403].contains(&status);
        prop_assert!(calls == 0 || !is_refused, "{calls} calls, and then {status}");
        match &response.body {
            None => prop_assert_eq!(status, 200),
            Some(Body::Text(text)) => {
                prop_assert!(text.len() <= MESSAGE_BYTES_MAX, "{} bytes", text.len());
                let reply = serde_json::from_str::<&RawValue>(text);
                prop_assert!(reply.is_ok(), "{} is not JSON", text);
            }
            Some(other) => prop_assert!(false, "{:?} is not text", other),
        }
    }
    Ok(())
}

/// JSON of every type, and deeper than a parser may follow.
fn any_json() -> impl Strategy<Value = Value> {
    let number = any::<i64>().prop_map(Value::from);
    let float = any::<f64>().prop_map(Value::from);
    let text = prop_oneof![".{0,8}", select(WORDS.to_vec()).prop_map(String::from)];
    let text = text.prop_map(Value::from);
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), number, float, text];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((names(), inner.clone()), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            (inner, 1_usize..200).prop_map(|(inner, levels)| nest(inner, levels)),
        ]
    })
}

fn nest(value: Value, levels: usize) -> Value {
    (0..levels).fold(value, |inner, _| json!([inner]))
}

/// Names that an event or a message has, and others.
fn names() -> impl Strategy<Value = String> {
    prop_oneof![select(WORDS.to_vec()).prop_map(String::from), ".{0,8}"]
}

const WORDS: [&str; 18] = [
    "action",
    "broadcast",
    "data",
    "id",
    "requestContext",
    "connectedAt",
    "requestTimeEpoch",
    "eventType",
    "CONNECT",
    "DISCONNECT",
    "MESSAGE",
    "connectionId",
    "requestId",
    "body",
    "headers",
    "multiValueHeaders",
    "apiId",
    "stage",
];

/// A real event of one of the four routes (FACTS 5.1-5.3).
fn real_events() -> impl Strategy<Value = Value> {
    let routes = select(vec![
        ("$connect", "CONNECT"),
        ("$disconnect", "DISCONNECT"),
        ("broadcast", "MESSAGE"),
        ("$default", "MESSAGE"),
    ]);
    let origins = select(vec!["https://chat.example.com", "https://elsewhere.example.com"]);
    (routes, origins).prop_map(|((route, event_type), origin)| {
        let mut event = raw_event(route, event_type);
        match event_type {
            "MESSAGE" => event["body"] = json!(r#"{"action":"broadcast","data":"hi","id":7}"#),
            _ => {
                event["headers"] = json!({"Origin": origin, "Sec-WebSocket-Protocol": "chat"});
                event["multiValueHeaders"] = json!({"Sec-WebSocket-Protocol": ["mqtt", "chat"]});
            }
        }
        event
    })
}

/// A change of one field.
#[derive(Clone, Debug)]
enum Mutation {
    Set(Value),
    Removed,
    Nested(usize),
    Huge(usize),
}

fn mutations() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        Just(Mutation::Set(Value::Null)),
        any_json().prop_map(Mutation::Set),
        select(vec![i64::MIN, -1, 0, i64::MAX]).prop_map(|number| Mutation::Set(number.into())),
        Just(Mutation::Removed),
        (1_usize..200).prop_map(Mutation::Nested),
        (1_usize..200_000).prop_map(Mutation::Huge),
    ]
}

/// The pointers of all fields, as RFC 6901 has it.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    let Value::Object(fields) = value else { return };
    for (name, field) in fields {
        let pointer = format!("{here}/{name}");
        found.push(pointer.clone());
        pointers(field, &pointer, found);
    }
}

fn mutate(event: &mut Value, which: Index, mutation: Mutation) {
    let mut found = Vec::new();
    pointers(event, "", &mut found);
    if found.is_empty() {
        return;
    }
    let (parent, name) = which.get(&found).rsplit_once('/').expect("a pointer has a slash");
    let parent = event.pointer_mut(parent).and_then(Value::as_object_mut);
    // A name that a mutation made may have to be escaped in a pointer, and is left alone.
    let Some(parent) = parent else { return };
    match mutation {
        Mutation::Set(value) => drop(parent.insert(name.to_owned(), value)),
        Mutation::Removed => drop(parent.remove(name)),
        Mutation::Nested(levels) => {
            let value = parent.remove(name).unwrap_or_default();
            parent.insert(name.to_owned(), nest(value, levels));
        }
        Mutation::Huge(bytes) => drop(parent.insert(name.to_owned(), "x".repeat(bytes).into())),
    }
}

/// Messages of JSON that are right but for the odd field, and then for the odd character.
fn nearly_messages() -> impl Strategy<Value = String> {
    let action = prop_oneof![3 => Just(json!("broadcast")), 1 => any_json()];
    let fields = (option::weighted(0.9, action), option::weighted(0.9, any_json()));
    let fields = (fields, option::of(any_json()), vec((names(), any_json()), 0..2));
    let message = fields.prop_map(|((action, data), id, others)| {
        let known = [("action", action), ("data", data), ("id", id)];
        let known = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(known.chain(others).collect::<Map<_, _>>()).to_string()
    });
    let edit = (any::<Index>(), option::of(select(PIECES.to_vec())));
    (message, vec(edit, 0..3)).prop_map(|(message, edits)| {
        let mut characters: Vec<char> = message.chars().collect();
        for (at, piece) in edits {
            let at = at.index(characters.len() + 1);
            match piece {
                Some(piece) => drop(characters.splice(at..at, piece.chars())),
                None if at < characters.len() => drop(characters.remove(at)),
                None => {}
            }
        }
        characters.into_iter().collect()
    })
}

const PIECES: [&str; 14] = [
    r"\",
    "\"",
    "{",
    "}",
    "[",
    ",",
    ":",
    r"\ud800",
    r"\udc00",
    r"\u0062",
    "1e999",
    "\u{0}",
    "\u{feff}",
    r#""id":1,"#,
];

proptest! {
    #[test]
    fn any_json_is_answered(event in any_json()) {
        check(&event.to_string())?;
    }

    #[test]
    fn a_real_event_with_fields_changed_is_answered(
        event in real_events(),
        changes in vec((any::<Index>(), mutations()), 1..4),
    ) {
        let mut event = event;
        for (which, mutation) in changes {
            mutate(&mut event, which, mutation);
        }
        check(&event.to_string())?;
    }

    #[test]
    fn any_text_is_answered(body in any::<String>()) {
        check_event(&message_on("broadcast", &body))?;
    }

    #[test]
    fn a_message_with_something_wrong_is_answered(body in nearly_messages()) {
        check_event(&message_on("broadcast", &body))?;
    }
}
