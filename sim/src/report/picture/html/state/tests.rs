//! Tests of the changes of each kind of event.

use stormglass_spec::Time;
use stormglass_spec::history::{Answer, Effect, Explanation, Outcome, Request};

use super::*;

/// Returns the changes of the last event: the list, the name, the kind and the state.
fn changes(whats: Vec<EventKind>) -> Vec<(List, String, ChangeKind, String)> {
    all(whats).pop().expect("an event").into_iter().map(essence).collect()
}

fn all(whats: Vec<EventKind>) -> Vec<Vec<Change>> {
    let events: Vec<Event> = whats
        .into_iter()
        .zip(1..)
        .map(|(what, number)| Event { number, at: Time::ZERO, cause: None, kind: what })
        .collect();
    let mut state = State::default();
    events.iter().map(|event| state.observe(event)).collect()
}

fn essence(change: Change) -> (List, String, ChangeKind, String) {
    (change.list, change.name, change.how, change.state)
}

fn one(
    list: List,
    name: &str,
    how: ChangeKind,
    state: &str,
) -> Vec<(List, String, ChangeKind, String)> {
    vec![(list, name.to_owned(), how, state.to_owned())]
}

fn connection(state: &str) -> Vec<(List, String, ChangeKind, String)> {
    one(List::Connections, "ana1", ChangeKind::Begins, state)
}

fn asked() -> EventKind {
    EventKind::HandshakeAsked { connection: "ana1".into() }
}

fn opened() -> EventKind {
    EventKind::HandshakeOpened { connection: "ana1".into() }
}

fn vanished() -> EventKind {
    EventKind::Vanished { connection: "ana1".into() }
}

fn closed(by: Side) -> EventKind {
    EventKind::Closed { connection: "ana1".into(), by, code: 1001 }
}

fn started() -> EventKind {
    EventKind::InvocationStarted {
        invocation: "bob.b1".into(),
        route: "broadcast".into(),
        connection: Some("bob1".into()),
        messages: Vec::new(),
        due: Time::from_millis(29_000),
        two_way: true,
    }
}

fn ended() -> EventKind {
    let outcome = Outcome::Returned { status: 200, body: None, acknowledgement: None };
    EventKind::InvocationEnded { invocation: "bob.b1".into(), outcome }
}

fn sent() -> EventKind {
    EventKind::CallSent {
        call: "bob.b1.scan-1".into(),
        invocation: "bob.b1".into(),
        request: Request::Scan { consistent: true, continued: false },
        request_text: "".into(),
    }
}

fn applied() -> EventKind {
    let effect = Effect::Read { rows: vec!["ana1".into()], stale: false, more: false };
    EventKind::CallApplied { call: "bob.b1.scan-1".into(), effect }
}

fn answered() -> EventKind {
    let answer = Answer { status: Some(200), error: None, explanation: Explanation::default() };
    EventKind::CallAnswered { call: "bob.b1.scan-1".into(), answer }
}

#[test]
fn a_connection_is_pending_then_open_then_closed() {
    assert_eq!(changes(vec![asked()]), connection("pending"));
    assert_eq!(changes(vec![asked(), opened()]), connection("open"));
    let gone = changes(vec![asked(), opened(), closed(Side::Client)]);
    assert_eq!(gone, connection("closed by the client, 1001"));
    let gone = changes(vec![asked(), opened(), closed(Side::Gateway)]);
    assert_eq!(gone, connection("closed by the gateway, 1001"));
}

#[test]
fn a_handshake_that_fails_leaves_its_reason() {
    let refused = EventKind::HandshakeRefused { connection: "ana1".into(), status: 502 };
    assert_eq!(changes(vec![asked(), refused]), connection("refused with 502"));
    let aborted = EventKind::HandshakeAborted { connection: "ana1".into() };
    assert_eq!(changes(vec![asked(), aborted]), connection("never opened: its client had left"));
}

#[test]
fn an_open_connection_whose_client_is_gone_is_half_open() {
    let half_open = connection("half-open: its client is gone");
    assert_eq!(changes(vec![asked(), opened(), vanished()]), half_open);
    assert_eq!(changes(vec![asked(), vanished(), opened()]), half_open);
    assert_eq!(changes(vec![asked(), vanished()]), connection("pending, but its client is gone"));
}

#[test]
fn what_a_client_does_after_the_end_changes_nothing() {
    assert_eq!(changes(vec![asked(), opened(), closed(Side::Gateway), vanished()]), []);
    assert_eq!(changes(vec![vanished()]), []);
}

#[test]
fn a_client_can_stop_reading_and_read_again() {
    let pause = || EventKind::ReadingPaused { connection: "ana1".into() };
    let resume = EventKind::ReadingResumed { connection: "ana1".into() };
    let paused = changes(vec![asked(), opened(), pause()]);
    assert_eq!(paused, connection("open, but its client reads nothing"));
    assert_eq!(changes(vec![asked(), opened(), pause(), resume]), connection("open"));
    let close = EventKind::CloseSent { connection: "ana1".into(), code: 1000 };
    let closing = changes(vec![asked(), opened(), close]);
    assert_eq!(closing, connection("open, but its client has closed"));
}

#[test]
fn a_row_is_stored_stored_again_and_removed() {
    let written = || EventKind::RowWritten { row: "ana1".into(), connections: Vec::new() };
    let removed = || EventKind::RowRemoved { row: "ana1".into(), connections: Vec::new() };
    let row = |how, state| one(List::Rows, "ana1", how, state);
    assert_eq!(changes(vec![written()]), row(ChangeKind::Begins, "stored"));
    assert_eq!(changes(vec![written(), written()]), row(ChangeKind::Changes, "stored again"));
    assert_eq!(changes(vec![written(), removed()]), row(ChangeKind::Ends, "removed"));
    assert_eq!(changes(vec![written(), removed(), written()]), row(ChangeKind::Begins, "stored"));
}

#[test]
fn a_call_is_in_flight_until_its_answer_arrives() {
    let call = |how, state| one(List::Calls, "bob.b1.scan-1", how, state);
    let under_way = call(ChangeKind::Begins, "on its way to the service");
    assert_eq!(changes(vec![started(), sent()]), under_way);
    assert_eq!(
        changes(vec![started(), sent(), applied()]),
        call(ChangeKind::Changes, "reads ana1; its answer is on its way")
    );
    let over = changes(vec![started(), sent(), applied(), answered()]);
    assert_eq!(over, call(ChangeKind::Ends, "answered: 200"));
    assert_eq!(changes(vec![started(), sent(), answered(), answered()]), []);
}

#[test]
fn a_call_says_what_it_asks_for_and_a_function_how_long_it_has() {
    let changes = all(vec![started(), sent()]);
    assert_eq!(changes[0][0].about.as_deref(), Some("broadcast for bob1"));
    assert_eq!(changes[0][0].due_us, Some(29_000_000));
    assert_eq!(changes[1][0].about.as_deref(), Some("Scan, consistent"));
}

#[test]
fn nobody_waits_for_the_calls_of_a_function_that_is_over() {
    let killed =
        EventKind::InvocationKilled { invocation: "bob.b1".into(), reason: "timeout".into() };
    for (end, how) in [(ended(), "ended"), (killed, "was killed")] {
        let mut expected = one(List::Functions, "bob.b1", ChangeKind::Ends, how);
        let state = format!("on its way to the service, but bob.b1 {how}: nobody waits");
        expected.extend(one(List::Calls, "bob.b1.scan-1", ChangeKind::Changes, &state));
        assert_eq!(changes(vec![started(), sent(), end]), expected);
    }
    let expected = one(List::Functions, "bob.b1", ChangeKind::Ends, "ended");
    assert_eq!(changes(vec![started(), sent(), answered(), ended()]), expected);
}
