//! Work that a handler leaves to its sandbox (FACTS 4.11).

use stormglass_spec::history::EventKind;
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::{before_the_end, ends, first, has, sends, start_delay_ms, starts};
use stormglass_tests::{broken, play_to_the_end, received};

const THREE: &str = r#"v1 ana:c,b"x",i5s,b"y",i5s,b"z""#;

/// A handler that does nothing but leave work behind gives it one step of time.
#[test]
fn work_that_was_left_behind_goes_on_only_while_another_invocation_runs() {
    let run = play_to_the_end(&Small(Flaw::Forgets), THREE);
    let scan = first(&run, sends("ana.b1.scan-1"));
    let post = first(&run, sends("ana.b1.post-ana1-1"));
    assert!(first(&run, ends("ana.b1")).number < scan.number);
    assert_eq!(scan.at, first(&run, starts("ana.b2")).at);
    assert_eq!(post.at, first(&run, starts("ana.b3")).at);
    assert_eq!(received(&run), [("ana1", "x")]);
}

#[test]
fn work_that_was_left_behind_is_never_done_without_another_invocation() {
    let run = play_to_the_end(&Small(Flaw::Forgets), r#"v1 ana:c,b"x",i100s,p"#);
    let calls = before_the_end(&run).filter(|event| match &event.kind {
        EventKind::CallSent { invocation, .. } => invocation.as_ref() == "ana.b1",
        _ => false,
    });
    assert_eq!(calls.count(), 0);
}

#[test]
fn work_that_was_left_behind_does_not_move_to_another_sandbox() {
    let case = format!("{THREE} | ana.b2.start=cold ana.b3.start=cold");
    let run = play_to_the_end(&Small(Flaw::Forgets), &case);
    assert_eq!(received(&run), []);
}

#[test]
fn a_broadcast_that_was_left_behind_was_not_delivered() {
    let (_, violation) = broken(&Small(Flaw::Forgets), r#"v1 ana:c,b"x""#);
    assert_eq!(violation.property, "delivered");
}

#[test]
fn a_panic_in_work_that_was_left_behind_takes_the_sandbox_down() {
    let case = r#"v1 ana:c,b"x",i5s,b"y",i5s,b"z""#;
    let run = play_to_the_end(&Small(Flaw::PanicsLater), case);
    assert!(!has(&run, |what| matches!(what, EventKind::InvocationKilled { invocation, .. }
        if invocation.as_ref() == "ana.b1")));
    let killed = first(&run, |what| matches!(what, EventKind::InvocationKilled { .. }));
    assert!(ends("ana.b2")(&killed.kind), "the next invocation dies with it");
    assert!(start_delay_ms(&run, "ana.b2") < 10);
    assert!(start_delay_ms(&run, "ana.b3") > 20, "it needs a new sandbox");
}

/// Its second invocation had ended by then, so the sandbox was frozen.
#[test]
fn a_sandbox_can_die_while_it_is_frozen() {
    let case = format!("{THREE} | ana.b1.scan-1=crash");
    let run = play_to_the_end(&Small(Flaw::Forgets), &case);
    assert_eq!(received(&run), []);
    assert!(start_delay_ms(&run, "ana.b3") > 20, "it needs a new sandbox");
}
