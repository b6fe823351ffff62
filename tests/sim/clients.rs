//! The steps of clients, as the text of a case has them.

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::EventKind;
use stormglass_tests::seen::{first, handshakes, opens};
use stormglass_tests::{kept, pick, received};

fn asked(run: &stormglass_sim::Run) -> Vec<(&str, u64)> {
    let events = stormglass_tests::seen::before_the_end(run);
    let asked = events.filter_map(|event| match &event.kind {
        EventKind::HandshakeAsked { connection } => Some((connection.as_ref(), event.at.millis())),
        _ => None,
    });
    asked.collect()
}

#[test]
fn the_copies_of_a_client_have_names_of_their_own() {
    let run = kept(&STORMGLASS, r#"v1 herd*28:c ana:c,i1s,b"x""#);
    let names: std::collections::BTreeSet<_> =
        handshakes(&run).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), 29);
    assert!(["herda1", "herdz1", "herdaa1", "herdab1"].iter().all(|name| names.contains(name)));
    let got = received(&run).into_iter().filter(|(_, body)| *body == "x");
    assert_eq!(got.count(), 29);
}

#[test]
fn each_copy_waits_for_a_time_of_its_own() {
    let run = kept(&STORMGLASS, "v1 herd*10:w100s,c");
    let mut times: Vec<u64> = asked(&run).into_iter().map(|(_, at)| at / 1_000).collect();
    times.sort_unstable();
    times.dedup();
    assert!(times.len() >= 8, "{times:?}");
    assert!(times[times.len() - 1] - times[0] > 30, "{times:?}");
    let together = kept(&STORMGLASS, "v1 herd*10:i100s,c");
    assert!(asked(&together).iter().all(|(_, at)| (100_000..100_500).contains(at)));
}

#[test]
fn a_step_with_a_plus_follows_without_a_pause() {
    let times = |case: &str| {
        let run = kept(&STORMGLASS, case);
        let sent = run.history.events.iter().filter(|event| match &event.kind {
            EventKind::FrameSent { frame, .. } => frame.starts_with("ana.b"),
            _ => false,
        });
        sent.take(3).map(|event| event.at).collect::<Vec<_>>()
    };
    let at_once = times(r#"v1 ana:c,b"x",+b"y",+b"z""#);
    assert!(at_once.iter().all(|at| *at == at_once[0]), "{at_once:?}");
    let one_by_one = times(r#"v1 ana:c,b"x",b"y",b"z""#);
    assert!(one_by_one[0] < one_by_one[1] && one_by_one[1] < one_by_one[2]);
}

#[test]
fn a_client_waits_for_its_socket_before_it_goes_on() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,b"x" | ana.c1.put-ana1-1.reply=late900ms"#);
    let opened = first(&run, opens("ana1"));
    let sent = first(&run, |what| matches!(what, EventKind::FrameSent { .. }));
    assert!(opened.number < sent.number);
}

#[test]
fn a_step_that_needs_a_socket_comes_to_nothing_without_one() {
    let run = kept(&STORMGLASS, r#"v1 ana:b"x",p,q,c,b"y""#);
    let sent = pick(&run, |what| match what {
        EventKind::FrameSent { frame, .. } => Some(frame.as_ref()),
        _ => None,
    });
    assert_eq!(sent[0], "ana.b2");
}

#[test]
fn a_client_that_closed_reads_nothing_more() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,b"x",+q bob:c"#);
    let left = first(&run, |what| matches!(what, EventKind::CloseSent { .. })).number;
    assert!(run.history.events.iter().all(|event| match &event.kind {
        EventKind::FrameReceived { connection, .. } => {
            connection.as_ref() != "ana1" || event.number < left
        }
        _ => true,
    }));
}
