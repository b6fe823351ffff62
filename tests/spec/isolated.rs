//! `isolated`: a failure at one recipient costs no other one its message.

use std::time::Duration;

use stormglass_spec::properties::ISOLATED;

use crate::story::{Story, Verdict, because};

/// Ana broadcasts to herself, bob and cyd, whose rows are read.
fn broadcast() -> Story {
    let mut story = Story::about(ISOLATED);
    for connection in ["ana1", "bob1", "cyd1"] {
        story.opened(connection);
    }
    story.sent("ana1", "ana.b1", "x");
    story.started("ana1", "ana.b1");
    story.read("ana.b1", &["ana1", "bob1", "cyd1"], false);
    story
}

fn ends(mut story: Story) -> Verdict {
    let verdict = story.returned("ana.b1", 500, "sorry");
    assert_eq!(story.times(), 1);
    verdict
}

#[test]
fn every_row_gets_an_attempt_if_any_does() {
    let mut story = broadcast();
    story.accepted("ana.b1", "ana1");
    story.refused("ana.b1", "cyd1", 410);
    assert_eq!(
        because(ends(story)),
        "the row of bob1 was read, and so was that of ana1, who was posted to in step 15; but \
         ana.b1 ended in step 21 with 28989 ms left, and bob1 was never posted to."
    );
    let mut story = broadcast();
    story.returned("ana.b1", 500, "sorry").expect("nobody was posted to");
    assert_eq!(story.times(), 0);
}

#[test]
fn saying_that_it_is_incomplete_is_no_excuse() {
    let mut story = broadcast();
    story.accepted("ana.b1", "ana1");
    assert!(story.acknowledged("ana.b1", 2, false).is_err());
}

#[test]
fn having_no_time_is_one() {
    let tell = |waits: Duration| {
        let mut story = broadcast();
        story.accepted("ana.b1", "ana1");
        story.wait(waits);
        story.returned("ana.b1", 500, "sorry")
    };
    assert!(tell(Duration::from_millis(23_980)).is_err());
    assert_eq!(tell(Duration::from_millis(24_000)), Ok(()));
}

#[test]
fn an_answer_is_waited_for_whatever_others_get() {
    let tell = |waits: Duration, status| {
        let mut story = broadcast();
        story.accepted("ana.b1", "ana1");
        story.post("ana.b1", "bob1");
        story.wait(waits);
        story.refused("ana.b1", "cyd1", status);
        // The failure ends the function in the same moment.
        story.at = story.at - Duration::from_millis(1);
        ends(story)
    };
    assert_eq!(
        because(tell(Duration::ZERO, 410)),
        "the post to bob1 of step 18 had no answer yet when that to cyd1 got 410 in step 21; but \
         ana.b1 ended in step 22 with 28989 ms left, and nobody waited for the other answer."
    );
    assert!(tell(Duration::ZERO, 500).is_err());
    assert_eq!(tell(Duration::from_secs(1), 410), Ok(()), "bob's was given up on");
    assert_eq!(tell(Duration::ZERO, 200), Ok(()), "nothing went wrong");
}

#[test]
fn an_answer_is_waited_for_even_if_a_delete_fails() {
    let tell = |waits: Duration, status| {
        let mut story = broadcast();
        story.refused("ana.b1", "cyd1", 410);
        story.accepted("ana.b1", "ana1");
        story.post("ana.b1", "bob1");
        story.delete_refused("ana.b1", "cyd1", status);
        story.wait(waits);
        // Without a wait, the failure ends the function in the same moment.
        story.at = story.at - Duration::from_millis(1);
        ends(story)
    };
    assert_eq!(
        because(tell(Duration::ZERO, 500)),
        "the post to bob1 of step 21 had no answer yet when the delete of the row of cyd1 got 500 \
         in step 24; but ana.b1 ended in step 25 with 28986 ms left, and nobody waited for the \
         answer to the post."
    );
    assert_eq!(tell(Duration::from_millis(1), 500), Ok(()), "it did not end the function");
    assert_eq!(tell(Duration::ZERO, 200), Ok(()), "nothing went wrong");
}

#[test]
fn a_function_that_ends_later_was_not_ended_by_a_failure() {
    let mut story = broadcast();
    story.accepted("ana.b1", "ana1");
    story.post("ana.b1", "bob1");
    story.refused("ana.b1", "cyd1", 410);
    assert_eq!(ends(story), Ok(()));
}

/// Bob and cyd get these answers, one after the other.
fn answered(bob: &[u16], cyd: &[u16]) -> Verdict {
    let mut story = broadcast();
    story.accepted("ana.b1", "ana1");
    for status in bob {
        story.refused("ana.b1", "bob1", *status);
    }
    for status in cyd {
        story.refused("ana.b1", "cyd1", *status);
    }
    ends(story)
}

#[test]
fn who_gets_the_same_answers_is_tried_as_often() {
    assert_eq!(
        because(answered(&[429, 500, 200], &[429, 500])),
        "cyd1, last posted to in step 30, got 429, 500, as bob1 had before it was posted to again \
         in step 24; but ana.b1 ended in step 33 with 28977 ms left, and cyd1 was not posted to \
         again."
    );
    assert!(answered(&[429], &[429, 429]).is_err());
    assert_eq!(answered(&[429, 429], &[429, 429]), Ok(()), "two attempts for everybody");
    assert_eq!(answered(&[429, 429], &[500]), Ok(()), "what is tried again is its own affair");
    assert_eq!(answered(&[410, 410], &[410]), Ok(()), "who is gone is gone");
    assert_eq!(answered(&[429, 200], &[429, 410]), Ok(()));
}

#[test]
fn an_answer_that_does_not_come_is_one_like_others() {
    let mut story = broadcast();
    story.accepted("ana.b1", "ana1");
    story.post("ana.b1", "bob1");
    story.post("ana.b1", "cyd1");
    story.wait(Duration::from_secs(2));
    story.accepted("ana.b1", "bob1");
    assert!(
        because(ends(story)).starts_with(
            "cyd1, last posted to in step 19, got no answer in time, as bob1 had before"
        )
    );
}
