//! Clients and the gateway, end to end.

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::{EventKind, Side};
use stormglass_tests::{kept, pick, received};

#[test]
fn a_post_to_a_handshake_that_is_still_running_is_gone_and_the_row_stays() {
    let case = r#"v1 ana:i1s,c bob:c,i1s,b"x" | ana.c1.answer=late1500ms bob.b1=late200ms"#;
    let run = kept(&STORMGLASS, case);
    let pending = run.witnesses.iter().find(|(id, _)| *id == "pending").map(|(_, seen)| *seen);
    assert!(pending > Some(0), "{}", stormglass_sim::report::story(&run));
}

#[test]
fn a_vanished_client_looks_open_to_the_gateway() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,v bob:c,i2s,b"x""#);
    let seen = run.witnesses.iter().find(|(id, _)| *id == "half-open").map(|(_, seen)| *seen);
    assert!(seen > Some(0), "{}", stormglass_sim::report::story(&run));
    assert!(!received(&run).contains(&("ana1", "x")));
}

#[test]
fn a_vanished_client_is_noticed_when_it_has_been_silent_for_too_long() {
    let run = kept(&STORMGLASS, "v1 ana:c,v bob:c,i700s,t\"still here\"");
    let mut closed = pick(&run, |what| match what {
        EventKind::Closed { connection, by: Side::Gateway, code } => {
            Some((connection.as_ref(), *code))
        }
        _ => None,
    });
    closed.sort_unstable();
    assert_eq!(closed, [("ana1", 1001), ("bob1", 1001)]);
}

#[test]
fn a_binary_message_closes_the_connection() {
    let run = kept(&STORMGLASS, "v1 ana:c,x00ff");
    let closed = pick(&run, |what| match what {
        EventKind::Closed { connection, by: Side::Gateway, code } => {
            Some((connection.as_ref(), *code))
        }
        _ => None,
    });
    assert_eq!(closed, [("ana1", 1003)]);
}

/// The `$disconnect` after it has the connection's name, not the message's: its points of choice
/// are its own.
#[test]
fn an_oversized_message_closes_the_connection() {
    let case = format!("v1 ana:c,t\"{}\" | ana.d1.start=dropped", "x".repeat(128 * 1024 + 1));
    let run = kept(&STORMGLASS, &case);
    let closed = pick(&run, |what| match what {
        EventKind::Closed { connection, by: Side::Gateway, code } => {
            Some((connection.as_ref(), *code))
        }
        _ => None,
    });
    assert_eq!(closed, [("ana1", 1009)]);
}

#[test]
fn a_client_cannot_run_the_disconnect_of_anybody() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,t"{\"action\":\"$disconnect\"}",b"x""#);
    assert!(received(&run).contains(&("ana1", "x")));
}

#[test]
fn a_reconnect_is_a_new_connection() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,q,c,b"x""#);
    let got = received(&run);
    assert!(got.contains(&("ana2", "x")) && !got.contains(&("ana1", "x")), "{got:?}");
}

#[test]
fn a_disconnect_event_that_was_dropped_leaves_a_row_that_a_broadcast_removes() {
    let run = kept(&STORMGLASS, "v1 ana:c,q | ana.d1.start=dropped");
    let removed = pick(&run, |what| match what {
        EventKind::RowRemoved { row, .. } => Some(row.as_ref()),
        _ => None,
    });
    assert_eq!(removed, ["ana1"], "the closing broadcast met a 410 and cleaned up");
}
