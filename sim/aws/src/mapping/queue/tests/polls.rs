//! Polls: batches close by size, by time, or because the event is full (FACTS 12.21).

use super::*;

#[test]
fn a_poll_takes_up_to_ten_messages() {
    let mut deployment = deployed(mapping());
    assert_eq!((deployment.next_due(at(0)), deployment.poll(at(0))), (None, None));
    for number in 0..12 {
        deployment.send(at(1), &number.to_string());
    }
    assert_eq!(deployment.next_due(at(1)), Some(at(1)));
    assert_eq!(deployment.poll(at(1)).unwrap().messages.len(), 10);
    assert_eq!(bodies(&deployment.poll(at(1)).unwrap()), ["10", "11"]);
    assert_eq!(deployment.poll(at(1)), None);
    assert_eq!(deployment.next_due(at(1)), Some(at(31)), "the visibility timeout");
}

#[test]
fn a_poll_tells_the_receives() {
    let mut deployment = deployed(mapping().batch_size(1));
    let id = deployment.send(at(0), "hi");
    let (_, effects) = deployment.poll_with_effects(at(1));
    let change = MessageChange::Received { index: 0, receives: 1, visible_at: at(31) };
    assert_eq!(effects, [SqsEffect { queue: "letters".to_owned(), message: id, change }]);
}

#[test]
fn a_delayed_message_is_polled_when_it_is_visible() {
    let mut deployment = deployed(mapping());
    deployment.ask(at(0), "SendMessage", json!({"MessageBody": "hi", "DelaySeconds": 9}));
    assert_eq!(deployment.poll(at(0)), None);
    assert_eq!(deployment.next_due(at(0)), Some(at(9)));
    assert_eq!(bodies(&deployment.poll(at(9)).unwrap()), ["hi"]);
}

#[test]
fn a_batch_with_a_window_gathers_until_the_window_is_over() {
    let mut deployment = deployed(mapping().window(seconds(5)));
    deployment.send(at(1), "1");
    assert_eq!(deployment.poll(at(1)), None);
    assert_eq!(deployment.next_due(at(1)), Some(at(6)));
    deployment.send(at(3), "2");
    assert_eq!(deployment.next_due(at(3)), Some(at(3)));
    assert_eq!(deployment.poll(at(3)), None);
    assert_eq!(deployment.poll(Time::from_millis(5_999)), None);
    assert_eq!(bodies(&deployment.poll(at(6)).unwrap()), ["1", "2"]);
}

#[test]
fn a_full_batch_does_not_wait_for_its_window() {
    let mut deployment = deployed(mapping().window(seconds(5)).batch_size(12));
    for number in 0..13 {
        deployment.send(at(1), &number.to_string());
    }
    assert_eq!(deployment.poll(at(1)).unwrap().messages.len(), 12);
    assert_eq!(deployment.poll(at(1)), None);
    assert_eq!(deployment.next_due(at(1)), Some(at(6)), "the thirteenth waits for its window");
}

/// FACTS 12.21: 6 MB with metadata.
#[test]
fn a_batch_closes_when_its_event_is_full() {
    let mut deployment = deployed(mapping().window(seconds(5)));
    let body = "x".repeat(1024 * 1024);
    for _ in 0..7 {
        deployment.send(at(0), &body);
    }
    let batch = deployment.poll(at(0)).unwrap();
    assert_eq!(batch.messages.len(), 5, "six messages and their metadata are above 6 MB");
    assert!(batch.event.len() <= 6 * 1024 * 1024);
    assert_eq!(deployment.poll(at(0)), None, "two more gather");
    assert_eq!(deployment.poll(at(5)).unwrap().messages.len(), 2);
}

/// The size in the event counts: a quotation mark has two bytes there.
#[test]
fn a_batch_counts_escaped_characters() {
    let mut deployment = deployed(mapping());
    let body = "\"".repeat(1024 * 1024);
    for _ in 0..4 {
        deployment.send(at(0), &body);
    }
    let batch = deployment.poll(at(0)).unwrap();
    assert_eq!(batch.messages.len(), 2);
    assert!(batch.event.len() <= 6 * 1024 * 1024);
}

#[test]
fn a_disabled_mapping_does_not_poll() {
    let mut deployment = deployed(mapping().disabled());
    deployment.send(at(0), "hi");
    assert_eq!((deployment.poll(at(0)), deployment.next_due(at(0))), (None, None));
}

/// FACTS 12.24: the effective visibility.
#[test]
fn a_window_makes_a_short_visibility_longer() {
    let queue = Queue::new("letters").visibility_timeout(seconds(10));
    let mut deployment = Deployment::new(queue, mapping().window(seconds(8)));
    deployment.send(at(0), "hi");
    assert_eq!(deployment.poll(at(0)), None);
    let batch = deployment.poll(at(8)).unwrap();
    assert_eq!(deployment.next_due(at(8)), Some(at(41)), "8 s, 3 s of the function and 30 s");
    assert_eq!(deployment.poll(at(40)), None);
    deployment.end(at(40), &batch, &QueueBatchOutcome::Failed);
    assert_eq!(deployment.poll(at(41)), None, "the next batch gathers");
    assert_eq!(bodies(&deployment.poll(at(49)).unwrap()), ["hi"]);
}

/// FACTS 12.18: the mapping's receives count.
#[test]
fn a_message_that_was_received_too_often_moves_away() {
    let queue = Queue::new("letters").dead_letters_after("dead", 1);
    let pollers = QueuePollers::new(mapping(), &queue, seconds(3)).unwrap();
    let sqs = Sqs::new(vec![queue, Queue::new("dead")]).unwrap();
    let mut deployment = Deployment { sqs, pollers, hidden: BTreeSet::new(), keys: 0 };
    deployment.send(at(0), "hi");
    let batch = deployment.poll(at(0)).unwrap();
    deployment.end(at(1), &batch, &QueueBatchOutcome::Failed);
    let (batch, effects) = deployment.poll_with_effects(at(30));
    assert_eq!(batch, None);
    assert!(matches!(effects[0].change, MessageChange::MovedToDeadLetters { .. }));
    assert_eq!(deployment.next_due(at(30)), None);
}

#[test]
fn a_poll_drops_messages_that_are_too_old() {
    let queue = Queue::new("letters").retention(seconds(60));
    let mut deployment = Deployment::new(queue, mapping());
    deployment.send(at(0), "hi");
    let (batch, effects) = deployment.poll_with_effects(at(60));
    assert_eq!((batch, &effects[0].change), (None, &MessageChange::Expired));
}

/// FACTS 12.11.
#[test]
fn a_poll_does_not_see_a_message_that_is_hidden_from_it() {
    let mapping = QueueMapping::new("q", "f").window(seconds(5));
    let mut deployment = Deployment::new(Queue::new("q"), mapping);
    let first = deployment.send(at(0), "1");
    deployment.send(at(0), "2");
    deployment.hidden.insert(first);
    // The batch waits for its window, although the hidden message is in the queue.
    assert_eq!(deployment.poll(at(0)), None);
    assert_eq!(deployment.pollers.closes_at(), Some(at(5)));
    assert_eq!(bodies(&deployment.poll(at(5)).unwrap()), ["2"]);
    assert_eq!(deployment.pollers.closes_at(), None);
    deployment.hidden.clear();
    deployment.poll(at(6));
    assert_eq!(bodies(&deployment.poll(at(11)).unwrap()), ["1"]);
}
