//! `refused-is-harmless`: what a function refuses leaves no trace in the table.

use stormglass_spec::properties::REFUSED_IS_HARMLESS;

use crate::story::{Story, Verdict, because};

fn story() -> Story {
    Story::about(REFUSED_IS_HARMLESS)
}

#[test]
fn a_message_that_is_no_broadcast_changes_no_row() {
    let tell = |invocation: &str| {
        let mut story = story();
        story.opened("ana1");
        story.said("ana1", "ana.t1", r#"{"action":"$disconnect"}"#);
        story.started_on("$default", "ana1", invocation);
        story.stored(invocation, "ana1")
    };
    assert_eq!(
        because(tell("ana.t1")),
        "ana.t1, sent in step 4, was no broadcast, but ana.t1 changed the row of ana1 in step 8."
    );
    assert!(tell("ana.t1+2").is_err());
}

#[test]
fn a_message_that_changes_nothing_is_harmless() {
    let mut story = story();
    story.opened("ana1");
    story.said("ana1", "ana.t1", "hello");
    story.started_on("$default", "ana1", "ana.t1");
    story.read("ana.t1", &["ana1"], false);
    story.returned("ana.t1", 400, "what?").expect("it changed nothing");
    assert_eq!(story.times(), 1);
}

#[test]
fn a_broadcast_may_change_rows() {
    let mut story = story();
    story.opened("ana1");
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    story.stored("ana.b1", "ana1").expect("it is a broadcast");
    story.returned("ana.b1", 400, "what?").expect("it is a broadcast");
    assert_eq!(story.times(), 0);
}

/// A handshake that stores its row and then returns this status.
fn handshake(status: u16) -> Verdict {
    let mut story = story();
    story.started_on("$connect", "ana1", "ana.c1");
    story.stored("ana.c1", "ana1").expect("the handshake is not refused yet");
    story.returned("ana.c1", status, "")
}

#[test]
fn a_handshake_that_is_refused_has_stored_no_row() {
    assert_eq!(
        because(handshake(403)),
        "ana.c1 refused a handshake with 403 in step 6, but changed the row of ana1 in step 4."
    );
    for (status, is_kept) in [(200, true), (299, true), (301, false), (499, false), (500, true)] {
        assert_eq!(handshake(status).is_ok(), is_kept, "{status}");
    }
}

#[test]
fn a_handshake_that_is_refused_stores_no_row_later() {
    let tell = |status| {
        let mut story = story();
        story.started_on("$connect", "ana1", "ana.c1");
        story.returned("ana.c1", status, "").expect("no row was changed");
        (story.times(), story.stored("ana.c1", "ana1"))
    };
    let (times, verdict) = tell(403);
    assert_eq!(times, 1);
    assert_eq!(
        because(verdict),
        "ana.c1 refused a handshake with 403 in step 2, but changed the row of ana1 in step 5."
    );
    assert_eq!(tell(500), (0, Ok(())), "it failed, and may have stored it");
}

#[test]
fn other_routes_refuse_no_handshake() {
    let mut story = story();
    story.opened("ana1");
    story.started_on("$disconnect", "ana1", "ana.d1");
    story.stored("ana.d1", "ana1").expect("the connection is its own");
    story.returned("ana.d1", 400, "").expect("it is no handshake");
    assert_eq!(story.times(), 0);
}
