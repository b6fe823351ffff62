use stormglass_spec::quotas::INTEGRATION_TIMEOUT;

use super::*;

const CONNECTION: &str = "PJqB0fHsqRcCHlw=";

fn stage() -> Stage {
    Stage {
        api_id: "aabbccdd".to_owned(),
        name: "production".to_owned(),
        region: "eu-central-1".to_owned(),
        epoch_ms: 1_701_245_041_000,
    }
}

fn gateway(routes: &[Route]) -> Gateway {
    Gateway::new(stage(), routes.to_vec())
}

fn routes() -> Vec<Route> {
    vec![
        Route::one_way("$connect", "connect"),
        Route::one_way("$disconnect", "disconnect"),
        Route::two_way("ask", "ask"),
        Route::one_way("tell", "tell"),
    ]
}

fn at(seconds: u64) -> Time {
    Time::from_millis(seconds * 1_000)
}

fn id() -> ConnectionId {
    CONNECTION.to_owned()
}

fn upgrade(gateway: &mut Gateway) -> Vec<Effect> {
    gateway.upgrade(at(0), id(), "r0".to_owned(), &Upgrade::default())
}

fn respond(json: &str) -> Integration {
    Integration::Response(json.to_owned())
}

fn opened(routes: &[Route]) -> Gateway {
    let mut gateway = gateway(routes);
    upgrade(&mut gateway);
    let ok = respond(r#"{"statusCode":200}"#);
    let effects = gateway.integration(at(1), &"r0".to_owned(), &ok);
    assert_eq!(effects, [Effect::Upgraded { connection: id(), protocol: None }]);
    gateway
}

fn send(gateway: &mut Gateway, request: &str, text: &str) -> Vec<Effect> {
    let requests = (request.to_owned(), "unused".to_owned());
    gateway.message(at(2), &id(), requests, Message::Text(text.to_owned()))
}

fn texts(effects: &[Effect]) -> Vec<&str> {
    let sent = effects.iter().filter_map(|effect| match effect {
        Effect::Send { text, .. } => Some(text.as_str()),
        _ => None,
    });
    sent.collect()
}

#[test]
fn a_post_meets_410_until_the_handshake_is_complete() {
    let mut gateway = gateway(&routes());
    assert_eq!(gateway.post(at(0), CONNECTION, 1), Posted::Gone { pending: false });
    upgrade(&mut gateway);
    assert_eq!(gateway.post(at(1), CONNECTION, 1), Posted::Gone { pending: true });
    gateway.integration(at(1), &"r0".to_owned(), &respond(r#"{"statusCode":200}"#));
    assert_eq!(gateway.post(at(1), CONNECTION, 1), Posted::Accepted);
}

#[test]
fn the_status_of_the_connect_function_decides_the_handshake() {
    let statuses = [
        (respond(r#"{"statusCode":403}"#), 403),
        (respond("null"), 502),
        (Integration::Error, 502),
        (Integration::Throttled, 502),
        (Integration::TimedOut, 504),
    ];
    for (outcome, status) in statuses {
        let mut gateway = gateway(&routes());
        upgrade(&mut gateway);
        let effects = gateway.integration(at(1), &"r0".to_owned(), &outcome);
        assert_eq!(effects, [Effect::Refused { connection: id(), status }]);
        assert_eq!(gateway.post(at(2), CONNECTION, 1), Posted::Gone { pending: false });
    }
}

#[test]
fn only_the_protocol_header_of_a_connect_response_goes_through() {
    let mut gateway = gateway(&routes());
    upgrade(&mut gateway);
    let response =
        respond(r#"{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"chat","X":"y"}}"#);
    let effects = gateway.integration(at(1), &"r0".to_owned(), &response);
    let protocol = Some("chat".to_owned());
    assert_eq!(effects, [Effect::Upgraded { connection: id(), protocol }]);
}

#[test]
fn an_outcome_after_the_integration_timeout_changes_nothing() {
    let mut gateway = gateway(&routes());
    upgrade(&mut gateway);
    let late = Time::ZERO + INTEGRATION_TIMEOUT;
    gateway.integration(late, &"r0".to_owned(), &Integration::TimedOut);
    let response = respond(r#"{"statusCode":200}"#);
    assert_eq!(gateway.integration(late, &"r0".to_owned(), &response), []);
    assert_eq!(gateway.post(late, CONNECTION, 1), Posted::Gone { pending: false });
}

#[test]
fn without_a_connect_route_the_socket_opens_at_once() {
    let mut gateway = gateway(&[]);
    let opened = Effect::Upgraded { connection: id(), protocol: None };
    assert_eq!(upgrade(&mut gateway), [opened]);
}

#[test]
fn a_two_way_route_sends_its_body_back_whatever_its_status() {
    let mut gateway = opened(&routes());
    for (json, body) in [
        (r#"{"statusCode":200,"body":"yes"}"#, "yes"),
        (r#"{"statusCode":500,"body":"no"}"#, "no"),
        (r#"{"statusCode":200}"#, ""),
    ] {
        send(&mut gateway, "r1", r#"{"action":"ask"}"#);
        let effects = gateway.integration(at(3), &"r1".to_owned(), &respond(json));
        assert_eq!(texts(&effects), [body]);
    }
}

#[test]
fn a_one_way_route_drops_what_its_function_returns_but_not_its_failure() {
    let mut gateway = opened(&routes());
    send(&mut gateway, "r1", r#"{"action":"tell"}"#);
    let body = respond(r#"{"statusCode":500,"body":"secret"}"#);
    assert_eq!(gateway.integration(at(3), &"r1".to_owned(), &body), []);
    send(&mut gateway, "r2", r#"{"action":"tell"}"#);
    let effects = gateway.integration(at(3), &"r2".to_owned(), &Integration::Error);
    assert_eq!(
        texts(&effects),
        [
            r#"{"message": "Internal server error", "connectionId":"PJqB0fHsqRcCHlw=", "requestId":"r2"}"#
        ]
    );
}

#[test]
fn a_message_without_a_route_gets_the_gateways_own_words() {
    let mut gateway = opened(&routes());
    let effects = send(&mut gateway, "r1", "hello");
    assert_eq!(
        texts(&effects),
        [r#"{"message": "Forbidden", "connectionId":"PJqB0fHsqRcCHlw=", "requestId":"r1"}"#]
    );
}

#[test]
fn a_function_that_takes_too_long_is_reported_to_the_sender() {
    let mut gateway = opened(&routes());
    send(&mut gateway, "r1", r#"{"action":"ask"}"#);
    let effects = gateway.integration(at(31), &"r1".to_owned(), &Integration::TimedOut);
    assert_eq!(
        texts(&effects),
        [
            r#"{"message": "Endpoint request timed out", "connectionId":"PJqB0fHsqRcCHlw=", "requestId":"r1"}"#
        ]
    );
}

#[test]
fn binary_and_oversized_messages_close_the_connection() {
    for (message, code) in
        [(Message::Binary(vec![1]), 1003), (Message::Text("x".repeat(MESSAGE_BYTES_MAX + 1)), 1009)]
    {
        let mut gateway = opened(&routes());
        let effects = gateway.message(at(2), &id(), ("r1".to_owned(), "d1".to_owned()), message);
        let closed = Effect::Closed { connection: id(), code, by_client: false };
        assert_eq!(effects.first(), Some(&closed));
        let invokes_disconnect = matches!(
            effects.get(1),
            Some(Effect::Invoke { route, request, .. })
                if route.key == "$disconnect" && request == "d1"
        );
        assert!(invokes_disconnect, "{effects:?}");
        assert_eq!(gateway.post(at(3), CONNECTION, 1), Posted::Gone { pending: false });
    }
}

#[test]
fn a_silent_connection_is_closed_after_ten_minutes_and_a_bit() {
    let mut gateway = opened(&routes());
    let due = gateway.idle_at(&id()).expect("an open connection");
    assert_eq!(due, at(1) + IDLE_TIMEOUT + IDLE_LATENESS);
    assert_eq!(gateway.post(at(60), CONNECTION, 1), Posted::Accepted);
    assert_eq!(gateway.close_if_idle(due, &id(), "r1".to_owned()), []);
    let due = gateway.idle_at(&id()).expect("an open connection");
    let effects = gateway.close_if_idle(due, &id(), "r1".to_owned());
    let closed = Effect::Closed { connection: id(), code: 1001, by_client: false };
    assert_eq!(effects.first(), Some(&closed));
}

#[test]
fn posts_are_checked_as_aws_checks_them() {
    let mut gateway = opened(&routes());
    assert_eq!(gateway.post(at(2), "not an id", 1), Posted::BadId);
    assert_eq!(gateway.post(at(2), "AAAAAAAAAAACAAA=", 1), Posted::Gone { pending: false });
    assert_eq!(gateway.post(at(2), CONNECTION, MESSAGE_BYTES_MAX + 1), Posted::TooLarge);
    assert_eq!(gateway.post(at(2), CONNECTION, MESSAGE_BYTES_MAX), Posted::Accepted);
}

#[test]
fn a_post_goes_to_the_right_host_and_stage_only() {
    let host = "https://aabbccdd.execute-api.eu-central-1.amazonaws.com";
    let path = |uri: String| post_path(&stage(), &uri);
    let right = format!("{host}/production/@connections/PJqB0fHs-_cCHlw%3D");
    assert_eq!(path(right).as_deref(), Some("PJqB0fHs-_cCHlw="));
    assert_eq!(path(format!("{host}/@connections/PJqB0fHs-_cCHlw%3D")), None);
    assert_eq!(path(format!("{host}/test/@connections/PJqB0fHs-_cCHlw%3D")), None);
    assert_eq!(path("https://example.com/production/@connections/x".to_owned()), None);
}

fn event(effects: &[Effect]) -> &str {
    match effects.last() {
        Some(Effect::Invoke { event, .. }) => event,
        other => panic!("expected an invocation, got {other:?}"),
    }
}

/// The events are compared as text: AWS's own order of fields is part of the fact.
#[test]
fn events_are_those_of_aws_field_for_field() {
    let mut gateway = gateway(&routes());
    let effects = upgrade(&mut gateway);
    assert_eq!(
        event(&effects),
        concat!(
            r#"{"headers":{"Host":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""Sec-WebSocket-Key":"PJqB0fHsqRcCHlwAAAAAAA==","Sec-WebSocket-Version":"13","#,
            r#""X-Forwarded-For":"203.0.113.7","X-Forwarded-Port":"443","X-Forwarded-Proto":"https"},"#,
            r#""multiValueHeaders":{"Host":["aabbccdd.execute-api.eu-central-1.amazonaws.com"],"#,
            r#""Sec-WebSocket-Key":["PJqB0fHsqRcCHlwAAAAAAA=="],"Sec-WebSocket-Version":["13"],"#,
            r#""X-Forwarded-For":["203.0.113.7"],"X-Forwarded-Port":["443"],"X-Forwarded-Proto":["https"]},"#,
            r#""requestContext":{"routeKey":"$connect","eventType":"CONNECT","extendedRequestId":"r0","#,
            r#""requestTime":"29/Nov/2023:08:04:01 +0000","messageDirection":"IN","stage":"production","#,
            r#""connectedAt":1701245041000,"requestTimeEpoch":1701245041000,"#,
            r#""identity":{"sourceIp":"203.0.113.7"},"requestId":"r0","#,
            r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""connectionId":"PJqB0fHsqRcCHlw=","apiId":"aabbccdd"},"isBase64Encoded":false}"#
        )
    );
    let mut gateway = opened(&routes());
    let effects = send(&mut gateway, "PJqCFEqHqRcFd0w=", r#"{"action":"tell"}"#);
    assert_eq!(
        event(&effects),
        concat!(
            r#"{"requestContext":{"routeKey":"tell","messageId":"PJqCFEqHqRcCHlw=","#,
            r#""eventType":"MESSAGE","extendedRequestId":"PJqCFEqHqRcFd0w=","#,
            r#""requestTime":"29/Nov/2023:08:04:03 +0000","messageDirection":"IN","stage":"production","#,
            r#""connectedAt":1701245041000,"requestTimeEpoch":1701245043000,"#,
            r#""identity":{"sourceIp":"203.0.113.7"},"requestId":"PJqCFEqHqRcFd0w=","#,
            r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""connectionId":"PJqB0fHsqRcCHlw=","apiId":"aabbccdd"},"#,
            r#""body":"{\"action\":\"tell\"}","isBase64Encoded":false}"#
        )
    );
    let effects = gateway.client_closed(at(4), &id(), 1005, "r9".to_owned());
    assert_eq!(
        event(&effects),
        concat!(
            r#"{"headers":{"Host":"aabbccdd.execute-api.eu-central-1.amazonaws.com","x-api-key":"","#,
            r#""X-Forwarded-For":"","x-restapi":""},"#,
            r#""multiValueHeaders":{"Host":["aabbccdd.execute-api.eu-central-1.amazonaws.com"],"#,
            r#""x-api-key":[""],"X-Forwarded-For":[""],"x-restapi":[""]},"#,
            r#""requestContext":{"routeKey":"$disconnect","disconnectStatusCode":1005,"#,
            r#""eventType":"DISCONNECT","extendedRequestId":"r9","#,
            r#""requestTime":"29/Nov/2023:08:04:05 +0000","messageDirection":"IN","#,
            r#""disconnectReason":"Client-side close frame status not set","stage":"production","#,
            r#""connectedAt":1701245041000,"requestTimeEpoch":1701245045000,"#,
            r#""identity":{"sourceIp":"203.0.113.7"},"requestId":"r9","#,
            r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""connectionId":"PJqB0fHsqRcCHlw=","apiId":"aabbccdd"},"isBase64Encoded":false}"#
        )
    );
}
