//! Sketches of the queues.

use std::collections::BTreeSet;

use stormglass_spec::Sketch;

use super::*;

fn sketch(service: &Service) -> u128 {
    let mut sketch = Sketch::default();
    service.sqs.sketch(&mut sketch);
    sketch.finish()
}

#[test]
fn everything_that_happens_to_a_message_tells_the_queues_apart() {
    let mut service = service();
    let mut sketches = vec![sketch(&service)];
    service.send(at(0), "hi");
    sketches.push(sketch(&service));
    let (_, handle) = service.receive(at(0)).pop().unwrap();
    sketches.push(sketch(&service));
    let body = json!({"QueueUrl": url(), "ReceiptHandle": handle, "VisibilityTimeout": 9});
    service.ask(at(1), "ChangeMessageVisibility", body);
    sketches.push(sketch(&service));
    service.delete(at(1), &handle);
    sketches.push(sketch(&service));
    service.ask(at(1), "PurgeQueue", json!({"QueueUrl": url()}));
    sketches.push(sketch(&service));
    service.ask(at(1), "CreateQueue", json!({"QueueName": "other"}));
    sketches.push(sketch(&service));
    let distinct: BTreeSet<u128> = sketches.iter().copied().collect();
    assert_eq!(distinct.len(), sketches.len());
}

#[test]
fn an_acceptance_and_an_attempt_make_a_difference() {
    let queue = Queue::fifo("m.fifo").deduplicating_by_content();
    let ask = |service: &mut Service, more: Value| {
        let mut body = json!({"QueueUrl": Queue::fifo("m.fifo").url()});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        service.ask(at(0), "ReceiveMessage", body);
    };
    let of = |more: Value| {
        let mut service = Service::new(vec![queue.clone()]);
        let send = json!({"QueueUrl": queue.url(), "MessageBody": "x", "MessageGroupId": "g"});
        service.ask(at(0), "SendMessage", send);
        ask(&mut service, more);
        sketch(&service)
    };
    assert_ne!(of(json!({})), of(json!({"ReceiveRequestAttemptId": "try"})));
}
