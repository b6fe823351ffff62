//! Delays and retention (FACTS 12.12).

use super::*;

#[test]
fn a_delayed_message_is_hidden_at_first() {
    let mut service = Service::new(vec![letters().delay(seconds(10))]);
    service.send(at(0), "by the queue");
    let body = json!({"QueueUrl": url(), "MessageBody": "by itself", "DelaySeconds": 3});
    let reply = service.ask(at(0), "SendMessage", body);
    assert_eq!(reply.changes(), [&MessageChange::Stored { index: 0, visible_at: at(3) }]);
    assert_eq!(service.counts(at(0)), [0, 0, 2]);
    assert_eq!(service.sqs.next_due(at(0), "letters"), Some(at(3)));
    assert_eq!(service.bodies(at(3)), ["by itself"]);
    assert_eq!(service.bodies(at(10)), ["by the queue"]);
}

#[test]
fn a_delay_has_at_most_900_seconds() {
    for (delay, status) in [(0, 200), (900, 200), (901, 400), (-1, 400)] {
        let body = json!({"QueueUrl": url(), "MessageBody": "hi", "DelaySeconds": delay});
        assert_eq!(service().ask(at(0), "SendMessage", body).status(), status, "{delay}");
    }
    let body = json!({"QueueUrl": url(), "MessageBody": "hi", "DelaySeconds": 901});
    let message = "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be \
                   >= 0 and <= 900.";
    assert_eq!(service().ask(at(0), "SendMessage", body).message(), message);
}

#[test]
fn a_fifo_queue_delays_all_messages_or_none() {
    let mut service =
        Service::new(vec![Queue::fifo("moves.fifo").delay(seconds(4)).deduplicating_by_content()]);
    let url = Queue::fifo("moves.fifo").url();
    let send = |delay| {
        let mut entry = json!({"QueueUrl": url, "MessageBody": "hi", "MessageGroupId": "g"});
        entry["DelaySeconds"] = json!(delay);
        entry
    };
    let reply = service.ask(at(0), "SendMessage", send(2));
    let message = "Value 2 for parameter DelaySeconds is invalid. Reason: The request include \
                   parameter that is not valid for this queue type.";
    assert_eq!((reply.status(), reply.message()), (400, message.to_owned()));
    let reply = service.ask(at(0), "SendMessage", send(0));
    assert_eq!(reply.changes(), [&MessageChange::Stored { index: 0, visible_at: at(4) }]);
    assert_eq!(service.sqs.next_due(at(0), "moves.fifo"), Some(at(4)));
}

#[test]
fn a_message_is_dropped_for_its_age() {
    let mut service = Service::new(vec![letters().retention(seconds(60))]);
    let id = service.send(at(1), "hi");
    assert_eq!(service.sqs.expires_at(), Some(at(61)));
    assert!(service.sqs.expire(Time::from_millis(60_999)).is_empty());
    let effects = service.sqs.expire(at(61));
    let expired =
        SqsEffect { queue: "letters".to_owned(), message: id, change: MessageChange::Expired };
    assert_eq!(effects, [expired]);
    assert_eq!(service.counts(at(61)), [0, 0, 0]);
}

#[test]
fn every_request_drops_the_messages_that_are_too_old() {
    let mut service = Service::new(vec![letters()]);
    service.send(at(0), "hi");
    let four_days = 4 * 24 * 60 * 60;
    assert_eq!(service.sqs.expires_at(), Some(at(four_days)), "the default");
    let reply = service.ask(at(four_days), "ReceiveMessage", json!({"QueueUrl": url()}));
    assert_eq!((reply.text(), reply.changes()), ("{}", vec![&MessageChange::Expired]));
}
