//! `in-time`: every invocation ends before its time is over.

use std::time::Duration;

use stormglass_spec::history::EventKind;
use stormglass_spec::properties::IN_TIME;

use crate::story::{Story, Verdict, because};

/// An invocation that has `given` and ends after `took`.
fn ends(given: Duration, took: Duration) -> (Verdict, u64) {
    let mut story = Story::about(IN_TIME);
    story.opened("ana1");
    story.started_with("$disconnect", "ana1", "ana.d1", given);
    story.wait(took.saturating_sub(Duration::from_millis(2)));
    let verdict = story.ended("ana.d1", None);
    (verdict, story.times())
}

fn killed(given: Duration, after: Duration) -> Verdict {
    let mut story = Story::about(IN_TIME);
    story.opened("ana1");
    story.started_with("$disconnect", "ana1", "ana.d1", given);
    story.wait(after.saturating_sub(Duration::from_millis(2)));
    story.try_tell(EventKind::InvocationKilled {
        invocation: "ana.d1".into(),
        reason: "Task timed out after 3.00 seconds".into(),
    })
}

const GIVEN: Duration = Duration::from_secs(3);
const MOMENT: Duration = Duration::from_millis(2);

#[test]
fn an_invocation_ends_before_its_time_is_over() {
    assert_eq!(ends(GIVEN, GIVEN), (Ok(()), 1));
    assert_eq!(
        because(ends(GIVEN, GIVEN + MOMENT).0),
        "ana.d1 started in step 4 and had 2999 ms, but it ended only in step 5, after 3001 ms."
    );
}

#[test]
fn an_invocation_that_is_killed_when_its_time_is_over_has_not_ended() {
    assert_eq!(
        because(killed(GIVEN, GIVEN)),
        "ana.d1 started in step 4 and had 2999 ms, but it had not ended when killed in step 5, \
         after 2999 ms."
    );
    assert_eq!(killed(GIVEN, GIVEN - MOMENT), Ok(()), "the platform had a reason of its own");
}

#[test]
fn who_starts_with_no_time_left_cannot_be_in_time() {
    let given = Duration::from_millis(100);
    assert_eq!(ends(given, GIVEN), (Ok(()), 0));
    assert_eq!(killed(given, given), Ok(()));
    let (verdict, times) = ends(given + MOMENT, GIVEN);
    assert_eq!((verdict.is_err(), times), (true, 1));
}
