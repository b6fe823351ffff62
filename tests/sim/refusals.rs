//! Requests that no row explains, and those that services refuse: their names and words.

use stormglass_sim::Run;
use stormglass_sim::report::picture::Picture;
use stormglass_sim::report::story;
use stormglass_spec::history::{Effect, EventKind, Request};
use stormglass_tests::errands::{Errands, errand};
use stormglass_tests::{pick, play_to_the_end};

/// Runs errands one after the other, each by its name and its number.
fn run(errands: &[(&str, usize)]) -> Run {
    let messages: String =
        errands.iter().map(|(name, number)| format!(",m{}", errand(name, *number))).collect();
    play_to_the_end(&Errands, &format!("v1 ana:c{messages}"))
}

/// Lists the calls of a run, without their invocations, and their requests.
fn calls(run: &Run) -> Vec<(&str, &Request)> {
    pick(run, |what| match what {
        EventKind::CallSent { call, request, .. } => Some((call.operation(), request)),
        _ => None,
    })
}

#[test]
fn a_request_about_no_row_is_named_by_its_operation_and_its_table() {
    for (name, call, words) in [
        ("describe", "describe-table-games-1", "DescribeTable games"),
        ("put-missing", "put-item-old-games-1", "PutItem Old.Games"),
        ("put-invalid", "put-item-games-1", "PutItem games"),
        ("batch-get", "batch-get-1", "BatchGetItem games/g1"),
        ("post-nowhere", "post-to-connection-1", "POST "),
        ("post-astray", "post-to-connection-1", "POST "),
    ] {
        let run = run(&[(name, 1)]);
        assert_eq!(calls(&run)[0].0, call);
        assert!(story(&run).contains(words), "{words} in\n{}", story(&run));
    }
}

/// A key of a deviation holds the name of its call, so a case with it is read as it was written.
#[test]
fn a_request_about_no_row_can_deviate() {
    let case = format!(
        "v1 ana:c,m{},m{} | ana.t1.put-item-old-games-1.send=late1s \
         ana.t2.describe-table-games-1.reply=after1",
        errand("put-missing", 1),
        errand("describe", 1),
    );
    let run = play_to_the_end(&Errands, &case);
    assert_eq!(run.case.to_string(), case);
}

#[test]
fn a_refusal_has_the_name_of_its_error_and_the_words_of_the_service() {
    for (errands, words) in [
        (
            &[("put-once", 1), ("put-once", 1)][..],
            "ConditionalCheckFailedException: The conditional request failed",
        ),
        (&[("put-invalid", 1)], "ValidationException: Invalid ConditionExpression: Syntax error"),
        (
            &[("put-missing", 1)],
            "ResourceNotFoundException: Requested resource not found: table Old.Games",
        ),
        (
            &[("scan-missing", 1)],
            "ResourceNotFoundException: Requested resource not found: table Old.Games",
        ),
        (
            &[("book", 1), ("book", 1)],
            "TransactionCanceledException: action 1 (seats/one): None; action 2 (games/g1): \
             ConditionalCheckFailed, The conditional request failed",
        ),
        (&[("post-nowhere", 1)], "BadRequestException: Invalid connectionId"),
        (&[("post-astray", 1)], "ForbiddenException: Forbidden"),
    ] {
        assert_explained(&run(errands), words);
    }
}

/// Asserts that the last refusal of a run, and the answer to it, have these words in the history,
/// in the report and in every picture.
fn assert_explained(run: &Run, words: &str) {
    let refusals = pick(run, |what| match what {
        EventKind::CallApplied { effect: Effect::Refused { error, explanation }, .. } => {
            Some(format!("{error}: {explanation}"))
        }
        _ => None,
    });
    let refusal = refusals.last().expect("a refusal");
    assert!(refusal.starts_with(words), "{refusal}");
    let answers = pick(run, |what| match what {
        EventKind::CallAnswered { answer, .. } => {
            Some(format!("{}: {}", answer.error.as_deref()?, answer.explanation))
        }
        _ => None,
    });
    assert_eq!(answers.last(), Some(refusal));
    let picture = Picture::of(run, "errands");
    let said = [
        ("the report", story(run)),
        ("the drawing", picture.svg()),
        ("the text", picture.text()),
        ("Mermaid", picture.mermaid()),
    ];
    for (place, text) in said {
        let found = letters(&text.replace("<br/>", "").replace("#59;", ""));
        assert!(found.contains(&letters(words)), "{place}: {words}\n{text}");
    }
    assert!(picture.html().contains(words), "the page: {words}");
}

/// The letters of a text, without all that its layout puts between them.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// DynamoDB would repeat the whole request.
#[test]
fn a_batch_with_too_many_items_is_told_by_their_number() {
    for (errand, items_max, operation) in [
        ("batch-write", 25, "BatchWriteItem"),
        ("batch-get", 100, "BatchGetItem"),
        ("transact-write", 100, "TransactWriteItems"),
        ("transact-get", 100, "TransactGetItems"),
    ] {
        let excess = format!("{} items; DynamoDB takes at most {items_max}", items_max + 1);
        let over = run(&[(errand, items_max + 1)]);
        let request = format!("{operation} games: {excess}");
        let requests: Vec<String> = over
            .history
            .events
            .iter()
            .filter(|event| matches!(event.kind, EventKind::CallSent { .. }))
            .map(|event| event.line().what)
            .collect();
        assert_eq!(requests, [request]);
        assert_explained(&over, &format!("ValidationException: {excess}"));
        let full = run(&[(errand, items_max)]);
        let is_done = |effect: &Effect| !matches!(effect, Effect::Refused { .. });
        assert!(
            pick(&full, |what| match what {
                EventKind::CallApplied { effect, .. } => Some(is_done(effect)),
                _ => None,
            })[0]
        );
    }
}
