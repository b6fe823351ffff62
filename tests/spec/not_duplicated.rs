//! `not-duplicated`: nobody gets a broadcast twice, if that can be helped.

use stormglass_spec::history::{Effect, EventKind};
use stormglass_spec::properties::NOT_DUPLICATED;

use crate::story::{Story, Verdict, because};

/// Ana broadcasts to herself; what becomes of the first attempt is told.
fn posted_twice(first: impl FnOnce(&mut Story)) -> Verdict {
    let mut story = Story::about(NOT_DUPLICATED);
    story.opened("ana1");
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    first(&mut story);
    story.accepted("ana.b1", "ana1");
    story.received_from("ana1", "ana.b1.post-ana1-1", "x")?;
    assert_eq!(story.times(), 1);
    story.received_from("ana1", "ana.b1.post-ana1-2", "x")
}

#[test]
fn a_post_that_got_200_is_not_repeated() {
    assert_eq!(
        because(posted_twice(|story| story.accepted("ana.b1", "ana1"))),
        "ana1 got ana.b1 in step 12 and again in step 13, but no attempt left that open: that of \
         step 6 got 200 in step 8, that of step 9 got 200 in step 11."
    );
}

#[test]
fn an_answer_that_leaves_it_open_allows_another_attempt() {
    for status in [None, Some(500), Some(503)] {
        let told = posted_twice(|story| story.posted("ana.b1", "ana1", Effect::Accepted, status));
        assert_eq!(told, Ok(()), "{status:?}");
    }
}

#[test]
fn so_does_an_attempt_that_was_given_up_on() {
    let told = posted_twice(|story| {
        let call = story.post("ana.b1", "ana1");
        story.tell(EventKind::CallApplied { call, effect: Effect::Accepted });
    });
    assert_eq!(told, Ok(()));
}

/// Two posts at once: each is answered, only not yet when the second one arrives.
#[test]
fn an_answer_that_is_still_on_its_way_does_not() {
    let mut story = Story::about(NOT_DUPLICATED);
    story.opened("ana1");
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    let calls = [story.post("ana.b1", "ana1"), story.post("ana.b1", "ana1")];
    for call in &calls {
        story.tell(EventKind::CallApplied { call: call.clone(), effect: Effect::Accepted });
        story.received_from("ana1", call, "x").expect("nobody knows of the other answer yet");
    }
    story.answered(&calls[0], Some(200)).expect("one is still on its way");
    assert!(because(story.answered(&calls[1], Some(200))).starts_with("ana1 got ana.b1 in step 9"));
}

#[test]
fn the_gateway_may_have_invoked_twice() {
    let mut story = Story::about(NOT_DUPLICATED);
    story.opened("ana1");
    story.sent("ana1", "ana.b1", "x");
    for invocation in ["ana.b1", "ana.b1+2"] {
        story.started("ana1", invocation);
        story.accepted(invocation, "ana1");
        story.received("ana1", invocation, "x").expect("no handler can know of the other one");
    }
}

#[test]
fn two_broadcasts_may_say_the_same() {
    let mut story = Story::about(NOT_DUPLICATED);
    story.opened("ana1");
    for broadcast in ["ana.b1", "ana.b2"] {
        story.sent("ana1", broadcast, "x");
        story.started("ana1", broadcast);
        story.accepted(broadcast, "ana1");
        story.received("ana1", broadcast, "x").expect("it is another broadcast");
    }
    assert_eq!(story.times(), 2);
}
