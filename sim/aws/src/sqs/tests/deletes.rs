//! Deletes and receipt handles (FACTS 12.10).

use super::*;

#[test]
fn every_receive_has_a_handle_of_its_own() {
    let mut service = service();
    service.send(at(0), "hi");
    let (_, first) = service.receive(at(0)).pop().unwrap();
    let (_, second) = service.receive(at(30)).pop().unwrap();
    assert_ne!(first, second);
}

#[test]
fn a_deleted_message_does_not_come_back() {
    let mut service = service();
    let id = service.send(at(0), "hi");
    let (_, handle) = service.receive(at(0)).pop().unwrap();
    let reply = service.delete(at(1), &handle);
    assert_eq!((reply.effects[0].queue.as_str(), &reply.effects[0].message), ("letters", &id));
    assert!(service.bodies(at(60)).is_empty());
    let again = service.delete(at(61), &handle);
    assert_eq!((again.status(), again.effects), (200, Vec::new()), "it is gone already");
}

#[test]
fn the_newest_handle_deletes_even_after_its_timeout() {
    let mut service = service();
    service.send(at(0), "hi");
    let (_, handle) = service.receive(at(0)).pop().unwrap();
    assert_eq!(service.delete(at(100), &handle).effects.len(), 1);
}

#[test]
fn a_standard_queue_accepts_an_old_handle_and_may_not_delete() {
    for old_handles_delete in [false, true] {
        let settings = SqsSettings { old_handles_delete, ..SqsSettings::default() };
        let mut service = Service::with_settings(letters(), settings);
        service.send(at(0), "hi");
        let (_, old) = service.receive(at(0)).pop().unwrap();
        service.receive(at(30));
        let reply = service.delete(at(31), &old);
        let deleted = usize::from(old_handles_delete);
        assert_eq!((reply.status(), reply.effects.len()), (200, deleted));
        assert_eq!(service.bodies(at(60)).len(), 1 - deleted);
    }
}

#[test]
fn a_handle_expires_after_twelve_hours() {
    let mut service = service();
    service.send(at(0), "hi");
    let (_, handle) = service.receive(at(0)).pop().unwrap();
    let reply = service.delete(at(43_201), &handle);
    assert_eq!(reply.error(), (400, "InvalidParameterValue;Sender"));
    let message = format!(
        "Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has \
         expired."
    );
    assert_eq!(reply.message(), message);
    assert_eq!(service.delete(at(43_200), &handle).status(), 200);
}

#[test]
fn a_handle_is_good_for_its_own_queue_only() {
    let mut service = Service::new(vec![letters(), Queue::new("others")]);
    service.send(at(0), "hi");
    let (_, handle) = service.receive(at(0)).pop().unwrap();
    let others = Queue::new("others").url();
    for (url, handle) in [(others, handle.as_str()), (url(), "AQEB"), (url(), "no base64!")] {
        let body = json!({"QueueUrl": url, "ReceiptHandle": handle});
        let reply = service.ask(at(1), "DeleteMessage", body);
        assert_eq!(reply.error(), (400, "ReceiptHandleIsInvalid;Sender"));
    }
    let reply = service.ask(at(1), "DeleteMessage", json!({"QueueUrl": url()}));
    assert_eq!(reply.error(), (400, "MissingParameter;Sender"));
}
