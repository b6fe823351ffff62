//! Reports of a function about single messages (FACTS 12.27).

use super::*;

/// Settles a batch of three messages with a report about them, and returns the bodies of those that
/// were kept.
fn kept(report: impl Fn(&[MessageId]) -> String) -> Vec<String> {
    let mut deployment = deployed(mapping().reporting_batch_item_failures());
    let texts = ["1", "2", "3"];
    let ids = texts.map(|text| deployment.send(at(0), text));
    let batch = deployment.poll(at(0)).unwrap();
    let settlement = deployment.settle(at(1), &batch, &report(&ids));
    let (deleted, kept) = settled(&settlement);
    assert_eq!(deleted.len() + kept.len(), 3);
    assert_eq!(deployment.poll(at(29)), None, "kept messages wait for their timeout");
    let again = deployment.poll(at(30)).map(|batch| bodies(&batch)).unwrap_or_default();
    let text = |id| texts[ids.iter().position(|other| other == id).unwrap()].to_owned();
    assert_eq!(again, kept.iter().map(text).collect::<Vec<_>>());
    again
}

fn failures(ids: &[&str]) -> String {
    let items = ids.iter().map(|id| json!({"itemIdentifier": id}));
    json!({"batchItemFailures": items.collect::<Vec<_>>()}).to_string()
}

#[test]
fn the_messages_of_a_report_are_kept_and_all_others_deleted() {
    assert_eq!(kept(|ids| failures(&[&ids[1]])), ["2"]);
    assert_eq!(kept(|ids| failures(&[&ids[2], &ids[0], &ids[2]])), ["1", "3"]);
}

#[test]
fn a_report_of_nothing_is_a_success() {
    for report in [
        r#"{"batchItemFailures":[]}"#,
        r#"{"batchItemFailures":null}"#,
        "{}",
        "null",
        r#"{"batchItemFailure":["misspelt"]}"#,
    ] {
        assert_eq!(kept(|_| report.to_owned()), [""; 0], "{report}");
    }
}

#[test]
fn a_malformed_report_fails_the_whole_batch() {
    let all = ["1", "2", "3"];
    for report in [
        "",
        "{",
        r#""ok""#,
        "[]",
        r#"{"batchItemFailures":{}}"#,
        r#"{"batchItemFailures":["id"]}"#,
        r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#,
        r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
        r#"{"batchItemFailures":[{"itemIdentifier":"unknown"}]}"#,
    ] {
        assert_eq!(kept(|_| report.to_owned()), all, "{report}");
    }
    let misspelt = |ids: &[MessageId]| failures(&[&ids[0]]).replace("Identifier", "Id");
    assert_eq!(kept(misspelt), all);
    assert_eq!(kept(|ids| failures(&[&ids[0], "unknown"])), all, "one of them is unknown");
}
