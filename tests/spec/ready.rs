//! The ready-made promises, each in a history that keeps it and in one that breaks it.

use stormglass_spec::Property;
use stormglass_spec::history::{EventKind, Outcome};
use stormglass_spec::ready::UNFAILING;

use crate::story::{Story, Verdict, because};

/// Ana and bob are there, and a function works for each of them.
fn two_at_work(promise: Property) -> Story {
    let mut story = Story::about(promise);
    for (connection, invocation) in [("ana1", "ana.t1"), ("bob1", "bob.t1")] {
        story.opened(connection);
        story.said(connection, invocation, "go");
        story.started_on("move", connection, invocation);
    }
    story
}

fn fails(story: &mut Story, invocation: &str) -> Verdict {
    let outcome = Outcome::Failed { error: "TypeError: x is undefined".into() };
    story.try_tell(EventKind::InvocationEnded { invocation: invocation.into(), outcome })
}

#[test]
fn no_function_ends_with_an_error() {
    let mut story = two_at_work(UNFAILING);
    assert_eq!(
        because(fails(&mut story, "ana.t1")),
        "ana.t1, started in step 5, ended with an error: TypeError: x is undefined, in step 11."
    );
}

#[test]
fn a_function_fails_only_with_a_service() {
    let tell = |status: u16| {
        let mut story = two_at_work(UNFAILING);
        story.refused("ana.t1", "bob1", status);
        story.returned("ana.t1", 502, "")
    };
    assert_eq!(
        because(tell(410)),
        "ana.t1, started in step 5, answered with 502, and no service had failed it, in step 14."
    );
    assert_eq!(tell(500), Ok(()));
    assert_eq!(tell(429), Ok(()));
    let mut story = two_at_work(UNFAILING);
    story.returned("ana.t1", 400, "").expect("the client is to blame");
    story.post("bob.t1", "ana1");
    story.returned("bob.t1", 504, "").expect("there was no answer");
    assert_eq!(story.times(), 2);
}
