use super::*;

const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:failed";
const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:done";

fn settings() -> AsyncSettings {
    AsyncSettings { retries_max: 1, ..AsyncSettings::default() }
}

/// The effects of an event that has these outcomes one after the other.
fn effects(settings: AsyncSettings, outcomes: &[EventOutcome]) -> Vec<AsyncEffect> {
    let mut events = AsyncEvents::default();
    events.configure("notify", settings).expect("settings");
    let (payload, lineage) = (r#"{"b": 1, "a": 2}"#.to_owned(), Lineage::default());
    events.accept(at(0), "k", AsyncInvocation { function: notify(), payload, lineage });
    let mut effects = Vec::new();
    for outcome in outcomes {
        assert_eq!(effects, [], "the event is over before {outcome:?}");
        let now = events.next_due().expect("an event");
        let due = events.take_due(now).remove(0);
        effects = events.settle(now, &due.id, outcome);
    }
    effects
}

fn failed() -> EventOutcome {
    EventOutcome::FunctionError { payload: r#"{"errorType":"E","errorMessage":"no"}"#.to_owned() }
}

fn returned(payload: &str) -> EventOutcome {
    EventOutcome::Succeeded { payload: payload.to_owned() }
}

fn destination(to: &str, body: &str) -> AsyncEffect {
    let body = body.replace("REQUEST", &request_id("k"));
    AsyncEffect::Destination { to: to.to_owned(), body }
}

fn on_failure() -> AsyncSettings {
    AsyncSettings { on_failure: Some(QUEUE.to_owned()), ..settings() }
}

fn on_success() -> AsyncSettings {
    AsyncSettings { on_success: Some(TOPIC.to_owned()), ..settings() }
}

fn dead_letter() -> AsyncSettings {
    AsyncSettings { dead_letter: Some(QUEUE.to_owned()), ..settings() }
}

/// The attributes of a dead letter: name, type and value.
fn attributes(effects: &[AsyncEffect]) -> Vec<(&str, &str, &str)> {
    let [AsyncEffect::DeadLetter { to, body, attributes }] = effects else {
        panic!("expected a dead letter, got {effects:?}");
    };
    assert_eq!((to.as_str(), body.as_str()), (QUEUE, r#"{"b": 1, "a": 2}"#));
    attributes.iter().map(|it| (it.name, it.data_type, it.value.as_str())).collect()
}

#[test]
fn an_event_that_failed_for_good_goes_to_its_destination_with_the_error() {
    assert_eq!(
        effects(on_failure(), &[failed(), failed()]),
        [destination(
            QUEUE,
            r#"{"version":"1.0","timestamp":"2026-01-01T00:01:00.000Z","requestContext":{"requestId":"REQUEST","functionArn":"arn:aws:lambda:eu-central-1:123456789012:function:notify:$LATEST","condition":"RetriesExhausted","approximateInvokeCount":2},"requestPayload":{"b": 1, "a": 2},"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},"responsePayload":{"errorType":"E","errorMessage":"no"}}"#
        )]
    );
}

#[test]
fn an_event_that_succeeded_goes_to_its_destination_with_the_response() {
    assert_eq!(
        effects(on_success(), &[failed(), returned(r#"{"ok":true}"#)]),
        [destination(
            TOPIC,
            r#"{"version":"1.0","timestamp":"2026-01-01T00:01:00.000Z","requestContext":{"requestId":"REQUEST","functionArn":"arn:aws:lambda:eu-central-1:123456789012:function:notify:$LATEST","condition":"Success","approximateInvokeCount":2},"requestPayload":{"b": 1, "a": 2},"responseContext":{"statusCode":200,"executedVersion":"$LATEST"},"responsePayload":{"ok":true}}"#
        )]
    );
}

#[test]
fn a_destination_hears_of_its_own_kind_of_end_only() {
    assert_eq!(effects(on_failure(), &[returned("1")]), []);
    let over = [failed(), failed()];
    let id = EventId { request_id: request_id("k"), copy: 0 };
    assert_eq!(effects(on_success(), &over), [AsyncEffect::Discarded { id: id.clone() }]);
    assert_eq!(effects(settings(), &over), [AsyncEffect::Discarded { id }]);
}

#[test]
fn an_event_that_is_too_old_says_so_with_its_last_error() {
    let age_max = std::time::Duration::from_secs(60);
    let settings = AsyncSettings { retries_max: 2, age_max, ..on_failure() };
    assert_eq!(
        effects(settings, &[EventOutcome::Throttled, failed()]),
        [destination(
            QUEUE,
            r#"{"version":"1.0","timestamp":"2026-01-01T00:00:01.000Z","requestContext":{"requestId":"REQUEST","functionArn":"arn:aws:lambda:eu-central-1:123456789012:function:notify:$LATEST","condition":"EventAgeExceeded","approximateInvokeCount":1},"requestPayload":{"b": 1, "a": 2},"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},"responsePayload":{"errorType":"E","errorMessage":"no"}}"#
        )]
    );
}

#[test]
fn an_event_that_never_ran_has_no_response() {
    let record = |condition: &str, context: &str| {
        destination(
            QUEUE,
            &format!(
                r#"{{"version":"1.0","timestamp":"2026-01-01T00:00:00.000Z","requestContext":{{"requestId":"REQUEST","functionArn":"arn:aws:lambda:eu-central-1:123456789012:function:notify:$LATEST","condition":"{condition}","approximateInvokeCount":0}},"requestPayload":{{"b": 1, "a": 2}}{context}}}"#
            ),
        )
    };
    assert_eq!(
        effects(on_failure(), &[EventOutcome::Disabled]),
        [record("ZeroReservedConcurrency", "")]
    );
    assert_eq!(
        effects(on_failure(), &[EventOutcome::RecursionStopped]),
        [record("RecursiveInvocation", r#","responseContext":{"statusCode":400}"#)]
    );
}

#[test]
fn a_response_that_is_no_json_becomes_a_text() {
    let effects = effects(on_success(), &[returned("a \"b\"")]);
    let [AsyncEffect::Destination { body, .. }] = &effects[..] else {
        panic!("expected a record, got {effects:?}");
    };
    assert!(body.ends_with(r#","responsePayload":"a \"b\""}"#), "{body}");
}

#[test]
fn a_dead_letter_is_the_event_with_the_error_in_its_attributes() {
    assert_eq!(
        attributes(&effects(dead_letter(), &[failed(), failed()])),
        [
            ("ErrorCode", "Number", "200"),
            ("ErrorMessage", "String", "no"),
            ("RequestID", "String", &request_id("k")),
        ]
    );
    assert_eq!(
        attributes(&effects(dead_letter(), &[EventOutcome::RecursionStopped]))[0],
        ("ErrorCode", "Number", "400")
    );
    let disabled = effects(dead_letter(), &[EventOutcome::Disabled]);
    assert_eq!(attributes(&disabled)[0].0, "ErrorMessage", "there was no attempt");
}

#[test]
fn a_dead_letter_has_a_kilobyte_of_the_message() {
    let long = format!("{}é{}", "a".repeat(1_023), "b".repeat(9));
    let failed = |payload| EventOutcome::FunctionError { payload };
    let payload = FunctionFailure::boxed(&long).payload("r1");
    let once = AsyncSettings { retries_max: 0, ..dead_letter() };
    let over = effects(once.clone(), &[failed(payload)]);
    assert_eq!(attributes(&over)[1].2, "a".repeat(1_023), "no character is cut in two");
    let over = effects(once, &[failed("oops".to_owned())]);
    assert_eq!(attributes(&over)[1].2, "oops", "a text that is no error object is the message");
}

#[test]
fn an_event_goes_to_both_a_dead_letter_queue_and_a_destination() {
    let settings = AsyncSettings { on_failure: Some(TOPIC.to_owned()), ..dead_letter() };
    let effects = effects(settings, &[EventOutcome::Disabled]);
    assert!(
        matches!(
            &effects[..],
            [AsyncEffect::Destination { to, .. }, AsyncEffect::DeadLetter { .. }] if to == TOPIC
        ),
        "{effects:?}"
    );
}
