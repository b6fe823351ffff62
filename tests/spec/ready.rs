//! The ready-made promises, each in a history that keeps it and in one that breaks it.

use stormglass_spec::Property;
use stormglass_spec::history::{Effect, EventKind, Outcome, Request};
use stormglass_spec::name::CallName;
use stormglass_spec::ready::{
    EVERYONE_GETS_IN, KEPT, NO_LOST_UPDATE, UNFAILING, in_order, newest_wins, no_skip, reply_says,
};

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

/// A function reads one row.
fn gets(story: &mut Story, invocation: &str, row: &str, stale: bool) {
    let request = Request::Get { row: row.into(), consistent: !stale };
    let call = story.call(invocation, &format!("get-{row}"), request, "GetItem {}");
    let effect = Effect::Read { rows: vec![row.into()], stale, more: false };
    story.tell(EventKind::CallApplied { call: call.clone(), effect });
    story.answered(&call, Some(200)).expect("a read breaks nothing");
}

/// A function stores a row by a request with this text.
fn writes(story: &mut Story, invocation: &str, row: &str, connection: &str, text: &str) -> Verdict {
    let request = Request::Put { row: row.into() };
    let call = story.call(invocation, &format!("put-{row}"), request, text);
    story.tell(EventKind::CallApplied { call: call.clone(), effect: Effect::Done });
    let (row, connections) = (row.into(), vec![connection.into()]);
    let cause = Some(story.events);
    story.try_tell_with_cause(cause, EventKind::RowWritten { row, connections })?;
    story.answered(&call, Some(200))
}

/// A function removes a row that names a connection.
fn removes(story: &mut Story, invocation: &str, row: &str, connection: &str) -> Verdict {
    let request = Request::Delete { row: row.into() };
    let call = story.call(invocation, &format!("delete-{row}"), request, "DeleteItem {}");
    story.tell(EventKind::CallApplied { call: call.clone(), effect: Effect::Done });
    let (row, connections) = (row.into(), vec![connection.into()]);
    let cause = Some(story.events);
    story.try_tell_with_cause(cause, EventKind::RowRemoved { row, connections })?;
    story.answered(&call, Some(200))
}

/// A store that the table refuses with this error.
fn is_refused(story: &mut Story, invocation: &str, row: &str, status: u16, error: &str) {
    let request = Request::Put { row: row.into() };
    let call: CallName = story.call(invocation, &format!("put-{row}"), request, "PutItem {}");
    let effect = Effect::refused(error);
    story.tell(EventKind::CallApplied { call: call.clone(), effect });
    story.answered(&call, Some(status)).expect("no promise is broken yet");
}

fn fails(story: &mut Story, invocation: &str) -> Verdict {
    let outcome = Outcome::Failed { error: "TypeError: x is undefined".into() };
    story.try_tell(EventKind::InvocationEnded { invocation: invocation.into(), outcome })
}

const BLIND: &str = "PutItem {}";
const CONDITIONAL: &str = r#"PutItem {"ConditionExpression":"version = :v"}"#;

/// Both read the row, bob writes it, and then ana does, by this request.
fn both_write(bob: &str, ana: &str) -> Verdict {
    let mut story = two_at_work(NO_LOST_UPDATE);
    gets(&mut story, "ana.t1", "game", false);
    gets(&mut story, "bob.t1", "game", false);
    writes(&mut story, "bob.t1", "game", "bob1", bob).expect("nothing is lost yet");
    let verdict = writes(&mut story, "ana.t1", "game", "ana1", ana);
    assert_eq!(story.times(), 2);
    verdict
}

#[test]
fn a_write_may_not_undo_one_that_its_function_had_not_read() {
    assert_eq!(
        because(both_write(BLIND, BLIND)),
        "ana.t1 read the row of game in step 12, and wrote it in step 23 without a condition: the \
         change that bob.t1 had made in step 19 is lost."
    );
    assert_eq!(both_write(BLIND, CONDITIONAL), Ok(()));
}

#[test]
fn updates_of_other_attributes_and_additions_harm_nobody() {
    let set = |name| format!(r#"UpdateItem {{"UpdateExpression":"SET {name} = :v"}}"#);
    let add = r#"UpdateItem {"UpdateExpression":"ADD moves :one"}"#;
    assert!(both_write(&set("board"), &set("board")).is_err());
    assert_eq!(both_write(&set("board"), &set("turn")), Ok(()));
    assert_eq!(both_write(add, add), Ok(()));
    assert!(both_write(add, &set("moves")).is_err());
}

#[test]
fn a_function_that_reads_again_may_write() {
    let mut story = two_at_work(NO_LOST_UPDATE);
    gets(&mut story, "ana.t1", "game", false);
    writes(&mut story, "bob.t1", "game", "bob1", BLIND).expect("bob never read it");
    gets(&mut story, "ana.t1", "game", false);
    writes(&mut story, "ana.t1", "game", "ana1", BLIND).expect("it knows bob's change");
    writes(&mut story, "ana.t1", "game", "ana1", BLIND).expect("it knows its own");
    assert_eq!(story.times(), 2);
}

#[test]
fn a_stale_read_does_not_know_the_last_change() {
    let mut story = two_at_work(NO_LOST_UPDATE);
    writes(&mut story, "bob.t1", "game", "bob1", BLIND).expect("bob never read it");
    gets(&mut story, "ana.t1", "game", true);
    assert_eq!(
        because(writes(&mut story, "ana.t1", "game", "ana1", BLIND)),
        "ana.t1 read an old version of the row of game in step 16, and wrote it in step 20 \
         without a condition: the change that bob.t1 had made in step 13 is lost."
    );
}

#[test]
fn an_attempt_that_is_repeated_undoes_what_came_between() {
    let mut story = two_at_work(NO_LOST_UPDATE);
    gets(&mut story, "ana.t1", "game", false);
    writes(&mut story, "ana.t1", "game", "ana1", BLIND).expect("nothing came between");
    writes(&mut story, "bob.t1", "game", "bob1", BLIND).expect("bob never read it");
    let because = because(writes(&mut story, "ana.t1", "game", "ana1", BLIND));
    assert!(because.contains("knew the row of game as it was after step 16"), "{because}");
}

#[test]
fn a_user_who_is_back_keeps_the_row() {
    let item = r#"PutItem {"Item":{"user":{"S":"ana"}}}"#;
    let tell = |remover: &str| {
        let mut story = Story::about(newest_wins("user"));
        for (connection, invocation) in [("ana1", "ana.c1"), ("ana2", "ana.c2")] {
            story.tell(EventKind::HandshakeAsked { connection: connection.into() });
            story.started_on("$connect", connection, invocation);
            writes(&mut story, invocation, "ana", connection, item).expect("the newer one wins");
        }
        let connection = if remover == "ana.d1" { "ana1" } else { "ana2" };
        story.started_on("$disconnect", connection, remover);
        let verdict = removes(&mut story, remover, "ana", "ana2");
        assert_eq!(story.times(), 2);
        verdict
    };
    assert_eq!(tell("ana.d2"), Ok(()));
    assert_eq!(
        because(tell("ana.d1")),
        "the row of ana, stored in step 11 for ana2 of user \"ana\", no longer names it after \
         step 16: ana.d1 is about ana1, the older connection of that user."
    );
}

#[test]
fn other_users_and_rows_without_a_user_are_nobodys_business() {
    let mut story = Story::about(newest_wins("user"));
    for (connection, invocation, item) in [
        ("ana1", "ana.c1", r#"PutItem {"Item":{"user":{"S":"ana"}}}"#),
        ("bob1", "bob.c1", r#"PutItem {"Item":{"user":{"S":"bob"}}}"#),
        ("cyd1", "cyd.c1", r#"PutItem {"Item":{}}"#),
    ] {
        story.tell(EventKind::HandshakeAsked { connection: connection.into() });
        story.started_on("$connect", connection, invocation);
        writes(&mut story, invocation, connection, connection, item).expect("a new row");
    }
    removes(&mut story, "ana.c1", "bob1", "bob1").expect("bob is another user");
    removes(&mut story, "ana.c1", "cyd1", "cyd1").expect("nobody's row");
    assert_eq!(story.times(), 0);
}

/// Ana's function posts frames with these texts to bob, who gets them in this order.
fn got_in_order(texts: &[&str]) -> (Verdict, u64) {
    let number = |text: &str| text.strip_prefix('#')?.parse().ok();
    let mut story = two_at_work(in_order(number));
    let mut verdict = Ok(());
    for (place, text) in texts.iter().enumerate() {
        story.accepted("ana.t1", "bob1");
        let call = format!("ana.t1.post-bob1-{}", place + 1);
        verdict = verdict.and_then(|()| story.received_from("bob1", &call, text));
    }
    (verdict, story.times())
}

#[test]
fn frames_with_numbers_arrive_in_their_order() {
    assert_eq!(got_in_order(&["#1", "#2", "hello", "#4"]), (Ok(()), 2));
    assert_eq!(got_in_order(&["#1", "#2", "#1"]), (Ok(()), 1), "a second time does not count");
    let (verdict, _) = got_in_order(&["#1", "#3", "#2"]);
    assert_eq!(
        because(verdict),
        "bob1 got number 3 of ana1 in step 18, and number 2 only in step 22."
    );
}

#[test]
fn each_sender_counts_for_itself() {
    let mut story = two_at_work(in_order(|text| text.parse().ok()));
    story.accepted("ana.t1", "bob1");
    story.accepted("bob.t1", "bob1");
    story.received("bob1", "ana.t1", "5").expect("the first of ana");
    story.received("bob1", "bob.t1", "1").expect("the first of bob");
    assert_eq!(story.times(), 0);
}

/// Programs of clients show these texts, one after the other.
fn showed(texts: &[(&str, &str)]) -> (Verdict, u64) {
    let mut story = two_at_work(no_skip(|text| text.strip_prefix('#')?.parse().ok()));
    let mut verdict = Ok(());
    for (program, text) in texts {
        let connection = format!("{}1", program.split('.').next().unwrap_or_default());
        verdict = verdict.and_then(|()| {
            story.try_tell(EventKind::Presented {
                program: (*program).into(),
                connection: connection.as_str().into(),
                text: (*text).into(),
            })
        });
    }
    (verdict, story.times())
}

#[test]
fn a_program_shows_one_number_after_the_other() {
    let ana =
        |texts: &[&'static str]| texts.iter().map(|text| ("ana.run1", *text)).collect::<Vec<_>>();
    assert_eq!(showed(&ana(&["#7", "hello", "#8", "#9"])), (Ok(()), 2));
    let others = [("ana.run1", "#7"), ("bob.run1", "#1"), ("ana.run2", "#1"), ("ana.run2", "#2")];
    assert_eq!(showed(&others), (Ok(()), 1), "each program counts for itself");
    for (again, expected) in [("#9", 9), ("#7", 7), ("#6", 6)] {
        let (verdict, _) = showed(&ana(&["#7", again]));
        let expected =
            format!("ana showed number {expected} in step 12, and number 7 before it in step 11.");
        assert_eq!(because(verdict), expected);
    }
}

#[test]
fn a_reply_says_what_it_must() {
    let pong = |message: &str, reply: &str| (message == "go").then(|| reply == "gone");
    let tell = |reply: &str| {
        let mut story = two_at_work(reply_says(pong));
        story.returned("ana.t1", 200, reply).expect("nobody has got it yet");
        let verdict = story.replied("ana1", "ana.t1", reply);
        assert_eq!(story.times(), 1);
        verdict
    };
    assert_eq!(tell("gone"), Ok(()));
    assert_eq!(
        because(tell("here")),
        "ana1 sent \"go\" in step 4, and the reply of step 12 is \"here\"."
    );
    let mut story = two_at_work(reply_says(|_, _| None));
    story.replied("ana1", "ana.t1", "?").expect("it knows no such message");
    assert_eq!(story.times(), 0);
}

#[test]
fn what_is_acknowledged_is_stored() {
    let tell = |error: &str, status: u16| {
        let mut story = two_at_work(KEPT);
        is_refused(&mut story, "ana.t1", "game", 400, error);
        story.returned("ana.t1", status, "").expect("it may still be carried out");
        (story.finish(), story.times())
    };
    let (verdict, times) = tell("ProvisionedThroughputExceededException", 200);
    assert_eq!(times, 1);
    assert_eq!(
        because(verdict),
        "ana.t1 tried to write the row of game in step 11 and answered with 200 in step 14, but \
         no attempt was ever carried out."
    );
    assert_eq!(tell("ProvisionedThroughputExceededException", 503), (Ok(()), 0));
    assert_eq!(tell("ConditionalCheckFailedException", 200), (Ok(()), 1));
}

#[test]
fn a_later_attempt_is_as_good() {
    let mut story = two_at_work(KEPT);
    is_refused(&mut story, "ana.t1", "game", 500, "InternalServerError");
    writes(&mut story, "ana.t1", "game", "ana1", BLIND).expect("it is stored");
    story.returned("ana.t1", 200, "").expect("it was");
    assert_eq!((story.finish(), story.times()), (Ok(()), 1));
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

/// Ana's `$connect` gets this answer to its store, and turns her away.
fn turned_away(status: u16, error: &str) -> Verdict {
    let mut story = Story::about(EVERYONE_GETS_IN);
    story.tell(EventKind::HandshakeAsked { connection: "ana1".into() });
    story.started_on("$connect", "ana1", "ana.c1");
    is_refused(&mut story, "ana.c1", "ana1", status, error);
    story.returned("ana.c1", 500, "").expect("the gateway decides");
    story.try_tell(EventKind::HandshakeRefused { connection: "ana1".into(), status: 500 })
}

#[test]
fn nobody_is_turned_away_without_a_fault() {
    assert_eq!(
        because(turned_away(400, "ValidationException")),
        "ana1 was refused with 500 in step 7: ana.c1 answered with 500 in step 6, and no service \
         had failed it."
    );
    assert_eq!(turned_away(500, "InternalServerError"), Ok(()));
    let mut story = Story::about(EVERYONE_GETS_IN);
    story.opened("ana1");
    let refused = EventKind::HandshakeRefused { connection: "bob1".into(), status: 403 };
    story.try_tell(refused).expect("the gateway itself refused it");
    assert_eq!(story.times(), 1);
}
