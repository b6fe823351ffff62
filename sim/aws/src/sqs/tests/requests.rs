//! Requests, before a queue is looked at (FACTS 12.1, 17.2).

use super::*;

fn parse(operation: &str, body: Value) -> Result<SqsRequest, SqsRefusal> {
    SqsRequest::parse(&post(operation, &body))
}

fn refusal(request: &HttpRequest) -> (bool, String) {
    let SqsRefusal { answer, is_unsupported } = SqsRequest::parse(request).unwrap_err();
    assert_eq!(answer.status, 400);
    (is_unsupported, String::from_utf8(answer.body).unwrap())
}

#[test]
fn a_request_names_its_operation_its_queue_and_its_action() {
    for (operation, action) in [
        ("SendMessage", "sqs:SendMessage"),
        ("SendMessageBatch", "sqs:SendMessage"),
        ("ReceiveMessage", "sqs:ReceiveMessage"),
        ("DeleteMessage", "sqs:DeleteMessage"),
        ("DeleteMessageBatch", "sqs:DeleteMessage"),
        ("ChangeMessageVisibility", "sqs:ChangeMessageVisibility"),
        ("ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"),
        ("GetQueueAttributes", "sqs:GetQueueAttributes"),
        ("PurgeQueue", "sqs:PurgeQueue"),
    ] {
        let request = parse(operation, json!({"QueueUrl": url()})).unwrap();
        assert_eq!((request.operation(), request.queue()), (operation, Some("letters")));
        assert_eq!(request.iam_action(), action);
    }
    for operation in ["GetQueueUrl", "CreateQueue"] {
        let request = parse(operation, json!({"QueueName": "letters"})).unwrap();
        assert_eq!((request.operation(), request.queue()), (operation, Some("letters")));
    }
    assert_eq!(parse("ListQueues", json!({})).unwrap().queue(), None);
}

/// FACTS 12.1: the URL is only a field of the body, so its host does not matter.
#[test]
fn the_last_part_of_the_url_is_the_name_of_the_queue() {
    for url in ["http://localhost:4566/000000000000/letters", "https://q.test/1/letters", "letters"]
    {
        let request = parse("PurgeQueue", json!({"QueueUrl": url})).unwrap();
        assert_eq!(request.queue(), Some("letters"));
    }
}

#[test]
fn the_canonical_text_does_not_depend_on_the_order_of_members() {
    let headers = post("SendMessage", &json!({}));
    let request = |body: &str| HttpRequest { body: body.as_bytes().to_vec(), ..headers.clone() };
    let one = r#"{"QueueUrl":"q","MessageBody":"hi","A":{"z":[],"y":{},"x":[1,"\n"]}}"#;
    let other = r#"{"A":{"x":[1,"\n"],"y":{},"z":[]}, "MessageBody":"hi", "QueueUrl":"q"}"#;
    let canonical = |body| SqsRequest::parse(&request(body)).unwrap().canonical();
    assert_eq!(canonical(one), other.replace(", ", ","));
    assert_eq!(canonical(other), canonical(one));
}

#[test]
fn parts_that_the_model_lacks_are_refused_by_name() {
    for (operation, body, part) in [
        ("DeleteQueue", json!({"QueueUrl": url()}), "DeleteQueue"),
        ("StartMessageMoveTask", json!({}), "StartMessageMoveTask"),
        ("ListQueues", json!({"MaxResults": 5}), "pages of ListQueues"),
        ("CreateQueue", json!({"QueueName": "q", "tags": {"a": "b"}}), "tags of a queue"),
        (
            "CreateQueue",
            json!({"QueueName": "q", "Attributes": {"Policy": "{}"}}),
            "the attribute Policy of a queue",
        ),
        (
            "GetQueueUrl",
            json!({"QueueName": "q", "QueueOwnerAWSAccountId": "999999999999"}),
            "queues of another account",
        ),
    ] {
        let (is_unsupported, body) = refusal(&post(operation, &body));
        let text = format!("The simulated SQS does not support {part}.");
        assert!(is_unsupported && body.contains(&text), "{body}");
    }
}

#[test]
fn the_query_protocol_is_refused_by_name() {
    let mut request = post("SendMessage", &json!({}));
    request.headers.clear();
    let (is_unsupported, body) = refusal(&request);
    assert!(is_unsupported && body.contains("requests of the query protocol"), "{body}");
}

#[test]
fn an_operation_that_aws_lacks_is_unknown() {
    let (is_unsupported, body) = refusal(&post("EatMessage", &json!({})));
    assert!(!is_unsupported && body.contains("#UnknownOperationException"), "{body}");
    let mut request = post("SendMessage", &json!({}));
    request.headers[0].1 = "DynamoDB_20120810.GetItem".to_owned();
    assert!(!refusal(&request).0);
}

#[test]
fn a_malformed_body_is_refused_with_the_place() {
    let (_, body) = refusal(&post("SendMessage", &json!({"QueueUrl": url(), "MessageBody": 5})));
    let expected = "{\"__type\":\"com.amazon.coral.service#SerializationException\",\
                    \"message\":\"The value at MessageBody is malformed: \
                    invalid type: integer `5`, expected a string.\"}";
    assert_eq!(body, expected);
    let mut request = post("SendMessage", &json!({}));
    request.body = b"{".to_vec();
    assert!(refusal(&request).1.contains("The body is not JSON."));
    request.body = b"[]".to_vec();
    assert!(refusal(&request).1.contains("SerializationException"));
}

#[test]
fn a_request_needs_its_queue() {
    for (operation, parameter) in [("SendMessage", "QueueUrl"), ("GetQueueUrl", "QueueName")] {
        let (is_unsupported, body) = refusal(&post(operation, &json!({})));
        let text = format!("The request must contain the parameter {parameter}.");
        assert!(!is_unsupported && body.contains(&text), "{body}");
    }
}

/// FACTS 12.19: a traced send adds AWSTraceHeader.
#[test]
fn a_message_has_the_trace_of_its_sender() {
    let mut service = service();
    let own = json!({"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=2"}});
    for (more, trace) in [(json!({}), "Root=1"), (own, "Root=2")] {
        let body = json!({"QueueUrl": url(), "MessageBody": "hi", "MessageSystemAttributes": more});
        let mut request = post("SendMessage", &body);
        request.headers.push(("x-amzn-trace-id".to_owned(), "Root=1".to_owned()));
        let request = SqsRequest::parse(&request).unwrap();
        service.sqs.apply(at(1), &request, trace);
        let body = json!({"QueueUrl": url(), "AttributeNames": ["AWSTraceHeader"]});
        let message = service.ask(at(1), "ReceiveMessage", body).json()["Messages"][0].clone();
        assert_eq!(message["Attributes"], json!({"AWSTraceHeader": trace}));
    }
}
