//! Tests of SNS from its driver's side: requests and outcomes go in, answers and effects come out.

mod deliveries;
mod notifications;
mod requests;

use super::*;
use crate::http::HttpRequest;

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:news";
const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:show";
const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:inbox";
const DEAD: &str = "arn:aws:sqs:eu-central-1:123456789012:dead";

fn lambda() -> Subscription {
    Subscription {
        protocol: Protocol::Lambda,
        endpoint_arn: FUNCTION.to_owned(),
        is_raw: false,
        dead_letter_arn: None,
    }
}

fn queue() -> Subscription {
    Subscription { protocol: Protocol::Sqs, endpoint_arn: QUEUE.to_owned(), ..lambda() }
}

fn topic(subscriptions: &[Subscription]) -> Topic {
    Topic { name: "news".to_owned(), subscriptions: subscriptions.to_vec() }
}

fn sns(subscriptions: &[Subscription]) -> Sns {
    let settings =
        SnsSettings { epoch_ms: 1_701_245_041_000, jitter_per_mille: 0, ..SnsSettings::default() };
    Sns::new(vec![topic(subscriptions)], settings).expect("sound topics")
}

/// Parses a form with `Version` and the topic.
fn parse(action: &str, form: &str) -> Result<SnsRequest, SnsRefusal> {
    parse_form(&format!("Action={action}&Version=2010-03-31&TopicArn={TOPIC}&{form}"))
}

fn parse_form(form: &str) -> Result<SnsRequest, SnsRefusal> {
    let request = HttpRequest {
        method: "POST".to_owned(),
        uri: "https://sns.eu-central-1.amazonaws.com/".to_owned(),
        headers: Vec::new(),
        body: form.as_bytes().to_vec(),
    };
    SnsRequest::parse(&request, "k")
}

fn publish(sns: &mut Sns, form: &str) -> Vec<SnsEffect> {
    let request = parse("Publish", form).expect("a sound request");
    let (answer, effects) = sns.apply(at(796), &request, "k");
    assert_eq!(answer.status, 200);
    effects
}

fn at(millis: u64) -> Time {
    Time::from_millis(millis)
}

fn body(answer: &HttpAnswer) -> &str {
    std::str::from_utf8(&answer.body).expect("the body is text")
}

fn only(effects: Vec<SnsEffect>) -> SnsEffect {
    let [effect] = <[SnsEffect; 1]>::try_from(effects).expect("one effect");
    effect
}

fn delivery_of(effect: &SnsEffect) -> SnsDeliveryId {
    match effect {
        SnsEffect::Invoke { delivery, .. }
        | SnsEffect::Send { delivery, .. }
        | SnsEffect::DeadLetter { delivery, .. }
        | SnsEffect::Lost { delivery } => delivery.clone(),
    }
}

#[test]
fn topics_that_are_not_sound_are_refused() {
    let mistake = |topics: Vec<Topic>| {
        Sns::new(topics, SnsSettings::default()).expect_err("not sound").to_string()
    };
    let named = |name: &str| Topic { name: name.to_owned(), subscriptions: Vec::new() };
    assert_eq!(mistake(vec![named("a.fifo")]), "topic `a.fifo`: FIFO topics are not modelled");
    assert!(mistake(vec![named("a b")]).contains("a name has 1 to 256"));
    assert_eq!(mistake(vec![named("a"), named("a")]), "there are two topics `a`");
    let wrong = Subscription { endpoint_arn: QUEUE.to_owned(), ..lambda() };
    let endpoint = format!("topic `news`: `{QUEUE}` is no ARN of lambda");
    assert_eq!(mistake(vec![topic(&[wrong])]), endpoint);
    let wrong = Subscription { dead_letter_arn: Some(FUNCTION.to_owned()), ..queue() };
    assert!(mistake(vec![topic(&[wrong])]).ends_with("is no ARN of sqs"));
    let raw = Subscription { is_raw: true, ..lambda() };
    assert_eq!(mistake(vec![topic(&[raw])]), "topic `news`: only a queue can get raw messages");
    let twice = format!("topic `news`: `{QUEUE}` is subscribed twice");
    assert_eq!(mistake(vec![topic(&[queue(), queue()])]), twice);
}
