//! `answered`: every message to a two-way route gets one answer.

use stormglass_spec::history::{EventKind, Origin, Side};
use stormglass_spec::properties::ANSWERED;

use crate::story::{Story, because};

/// Ana says something that reaches this route.
fn asked(route: &str) -> Story {
    let mut story = Story::about(ANSWERED);
    story.opened("ana1");
    story.said("ana1", "ana.t1", "hello");
    story.started_on(route, "ana1", "ana.t1");
    story
}

#[test]
fn a_message_gets_a_reply() {
    let mut story = asked("$default");
    assert_eq!(
        because(story.finish()),
        "ana.t1 was sent in step 4 and reached a two-way route in step 5, and ana1 has been \
         reading ever since, but no reply to it ever came."
    );
    story.replied("ana1", "ana.t1", "what?").expect("the first reply");
    assert_eq!((story.finish(), story.times()), (Ok(()), 1));
}

#[test]
fn the_gateway_may_be_the_one_who_replies() {
    let mut story = asked("$default");
    let origin = Origin::GatewayError { frame: "ana.t1".into() };
    story.got("ana1", "Internal server error", origin).expect("the first reply");
    assert_eq!(story.finish(), Ok(()));
}

/// The gateway had given up on the function before the platform found a place for it.
#[test]
fn a_reply_may_come_before_the_function_starts() {
    let mut story = Story::about(ANSWERED);
    story.opened("ana1");
    story.said("ana1", "ana.t1", "hello");
    let origin = Origin::GatewayError { frame: "ana.t1".into() };
    story.got("ana1", "Endpoint request timed out", origin).expect("the first reply");
    story.started_on("$default", "ana1", "ana.t1");
    assert_eq!(story.finish(), Ok(()));
}

#[test]
fn there_is_no_second_reply() {
    let mut story = asked("$default");
    story.started_on("$default", "ana1", "ana.t1+2");
    story.replied("ana1", "ana.t1", "what?").expect("the first reply");
    assert_eq!(
        because(story.replied("ana1", "ana.t1+2", "what?")),
        "ana1 got the reply to ana.t1 in step 7, and another one in step 8."
    );
}

#[test]
fn either_of_two_invocations_may_reply() {
    let mut story = asked("$default");
    story.started_on("$default", "ana1", "ana.t1+2");
    story.replied("ana1", "ana.t1+2", "what?").expect("the first reply");
    assert_eq!(story.finish(), Ok(()));
}

#[test]
fn an_empty_message_is_no_answer() {
    let mut story = asked("$default");
    assert_eq!(
        because(story.replied("ana1", "ana.t1", "")),
        "ana1 sent ana.t1 in step 4 and got an empty message in reply to it in step 6."
    );
}

#[test]
fn who_does_not_stay_may_miss_the_reply() {
    let left = EventKind::Vanished { connection: "ana1".into() };
    let closed = EventKind::Closed { connection: "ana1".into(), by: Side::Gateway, code: 1001 };
    for end in [left, closed] {
        let mut story = asked("$default");
        story.tell(end);
        assert_eq!((story.finish(), story.times()), (Ok(()), 0));
    }
}

#[test]
fn only_two_way_routes_reply() {
    let mut story = asked("$disconnect");
    assert_eq!(story.finish(), Ok(()));
    let mut story = Story::about(ANSWERED);
    story.opened("ana1");
    story.said("ana1", "ana.t1", "hello");
    assert_eq!(story.finish(), Ok(()), "no function was asked");
}
