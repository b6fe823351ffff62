//! Visibility timeouts (FACTS 12.9).

use super::*;

fn change(service: &mut Service, now: Time, handle: &str, timeout: u64) -> Reply {
    let body = json!({"QueueUrl": url(), "ReceiptHandle": handle, "VisibilityTimeout": timeout});
    service.ask(now, "ChangeMessageVisibility", body)
}

fn received(service: &mut Service, now: Time) -> String {
    service.receive(now).pop().unwrap().1
}

#[test]
fn a_received_message_is_hidden_for_thirty_seconds() {
    let mut service = service();
    service.send(at(1), "hi");
    assert_eq!(service.counts(at(1)), [1, 0, 0]);
    assert_eq!(service.bodies(at(2)), ["hi"]);
    assert_eq!(service.counts(at(2)), [0, 1, 0]);
    assert_eq!(service.sqs.next_due(at(2), "letters"), Some(at(32)));
    assert!(service.bodies(Time::from_millis(31_999)).is_empty());
    assert_eq!(service.bodies(at(32)), ["hi"]);
}

#[test]
fn a_queue_or_a_receive_sets_another_timeout() {
    let mut service = Service::new(vec![letters().visibility_timeout(seconds(5))]);
    service.send(at(0), "hi");
    assert_eq!(service.bodies(at(0)).len(), 1);
    assert_eq!(service.sqs.next_due(at(0), "letters"), Some(at(5)));
    let body = json!({"QueueUrl": url(), "VisibilityTimeout": 0});
    assert_eq!(service.ask(at(5), "ReceiveMessage", body).received().len(), 1);
    assert_eq!(service.bodies(at(5)).len(), 1, "a timeout of zero hides nothing");
    for timeout in [-1, 43_201] {
        let body = json!({"QueueUrl": url(), "VisibilityTimeout": timeout});
        let reply = service.ask(at(5), "ReceiveMessage", body);
        assert_eq!(reply.error(), (400, "InvalidParameterValue;Sender"));
    }
}

#[test]
fn a_change_counts_from_its_own_time() {
    let mut service = service();
    service.send(at(0), "hi");
    let handle = received(&mut service, at(0));
    assert_eq!(change(&mut service, at(20), &handle, 30).status(), 200);
    assert!(service.bodies(at(49)).is_empty());
    assert_eq!(service.bodies(at(50)), ["hi"]);
}

#[test]
fn a_change_to_zero_shows_the_message_at_once() {
    let mut service = service();
    service.send(at(0), "hi");
    let handle = received(&mut service, at(0));
    assert_eq!(change(&mut service, at(1), &handle, 0).status(), 200);
    assert_eq!(service.bodies(at(1)), ["hi"]);
}

#[test]
fn a_message_is_hidden_for_twelve_hours_at_most() {
    let mut service = service();
    service.send(at(0), "hi");
    let handle = received(&mut service, at(0));
    assert_eq!(change(&mut service, at(10), &handle, 43_190).status(), 200);
    let reply = change(&mut service, at(10), &handle, 43_191);
    let message = "Value 43191 for parameter VisibilityTimeout is invalid. Reason: Total \
                   VisibilityTimeout for the message is beyond the limit [43200 seconds]";
    assert_eq!((reply.status(), reply.message()), (400, message.to_owned()));
    assert_eq!(service.sqs.next_due(at(10), "letters"), Some(at(43_200)));
}

#[test]
fn a_message_that_is_visible_again_is_not_in_flight() {
    let mut service = service();
    service.send(at(0), "hi");
    let old = received(&mut service, at(0));
    let header = "AWS.SimpleQueueService.MessageNotInflight;Sender";
    assert_eq!(change(&mut service, at(30), &old, 5).error(), (400, header));
    // The receipt alone counts: another receive of the same message does not help.
    received(&mut service, at(31));
    assert_eq!(change(&mut service, at(32), &old, 5).error(), (400, header));
}

#[test]
fn a_message_that_is_gone_cannot_change() {
    let mut service = service();
    service.send(at(0), "hi");
    let handle = received(&mut service, at(0));
    service.delete(at(1), &handle);
    let reply = change(&mut service, at(2), &handle, 5);
    assert_eq!(reply.error(), (400, "InvalidParameterValue;Sender"));
    let reason = "Message does not exist or is not available for visibility timeout change.";
    assert!(reply.message().ends_with(reason), "{}", reply.message());
    let body = json!({"QueueUrl": url(), "ReceiptHandle": handle});
    let reply = service.ask(at(2), "ChangeMessageVisibility", body);
    assert_eq!(reply.error(), (400, "MissingParameter;Sender"));
}
