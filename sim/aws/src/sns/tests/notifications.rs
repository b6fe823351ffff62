use super::*;

const MESSAGE: &str = concat!(
    "Subject=Good%20news&Message=a%20%22b%22%0A&MessageAttributes.entry.1.Name=kind",
    "&MessageAttributes.entry.1.Value.DataType=String",
    "&MessageAttributes.entry.1.Value.StringValue=x%26y",
    "&MessageAttributes.entry.2.Name=blob&MessageAttributes.entry.2.Value.DataType=Binary",
    "&MessageAttributes.entry.2.Value.BinaryValue=aGk%3D",
);

/// FACTS 15.4. The event is compared as text: the order of fields is part of the fact.
#[test]
fn a_function_gets_one_record() {
    let effect = only(publish(&mut sns(&[lambda()]), MESSAGE));
    let SnsEffect::Invoke { function_arn, event, .. } = effect else {
        panic!("expected an invocation, got {effect:?}");
    };
    assert_eq!(function_arn, FUNCTION);
    assert_eq!(
        event,
        concat!(
            r#"{"Records":[{"EventVersion":"1.0","#,
            r#""EventSubscriptionArn":"arn:aws:sns:eu-central-1:123456789012:news:87914a70-bffc-4750-866c-9241622f01ee","#,
            r#""EventSource":"aws:sns","Sns":{"Type":"Notification","#,
            r#""MessageId":"6a35062c-0dc0-45f6-af63-1526c6b5d4fd","#,
            r#""TopicArn":"arn:aws:sns:eu-central-1:123456789012:news","#,
            r#""Subject":"Good news","Message":"a \"b\"\n","#,
            r#""Timestamp":"2023-11-29T08:04:01.796Z","SignatureVersion":"1","#,
            r#""Signature":"5S4bTf0+UnFuoSy1I73nl8Il8CtrOaVBXFa3GAZv7xo=","#,
            r#""SigningCertUrl":"https://sns.eu-central-1.amazonaws.com/"#,
            r#"SimpleNotificationService-cd779c42a03aab01afd1bfc418913a52.pem","#,
            r#""UnsubscribeUrl":"https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe"#,
            r#"&SubscriptionArn=arn:aws:sns:eu-central-1:123456789012:news:87914a70-bffc-4750-866c-9241622f01ee","#,
            r#""MessageAttributes":{"blob":{"Type":"Binary","Value":"aGk="},"#,
            r#""kind":{"Type":"String","Value":"x&y"}}}}]}"#
        )
    );
}

/// FACTS 15.4.
#[test]
fn a_function_gets_null_for_no_subject() {
    let effect = only(publish(&mut sns(&[lambda()]), "Message=x"));
    let SnsEffect::Invoke { event, .. } = effect else {
        panic!("expected an invocation, got {effect:?}");
    };
    assert!(event.contains(r#""Subject":null,"Message":"x","#), "{event}");
    assert!(event.ends_with(r#""MessageAttributes":{}}}]}"#), "{event}");
}

/// FACTS 15.7.
#[test]
fn a_queue_gets_an_envelope() {
    let effect = only(publish(&mut sns(&[queue()]), MESSAGE));
    let SnsEffect::Send { queue_arn, message, .. } = effect else {
        panic!("expected a message, got {effect:?}");
    };
    assert_eq!((queue_arn.as_str(), message.attributes), (QUEUE, Attributes::new()));
    assert_eq!(
        message.body,
        concat!(
            "{\n  \"Type\" : \"Notification\",\n",
            "  \"MessageId\" : \"6a35062c-0dc0-45f6-af63-1526c6b5d4fd\",\n",
            "  \"TopicArn\" : \"arn:aws:sns:eu-central-1:123456789012:news\",\n",
            "  \"Subject\" : \"Good news\",\n  \"Message\" : \"a \\\"b\\\"\\n\",\n",
            "  \"Timestamp\" : \"2023-11-29T08:04:01.796Z\",\n",
            "  \"SignatureVersion\" : \"1\",\n",
            "  \"Signature\" : \"5S4bTf0+UnFuoSy1I73nl8Il8CtrOaVBXFa3GAZv7xo=\",\n",
            "  \"SigningCertURL\" : \"https://sns.eu-central-1.amazonaws.com/",
            "SimpleNotificationService-cd779c42a03aab01afd1bfc418913a52.pem\",\n",
            "  \"UnsubscribeURL\" : \"https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
            "&SubscriptionArn=arn:aws:sns:eu-central-1:123456789012:news:",
            "3cbd47ea-5c84-4888-af0b-831016a4f18d\",\n",
            "  \"MessageAttributes\" : {\n",
            "    \"blob\" : {\"Type\":\"Binary\",\"Value\":\"aGk=\"},\n",
            "    \"kind\" : {\"Type\":\"String\",\"Value\":\"x&y\"}\n  }\n}",
        )
    );
    let effect = only(publish(&mut sns(&[queue()]), "Message=x"));
    let SnsEffect::Send { message, .. } = effect else {
        panic!("expected a message, got {effect:?}");
    };
    assert!(!message.body.contains("Subject\""), "{}", message.body);
    assert!(!message.body.contains("MessageAttributes"), "{}", message.body);
}

/// FACTS 15.7.
#[test]
fn a_raw_delivery_is_the_message_with_its_attributes() {
    let raw = Subscription { is_raw: true, ..queue() };
    let effect = only(publish(&mut sns(&[raw]), MESSAGE));
    let SnsEffect::Send { message, .. } = effect else {
        panic!("expected a message, got {effect:?}");
    };
    let kind =
        Attribute { data_type: "String".to_owned(), value: AttributeValue::Text("x&y".to_owned()) };
    let blob =
        Attribute { data_type: "Binary".to_owned(), value: AttributeValue::Bytes(b"hi".to_vec()) };
    let attributes = [("blob".to_owned(), blob), ("kind".to_owned(), kind)].into();
    assert_eq!(message, QueueMessage { body: "a \"b\"\n".to_owned(), attributes });
}
