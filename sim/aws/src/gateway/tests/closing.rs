use std::time::Duration;

use super::*;

/// The code and the reason of a close in the event of its `$disconnect`.
fn told(effects: &[GatewayEffect]) -> (u64, String) {
    let context = context(effects);
    let code = context["disconnectStatusCode"].as_u64().unwrap_or_default();
    (code, context["disconnectReason"].as_str().expect("there is a reason").to_owned())
}

/// FACTS 1.11, 1.14, 3.3.
#[test]
fn the_reason_is_the_clients_own_or_one_that_was_seen() {
    for (code, own, reason) in [
        (1005, "", "Client-side close frame status not set"),
        (1001, "", ""),
        (1000, "", ""),
        (1000, "done", "done"),
        (4000, "bye", "bye"),
        (1006, "", "Connection Closed Abnormally"),
    ] {
        let mut gateway = opened();
        let effects = gateway.on_client_closed(at(2), &id(), code, own, "d1".to_owned());
        assert_eq!(effects.first(), Some(&closed(code, reason, true)), "it is closed first");
        assert_eq!(invoked(&effects), ["$disconnect"]);
        assert_eq!(told(&effects), (code.into(), reason.to_owned()));
    }
}

/// FACTS 4.6.
#[test]
fn a_post_after_a_close_is_gone_at_once() {
    let mut gateway = opened();
    gateway.on_client_closed(at(2), &id(), 1005, "", "d1".to_owned());
    assert_eq!(post(&mut gateway, at(2), 1), ManagementOutcome::Gone { pending: false });
}

/// FACTS 1.15, 3.3.
#[test]
fn a_broken_socket_closes_the_connection_once_it_is_noticed() {
    let mut gateway = opened();
    let effects = gateway.on_client_left(at(2), &id(), "d1".to_owned());
    assert_eq!(effects.first(), Some(&closed(1006, "Connection Closed Abnormally", true)));
    assert_eq!(told(&effects), (1006, "Connection Closed Abnormally".to_owned()));
}

#[test]
fn a_connection_closes_once() {
    let mut gateway = opened();
    gateway.on_client_closed(at(2), &id(), 1005, "", "d1".to_owned());
    assert_eq!(gateway.on_client_closed(at(3), &id(), 1000, "", "d2".to_owned()), []);
    assert_eq!(gateway.on_client_left(at(3), &id(), "d3".to_owned()), []);
    assert_eq!(gateway.close_if_due(at(9_999), &id(), "d4".to_owned()), []);
    assert_eq!(gateway.close_for_maintenance(at(3), &id(), "d5".to_owned()), []);
    let unknown = "AAAAAAAAAAACAAA=".to_owned();
    assert_eq!(gateway.on_client_left(at(3), &unknown, "d6".to_owned()), []);
}

/// FACTS 1.5: only the log would tell.
#[test]
fn whatever_the_disconnect_function_returns_changes_nothing() {
    for outcome in [respond("null"), IntegrationOutcome::Error, IntegrationOutcome::Throttled] {
        let mut gateway = opened();
        gateway.on_client_closed(at(2), &id(), 1005, "", "d1".to_owned());
        assert!(gateway.is_pending(&"d1".to_owned()));
        assert_eq!(gateway.on_integration(at(3), &"d1".to_owned(), &outcome), []);
    }
}

#[test]
fn without_a_disconnect_route_a_close_is_only_a_close() {
    let mut gateway = gateway(&[]);
    upgrade(&mut gateway);
    let effects = gateway.on_client_closed(at(2), &id(), 1005, "", "d1".to_owned());
    assert_eq!(effects.len(), 1);
}

/// FACTS 1.13, 3.2.
#[test]
fn a_silent_connection_is_closed_after_ten_minutes_and_a_bit() {
    let mut gateway = opened();
    let due = gateway.closes_at(&id()).expect("an open connection");
    assert_eq!(due, at(1) + IDLE_TIMEOUT + IDLE_LATENESS);
    assert_eq!(gateway.close_if_due(at(600), &id(), "d0".to_owned()), []);
    let effects = gateway.close_if_due(due, &id(), "d1".to_owned());
    assert_eq!(effects.first(), Some(&closed(1001, "Going away", false)));
    assert_eq!(told(&effects), (1001, "Going away".to_owned()));
    assert_eq!(gateway.closes_at(&id()), None);
}

/// FACTS 3.2, 4.5: traffic of either direction, but only what really goes.
#[test]
fn messages_of_both_directions_keep_a_connection_open() {
    let idle_since = |gateway: &Gateway| {
        let due = gateway.closes_at(&id()).expect("an open connection");
        due - (IDLE_TIMEOUT + IDLE_LATENESS)
    };
    let mut gateway = opened();
    send(&mut gateway, "r1", r#"{"action":"tell"}"#);
    assert_eq!(idle_since(&gateway), at(2), "a message of the client");
    assert_eq!(post(&mut gateway, at(3), 1), ManagementOutcome::Accepted);
    assert_eq!(idle_since(&gateway), at(3), "a post");
    gateway.on_integration(at(4), &"r1".to_owned(), &ok());
    assert_eq!(idle_since(&gateway), at(3), "a one-way route sends nothing");
    send_at(&mut gateway, at(4), "r2", r#"{"action":"ask"}"#);
    gateway.on_integration(at(5), &"r2".to_owned(), &ok());
    assert_eq!(idle_since(&gateway), at(5), "a reply");
    assert_eq!(post(&mut gateway, at(6), 999_999), ManagementOutcome::TooLarge);
    manage(&mut gateway, at(6), ManagementOperation::Get);
    assert_eq!(idle_since(&gateway), at(5), "a post that is refused, and a question");
}

/// FACTS 3.2.
#[test]
fn a_ping_keeps_a_connection_open_only_where_it_is_said_to() {
    for pings_reset_idle in [false, true] {
        let mut gateway = opened_with(Limits { pings_reset_idle, ..Limits::default() });
        gateway.on_ping(at(60), CONNECTION);
        let since = if pings_reset_idle { at(60) } else { at(1) };
        assert_eq!(gateway.closes_at(&id()), Some(since + IDLE_TIMEOUT + IDLE_LATENESS));
    }
}

/// FACTS 3.1, 3.3.
#[test]
fn a_busy_connection_is_closed_after_two_hours() {
    let mut gateway = opened();
    let limit = Time::ZERO + CONNECTION_DURATION_MAX;
    assert_eq!(post(&mut gateway, limit - IDLE_TIMEOUT, 1), ManagementOutcome::Accepted);
    assert_eq!(gateway.closes_at(&id()), Some(limit));
    let early = Time::from_micros(limit.micros() - 1);
    assert_eq!(gateway.close_if_due(early, &id(), "d0".to_owned()), []);
    let effects = gateway.close_if_due(limit, &id(), "d1".to_owned());
    assert_eq!(effects.first(), Some(&closed(1001, "Going away", false)));
    assert_eq!(told(&effects), (1001, "Going away".to_owned()));
}

/// FACTS 1.16.
#[test]
fn maintenance_closes_a_connection_at_any_time() {
    let mut gateway = opened();
    let effects = gateway.close_for_maintenance(at(2), &id(), "d1".to_owned());
    assert_eq!(effects.first(), Some(&closed(1001, "Going away", false)));
    assert_eq!(invoked(&effects), ["$disconnect"]);
}

#[test]
fn a_handshake_that_is_pending_has_nothing_to_close() {
    let mut gateway = gateway(&routes());
    upgrade(&mut gateway);
    assert_eq!(gateway.closes_at(&id()), None);
    assert_eq!(gateway.on_client_closed(at(1), &id(), 1000, "", "d1".to_owned()), []);
    assert_eq!(gateway.close_for_maintenance(at(1), &id(), "d1".to_owned()), []);
    assert_eq!(settle(&mut gateway, &ok()).len(), 1);
}

#[test]
fn a_driver_may_shorten_what_a_connection_lives() {
    let (silence_max, duration_max) = (Duration::from_secs(5), Duration::from_secs(20));
    let mut gateway = opened_with(Limits { silence_max, duration_max, ..Limits::default() });
    assert_eq!(gateway.closes_at(&id()), Some(at(6)), "it was silent since 1 s");
    assert_eq!(post(&mut gateway, at(18), 1), ManagementOutcome::Accepted);
    assert_eq!(gateway.closes_at(&id()), Some(at(20)), "it connected at 0 s");
}

/// RFC 6455 7.4.1.
#[test]
fn what_is_no_websocket_closes_the_connection() {
    for (breach, code) in [(Breach::Protocol, 1002), (Breach::NotUtf8, 1007)] {
        let mut gateway = opened();
        let effects = gateway.on_client_breach(at(2), &id(), breach, "d1".to_owned());
        assert_eq!(effects.first(), Some(&closed(code, "", false)));
        assert_eq!(told(&effects), (code.into(), String::new()));
    }
}

#[test]
fn only_what_is_over_can_be_forgotten() {
    let mut gateway = gateway(&routes());
    upgrade(&mut gateway);
    gateway.forget(CONNECTION);
    assert_eq!(post(&mut gateway, at(1), 1), ManagementOutcome::Gone { pending: true });
    settle(&mut gateway, &ok());
    gateway.forget(CONNECTION);
    assert_eq!(post(&mut gateway, at(1), 1), ManagementOutcome::Accepted);
    send(&mut gateway, "r1", r#"{"action":"ask"}"#);
    gateway.on_client_closed(at(2), &id(), 1000, "", "d1".to_owned());
    gateway.forget(CONNECTION);
    assert_eq!(gateway.connections.len(), 0);
    assert_eq!(post(&mut gateway, at(3), 1), ManagementOutcome::Gone { pending: false });
    assert_eq!(gateway.on_integration(at(3), &"r1".to_owned(), &ok()), []);
    assert_eq!(gateway.on_integration(at(3), &"d1".to_owned(), &ok()), []);
    assert!(gateway.invocations.is_empty());
}
