//! Every way in which a connection ends.

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::{EventKind, Side};
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::{closes, closings, effects, first, has, removes, starts};
use stormglass_tests::{kept, play_to_the_end, received};

/// Two hours and six minutes of messages every nine minutes.
fn veteran(keep_alive: &str) -> String {
    format!("v1 vet:c{}", format!(",i540s,{keep_alive}").repeat(14))
}

#[test]
fn the_code_and_the_reason_of_a_close_reach_the_disconnect_event() {
    for (close, announced) in [
        ("q", r#"1005 "Client-side close frame status not set""#),
        ("q1001", r#"1001 """#),
        (r#"q4000"bye""#, r#"4000 "bye""#),
        ("x00", r#"1003 """#),
        ("f32769", r#"1009 """#),
    ] {
        let case = format!("v1 ana:c bob:c,i2s,{close}");
        let run = play_to_the_end(&Small(Flaw::Announces), &case);
        assert!(received(&run).contains(&("ana1", announced)), "{close}: {:?}", received(&run));
    }
}

#[test]
fn a_closed_connection_is_closed_before_its_disconnect_runs() {
    let run = kept(&STORMGLASS, "v1 ana:c,q4000\"bye\"");
    assert_eq!(closings(&run), [("ana1", Side::Client, 4000)]);
    assert!(first(&run, closes("ana1")).number < first(&run, starts("ana.d1")).number);
}

#[test]
fn a_silent_connection_is_closed_after_ten_minutes_and_four_seconds() {
    let run = kept(&STORMGLASS, "v1 ana:c bob:c,i500s,t\"{}\",i500s,t\"{}\"");
    assert_eq!(closings(&run), [("ana1", Side::Gateway, 1001)]);
    let opened = first(&run, |what| {
        matches!(what, EventKind::HandshakeOpened { connection }
        if connection.as_ref() == "ana1")
    });
    let closed = first(&run, closes("ana1"));
    assert_eq!(closed.at.since(opened.at).as_secs(), 604);
    assert!(has(&run, removes("ana1")), "`$disconnect` follows");
}

#[test]
fn posts_keep_a_connection_open_that_says_nothing() {
    let run = kept(&STORMGLASS, r#"v1 ana:c bob:c,i500s,b"x",i500s,b"y""#);
    assert_eq!(closings(&run), []);
}

#[test]
fn a_busy_connection_is_closed_after_two_hours() {
    let run = kept(&STORMGLASS, &veteran("t\"{}\""));
    assert_eq!(closings(&run), [("vet1", Side::Gateway, 1001)]);
    let minutes = first(&run, closes("vet1")).at.millis() / 60_000;
    assert_eq!(minutes, 120);
    assert!(has(&run, removes("vet1")), "`$disconnect` follows");
}

#[test]
fn pings_are_no_traffic_unless_they_are_said_to_be() {
    let minutes = |case: &str| {
        let run = kept(&STORMGLASS, case);
        first(&run, closes("vet1")).at.millis() / 60_000
    };
    let pings = veteran("p");
    assert_eq!(minutes(&pings), 10);
    assert_eq!(minutes(&pings.replace("v1 ", "v1 pings=traffic ")), 120);
}

#[test]
fn maintenance_closes_a_connection_within_half_a_minute() {
    let run = kept(&STORMGLASS, "v1 ana:c,i60s,p | ana1=maintenance");
    assert_eq!(closings(&run), [("ana1", Side::Gateway, 1001)]);
    assert!(first(&run, closes("ana1")).at.millis() < 31_000);
    assert!(has(&run, removes("ana1")), "`$disconnect` follows");
}

#[test]
fn a_frame_over_32_kb_and_a_message_over_128_kb_close_the_connection() {
    for step in ["f32769", "h131200"] {
        let run = kept(&STORMGLASS, &format!("v1 ana:c,{step}"));
        assert_eq!(closings(&run), [("ana1", Side::Gateway, 1009)], "{step}");
        assert!(has(&run, removes("ana1")), "`$disconnect` follows");
    }
}

#[test]
fn what_is_just_small_enough_is_served() {
    let run = kept(&STORMGLASS, "v1 ana:c bob:i1s,c,f32768,h130900");
    assert_eq!(closings(&run), []);
    let whole = "x".repeat(130_900);
    assert!(received(&run).contains(&("ana1", &whole)));
}

#[test]
fn a_client_that_vanishes_is_noticed_at_once_if_its_system_resets_the_connection() {
    let run = kept(&STORMGLASS, "v1 ana:c,v | ana.c1.vanishes=reset");
    assert_eq!(closings(&run), [("ana1", Side::Client, 1006)]);
    assert!(has(&run, removes("ana1")), "`$disconnect` follows");
    let run = kept(&STORMGLASS, "v1 ana:c,v");
    assert_eq!(closings(&run), []);
}

/// TCP gives up only on something that was sent and that nobody acknowledged.
#[test]
fn a_vanished_client_is_noticed_when_tcp_gives_it_up() {
    let run = kept(&STORMGLASS, r#"v1 tcp=1s ana:c,v bob:c,i2s,b"x",i5s,b"y""#);
    assert_eq!(closings(&run), [("ana1", Side::Client, 1006)]);
    let closed = first(&run, closes("ana1"));
    let posted = first(&run, |what| {
        matches!(what, EventKind::CallApplied { call, .. }
        if call.as_ref() == "bob.b1.post-ana1-1")
    });
    let seconds = closed.at.since(posted.at).as_secs();
    assert_eq!(seconds, 1);
    let run = kept(&STORMGLASS, r#"v1 tcp=1s ana:c,v bob:c,i5s,t"{}""#);
    assert_eq!(closings(&run), [], "nothing was sent to ana");
}

#[test]
fn a_post_to_a_closed_connection_is_gone_at_once() {
    let case = r#"v1 ana:c,i2s,q bob:c,i3s,b"x" | ana.d1.start=dropped"#;
    let run = kept(&STORMGLASS, case);
    let gone = format!("{:?}", effects(&run, "bob.b1.post-ana1"));
    assert_eq!(gone, "[Gone { pending: false }]");
}

/// The close and the post cross: the gateway took what nobody reads any more.
#[test]
fn a_post_that_crosses_a_close_is_accepted_and_lost() {
    let case = r#"v1 ana:c,i2s,q bob:c,i2s,b"x" | ana.q1.up=late1s"#;
    let run = kept(&STORMGLASS, case);
    assert_eq!(format!("{:?}", effects(&run, "bob.b1.post-ana1")), "[Accepted]");
    assert!(!received(&run).contains(&("ana1", "x")));
}
