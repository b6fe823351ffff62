//! `@connections`, called by handlers through the real SDK.

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::{Effect, EventKind, Request, Side};
use stormglass_spec::quotas::HANDSHAKE_WINDOW;
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::{
    answers, closes, closings, effects, first, has, removes, starts, told,
};
use stormglass_tests::{kept, pick, play_to_the_end, received};

#[test]
fn a_connection_that_a_function_deletes_is_closed_and_its_disconnect_runs() {
    let run = play_to_the_end(&Small(Flaw::Kicks), r#"v1 ana:c bob:c,i1s,b"x""#);
    assert_eq!(closings(&run), [("ana1", Side::Gateway, 1000)]);
    assert!(first(&run, closes("ana1")).number < first(&run, starts("ana.d1")).number);
    assert!(has(&run, removes("ana1")));
    let asked = pick(&run, |what| match what {
        EventKind::CallSent { request: Request::Close { connection }, .. } => {
            Some(connection.as_ref())
        }
        _ => None,
    });
    assert_eq!(asked[0], "ana1");
    assert_eq!(answers(&run, "bob.b1.close-ana1")[0].status, Some(204));
}

#[test]
fn the_sdk_reads_what_the_gateway_knows_of_a_connection() {
    let run = play_to_the_end(&Small(Flaw::LooksUp), r#"v1 ana:c,i5s,b"x""#);
    let got = received(&run);
    let (address, open_ms) = got[0].1.split_once(' ').expect("two words");
    assert_eq!(address, "203.0.113.7");
    let open_ms: u64 = open_ms.parse().expect("the time between opening and the last message");
    assert!((5_000..5_500).contains(&open_ms), "{open_ms} ms");
}

#[test]
fn a_connection_that_is_gone_is_described_to_nobody() {
    let case = r#"v1 ana:c,q bob:c,i1s,b"x" | ana.d1.start=dropped"#;
    let run = play_to_the_end(&Small(Flaw::LooksUp), case);
    assert_eq!(effects(&run, "bob.b1.get-ana1"), [&Effect::Gone { pending: false }]);
    assert_eq!(answers(&run, "bob.b1.get-ana1")[0].status, Some(410));
}

#[test]
fn a_function_can_post_to_the_client_whose_message_it_serves() {
    let run = kept(&Small(Flaw::Naive), r#"v1 ana:c,b"x""#);
    assert_eq!(received(&run), [("ana1", "x")]);
}

#[test]
fn a_410_can_come_without_its_name() {
    let case = format!(
        "v1 ana:c,q bob:c,i{}s,b\"x\" | ana.d1.start=dropped bob.b1.post-ana1-1.gone=bare",
        HANDSHAKE_WINDOW.as_secs() + 10
    );
    let run = kept(&STORMGLASS, &case);
    let answer = answers(&run, "bob.b1.post-ana1")[0];
    assert_eq!((answer.status, answer.error.as_deref()), (Some(410), None));
    assert!(has(&run, removes("ana1")), "the handler knows it all the same");
}

#[test]
fn a_429_comes_with_its_name_or_without() {
    for (fault, name) in [("throttled", Some("LimitExceededException")), ("throttled-bare", None)] {
        let case = format!(r#"v1 ana:c,b"x" | ana.b1.post-ana1-1={fault}"#);
        let run = kept(&STORMGLASS, &case);
        let answer = answers(&run, "ana.b1.post-ana1")[0];
        assert_eq!((answer.status, answer.error.as_deref()), (Some(429), name), "{fault}");
        assert!(received(&run).contains(&("ana1", "x")), "the handler tries again");
    }
}

/// The call alone decides on its failure.
#[test]
fn the_gateway_fails_in_three_ways_before_or_after_the_effect() {
    for fault in ["error", "error-after"] {
        let mut statuses = Vec::new();
        for connection in ["ana1", "bob1", "cyd1", "dan1", "eve1", "fay1", "gus1", "hal1"] {
            let case = format!(
                "v1 ana:c bob:c cyd:c dan:c eve:c fay:c gus:c hal:c,i1s,b\"x\"
                 | hal.b1.post-{connection}-1={fault}"
            );
            let run = kept(&STORMGLASS, &case);
            let name = format!("hal.b1.post-{connection}");
            let accepted = effects(&run, &name).into_iter();
            let accepted = accepted.filter(|effect| **effect == Effect::Accepted).count();
            assert_eq!(accepted, if fault == "error" { 1 } else { 2 });
            statuses.extend(answers(&run, &name)[0].status);
        }
        statuses.sort_unstable();
        statuses.dedup();
        assert_eq!(statuses, [500, 503, 504]);
    }
}

/// The handler gives up on each attempt, and Lambda never has to.
#[test]
fn posts_that_hang_are_never_answered() {
    for (fault, arrivals) in [("hang", 1), ("hang-after", 2)] {
        let case = format!(r#"v1 ana:c,b"x" | ana.b1.post-ana1-1={fault}"#);
        let run = kept(&STORMGLASS, &case);
        assert_eq!(answers(&run, "ana.b1.post-ana1").len(), 1, "{fault}");
        let got = received(&run).into_iter().filter(|got| *got == ("ana1", "x"));
        assert_eq!(got.count(), arrivals, "{fault}");
    }
}

/// The SDK has no timeout of its own (FACTS 3.6).
#[test]
fn a_post_that_hangs_holds_a_naive_function_until_it_is_killed() {
    let case = r#"v1 timeout=3s ana:c,b"x" | ana.b1.post-ana1-1=hang"#;
    let run = play_to_the_end(&Small(Flaw::Naive), case);
    assert!(has(&run, |what| matches!(what, EventKind::InvocationKilled { .. })));
    assert_eq!(told(&run), [("ana.b1", "Internal server error".to_owned())]);
}

#[test]
fn a_connection_that_the_network_breaks_has_no_answer() {
    for (fault, applied) in [("request-lost", 1), ("reply-lost", 2)] {
        let case = format!(r#"v1 ana:c,b"x" | ana.b1.post-ana1-1={fault}"#);
        let run = kept(&STORMGLASS, &case);
        assert_eq!(answers(&run, "ana.b1.post-ana1")[0].status, None, "{fault}");
        assert_eq!(effects(&run, "ana.b1.post-ana1").len(), applied, "{fault}");
    }
}

/// The Rust SDK retries by default after some failures only (FACTS 3.6).
#[test]
fn the_sdk_tries_again_after_some_failures_and_not_after_others() {
    for (fault, attempts) in
        [("throttled", 2), ("throttled-bare", 1), ("error", 2), ("reply-lost", 2)]
    {
        let case = format!(r#"v1 ana:c,b"x" | ana.b1.post-ana1-1={fault}"#);
        let run = play_to_the_end(&Small(Flaw::Naive), &case);
        let sent = pick(&run, |what| match what {
            EventKind::CallSent { call, .. } if call.starts_with("ana.b1.post") => Some(()),
            _ => None,
        });
        assert_eq!(sent.len(), attempts, "{fault}");
    }
}
