//! The number of batches at one time (FACTS 12.22, 12.25).

use super::*;

fn filled(mapping: QueueMapping, count: u32) -> Deployment {
    let mut deployment = deployed(mapping.batch_size(1));
    for number in 0..count {
        deployment.send(at(0), &number.to_string());
    }
    deployment
}

/// Polls until there is no batch.
fn polled(deployment: &mut Deployment, now: Time) -> Vec<QueueBatch> {
    std::iter::from_fn(|| deployment.poll(now)).collect()
}

#[test]
fn five_batches_run_at_first_and_300_more_after_a_minute() {
    let mut deployment = filled(mapping(), 310);
    assert_eq!(polled(&mut deployment, at(0)).len(), 5);
    assert_eq!(deployment.next_due(at(0)), Some(Time::from_millis(200)), "one more every 200 ms");
    assert_eq!(polled(&mut deployment, Time::from_micros(199_999)).len(), 0);
    assert_eq!(polled(&mut deployment, Time::from_millis(200)).len(), 1);
    assert_eq!(polled(&mut deployment, at(1)).len(), 4);
    assert_eq!(polled(&mut deployment, at(60)).len(), 295);
}

#[test]
fn a_thousand_batches_run_at_most() {
    let mut deployment = filled(mapping(), 1_005);
    assert_eq!(polled(&mut deployment, at(0)).len(), 5);
    assert_eq!(polled(&mut deployment, at(3_600)).len(), 995);
    assert_eq!(deployment.next_due(at(3_600)), None, "a batch has to end first");
}

#[test]
fn the_concurrency_does_not_grow_before_the_first_message() {
    let mut deployment = deployed(mapping().batch_size(1));
    assert_eq!(deployment.poll(at(10)), None);
    for number in 0..6 {
        deployment.send(at(600), &number.to_string());
    }
    assert_eq!(polled(&mut deployment, at(600)).len(), 5);
}

/// FACTS 12.22: MaximumConcurrency stops receiving at the cap.
#[test]
fn the_maximum_concurrency_leaves_messages_in_the_queue() {
    let mut deployment = filled(mapping().concurrency_max(2), 5);
    let running = polled(&mut deployment, at(600));
    assert_eq!(running.len(), 2);
    assert_eq!(deployment.sqs.counts(at(600), "letters").visible, 3);
    assert_eq!(deployment.next_due(at(600)), None);
    deployment.settle(at(601), &running[0], "null");
    assert_eq!(deployment.next_due(at(601)), Some(at(0)));
    assert_eq!(polled(&mut deployment, at(601)).len(), 1);
}

#[test]
fn an_idle_mapping_goes_down_to_two_batches() {
    for (mapping, expected) in [(mapping(), 2), (mapping().concurrency_max(4), 4)] {
        let mut deployment = filled(mapping, 1);
        let batch = deployment.poll(at(0)).unwrap();
        deployment.settle(at(600), &batch, "null");
        for number in 0..6 {
            deployment.send(at(700), &number.to_string());
        }
        assert_eq!(polled(&mut deployment, at(700)).len(), expected);
    }
}

#[test]
fn a_mapping_with_running_batches_is_not_idle() {
    let mut deployment = filled(mapping(), 1);
    let running = polled(&mut deployment, at(0));
    assert_eq!(running.len(), 1);
    for number in 0..6 {
        deployment.send(at(0), &number.to_string());
    }
    assert_eq!(polled(&mut deployment, at(0)).len(), 4);
}

/// FACTS 12.25: the mapping reduces its concurrency, not when ReportBatchItemFailures is on.
#[test]
fn failures_reduce_the_concurrency() {
    for (mapping, expected) in [(mapping(), 1), (mapping().reporting_batch_item_failures(), 5)] {
        let mut deployment = filled(mapping, 20);
        let running = polled(&mut deployment, at(0));
        for batch in &running[..4] {
            deployment.end(at(0), batch, &QueueBatchOutcome::Failed);
        }
        deployment.settle(at(0), &running[4], "null");
        assert_eq!(polled(&mut deployment, at(0)).len(), expected);
    }
}

#[test]
fn a_divisor_of_one_does_not_reduce_the_concurrency() {
    let scaling = QueueScaling { failure_divisor: 1, ..QueueScaling::default() };
    let mut deployment = filled(QueueMapping { scaling, ..mapping() }, 20);
    for batch in polled(&mut deployment, at(0)) {
        deployment.end(at(0), &batch, &QueueBatchOutcome::Failed);
    }
    assert_eq!(polled(&mut deployment, at(0)).len(), 5);
}
