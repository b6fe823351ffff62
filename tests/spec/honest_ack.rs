//! `honest-ack`: the counts of an acknowledgement are what its function knew.

use std::time::Duration;

use stormglass_spec::history::{Acknowledgement, Counts, Effect, EventKind};
use stormglass_spec::properties::HONEST_ACK;
use stormglass_spec::quotas::HANDSHAKE_WINDOW;

use crate::story::{Story, Verdict, because};

const NOBODY: Counts = Counts { delivered: 0, gone: 0, pending: 0, failed: 0, complete: true };

/// Ana and bob are there, and ana broadcasts. Bob's connection is `age` old by then.
fn broadcast(age: Duration) -> Story {
    let mut story = Story::about(HONEST_ACK);
    story.opened("ana1");
    story.opened("bob1");
    story.wait(age);
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    story
}

/// Ana is reached; what `bob` does with his post is told, and then what the acknowledgement says.
fn told(age: Duration, bob: impl FnOnce(&mut Story), said: Counts) -> Verdict {
    let mut story = broadcast(age);
    story.read("ana.b1", &["ana1", "bob1"], false);
    story.accepted("ana.b1", "ana1");
    bob(&mut story);
    let verdict = story.counted("ana.b1", said);
    assert_eq!(story.times(), 1);
    verdict
}

#[test]
fn what_got_200_is_delivered_and_nothing_else() {
    let both = Counts { delivered: 2, ..NOBODY };
    let tell = |status| {
        told(Duration::ZERO, |story| story.refused("ana.b1", "bob1", status), both.clone())
    };
    assert_eq!(
        told(Duration::ZERO, |story| story.accepted("ana.b1", "bob1"), both.clone()),
        Ok(())
    );
    for status in [410, 413, 429, 500] {
        assert_eq!(
            because(tell(status)),
            format!(
                "ana.b1 said in step 18 that 2 were delivered, but it knew this of 1: the last \
                 post to bob1, of step 15, got {status}{}.",
                if status == 410 { "; its handshake was asked for in step 4" } else { "" }
            )
        );
    }
    let one = Counts { delivered: 1, failed: 1, complete: false, ..NOBODY };
    assert!(
        because(told(Duration::ZERO, |story| story.accepted("ana.b1", "bob1"), one)).ends_with(
            "1 were delivered, but it knew this of 2: the last post to ana1, of step \
                        12, got 200."
        )
    );
}

#[test]
fn the_last_attempt_counts() {
    let retried = |story: &mut Story| {
        story.refused("ana.b1", "bob1", 429);
        story.accepted("ana.b1", "bob1");
    };
    assert_eq!(told(Duration::ZERO, retried, Counts { delivered: 2, ..NOBODY }), Ok(()));
    let failed = Counts { delivered: 1, failed: 1, complete: false, ..NOBODY };
    assert!(
        because(told(Duration::ZERO, retried, failed))
            .contains("1 were delivered, but it knew this of 2")
    );
}

/// The gateway may have accepted it: the function could not know.
#[test]
fn what_the_function_gave_up_on_has_failed() {
    let hung = |story: &mut Story| {
        let call = story.post("ana.b1", "bob1");
        story.tell(EventKind::CallApplied { call, effect: Effect::Accepted });
    };
    let failed = Counts { delivered: 1, failed: 1, complete: false, ..NOBODY };
    assert_eq!(told(Duration::ZERO, hung, failed.clone()), Ok(()));
    let lucky = because(told(Duration::ZERO, hung, Counts { delivered: 2, ..NOBODY }));
    assert!(
        lucky.ends_with("the last post to bob1, of step 15, got no answer in time."),
        "{lucky}"
    );
    assert_eq!(told(Duration::ZERO, |_| {}, failed), Ok(()), "a row that was never posted to");
    let ignored = because(told(Duration::ZERO, |_| {}, Counts { delivered: 1, ..NOBODY }));
    assert!(ignored.ends_with("0 failed, but it knew this of 1: bob1 was never posted to."));
}

#[test]
fn a_410_is_gone_past_the_handshake_window_and_pending_within_it() {
    let gone = Counts { delivered: 1, gone: 1, ..NOBODY };
    let pending = Counts { delivered: 1, pending: 1, ..NOBODY };
    let tell =
        |age, said: &Counts| told(age, |story| story.refused("ana.b1", "bob1", 410), said.clone());
    let long = HANDSHAKE_WINDOW + Duration::from_millis(100);
    let short = HANDSHAKE_WINDOW.saturating_sub(Duration::from_millis(100));
    assert_eq!(tell(long, &gone), Ok(()));
    assert_eq!(tell(short, &pending), Ok(()));
    assert!(because(tell(long, &pending)).contains("0 were gone, but it knew this of 1"));
    assert!(because(tell(short, &gone)).contains("1 were gone, but it knew this of 0"));
}

/// The gateway alone knows if the window was over when it got the message.
#[test]
fn a_window_that_ends_during_the_broadcast_may_be_taken_either_way_but_counts_once() {
    let age = HANDSHAKE_WINDOW.saturating_sub(Duration::from_millis(5));
    let tell = |gone, pending| {
        let said = Counts { delivered: 1, gone, pending, ..NOBODY };
        told(age, |story| story.refused("ana.b1", "bob1", 410), said)
    };
    assert_eq!(tell(1, 0), Ok(()));
    assert_eq!(tell(0, 1), Ok(()));
    assert!(because(tell(1, 1)).ends_with("2 were gone or pending, but 1 got 410."));
    assert!(because(tell(0, 0)).ends_with("0 were gone or pending, but 1 got 410."));
}

#[test]
fn complete_means_that_the_scan_finished_and_nobody_failed() {
    let tell = |more, complete| {
        let mut story = broadcast(Duration::ZERO);
        story.read("ana.b1", &["ana1"], true);
        story.read("ana.b1", &["bob1"], more);
        story.accepted("ana.b1", "ana1");
        story.accepted("ana.b1", "bob1");
        story.counted("ana.b1", Counts { delivered: 2, complete, ..NOBODY })
    };
    assert_eq!(tell(false, true), Ok(()));
    assert_eq!(tell(true, false), Ok(()));
    assert_eq!(
        because(tell(true, true)),
        "ana.b1 said in step 21 that it was complete, but the page that it asked for in step 12 \
         was not the last."
    );
    assert!(because(tell(false, false)).contains(
        "it was incomplete, but nobody failed, and the page that it asked for in step 12 was \
         the last"
    ));
    let failed = Counts { delivered: 1, failed: 1, ..NOBODY };
    let told = told(Duration::ZERO, |story| story.refused("ana.b1", "bob1", 429), failed);
    assert!(because(told).ends_with("it was complete, but 1 failed."));
}

#[test]
fn each_of_two_invocations_counts_its_own_attempts() {
    let mut story = broadcast(Duration::ZERO);
    story.started("ana1", "ana.b1+2");
    for invocation in ["ana.b1", "ana.b1+2"] {
        story.read(invocation, &["ana1"], false);
    }
    story.accepted("ana.b1", "ana1");
    story.refused("ana.b1+2", "ana1", 429);
    story.counted("ana.b1", Counts { delivered: 1, ..NOBODY }).expect("it got 200");
    let failed = Counts { failed: 1, complete: false, ..NOBODY };
    story.counted("ana.b1+2", failed).expect("it got 429");
}

#[test]
fn an_acknowledgement_without_counts_says_nothing_of_them() {
    let mut story = broadcast(Duration::ZERO);
    story.ended("ana.b1", Some(Acknowledgement { counts: None })).expect("nothing was said");
    assert_eq!(story.times(), 0);
}
