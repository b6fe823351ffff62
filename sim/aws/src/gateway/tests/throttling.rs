use super::*;
use crate::gateway::management::ManagementResponse;

fn tight(limits: Limits) -> Limits {
    Limits { requests_per_second: 1, burst: 2, ..limits }
}

fn buffer(frames: u32) -> Limits {
    Limits { buffer_frames_max: frames, ..Limits::default() }
}

/// FACTS 1 and 3.1: there is a rate for handshakes alone.
#[test]
fn handshakes_over_the_rate_get_429_and_reach_nobody() {
    let limits = Limits { connects_per_second: 2, burst: 0, ..Limits::default() };
    let mut gateway = Gateway::new(stage(), api(&routes()), limits);
    let mut ask = |millis: u64, n: u32| {
        let (id, request) = (format!("PJqB0fHs{n:03}CHlw="), format!("r{n}"));
        let upgrade = Upgrade::default();
        let now = Time::from_millis(millis);
        let effects = gateway.on_upgrade(now, id.clone(), "a".to_owned(), request, &upgrade);
        let throttled = GatewayEffect::Refused { connection: id, status: 429 };
        effects == [throttled]
    };
    assert_eq!((ask(0, 1), ask(0, 2), ask(0, 3)), (false, false, true));
    assert_eq!((ask(499, 4), ask(500, 5), ask(501, 6)), (true, false, true));
}

#[test]
fn what_is_refused_at_once_counts_for_no_rate() {
    let limits = Limits { connects_per_second: 1, ..Limits::default() };
    let mut gateway = Gateway::new(stage(), api(&routes()), limits);
    let plain = Upgrade { plain: true, ..Upgrade::default() };
    assert_eq!(ask_for(&mut gateway, &plain), [refused(426)]);
    assert_eq!(invoked(&upgrade(&mut gateway)), ["$connect"]);
}

/// FACTS 3.1: one bucket for both.
#[test]
fn messages_and_calls_of_connections_share_one_rate() {
    let mut gateway = opened_with(tight(Limits::default()));
    assert_eq!(post(&mut gateway, at(2), 1), ManagementOutcome::Accepted);
    assert_eq!(invoked(&send(&mut gateway, "r1", r#"{"action":"tell"}"#)), ["tell"]);
    for operation in [
        ManagementOperation::Post { bytes: 1 },
        ManagementOperation::Get,
        ManagementOperation::Delete,
    ] {
        let throttled = manage(&mut gateway, at(2), operation);
        assert_eq!(throttled, (ManagementOutcome::RateExceeded, Vec::new()));
    }
    let effects = send(&mut gateway, "r2", r#"{"action":"tell"}"#);
    assert_eq!(
        texts(&effects),
        [
            r#"{"message": "Too Many Requests", "connectionId":"PJqB0fHsqRcCHlw=", "requestId":"r2"}"#
        ]
    );
    assert_eq!(invoked(&effects), Vec::<&str>::new());
    assert_eq!(post(&mut gateway, at(3), 1), ManagementOutcome::Accepted, "a second is a token");
}

/// FACTS 3.5, 3.6: the header makes it one that the SDK tries again.
#[test]
fn both_kinds_of_429_look_the_same() {
    for outcome in [ManagementOutcome::RateExceeded, ManagementOutcome::BufferFull] {
        let ManagementResponse { status, error, .. } = outcome.response();
        assert_eq!((status, error), (429, Some("LimitExceededException")));
    }
}

#[test]
fn the_default_limits_are_those_of_aws() {
    let mut gateway = opened();
    let now = at(2);
    let posts = (0..6_000).map(|_| {
        let outcome = post(&mut gateway, now, 1);
        if outcome == ManagementOutcome::Accepted {
            gateway.on_frame_read(CONNECTION);
        }
        outcome
    });
    let accepted = posts.filter(|outcome| *outcome == ManagementOutcome::Accepted).count();
    assert_eq!(accepted, 5_000);
    assert_eq!(
        post(&mut gateway, now + std::time::Duration::from_micros(99), 1),
        ManagementOutcome::RateExceeded
    );
    assert_eq!(
        post(&mut gateway, now + std::time::Duration::from_micros(100), 1),
        ManagementOutcome::Accepted
    );
}

/// FACTS 3.5, 4.4: posts to a client that does not read are accepted until the buffer is full.
#[test]
fn a_client_that_does_not_read_fills_its_buffer() {
    let mut gateway = opened_with(buffer(2));
    assert_eq!(post(&mut gateway, at(2), 1), ManagementOutcome::Accepted);
    assert_eq!(post(&mut gateway, at(3), 1), ManagementOutcome::Accepted);
    assert_eq!(post(&mut gateway, at(4), 1), ManagementOutcome::BufferFull);
    let idle_since_post = at(3) + IDLE_TIMEOUT + IDLE_LATENESS;
    assert_eq!(gateway.closes_at(&id()), Some(idle_since_post), "what is refused is no traffic");
    gateway.on_frame_read(CONNECTION);
    assert_eq!(post(&mut gateway, at(5), 1), ManagementOutcome::Accepted);
    assert_eq!(post(&mut gateway, at(5), 1), ManagementOutcome::BufferFull);
}

#[test]
#[should_panic(expected = "only messages that were sent")]
fn a_client_cannot_read_more_than_was_sent() {
    opened().on_frame_read(CONNECTION);
}

#[test]
fn a_client_can_read_on_after_a_close() {
    let mut gateway = opened();
    gateway.on_client_closed(at(2), &id(), 1000, "", "d1".to_owned());
    gateway.on_frame_read(CONNECTION);
}

#[test]
fn replies_and_errors_fill_the_buffer_and_are_lost_when_it_is_full() {
    let mut gateway = opened_with(buffer(2));
    send(&mut gateway, "r1", r#"{"action":"ask"}"#);
    assert_eq!(texts(&gateway.on_integration(at(3), &"r1".to_owned(), &ok())), [""]);
    assert_eq!(texts(&send(&mut gateway, "r2", "hello")).len(), 1);
    assert_eq!(post(&mut gateway, at(4), 1), ManagementOutcome::BufferFull);
    let dropped = |origin| [GatewayEffect::Dropped { connection: id(), origin }];
    let effects = send_at(&mut gateway, at(5), "r3", "hello");
    assert_eq!(effects, dropped(MessageOrigin::Error("r3".to_owned())));
    send_at(&mut gateway, at(5), "r4", r#"{"action":"ask"}"#);
    let effects = gateway.on_integration(at(6), &"r4".to_owned(), &ok());
    assert_eq!(effects, dropped(MessageOrigin::Reply("r4".to_owned())));
    let due = gateway.closes_at(&id()).expect("it is open");
    assert_eq!(due, at(5) + IDLE_TIMEOUT + IDLE_LATENESS, "what is lost is no traffic");
}
