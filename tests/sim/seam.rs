//! The real SDK on our wire: its retries, its timeouts, its reading of errors.

use std::collections::BTreeSet;

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::{Effect, EventKind, Outcome, Request};
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::{answers, effects};
use stormglass_tests::{broken, kept, pick, play, received};

#[test]
fn a_store_whose_answer_was_lost_is_sent_again_by_the_sdk() {
    let run = kept(&STORMGLASS, "v1 ana:c | ana.c1.put-ana1-1=reply-lost");
    let statuses: Vec<_> = answers(&run, "ana.c1.put").iter().map(|a| a.status).collect();
    assert_eq!(statuses, [None, Some(200)]);
    assert_eq!(effects(&run, "ana.c1.put"), [&Effect::Done, &Effect::Done]);
    let opened = pick(&run, |what| match what {
        EventKind::HandshakeOpened { connection } => Some(connection.as_ref()),
        _ => None,
    });
    assert_eq!(opened, ["ana1"]);
}

#[test]
fn a_request_that_was_lost_had_no_effect_and_is_sent_again() {
    let run = kept(&STORMGLASS, "v1 ana:c | ana.c1.put-ana1-1=request-lost");
    assert_eq!(effects(&run, "ana.c1.put"), [&Effect::Done]);
    assert_eq!(answers(&run, "ana.c1.put").len(), 2);
}

#[test]
fn a_service_without_capacity_is_asked_again_by_the_sdk() {
    let run = kept(&STORMGLASS, "v1 ana:c | ana.c1.put-ana1-1=throttled");
    let answered = answers(&run, "ana.c1.put");
    assert_eq!(answered.first().and_then(|answer| answer.status), Some(400));
    assert_eq!(answered.last().and_then(|answer| answer.status), Some(200));
}

#[test]
fn the_sdk_waits_in_virtual_time_between_attempts() {
    let times = |case: &str| {
        let run = kept(&STORMGLASS, case);
        let sent = run.history.events.iter().filter(|event| {
            matches!(&event.kind, EventKind::CallSent { request: Request::Put { .. }, .. })
        });
        sent.map(|event| event.at.millis()).collect::<Vec<_>>()
    };
    let thrice = times("v1 ana:c | ana.c1.put-ana1-1=error ana.c1.put-ana1-2=error");
    assert_eq!(thrice.len(), 3);
    assert!(thrice[2] - thrice[0] < 4_000, "{thrice:?}: two backoffs of at most 1 s and 2 s");
    let again = times("v1 ana:c | ana.c1.put-ana1-1=error ana.c1.put-ana1-2=error");
    assert_eq!(thrice, again, "the jitter is the call's own");
}

/// The first call of a run is the one that meets whatever an earlier run left on the thread.
#[test]
fn the_backoff_after_an_attempt_timeout_is_the_calls_own() {
    let case = "v1 ana:c | ana.c1.put-ana1-1=hang";
    let first = kept(&STORMGLASS, case).trace_hash;
    fastrand::seed(17);
    assert_eq!(kept(&STORMGLASS, case).trace_hash, first);
}

/// The handler is polled for the other calls in between.
#[test]
fn the_backoff_of_a_call_does_not_depend_on_other_calls() {
    let backoff = |others: &str| {
        let case = format!(
            "v1 ana:c,q bob:c,i70s,b\"x\" {others} | \
             ana.d1.start=dropped bob.b1.delete-ana1-1=throttled"
        );
        let run = kept(&STORMGLASS, &case);
        let failed = first_time(&run, |what| match what {
            EventKind::CallAnswered { call, .. } => call.as_ref() == "bob.b1.delete-ana1-1",
            _ => false,
        });
        let retried = first_time(&run, |what| match what {
            EventKind::CallSent { call, .. } => call.as_ref() == "bob.b1.delete-ana1-2",
            _ => false,
        });
        retried - failed
    };
    assert!(backoff("").abs_diff(backoff("cyd:c dan:c eve:c")) <= 1);
}

#[test]
fn a_store_that_fails_for_good_refuses_the_handshake() {
    let run = kept(
        &STORMGLASS,
        "v1 ana:c | ana.c1.put-ana1-1=error ana.c1.put-ana1-2=error ana.c1.put-ana1-3=error",
    );
    let refused = pick(&run, |what| match what {
        EventKind::HandshakeRefused { connection, status } => Some((connection.as_ref(), *status)),
        _ => None,
    });
    assert_eq!(refused, [("ana1", 500)]);
}

#[test]
fn a_post_may_fail_after_it_was_delivered() {
    let run = kept(&STORMGLASS, r#"v1 ana:c bob:c,b"x" | bob.b1.post-ana1-1=error-after"#);
    let got = received(&run).into_iter().filter(|(who, body)| (*who, *body) == ("ana1", "x"));
    assert_eq!(got.count(), 2, "the first attempt was delivered, and the second one too");
}

#[test]
fn a_hung_post_costs_its_own_attempt_and_no_other() {
    let run = kept(&STORMGLASS, r#"v1 ana:c bob:c,b"x" cyd:c | bob.b1.post-ana1-1=hang"#);
    let mut got = received(&run);
    got.retain(|(_, body)| *body == "x");
    let who: Vec<_> = got.iter().map(|(who, _)| *who).collect();
    assert_eq!(who.last(), Some(&"ana1"), "ana gets it from the second attempt: {got:?}");
    assert!(who.contains(&"bob1"), "{got:?}");
}

#[test]
fn an_eventual_read_can_be_stale_and_a_consistent_one_cannot() {
    let case = r#"v1 lag=10s ana:c,i100ms,b"x" | ana.b1.scan-1=stale"#;
    let (_, violation) = broken(&stormglass_apps::Tutorial, case);
    assert_eq!(violation.property, "delivered");
    let case = case.parse().expect("a case");
    let run = stormglass_sim::replay(&STORMGLASS, &case, &stormglass_spec::properties::ALL)
        .expect("the harness works");
    assert_eq!(run.violation, None);
    assert_eq!(run.unmet(&case).len(), 1, "a consistent read offers no such deviation");
}

#[test]
fn a_handler_panics_that_waits_with_tokio_though_its_app_denies_it() {
    let run = play(&Small(Flaw::Denies), r#"v1 ana:c,b"x""#);
    let errors = pick(&run, |what| match what {
        EventKind::InvocationEnded { outcome: Outcome::Failed { error }, .. } => {
            Some(error.as_ref())
        }
        _ => None,
    });
    assert!(errors[0].contains("timers are disabled"), "{errors:?}");
}

#[test]
fn a_handler_may_wait_with_tokio() {
    let run = kept(&Small(Flaw::Dawdles), r#"v1 ana:c,b"x""#);
    let started = first_time(&run, |what| match what {
        EventKind::InvocationStarted { invocation, .. } => invocation.as_ref() == "ana.b1",
        _ => false,
    });
    let scanned = first_time(&run, |what| match what {
        EventKind::CallSent { call, .. } => call.as_ref() == "ana.b1.scan-1",
        _ => false,
    });
    let waited = scanned - started;
    assert!((1_500..1_503).contains(&waited), "waited {waited} ms of virtual time");
}

#[test]
fn what_a_handler_draws_from_the_threads_generator_belongs_to_the_case() {
    let trace = |leftover: u64| {
        fastrand::seed(leftover);
        kept(&Small(Flaw::Gambles), "v1 ana:c").trace_hash
    };
    assert_eq!(trace(1), trace(2));
}

fn first_time(run: &stormglass_sim::Run, wanted: impl Fn(&EventKind) -> bool) -> u64 {
    let event = run.history.events.iter().find(|event| wanted(&event.kind));
    event.expect("such an event").at.millis()
}

/// The call alone decides on its failure.
#[test]
fn the_table_lacks_capacity_in_three_ways_and_fails_in_two() {
    let meets = |fault: &str| {
        let mut met = BTreeSet::new();
        for name in ["ana", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"] {
            let case = format!("v1 {name}:c | {name}.c1.put-{name}1-1={fault}");
            let run = kept(&STORMGLASS, &case);
            met.insert(answers(&run, &format!("{name}.c1.put"))[0].to_string());
            assert_eq!(answers(&run, &format!("{name}.c1.put"))[1].status, Some(200));
        }
        met.into_iter().collect::<Vec<_>>()
    };
    let throttled = [
        "400 ProvisionedThroughputExceededException",
        "400 RequestLimitExceeded",
        "400 ThrottlingException",
    ];
    assert_eq!(meets("throttled"), throttled);
    assert_eq!(meets("error"), ["500 InternalServerError", "503"]);
}

#[test]
fn a_write_that_failed_was_done_or_not() {
    for (fault, writes) in [("error", 1), ("error-after", 2)] {
        let run = kept(&STORMGLASS, &format!("v1 ana:c | ana.c1.put-ana1-1={fault}"));
        let done = effects(&run, "ana.c1.put").into_iter().filter(|it| **it == Effect::Done);
        assert_eq!(done.count(), writes, "{fault}");
    }
}
