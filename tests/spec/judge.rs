//! Histories made by hand: the least that breaks a promise, and the same kept.

use std::collections::BTreeMap;

use stormglass_spec::history::{
    Acknowledgement, Content, Counts, Effect, Event, EventKind, Origin, Side,
};
use stormglass_spec::need::{Need, missing};
use stormglass_spec::properties::{self, ANSWERED};
use stormglass_spec::{Judge, Ledger, Monitor, MonitorMaker, Property, Time, Violation};

use crate::story::{Story, Verdict, because, property, removed, written};

#[test]
fn a_row_that_goes_while_its_connection_is_open_is_missed() {
    let mut story = Story::about(properties::REGISTERED);
    story.opened("ana1");
    assert_eq!(property(story.try_tell(removed("ana1"))), "registered");
}

#[test]
fn a_row_may_go_once_its_connection_is_closed() {
    let mut story = Story::about(properties::REGISTERED);
    story.opened("ana1");
    story.tell(EventKind::Closed { connection: "ana1".into(), by: Side::Client, code: 1000 });
    story.tell(removed("ana1"));
}

#[test]
fn a_handshake_whose_row_went_before_it_opened_is_missed() {
    let mut story = Story::about(properties::REGISTERED);
    story.tell(EventKind::HandshakeAsked { connection: "ana1".into() });
    story.tell(written("ana1"));
    story.tell(removed("ana1"));
    let opened = story.try_tell(EventKind::HandshakeOpened { connection: "ana1".into() });
    assert_eq!(property(opened), "registered");
}

#[test]
fn an_acknowledgement_covers_those_open_throughout_and_no_others() {
    let mut story = Story::about(properties::DELIVERED);
    story.opened("ana1");
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    story.opened("bob1");
    story.posted("ana.b1", "ana1", Effect::Accepted, Some(200));
    story.acknowledged("ana.b1", 0, true).expect("bob came later");
}

#[test]
fn an_acknowledgement_that_leaves_somebody_out_is_found() {
    let tell = |failed, complete| {
        let mut story = Story::about(properties::DELIVERED);
        story.opened("ana1");
        story.opened("bob1");
        story.sent("ana1", "ana.b1", "x");
        story.started("ana1", "ana.b1");
        story.posted("ana.b1", "ana1", Effect::Accepted, Some(200));
        story.posted("ana.b1", "bob1", Effect::refused("429"), Some(429));
        story.acknowledged("ana.b1", failed, complete)
    };
    assert_eq!(property(tell(0, true)), "delivered");
    assert_eq!(tell(0, false), Ok(()), "it says that it is incomplete");
    assert_eq!(tell(1, true), Ok(()), "it says that one failed");
}

#[test]
fn an_accepted_post_must_arrive_at_a_client_that_stays() {
    let tell = |leaves: bool| {
        let mut story = Story::about(properties::DELIVERED);
        story.opened("ana1");
        story.sent("ana1", "ana.b1", "x");
        story.started("ana1", "ana.b1");
        story.posted("ana.b1", "ana1", Effect::Accepted, Some(200));
        story.acknowledged("ana.b1", 0, true)?;
        if leaves {
            story.tell(EventKind::Vanished { connection: "ana1".into() });
        }
        story.finish()
    };
    assert_eq!(property(tell(false)), "delivered");
    assert_eq!(tell(true), Ok(()));
}

/// A is acknowledged before B is sent; bob gets B first.
fn out_of_order(first_attempt: Option<u16>) -> Verdict {
    let mut story = Story::about(properties::CAUSAL_ORDER);
    story.opened("ana1");
    story.opened("bob1");
    for (broadcast, status) in [("ana.b1", first_attempt), ("ana.b2", Some(200))] {
        story.sent("ana1", broadcast, "x");
        story.started("ana1", broadcast);
        story.posted(broadcast, "ana1", Effect::Accepted, Some(200));
        story.posted(broadcast, "bob1", Effect::Accepted, status);
        story.acknowledged(broadcast, 1, false)?;
    }
    story.received("bob1", "ana.b2", "x")?;
    story.received("bob1", "ana.b1", "x")
}

#[test]
fn what_was_acknowledged_first_arrives_first() {
    let violation = out_of_order(Some(200)).expect_err("a broken promise");
    assert_eq!(violation.property, "causal-order");
    assert_eq!(
        violation.because,
        "ana.b1 was acknowledged in step 15, before ana.b2 was sent in step 16; but bob1 got \
         ana.b2 in step 25 and ana.b1 only in step 26."
    );
}

#[test]
fn an_ambiguous_attempt_may_arrive_at_any_time() {
    assert_eq!(out_of_order(None), Ok(()));
    assert_eq!(out_of_order(Some(500)), Ok(()));
}

#[test]
fn a_frame_must_have_a_cause_and_the_right_recipient() {
    let mut story = Story::about(properties::NOT_INVENTED);
    story.opened("ana1");
    story.opened("bob1");
    assert_eq!(property(story.received("ana1", "nobody.b1", "x")), "not-invented");

    let mut story = Story::about(properties::NOT_INVENTED);
    story.opened("ana1");
    story.opened("bob1");
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    story.ended("ana.b1", None).expect("no promise is broken");
    let reply = story.try_tell(EventKind::FrameReceived {
        connection: "bob1".into(),
        body: "".into(),
        origin: Origin::Reply { invocation: "ana.b1".into() },
    });
    assert_eq!(property(reply), "not-invented");
}

/// A function that works on `frame`, if there is one, posts to a client.
fn posted_to(recipient: &str, invocation: &str, frame: Option<&str>) -> (Verdict, u64) {
    let mut story = Story::about(properties::NOT_INVENTED);
    story.opened("ana1");
    story.opened("bob1");
    if let Some(text) = frame {
        story.said("ana1", invocation, text);
    }
    story.started("ana1", invocation);
    story.accepted(invocation, recipient);
    (story.received(recipient, invocation, "x"), story.times())
}

#[test]
fn a_function_may_post_without_any_broadcast() {
    assert_eq!(posted_to("bob1", "ana.c1", None), (Ok(()), 1), "$connect greets");
    assert_eq!(posted_to("ana1", "ana.t1", Some("nonsense")), (Ok(()), 1), "an error");
}

#[test]
fn what_is_no_broadcast_reaches_no_other_client() {
    let (verdict, times) = posted_to("bob1", "ana.t1", Some("nonsense"));
    assert_eq!(times, 1);
    assert_eq!(because(verdict), "bob1 got \"x\" in step 12, but ana.t1 was no broadcast.");
}

#[test]
fn a_post_reaches_the_client_that_it_was_for() {
    let mut story = Story::about(properties::NOT_INVENTED);
    story.opened("ana1");
    story.opened("bob1");
    story.started("ana1", "ana.c1");
    story.accepted("ana.c1", "bob1");
    let verdict = story.received_from("ana1", "ana.c1.post-bob1-1", "x");
    assert_eq!(because(verdict), "ana1 got \"x\" in step 11, but ana.c1 posted it to bob1.");
}

#[test]
fn a_promise_that_nothing_could_break_was_not_tested() {
    let mut story = Story::held_to(&properties::ALL);
    story.tell(EventKind::HandshakeAsked { connection: "ana1".into() });
    assert!(story.judge.tested().all(|(_, times)| times == 0));
}

#[test]
fn a_history_meets_the_needs_of_the_promises_that_it_tests() {
    let mut story = Story::held_to(&properties::ALL);
    story.opened("ana1");
    assert_eq!(story.met(), []);
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    story.read("ana.b1", &["ana1"], false);
    assert_eq!(story.met(), [Need::Broadcasts, Need::TwoWayRoutes, Need::Reads]);
    story.accepted("ana.b1", "ana1");
    story.received("ana1", "ana.b1", "x").expect("it is what ana sent");
    let counts = Counts { delivered: 1, gone: 0, pending: 0, failed: 0, complete: true };
    story.counted("ana.b1", counts).expect("it is true");
    story.stored("ana.b1", "ana1").expect("nothing forbids it");
    assert_eq!(story.met(), Need::ALL);
    let tested: BTreeMap<_, _> = story.judge.tested().collect();
    for Property { id, needs, .. } in &properties::ALL {
        assert!(tested[id] == 0 || missing(needs, story.judge.met()).is_none(), "{id}");
    }
}

#[test]
fn a_promise_without_its_subject_does_not_apply() {
    let mut story = Story::about(properties::HONEST_ACK);
    story.opened("ana1");
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    let without_counts = Some(Acknowledgement { counts: None });
    story.ended("ana.b1", without_counts).expect("there are no counts");
    assert_eq!(missing(properties::HONEST_ACK.needs, story.judge.met()), Some(Need::Counts));
    assert_eq!(missing(properties::CAUSAL_ORDER.needs, story.judge.met()), None);
}

#[test]
fn a_promise_may_have_parameters() {
    let limited = |most: u64| Property {
        id: "few-connections",
        monitor: MonitorMaker::closure(move || Box::new(Few { most, asked: 0 })),
        ..properties::REGISTERED
    };
    let tell = |most| {
        let mut story = Story::about(limited(most));
        story.opened("ana1");
        story.try_tell(EventKind::HandshakeAsked { connection: "bob1".into() })
    };
    assert_eq!(tell(2), Ok(()));
    assert_eq!(property(tell(1)), "few-connections");
}

/// Allows no more than so many handshakes.
#[derive(Debug)]
struct Few {
    most: u64,
    asked: u64,
}

impl Monitor for Few {
    fn observe(&mut self, event: &Event, _: &Ledger) -> Result<(), Violation> {
        let EventKind::HandshakeAsked { connection } = &event.kind else { return Ok(()) };
        self.asked += 1;
        let is_few = self.asked <= self.most;
        is_few.then_some(()).ok_or_else(|| Violation::new("too many", [connection.clone()]))
    }

    fn times(&self) -> u64 {
        self.asked
    }
}

#[test]
fn a_closing_broadcast_must_be_acknowledged_complete() {
    let tell = |acknowledged: bool| {
        let mut story = Story::about(properties::NO_GHOSTS);
        story.opened("ana1");
        story.tell(EventKind::FaultsStopped);
        story.at = story.at + stormglass_spec::quotas::HANDSHAKE_WINDOW;
        story.sent("ana1", "ana.b1", "x");
        story.started("ana1", "ana.b1");
        story.posted("ana.b1", "ana1", Effect::Accepted, Some(200));
        story.received("ana1", "ana.b1", "x")?;
        if acknowledged {
            story.acknowledged("ana.b1", 0, true)?;
        } else {
            story.ended("ana.b1", None)?;
        }
        story.finish()
    };
    assert_eq!(tell(true), Ok(()));
    assert_eq!(property(tell(false)), "no-ghosts");
}

#[test]
fn a_closing_broadcast_that_crossed_the_close_of_its_connection_says_nothing() {
    let tell = |is_closed: bool| {
        let mut story = Story::about(properties::NO_GHOSTS);
        story.opened("ana1");
        story.tell(EventKind::FaultsStopped);
        story.wait(stormglass_spec::quotas::HANDSHAKE_WINDOW);
        story.sent("ana1", "ana.b1", "x");
        if is_closed {
            story.tell(EventKind::Closed {
                connection: "ana1".into(),
                by: Side::Gateway,
                code: 1001,
            });
        }
        (story.finish(), story.times())
    };
    assert_eq!(tell(true), (Ok(()), 0));
    let (verdict, times) = tell(false);
    assert_eq!((property(verdict), times), ("no-ghosts", 1));
}

/// Its post was accepted, and the event of its close can be lost: nobody could know (FACTS 4.9).
#[test]
fn a_row_may_stay_whose_connection_closes_while_the_closing_broadcast_runs() {
    let tell = |closes_before: bool| {
        let mut story = Story::about(properties::NO_GHOSTS);
        story.opened("ana1");
        story.opened("bob1");
        story.tell(EventKind::FaultsStopped);
        story.wait(stormglass_spec::quotas::HANDSHAKE_WINDOW);
        let closed = EventKind::Closed { connection: "bob1".into(), by: Side::Client, code: 1006 };
        if closes_before {
            story.tell(closed.clone());
        }
        story.sent("ana1", "ana.b1", "x");
        story.started("ana1", "ana.b1");
        if !closes_before {
            story.tell(closed);
        }
        story.acknowledged("ana.b1", 0, true)?;
        story.finish()
    };
    assert_eq!(tell(false), Ok(()));
    assert_eq!(property(tell(true)), "no-ghosts");
}

#[test]
fn whoever_goes_on_after_a_broken_promise_hears_of_every_other_one() {
    let mut judge = Judge::new(&[properties::ROW_BEFORE_OPEN, properties::REGISTERED, ANSWERED]);
    let mut number = 0;
    let mut tell = |judge: &mut Judge, what| {
        number += 1;
        let at = Time::from_millis(number.into());
        let found = judge.observe_all(&Event { number, at, cause: None, kind: what });
        found.into_iter().map(|found| (found.property, found.event)).collect::<Vec<_>>()
    };
    for (connection, number) in [("ana1", 1), ("bob1", 2)] {
        let opened = EventKind::HandshakeOpened { connection: connection.into() };
        let both = [("row-before-open", number), ("registered", number)];
        assert_eq!(tell(&mut judge, opened), both);
    }
    let content = Content::Text("?".into());
    let asked = EventKind::FrameSent { connection: "ana1".into(), frame: "ana.m1".into(), content };
    assert_eq!(tell(&mut judge, asked), []);
    let started = EventKind::InvocationStarted {
        invocation: "ana.m1".into(),
        route: "$default".into(),
        connection: Some("ana1".into()),
        messages: Vec::new(),
        due: Time::from_millis(29_000),
        two_way: true,
    };
    assert_eq!(tell(&mut judge, started), []);
    let late = judge.finish_all();
    let late: Vec<_> = late.iter().map(|found| (found.property, found.event)).collect();
    assert_eq!(late, [("answered", 4)]);
}

/// Both promises are about the row that was never stored: one cause, told once.
#[test]
fn a_violation_names_the_other_promises_that_broke_in_the_same_step() {
    let mut judge = Judge::new(&[properties::ROW_BEFORE_OPEN, properties::REGISTERED]);
    let kinds = [
        EventKind::HandshakeAsked { connection: "ana1".into() },
        EventKind::HandshakeOpened { connection: "ana1".into() },
    ];
    let verdicts = kinds.into_iter().zip(1..).map(|(kind, number)| {
        judge.observe(&Event { number, at: Time::from_millis(5), cause: None, kind })
    });
    let verdicts: Vec<Verdict> = verdicts.collect();
    assert_eq!(verdicts[0], Ok(()));
    let violation = verdicts[1].clone().expect_err("a broken promise");
    assert_eq!((violation.property, violation.also), ("row-before-open", vec!["registered"]));
}
