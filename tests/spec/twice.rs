//! The gateway may invoke a function twice for one message (FACTS 4.7): it is one broadcast.

use stormglass_spec::history::{Effect, EventKind};
use stormglass_spec::name::InvocationName;
use stormglass_spec::properties::{CAUSAL_ORDER, DELIVERED, NO_GHOSTS, NOT_INVENTED, VERBATIM};
use stormglass_spec::quotas::HANDSHAKE_WINDOW;

use crate::story::{Story, Verdict, property, written};

#[test]
fn the_second_invocation_has_the_name_of_its_message() {
    assert_eq!(InvocationName::from("bob.b1+2").message(), "bob.b1");
    assert_eq!(InvocationName::from("bob.b1").message(), "bob.b1");
}

#[test]
fn what_the_second_invocation_posts_is_the_broadcast() {
    let mut story = Story::held_to(&[VERBATIM, NOT_INVENTED]);
    story.opened("ana1");
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    story.started("ana1", "ana.b1+2");
    story.accepted("ana.b1+2", "ana1");
    story.received("ana1", "ana.b1+2", "x").expect("it was asked for");
    assert_eq!(property(story.received("ana1", "ana.b1+2", "y")), "verbatim");
}

#[test]
fn a_broadcast_counts_its_arrivals_whoever_posted_it() {
    let mut story = Story::held_to(&[]);
    story.opened("ana1");
    story.sent("ana1", "ana.b1", "x");
    for invocation in ["ana.b1", "ana.b1+2"] {
        story.started("ana1", invocation);
        story.accepted(invocation, "ana1");
        story.received("ana1", invocation, "x").expect("nothing is promised");
    }
    let connection = story.judge.ledger().find_connection("ana1").expect("a connection");
    assert_eq!(connection.arrivals, [("ana.b1".into(), 9)]);
}

/// The second invocation finds out that the first did the work, and acknowledges it.
#[test]
fn a_broadcast_is_delivered_by_either_invocation() {
    let tell = |somebody_posts: bool| {
        let mut story = Story::about(DELIVERED);
        story.opened("ana1");
        story.sent("ana1", "ana.b1", "x");
        story.started("ana1", "ana.b1");
        story.opened("bob1");
        if somebody_posts {
            story.accepted("ana.b1", "ana1");
        }
        story.started("ana1", "ana.b1+2");
        story.acknowledged("ana.b1+2", 0, true)
    };
    assert_eq!(tell(true), Ok(()), "and bob came later than the broadcast");
    assert_eq!(property(tell(false)), "delivered");
}

/// A is acknowledged by one invocation before B is sent; bob gets B, and then A from `late`.
fn late_arrival(late: &str) -> Verdict {
    let mut story = Story::about(CAUSAL_ORDER);
    story.opened("ana1");
    story.opened("bob1");
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    story.started("ana1", "ana.b1+2");
    story.acknowledged("ana.b1", 1, false)?;
    story.sent("ana1", "ana.b2", "y");
    story.started("ana1", "ana.b2");
    story.accepted("ana.b2", "bob1");
    story.received("bob1", "ana.b2", "y")?;
    story.accepted(late, "bob1");
    story.received("bob1", late, "x")
}

#[test]
fn the_order_is_that_of_the_invocation_that_was_acknowledged() {
    assert_eq!(property(late_arrival("ana.b1")), "causal-order");
    assert_eq!(late_arrival("ana.b1+2"), Ok(()), "nobody can know of the other invocation");
}

#[test]
fn a_closing_broadcast_is_acknowledged_by_either_invocation() {
    let mut story = Story::about(NO_GHOSTS);
    story.opened("ana1");
    story.tell(EventKind::FaultsStopped);
    story.wait(HANDSHAKE_WINDOW);
    story.sent("ana1", "ana.b1", "x");
    for invocation in ["ana.b1", "ana.b1+2"] {
        story.started("ana1", invocation);
        story.posted(invocation, "ana1", Effect::Accepted, Some(200));
    }
    story.acknowledged("ana.b1+2", 0, true).expect("no promise is broken");
    story.ended("ana.b1", None).expect("no promise is broken");
    assert_eq!(story.finish(), Ok(()));
    story.tell(written("bob1"));
    assert_eq!(property(story.finish()), "no-ghosts");
}
