//! Lambda as the simulator has it: deadlines, crashes, tasks that would escape.

use std::time::Duration;

use stormglass_sim::{HarnessError, replay};
use stormglass_spec::history::{EventKind, Outcome};
use stormglass_spec::properties;
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::start_delay_ms;
use stormglass_tests::{broken, kept, pick, play, play_to_the_end};

#[test]
fn a_function_that_never_ends_is_killed_at_its_deadline() {
    let run = play_to_the_end(&Small(Flaw::NeverEnds), r#"v1 timeout=3s ana:c,b"x""#);
    let killed = pick(&run, |what| match what {
        EventKind::InvocationKilled { invocation, reason } => {
            Some((invocation.as_ref(), reason.as_ref()))
        }
        _ => None,
    });
    assert_eq!(killed[0], ("ana.b1", "Task timed out after 3.00 seconds"));
    let told = pick(&run, |what| match what {
        EventKind::FrameReceived { body, .. } => Some(body.contains("Internal server error")),
        _ => None,
    });
    assert_eq!(told.first(), Some(&true));
}

/// The time of an event counts from the gateway's request, that of a function from its start.
#[test]
fn an_invocation_is_due_when_lambda_or_the_gateway_gives_up_on_it() {
    let due = |case: &str| {
        let run = play_to_the_end(&stormglass_apps::STORMGLASS, case);
        let events = run.history.events.iter();
        let found = events.clone().find_map(|event| match &event.kind {
            EventKind::InvocationStarted { invocation, due, two_way, .. }
                if invocation.as_ref() == "ana.b1" =>
            {
                Some((event.at, *due, *two_way))
            }
            _ => None,
        });
        let sent = events.clone().find(|event| matches!(event.kind, EventKind::FrameSent { .. }));
        let (started, due, two_way) = found.expect("an invocation");
        assert!(two_way);
        (due.since(started), due.since(sent.expect("a message").at))
    };
    let (since_start, _) = due(r#"v1 timeout=3s ana:c,b"x""#);
    assert_eq!(since_start, Duration::from_secs(3));
    let (since_start, since_sent) = due(r#"v1 timeout=60s ana:c,b"x" | ana.b1.start=late6s"#);
    assert!(since_start < Duration::from_secs(23), "{since_start:?}");
    let link = since_sent - Duration::from_secs(29);
    assert!(link > Duration::ZERO && link < Duration::from_millis(40), "{link:?}");
}

#[test]
fn a_function_that_starts_too_late_breaks_no_promise() {
    for start in ["late6s", "late35s"] {
        let case = format!(r#"v1 ana:c,b"x" | ana.b1.start={start}"#);
        kept(&stormglass_apps::STORMGLASS, &case);
    }
}

#[test]
fn the_gateway_stops_waiting_after_29_seconds_while_the_function_runs_on() {
    let run = play_to_the_end(&Small(Flaw::NeverEnds), r#"v1 timeout=60s ana:c,b"x""#);
    let order = pick(&run, |what| match what {
        EventKind::FrameReceived { body, .. } if body.contains("Endpoint request timed out") => {
            Some("told")
        }
        EventKind::InvocationKilled { .. } => Some("killed"),
        _ => None,
    });
    assert_eq!(order[..2], ["told", "killed"]);
}

#[test]
fn a_call_of_a_killed_function_still_lands() {
    let case = "v1 timeout=3s ana:c | ana.c1.put-ana1-1.send=late6s";
    let run = play_to_the_end(&Small(Flaw::Naive), case);
    let order = pick(&run, |what| match what {
        EventKind::InvocationKilled { .. } => Some("killed"),
        EventKind::RowWritten { .. } => Some("written"),
        _ => None,
    });
    assert_eq!(order[..2], ["killed", "written"]);
}

#[test]
fn a_task_that_would_escape_the_schedule_is_reported() {
    let case = r#"v1 ana:c,b"x""#.parse().expect("a case");
    let error = replay(&Small(Flaw::Spawns), &case, &properties::ALL).expect_err("it escapes");
    let HarnessError::Escaped { invocation } = error else { panic!("{error}") };
    assert_eq!(invocation, "ana.b1");
}

#[test]
fn a_function_that_polls_in_a_loop_is_reported() {
    let case = r#"v1 ana:c,b"x""#.parse().expect("a case");
    let error = replay(&Small(Flaw::Spins), &case, &properties::ALL).expect_err("it spins");
    let HarnessError::Spinning { invocation } = error else { panic!("{error}") };
    assert_eq!(invocation, "ana.b1");
}

#[test]
fn a_function_that_panics_has_crashed() {
    let (_, violation) = broken(&Small(Flaw::Panics), r#"v1 ana:c,b"x""#);
    assert_eq!(violation.property, "well-formed");
    assert!(violation.because.contains("the function panicked: a bug"), "{}", violation.because);
}

#[test]
fn invocations_over_the_limit_are_refused() {
    let run = play(
        &Small(Flaw::Naive),
        "v1 concurrency=1 ana:c bob:i1s,c | ana.c1.put-ana1-1.reply=late6s",
    );
    let outcomes = pick(&run, |what| match what {
        EventKind::HandshakeOpened { connection } => Some((connection.to_string(), 101)),
        EventKind::HandshakeRefused { connection, status } => {
            Some((connection.to_string(), *status))
        }
        _ => None,
    });
    assert_eq!(outcomes[..2], [("bob1".to_owned(), 502), ("ana1".to_owned(), 101)]);
}

#[test]
fn a_sandbox_is_used_again() {
    let run = play(&Small(Flaw::Naive), r#"v1 ana:c,b"x",i1s,b"y""#);
    let ends = pick(&run, |what| match what {
        EventKind::InvocationEnded { outcome: Outcome::Returned { status, .. }, .. } => {
            Some(*status)
        }
        _ => None,
    });
    assert!(ends.iter().all(|status| *status == 200), "{ends:?}");
    let times: Vec<u64> = ["ana.b1", "ana.b2"].map(|name| start_delay_ms(&run, name)).to_vec();
    assert!(times[0] > 20 && times[1] < 10, "cold, then warm: {times:?} ms");
}

#[test]
fn nothing_is_answered_to_a_function_that_has_ended() {
    let case = r#"v1 ana:c,i1s,q bob:c,i3s,b"hi" cyd:c
        | ana.d1.start=dropped bob.b1.post-bob1-1.reply=after10"#;
    let run = play(&stormglass_apps::Tutorial, case);
    let after_the_end = pick(&run, |what| match what {
        EventKind::InvocationEnded { invocation, .. } => Some(invocation.to_string()),
        EventKind::CallAnswered { call, .. } => Some(call.to_string()),
        _ => None,
    });
    let end = after_the_end.iter().position(|name| name == "bob.b1").expect("an end");
    let late = &after_the_end[end..];
    assert!(!late.contains(&"bob.b1.post-bob1-1".to_owned()), "{late:?}");
}
