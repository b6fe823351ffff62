//! The entries of batches (FACTS 12.1, 12.3, 12.4).

use std::collections::BTreeSet;

use super::*;

fn batch(operation: &str, ids: &[&str]) -> Reply {
    let entries = ids.iter().map(|id| json!({"Id": id, "MessageBody": "hi"}));
    let body = json!({"QueueUrl": url(), "Entries": entries.collect::<Vec<_>>()});
    service().ask(at(1), operation, body)
}

#[test]
fn a_batch_has_one_to_ten_entries_with_ids_of_their_own() {
    let eleven = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
    let long = "x".repeat(81);
    let id_text = "A batch entry id can only contain alphanumeric characters, hyphens and \
                   underscores. It can be at most 80 letters long.";
    for (ids, code, message) in [
        (
            &[][..],
            "EmptyBatchRequest",
            "There should be at least one SendMessageBatchRequestEntry in the request.",
        ),
        (
            &eleven,
            "TooManyEntriesInBatchRequest",
            "Maximum number of entries per request are 10. You have sent 11.",
        ),
        (&["a", "a"], "BatchEntryIdsNotDistinct", "Id a repeated."),
        (&["a.b"], "InvalidBatchEntryId", id_text),
        (&[""], "InvalidBatchEntryId", id_text),
        (&[&long], "InvalidBatchEntryId", id_text),
    ] {
        let reply = batch("SendMessageBatch", ids);
        let header = format!("AWS.SimpleQueueService.{code};Sender");
        assert_eq!(reply.error(), (400, header.as_str()));
        assert_eq!(reply.message(), message);
        assert_eq!(reply.json()["__type"], format!("com.amazonaws.sqs#{code}"));
        assert!(reply.effects.is_empty());
    }
    assert_eq!(batch("SendMessageBatch", &eleven[..10]).status(), 200);
    for operation in ["DeleteMessageBatch", "ChangeMessageVisibilityBatch"] {
        let empty = format!("There should be at least one {operation}RequestEntry in the request.");
        assert_eq!(batch(operation, &[]).message(), empty);
    }
}

/// FACTS 12.4: an entry that the service failed on has SenderFault=false, and the others succeed.
#[test]
fn some_entries_of_a_batch_can_fail_by_a_fault_of_the_service() {
    let mut service = service();
    let entries = json!([{"Id": "a", "MessageBody": "1"}, {"Id": "b", "MessageBody": "2"}]);
    let faults = SqsFaults { failing: BTreeSet::from([0]), ..SqsFaults::default() };
    let body = json!({"QueueUrl": url(), "Entries": entries});
    let reply = service.ask_with(at(1), "SendMessageBatch", body, &faults);
    let failed = &reply.json()["Failed"];
    assert_eq!((&failed[0]["Id"], &failed[0]["SenderFault"]), (&json!("a"), &json!(false)));
    assert_eq!((reply.status(), &failed[0]["Code"]), (200, &json!("InternalError")));
    let stored = MessageChange::Stored { index: 1, visible_at: at(1) };
    assert_eq!(reply.changes(), [&stored]);
    assert_eq!(service.bodies(at(1)), ["2"]);
}

#[test]
fn the_entries_of_a_batch_get_different_messages() {
    let reply = batch("SendMessageBatch", &["a", "b"]);
    let messages: BTreeSet<_> = reply.effects.iter().map(|effect| &effect.message).collect();
    assert_eq!(messages.len(), 2);
}
