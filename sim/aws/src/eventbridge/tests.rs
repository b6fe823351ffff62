//! EventBridge as a driver uses it.

use serde_json::{Value, json};
use stormglass_spec::{Sketch, Time};

use super::*;
use crate::http::HttpRequest;
use crate::pattern::Pattern;
use crate::schedule::Schedule;

fn seconds(seconds: u64) -> Time {
    Time::from_millis(1_000 * seconds)
}

fn http(target: &str, body: &str) -> HttpRequest {
    HttpRequest {
        method: "POST".to_owned(),
        uri: "https://events.eu-central-1.amazonaws.com/".to_owned(),
        headers: vec![("x-amz-target".to_owned(), target.to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

fn put(entries: &Value) -> PutEventsRequest {
    let body = json!({ "Entries": entries }).to_string();
    PutEventsRequest::parse(&http("AWSEvents.PutEvents", &body)).expect("a sound request")
}

fn entry(detail: &str) -> Value {
    json!({ "Source": "chat", "DetailType": "Said", "Detail": detail })
}

fn body(answer: &HttpAnswer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

/// A rule on the default bus for events of the source `chat`.
fn rule(name: &str, targets: Vec<Target>) -> Rule {
    let pattern = Pattern::parse(&json!({ "source": ["chat"] })).unwrap();
    let trigger = Trigger::Pattern(pattern);
    Rule { name: name.to_owned(), bus: DEFAULT_BUS.to_owned(), trigger, targets }
}

fn with_rules(rules: Vec<Rule>) -> EventBridge {
    let mut bridge = EventBridge::new(EventBridgeSettings::default());
    for rule in rules {
        bridge.create_rule(Time::ZERO, rule).unwrap();
    }
    bridge
}

/// The id of the only delivery that these effects ask for.
fn delivery(effects: &[EventBridgeEffect]) -> DeliveryId {
    match effects {
        [EventBridgeEffect::Deliver { delivery, .. }] => delivery.clone(),
        _ => panic!("expected one delivery, got {effects:?}"),
    }
}

fn throttled() -> DeliveryOutcome {
    DeliveryOutcome::Failed { code: "THROTTLING".to_owned(), message: "Rate exceeded".to_owned() }
}

#[test]
fn an_entry_becomes_an_event_for_the_targets_of_each_matching_rule() {
    let two = vec![Target::new("one", "arn:f1"), Target::new("two", "arn:f2")];
    let mut other = rule("other", vec![Target::new("one", "arn:f3")]);
    other.trigger = Trigger::Pattern(Pattern::parse(&json!({ "source": ["mail"] })).unwrap());
    let mut bridge = with_rules(vec![rule("all", two), other]);
    let request = put(&json!([{
        "Source": "chat", "DetailType": "Said", "Detail": "{\"text\": \"hi\", \"a\": 1}",
        "Resources": ["arn:room"], "Time": 1_767_225_601.5,
    }]));
    let (answer, effects) = bridge.apply(seconds(60), &request, &[], "ana.put1");

    let id = body(&answer)["Entries"][0]["EventId"].as_str().unwrap().to_owned();
    assert_eq!(answer.status, 200);
    assert_eq!(body(&answer), json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": id }] }));
    let event = format!(
        concat!(
            r#"{{"version":"0","id":"{}","detail-type":"Said","source":"chat","#,
            r#""account":"123456789012","time":"2026-01-01T00:00:01Z","region":"eu-central-1","#,
            r#""resources":["arn:room"],"detail":{{"text": "hi", "a": 1}}}}"#,
        ),
        id
    );
    let expected = |target: &str, target_arn: &str| EventBridgeEffect::Deliver {
        delivery: format!("{id}/all/{target}"),
        rule_arn: "arn:aws:events:eu-central-1:123456789012:rule/all".to_owned(),
        target_arn: target_arn.to_owned(),
        input: event.clone(),
        retries: 0,
    };
    assert_eq!(effects, [expected("one", "arn:f1"), expected("two", "arn:f2")]);
}

#[test]
fn an_event_without_a_time_has_that_of_the_call() {
    let mut bridge = with_rules(vec![rule("all", vec![Target::new("t", "arn:f")])]);
    let (_, effects) = bridge.apply(seconds(61), &put(&json!([entry("{}")])), &[], "k");
    let [EventBridgeEffect::Deliver { input, .. }] = &effects[..] else { panic!("{effects:?}") };
    let event: Value = serde_json::from_str(input).unwrap();
    assert_eq!(event["time"], "2026-01-01T00:01:01Z");
    assert_eq!((&event["resources"], &event["detail"]), (&json!([]), &json!({})));
}

#[test]
fn entries_fail_one_by_one_in_a_successful_answer() {
    let mut bridge = with_rules(vec![rule("all", vec![Target::new("t", "arn:f")])]);
    let request = put(&json!([
        entry("{}"),
        entry("{"),
        entry("[1]"),
        { "DetailType": "Said", "Detail": "{}" },
        { "Source": "chat", "DetailType": "", "Detail": "{}" },
        { "Source": "aws.ec2", "DetailType": "Said", "Detail": "{}" },
        entry("{}"),
    ]));
    let failure = EntryFailure {
        entry: 6,
        code: "InternalFailure".to_owned(),
        message: "Internal failure".to_owned(),
    };
    let (answer, effects) = bridge.apply(Time::ZERO, &request, &[failure], "k");
    let body = body(&answer);
    assert_eq!((answer.status, &body["FailedEntryCount"]), (200, &json!(6)));
    let entries = body["Entries"].as_array().unwrap();
    let codes: Vec<&str> = entries.iter().filter_map(|entry| entry["ErrorCode"].as_str()).collect();
    assert_eq!(
        codes,
        [
            "MalformedDetail",
            "MalformedDetail",
            "InvalidArgument",
            "InvalidArgument",
            "NotAuthorizedForSourceException",
            "InternalFailure",
        ]
    );
    let reason = "Parameter Source is not valid. Reason: Source is a required argument.";
    assert_eq!(entries[3]["ErrorMessage"], reason);
    assert!(entries[0]["EventId"].is_string(), "{body}");
    delivery(&effects);
}

#[test]
fn requests_that_aws_refuses_are_refused() {
    let eleven = json!({ "Entries": vec![entry("{}"); 11] }).to_string();
    for (target, body, code, is_unsupported) in [
        ("AWSEvents.PutEvents", "{", "SerializationException", false),
        ("AWSEvents.PutEvents", r#"{"Entries":[{"Source":1}]}"#, "SerializationException", false),
        ("AWSEvents.PutEvents", r#"{"Entries":[]}"#, "ValidationException", false),
        ("AWSEvents.PutEvents", "{}", "ValidationException", false),
        ("AWSEvents.PutEvents", eleven.as_str(), "ValidationException", false),
        ("AWSEvents.PutRule", "{}", "UnsupportedOperationException", true),
        ("Other.PutEvents", "{}", "UnknownOperationException", false),
        (
            "AWSEvents.PutEvents",
            r#"{"Entries":[{}],"EndpointId":"a.b"}"#,
            "UnsupportedOperationException",
            true,
        ),
        (
            "AWSEvents.PutEvents",
            r#"{"Entries":[{"EventBusName":"arn:aws:events:eu-central-1:1:event-bus/b"}]}"#,
            "UnsupportedOperationException",
            true,
        ),
    ] {
        let refusal = PutEventsRequest::parse(&http(target, body)).expect_err(body);
        let answer: Value = serde_json::from_slice(&refusal.answer.body).unwrap();
        assert_eq!((refusal.answer.status, &answer["__type"]), (400, &json!(code)), "{body}");
        assert_eq!(refusal.is_unsupported, is_unsupported, "{body}");
    }
}

#[test]
fn a_call_stays_under_its_size() {
    // Source, DetailType, Detail, one resource and a time.
    let bytes = 4 + 4 + 10 + 8 + 14;
    let request = put(&json!([{
        "Source": "chat", "DetailType": "Said", "Detail": "{\"a\":\"bc\"}",
        "Resources": ["arn:room"], "Time": 1,
    }]));
    for (call_bytes_max, status) in [(bytes, 400), (bytes + 1, 200)] {
        let settings = EventBridgeSettings { call_bytes_max, ..EventBridgeSettings::default() };
        let (answer, _) = EventBridge::new(settings).apply(Time::ZERO, &request, &[], "k");
        assert_eq!(answer.status, status, "{call_bytes_max}");
    }
}

#[test]
fn a_request_names_its_action_and_its_buses() {
    let mut own = entry("{}");
    own["EventBusName"] = json!("arn:aws:events:eu-central-1:123456789012:event-bus/own");
    let mut same = entry("{}");
    same["EventBusName"] = json!("own");
    let request = put(&json!([entry("{}"), own, same]));
    let bus = |name| format!("arn:aws:events:eu-central-1:123456789012:event-bus/{name}");
    assert_eq!(request.action(), "events:PutEvents");
    assert_eq!(request.resources().into_iter().collect::<Vec<_>>(), [bus("default"), bus("own")]);
    assert_eq!(request.entries_count(), 3);
}

#[test]
fn an_event_stays_on_its_bus() {
    let mut own = rule("own", vec![Target::new("t", "arn:f")]);
    own.bus = "own".to_owned();
    let mut bridge = EventBridge::new(EventBridgeSettings::default());
    assert!(matches!(bridge.create_rule(Time::ZERO, own.clone()), Err(RuleError::NoBus { .. })));
    bridge.create_bus(Bus { name: "own".to_owned() }).unwrap();
    bridge.create_rule(Time::ZERO, own).unwrap();

    let on = |bus: &str| {
        let mut entry = entry("{}");
        entry["EventBusName"] = json!(bus);
        put(&json!([entry]))
    };
    let (_, effects) = bridge.apply(Time::ZERO, &on("own"), &[], "k1");
    let [EventBridgeEffect::Deliver { rule_arn, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(rule_arn, "arn:aws:events:eu-central-1:123456789012:rule/own/own");
    for bus in ["default", "missing"] {
        let (answer, effects) = bridge.apply(Time::ZERO, &on(bus), &[], bus);
        assert_eq!((&body(&answer)["FailedEntryCount"], effects), (&json!(0), vec![]), "{bus}");
    }
}

#[test]
fn rules_that_aws_refuses_are_refused() {
    let schedule = |text: &str, bus: &str| Rule {
        name: "r".to_owned(),
        bus: bus.to_owned(),
        trigger: Trigger::Schedule(Schedule::parse(text).unwrap()),
        targets: Vec::new(),
    };
    let targets = |count: usize| (0..count).map(|n| Target::new(n.to_string(), "arn:f")).collect();
    let mut bridge = EventBridge::new(EventBridgeSettings::default());
    bridge.create_bus(Bus { name: "own".to_owned() }).unwrap();
    bridge.create_rule(Time::ZERO, rule("five", targets(5))).unwrap();
    let twins = vec![Target::new("t", "arn:f"), Target::new("t", "arn:g")];
    for (rule, words) in [
        (rule("six", targets(6)), "6 targets"),
        (rule("twins", twins), "two targets with one id"),
        (rule("five", Vec::new()), "five exists already"),
        (schedule("rate(1 minute)", "own"), "only on the default event bus"),
        (schedule("at(2026-11-20T13:00:00)", "default"), "at(...) is for Scheduler"),
    ] {
        let error = bridge.create_rule(Time::ZERO, rule).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    let again = bridge.create_bus(Bus { name: "own".to_owned() });
    assert_eq!(again, Err(RuleError::Exists("own".to_owned())));
}

#[test]
fn a_failed_delivery_is_tried_again_until_it_arrives() {
    let mut bridge = with_rules(vec![rule("all", vec![Target::new("t", "arn:f")])]);
    let (_, effects) = bridge.apply(Time::ZERO, &put(&json!([entry("{}")])), &[], "k");
    let id = delivery(&effects);
    assert_eq!(bridge.next_due(), None);

    assert_eq!(bridge.settle(seconds(1), &id, throttled()), []);
    let due = bridge.next_due().unwrap();
    assert!((Time::from_millis(1_500)..=seconds(2)).contains(&due), "{due}");
    assert_eq!(bridge.take_due(Time::from_millis(1_499)), []);
    let effects = bridge.take_due(due);
    assert!(matches!(&effects[..], [EventBridgeEffect::Deliver { retries: 1, .. }]), "{effects:?}");
    assert_eq!((delivery(&effects), bridge.next_due()), (id.clone(), None));

    assert_eq!(bridge.settle(seconds(9), &id, DeliveryOutcome::Delivered), []);
    assert_eq!(bridge.next_due(), None);
}

#[test]
#[should_panic(expected = "an attempt of the delivery is under way")]
fn a_delivery_is_settled_once() {
    let mut bridge = with_rules(vec![rule("all", vec![Target::new("t", "arn:f")])]);
    let (_, effects) = bridge.apply(Time::ZERO, &put(&json!([entry("{}")])), &[], "k");
    let id = delivery(&effects);
    bridge.settle(Time::ZERO, &id, DeliveryOutcome::Delivered);
    bridge.settle(Time::ZERO, &id, DeliveryOutcome::Delivered);
}

#[test]
fn exhausted_retries_end_in_the_dead_letter_queue() {
    let mut target = Target::new("t", "arn:f");
    target.dead_letter = Some("arn:q".to_owned());
    target.retry = RetryPolicy::new(2, 86_400).unwrap();
    let mut bridge = with_rules(vec![rule("all", vec![target])]);
    let (_, effects) = bridge.apply(Time::ZERO, &put(&json!([entry("{}")])), &[], "k");
    let [EventBridgeEffect::Deliver { input: event, .. }] = &effects[..] else { panic!() };
    let id = delivery(&effects);
    for _ in 0..2 {
        assert_eq!(bridge.settle(Time::ZERO, &id, throttled()), []);
        let due = bridge.next_due().unwrap();
        assert_eq!(delivery(&bridge.take_due(due)), id);
    }
    let effects = bridge.settle(seconds(60), &id, throttled());
    let [EventBridgeEffect::DeadLetter(letter)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((letter.queue_arn.as_str(), &letter.body), ("arn:q", event));
    let attributes: Vec<(&str, &str)> =
        letter.attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(
        attributes,
        [
            ("ERROR_CODE", "THROTTLING"),
            ("ERROR_MESSAGE", "Rate exceeded"),
            ("EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts"),
            ("RETRY_ATTEMPTS", "2"),
            ("RULE_ARN", "arn:aws:events:eu-central-1:123456789012:rule/all"),
            ("TARGET_ARN", "arn:f"),
        ]
    );
    assert_eq!(bridge.next_due(), None);
}

#[test]
fn an_old_event_is_lost_without_a_dead_letter_queue() {
    let mut target = Target::new("t", "arn:f");
    target.retry = RetryPolicy::new(185, 60).unwrap();
    let mut bridge = with_rules(vec![rule("all", vec![target])]);
    let (_, effects) = bridge.apply(Time::ZERO, &put(&json!([entry("{}")])), &[], "k");
    let effects = bridge.settle(seconds(60), &delivery(&effects), throttled());
    assert!(
        matches!(&effects[..], [EventBridgeEffect::Lost { code, .. }] if code == "THROTTLING"),
        "{effects:?}"
    );
}

#[test]
fn a_refused_delivery_is_not_tried_again() {
    let mut target = Target::new("t", "arn:f");
    target.dead_letter = Some("arn:q".to_owned());
    let mut bridge = with_rules(vec![rule("all", vec![target])]);
    let (_, effects) = bridge.apply(Time::ZERO, &put(&json!([entry("{}")])), &[], "k");
    let (code, message) = ("NO_PERMISSIONS".to_owned(), "No permission".to_owned());
    let outcome = DeliveryOutcome::Refused { code, message };
    let effects = bridge.settle(Time::ZERO, &delivery(&effects), outcome);
    let [EventBridgeEffect::DeadLetter(letter)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(letter.attributes["RETRY_ATTEMPTS"], "0");
    assert!(!letter.attributes.contains_key("EXHAUSTED_RETRY_CONDITION"));
}

#[test]
fn the_driver_can_give_up_and_repeat_deliveries() {
    let mut bridge = with_rules(vec![rule("all", vec![Target::new("t", "arn:f")])]);
    let (_, effects) = bridge.apply(Time::ZERO, &put(&json!([entry("{}")])), &[], "k");
    let first = delivery(&effects);
    let copy = bridge.duplicate(Time::ZERO, &first, "k.again");
    let second = delivery(&copy);
    assert_ne!(first, second);
    let inputs: Vec<&String> = effects
        .iter()
        .chain(&copy)
        .filter_map(|effect| match effect {
            EventBridgeEffect::Deliver { input, .. } => Some(input),
            _ => None,
        })
        .collect();
    assert_eq!(inputs[0], inputs[1]);

    // An attempt under way is not given up, a waiting delivery is.
    assert_eq!(bridge.give_up(&first), []);
    bridge.settle(Time::ZERO, &first, throttled());
    assert!(matches!(&bridge.give_up(&first)[..], [EventBridgeEffect::Lost { .. }]));
    bridge.settle(Time::ZERO, &second, DeliveryOutcome::Delivered);
    assert_eq!(bridge.duplicate(Time::ZERO, &first, "k.third"), []);
}

#[test]
fn a_scheduled_rule_fires_once_for_each_planned_time() {
    let mut bridge = EventBridge::new(EventBridgeSettings::default());
    let schedule = Trigger::Schedule(Schedule::parse("rate(5 minutes)").unwrap());
    let mut tick = rule("tick", vec![Target::new("t", "arn:f")]);
    tick.trigger = schedule;
    bridge.create_rule(seconds(7), tick).unwrap();
    let planned = |bridge: &EventBridge| {
        let planned: Vec<(String, Time, Time)> =
            bridge.planned().map(|it| (it.rule.to_owned(), it.at, it.latest)).collect();
        planned
    };
    assert_eq!(planned(&bridge), [("tick".to_owned(), seconds(307), seconds(366))]);
    assert_eq!(bridge.fire(seconds(306), "tick", "k0"), []);
    assert_eq!(bridge.fire(seconds(400), "other", "k0"), []);

    let effects = bridge.fire(seconds(340), "tick", "k1");
    let [EventBridgeEffect::Deliver { input, .. }] = &effects[..] else { panic!("{effects:?}") };
    let event: Value = serde_json::from_str(input).unwrap();
    let named = (&event["source"], &event["detail-type"], &event["time"]);
    let expected =
        (&json!("aws.events"), &json!("Scheduled Event"), &json!("2026-01-01T00:05:07Z"));
    assert_eq!(named, expected);
    assert_eq!(event["resources"][0], "arn:aws:events:eu-central-1:123456789012:rule/tick");
    assert_eq!(planned(&bridge), [("tick".to_owned(), seconds(607), seconds(666))]);
    assert_eq!(bridge.fire(seconds(341), "tick", "k2"), []);
}

#[test]
fn a_sketch_sees_deliveries_and_planned_times() {
    let sketch = |bridge: &EventBridge| {
        let mut sketch = Sketch::default();
        bridge.sketch(&mut sketch);
        sketch.finish()
    };
    let mut tick = rule("tick", vec![Target::new("t", "arn:f")]);
    tick.trigger = Trigger::Schedule(Schedule::parse("rate(1 minute)").unwrap());
    let make = || with_rules(vec![rule("all", vec![Target::new("t", "arn:f")]), tick.clone()]);
    let mut bridge = make();
    let new = sketch(&bridge);
    assert_eq!(new, sketch(&make()));

    let (_, effects) = bridge.apply(Time::ZERO, &put(&json!([entry("{}")])), &[], "k");
    let id = delivery(&effects);
    let attempted = sketch(&bridge);
    bridge.settle(Time::ZERO, &id, throttled());
    let waiting = sketch(&bridge);
    bridge.give_up(&id);
    assert_eq!(sketch(&bridge), new);
    let fired = bridge.fire(seconds(60), "tick", "k1");
    bridge.settle(seconds(60), &delivery(&fired), DeliveryOutcome::Delivered);
    let planned = sketch(&bridge);
    let distinct = std::collections::BTreeSet::from([new, attempted, waiting, planned]);
    assert_eq!(distinct.len(), 4);
}

#[test]
fn failures_of_a_whole_call_have_answers() {
    let throttled = CallFailure::Throttled.answer();
    assert_eq!(
        (throttled.status, &body(&throttled)["__type"]),
        (400, &json!("ThrottlingException"))
    );
    let internal = CallFailure::Internal.answer();
    assert_eq!((internal.status, &body(&internal)["__type"]), (500, &json!("InternalException")));
}
