//! Bodies and attributes: their digests, their sizes, their characters (FACTS 12.5, 12.6).

use super::*;

fn send(queue: Queue, more: Value) -> Reply {
    let mut body = json!({"QueueUrl": queue.url(), "MessageBody": "msg"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Service::new(vec![queue]).ask(at(1), "SendMessage", body)
}

fn string(value: &str) -> Value {
    json!({"DataType": "String", "StringValue": value})
}

/// FACTS 12.5: the digests that AWS returned for these attributes.
#[test]
fn the_digests_of_attributes_are_those_of_aws() {
    let binary = "traceparent\u{1e}00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01";
    let binary = aws_smithy_types::base64::encode(binary);
    for (attributes, digest) in [
        (
            json!({"Hello": string("There"), "General": string("Kenobi"), "Help.Me": string("Me")}),
            "4c360f3fdafd970e05fae2f149d997f5",
        ),
        (json!({"Hello": string("There")}), "a311262e065454b75da111d535b8dacd"),
        (
            json!({"attr1": {"DataType": "Binary", "BinaryValue": binary}}),
            "8cbe4db156db8a94db8b801b7addb984",
        ),
    ] {
        let reply = send(letters(), json!({"MessageAttributes": attributes}));
        assert_eq!(reply.json()["MD5OfMessageAttributes"], digest);
        assert_eq!(reply.json()["MD5OfMessageBody"], "6e2baaf3b97dbeef01c0043275f9a0e7");
    }
}

#[test]
fn a_receive_picks_attributes_by_name_by_prefix_or_all() {
    for (names, picked) in [
        (json!(["All"]), vec!["General", "Hello", "Help.Me"]),
        (json!([".*"]), vec!["General", "Hello", "Help.Me"]),
        (json!(["Hel.*"]), vec!["Hello", "Help.Me"]),
        (json!(["Hello", "Unknown"]), vec!["Hello"]),
        (json!(["Unknown"]), vec![]),
    ] {
        let mut service = service();
        let attributes = json!({
            "Hello": string("There"), "General": string("Kenobi"), "Help.Me": string("Me"),
        });
        let body =
            json!({"QueueUrl": url(), "MessageBody": "msg", "MessageAttributes": attributes});
        service.ask(at(1), "SendMessage", body);
        let body = json!({"QueueUrl": url(), "MessageAttributeNames": names});
        let message = service.ask(at(1), "ReceiveMessage", body).json()["Messages"][0].clone();
        let found = message["MessageAttributes"].as_object().cloned().unwrap_or_default();
        let mut found: Vec<&str> = found.keys().map(String::as_str).collect();
        found.sort_unstable();
        assert_eq!(found, picked);
        assert_eq!(message.get("MD5OfMessageAttributes").is_some(), !picked.is_empty());
    }
}

#[test]
fn a_receive_picks_attributes_of_the_system() {
    let mut service = service();
    service.send(at(1), "hi");
    for (list, at_second) in [("AttributeNames", 2), ("MessageSystemAttributeNames", 40)] {
        let body = json!({"QueueUrl": url(), list: ["SentTimestamp"]});
        let reply = service.ask(at(at_second), "ReceiveMessage", body);
        let expected = json!({"SentTimestamp": "1767225601000"});
        assert_eq!(reply.json()["Messages"][0]["Attributes"], expected);
    }
}

#[test]
fn a_message_has_at_most_ten_attributes() {
    let attributes = |count: u32| {
        let all = (0..count).map(|number| (format!("a{number}"), string("x")));
        json!({"MessageAttributes": all.collect::<serde_json::Map<_, _>>()})
    };
    assert_eq!(send(letters(), attributes(10)).status(), 200);
    let reply = send(letters(), attributes(11));
    assert_eq!(reply.error(), (400, "InvalidParameterValue;Sender"));
    let message = "Number of message attributes [11] exceeds the allowed maximum [10].";
    assert_eq!(reply.message(), message);
}

#[test]
fn an_attribute_needs_a_value_of_its_type() {
    for (attribute, message) in [
        (
            json!({"DataType": "String", "StringValue": ""}),
            "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
        ),
        (
            json!({"DataType": "Binary", "StringValue": "x"}),
            "Message (user) attribute 'a' must contain a non-empty value of type 'Binary'.",
        ),
        (
            json!({"DataType": "Number.int", "StringValue": "one"}),
            "Can't cast the value of message (user) attribute 'a' to a number.",
        ),
        (
            json!({"DataType": "Text", "StringValue": "x"}),
            "The message attribute 'a' has an invalid message attribute type, the set of \
             supported type prefixes is Binary, Number, and String.",
        ),
    ] {
        let reply = send(letters(), json!({"MessageAttributes": {"a": attribute}}));
        assert_eq!((reply.status(), reply.message()), (400, message.to_owned()));
    }
    let number = json!({"a": {"DataType": "Number.int", "StringValue": "-1.5"}});
    assert_eq!(send(letters(), json!({"MessageAttributes": number})).status(), 200);
}

#[test]
fn of_the_attributes_of_the_system_a_sender_sets_the_trace_alone() {
    let reply = send(letters(), json!({"MessageSystemAttributes": {"SenderId": string("x")}}));
    assert_eq!(reply.error(), (400, "InvalidParameterValue;Sender"));
}

/// FACTS 12.6: attributes count towards the size.
#[test]
fn a_message_has_at_most_a_mebibyte_with_its_attributes() {
    let body = "x".repeat(1024 * 1024 - 10);
    let with =
        |value: &str| json!({"MessageBody": body, "MessageAttributes": {"k": string(value)}});
    assert_eq!(send(letters(), with("abc")).status(), 200);
    let reply = send(letters(), with("abcd"));
    let message =
        "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.";
    assert_eq!((reply.status(), reply.message()), (400, message.to_owned()));
    let reply = send(letters().message_bytes_max(1_024), json!({"MessageBody": "x".repeat(1_025)}));
    assert!(reply.message().ends_with("shorter than 1024 bytes."));
}

/// FACTS 12.6: the sum of a batch counts as well.
#[test]
fn a_batch_has_at_most_a_mebibyte() {
    let entry = |id: &str, bytes| json!({"Id": id, "MessageBody": "x".repeat(bytes)});
    let ask = |bytes| {
        let body = json!({"QueueUrl": url(), "Entries": [entry("a", bytes), entry("b", 1)]});
        service().ask(at(1), "SendMessageBatch", body)
    };
    assert_eq!(ask(1024 * 1024 - 1).status(), 200);
    let reply = ask(1024 * 1024);
    assert_eq!(reply.error(), (400, "AWS.SimpleQueueService.BatchRequestTooLong;Sender"));
    let message =
        "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.";
    assert_eq!(reply.message(), message);
}

/// FACTS 12.6.
#[test]
fn a_body_holds_only_characters_that_xml_can_hold() {
    for body in ["tab\t", "line\n\r", "é \u{d7ff}\u{e000}\u{fffd}\u{10000}\u{10ffff}"] {
        assert_eq!(send(letters(), json!({"MessageBody": body})).status(), 200, "{body:?}");
    }
    for body in ["\u{0}", "a\u{1f}", "\u{b}", "\u{fffe}", "\u{ffff}"] {
        let reply = send(letters(), json!({"MessageBody": body}));
        assert_eq!(reply.error(), (400, "InvalidMessageContents;Sender"), "{body:?}");
        assert_eq!(reply.json()["__type"], "com.amazonaws.sqs#InvalidMessageContents");
    }
}
