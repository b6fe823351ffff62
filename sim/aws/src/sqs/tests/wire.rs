//! The answers of each operation, byte for byte (FACTS 12.1).

use super::*;

const INVALID: &str = "InvalidParameterValue;Sender";

fn sent(effects: &[SqsEffect]) -> &str {
    let stored =
        effects.iter().find(|effect| matches!(effect.change, MessageChange::Stored { .. }));
    &stored.unwrap().message
}

#[test]
fn a_send_returns_the_id_and_the_digest_of_the_body() {
    let reply =
        service().ask(at(1), "SendMessage", json!({"QueueUrl": url(), "MessageBody": "hi"}));
    let id = sent(&reply.effects);
    let expected =
        format!(r#"{{"MessageId":"{id}","MD5OfMessageBody":"49f68a5c8493ec2c0bf489821c21fc3b"}}"#);
    assert_eq!((reply.status(), reply.text()), (200, expected.as_str()));
    let headers = [("content-type", "application/x-amz-json-1.0".into())];
    assert_eq!(reply.answer.headers, headers);
    // A random UUID, which follows from the key alone.
    assert_eq!(id, "af4b95c7-1153-473b-91a3-f0394a49e8d2");
    let change = MessageChange::Stored { index: 0, visible_at: at(1) };
    assert_eq!(reply.changes(), [&change]);
}

#[test]
fn a_send_to_a_fifo_queue_returns_a_sequence_number_as_well() {
    let mut service = Service::new(vec![Queue::fifo("moves.fifo")]);
    let body = json!({
        "QueueUrl": Queue::fifo("moves.fifo").url(), "MessageBody": "hi",
        "MessageGroupId": "g", "MessageDeduplicationId": "d",
        "MessageAttributes": {"Foo": {"DataType": "String", "StringValue": "Bar"}},
        "MessageSystemAttributes": {
            "AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}
        },
    });
    let reply = service.ask(at(1), "SendMessage", body);
    let expected = format!(
        "{{\"MessageId\":\"{}\",\"MD5OfMessageBody\":\"49f68a5c8493ec2c0bf489821c21fc3b\",\
         \"MD5OfMessageAttributes\":\"ae7155c6026991b6d54b11589678bf9c\",\
         \"MD5OfMessageSystemAttributes\":\"d6619b3d47b81d3fc72c0db005a70eda\",\
         \"SequenceNumber\":\"18850000000000000000\"}}",
        sent(&reply.effects)
    );
    assert_eq!(reply.text(), expected);
}

#[test]
fn a_batch_of_sends_has_an_outcome_for_each_entry() {
    let body = json!({"QueueUrl": url(), "Entries": [
        {"Id": "a", "MessageBody": "hi"}, {"Id": "b", "MessageBody": ""},
    ]});
    let reply = service().ask(at(1), "SendMessageBatch", body);
    let expected = format!(
        "{{\"Successful\":[{{\"Id\":\"a\",\"MessageId\":\"{}\",\
         \"MD5OfMessageBody\":\"49f68a5c8493ec2c0bf489821c21fc3b\"}}],\
         \"Failed\":[{{\"Id\":\"b\",\"SenderFault\":true,\"Code\":\"MissingParameter\",\
         \"Message\":\"The request must contain the parameter MessageBody.\"}}]}}",
        sent(&reply.effects)
    );
    assert_eq!((reply.status(), reply.text()), (200, expected.as_str()));
}

#[test]
fn a_receive_returns_the_message_with_all_that_it_asks_for() {
    let mut service = service();
    let id = service.ask(
        at(1),
        "SendMessage",
        json!({"QueueUrl": url(), "MessageBody": "hi", "MessageAttributes": {
            "Foo": {"DataType": "String", "StringValue": "Bar"},
            "Raw": {"DataType": "Binary", "BinaryValue": "AAH/"},
        }}),
    );
    let id = sent(&id.effects).to_owned();
    let reply = service.ask(
        at(2),
        "ReceiveMessage",
        json!({"QueueUrl": url(), "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["Foo"]}),
    );
    let (_, handle) = reply.received().pop().unwrap();
    let expected = format!(
        "{{\"Messages\":[{{\"MessageId\":\"{id}\",\"ReceiptHandle\":\"{handle}\",\
         \"MD5OfBody\":\"49f68a5c8493ec2c0bf489821c21fc3b\",\"Body\":\"hi\",\
         \"Attributes\":{{\"ApproximateReceiveCount\":\"1\",\"SentTimestamp\":\"1767225601000\",\
         \"SenderId\":\"AROASTORMGLASSSENDER:stormglass\",\
         \"ApproximateFirstReceiveTimestamp\":\"1767225602000\"}},\
         \"MD5OfMessageAttributes\":\"ae7155c6026991b6d54b11589678bf9c\",\
         \"MessageAttributes\":{{\"Foo\":{{\"StringValue\":\"Bar\",\"DataType\":\"String\"}}}}}}]}}"
    );
    assert_eq!((reply.status(), reply.text()), (200, expected.as_str()));
    assert!(handle.starts_with("AQEB"), "{handle}");
    let received = MessageChange::Received { index: 0, receives: 1, visible_at: at(32) };
    assert_eq!(reply.changes(), [&received]);
}

#[test]
fn a_receive_returns_no_attributes_unless_it_asks_for_them() {
    let mut service = service();
    let id = service.send(at(1), "hi");
    let reply = service.ask(at(2), "ReceiveMessage", json!({"QueueUrl": url()}));
    let (_, handle) = reply.received().pop().unwrap();
    let expected = format!(
        "{{\"Messages\":[{{\"MessageId\":\"{id}\",\"ReceiptHandle\":\"{handle}\",\
         \"MD5OfBody\":\"49f68a5c8493ec2c0bf489821c21fc3b\",\"Body\":\"hi\"}}]}}"
    );
    assert_eq!(reply.text(), expected);
}

#[test]
fn a_receive_of_nothing_returns_an_empty_object() {
    let reply = service().ask(at(2), "ReceiveMessage", json!({"QueueUrl": url()}));
    assert_eq!((reply.status(), reply.text()), (200, "{}"));
}

#[test]
fn a_delete_and_a_change_of_visibility_return_nothing() {
    let mut service = service();
    service.send(at(1), "hi");
    let (_, handle) = service.receive(at(1)).pop().unwrap();
    let body = json!({"QueueUrl": url(), "ReceiptHandle": handle, "VisibilityTimeout": 60});
    let reply = service.ask(at(2), "ChangeMessageVisibility", body);
    assert_eq!((reply.status(), reply.text()), (200, ""));
    assert_eq!(reply.changes(), [&MessageChange::Rescheduled { index: 0, visible_at: at(62) }]);
    let reply = service.delete(at(3), &handle);
    assert_eq!((reply.status(), reply.text()), (200, ""));
    assert!(matches!(reply.changes()[..], [MessageChange::Deleted { index: 0, .. }]));
}

#[test]
fn batches_of_deletes_and_changes_name_their_entries() {
    let mut service = service();
    service.send(at(1), "hi");
    let (_, handle) = service.receive(at(1)).pop().unwrap();
    let body = json!({"QueueUrl": url(), "Entries": [
        {"Id": "a", "ReceiptHandle": handle, "VisibilityTimeout": 60},
        {"Id": "b", "ReceiptHandle": handle, "VisibilityTimeout": -1},
    ]});
    let reply = service.ask(at(2), "ChangeMessageVisibilityBatch", body);
    let expected = r#"{"Successful":[{"Id":"a"}],"Failed":[{"Id":"b","SenderFault":true,"Code":"InvalidParameterValue","Message":"Value -1 for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200"}]}"#;
    assert_eq!(reply.text(), expected);
    let body = json!({"QueueUrl": url(), "Entries": [
        {"Id": "a", "ReceiptHandle": handle}, {"Id": "b", "ReceiptHandle": "x"},
    ]});
    let reply = service.ask(at(2), "DeleteMessageBatch", body);
    let expected = r#"{"Successful":[{"Id":"a"}],"Failed":[{"Id":"b","SenderFault":true,"Code":"ReceiptHandleIsInvalid","Message":"The input receipt handle \"x\" is not a valid receipt handle."}]}"#;
    assert_eq!(reply.text(), expected);
}

#[test]
fn a_queue_has_a_url_by_its_name() {
    let reply = service().ask(at(1), "GetQueueUrl", json!({"QueueName": "letters"}));
    let expected = r#"{"QueueUrl":"https://sqs.eu-central-1.amazonaws.com/123456789012/letters"}"#;
    assert_eq!((reply.status(), reply.text()), (200, expected));
}

/// FACTS 12.2: an error has the header that the SDKs go by.
#[test]
fn an_error_has_its_name_in_the_body_and_in_a_header() {
    let body = json!({"QueueUrl": "http://localhost:9000/123456789012/none"});
    let reply = service().ask(at(1), "ReceiveMessage", body);
    let expected = r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}"#;
    assert_eq!(reply.text(), expected);
    let code = "AWS.SimpleQueueService.NonExistentQueue;Sender";
    assert_eq!(reply.error(), (400, code));
    let body = json!({"QueueUrl": url(), "MaxNumberOfMessages": 11});
    let reply = service().ask(at(1), "ReceiveMessage", body);
    let expected = r#"{"__type":"com.amazon.coral.service#InvalidParameterValueException","message":"Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."}"#;
    assert_eq!((reply.text(), reply.error()), (expected, (400, INVALID)));
}
