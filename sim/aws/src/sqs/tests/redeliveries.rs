//! Messages that come more than once (FACTS 12.7, 12.8).

use super::*;

/// FACTS 12.8: a send that a client repeats makes another message.
#[test]
fn a_send_that_is_repeated_makes_a_second_message() {
    let mut service = service();
    let (first, second) = (service.send(at(0), "hi"), service.send(at(1), "hi"));
    assert_ne!(first, second);
    assert_eq!(service.bodies(at(1)), ["hi", "hi"]);
}

/// FACTS 12.7: at least once.
#[test]
fn a_message_in_flight_can_be_delivered_again() {
    let mut service = service();
    let id = service.send(at(0), "hi");
    assert_eq!(service.sqs.redeliver(at(0), "letters", &id), None, "it is not in flight");
    let (_, first) = service.receive(at(0)).pop().unwrap();
    assert_eq!(service.sqs.in_flight(at(1), "letters"), std::slice::from_ref(&id));
    let effect = service.sqs.redeliver(at(1), "letters", &id).unwrap();
    assert_eq!((&effect.message, effect.change), (&id, MessageChange::Redelivered));
    assert_eq!(service.sqs.visible(at(1), "letters"), [id]);
    let (_, second) = service.receive(at(1)).pop().unwrap();
    assert_eq!(service.delete(at(2), &first).effects, [], "it is not the newest handle");
    assert_eq!(service.delete(at(2), &second).effects.len(), 1);
}

/// FACTS 12.7: a copy can come back even after a delete that succeeded.
#[test]
fn a_deleted_message_can_come_back() {
    let mut service = service();
    let id = service.send(at(0), "hi");
    let (_, handle) = service.receive(at(0)).pop().unwrap();
    let mut reply = service.delete(at(1), &handle);
    let Some(MessageChange::Deleted { copy, .. }) = reply.effects.pop().map(|each| each.change)
    else {
        panic!("expected a delete");
    };
    let restored = service.sqs.restore(at(2), &copy).unwrap();
    assert_eq!((&restored.message, restored.change), (&id, MessageChange::Restored));
    assert_eq!(service.sqs.restore(at(2), &copy), None, "it is there already");
    let body = json!({"QueueUrl": url(), "AttributeNames": ["ApproximateReceiveCount"]});
    let reply = service.ask(at(2), "ReceiveMessage", body);
    let attributes = &reply.json()["Messages"][0]["Attributes"];
    assert_eq!(*attributes, json!({"ApproximateReceiveCount": "2"}));
    let mut late = Service::new(vec![letters()]);
    assert_eq!(late.sqs.restore(at(4 * 24 * 60 * 60), &copy), None, "it is too old");
}

#[test]
fn a_fifo_queue_delivers_no_copies() {
    let mut service = Service::new(vec![Queue::fifo("moves.fifo").deduplicating_by_content()]);
    let url = Queue::fifo("moves.fifo").url();
    let send = json!({"QueueUrl": url, "MessageBody": "hi", "MessageGroupId": "g"});
    let id = service.ask(at(0), "SendMessage", send).json()["MessageId"].clone();
    let reply = service.ask(at(0), "ReceiveMessage", json!({"QueueUrl": url}));
    assert_eq!(service.sqs.redeliver(at(1), "moves.fifo", id.as_str().unwrap()), None);
    let (_, handle) = reply.received().pop().unwrap();
    let body = json!({"QueueUrl": url, "ReceiptHandle": handle});
    let effect = service.ask(at(1), "DeleteMessage", body).effects.pop().unwrap();
    let MessageChange::Deleted { copy, .. } = effect.change else { panic!("expected a delete") };
    assert_eq!(service.sqs.restore(at(2), &copy), None);
}
