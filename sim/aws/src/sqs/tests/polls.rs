//! Short and long polls, and the most messages in flight (FACTS 12.11, 12.13).

use std::collections::BTreeSet;

use super::*;

fn read(body: Value) -> SqsRequest {
    SqsRequest::parse(&post("ReceiveMessage", &body)).unwrap()
}

#[test]
fn a_long_poll_that_finds_nothing_waits_for_its_time() {
    let mut service = service();
    let request = read(json!({"QueueUrl": url(), "WaitTimeSeconds": 20}));
    let (answer, _) = service.sqs.apply(at(1), &request, "poll-1");
    assert_eq!(service.sqs.waits_until(at(1), &request, &answer), Some(at(21)));
    service.send(at(5), "hi");
    let (answer, _) = service.sqs.apply(at(5), &request, "poll-2");
    assert_eq!(service.sqs.waits_until(at(1), &request, &answer), None);
}

#[test]
fn a_short_poll_never_waits() {
    let mut service = service();
    let request = read(json!({"QueueUrl": url()}));
    let (answer, _) = service.sqs.apply(at(1), &request, "poll-1");
    assert_eq!(service.sqs.waits_until(at(1), &request, &answer), None);
}

#[test]
fn a_queue_sets_the_wait_of_a_receive_that_names_none() {
    let mut service = Service::new(vec![letters().receive_wait(seconds(3))]);
    for (body, waits_until) in [
        (json!({"QueueUrl": url()}), Some(at(4))),
        (json!({"QueueUrl": url(), "WaitTimeSeconds": 0}), None),
    ] {
        let request = read(body);
        let (answer, _) = service.sqs.apply(at(1), &request, "poll");
        assert_eq!(service.sqs.waits_until(at(1), &request, &answer), waits_until);
    }
}

#[test]
fn an_error_does_not_wait() {
    let mut service = service();
    let body = json!({"QueueUrl": url(), "WaitTimeSeconds": 21});
    let request = read(body.clone());
    let (answer, _) = service.sqs.apply(at(1), &request, "poll-1");
    assert_eq!(service.sqs.waits_until(at(1), &request, &answer), None);
    let message = "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and \
                   <= 20, if provided.";
    assert_eq!(service.ask(at(1), "ReceiveMessage", body).message(), message);
}

#[test]
fn a_receive_returns_one_message_by_default_and_ten_at_most() {
    let mut service = service();
    for number in 0..12 {
        service.send(at(0), &number.to_string());
    }
    let reply = service.ask(at(1), "ReceiveMessage", json!({"QueueUrl": url()}));
    assert_eq!(reply.received().len(), 1);
    assert_eq!(service.receive(at(1)).len(), 10);
    assert_eq!(service.receive(at(1)).len(), 1);
}

/// FACTS 12.11: a short poll samples hosts; 12.7: messages can come in another order.
#[test]
fn a_receive_can_miss_messages_that_exist() {
    let mut service = service();
    let first = service.send(at(0), "1");
    service.send(at(0), "2");
    let faults = SqsFaults { hidden: BTreeSet::from([first]), ..SqsFaults::default() };
    let body = json!({"QueueUrl": url(), "MaxNumberOfMessages": 10});
    let reply = service.ask_with(at(1), "ReceiveMessage", body, &faults);
    assert_eq!(reply.received()[0].0, "2");
    assert_eq!(service.bodies(at(1)), ["1"]);
}

fn crowded(queue: Queue) -> Service {
    let settings = SqsSettings { in_flight_max: 2, ..SqsSettings::default() };
    Service::with_settings(queue, settings)
}

/// FACTS 12.13: OverLimit on a short poll, silence on a long poll.
#[test]
fn a_standard_queue_has_only_so_many_messages_in_flight() {
    let mut service = crowded(letters());
    for number in 0..3 {
        service.send(at(0), &number.to_string());
    }
    assert_eq!(service.receive(at(0)).len(), 2);
    let body = json!({"QueueUrl": url()});
    let reply = service.ask(at(1), "ReceiveMessage", body);
    assert_eq!(reply.error(), (400, "OverLimit;Sender"));
    let body = json!({"QueueUrl": url(), "WaitTimeSeconds": 5});
    assert_eq!(service.ask(at(1), "ReceiveMessage", body).text(), "{}");
    assert_eq!(service.sqs.next_due(at(1), "letters"), Some(at(30)), "not before one returns");
    assert_eq!(service.receive(at(30)).len(), 2);
}

/// FACTS 12.13: silently.
#[test]
fn a_fifo_queue_has_only_so_many_messages_in_flight() {
    let mut service = crowded(Queue::fifo("moves.fifo").deduplicating_by_content());
    let url = Queue::fifo("moves.fifo").url();
    for number in 0..3 {
        let number = number.to_string();
        let body = json!({"QueueUrl": url, "MessageBody": number, "MessageGroupId": number});
        assert_eq!(service.ask(at(0), "SendMessage", body).status(), 200);
    }
    let body = json!({"QueueUrl": url, "MaxNumberOfMessages": 10});
    assert_eq!(service.ask(at(0), "ReceiveMessage", body.clone()).received().len(), 2);
    assert_eq!(service.ask(at(0), "ReceiveMessage", body).text(), "{}");
}
