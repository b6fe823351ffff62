//! The `$connect` route.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::types::error::ResourceNotFoundException;
use aws_smithy_mocks::{Rule, mock};
use serde_json::{Value, json};
use stormglass_handlers::{Connect, Settings};

use crate::support::{
    Latency, NOW, Record, SENDER, Wire, body, connect, connect_with, disconnect, dynamodb,
    in_virtual_time, message_on, n, s, settings, text, written,
};

fn puts(record: &Record<PutItemInput>) -> Rule {
    let record = record.clone();
    mock!(Client::put_item).then_compute_output(move |input| {
        record.add(input.clone());
        PutItemOutput::builder().build()
    })
}

#[test]
fn a_row_is_stored_before_its_handshake_is_accepted() {
    let record = Record::new();
    let response = in_virtual_time(async {
        let handler = Connect::new(&settings(), dynamodb(&[&puts(&record)], Wire::new()));
        handler.handle(connect(json!({}))).await
    });
    let expected = PutItemInput::builder()
        .table_name("secret-table")
        .item("connectionId", s(SENDER))
        .item("connectedAt", n(NOW - 2))
        .item("expiresAt", n((NOW - 2) / 1_000 + 3 * 60 * 60))
        .build();
    assert_eq!(record.all(), [expected.expect("this is a request")]);
    assert_eq!(response.status_code, 200);
    assert!(response.headers.is_empty());
}

#[test]
fn a_handshake_is_refused_if_its_row_is_not_stored() {
    let failing = mock!(Client::put_item).then_error(|| {
        let message = "Requested resource not found: Table: secret-table";
        PutItemError::ResourceNotFoundException(
            ResourceNotFoundException::builder().message(message).build(),
        )
    });
    let response = in_virtual_time(async {
        let handler = Connect::new(&settings(), dynamodb(&[&failing], Wire::new()));
        handler.handle(connect(json!({}))).await
    });
    assert_eq!(response.status_code, 500);
    assert_eq!(body(&response), json!({"error": "the connection could not be registered"}));
}

#[test]
fn a_hung_attempt_to_store_is_retried() {
    let put = mock!(Client::put_item).then_http_response(written);
    let wire = Wire::paced(|_, nth| if nth == 0 { Latency::Forever } else { Latency::Millis(5) });
    let response = in_virtual_time(async {
        let handler = Connect::new(&settings(), dynamodb(&[&put], wire.clone()));
        handler.handle(connect(json!({}))).await
    });
    assert_eq!(response.status_code, 200);
    assert_eq!(wire.urls.all().len(), 2);
}

#[test]
fn an_event_of_another_type_registers_nothing() {
    let record = Record::new();
    in_virtual_time(async {
        let handler = Connect::new(&settings(), dynamodb(&[&puts(&record)], Wire::new()));
        for event in [message_on("$connect", r#"{"action":"$connect","id":7}"#), disconnect()] {
            assert_eq!(handler.handle(event).await.status_code, 400);
        }
        let mut nameless = connect(json!({}));
        nameless.payload.request_context.connection_id = None;
        let response = handler.handle(nameless).await;
        assert_eq!(text(&response), r#"{"error":"the event names no connection"}"#);
    });
    assert_eq!(record.all(), []);
}

/// The sub-protocol that a client gets who sends `headers`.
fn subprotocol(headers: Value) -> Option<String> {
    let settings =
        Settings { subprotocols: vec!["storm.v1".into(), "storm.v2".into()], ..settings() };
    let response = in_virtual_time(async {
        let rules = puts(&Record::new());
        let handler = Connect::new(&settings, dynamodb(&[&rules], Wire::new()));
        handler.handle(connect(headers)).await
    });
    assert_eq!(response.status_code, 200);
    let header = response.headers.get("Sec-WebSocket-Protocol")?;
    Some(header.to_str().expect("the name is ASCII").to_owned())
}

#[test]
fn the_first_subprotocol_asked_for_that_we_speak_is_echoed() {
    let asked = |list: &str| subprotocol(json!({"sec-WebSocket-PROTOCOL": list}));
    assert_eq!(asked("chat, storm.v2,storm.v1").as_deref(), Some("storm.v2"));
    assert_eq!(asked("chat, STORM.V1"), None);
    assert_eq!(subprotocol(json!({})), None);
}

#[test]
fn pages_of_other_origins_may_not_connect() {
    let origins = vec!["https://chat.example.com".into(), "http://localhost:8080".into()];
    let settings = Settings { origins, ..settings() };
    let record = Record::new();
    in_virtual_time(async {
        let handler = Connect::new(&settings, dynamodb(&[&puts(&record)], Wire::new()));
        for origin in ["https://evil.example", "null", "", "https://chat.example.com.evil.example"]
        {
            let response = handler.handle(connect(json!({"Origin": origin}))).await;
            assert_eq!(response.status_code, 403);
            let reply = json!({"error": "connections from this origin are not accepted"});
            assert_eq!(body(&response), reply);
        }
        assert_eq!(record.all(), []);
        for headers in [
            json!({"origin": "HTTPS://Chat.Example.com"}),
            json!({"Origin": "http://localhost:8080"}),
            json!({}),
        ] {
            assert_eq!(handler.handle(connect(headers)).await.status_code, 200);
        }
    });
    assert_eq!(record.all().len(), 3);
}

#[test]
fn every_header_of_a_name_counts() {
    let settings = Settings {
        origins: vec!["https://a.example".into()],
        subprotocols: vec!["storm.v1".into()],
        ..settings()
    };
    in_virtual_time(async {
        let rules = puts(&Record::new());
        let handler = Connect::new(&settings, dynamodb(&[&rules], Wire::new()));
        let of = |name: &str, values: Value| connect_with(json!({}), json!({name: values}));
        let two = of("Origin", json!(["https://a.example", "https://b.example"]));
        assert_eq!(handler.handle(two).await.status_code, 403);
        let two = of("Sec-WebSocket-Protocol", json!(["chat", "storm.v1"]));
        let response = handler.handle(two).await;
        assert_eq!(response.headers["sec-websocket-protocol"], "storm.v1");
    });
}
