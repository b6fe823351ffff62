//! Clients that do not read, and the buffer that the gateway keeps for them (FACTS 3.5).

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::{Effect, EventKind, Side};
use stormglass_tests::seen::{before_the_end, closes, closings, effects, ends, first, gets, has};
use stormglass_tests::{kept, received};

fn bodies<'a>(run: &'a stormglass_sim::Run, of: &str) -> Vec<&'a str> {
    received(run).into_iter().filter(|(who, _)| *who == of).map(|(_, body)| body).collect()
}

#[test]
fn a_client_that_does_not_read_gets_everything_in_order_once_it_does() {
    let case = r#"v1 ana:c,i1s,s8s bob:c,i2s,b"x",i1s,b"y",i1s,b"z""#;
    let run = kept(&STORMGLASS, case);
    assert_eq!(bodies(&run, "ana1"), ["x", "y", "z"]);
    let resumed = first(&run, |what| matches!(what, EventKind::ReadingResumed { .. }));
    let arrivals = before_the_end(&run).filter(|event| {
        matches!(&event.kind, EventKind::FrameReceived { connection, .. }
            if connection.as_ref() == "ana1")
    });
    for arrival in arrivals {
        assert_eq!(arrival.at, resumed.at);
    }
}

#[test]
fn a_client_that_does_not_read_can_still_send() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,i1s,s8s,b"x" bob:c"#);
    let sent = first(&run, |what| matches!(what, EventKind::FrameSent { .. }));
    let got = first(&run, |what| {
        matches!(what, EventKind::FrameReceived { connection, .. }
        if connection.as_ref() == "bob1")
    });
    let resumed = first(&run, |what| matches!(what, EventKind::ReadingResumed { .. }));
    assert!(sent.at < got.at && got.at < resumed.at);
}

#[test]
fn posts_to_a_full_buffer_get_429_until_the_client_reads() {
    let case = r#"v1 buffer=2 ana:c,i1s,s60s bob:c,i2s,b"1",i1s,b"2",i1s,b"3",i60s,b"4""#;
    let run = kept(&STORMGLASS, case);
    let full = Effect::refused("buffer full");
    for (broadcast, effect) in [
        ("b1", &Effect::Accepted),
        ("b2", &Effect::Accepted),
        ("b3", &full),
        ("b4", &Effect::Accepted),
    ] {
        let name = format!("bob.{broadcast}.post-ana1");
        assert_eq!(effects(&run, &name)[0], effect, "{broadcast}");
    }
    assert_eq!(bodies(&run, "ana1"), ["1", "2", "4"]);
}

/// A refused message is no traffic, so the connection ends as any other silent one.
#[test]
fn a_vanished_client_has_a_full_buffer_and_is_gone_after_ten_silent_minutes() {
    let case = r#"v1 buffer=2 ana:c,i1s,v
        bob:c,i2s,b"1",i1s,b"2",i1s,b"3",i590s,b"4",i30s,b"5"
        | ana.d1.start=dropped"#;
    let run = kept(&STORMGLASS, case);
    let full = Effect::refused("buffer full");
    assert_eq!(effects(&run, "bob.b3.post-ana1")[0], &full);
    assert_eq!(effects(&run, "bob.b4.post-ana1")[0], &full);
    assert_eq!(effects(&run, "bob.b5.post-ana1"), [&Effect::Gone { pending: false }]);
    assert_eq!(closings(&run), [("ana1", Side::Gateway, 1001)]);
}

#[test]
fn a_broadcast_can_keep_a_half_open_connection_open() {
    let broadcasts = (1..8).map(|n| format!(",i300s,b\"{n}\"")).collect::<String>();
    let run = kept(&STORMGLASS, &format!("v1 tcp=3600s ana:c,v bob:c{broadcasts}"));
    assert_eq!(closings(&run), [], "35 minutes later");
}

#[test]
fn a_reply_to_a_full_buffer_is_lost() {
    let run = kept(&STORMGLASS, r#"v1 buffer=1 ana:c,s60s,t"{}",t"{}",i70s,t"{}""#);
    let dropped = before_the_end(&run).filter_map(|event| match &event.kind {
        EventKind::AnswerDropped { connection, frame } => {
            Some((connection.as_ref(), frame.as_ref()))
        }
        _ => None,
    });
    assert_eq!(dropped.collect::<Vec<_>>(), [("ana1", "ana.t2")]);
    assert_eq!(bodies(&run, "ana1").len(), 2);
}

/// The close frame stands behind them.
#[test]
fn a_client_that_was_closed_while_it_did_not_read_still_gets_what_came_before() {
    let case = r#"v1 ana:c,i1s,s60s bob:c,i2s,b"x" | ana1=maintenance"#;
    let run = kept(&STORMGLASS, case);
    let closed = first(&run, closes("ana1"));
    assert!(first(&run, ends("bob.b1")).number < closed.number);
    assert_eq!(bodies(&run, "ana1"), ["x"]);
    assert!(first(&run, gets("ana1", "x")).number > closed.number);
}

#[test]
fn a_client_that_closes_does_not_read_what_had_arrived() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,i1s,s60s,i5s,q bob:c,i3s,b"x""#);
    assert!(bodies(&run, "ana1").is_empty());
    assert!(!has(&run, |what| matches!(what, EventKind::ReadingResumed { .. })));
}
