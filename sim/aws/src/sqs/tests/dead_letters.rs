//! Dead-letter queues (FACTS 12.18).

use super::*;

fn with_dead_letters() -> Service {
    let queue = letters().visibility_timeout(seconds(1)).dead_letters_after("dead", 2);
    Service::new(vec![queue.retention(seconds(100)), Queue::new("dead").retention(seconds(100))])
}

fn dead(service: &mut Service, now: Time) -> Value {
    let body = json!({"QueueUrl": Queue::new("dead").url(), "AttributeNames": ["All"]});
    service.ask(now, "ReceiveMessage", body).json()["Messages"][0].clone()
}

#[test]
fn a_message_moves_in_place_of_the_receive_that_is_one_too_many() {
    let mut service = with_dead_letters();
    let id = service.send(at(0), "hi");
    assert_eq!(service.bodies(at(1)), ["hi"]);
    assert_eq!(service.bodies(at(2)), ["hi"]);
    assert_eq!(service.sqs.counts(at(3), "dead").visible, 0, "nobody received it again");
    let reply = service.ask(at(3), "ReceiveMessage", json!({"QueueUrl": url()}));
    let change =
        MessageChange::MovedToDeadLetters { dead_letter_queue: "dead".to_owned(), receives: 2 };
    assert_eq!((reply.text(), reply.changes()), ("{}", vec![&change]));
    assert_eq!((reply.effects[0].queue.as_str(), &reply.effects[0].message), ("letters", &id));
    let message = dead(&mut service, at(3));
    assert_eq!((&message["MessageId"], &message["Body"]), (&json!(id), &json!("hi")));
    let source = &message["Attributes"]["DeadLetterQueueSourceArn"];
    assert_eq!(*source, "arn:aws:sqs:eu-central-1:123456789012:letters");
    assert_eq!(message["Attributes"]["SentTimestamp"], "1767225600000");
    assert_eq!(message["Attributes"]["ApproximateReceiveCount"], "3");
}

#[test]
fn a_receive_goes_on_behind_a_message_that_moves() {
    let mut service = with_dead_letters();
    service.send(at(0), "old");
    service.receive(at(1));
    service.receive(at(2));
    service.send(at(3), "new");
    assert_eq!(service.bodies(at(3)), ["new"]);
    assert_eq!(service.sqs.counts(at(3), "dead").visible, 1);
}

/// FACTS 12.18: the time of the first send is kept, so retention runs from it.
#[test]
fn a_dead_letter_is_as_old_as_its_message() {
    let mut service = with_dead_letters();
    service.send(at(0), "hi");
    for second in [1, 2, 90] {
        service.receive(at(second));
    }
    assert_eq!(service.sqs.counts(at(90), "dead").visible, 1);
    assert_eq!(service.sqs.expires_at(), Some(at(100)));
    assert_eq!(service.sqs.expire(at(100))[0].queue, "dead");
}

#[test]
fn ten_receives_are_the_default() {
    let queue = letters().dead_letters("dead");
    assert_eq!(queue.redrive.unwrap().receives_max, 10);
}

#[test]
fn the_receives_of_a_dead_letter_count_anew_for_its_own_dead_letter_queue() {
    let queue = letters().visibility_timeout(seconds(1)).dead_letters_after("dead", 1);
    let dead_queue = Queue::new("dead").visibility_timeout(seconds(1));
    let dead_queue = dead_queue.dead_letters_after("last", 1);
    let mut service = Service::new(vec![queue, dead_queue, Queue::new("last")]);
    service.send(at(0), "hi");
    service.receive(at(1));
    service.receive(at(2));
    assert_eq!(dead(&mut service, at(3))["Body"], "hi");
    assert_eq!(dead(&mut service, at(4)), Value::Null);
    assert_eq!(service.sqs.counts(at(4), "last").visible, 1);
}

/// FACTS 12.18: for a FIFO queue the deduplication id becomes the message id.
#[test]
fn a_dead_letter_of_a_fifo_queue_has_its_id_for_deduplication() {
    let queue = Queue::fifo("moves.fifo").visibility_timeout(seconds(1));
    let queue = queue.dead_letters_after("dead.fifo", 1);
    let mut service = Service::new(vec![queue.clone(), Queue::fifo("dead.fifo")]);
    for (body, group) in [("a1", "a"), ("a2", "a"), ("b1", "b")] {
        let send = json!({"QueueUrl": queue.url(), "MessageBody": body, "MessageGroupId": group,
            "MessageDeduplicationId": body});
        service.ask(at(0), "SendMessage", send);
    }
    let receive =
        |url: String| json!({"QueueUrl": url, "MaxNumberOfMessages": 1, "AttributeNames": ["All"]});
    let first = service.ask(at(0), "ReceiveMessage", receive(queue.url()));
    assert_eq!(first.received()[0].0, "a1");
    // The next message of the group takes the place of the one that moved.
    let second = service.ask(at(1), "ReceiveMessage", receive(queue.url()));
    assert_eq!(second.received()[0].0, "a2");
    let reply = service.ask(at(1), "ReceiveMessage", receive(Queue::fifo("dead.fifo").url()));
    let message = &reply.json()["Messages"][0];
    assert_eq!(message["Attributes"]["MessageDeduplicationId"], message["MessageId"]);
    assert_eq!(message["Attributes"]["MessageGroupId"], "a");
}
