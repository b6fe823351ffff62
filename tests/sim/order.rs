//! Messages, frames and posts that keep their order, and those that do not.

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::EventKind;
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::{ends, first, gets, starts};
use stormglass_tests::{broken, kept, received};

fn bodies<'a>(run: &'a stormglass_sim::Run, of: &str) -> Vec<&'a str> {
    let received = received(run).into_iter();
    received.filter(|(who, body)| *who == of && !body.contains("ack")).map(|(_, b)| b).collect()
}

#[test]
fn messages_of_one_client_are_served_at_the_same_time() {
    let case = r#"v1 ana:c,b"x",+b"y" | ana.b1.post-ana1-1.reply=late1s"#;
    let run = kept(&STORMGLASS, case);
    let (one, two) = (first(&run, starts("ana.b1")), first(&run, starts("ana.b2")));
    assert!(one.number < first(&run, ends("ana.b2")).number);
    assert!(two.number < first(&run, ends("ana.b1")).number);
}

#[test]
fn a_message_can_overtake_one_that_was_sent_before_it() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,b"x",+b"y" | ana.b1.start=late1500ms"#);
    assert!(first(&run, starts("ana.b2")).number < first(&run, starts("ana.b1")).number);
    assert_eq!(bodies(&run, "ana1"), ["y", "x"]);
}

#[test]
fn what_is_late_on_the_way_up_holds_up_what_comes_after_it() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,b"x",+b"y" | ana.b1.up=late1500ms"#);
    let (one, two) = (first(&run, starts("ana.b1")), first(&run, starts("ana.b2")));
    assert!(one.at.millis() > 1_500 && two.at.millis() > 1_500);
    assert_eq!(bodies(&run, "ana1").len(), 2);
}

const LATE: &str = r#"v1 ana:c bob:c,i1s,b"x",i1s,b"y" | bob.b1.post-ana1-1.down=late3s"#;

#[test]
fn frames_of_one_connection_keep_their_order_though_one_is_late() {
    let run = kept(&STORMGLASS, LATE);
    assert_eq!(bodies(&run, "ana1"), ["x", "y"]);
    assert_eq!(bodies(&run, "bob1"), ["x", "y"]);
    let arrivals = ["x", "y"].map(|body| first(&run, gets("ana1", body)).at);
    assert_eq!(arrivals[0], arrivals[1], "the second one waits for the first one");
}

/// Nobody promises the order; where there is none, no handler can keep `causal-order`.
#[test]
fn frames_of_one_connection_can_be_unordered_where_the_case_says_so() {
    let case = LATE.replace("v1 ", "v1 frames=unordered ");
    let (run, violation) = broken(&STORMGLASS, &case);
    assert_eq!(violation.property, "causal-order");
    assert_eq!(bodies(&run, "ana1"), ["y", "x"]);
}

#[test]
fn no_frame_overtakes_the_answer_to_its_handshake() {
    let case = r#"v1 frames=unordered ana:c bob:c,i1s,b"x" | ana.c1.down=late3s"#;
    let run = kept(&STORMGLASS, case);
    assert_eq!(bodies(&run, "ana1"), ["x"]);
}

#[test]
fn posts_of_two_functions_can_cross() {
    let case = r#"v1 ana:c bob:c,i1s,b"x" cyd:c,i1s,b"y" | bob.b1.post-ana1-1.send=late1500ms"#;
    let run = kept(&STORMGLASS, case);
    assert_eq!(bodies(&run, "ana1"), ["y", "x"]);
}

#[test]
fn an_event_waits_for_as_many_others_as_the_case_says() {
    let case = r#"v1 ana:c,i1s,b"x""#;
    let gap = |case: &str| {
        let run = kept(&Small(Flaw::Naive), case);
        let applied = first(&run, |what| {
            matches!(what, EventKind::CallApplied { call, .. }
            if call.as_ref() == "ana.b1.scan-1")
        });
        let sent = first(&run, |what| {
            matches!(what, EventKind::CallSent { call, .. }
            if call.as_ref() == "ana.b1.scan-1")
        });
        applied.at.since(sent.at).as_millis()
    };
    assert!(gap(case) < 10);
    let alone = gap(&format!("{case} | ana.b1.scan-1.send=after5"));
    assert!((2_000..2_010).contains(&alone), "{alone} ms: nothing else happens");
    let others =
        format!("{case} bob:i1300ms,c cyd:i1500ms,c dan:i1700ms,c | ana.b1.scan-1.send=after1");
    assert!(gap(&others) < 500, "somebody else comes soon");
}
