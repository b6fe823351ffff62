//! Queues that come into being on the wire, are described and purged (FACTS 12.1, 12.12).

use super::*;

fn create(service: &mut Service, name: &str, attributes: Value) -> Reply {
    let body = json!({"QueueName": name, "Attributes": attributes});
    service.ask(at(7), "CreateQueue", body)
}

fn attributes(service: &mut Service, queue: &str, names: &[&str]) -> Reply {
    let body = json!({"QueueUrl": Queue::new(queue).url(), "AttributeNames": names});
    service.ask(at(9), "GetQueueAttributes", body)
}

#[test]
fn a_queue_is_created_once() {
    let mut service = Service::new(Vec::new());
    let settings = json!({"VisibilityTimeout": "60"});
    let first = create(&mut service, "new", settings.clone());
    let expected = r#"{"QueueUrl":"https://sqs.eu-central-1.amazonaws.com/123456789012/new"}"#;
    assert_eq!((first.status(), first.text()), (200, expected));
    assert_eq!(create(&mut service, "new", settings).text(), expected);
    assert_eq!(create(&mut service, "new", json!({})).text(), expected);
    let reply = create(&mut service, "new", json!({"VisibilityTimeout": "61"}));
    assert_eq!(reply.error(), (400, "QueueAlreadyExists;Sender"));
    assert_eq!(reply.json()["__type"], "com.amazonaws.sqs#QueueNameExists");
    let message = "A queue already exists with the same name and a different value for attribute \
                   VisibilityTimeout";
    assert_eq!(reply.message(), message);
}

#[test]
fn a_created_queue_has_the_settings_that_were_asked_for() {
    let mut service = Service::new(vec![Queue::fifo("dead.fifo")]);
    let policy = r#"{"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:123456789012:dead.fifo","maxReceiveCount":"3"}"#;
    let reply = create(
        &mut service,
        "new.fifo",
        json!({
            "FifoQueue": "true", "ContentBasedDeduplication": "true",
            "DeduplicationScope": "messageGroup", "DelaySeconds": "5",
            "MessageRetentionPeriod": "60", "MaximumMessageSize": "2048",
            "ReceiveMessageWaitTimeSeconds": "4", "VisibilityTimeout": "60",
            "RedrivePolicy": policy,
        }),
    );
    assert_eq!(reply.status(), 200, "{}", reply.text());
    let expected = Queue::fifo("new.fifo")
        .deduplicating_by_content()
        .deduplicating_in_groups()
        .delay(seconds(5))
        .retention(seconds(60))
        .message_bytes_max(2_048)
        .receive_wait(seconds(4))
        .visibility_timeout(seconds(60))
        .dead_letters_after("dead.fifo", 3);
    assert_eq!(service.sqs.queue("new.fifo"), Some(&expected));
}

#[test]
fn a_queue_with_impossible_settings_is_refused() {
    for (name, settings, code) in [
        ("a b", json!({}), "InvalidParameterValue"),
        ("a.fifo", json!({}), "InvalidParameterValue"),
        ("a", json!({"FifoQueue": "true"}), "InvalidParameterValue"),
        ("a", json!({"VisibilityTimeout": "soon"}), "InvalidAttributeValue"),
        ("a", json!({"VisibilityTimeout": "43201"}), "InvalidAttributeValue"),
        ("a", json!({"ContentBasedDeduplication": "true"}), "InvalidAttributeName"),
        ("a", json!({"Colour": "red"}), "InvalidAttributeName"),
        ("a", json!({"RedrivePolicy": "{"}), "InvalidParameterValue"),
        (
            "a",
            json!({"RedrivePolicy": r#"{"deadLetterTargetArn":"dummy","maxReceiveCount":42}"#}),
            "InvalidParameterValue",
        ),
        (
            "a",
            json!({"RedrivePolicy": r#"{"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:123456789012:none","maxReceiveCount":42}"#}),
            "InvalidParameterValue",
        ),
    ] {
        let mut service = Service::new(Vec::new());
        let reply = create(&mut service, name, settings.clone());
        assert_eq!(reply.error(), (400, format!("{code};Sender").as_str()), "{settings}");
        assert_eq!(service.sqs.queues().count(), 0);
    }
}

#[test]
fn queues_are_listed_by_their_prefix() {
    let mut service = Service::new(vec![letters(), Queue::new("bills"), Queue::new("lemons")]);
    let reply = service.ask(at(1), "ListQueues", json!({"QueueNamePrefix": "le"}));
    let expected = json!({"QueueUrls": [Queue::new("lemons").url(), letters().url()]});
    assert_eq!(reply.json(), expected);
    assert_eq!(service.ask(at(1), "ListQueues", json!({"QueueNamePrefix": "x"})).text(), "{}");
    assert_eq!(service.ask(at(1), "ListQueues", json!({})).json()["QueueUrls"][2], url());
}

#[test]
fn a_queue_describes_itself_byte_for_byte() {
    let mut service = Service::new(Vec::new());
    create(&mut service, "new", json!({}));
    let expected = r#"{"Attributes":{"QueueArn":"arn:aws:sqs:eu-central-1:123456789012:new","ApproximateNumberOfMessages":"0","ApproximateNumberOfMessagesNotVisible":"0","ApproximateNumberOfMessagesDelayed":"0","CreatedTimestamp":"1767225607","LastModifiedTimestamp":"1767225607","VisibilityTimeout":"30","MaximumMessageSize":"1048576","MessageRetentionPeriod":"345600","DelaySeconds":"0","ReceiveMessageWaitTimeSeconds":"0"}}"#;
    assert_eq!(attributes(&mut service, "new", &["All"]).text(), expected);
}

#[test]
fn a_fifo_queue_describes_its_deduplication_and_its_redrive() {
    let queue = Queue::fifo("m.fifo").dead_letters_after("d.fifo", 3).deduplicating_in_groups();
    let mut service = Service::new(vec![queue, Queue::fifo("d.fifo")]);
    let policy = r#"{"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:123456789012:d.fifo","maxReceiveCount":3}"#;
    let names = ["FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "RedrivePolicy"];
    let expected = json!({"Attributes": {
        "FifoQueue": "true", "ContentBasedDeduplication": "false",
        "DeduplicationScope": "messageGroup",
        "RedrivePolicy": policy,
    }});
    assert_eq!(attributes(&mut service, "m.fifo", &names).json(), expected);
}

/// FACTS 12.1: without names nothing is returned.
#[test]
fn attributes_are_returned_by_name() {
    let mut service = service();
    service.send(at(0), "1");
    service.send(at(0), "2");
    service.ask(at(8), "ReceiveMessage", json!({"QueueUrl": url()}));
    let body = json!({"QueueUrl": url(), "MessageBody": "3", "DelaySeconds": 60});
    service.ask(at(8), "SendMessage", body);
    let counts = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    ];
    for name in counts {
        let reply = attributes(&mut service, "letters", &[name]);
        assert_eq!(reply.json(), json!({"Attributes": {name: "1"}}));
    }
    assert_eq!(attributes(&mut service, "letters", &[]).text(), "{}");
    assert_eq!(attributes(&mut service, "letters", &["Policy", "FifoQueue"]).text(), "{}");
    let reply = attributes(&mut service, "letters", &["Colour"]);
    assert_eq!(reply.error(), (400, "InvalidAttributeName;Sender"));
    assert_eq!(reply.message(), "Unknown Attribute Colour.");
}

#[test]
fn a_purge_drops_all_messages_and_needs_a_pause() {
    let mut service = service();
    service.send(at(0), "seen");
    service.receive(at(0));
    service.send(at(0), "new");
    let purge = json!({"QueueUrl": url()});
    let reply = service.ask(at(1), "PurgeQueue", purge.clone());
    assert_eq!((reply.status(), reply.text()), (200, ""));
    assert_eq!(reply.changes(), [&MessageChange::Purged; 2]);
    assert_eq!(service.counts(at(1)), [0, 0, 0]);
    let reply = service.ask(at(60), "PurgeQueue", purge.clone());
    let header = "AWS.SimpleQueueService.PurgeQueueInProgress;Sender";
    assert_eq!(reply.error(), (403, header));
    let message = "Only one PurgeQueue operation on letters is allowed every 60 seconds.";
    assert_eq!(reply.message(), message);
    assert_eq!(service.ask(at(61), "PurgeQueue", purge).status(), 200);
}
