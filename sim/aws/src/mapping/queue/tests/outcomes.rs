//! The outcomes of batches (FACTS 12.20, 12.25, 12.26).

use super::*;

#[test]
fn a_success_deletes_the_batch() {
    let mut deployment = deployed(mapping());
    let ids = [deployment.send(at(0), "1"), deployment.send(at(0), "2")];
    let batch = deployment.poll(at(0)).unwrap();
    assert_eq!(deployment.pollers.running(&batch.id), Some(&batch));
    let settlement = deployment.settle(at(2), &batch, "null");
    assert_eq!(settled(&settlement), (&ids[..], &[][..]));
    let BatchSettlement::Settled { effects, .. } = settlement else { panic!("it is over") };
    assert!(matches!(effects[1].change, MessageChange::Deleted { index: 1, .. }));
    assert_eq!(deployment.next_due(at(2)), None);
    assert_eq!(deployment.pollers.running(&batch.id), None);
}

#[test]
fn only_the_first_outcome_of_a_batch_counts() {
    let mut deployment = deployed(mapping());
    deployment.send(at(0), "1");
    let batch = deployment.poll(at(0)).unwrap();
    deployment.settle(at(1), &batch, "null");
    let outcome = QueueBatchOutcome::Failed;
    let again = deployment.pollers.settle(at(2), &mut deployment.sqs, &batch.id, &outcome, false);
    assert_eq!(again, None);
}

/// FACTS 12.27: without the flag the answer is ignored.
#[test]
fn an_answer_means_nothing_without_the_flag() {
    let mut deployment = deployed(mapping());
    let id = deployment.send(at(0), "1");
    let batch = deployment.poll(at(0)).unwrap();
    let report = json!({"batchItemFailures": [{"itemIdentifier": id}]}).to_string();
    let settlement = deployment.settle(at(1), &batch, &report);
    assert_eq!(settled(&settlement), (&[id][..], &[][..]));
}

/// FACTS 12.25: nothing is deleted and nothing is reset.
#[test]
fn after_a_failure_all_messages_return_when_their_visibility_timeout_ends() {
    let mut deployment = deployed(mapping());
    let ids = [deployment.send(at(0), "1"), deployment.send(at(0), "2")];
    let batch = deployment.poll(at(0)).unwrap();
    let settlement = deployment.end(at(2), &batch, &QueueBatchOutcome::Failed);
    assert_eq!(settled(&settlement), (&[][..], &ids[..]));
    assert_eq!(deployment.poll(at(29)), None);
    assert_eq!(deployment.next_due(at(29)), Some(at(30)));
    assert_eq!(bodies(&deployment.poll(at(30)).unwrap()), ["1", "2"]);
}

/// FACTS 12.20: a failed delete makes a duplicate.
#[test]
fn a_delete_that_fails_makes_duplicates() {
    let mut deployment = deployed(mapping());
    let id = deployment.send(at(0), "1");
    let batch = deployment.poll(at(0)).unwrap();
    let outcome = QueueBatchOutcome::Returned("null".to_owned());
    let settlement =
        deployment.pollers.settle(at(1), &mut deployment.sqs, &batch.id, &outcome, true).unwrap();
    assert_eq!(settled(&settlement), (&[][..], &[id][..]));
    assert_eq!(bodies(&deployment.poll(at(30)).unwrap()), ["1"]);
}

#[test]
fn a_message_that_came_again_outlives_the_delete_of_its_first_batch() {
    let mut deployment = deployed(mapping());
    let id = deployment.send(at(0), "1");
    let first = deployment.poll(at(0)).unwrap();
    deployment.sqs.redeliver(at(1), "letters", &id).unwrap();
    let second = deployment.poll(at(1)).unwrap();
    assert_eq!(first.messages, second.messages);
    let settlement = deployment.settle(at(2), &first, "null");
    assert_eq!(settled(&settlement), (&[][..], &[id.clone()][..]));
    let settlement = deployment.settle(at(2), &second, "null");
    assert_eq!(settled(&settlement), (&[id][..], &[][..]));
}

/// FACTS 12.26: retried until the visibility timeout passes, then dropped.
#[test]
fn a_throttled_batch_is_tried_again_until_its_messages_are_visible() {
    let mut deployment = deployed(mapping());
    let id = deployment.send(at(0), "1");
    let batch = deployment.poll(at(0)).unwrap();
    let throttled = QueueBatchOutcome::Throttled;
    for second in 0..29 {
        let settlement = deployment.end(at(second), &batch, &throttled);
        assert_eq!(settlement, BatchSettlement::Retries { at: at(second + 1) });
        assert_eq!(deployment.pollers.running(&batch.id), Some(&batch));
    }
    let settlement = deployment.end(at(29), &batch, &throttled);
    assert_eq!(settlement, BatchSettlement::Dropped { kept: vec![id] });
    assert_eq!(deployment.pollers.running(&batch.id), None);
    let again = deployment.poll(at(30)).unwrap();
    assert!(again.event.contains(r#""ApproximateReceiveCount":"2""#), "the receive counts");
}

/// FACTS 12.26: a throttled function fills the dead-letter queue without a run of the handler.
#[test]
fn throttling_alone_fills_the_dead_letter_queue() {
    let queue = Queue::new("letters").dead_letters_after("dead", 2);
    let pollers = QueuePollers::new(mapping(), &queue, seconds(3)).unwrap();
    let sqs = Sqs::new(vec![queue, Queue::new("dead")]).unwrap();
    let mut deployment = Deployment { sqs, pollers, hidden: BTreeSet::new(), keys: 0 };
    deployment.send(at(0), "1");
    for receive in 0..2 {
        let batch = deployment.poll(at(30 * receive)).unwrap();
        let last = at(30 * receive + 29);
        let settlement = deployment.end(last, &batch, &QueueBatchOutcome::Throttled);
        assert!(matches!(settlement, BatchSettlement::Dropped { .. }));
    }
    assert_eq!(deployment.poll(at(60)), None);
    assert_eq!(deployment.sqs.counts(at(60), "dead").visible, 1);
}

#[test]
fn a_throttled_batch_can_succeed_later() {
    let mut deployment = deployed(mapping());
    let id = deployment.send(at(0), "1");
    let batch = deployment.poll(at(0)).unwrap();
    deployment.end(at(1), &batch, &QueueBatchOutcome::Throttled);
    let settlement = deployment.settle(at(2), &batch, "null");
    assert_eq!(settled(&settlement), (&[id][..], &[][..]));
}
