use super::*;

fn error_xml(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>e36f52a6-0f03-46c8-8ae7-79ec0b625ce9</RequestId></ErrorResponse>"
    )
}

fn refusal(action: &str, form: &str) -> (u16, String) {
    let refusal = parse(action, form).expect_err("the request is refused");
    assert!(!refusal.is_unsupported, "{action} {form}");
    (refusal.answer.status, body(&refusal.answer).to_owned())
}

/// FACTS 15.1.
#[test]
fn publish_answers_with_the_id_of_the_message() {
    let mut sns = sns(&[lambda(), queue()]);
    let request = parse("Publish", "Message=hi%20there").expect("a sound request");
    let (answer, effects) = sns.apply(at(0), &request, "k");
    assert_eq!(effects.len(), 2);
    assert_eq!(
        body(&answer),
        concat!(
            r#"<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">"#,
            "<PublishResult><MessageId>6a35062c-0dc0-45f6-af63-1526c6b5d4fd</MessageId>",
            "</PublishResult><ResponseMetadata>",
            "<RequestId>e36f52a6-0f03-46c8-8ae7-79ec0b625ce9</RequestId>",
            "</ResponseMetadata></PublishResponse>"
        )
    );
    assert_eq!(answer.headers[0], ("content-type", "text/xml".into()));
}

/// FACTS 15.2.
#[test]
fn a_batch_fails_entry_by_entry() {
    let mut sns = sns(&[queue()]);
    let form = concat!(
        "PublishBatchRequestEntries.member.1.Id=a&PublishBatchRequestEntries.member.1.Message=x",
        "&PublishBatchRequestEntries.member.2.Id=b",
        "&PublishBatchRequestEntries.member.3.Id=c&PublishBatchRequestEntries.member.3.Message=y",
    );
    let request = parse("PublishBatch", form).expect("a sound request");
    let (answer, effects) = sns.apply(at(0), &request, "k");
    let ids: Vec<SnsDeliveryId> = effects.iter().map(delivery_of).collect();
    let [a, c] = [&ids[0][..36], &ids[1][..36]];
    assert_ne!(a, c);
    let result = format!(
        "<PublishBatchResult><Failed><member><Code>InvalidParameter</Code>\
         <Message>Invalid parameter: Empty message</Message><Id>b</Id>\
         <SenderFault>true</SenderFault></member></Failed><Successful>\
         <member><MessageId>{a}</MessageId><Id>a</Id></member>\
         <member><MessageId>{c}</MessageId><Id>c</Id></member>\
         </Successful></PublishBatchResult>"
    );
    assert!(body(&answer).contains(&result), "{}", body(&answer));
}

/// FACTS 15.2.
#[test]
fn a_batch_has_1_to_10_entries_with_different_ids() {
    let entry = |number: usize, id: &str, message: &str| {
        let prefix = format!("PublishBatchRequestEntries.member.{number}");
        format!("{prefix}.Id={id}&{prefix}.Message={message}&")
    };
    let many = |count: usize| (1..=count).map(|number| entry(number, &number.to_string(), "x"));
    assert!(parse("PublishBatch", &many(10).collect::<String>()).is_ok());
    let half = "x".repeat(PUBLISH_BYTES_MAX / 2);
    for (form, code) in [
        (String::new(), "EmptyBatchRequest"),
        (many(11).collect(), "TooManyEntriesInBatchRequest"),
        (entry(1, "a", "x") + &entry(2, "a", "y"), "BatchEntryIdsNotDistinct"),
        (entry(1, "a.b", "x"), "InvalidBatchEntryId"),
        (entry(1, "a", &half) + &entry(2, "b", &format!("{half}x")), "BatchRequestTooLong"),
    ] {
        let (status, xml) = refusal("PublishBatch", &form);
        assert!(xml.contains(&format!("<Code>{code}</Code>")), "{xml}");
        assert_eq!(status, 400);
    }
    let fits = entry(1, "a", &half) + &entry(2, "b", &half);
    assert!(parse("PublishBatch", &fits).is_ok());
}

/// FACTS 15.3.
#[test]
fn an_unknown_topic_is_not_found() {
    let form = format!("Action=Publish&TopicArn={TOPIC}s&Message=x");
    let request = parse_form(&form).expect("a sound request");
    let (answer, effects) = sns(&[lambda()]).apply(at(0), &request, "k");
    assert_eq!((answer.status, effects), (404, Vec::new()));
    assert_eq!(body(&answer), error_xml("NotFound", "Topic does not exist"));
}

/// FACTS 15.3.
#[test]
fn a_malformed_message_is_refused() {
    for (form, message) in [
        ("", "Invalid parameter: Empty message"),
        ("Message=", "Invalid parameter: Empty message"),
        ("Message=x&Subject=", "Invalid parameter: Subject"),
        ("Message=x&Subject=a%0Ab", "Invalid parameter: Subject"),
        ("Message=x&Subject=%C3%A9", "Invalid parameter: Subject"),
    ] {
        assert_eq!(refusal("Publish", form), (400, error_xml("InvalidParameter", message)));
    }
    let long = "x".repeat(PUBLISH_BYTES_MAX + 1);
    let expected = error_xml("InvalidParameter", "Invalid parameter: Message too long");
    assert_eq!(refusal("Publish", &format!("Message={long}")), (400, expected));
    let attribute = |value: &str| {
        let entry = "MessageAttributes.entry.1";
        let form = format!("Message=x&{entry}.Name=a<b&{entry}.Value.{value}");
        refusal("Publish", &form).1
    };
    let wrong_type = attribute("DataType=Text&MessageAttributes.entry.1.Value.StringValue=x");
    assert!(wrong_type.contains("'a&lt;b' has an invalid message attribute type"), "{wrong_type}");
    let empty = attribute("DataType=String");
    assert!(empty.contains("<Code>ParameterValueInvalid</Code>"), "{empty}");
    let binary = attribute("DataType=Binary&MessageAttributes.entry.1.Value.BinaryValue=!");
    assert!(binary.contains("is not in base64"), "{binary}");
}

#[test]
fn a_request_without_a_sound_topic_or_operation_is_refused() {
    for (form, code) in [
        ("", "MissingAction"),
        ("Action=Fly", "InvalidAction"),
        ("Action=Publish&Message=x", "InvalidParameter"),
        ("Action=Publish&TopicArn=news&Message=x", "InvalidParameter"),
    ] {
        let refusal = parse_form(form).expect_err("the request is refused");
        let xml = body(&refusal.answer);
        assert!(xml.contains(&format!("<Code>{code}</Code>")), "{form}: {xml}");
        assert!(!refusal.is_unsupported, "{form}");
    }
}

#[test]
fn what_is_not_modelled_is_refused_by_name() {
    let entry = "PublishBatchRequestEntries.member.1";
    for (form, name) in [
        ("Action=Subscribe".to_owned(), "the operation Subscribe of SNS"),
        ("Action=Publish&PhoneNumber=1".to_owned(), "the parameter PhoneNumber of Publish"),
        (
            format!("Action=Publish&TopicArn={TOPIC}&Message=x&MessageStructure=json"),
            "the parameter MessageStructure of a message",
        ),
        (
            format!("Action=PublishBatch&TopicArn={TOPIC}&{entry}.Id=a&{entry}.MessageGroupId=g"),
            "the parameter MessageGroupId of a message",
        ),
        (
            format!("Action=Publish&TopicArn={TOPIC}.fifo&Message=x"),
            "the FIFO topic arn:aws:sns:eu-central-1:123456789012:news.fifo",
        ),
    ] {
        let refusal = parse_form(&form).expect_err("the request is refused");
        assert!(refusal.is_unsupported, "{form}");
        let message = format!("<Message>{name} is not modelled</Message>");
        assert!(body(&refusal.answer).contains(&message), "{}", body(&refusal.answer));
    }
}

/// FACTS 15.3.
#[test]
fn a_refusal_under_load_has_the_name_of_the_settings() {
    for (throttle, status, code) in
        [(SnsThrottle::Throttling, 400, "Throttling"), (SnsThrottle::Throttled, 429, "Throttled")]
    {
        let settings = SnsSettings { throttle, ..SnsSettings::default() };
        let answer = Sns::new(Vec::new(), settings).expect("no topics").throttled("k");
        assert_eq!(answer.status, status);
        assert_eq!(body(&answer), error_xml(code, "Rate exceeded"));
    }
    let answer = error(500, "InternalError", "a < b", "k");
    assert!(body(&answer).contains("<Type>Receiver</Type>"), "{}", body(&answer));
    assert!(body(&answer).contains("<Message>a &lt; b</Message>"), "{}", body(&answer));
}
