//! Handshakes that come to no good end.

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::{EventKind, Side};
use stormglass_spec::quotas::HANDSHAKE_WINDOW;
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::{
    closings, effects, ends, first, handshakes, has, opens, removes, starts, writes,
};
use stormglass_tests::{kept, pick, received};

#[test]
fn a_plain_get_a_wrong_stage_and_a_long_url_reach_no_function() {
    let long = "x".repeat(4_096);
    for (upgrade, status) in [
        (r#"{"plain":true}"#.to_owned(), 426),
        (r#"{"stage":"test"}"#.to_owned(), 403),
        (format!(r#"{{"query":{{"token":"{long}"}}}}"#), 414),
    ] {
        let run = kept(&STORMGLASS, &format!("v1 ana:c{upgrade}"));
        assert_eq!(handshakes(&run), [("ana1", status)]);
        assert!(!has(&run, starts("ana.c1")));
    }
}

#[test]
fn a_client_that_was_refused_goes_on_with_its_plan() {
    let run = kept(&STORMGLASS, r#"v1 ana:c{"plain":true},b"x",c,b"y""#);
    assert_eq!(handshakes(&run), [("ana1", 426), ("ana2", 101)]);
    assert!(received(&run).contains(&("ana2", "y")));
}

#[test]
fn a_handshake_that_failed_is_followed_by_no_disconnect() {
    for case in ["v1 ana:c | ana.c1.start=error", "v1 ana:a | ana.c1.put-ana1-1.reply=late1s"] {
        assert!(!has(&kept(&STORMGLASS, case), starts("ana.d1")), "{case}");
    }
}

#[test]
fn a_handshake_that_failed_can_be_followed_by_a_disconnect() {
    for case in [
        "v1 ana:c | ana.c1.start=error ana.d1=fires",
        "v1 ana:a | ana.c1.put-ana1-1.reply=late1s ana.d1=fires",
    ] {
        let run = kept(&STORMGLASS, case);
        let failed = first(&run, |what| {
            matches!(what, EventKind::HandshakeRefused { .. } | EventKind::HandshakeAborted { .. })
        });
        assert!(failed.number < first(&run, starts("ana.d1")).number, "{case}");
    }
}

#[test]
fn a_client_that_leaves_during_its_handshake_leaves_a_row_that_a_broadcast_removes() {
    let past_the_window = HANDSHAKE_WINDOW.as_secs() + 10;
    let case =
        format!(r#"v1 ana:a bob:i{past_the_window}s,c,b"x" | ana.c1.put-ana1-1.reply=late1s"#);
    let run = kept(&STORMGLASS, &case);
    assert!(has(&run, |what| matches!(what, EventKind::HandshakeAborted { .. })));
    assert!(!has(&run, opens("ana1")) && has(&run, writes("ana1")));
    let removed = first(&run, removes("ana1"));
    assert!(first(&run, starts("bob.b1")).number < removed.number);
    assert!(removed.number < first(&run, ends("bob.b1")).number);
}

#[test]
fn a_client_that_left_unnoticed_is_half_open() {
    let case = r#"v1 ana:a bob:i2s,c,b"x" | ana.c1.put-ana1-1.reply=late1s ana.c1.left=unnoticed"#;
    let run = kept(&STORMGLASS, case);
    let left = first(&run, |what| matches!(what, EventKind::Vanished { .. })).number;
    assert!(left < first(&run, opens("ana1")).number);
    assert_eq!(effects(&run, "bob.b1.post-ana1").len(), 1);
    assert!(received(&run).iter().all(|(who, _)| *who != "ana1"));
}

#[test]
fn a_client_that_leaves_after_its_handshake_breaks_its_connection() {
    let run = kept(&STORMGLASS, "v1 ana:a | ana.c1.leaves=late2s");
    assert_eq!(closings(&run), [("ana1", Side::Client, 1006)]);
    assert!(has(&run, removes("ana1")));
}

#[test]
fn a_client_that_asked_for_a_protocol_and_got_none_leaves() {
    let case = r#"v1 ana:c{"headers":{"Sec-WebSocket-Protocol":"chat"}},b"x",c,b"y""#;
    let run = kept(&STORMGLASS, case);
    assert_eq!(handshakes(&run), [("ana1", 101), ("ana2", 101)]);
    assert_eq!(closings(&run), [("ana1", Side::Client, 1006)]);
    let sent = pick(&run, |what| match what {
        EventKind::FrameSent { connection, frame, .. } => {
            Some((connection.as_ref(), frame.as_ref()))
        }
        _ => None,
    });
    assert_eq!(sent[0], ("ana2", "ana.b2"), "the first connection is of no use");
}

#[test]
fn a_client_that_asks_again_abandons_the_socket_it_has() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,c,b"x""#);
    let vanished = first(&run, |what| matches!(what, EventKind::Vanished { .. }));
    assert!(vanished.number < first(&run, opens("ana2")).number);
    assert!(!received(&run).contains(&("ana1", "x")));
}

#[test]
fn a_post_that_meets_a_handshake_makes_a_naive_service_forget_its_client() {
    let case = r#"v1 ana:i1s,c bob:c,i1s,b"x" | ana.c1.answer=late1500ms bob.b1.up=late300ms"#;
    let (_, violation) = stormglass_tests::broken(&Small(Flaw::Naive), case);
    assert_eq!(violation.property, "registered");
}
