//! The list of pending things in the violation of a promise that did not come true.

use std::time::Duration;

use stormglass_spec::history::{EventKind, Origin, Request, Side};
use stormglass_spec::{Violation, properties};

use crate::story::{Story, removed};

/// Tells of one message that has no reply, and of much else that is not as it should come to be.
fn unanswered() -> Violation {
    let mut story = Story::about(properties::ANSWERED);
    story.opened("ana1");
    story.opened("bob1");
    story.opened("cyd1");
    story.tell(removed("bob1"));
    story.tell(EventKind::Closed { connection: "cyd1".into(), by: Side::Client, code: 1000 });
    story.said("ana1", "ana.m1", "hello");
    story.started("ana1", "ana.m1");
    story.said("ana1", "ana.m2", "hello");
    story.started("ana1", "ana.m2");
    story.tell(EventKind::FrameReceived {
        connection: "ana1".into(),
        body: "well".into(),
        origin: Origin::Reply { invocation: "ana.m2".into() },
    });
    story.tell(EventKind::CallSent {
        call: "ana.m1.put-ana1-1".into(),
        invocation: "ana.m1".into(),
        request: Request::Put { row: "ana1".into() },
        request_text: "PutItem {}".into(),
    });
    story.wait(Duration::from_secs(60));
    story.finish().expect_err("nobody answered")
}

#[test]
fn rows_connections_messages_invocations_and_calls_are_pending() {
    assert_eq!(
        unanswered().pending,
        [
            "the row of cyd1, stored in step 8, has no open connection",
            "bob1, open since step 6, has no row",
            "ana.m1, sent in step 12, has no reply",
            "ana.m1, started in step 13, is still running",
            "ana.m2, started in step 15, is still running",
            "ana.m1.put-ana1-1, sent in step 17, has no answer",
        ]
    );
}

#[test]
fn a_promise_that_is_broken_on_the_way_has_nothing_pending() {
    let mut story = Story::about(properties::REGISTERED);
    story.opened("ana1");
    let broken = story.try_tell(removed("ana1"));
    assert_eq!(broken.expect_err("a live connection lost its row").pending, [""; 0]);
}
