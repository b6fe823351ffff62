//! Mappings of FIFO queues (FACTS 12.28).

use super::*;

fn deployment(mapping: QueueMapping) -> Deployment {
    Deployment::new(Queue::fifo("moves.fifo").deduplicating_by_content(), mapping)
}

fn moves() -> QueueMapping {
    QueueMapping::new("moves.fifo", "move")
}

fn send(deployment: &mut Deployment, now: Time, group: &str, body: &str) {
    let body = json!({"MessageBody": body, "MessageGroupId": group});
    deployment.ask(now, "SendMessage", body);
}

#[test]
fn a_batch_may_mix_groups_in_order() {
    let mut deployment = deployment(moves());
    for (group, body) in [("a", "a1"), ("b", "b1"), ("a", "a2")] {
        send(&mut deployment, at(0), group, body);
    }
    assert_eq!(bodies(&deployment.poll(at(0)).unwrap()), ["a1", "a2", "b1"]);
}

#[test]
fn one_batch_of_a_group_runs_at_a_time() {
    let mut deployment = deployment(moves().batch_size(1));
    for (group, body) in [("a", "a1"), ("a", "a2"), ("b", "b1")] {
        send(&mut deployment, at(0), group, body);
    }
    let first = deployment.poll(at(0)).unwrap();
    assert_eq!(bodies(&first), ["a1"]);
    assert_eq!(bodies(&deployment.poll(at(0)).unwrap()), ["b1"]);
    assert_eq!((deployment.poll(at(0)), deployment.next_due(at(0))), (None, None));
    deployment.settle(at(2), &first, "null");
    assert_eq!(deployment.next_due(at(2)), Some(at(0)));
    assert_eq!(bodies(&deployment.poll(at(2)).unwrap()), ["a2"]);
}

/// The group is busy even after the visibility timeout, as long as its batch runs.
#[test]
fn a_group_waits_for_a_batch_that_outlives_its_visibility_timeout() {
    let mut deployment = deployment(moves());
    send(&mut deployment, at(0), "a", "a1");
    let batch = deployment.poll(at(0)).unwrap();
    assert_eq!((deployment.poll(at(31)), deployment.next_due(at(31))), (None, None));
    let settlement = deployment.settle(at(32), &batch, "null");
    assert_eq!(settled(&settlement).1.len(), 1, "the handle has expired");
    assert_eq!(bodies(&deployment.poll(at(32)).unwrap()), ["a1"]);
}

#[test]
fn after_an_error_a_group_is_retried_before_newer_messages() {
    let mut deployment = deployment(moves());
    send(&mut deployment, at(0), "a", "a1");
    let batch = deployment.poll(at(0)).unwrap();
    send(&mut deployment, at(1), "a", "a2");
    deployment.end(at(2), &batch, &QueueBatchOutcome::Failed);
    assert_eq!(deployment.next_due(at(2)), Some(at(30)));
    assert_eq!(deployment.poll(at(2)), None);
    assert_eq!(bodies(&deployment.poll(at(30)).unwrap()), ["a1", "a2"]);
}

/// FACTS 12.27: the group waits for the kept message; those behind it that were not reported are
/// gone.
#[test]
fn a_report_of_one_message_loses_the_order_of_its_group() {
    let mut deployment = deployment(moves().reporting_batch_item_failures());
    for body in ["1", "2", "3"] {
        send(&mut deployment, at(0), "a", body);
    }
    let batch = deployment.poll(at(0)).unwrap();
    let report = json!({"batchItemFailures": [{"itemIdentifier": batch.messages[1]}]});
    deployment.settle(at(1), &batch, &report.to_string());
    send(&mut deployment, at(2), "a", "4");
    assert_eq!(deployment.poll(at(29)), None);
    assert_eq!(bodies(&deployment.poll(at(30)).unwrap()), ["2", "4"]);
}

#[test]
fn the_maximum_concurrency_limits_a_fifo_queue() {
    let mut deployment = deployment(moves().batch_size(1).concurrency_max(2));
    for group in ["a", "b", "c"] {
        send(&mut deployment, at(0), group, group);
    }
    let first = deployment.poll(at(0)).unwrap();
    assert!(deployment.poll(at(0)).is_some());
    assert_eq!((deployment.poll(at(0)), deployment.next_due(at(0))), (None, None));
    deployment.settle(at(1), &first, "null");
    assert_eq!(bodies(&deployment.poll(at(1)).unwrap()), ["c"]);
}
