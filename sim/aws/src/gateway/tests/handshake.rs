use std::collections::BTreeMap;

use stormglass_spec::quotas::URL_CHARACTERS_MAX;

use super::*;

/// FACTS 1.1, 1.7.
#[test]
fn a_post_meets_410_until_the_handshake_is_complete() {
    let mut gateway = gateway(&routes());
    assert_eq!(post(&mut gateway, at(0), 1), ManagementOutcome::Gone { pending: false });
    assert_eq!(invoked(&upgrade(&mut gateway)), ["$connect"]);
    assert_eq!(post(&mut gateway, at(1), 1), ManagementOutcome::Gone { pending: true });
    settle(&mut gateway, &ok());
    assert_eq!(post(&mut gateway, at(1), 1), ManagementOutcome::Accepted);
}

/// FACTS 1.4, 1.5, 4.9.
#[test]
fn the_status_of_the_connect_function_decides_the_handshake() {
    let statuses = [
        (respond(r#"{"statusCode":301}"#), 301),
        (respond(r#"{"statusCode":403}"#), 403),
        (respond(r#"{"statusCode":501}"#), 501),
        (respond("null"), 502),
        (respond(r#"{"statusCode":200,"ConnectionId":"x"}"#), 502),
        (IntegrationOutcome::Unauthorized, 502),
        (IntegrationOutcome::Error, 502),
        (IntegrationOutcome::Throttled, 502),
        (IntegrationOutcome::TimedOut, 504),
    ];
    for (outcome, status) in statuses {
        let mut gateway = gateway(&routes());
        upgrade(&mut gateway);
        assert_eq!(settle(&mut gateway, &outcome), [refused(status)]);
        assert_eq!(post(&mut gateway, at(2), 1), ManagementOutcome::Gone { pending: false });
    }
}

/// FACTS 1.4.
#[test]
fn every_status_that_means_success_opens_the_connection() {
    for status in [200, 201, 204, 299] {
        let mut gateway = gateway(&routes());
        upgrade(&mut gateway);
        let effects = settle(&mut gateway, &respond(&format!(r#"{{"statusCode":{status}}}"#)));
        assert_eq!(effects, [GatewayEffect::Upgraded { connection: id(), protocol: None }]);
    }
}

/// FACTS 1.6, 3.7.
#[test]
fn only_the_protocol_header_of_a_connect_response_goes_through() {
    let response = r#"{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"chat","X":"y"}}"#;
    let mut gateway = gateway(&routes());
    upgrade(&mut gateway);
    let protocol = Some("chat".to_owned());
    let opened = GatewayEffect::Upgraded { connection: id(), protocol };
    assert_eq!(settle(&mut gateway, &respond(response)), [opened]);
}

/// FACTS 3.7.
#[test]
fn a_protocol_that_the_function_does_not_name_is_not_echoed() {
    let mut upgrade = Upgrade::default();
    upgrade.headers.insert("Sec-WebSocket-Protocol".to_owned(), "chat".to_owned());
    let mut gateway = gateway(&routes());
    ask_for(&mut gateway, &upgrade);
    let opened = GatewayEffect::Upgraded { connection: id(), protocol: None };
    assert_eq!(settle(&mut gateway, &ok()), [opened]);
}

/// FACTS 1.18, 4.8.
#[test]
fn an_outcome_after_the_integration_timeout_changes_nothing() {
    let mut gateway = gateway(&routes());
    upgrade(&mut gateway);
    let late = Time::ZERO + INTEGRATION_TIMEOUT;
    assert!(gateway.is_pending(&"r0".to_owned()));
    gateway.on_integration(late, &"r0".to_owned(), &IntegrationOutcome::TimedOut);
    assert!(!gateway.is_pending(&"r0".to_owned()));
    assert_eq!(gateway.on_integration(late, &"r0".to_owned(), &ok()), []);
    assert_eq!(post(&mut gateway, late, 1), ManagementOutcome::Gone { pending: false });
}

/// FACTS 1.3.
#[test]
fn without_a_connect_route_the_socket_opens_at_once() {
    let mut gateway = gateway(&[]);
    let opened = GatewayEffect::Upgraded { connection: id(), protocol: None };
    assert_eq!(upgrade(&mut gateway), [opened]);
    assert_eq!(post(&mut gateway, at(1), 1), ManagementOutcome::Accepted);
}

/// FACTS 1, the last lines.
#[test]
fn what_is_no_handshake_with_this_stage_is_refused_before_anybody_is_asked() {
    let plain = Upgrade { plain: true, ..Upgrade::default() };
    let elsewhere = Upgrade { stage: Some("test".to_owned()), ..Upgrade::default() };
    for (asked, status) in [(plain, 426), (elsewhere, 403)] {
        let mut gateway = gateway(&routes());
        assert_eq!(ask_for(&mut gateway, &asked), [refused(status)]);
        assert_eq!(post(&mut gateway, at(1), 1), ManagementOutcome::Gone { pending: false });
        assert_eq!(gateway.disconnect_anyway(at(1), &id(), "d1".to_owned()), []);
    }
    let here = Upgrade { stage: Some("production".to_owned()), ..Upgrade::default() };
    assert_eq!(invoked(&ask_for(&mut gateway(&routes()), &here)), ["$connect"]);
}

/// FACTS 3.1. What counts is the URL as it goes over the wire.
#[test]
fn a_url_that_is_too_long_is_refused() {
    let fixed = "wss://aabbccdd.execute-api.eu-central-1.amazonaws.com/production?a=&b=".len();
    let room = URL_CHARACTERS_MAX - fixed;
    for (value, fits) in [
        ("x".repeat(room), true),
        ("x".repeat(room + 1), false),
        (" ".repeat(room / 3), true),
        (" ".repeat(room / 3 + 1), false),
        ("\u{fc}".repeat(room / 6 + 1), false),
    ] {
        let query = BTreeMap::from([("a".to_owned(), value), ("b".to_owned(), String::new())]);
        let asked = Upgrade { query, ..Upgrade::default() };
        let effects = ask_for(&mut gateway(&routes()), &asked);
        assert_eq!(effects != [refused(414)], fits, "{effects:?}");
    }
}

/// FACTS 1.19: the function runs on, and its success comes too late.
#[test]
fn a_client_that_leaves_during_its_handshake_leaves_nothing_open() {
    let mut gateway = gateway(&routes());
    upgrade(&mut gateway);
    assert_eq!(gateway.on_client_left(at(1), &id(), "d0".to_owned()), []);
    assert_eq!(post(&mut gateway, at(1), 1), ManagementOutcome::Gone { pending: true });
    assert_eq!(settle(&mut gateway, &ok()), [GatewayEffect::Aborted { connection: id() }]);
    assert_eq!(post(&mut gateway, at(2), 1), ManagementOutcome::Gone { pending: false });
    assert_eq!(gateway.closes_at(&id()), None);
}

#[test]
fn a_refusal_stays_one_when_the_client_has_left() {
    let mut gateway = gateway(&routes());
    upgrade(&mut gateway);
    gateway.on_client_left(at(1), &id(), "d0".to_owned());
    assert_eq!(settle(&mut gateway, &IntegrationOutcome::Error), [refused(502)]);
}

/// FACTS 1.17, 1.19.
#[test]
fn a_handshake_that_failed_can_be_followed_by_one_disconnect() {
    for (client_leaves, outcome) in [(false, IntegrationOutcome::Error), (true, ok())] {
        let mut gateway = gateway(&routes());
        upgrade(&mut gateway);
        assert_eq!(gateway.disconnect_anyway(at(1), &id(), "d1".to_owned()), [], "it is pending");
        if client_leaves {
            gateway.on_client_left(at(1), &id(), "d0".to_owned());
        }
        assert_eq!(invoked(&settle(&mut gateway, &outcome)), Vec::<&str>::new());
        let effects = gateway.disconnect_anyway(at(2), &id(), "d1".to_owned());
        assert_eq!(invoked(&effects), ["$disconnect"]);
        assert_eq!(context(&effects)["disconnectStatusCode"], 1006);
        assert_eq!(gateway.on_integration(at(3), &"d1".to_owned(), &ok()), []);
        assert_eq!(gateway.disconnect_anyway(at(3), &id(), "d2".to_owned()), []);
    }
}

#[test]
fn a_connection_that_was_open_gets_no_second_disconnect() {
    let mut gateway = opened();
    assert_eq!(gateway.disconnect_anyway(at(2), &id(), "d1".to_owned()), []);
    gateway.on_client_left(at(2), &id(), "d2".to_owned());
    assert_eq!(gateway.disconnect_anyway(at(3), &id(), "d3".to_owned()), []);
}

/// FACTS 4.10.
#[test]
#[should_panic(expected = "never used again")]
fn a_connection_id_is_never_used_again() {
    let mut gateway = opened();
    gateway.on_client_left(at(2), &id(), "d2".to_owned());
    upgrade(&mut gateway);
}
