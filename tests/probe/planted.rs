//! Every promise is found broken by an endpoint that breaks it.

use stormglass_probe::{MessageFormat, PropertyVerdict};

use super::endpoint::{Fault, start};
use super::{ALL_ASSUMED, NOTHING_ASSUMED, SETTINGS, because, verdicts, watch, words};

/// What is said of an endpoint if nothing is known of it, and if all is.
async fn judged(fault: Fault) -> [Vec<PropertyVerdict>; 2] {
    let format = MessageFormat::default();
    let seen = watch(&start(fault).await, &format, &SETTINGS).await;
    assert!(seen.is_whole);
    [NOTHING_ASSUMED, ALL_ASSUMED].map(|assumptions| verdicts(&seen, &format, assumptions))
}

fn broken(judged: &[Vec<PropertyVerdict>; 2]) -> [Vec<&'static str>; 2] {
    [words(&judged[0], "broken"), words(&judged[1], "broken")]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_behaves_keeps_every_promise() {
    let judged = judged(Fault::None).await;
    for verdicts in &judged {
        for verdict in verdicts {
            assert!(!verdict.is_broken(), "{:?}", verdict.evidence);
            assert!(verdict.tested() > 0, "{}", verdict.judged.property.id);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_frame_is_not_delivered() {
    let judged = judged(Fault::Drops).await;
    assert_eq!(broken(&judged), [["delivered"], ["delivered"]]);
    let because = because(&judged[0], "delivered");
    assert!(because.ends_with("but no post to it was ever sent."), "{because}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_frame_that_is_counted_as_failed_is_no_broken_promise() {
    let judged = judged(Fault::DropsAndSaysSo).await;
    assert_eq!(broken(&judged), [[""; 0]; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_is_suspect_unless_nothing_fails_inside() {
    let judged = judged(Fault::Duplicates).await;
    assert_eq!(broken(&judged), [vec![], vec!["not-duplicated"]]);
    assert!(words(&judged[0], "suspect").contains(&"not-duplicated"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_byte_is_not_verbatim() {
    assert_eq!(broken(&judged(Fault::Alters).await), [["verbatim"]; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_somebody_else_is_invented() {
    let judged = judged(Fault::Misdirects).await;
    // Whoever should get it may have hung up, and then nobody is answered at all.
    for verdicts in &judged {
        assert!(words(verdicts, "broken").contains(&"not-invented"), "{verdicts:?}");
    }
    let because = because(&judged[0], "not-invented");
    assert!(because.contains(" answered "), "{because}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_sent_is_suspect_unless_nobody_else_is_there() {
    let judged = judged(Fault::Invents).await;
    assert_eq!(broken(&judged), [vec![], vec!["not-invented"]]);
    assert!(words(&judged[0], "suspect").contains(&"not-invented"));
    let because = because(&judged[1], "not-invented");
    assert!(because.contains("got \"what nobody sent\""), "{because}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_broadcast_that_comes_after_a_later_one_is_out_of_order() {
    let judged = judged(Fault::Reorders).await;
    for verdicts in &judged {
        assert!(words(verdicts, "broken").contains(&"causal-order"), "{verdicts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_and_an_arn_are_indiscreet_unless_somebody_else_sent_them() {
    for fault in [Fault::LeaksStack, Fault::LeaksArn] {
        let judged = judged(fault).await;
        assert_eq!(broken(&judged), [vec![], vec!["discreet"]], "{fault:?}");
        assert_eq!(words(&judged[0], "suspect"), ["discreet"], "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_a_second_answer_and_an_empty_one_are_no_answers() {
    for (fault, word, reason) in [
        (Fault::KeepsSilent, "broken", "but no reply to it ever came."),
        (Fault::AnswersTwice, "suspect", ", and another one in step "),
        (Fault::AnswersEmpty, "suspect", " got an empty message in reply to it "),
    ] {
        let judged = judged(fault).await;
        // Somebody else may have sent the second one, or the empty one.
        assert_eq!(words(&judged[0], word), ["answered"], "{fault:?}");
        assert_eq!(words(&judged[1], "broken"), ["answered"], "{fault:?}");
        let because = because(&judged[0], "answered");
        assert!(because.contains(reason), "{because}");
    }
}
