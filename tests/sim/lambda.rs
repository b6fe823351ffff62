//! Events on their way to a function, and its outcome on the way back.

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::EventKind;
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::{
    answers, ends, first, handshakes, has, removes, start_delay_ms, starts, told, writes,
};
use stormglass_tests::{kept, play_to_the_end, received};

#[test]
fn an_event_that_comes_twice_runs_twice_and_is_answered_once() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,b"x" | ana.b1.start=duplicate"#);
    assert!(has(&run, ends("ana.b1")) && has(&run, ends("ana.b1+2")));
    let got = received(&run);
    assert_eq!(got.iter().filter(|got| **got == ("ana1", "x")).count(), 2);
    assert_eq!(got.iter().filter(|(_, body)| body.contains("\"ack\"")).count(), 1);
}

#[test]
fn a_handshake_whose_event_comes_twice_opens_once() {
    let run = kept(&STORMGLASS, "v1 ana:c | ana.c1.start=duplicate");
    assert!(has(&run, ends("ana.c1")) && has(&run, ends("ana.c1+2")));
    assert_eq!(handshakes(&run), [("ana1", 101)]);
}

#[test]
fn a_disconnect_can_come_twice() {
    let run = kept(&STORMGLASS, "v1 ana:c,q | ana.d1.start=duplicate");
    assert!(has(&run, ends("ana.d1")) && has(&run, ends("ana.d1+2")));
}

#[test]
fn the_platform_can_start_a_new_sandbox_though_another_is_idle() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,b"x",i1s,b"y",i1s,b"z" | ana.b2.start=cold"#);
    assert!(start_delay_ms(&run, "ana.b2") > 20);
    assert!(start_delay_ms(&run, "ana.b3") < 10);
}

#[test]
fn a_message_whose_function_cannot_be_invoked_gets_an_error() {
    for fault in ["throttled", "error"] {
        let run = kept(&STORMGLASS, &format!(r#"v1 ana:c,b"x" | ana.b1.start={fault}"#));
        assert!(!has(&run, starts("ana.b1")));
        assert_eq!(told(&run), [("ana.b1", "Internal server error".to_owned())], "{fault}");
    }
}

#[test]
fn a_handshake_whose_function_cannot_be_invoked_gets_a_502() {
    for fault in ["throttled", "error", "crash"] {
        let run = kept(&STORMGLASS, &format!("v1 ana:c | ana.c1.start={fault}"));
        assert_eq!(handshakes(&run), [("ana1", 502)], "{fault}");
        assert!(!has(&run, writes("ana1")));
    }
}

#[test]
fn a_disconnect_whose_function_cannot_be_invoked_is_lost() {
    for fault in ["throttled", "error", "dropped"] {
        let run = kept(&STORMGLASS, &format!("v1 ana:c,q | ana.d1.start={fault}"));
        assert!(!has(&run, starts("ana.d1")) && !has(&run, removes("ana1")), "{fault}");
        first(&run, removes("ana1"));
    }
}

#[test]
fn a_disconnect_over_the_limit_of_invocations_is_lost() {
    let case = "v1 concurrency=1 ana:c,i1s,q bob:i900ms,c | bob.c1.put-bob1-1.reply=late1500ms";
    let run = kept(&STORMGLASS, case);
    assert!(!has(&run, starts("ana.d1")) && !has(&run, removes("ana1")));
}

#[test]
fn an_answer_that_is_lost_is_an_error_to_the_client() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,b"x" | ana.b1.answer=reply-lost"#);
    assert!(received(&run).contains(&("ana1", "x")), "the function did its work");
    assert_eq!(told(&run), [("ana.b1", "Internal server error".to_owned())]);
}

#[test]
fn a_handshake_whose_answer_is_lost_is_refused_though_its_row_is_stored() {
    let run = kept(&STORMGLASS, "v1 ana:c | ana.c1.answer=reply-lost");
    assert_eq!(handshakes(&run), [("ana1", 502)]);
    assert!(has(&run, writes("ana1")) && !has(&run, removes("ana1")));
    first(&run, removes("ana1"));
}

#[test]
fn a_sandbox_that_starts_slowly_holds_its_event_up() {
    let run = kept(&STORMGLASS, "v1 ana:c | ana.c1.init=late6s");
    assert_eq!(handshakes(&run), [("ana1", 101)]);
    assert!(first(&run, starts("ana.c1")).at.millis() > 6_000);
}

/// The gateway has long given up; the row that is then stored has no connection (FACTS 1.18).
#[test]
fn a_connect_that_starts_after_the_gateway_gave_up_still_runs() {
    let run = play_to_the_end(&Small(Flaw::Naive), "v1 ana:c | ana.c1.init=late35s");
    let refused = first(&run, |what| matches!(what, EventKind::HandshakeRefused { .. }));
    assert_eq!(handshakes(&run), [("ana1", 504)]);
    assert!(refused.number < first(&run, writes("ana1")).number);
    assert!(!has(&run, removes("ana1")));
}

/// The first attempt to store it was slow, the second one was not (FACTS 1.18).
#[test]
fn a_store_that_is_late_can_bring_a_row_back() {
    let case = "v1 ana:c,q | ana.c1.put-ana1-1.send=late6s";
    let run = kept(&STORMGLASS, case);
    let removed = first(&run, removes("ana1")).number;
    let written = stormglass_tests::pick(&run, |what| writes("ana1")(what).then_some(()));
    assert_eq!(written.len(), 2);
    let last = run.history.events.iter().rev().find(|event| writes("ana1")(&event.kind));
    assert!(last.is_some_and(|last| last.number > removed));
    assert_eq!(answers(&run, "ana.c1.put").len(), 1, "nobody waits for the first answer any more");
}

#[test]
fn a_message_that_is_still_served_can_bring_back_the_row_of_a_closed_connection() {
    let run = play_to_the_end(&Small(Flaw::Refreshes), r#"v1 ana:c,b"x",i500ms,q"#);
    let removed = first(&run, removes("ana1")).number;
    let last = run.history.events.iter().rev().find(|event| writes("ana1")(&event.kind));
    assert!(first(&run, starts("ana.d1")).number < removed);
    assert!(last.is_some_and(|last| last.number > removed), "nothing deletes it any more");
}
