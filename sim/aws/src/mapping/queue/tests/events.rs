//! The event of a batch (FACTS 12.19).

use super::*;

#[test]
fn an_event_has_all_about_a_message_byte_for_byte() {
    let mut deployment = deployed(mapping());
    let id = deployment.send(at(1), "hi");
    let batch = deployment.poll(at(2)).unwrap();
    let event: Value = serde_json::from_str(&batch.event).unwrap();
    let handle = event["Records"][0]["receiptHandle"].as_str().unwrap();
    let expected = format!(
        "{{\"Records\":[{{\"messageId\":\"{id}\",\"receiptHandle\":\"{handle}\",\"body\":\"hi\",\
         \"attributes\":{{\"ApproximateReceiveCount\":\"1\",\"SentTimestamp\":\"1767225601000\",\
         \"SenderId\":\"AROASTORMGLASSSENDER:stormglass\",\
         \"ApproximateFirstReceiveTimestamp\":\"1767225602000\"}},\"messageAttributes\":{{}},\
         \"md5OfBody\":\"49f68a5c8493ec2c0bf489821c21fc3b\",\"eventSource\":\"aws:sqs\",\
         \"eventSourceARN\":\"arn:aws:sqs:eu-central-1:123456789012:letters\",\
         \"awsRegion\":\"eu-central-1\"}}]}}"
    );
    assert_eq!((batch.event.as_str(), batch.messages.as_slice()), (&*expected, &[id][..]));
    // The function can use the handle itself.
    deployment.ask(at(2), "DeleteMessage", json!({"ReceiptHandle": handle}));
    assert_eq!(deployment.sqs.counts(at(2), "letters").in_flight, 0);
}

#[test]
fn an_event_has_the_attributes_of_a_message() {
    let mut deployment = deployed(mapping());
    let attributes = json!({
        "k": {"DataType": "String", "StringValue": "v"},
        "raw": {"DataType": "Binary", "BinaryValue": "AAH/"},
    });
    let body = json!({"MessageBody": "hi", "MessageAttributes": attributes});
    let sent = deployment.ask(at(0), "SendMessage", body);
    let batch = deployment.poll(at(0)).unwrap();
    let event: Value = serde_json::from_str(&batch.event).unwrap();
    let expected = json!({
        "k": {"stringValue": "v", "stringListValues": [], "binaryListValues": [],
            "dataType": "String"},
        "raw": {"binaryValue": "AAH/", "stringListValues": [], "binaryListValues": [],
            "dataType": "Binary"},
    });
    let record = &event["Records"][0];
    assert_eq!(record["messageAttributes"], expected);
    assert_eq!(record["md5OfMessageAttributes"], sent["MD5OfMessageAttributes"]);
}

#[test]
fn an_event_of_a_fifo_queue_has_the_place_of_a_message() {
    let queue = Queue::fifo("moves.fifo");
    let mut deployment = Deployment::new(queue, QueueMapping::new("moves.fifo", "move"));
    let trace = json!({"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}});
    let body = json!({"MessageBody": "hi", "MessageGroupId": "g", "MessageDeduplicationId": "d",
        "MessageSystemAttributes": trace});
    let sent = deployment.ask(at(0), "SendMessage", body);
    let batch = deployment.poll(at(0)).unwrap();
    let expected = format!(
        "\"attributes\":{{\"ApproximateReceiveCount\":\"1\",\"AWSTraceHeader\":\"Root=1\",\
         \"SentTimestamp\":\"1767225600000\",\"SequenceNumber\":{},\"MessageGroupId\":\"g\",\
         \"SenderId\":\"AROASTORMGLASSSENDER:stormglass\",\"MessageDeduplicationId\":\"d\",\
         \"ApproximateFirstReceiveTimestamp\":\"1767225600000\"}}",
        sent["SequenceNumber"]
    );
    assert!(batch.event.contains(&expected), "{}", batch.event);
}
