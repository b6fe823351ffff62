//! No field of an event is left out.

use stormglass_spec::Time;

use super::*;

fn json(what: EventKind) -> String {
    let event = Event { number: 7, at: Time::from_micros(1_234), cause: Some(6), kind: what };
    serde_json::to_string(&raw(&event)).expect("JSON")
}

/// What stands after the fields that all events have.
fn fields(what: EventKind) -> String {
    let text = json(what);
    let start = r#"{"number":7,"at_us":1234,"cause":6,"what":"#;
    text.strip_prefix(start).and_then(|text| text.strip_suffix('}')).expect("an event").to_owned()
}

#[test]
fn an_event_has_its_number_its_time_and_its_cause() {
    let event = Event { number: 1, at: Time::ZERO, cause: None, kind: EventKind::FaultsStopped };
    assert_eq!(
        serde_json::to_string(&raw(&event)).expect("JSON"),
        r#"{"number":1,"at_us":0,"cause":null,"what":"FaultsStopped"}"#
    );
}

#[test]
fn connections_have_all_their_fields() {
    let connection = || Name::from("ana1");
    for (what, expected) in [
        (
            EventKind::HandshakeAsked { connection: connection() },
            r#""HandshakeAsked","connection":"ana1""#,
        ),
        (
            EventKind::HandshakeOpened { connection: connection() },
            r#""HandshakeOpened","connection":"ana1""#,
        ),
        (
            EventKind::HandshakeRefused { connection: connection(), status: 502 },
            r#""HandshakeRefused","connection":"ana1","status":502"#,
        ),
        (
            EventKind::HandshakeAborted { connection: connection() },
            r#""HandshakeAborted","connection":"ana1""#,
        ),
        (
            EventKind::CloseSent { connection: connection(), code: 1000 },
            r#""CloseSent","connection":"ana1","code":1000"#,
        ),
        (
            EventKind::Closed { connection: connection(), by: Side::Gateway, code: 1001 },
            r#""Closed","connection":"ana1","by":"Gateway","code":1001"#,
        ),
        (
            EventKind::Closed { connection: connection(), by: Side::Client, code: 1005 },
            r#""Closed","connection":"ana1","by":"Client","code":1005"#,
        ),
        (EventKind::Vanished { connection: connection() }, r#""Vanished","connection":"ana1""#),
        (
            EventKind::AnswerDropped { connection: connection(), frame: "ana.b1".into() },
            r#""AnswerDropped","connection":"ana1","frame":"ana.b1""#,
        ),
        (
            EventKind::ReadingPaused { connection: connection() },
            r#""ReadingPaused","connection":"ana1""#,
        ),
        (
            EventKind::ReadingResumed { connection: connection() },
            r#""ReadingResumed","connection":"ana1""#,
        ),
    ] {
        assert_eq!(fields(what), expected);
    }
}

#[test]
fn messages_have_all_their_fields() {
    let sent = |content| {
        fields(EventKind::FrameSent { connection: "ana1".into(), frame: "ana.b1".into(), content })
    };
    for (content, expected) in [
        (
            Content::Broadcast { data: "x".into(), text: r#"{"data":"x"}"#.into() },
            r#"{"kind":"Broadcast","data":"x","text":"{\"data\":\"x\"}"}"#,
        ),
        (Content::Text("t".into()), r#"{"kind":"Text","text":"t"}"#),
        (Content::Binary(3), r#"{"kind":"Binary","bytes":3}"#),
        (Content::Ping, r#"{"kind":"Ping"}"#),
    ] {
        let start = r#""FrameSent","connection":"ana1","frame":"ana.b1","content":"#;
        assert_eq!(sent(content), format!("{start}{expected}"));
    }
    let received = |origin| {
        fields(EventKind::FrameReceived { connection: "ana1".into(), body: "x".into(), origin })
    };
    for (origin, expected) in [
        (Origin::Post { call: "c".into() }, r#"{"kind":"Post","call":"c"}"#),
        (Origin::Reply { invocation: "i".into() }, r#"{"kind":"Reply","invocation":"i"}"#),
        (Origin::GatewayError { frame: "f".into() }, r#"{"kind":"GatewayError","frame":"f"}"#),
    ] {
        let start = r#""FrameReceived","connection":"ana1","body":"x","origin":"#;
        assert_eq!(received(origin), format!("{start}{expected}"));
    }
}

#[test]
fn invocations_have_all_their_fields() {
    let started = EventKind::InvocationStarted {
        invocation: "ana.c1".into(),
        route: "$connect".into(),
        connection: "ana1".into(),
        due: Time::from_millis(29),
        two_way: false,
    };
    assert_eq!(
        fields(started),
        r#""InvocationStarted","invocation":"ana.c1","route":"$connect","connection":"ana1","due_us":29000,"two_way":false"#
    );
    let killed =
        EventKind::InvocationKilled { invocation: "ana.c1".into(), reason: "timeout".into() };
    assert_eq!(fields(killed), r#""InvocationKilled","invocation":"ana.c1","reason":"timeout""#);
    let counts = Counts { delivered: 1, gone: 2, pending: 3, failed: 4, complete: true };
    let told = |counts| Outcome::Returned {
        status: 200,
        body: Some("ok".into()),
        acknowledgement: Some(Acknowledgement { counts }),
    };
    let silent = Outcome::Returned { status: 204, body: None, acknowledgement: None };
    for (outcome, expected) in [
        (
            told(Some(counts)),
            r#"{"kind":"Returned","status":200,"body":"ok","acknowledgement":{"counts":{"delivered":1,"gone":2,"pending":3,"failed":4,"complete":true}}}"#,
        ),
        (
            told(None),
            r#"{"kind":"Returned","status":200,"body":"ok","acknowledgement":{"counts":null}}"#,
        ),
        (silent, r#"{"kind":"Returned","status":204,"body":null,"acknowledgement":null}"#),
        (Outcome::Allowed, r#"{"kind":"Allowed"}"#),
        (Outcome::Denied, r#"{"kind":"Denied"}"#),
        (Outcome::Malformed { reason: "r".into() }, r#"{"kind":"Malformed","reason":"r"}"#),
        (Outcome::Failed { error: "e".into() }, r#"{"kind":"Failed","error":"e"}"#),
    ] {
        let start = r#""InvocationEnded","invocation":"i","outcome":"#;
        let ended = EventKind::InvocationEnded { invocation: "i".into(), outcome };
        assert_eq!(fields(ended), format!("{start}{expected}"));
    }
}

#[test]
fn requests_have_all_their_fields() {
    let (row, connection) = (|| Name::from("ana1"), || Name::from("ana1"));
    for (request, expected) in [
        (Request::Put { row: row() }, r#"{"kind":"Put","row":"ana1"}"#),
        (Request::Delete { row: row() }, r#"{"kind":"Delete","row":"ana1"}"#),
        (Request::Update { row: row() }, r#"{"kind":"Update","row":"ana1"}"#),
        (
            Request::Get { row: row(), consistent: true },
            r#"{"kind":"Get","row":"ana1","consistent":true}"#,
        ),
        (
            Request::Several { operation: "BatchGetItem".into(), rows: vec![row(), "bob1".into()] },
            r#"{"kind":"Several","operation":"BatchGetItem","rows":["ana1","bob1"]}"#,
        ),
        (
            Request::Query { consistent: true, continued: false },
            r#"{"kind":"Query","consistent":true,"continued":false}"#,
        ),
        (
            Request::Scan { consistent: false, continued: true },
            r#"{"kind":"Scan","consistent":false,"continued":true}"#,
        ),
        (
            Request::Post { connection: connection(), body: "x".into() },
            r#"{"kind":"Post","connection":"ana1","body":"x"}"#,
        ),
        (
            Request::Describe { connection: connection() },
            r#"{"kind":"Describe","connection":"ana1"}"#,
        ),
        (Request::Close { connection: connection() }, r#"{"kind":"Close","connection":"ana1"}"#),
        (
            Request::Other { operation: "ListTables".into() },
            r#"{"kind":"Other","operation":"ListTables"}"#,
        ),
    ] {
        let wire = "PutItem {}".into();
        let sent = EventKind::CallSent { call: "c".into(), invocation: "i".into(), request, wire };
        let start = r#""CallSent","call":"c","invocation":"i","request":"#;
        assert_eq!(fields(sent), format!("{start}{expected},\"wire\":\"PutItem {{}}\""));
    }
}

#[test]
fn effects_and_answers_have_all_their_fields() {
    let read = Effect::Read { rows: vec!["ana1".into()], stale: true, more: false };
    for (effect, expected) in [
        (Effect::Done, r#"{"kind":"Done"}"#),
        (read, r#"{"kind":"Read","rows":["ana1"],"stale":true,"more":false}"#),
        (Effect::Refused { error: "e".into() }, r#"{"kind":"Refused","error":"e"}"#),
        (Effect::Accepted, r#"{"kind":"Accepted"}"#),
        (Effect::Gone { pending: true }, r#"{"kind":"Gone","pending":true}"#),
    ] {
        let applied = EventKind::CallApplied { call: "c".into(), effect };
        assert_eq!(fields(applied), format!(r#""CallApplied","call":"c","effect":{expected}"#));
    }
    for (status, error, expected) in [
        (Some(410), Some("GoneException"), r#"{"status":410,"error":"GoneException"}"#),
        (None, None, r#"{"status":null,"error":null}"#),
    ] {
        let answer = Answer { status, error: error.map(Into::into) };
        let answered = EventKind::CallAnswered { call: "c".into(), answer };
        assert_eq!(fields(answered), format!(r#""CallAnswered","call":"c","answer":{expected}"#));
    }
}

#[test]
fn rows_have_their_names() {
    let written = EventKind::RowWritten { row: "ana1".into() };
    assert_eq!(fields(written), r#""RowWritten","row":"ana1""#);
    let removed = EventKind::RowRemoved { row: "ana1".into() };
    assert_eq!(fields(removed), r#""RowRemoved","row":"ana1""#);
}
