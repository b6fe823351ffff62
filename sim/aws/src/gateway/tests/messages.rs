use stormglass_spec::quotas::{FRAME_BYTES_MAX, MESSAGE_BYTES_MAX};

use super::*;

fn with_default() -> Vec<Route> {
    [routes(), vec![Route::one_way("$default", "default")]].concat()
}

/// The route that a message takes on a gateway with these limits, and its event's type.
fn selected(routes: &[Route], limits: Limits, text: &str) -> Option<(String, String)> {
    let mut gateway = Gateway::new(stage(), api(routes), limits);
    upgrade(&mut gateway);
    settle(&mut gateway, &ok());
    let effects = send(&mut gateway, "r1", text);
    let route = invoked(&effects).first().map(|key| (*key).to_owned())?;
    let context = context(&effects);
    assert_eq!(context["routeKey"].as_str(), Some(route.as_str()));
    Some((route, context["eventType"].as_str().unwrap_or_default().to_owned()))
}

fn message_to(key: &str) -> Option<(String, String)> {
    Some((key.to_owned(), "MESSAGE".to_owned()))
}

/// FACTS 2.1.
#[test]
fn a_message_takes_the_route_whose_key_it_names() {
    let route = selected(&with_default(), Limits::default(), r#"{"action":"tell","x":1}"#);
    assert_eq!(route, message_to("tell"));
}

/// FACTS 2.3.
#[test]
fn what_matches_nothing_goes_to_the_default() {
    for text in ["not json", "", "{}", "[]", r#"{"action":"x"}"#, r#"{"action":null}"#] {
        let route = selected(&with_default(), Limits::default(), text);
        assert_eq!(route, message_to("$default"), "{text}");
    }
}

/// FACTS 2.2.
#[test]
fn a_composed_expression_selects_a_composed_key() {
    let selection = Selection::parse("${request.body.a}/${request.body.b}").expect("it is one");
    let routes = [Route::one_way("chat/join", "f"), Route::one_way("chat/", "g")];
    let api = Api { selection, ..api(&routes) };
    for (text, key) in [(r#"{"a":"chat","b":"join"}"#, "chat/join"), (r#"{"a":"chat"}"#, "chat/")] {
        let mut gateway = Gateway::new(stage(), api.clone(), Limits::default());
        upgrade(&mut gateway);
        assert_eq!(invoked(&send(&mut gateway, "r1", text)), [key]);
    }
}

/// FACTS 2.16.
#[test]
fn a_client_cannot_select_a_route_of_the_gateway() {
    for key in ["$connect", "$disconnect"] {
        let text = format!(r#"{{"action":"{key}"}}"#);
        assert_eq!(selected(&with_default(), Limits::default(), &text), message_to("$default"));
        assert_eq!(selected(&routes(), Limits::default(), &text), None);
    }
}

/// As some emulators have it; the function sees a message, and its answer changes no connection.
#[test]
fn a_client_selects_any_route_where_keys_are_not_reserved() {
    let limits = Limits { routes_reserved: false, ..Limits::default() };
    for key in ["$connect", "$disconnect"] {
        let text = format!(r#"{{"action":"{key}"}}"#);
        assert_eq!(selected(&with_default(), limits, &text), message_to(key));
        let mut gateway = opened_with(limits);
        send(&mut gateway, "r1", &text);
        assert_eq!(gateway.on_integration(at(3), &"r1".to_owned(), &ok()), []);
        assert_eq!(post(&mut gateway, at(3), 1), ManagementOutcome::Accepted);
    }
}

/// FACTS 2.4, 2.7.
#[test]
fn a_message_without_a_route_gets_the_gateways_own_words() {
    let mut gateway = opened();
    let effects = send(&mut gateway, "r1", "hello");
    assert_eq!(
        texts(&effects),
        [r#"{"message": "Forbidden", "connectionId":"PJqB0fHsqRcCHlw=", "requestId":"r1"}"#]
    );
    assert_eq!(post(&mut gateway, at(3), 1), ManagementOutcome::Accepted, "the socket stays open");
}

/// FACTS 2.9.
#[test]
fn a_two_way_route_sends_its_body_back_whatever_its_status() {
    let mut gateway = opened();
    for (json, body) in [
        (r#"{"statusCode":200,"body":"yes"}"#, "yes"),
        (r#"{"statusCode":500,"body":"no"}"#, "no"),
        (r#"{"statusCode":200}"#, ""),
        (r#"{"statusCode":200,"body":"eWVz","isBase64Encoded":true}"#, "eWVz"),
    ] {
        send(&mut gateway, "r1", r#"{"action":"ask"}"#);
        let effects = gateway.on_integration(at(3), &"r1".to_owned(), &respond(json));
        assert_eq!(texts(&effects), [body]);
    }
}

/// FACTS 2.5, 2.8.
#[test]
fn a_one_way_route_drops_what_its_function_returns_but_not_its_failure() {
    let error = r#"{"message": "Internal server error", "connectionId":"PJqB0fHsqRcCHlw=", "requestId":"r1"}"#;
    let body = respond(r#"{"statusCode":500,"body":"secret"}"#);
    let mut gateway = opened();
    for (outcome, sent) in [
        (body, vec![]),
        (respond("null"), vec![error]),
        (IntegrationOutcome::Error, vec![error]),
        (IntegrationOutcome::Unauthorized, vec![error]),
        (IntegrationOutcome::Throttled, vec![error]),
    ] {
        send(&mut gateway, "r1", r#"{"action":"tell"}"#);
        assert_eq!(texts(&gateway.on_integration(at(3), &"r1".to_owned(), &outcome)), sent);
    }
}

/// FACTS 2.6.
#[test]
fn a_function_that_takes_too_long_is_reported_to_the_sender() {
    let mut gateway = opened();
    send(&mut gateway, "r1", r#"{"action":"ask"}"#);
    let effects = gateway.on_integration(at(31), &"r1".to_owned(), &IntegrationOutcome::TimedOut);
    assert_eq!(
        texts(&effects),
        [
            r#"{"message": "Endpoint request timed out", "connectionId":"PJqB0fHsqRcCHlw=", "requestId":"r1"}"#
        ]
    );
    assert_eq!(gateway.on_integration(at(32), &"r1".to_owned(), &ok()), []);
}

/// FACTS 4.2, 2.7.
#[test]
fn messages_of_one_connection_are_served_at_the_same_time() {
    let mut gateway = opened();
    for request in ["r1", "r2", "r3"] {
        assert_eq!(invoked(&send(&mut gateway, request, r#"{"action":"ask"}"#)), ["ask"]);
    }
    for request in ["r3", "r1", "r2"] {
        let effects = gateway.on_integration(at(3), &request.to_owned(), &ok());
        let Some(GatewayEffect::Send { origin: MessageOrigin::Reply(answered), .. }) =
            effects.first()
        else {
            panic!("expected a reply, got {effects:?}");
        };
        assert_eq!(answered, request);
    }
}

#[test]
fn an_answer_to_a_closed_connection_is_lost() {
    let mut gateway = opened();
    send(&mut gateway, "r1", r#"{"action":"ask"}"#);
    gateway.on_client_closed(at(3), &id(), 1000, "", "d1".to_owned());
    assert_eq!(gateway.on_integration(at(4), &"r1".to_owned(), &ok()), []);
    assert_eq!(send(&mut gateway, "r2", r#"{"action":"ask"}"#), []);
}

/// FACTS 2.12, 3.1.
#[test]
fn binary_and_oversized_messages_close_the_connection() {
    let frames = |bytes: usize, largest_frame_bytes: usize| ClientMessage::Text {
        text: "x".repeat(bytes),
        largest_frame_bytes,
    };
    for (message, code) in [
        (ClientMessage::Binary(vec![1]), 1003),
        (ClientMessage::TooBig, 1009),
        (ClientMessage::text("x".repeat(MESSAGE_BYTES_MAX + 1)), 1009),
        (frames(FRAME_BYTES_MAX + 1, FRAME_BYTES_MAX + 1), 1009),
    ] {
        let mut gateway = opened();
        let effects = send_message(&mut gateway, "r1", message);
        assert_eq!(effects.first(), Some(&closed(code, "", false)));
        assert_eq!(invoked(&effects), ["$disconnect"]);
        let context = context(&effects);
        assert_eq!(
            (&context["requestId"], &context["disconnectStatusCode"]),
            (&"d1".into(), &code.into())
        );
        assert_eq!(post(&mut gateway, at(3), 1), ManagementOutcome::Gone { pending: false });
    }
}

/// FACTS 3.1.
#[test]
fn the_largest_message_in_frames_of_the_largest_size_is_served() {
    let text = format!(r#"{{"action":"tell","x":"{}"}}"#, "x".repeat(MESSAGE_BYTES_MAX - 24));
    assert_eq!(text.len(), MESSAGE_BYTES_MAX);
    let message = ClientMessage::text(text.clone());
    assert_eq!(message, ClientMessage::Text { text, largest_frame_bytes: FRAME_BYTES_MAX });
    assert_eq!(invoked(&send_message(&mut opened(), "r1", message)), ["tell"]);
}
