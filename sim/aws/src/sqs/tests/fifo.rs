//! FIFO queues (FACTS 12.14 to 12.17).

use std::collections::BTreeSet;

use super::*;

fn moves() -> Queue {
    Queue::fifo("moves.fifo").deduplicating_by_content()
}

fn fifo() -> Service {
    Service::new(vec![moves()])
}

fn entry(group: &str, body: &str) -> Value {
    json!({"QueueUrl": moves().url(), "MessageGroupId": group, "MessageBody": body})
}

fn send(service: &mut Service, now: Time, group: &str, body: &str) -> Reply {
    service.ask(now, "SendMessage", entry(group, body))
}

fn receive(service: &mut Service, now: Time, count: u32) -> Reply {
    let body = json!({"QueueUrl": moves().url(), "MaxNumberOfMessages": count});
    service.ask(now, "ReceiveMessage", body)
}

fn bodies(reply: &Reply) -> Vec<String> {
    reply.received().into_iter().map(|(body, _)| body).collect()
}

fn delete(service: &mut Service, now: Time, handle: &str) -> Reply {
    service.ask(now, "DeleteMessage", json!({"QueueUrl": moves().url(), "ReceiptHandle": handle}))
}

fn filled() -> Service {
    let mut service = fifo();
    for (group, body) in [("a", "a1"), ("b", "b1"), ("a", "a2"), ("c", "c1"), ("a", "a3")] {
        send(&mut service, at(0), group, body);
    }
    service
}

#[test]
fn a_send_needs_a_group_and_an_id_of_its_content() {
    let mut service = Service::new(vec![Queue::fifo("moves.fifo")]);
    let mut without_group = entry("g", "hi");
    without_group.as_object_mut().unwrap().remove("MessageGroupId");
    let reply = service.ask(at(0), "SendMessage", without_group);
    assert_eq!(reply.error(), (400, "MissingParameter;Sender"));
    assert_eq!(reply.message(), "The request must contain the parameter MessageGroupId.");
    let reply = service.ask(at(0), "SendMessage", entry("g", "hi"));
    assert_eq!(reply.error(), (400, "InvalidParameterValue;Sender"));
    let message = "The queue should either have ContentBasedDeduplication enabled or \
                   MessageDeduplicationId provided explicitly";
    assert_eq!(reply.message(), message);
    let long = "g".repeat(129);
    for group in ["", "with space", long.as_str()] {
        let reply = fifo().ask(at(0), "SendMessage", entry(group, "hi"));
        assert_eq!(reply.error(), (400, "InvalidParameterValue;Sender"));
    }
}

#[test]
fn one_entry_without_a_group_fails_the_whole_batch() {
    let entries = json!([{"Id": "a", "MessageBody": "1", "MessageGroupId": "g"},
        {"Id": "b", "MessageBody": "2"}]);
    let body = json!({"QueueUrl": moves().url(), "Entries": entries});
    let reply = fifo().ask(at(0), "SendMessageBatch", body);
    assert_eq!(reply.error(), (400, "InvalidParameterValue;Sender"));
    assert_eq!(reply.message(), "The request must contain the parameter MessageGroupId.");
    let mut service = Service::new(vec![Queue::fifo("moves.fifo")]);
    let entries = json!([{"Id": "a", "MessageBody": "1", "MessageGroupId": "g"}]);
    let body = json!({"QueueUrl": moves().url(), "Entries": entries});
    let reply = service.ask(at(0), "SendMessageBatch", body);
    assert_eq!((reply.status(), reply.effects.len()), (400, 0));
}

/// FACTS 12.14: as many messages of one group as possible, then of other groups.
#[test]
fn a_receive_takes_all_of_a_group_before_others() {
    let mut service = filled();
    assert_eq!(bodies(&receive(&mut service, at(1), 10)), ["a1", "a2", "a3", "b1", "c1"]);
    let mut service = filled();
    assert_eq!(bodies(&receive(&mut service, at(1), 4)), ["a1", "a2", "a3", "b1"]);
}

/// FACTS 12.14: while one message of a group is in flight, no other one of it is returned.
#[test]
fn a_group_waits_for_its_message_in_flight() {
    let mut service = filled();
    let first = receive(&mut service, at(1), 1);
    assert_eq!(bodies(&first), ["a1"]);
    assert_eq!(bodies(&receive(&mut service, at(2), 10)), ["b1", "c1"]);
    assert_eq!(bodies(&receive(&mut service, at(2), 10)), [""; 0]);
    assert_eq!(service.sqs.next_due(at(2), "moves.fifo"), Some(at(31)));
    let (_, handle) = &first.received()[0];
    assert_eq!(delete(&mut service, at(3), handle).status(), 200);
    assert_eq!(service.sqs.next_due(at(3), "moves.fifo"), Some(at(0)), "a2 is visible");
    assert_eq!(bodies(&receive(&mut service, at(3), 10)), ["a2", "a3"]);
}

#[test]
fn a_group_goes_on_in_its_order_after_a_timeout() {
    let mut service = filled();
    receive(&mut service, at(1), 2);
    send(&mut service, at(2), "a", "a4");
    assert_eq!(bodies(&receive(&mut service, at(31), 10))[..4], ["a1", "a2", "a3", "a4"]);
}

/// A message that is visible stays behind one of its group that is not.
#[test]
fn a_message_does_not_overtake_another_one_of_its_group() {
    let mut service = filled();
    let reply = receive(&mut service, at(1), 2);
    let change = |handle: &str, timeout: u32| {
        let url = moves().url();
        json!({"QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": timeout})
    };
    let (first, second) = (&reply.received()[0].1, &reply.received()[1].1);
    service.ask(at(2), "ChangeMessageVisibility", change(first, 0));
    service.ask(at(2), "ChangeMessageVisibility", change(second, 60));
    assert_eq!(bodies(&receive(&mut service, at(3), 10)), ["b1", "c1"]);
    assert_eq!(service.sqs.next_due(at(3), "moves.fifo"), Some(at(33)), "b1 and c1");
    assert_eq!(bodies(&receive(&mut service, at(62), 3)), ["a1", "a2", "a3"]);
}

#[test]
fn a_hidden_message_hides_the_rest_of_its_group() {
    let mut service = filled();
    let second = service.sqs.visible(at(0), "moves.fifo")[2].clone();
    let faults = SqsFaults { hidden: BTreeSet::from([second]), ..SqsFaults::default() };
    let body = json!({"QueueUrl": moves().url(), "MaxNumberOfMessages": 10});
    let reply = service.ask_with(at(1), "ReceiveMessage", body, &faults);
    assert_eq!(bodies(&reply), ["a1", "b1", "c1"]);
}

/// FACTS 12.14: for five minutes after acceptance, even if the message is already deleted.
#[test]
fn a_duplicate_is_accepted_and_not_delivered() {
    let mut service = fifo();
    let first = send(&mut service, at(0), "g", "hi");
    let (_, handle) = receive(&mut service, at(0), 1).received().pop().unwrap();
    delete(&mut service, at(1), &handle);
    let second = send(&mut service, at(299), "other", "hi");
    assert_eq!(second.json(), first.json(), "the answer repeats the ids");
    assert_eq!(second.changes(), [&MessageChange::Deduplicated { index: 0 }]);
    assert_eq!(bodies(&receive(&mut service, at(299), 1)), [""; 0]);
    let third = send(&mut service, at(300), "g", "hi");
    assert_ne!(third.json()["MessageId"], first.json()["MessageId"]);
    assert_eq!(bodies(&receive(&mut service, at(300), 1)), ["hi"]);
}

#[test]
fn an_id_of_the_sender_goes_before_the_content() {
    let mut service = fifo();
    let with_id = |body: &str, id: &str| {
        let mut entry = entry("g", body);
        entry["MessageDeduplicationId"] = json!(id);
        entry
    };
    service.ask(at(0), "SendMessage", with_id("one", "1"));
    service.ask(at(0), "SendMessage", with_id("two", "1"));
    service.ask(at(0), "SendMessage", with_id("one", "2"));
    assert_eq!(bodies(&receive(&mut service, at(0), 10)), ["one", "one"]);
}

/// FACTS 12.14: the scope is the queue or the group.
#[test]
fn duplicates_can_be_looked_for_in_groups_only() {
    let mut service = Service::new(vec![moves().deduplicating_in_groups()]);
    for group in ["a", "b", "a"] {
        send(&mut service, at(0), group, "hi");
    }
    assert_eq!(bodies(&receive(&mut service, at(0), 10)), ["hi", "hi"]);
}

#[test]
fn sequence_numbers_grow() {
    let mut service = fifo();
    let number = |reply: Reply| {
        let number = reply.json()["SequenceNumber"].as_str().unwrap().parse::<u128>();
        number.unwrap()
    };
    let first = number(send(&mut service, at(0), "a", "1"));
    assert!(number(send(&mut service, at(0), "b", "2")) > first);
}

/// FACTS 12.10: FIFO refuses a handle as soon as the visibility timeout passed.
#[test]
fn a_handle_expires_with_the_visibility_timeout() {
    let mut service = fifo();
    send(&mut service, at(0), "g", "hi");
    let (_, handle) = receive(&mut service, at(0), 1).received().pop().unwrap();
    let reply = delete(&mut service, at(30), &handle);
    assert_eq!(reply.error(), (400, "InvalidParameterValue;Sender"));
    assert!(reply.message().ends_with("Reason: The receipt handle has expired."));
    let entries = json!([{"Id": "a", "ReceiptHandle": handle}]);
    let body = json!({"QueueUrl": moves().url(), "Entries": entries});
    let reply = service.ask(at(30), "DeleteMessageBatch", body);
    let expected = r#"{"Failed":[{"Id":"a","SenderFault":true,"Code":"ReceiptHandleIsInvalid","Message":"The receipt handle has expired"}]}"#;
    assert_eq!((reply.status(), reply.text()), (200, expected));
    assert_eq!(bodies(&receive(&mut service, at(30), 1)), ["hi"]);
}

fn attempt(service: &mut Service, now: Time) -> Vec<(String, String)> {
    let body = json!({"QueueUrl": moves().url(), "ReceiveRequestAttemptId": "try"});
    service.ask(now, "ReceiveMessage", body).received()
}

/// FACTS 12.15.
#[test]
fn a_receive_that_is_tried_again_returns_the_same_messages_and_handles() {
    let mut service = filled();
    let first = attempt(&mut service, at(0));
    assert_eq!(attempt(&mut service, at(20)), first);
    assert_eq!(attempt(&mut service, at(45)), first, "the repetition hid it for longer");
    assert_eq!(bodies(&receive(&mut service, at(45), 10)), ["b1", "c1"]);
}

#[test]
fn an_attempt_is_over_when_its_messages_change() {
    let mut service = filled();
    let first = attempt(&mut service, at(0));
    delete(&mut service, at(1), &first[0].1);
    assert_eq!(attempt(&mut service, at(2))[0].0, "b1");
    let mut service = filled();
    let first = attempt(&mut service, at(0));
    let late = attempt(&mut service, at(31));
    assert_eq!((&late[0].0, late[0].1 == first[0].1), (&first[0].0, false), "it was visible again");
}

#[test]
fn an_attempt_is_forgotten_after_five_minutes() {
    let queue = moves().visibility_timeout(seconds(600));
    let mut service = Service::new(vec![queue]);
    send(&mut service, at(0), "g", "hi");
    assert_eq!(attempt(&mut service, at(0)).len(), 1);
    assert_eq!(attempt(&mut service, at(299)).len(), 1);
    assert_eq!(attempt(&mut service, at(300)).len(), 0);
}

/// FACTS 12.16: for each action and second.
#[test]
fn a_fifo_queue_throttles_calls() {
    let settings = SqsSettings { fifo_calls_per_second_max: 2, ..SqsSettings::default() };
    let mut service = Service::with_settings(moves(), settings);
    for body in ["1", "2"] {
        assert_eq!(send(&mut service, at(0), "g", body).status(), 200);
    }
    let reply = send(&mut service, at(0), "g", "3");
    assert_eq!(reply.error(), (400, "ThrottlingException;Sender"));
    assert_eq!(bodies(&receive(&mut service, at(0), 10)), ["1", "2"]);
    assert_eq!(send(&mut service, at(1), "g", "3").status(), 200);
    assert_eq!(SqsSettings::default().fifo_calls_per_second_max, 300);
}

/// FACTS 12.17: no order and no exclusivity.
#[test]
fn a_group_in_a_standard_queue_binds_nothing() {
    let mut service = service();
    for body in ["1", "2"] {
        let body = json!({"QueueUrl": url(), "MessageBody": body, "MessageGroupId": "g"});
        assert_eq!(service.ask(at(0), "SendMessage", body).status(), 200);
    }
    let body = json!({"QueueUrl": url(), "AttributeNames": ["MessageGroupId"]});
    let reply = service.ask(at(1), "ReceiveMessage", body);
    assert_eq!(reply.json()["Messages"][0]["Attributes"], json!({"MessageGroupId": "g"}));
    assert_eq!(service.bodies(at(1)), ["2"]);
}

#[test]
fn a_standard_queue_refuses_the_parameters_of_a_fifo_queue() {
    let body = json!({"QueueUrl": url(), "MessageBody": "hi", "MessageDeduplicationId": "d"});
    let reply = service().ask(at(0), "SendMessage", body);
    let message = "Value d for parameter MessageDeduplicationId is invalid. Reason: The request \
                   includes a parameter that is not valid for this queue type.";
    assert_eq!((reply.status(), reply.message()), (400, message.to_owned()));
    let body = json!({"QueueUrl": url(), "ReceiveRequestAttemptId": "try"});
    assert_eq!(service().ask(at(0), "ReceiveMessage", body).status(), 400);
}
