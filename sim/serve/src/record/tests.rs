use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use stormglass_apps::STORMGLASS;
use stormglass_aws::gateway::ClientMessage;
use stormglass_aws::gateway::Route;
use stormglass_spec::history::{EventKind, Request};

use super::*;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

const TIMEOUT: Duration = Duration::from_secs(3);

fn recorder(events_max: usize) -> Recorder {
    Recorder::keeping(events_max, &STORMGLASS)
}

fn open(recorder: &Recorder, id: &str) {
    recorder.begin_input();
    recorder.on_upgrade(&id.to_owned(), HERE);
    recorder.on_opened(&id.to_owned());
}

fn kinds(history: &History) -> Vec<String> {
    history.events.iter().map(|event| event.line().what).collect()
}

#[test]
fn a_recorder_that_keeps_nothing_can_be_told_anything() {
    let recorder = Recorder::none();
    open(&recorder, "id");
    recorder.log("request", "line");
    assert!(recorder.history().events.is_empty());
    assert_eq!((recorder.last_number(), recorder.version()), (0, 0));
    assert_eq!(recorder.connections(10).1, 0);
}

#[test]
fn events_are_kept_up_to_a_number_and_keep_theirs() {
    let recorder = recorder(4);
    for number in 0..10 {
        open(&recorder, &format!("id-{number}"));
    }
    let history = recorder.history();
    let numbers: Vec<u32> = history.events.iter().map(|event| event.number).collect();
    assert_eq!(numbers, [17, 18, 19, 20]);
    let causes: Vec<Option<u32>> = history.events.iter().map(|event| event.cause).collect();
    assert_eq!(causes, [None, Some(17), None, Some(19)]);
    assert_eq!(history.event(19).map(|event| event.number), Some(19));
    assert_eq!(history.event(16), None);
    assert_eq!(recorder.last(1, TextLimit::Whole).events[0].number, 20);
}

#[test]
fn names_lead_back_to_ids() {
    let recorder = recorder(100);
    open(&recorder, "id-a");
    open(&recorder, "id-b");
    let (id, request) = ("id-b".to_owned(), "request-1".to_owned());
    recorder.begin_input();
    recorder.on_message(&id, &request, &ClientMessage::text("hello".to_owned()));
    recorder.on_start(&request, &id, &Route::one_way("$default", "fallback"), TIMEOUT);
    let names = ["b1", "b.t1", "c1", "table"].map(Name::from);
    let ids = recorder.ids(&names);
    let ids: Vec<Option<&str>> = ids.iter().map(Option::as_deref).collect();
    assert_eq!(ids, [Some("id-b"), Some("request-1"), None, None]);
}

#[test]
fn one_thing_leads_to_the_next_until_another_comes_in() {
    let recorder = recorder(100);
    open(&recorder, "id-a");
    let (id, request) = ("id-a".to_owned(), "request-1".to_owned());
    recorder.begin_input();
    recorder.on_message(&id, &request, &ClientMessage::text("hello".to_owned()));
    recorder.on_start(&request, &id, &Route::one_way("$default", "fallback"), TIMEOUT);
    recorder.begin_input();
    recorder.on_failure(&request, "it cannot");
    recorder.begin_input();
    recorder.on_client_close(&id, 1_000);
    recorder.on_closed(&id, true, 1_000);
    let causes: Vec<Option<u32>> =
        recorder.history().events.iter().map(|event| event.cause).collect();
    assert_eq!(causes, [None, Some(1), None, Some(3), Some(4), None, Some(6)]);
}

/// The gateway waits 29 s for a function with a longer timeout (FACTS 4.8).
#[test]
fn an_invocation_is_due_after_the_timeout_of_its_function() {
    for (timeout_s, due_s) in [(3, 3), (60, 29)] {
        let [timeout, due_after] = [timeout_s, due_s].map(Duration::from_secs);
        let recorder = recorder(100);
        open(&recorder, "id-a");
        let (id, request) = ("id-a".to_owned(), "request-1".to_owned());
        recorder.on_start(&request, &id, &Route::one_way("$disconnect", "left"), timeout);
        let events = recorder.history().events;
        let started = events.iter().find_map(|event| match event.kind {
            EventKind::InvocationStarted { due, .. } => Some((event.at, due)),
            _ => None,
        });
        // The event is noted a moment later than the function starts.
        let (noted, due) = started.expect("the start is noted");
        assert!(due.since(noted) <= due_after && due >= Time::ZERO + due_after, "{due:?}");
    }
}

#[test]
fn a_connection_is_listed_while_it_is_there_and_forgotten_when_its_socket_is_gone() {
    let recorder = recorder(100);
    open(&recorder, "id-a");
    let id = "id-b".to_owned();
    recorder.on_upgrade(&id, HERE);
    let (listed, count) = recorder.connections(1);
    assert_eq!((listed.len(), count), (1, 2));
    assert!(listed[0].is_open && listed[0].name == "a1" && listed[0].id == "id-a");
    assert!(!recorder.connections(2).0[1].is_open);
    recorder.on_refused(&id, 403);
    assert_eq!(recorder.connections(10).1, 1);
    for is_left_first in [false, true] {
        let id = format!("id-{is_left_first}");
        open(&recorder, &id);
        if is_left_first {
            recorder.on_client_left(&id);
            recorder.on_closed(&id, true, 1_006);
        } else {
            recorder.on_closed(&id, false, 1_001);
            recorder.on_client_left(&id);
        }
        let record = recorder.record.as_ref().expect("it is on");
        assert!(record.state().connections.live(&id).is_none());
    }
    assert_eq!(recorder.connections(10).1, 1);
}

#[test]
fn what_comes_from_elsewhere_is_the_doing_of_outside() {
    let recorder = recorder(100);
    let answer = stormglass_dynamodb::Answer::error(400, "ValidationException", "no");
    let mut answer = answer;
    let applied = TableEffect {
        writes: true,
        keys: vec![stormglass_dynamodb::RowKey { table: "t".into(), key: "k".to_owned() }],
        expired: Vec::new(),
        answer: &mut answer,
    };
    let body = br#"{"TableName":"t","Item":{"id":{"S":"k"}}}"#;
    recorder.on_table_request(Some(77), "DynamoDB_20120810.PutItem", body, applied);
    let history = recorder.history();
    let EventKind::CallSent { call, invocation, request, .. } = &history.events[0].kind else {
        panic!("no call: {history:?}");
    };
    assert_eq!((call.as_ref(), invocation.as_ref()), ("outside.put-k-1", OUTSIDE));
    assert_eq!(*request, Request::Put { row: "k".into() });
    assert_eq!(
        kinds(&history),
        ["PutItem k", "put-k-1", "put-k-1"],
        "and it is carried out and answered"
    );
}

#[test]
fn the_log_of_an_invocation_is_kept_up_to_a_length() {
    let recorder = recorder(100);
    open(&recorder, "id-a");
    let (id, request) = ("id-a".to_owned(), "request-1".to_owned());
    recorder.on_start(&request, &id, &Route::one_way("$connect", "on-connect"), TIMEOUT);
    for _ in 0..70 {
        recorder.log(&request, &"\u{e9}".repeat(1_000));
    }
    recorder.log("of nobody", "line");
    let (lines, left_out) = recorder.log_of(1).expect("it is kept");
    assert_eq!((lines.len(), left_out), (64, 6));
    assert_eq!(lines[0].chars().count(), 501, "half as many as bytes, and the mark of a cut");
    assert_eq!(recorder.invocations(10).0[0].lines, 70);
    assert_eq!(recorder.log_of(2), None);
}

#[test]
fn texts_are_cut_for_people_and_whole_for_properties() {
    let recorder = recorder(100);
    open(&recorder, "id-a");
    let (id, request) = ("id-a".to_owned(), "request-1".to_owned());
    recorder.on_message(&id, &request, &ClientMessage::text("x".repeat(100_000)));
    let said = |texts| match &recorder.last(1, texts).events[0].kind {
        EventKind::FrameSent { content: stormglass_spec::history::Content::Text(text), .. } => {
            text.to_string()
        }
        other => panic!("no text: {other:?}"),
    };
    assert_eq!(said(TextLimit::Whole).len(), 100_000);
    assert_eq!(said(TextLimit::Cut(3)), "xxx\u{2026} (100000 bytes)");
}
