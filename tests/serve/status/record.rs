//! What a server has seen, judged by the promises that judge a simulation.

use http_body_util::Full;
use hyper::Request;
use serde_json::{Value, json};
use stormglass_apps::STORMGLASS;
use stormglass_apps::names::find;
use stormglass_serve::record::{EVENTS_MAX, Recorder};
use stormglass_sim::report::picture::Picture;
use stormglass_spec::history::{Event, EventKind, OUTSIDE, Origin};
use stormglass_spec::properties;
use stormglass_tests::http::{HttpClient, signed};

use super::served::Served;

const HELLO: &str = r#"{"action":"broadcast","data":"hello"}"#;

/// Whether a history has an event like this.
fn has(recorder: &Recorder, is_wanted: impl Fn(&Event) -> bool) -> bool {
    recorder.history().events.iter().any(is_wanted)
}

fn closed_count(recorder: &Recorder) -> usize {
    let history = recorder.history();
    history.events.iter().filter(|event| matches!(event.kind, EventKind::RowRemoved { .. })).count()
}

/// Three clients, of whom two send something and all leave.
fn a_dull_day(served: &Served) {
    served.block_on(async {
        let mut clients = [served.connect().await, served.connect().await, served.connect().await];
        clients[0].send(HELLO).await;
        for client in &mut clients {
            assert_eq!(client.next().await, "hello");
        }
        assert!(clients[0].next().await.contains(r#""delivered":3"#));
        clients[1].send("nonsense").await;
        assert!(clients[1].next().await.contains("error"));
        for client in clients {
            client.close().await;
        }
        served.until(|recorder| closed_count(recorder) == 3).await;
    });
}

#[test]
fn a_dull_day_on_a_server_keeps_every_promise() {
    let served = Served::start(&STORMGLASS);
    a_dull_day(&served);
    let tested = served.judge(&properties::ALL).unwrap_or_else(|broken| panic!("{broken:?}"));
    for id in [
        "registered",
        "row-before-open",
        "delivered",
        "verbatim",
        "not-invented",
        "not-duplicated",
        "isolated",
        "honest-ack",
        "answered",
        "refused-is-harmless",
        "discreet",
        "in-time",
        "well-formed",
    ] {
        let times = tested.iter().find(|(known, _)| *known == id).map(|(_, times)| *times);
        assert!(times.is_some_and(|times| times > 0), "{id} was not put to the test: {tested:?}");
    }
    served.stop();
}

/// Rows that are large, but not too large, take a scan more than one page (FACTS 6.1). The tutorial
/// reads the first one only, and says that everything was sent.
#[test]
fn the_same_promises_find_what_is_wrong_with_the_tutorial() {
    let tutorial = find("tutorial").expect("an application");
    let served = Served::start(tutorial);
    served.block_on(async {
        let mut clients = Vec::new();
        for _ in 0..5 {
            clients.push(served.connect().await);
        }
        for connection in served.recorder.connections(5).0 {
            let item = json!({
                "connectionId": { "S": connection.id },
                "biography": { "S": "x".repeat(390_000) },
            });
            put(&served, &json!({ "TableName": "Connections", "Item": item })).await;
        }
        assert!(served.judge(&properties::ALL).is_ok(), "nothing is wrong so far");
        let broadcasts = tutorial.broadcasts().expect("it has broadcasts");
        clients[0].send(&broadcasts.message("\"hello\"")).await;
        let is_over = |event: &Event| match &event.kind {
            EventKind::InvocationEnded { invocation, .. } => invocation.as_ref() == "a.b1",
            _ => false,
        };
        served.until(|recorder| has(recorder, is_over)).await;
    });
    let violation = served.judge(&properties::ALL).expect_err("somebody was left out");
    assert_eq!(violation.property, "delivered", "{}", violation.because);
    served.stop();
}

/// Stores an item without being a function.
async fn put(served: &Served, body: &Value) {
    let mut client = HttpClient::new(served.table);
    let body = Full::new(body.to_string().into());
    let request = signed("DynamoDB_20120810.PutItem").body(body).expect("a request");
    let answer = client.send(request).await.expect("an answer");
    assert_eq!(answer.status(), 200, "{:?}", answer.body());
}

#[test]
fn what_a_post_led_to_is_known_by_its_cause() {
    let served = Served::start(&STORMGLASS);
    a_dull_day(&served);
    let history = served.recorder.history();
    let received = history.events.iter().find_map(|event| match &event.kind {
        EventKind::FrameReceived { origin: Origin::Post { call }, .. } => Some((event, call)),
        _ => None,
    });
    let (received, call) = received.expect("a broadcast arrived");
    let cause = |event: &Event| event.cause.and_then(|number| history.event(number));
    let applied = cause(received).expect("a cause");
    assert!(matches!(&applied.kind, EventKind::CallApplied { call: known, .. } if known == call));
    let sent = cause(applied).expect("a cause");
    assert!(matches!(&sent.kind, EventKind::CallSent { call: known, .. } if known == call));
    let mut first = sent;
    while let Some(earlier) = cause(first) {
        first = earlier;
    }
    assert!(matches!(first.kind, EventKind::FrameSent { .. }), "{first}");
    served.stop();
}

#[test]
fn what_others_do_to_the_table_is_from_outside() {
    let served = Served::start(&STORMGLASS);
    served.block_on(async {
        let item = json!({ "connectionId": { "S": "k" } });
        put(&served, &json!({ "TableName": "stormglass-connections", "Item": item })).await;
        let post = Request::post("/prod/@connections/AAAAAAAAAAAAAAA=").header("host", "localhost");
        assert_eq!(served.http(served.gateway, post).await.status(), 410);
    });
    let history = served.recorder.history();
    let events: Vec<String> = history.events.iter().map(|event| event.line().what).collect();
    assert_eq!(events[0], "PutItem k");
    assert!(history.events.iter().any(|event| match &event.kind {
        EventKind::CallAnswered { call, answer } =>
            call.starts_with(OUTSIDE) && answer.status == Some(410),
        _ => false,
    }));
    let drawn = Picture::of_history(&history, "stormglass").svg();
    assert!(drawn.contains(">outside</text>"), "it has a lane: {drawn}");
    served.stop();
}

#[test]
fn a_drawing_counts_what_is_not_kept_and_still_knows_who_is_who() {
    let recorder = Recorder::keeping(12, &STORMGLASS);
    let served = Served::start_with([0; 3], &STORMGLASS, recorder);
    // The clients stay until the history is read: their leaving would be in it.
    let clients = served.block_on(async {
        let mut clients = [served.connect().await, served.connect().await];
        for _ in 0..3 {
            clients[0].send("nonsense").await;
            assert!(clients[0].next().await.contains("error"));
        }
        served.until(|recorder| recorder.last_number() == 28).await;
        clients
    });
    let history = served.recorder.history();
    drop(clients);
    assert_eq!(history.events.len(), 12);
    let drawn = Picture::of_history(&history, "stormglass").drawing();
    assert!(drawn.contains(">16 other steps</text>"), "{drawn}");
    assert!(drawn.contains(">a</text>") && !drawn.contains(">b</text>"), "{drawn}");
    assert!(drawn.contains("id=\"event-28\""), "{drawn}");
    served.stop();
}

#[test]
fn however_many_clients_come_no_more_is_kept() {
    const CLIENTS: usize = 300;
    let served = Served::start_with([0; 3], &STORMGLASS, Recorder::new(&STORMGLASS));
    served.block_on(async {
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(served.connect().await);
        }
        clients[0].send(HELLO).await;
        for client in &mut clients {
            assert_eq!(client.next().await, "hello");
        }
        let state = served.told("/api/state").await;
        assert_eq!(state["connections"]["all"], CLIENTS);
        assert_eq!(state["connections"]["some"].as_array().map(Vec::len), Some(100));
        assert_eq!(state["events"]["some"].as_array().map(Vec::len), Some(100));
        assert!(state["events"]["all"].as_u64() > Some(2_000));
    });
    assert_eq!(served.recorder.history().events.len(), EVENTS_MAX);
    served.stop();
}
