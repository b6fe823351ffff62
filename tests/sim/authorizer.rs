//! The production authorizer in front of the production handlers (FACTS 1.2, 1.22).

use stormglass_sim::strategy::{Families, Random};
use stormglass_sim::{App, Case, run};
use stormglass_spec::history::{EventKind, Outcome};
use stormglass_spec::properties;
use stormglass_tests::guarded::GuardedHandlers;
use stormglass_tests::{kept, pick};

fn outcomes(run: &stormglass_sim::Run) -> Vec<&Outcome> {
    pick(run, |what| match what {
        EventKind::InvocationEnded { invocation, outcome } if invocation.contains(".auth") => {
            Some(outcome)
        }
        _ => None,
    })
}

#[test]
fn a_client_with_a_token_is_let_in() {
    let run = kept(&GuardedHandlers, r#"v1 ana:c,b"x""#);
    assert_eq!(outcomes(&run).first(), Some(&&Outcome::Allowed));
    let opened = pick(&run, |what| match what {
        EventKind::HandshakeOpened { connection } => Some(connection.as_ref()),
        _ => None,
    });
    assert_eq!(opened.first(), Some(&"ana1"));
}

#[test]
fn a_client_without_a_token_gets_401_and_connect_never_runs() {
    let run = kept(&GuardedHandlers, r#"v1 ana:c"anonymous""#);
    assert_eq!(outcomes(&run).first(), Some(&&Outcome::Denied));
    let statuses = pick(&run, |what| match what {
        EventKind::HandshakeRefused { connection, status } => Some((connection.as_ref(), *status)),
        _ => None,
    });
    assert_eq!(statuses.first(), Some(&("ana1", 401)));
    let connects = pick(&run, |what| match what {
        EventKind::InvocationStarted { invocation, .. } => Some(invocation.as_ref()),
        _ => None,
    });
    assert!(!connects.contains(&"ana.c1"), "{connects:?}");
}

#[test]
fn an_authorizer_that_does_not_answer_refuses_the_handshake() {
    for (deviation, status) in [
        ("ana.auth1.start=throttled", 500),
        ("ana.auth1.start=crash", 500),
        ("ana.auth1.answer=late35s", 500),
    ] {
        let run = kept(&GuardedHandlers, &format!("v1 ana:c | {deviation}"));
        let statuses = pick(&run, |what| match what {
            EventKind::HandshakeRefused { status, .. } => Some(*status),
            _ => None,
        });
        assert_eq!(statuses.first(), Some(&status), "{deviation}");
    }
}

/// `connectedAt` is from before the authorizer ran: 28 s of it and 28 s of `$connect` are one
/// handshake, and its row must outlive a broadcast that meets it in between.
#[test]
fn the_row_of_a_handshake_that_was_long_in_coming_is_left_alone() {
    let slow = "ana.auth1.answer=late28s ana.c1.answer=late25s";
    let run = kept(&GuardedHandlers, &format!(r#"v1 ana:c bob:c,i48s,b"x" | {slow}"#));
    let posts = pick(&run, |what| match what {
        EventKind::CallApplied { call, effect } if call.contains("post-ana1") => {
            Some(effect.clone())
        }
        _ => None,
    });
    let pending = stormglass_spec::history::Effect::Gone { pending: true };
    assert_eq!(posts.first(), Some(&pending), "the broadcast met the handshake");
}

#[test]
fn every_promise_is_kept_behind_an_authorizer() {
    for seed in 0..200 {
        let plan = GuardedHandlers.plan(seed);
        let mut strategy = Random::new(seed, Families::ALL);
        let run = run(&GuardedHandlers, &plan, &mut strategy, &properties::ALL).expect("a run");
        let case: &Case = &run.case;
        assert_eq!(run.violation, None, "seed {seed}: {case}");
    }
}
