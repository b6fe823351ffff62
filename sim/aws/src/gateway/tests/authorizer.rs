use serde_json::{Value, json};
use stormglass_spec::quotas::AUTHORIZER_RESULT_BYTES_MAX;

use super::*;

const ARN: &str = "arn:aws:execute-api:eu-central-1:123456789012:aabbccdd/production/$connect";

/// A handshake that has begun at 0 s and waits for its authorizer.
fn asked() -> Gateway {
    let (gateway, effects) = ask(&Upgrade::default());
    let Some(GatewayEffect::Authorize { request, connection, function, .. }) = effects.first()
    else {
        panic!("expected the authorizer to be asked, got {effects:?}");
    };
    let asked = (request.as_str(), connection.as_str(), function.as_str(), effects.len());
    assert_eq!(asked, ("a0", CONNECTION, "authorize", 1));
    gateway
}

fn ask(upgrade: &Upgrade) -> (Gateway, Vec<GatewayEffect>) {
    let api = Api { authorizer: Some("authorize".to_owned()), ..api(&routes()) };
    let mut gateway = Gateway::new(stage(), api, Limits::default());
    let effects = ask_for(&mut gateway, upgrade);
    (gateway, effects)
}

fn statement(effect: &str, resource: &str) -> Value {
    json!({ "Action": "execute-api:Invoke", "Effect": effect, "Resource": resource })
}

/// An answer whose policy has these statements.
fn answer(statements: &Value, context: &Value) -> IntegrationOutcome {
    let answer = json!({
        "principalId": "ana",
        "policyDocument": { "Version": "2012-10-17", "Statement": statements },
        "context": context
    });
    respond(&answer.to_string())
}

fn allowing(context: &Value) -> IntegrationOutcome {
    answer(&json!([statement("Allow", ARN)]), context)
}

/// The effects of an authorizer's answer after 21 ms.
fn decide(outcome: &IntegrationOutcome) -> Vec<GatewayEffect> {
    asked().on_integration(Time::from_millis(21), &"a0".to_owned(), outcome)
}

/// FACTS 1.2, 1.7.
#[test]
fn connect_runs_once_the_authorizer_allows_it() {
    let mut gateway = asked();
    assert!(gateway.is_pending(&"a0".to_owned()) && !gateway.is_pending(&"r0".to_owned()));
    assert_eq!(post(&mut gateway, at(0), 1), ManagementOutcome::Gone { pending: true });
    let effects = gateway.on_integration(at(0), &"a0".to_owned(), &allowing(&json!({})));
    assert_eq!(invoked(&effects), ["$connect"]);
    assert!(!gateway.is_pending(&"a0".to_owned()) && gateway.is_pending(&"r0".to_owned()));
    let opened = GatewayEffect::Upgraded { connection: id(), protocol: None };
    assert_eq!(settle(&mut gateway, &ok()), [opened]);
}

/// FACTS 0, 1.2.
#[test]
fn an_authorizer_that_does_not_allow_it_decides_the_status() {
    let malformed = [
        "null",
        "{}",
        r#"{"principalId":"ana"}"#,
        r#"{"principalId":"ana","policyDocument":{"Statement":[{"Effect":"Allow"}]}}"#,
        r#"{"isAuthorized":true}"#,
        r#"{"statusCode":200}"#,
    ];
    let malformed = malformed.map(|json| (respond(json), 500));
    let outcomes = [
        (IntegrationOutcome::from_error("Unauthorized: Unauthorized"), 401),
        (IntegrationOutcome::from_error("Error: Unauthorized"), 401),
        (IntegrationOutcome::from_error("Unauthorized"), 401),
        (IntegrationOutcome::from_error("Unauthorized: unauthorized"), 500),
        (IntegrationOutcome::from_error("Error: Unauthorized: no token"), 500),
        (IntegrationOutcome::Error, 500),
        (IntegrationOutcome::Throttled, 500),
        (IntegrationOutcome::TimedOut, 500),
        (answer(&json!([statement("Deny", ARN)]), &json!({})), 403),
        (answer(&json!([]), &json!({})), 403),
        (answer(&json!([statement("Allow", "arn:aws:other")]), &json!({})), 403),
        (answer(&json!([statement("allow", ARN)]), &json!({})), 500),
        (allowing(&json!({ "list": [] })), 500),
        (allowing(&json!({ "object": {} })), 500),
        (allowing(&json!({ "nothing": null })), 500),
    ];
    for (outcome, status) in outcomes.into_iter().chain(malformed) {
        assert_eq!(decide(&outcome), [refused(status)], "{outcome:?}");
    }
}

#[test]
fn a_policy_is_read_as_policies_are() {
    let wildcard = statement("Allow", "arn:aws:execute-api:*:*:*/production/*");
    let mut other_action = statement("Allow", ARN);
    other_action["Action"] = json!(["execute-api:ManageConnections"]);
    let mut lists = statement("Allow", ARN);
    lists["Action"] = json!(["s3:*", "EXECUTE-API:*"]);
    lists["Resource"] = json!(["arn:aws:other", "*"]);
    for (statements, allows) in [
        (json!([wildcard]), true),
        (wildcard.clone(), true),
        (json!([lists]), true),
        (json!([other_action]), false),
        (json!([wildcard, statement("Deny", "*")]), false),
        (json!([statement("Deny", "arn:aws:other"), wildcard]), true),
    ] {
        let effects = decide(&answer(&statements, &json!({})));
        assert_eq!(effects != [refused(403)], allows, "{statements}");
    }
}

/// Its statements are not understood, so nothing is decided by them.
#[test]
fn a_condition_in_a_policy_is_not_modelled() {
    let mut conditional = statement("Allow", ARN);
    conditional["Condition"] = json!({ "Bool": { "aws:SecureTransport": "true" } });
    assert_eq!(decide(&answer(&json!([conditional]), &json!({}))), [refused(500)]);
}

/// FACTS 3.1.
#[test]
fn an_answer_over_8_kb_is_malformed() {
    let bytes = |padding: usize| {
        let IntegrationOutcome::Response(json) = allowing(&json!({ "x": "y".repeat(padding) }))
        else {
            panic!("an answer is a response");
        };
        json
    };
    let room = AUTHORIZER_RESULT_BYTES_MAX - bytes(0).len();
    assert_eq!(invoked(&decide(&respond(&bytes(room)))), ["$connect"]);
    assert_eq!(decide(&respond(&bytes(room + 1))), [refused(500)]);
}

/// FACTS 1.22. The context is text: its place and its order are as in a captured event.
#[test]
fn what_the_authorizer_said_is_in_every_later_event() {
    let said = json!({ "admin": false, "level": 3, "name": "Ana", "principalId": "not me" });
    let block = r#""authorizer":{"admin":false,"level":3,"name":"Ana","principalId":"ana","integrationLatency":21},"#;
    let mut gateway = asked();
    let (now, authorizer) = (Time::from_millis(21), "a0".to_owned());
    let connect = gateway.on_integration(now, &authorizer, &allowing(&said));
    settle(&mut gateway, &ok());
    let message = send(&mut gateway, "r1", r#"{"action":"tell"}"#);
    let disconnect = gateway.on_client_closed(at(3), &id(), 1005, "", "r2".to_owned());
    let (with_status, with_id) =
        (r#""disconnectStatusCode":1005,"#, r#""messageId":"r1","eventType""#);
    for (effects, before, after) in [
        (connect, r#""routeKey":"$connect","#, r#""eventType""#),
        (message, r#""routeKey":"tell","#, with_id),
        (disconnect, with_status, r#""eventType""#),
    ] {
        let part = format!("{before}{block}{after}");
        assert!(event(&effects).contains(&part), "{part} is not in {}", event(&effects));
    }
}

/// The authorizer comes between the two: the captured event had 21 ms of it, 4 ms after
/// `connectedAt`.
#[test]
fn the_time_of_connect_is_that_of_the_upgrade_however_long_the_authorizer_takes() {
    let mut gateway = asked();
    let effects = gateway.on_integration(at(20), &"a0".to_owned(), &allowing(&json!({})));
    let context = context(&effects);
    assert_eq!(context["connectedAt"], 1_701_245_041_000_u64);
    assert_eq!(context["requestTimeEpoch"], 1_701_245_041_000_u64);
    assert_eq!(context["authorizer"]["integrationLatency"], 20_000);
}

#[test]
fn an_answer_after_the_first_one_changes_nothing() {
    let mut gateway = asked();
    gateway.on_integration(at(29), &"a0".to_owned(), &IntegrationOutcome::TimedOut);
    assert_eq!(gateway.on_integration(at(30), &"a0".to_owned(), &allowing(&json!({}))), []);
}

/// FACTS 1.17. What AWS does is unpublished.
#[test]
fn a_client_that_the_authorizer_refused_can_get_a_disconnect() {
    let mut gateway = asked();
    gateway.on_integration(at(1), &"a0".to_owned(), &IntegrationOutcome::Unauthorized);
    let effects = gateway.disconnect_anyway(at(2), &id(), "d1".to_owned());
    assert_eq!(invoked(&effects), ["$disconnect"]);
    assert_eq!(context(&effects)["authorizer"], Value::Null);
}

#[test]
fn a_client_that_left_during_its_authorizer_does_not_stop_the_handshake() {
    let mut gateway = asked();
    gateway.on_client_left(at(0), &id(), "d0".to_owned());
    let effects = gateway.on_integration(at(0), &"a0".to_owned(), &allowing(&json!({})));
    assert_eq!(invoked(&effects), ["$connect"]);
    assert_eq!(settle(&mut gateway, &ok()), [GatewayEffect::Aborted { connection: id() }]);
}

#[test]
fn a_request_that_is_refused_at_once_reaches_no_authorizer() {
    let plain = Upgrade { plain: true, ..Upgrade::default() };
    assert_eq!(ask(&plain).1, [refused(426)]);
}

/// As in the documentation of REQUEST authorizers for WebSocket APIs.
#[test]
fn the_event_of_an_authorizer_is_that_of_aws_field_for_field() {
    let mut upgrade = Upgrade::default();
    upgrade.query.insert("token".to_owned(), "t".to_owned());
    upgrade.headers.insert("authorization".to_owned(), "Bearer t".to_owned());
    let (_, effects) = ask(&upgrade);
    let event: Value = serde_json::from_str(event(&effects)).expect("JSON");
    let keys = ["type", "methodArn", "headers", "multiValueHeaders", "queryStringParameters"];
    let more = ["multiValueQueryStringParameters", "stageVariables", "requestContext"];
    let text = super::event(&effects);
    let places = keys.iter().chain(&more).map(|key| text.find(&format!("\"{key}\":")));
    assert!(places.clone().all(|place| place.is_some()) && places.is_sorted(), "{text}");
    assert_eq!((event["type"].as_str(), event["methodArn"].as_str()), (Some("REQUEST"), Some(ARN)));
    assert_eq!(event["headers"]["authorization"], "Bearer t");
    assert_eq!(event["multiValueHeaders"]["Upgrade"], json!(["websocket"]));
    assert_eq!(event["headers"]["Connection"], "upgrade");
    assert_eq!(event["headers"]["content-length"], "0");
    assert_eq!(event["queryStringParameters"], json!({ "token": "t" }));
    assert_eq!(event["multiValueQueryStringParameters"], json!({ "token": ["t"] }));
    assert_eq!(event["stageVariables"], json!({}));
    let context = &event["requestContext"];
    assert_eq!(
        (context["routeKey"].as_str(), context["eventType"].as_str()),
        (Some("$connect"), Some("CONNECT"))
    );
    assert_eq!(context["requestId"], "r0", "it is the upgrade's request");
    assert_eq!((event.get("body"), event.get("isBase64Encoded")), (None, None));
}

#[test]
fn an_authorizer_gets_empty_maps_where_connect_gets_none() {
    let (_, effects) = ask(&Upgrade::default());
    assert!(event(&effects).contains(r#""queryStringParameters":{},"#), "{effects:?}");
}
