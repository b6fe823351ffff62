//! Scheduler as a driver uses it.

use serde_json::{Value, json};
use stormglass_spec::Sketch;

use super::*;
use crate::eventbridge::DeliveryOutcome;
use crate::http::HttpRequest;

/// The ARN of the schedule that most tests use.
const ARN: &str = "arn:aws:scheduler:eu-central-1:123456789012:schedule/default/timer";

fn seconds(seconds: u64) -> Time {
    Time::from_millis(1_000 * seconds)
}

/// A date of the run, `seconds` after its start, in seconds since 1970.
fn date(seconds: u64) -> u64 {
    1_767_225_600 + seconds
}

fn http(method: &str, path: &str, body: &Value) -> HttpRequest {
    HttpRequest {
        method: method.to_owned(),
        uri: format!("https://scheduler.eu-central-1.amazonaws.com{path}"),
        headers: Vec::new(),
        body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
    }
}

fn parse(method: &str, path: &str, body: &Value) -> SchedulerRequest {
    let parsed = SchedulerRequest::parse(&http(method, path, body));
    parsed.unwrap_or_else(|refusal| panic!("{}", String::from_utf8_lossy(&refusal.answer.body)))
}

/// The body of a schedule, with more members.
fn schedule(expression: &str, more: &Value) -> Value {
    let mut body = json!({
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": { "Mode": "OFF" },
        "Target": {
            "Arn": "arn:aws:lambda:eu-central-1:123456789012:function:f",
            "RoleArn": "arn:aws:iam::123456789012:role/r",
            "Input": r#"{"n": "<aws.scheduler.attempt-number>"}"#,
        },
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn create(expression: &str, more: &Value) -> SchedulerRequest {
    parse("POST", "/schedules/timer", &schedule(expression, more))
}

fn with_schedule(now: Time, expression: &str, more: &Value) -> Scheduler {
    let mut scheduler = Scheduler::new(SchedulerSettings::default());
    let answer = scheduler.apply(now, &create(expression, more));
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    scheduler
}

fn body(answer: &HttpAnswer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn get() -> SchedulerRequest {
    parse("GET", "/schedules/timer", &Value::Null)
}

/// The only invocation among these effects: its delivery and its payload.
fn invocation(effects: &[SchedulerEffect]) -> (String, String) {
    match effects {
        [SchedulerEffect::Invoke { delivery, payload, .. }] => (delivery.clone(), payload.clone()),
        _ => panic!("expected one invocation, got {effects:?}"),
    }
}

fn failed() -> DeliveryOutcome {
    DeliveryOutcome::Failed { code: "THROTTLING".to_owned(), message: "Rate exceeded".to_owned() }
}

#[test]
fn a_schedule_is_created_described_changed_and_deleted() {
    let more = json!({ "Description": "a timer", "ClientToken": "token" });
    let mut scheduler = Scheduler::new(SchedulerSettings::default());
    let answer = scheduler.apply(seconds(1), &create("rate(5 minutes)", &more));
    assert_eq!((answer.status, body(&answer)), (200, json!({ "ScheduleArn": ARN })));

    let description = body(&scheduler.apply(seconds(2), &get()));
    let expected = json!({
        "ActionAfterCompletion": "NONE",
        "Arn": ARN,
        "CreationDate": 1_767_225_601.0,
        "Description": "a timer",
        "FlexibleTimeWindow": { "Mode": "OFF" },
        "GroupName": "default",
        "LastModificationDate": 1_767_225_601.0,
        "Name": "timer",
        "ScheduleExpression": "rate(5 minutes)",
        "ScheduleExpressionTimezone": "UTC",
        "State": "ENABLED",
        "Target": {
            "Arn": "arn:aws:lambda:eu-central-1:123456789012:function:f",
            "Input": "{\"n\": \"<aws.scheduler.attempt-number>\"}",
            "RetryPolicy": { "MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185 },
            "RoleArn": "arn:aws:iam::123456789012:role/r",
        },
    });
    assert_eq!(description, expected);

    let path = "/schedules/timer?groupName=default&clientToken=t";
    let disabled = schedule("rate(1 hour)", &json!({ "State": "DISABLED" }));
    let update = parse("PUT", path, &disabled);
    assert_eq!(scheduler.apply(seconds(3), &update).status, 200);
    let description = body(&scheduler.apply(seconds(4), &get()));
    // What the update leaves out has its default again.
    assert_eq!(description["Description"], Value::Null);
    assert_eq!(description["State"], "DISABLED");
    assert_eq!(description["CreationDate"], 1_767_225_601.0);
    assert_eq!(description["LastModificationDate"], 1_767_225_603.0);
    assert_eq!(scheduler.next_due(), None);

    let delete = parse("DELETE", path, &Value::Null);
    let answer = scheduler.apply(seconds(5), &delete);
    assert_eq!((answer.status, body(&answer)), (200, json!({})));
    for request in [get(), update, delete] {
        let answer = scheduler.apply(seconds(6), &request);
        assert_eq!(answer.status, 404);
        assert_eq!(answer.headers[1], ("x-amzn-errortype", "ResourceNotFoundException".into()));
        assert_eq!(body(&answer), json!({ "Message": "Schedule timer does not exist." }));
    }
}

#[test]
fn a_name_is_taken_unless_the_call_is_a_retry() {
    let once = create("rate(1 hour)", &json!({ "ClientToken": "one" }));
    let other = create("rate(1 hour)", &json!({ "ClientToken": "two" }));
    let mut scheduler = Scheduler::new(SchedulerSettings::default());
    let statuses =
        [&once, &once, &other].map(|request| scheduler.apply(seconds(1), request).status);
    assert_eq!(statuses, [200, 200, 409]);
    let answer = scheduler.apply(seconds(1), &other);
    assert_eq!(answer.headers[1], ("x-amzn-errortype", "ConflictException".into()));
    assert_eq!(body(&answer), json!({ "Message": "Schedule timer already exists." }));
    // Without a token every call is a new one.
    let without = create("rate(1 hour)", &json!({}));
    let mut scheduler = Scheduler::new(SchedulerSettings::default());
    let statuses = [&without, &without].map(|request| scheduler.apply(seconds(1), request).status);
    assert_eq!(statuses, [200, 409]);
}

#[test]
fn a_group_must_exist_and_an_account_has_a_quota() {
    let settings = SchedulerSettings { schedules_max: 1, ..SchedulerSettings::default() };
    let mut scheduler = Scheduler::new(settings);
    let in_group = create("rate(1 hour)", &json!({ "GroupName": "own" }));
    let answer = scheduler.apply(seconds(1), &in_group);
    assert_eq!(body(&answer), json!({ "Message": "Schedule group own does not exist." }));
    scheduler.create_group("own");
    let answer = scheduler.apply(seconds(1), &in_group);
    assert_eq!(body(&answer)["ScheduleArn"], ARN.replace("default", "own"));
    let answer = scheduler.apply(seconds(1), &create("rate(1 hour)", &json!({})));
    assert_eq!(answer.status, 402);
}

#[test]
fn requests_that_aws_refuses_are_refused() {
    let target = |more: Value| {
        let mut body = schedule("rate(1 hour)", &json!({}));
        for (name, value) in more.as_object().unwrap() {
            body["Target"][name] = value.clone();
        }
        body
    };
    let with = |more: Value| schedule("rate(1 hour)", &more);
    for (body, words) in [
        (
            schedule("rate(1 hours)", &json!({})),
            "Invalid Schedule Expression rate(1 hours): the unit",
        ),
        (with(json!({ "ScheduleExpression": null })), "'scheduleExpression' failed"),
        (with(json!({ "FlexibleTimeWindow": null })), "'flexibleTimeWindow' failed"),
        (with(json!({ "FlexibleTimeWindow": {} })), "'flexibleTimeWindow.mode' failed"),
        (with(json!({ "FlexibleTimeWindow": { "Mode": "ON" } })), "be OFF or FLEXIBLE"),
        (
            with(json!({ "FlexibleTimeWindow": { "Mode": "FLEXIBLE" } })),
            "maximumWindowInMinutes' failed",
        ),
        (
            with(json!({ "FlexibleTimeWindow": {
                    "Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1_441,
                } })),
            "be 1 to 1440",
        ),
        (
            with(json!({ "FlexibleTimeWindow": { "Mode": "OFF", "MaximumWindowInMinutes": 5 } })),
            "needs the mode FLEXIBLE",
        ),
        (with(json!({ "State": "ON" })), "be DISABLED or ENABLED"),
        (with(json!({ "ActionAfterCompletion": "KEEP" })), "be NONE or DELETE"),
        (with(json!({ "StartDate": 20, "EndDate": 10 })), "before the EndDate"),
        (with(json!({ "Target": null })), "'target' failed"),
        (target(json!({ "Arn": "f" })), "Provided Arn is not in correct format."),
        (target(json!({ "RoleArn": "r" })), "be the ARN of a role"),
        (target(json!({ "Input": "plain" })), "be well-formed JSON"),
        (target(json!({ "RetryPolicy": { "MaximumRetryAttempts": 186 } })), "0 to 185"),
        (
            target(json!({ "Arn": "arn:aws:events:eu-central-1:123456789012:event-bus/default" })),
            "EventBridgeParameters is required",
        ),
    ] {
        let refusal =
            SchedulerRequest::parse(&http("POST", "/schedules/timer", &body)).unwrap_err();
        let message = String::from_utf8_lossy(&refusal.answer.body).into_owned();
        assert!(message.contains(words), "{body}: {message}");
        assert_eq!((refusal.answer.status, refusal.is_unsupported), (400, false), "{body}");
        assert_eq!(refusal.answer.headers[1], ("x-amzn-errortype", "ValidationException".into()));
    }
    for path in ["/schedules/a%20b", "/schedules/%FF", "/schedules/timer?groupName=a%2Fb"] {
        let refusal = SchedulerRequest::parse(&http("GET", path, &Value::Null)).unwrap_err();
        assert_eq!((refusal.answer.status, refusal.is_unsupported), (400, false), "{path}");
    }
    for (method, path) in [("GET", "/"), ("PATCH", "/schedules/timer"), ("GET", "/schedules/a/b")] {
        let refusal = SchedulerRequest::parse(&http(method, path, &Value::Null)).unwrap_err();
        assert_eq!((refusal.answer.status, refusal.is_unsupported), (404, false), "{path}");
    }
}

#[test]
fn what_the_model_lacks_is_refused_by_name() {
    let with = |more: Value| schedule("rate(1 hour)", &more);
    let target = |name: &str| {
        let mut body = schedule("rate(1 hour)", &json!({}));
        body["Target"][name] = json!({});
        body
    };
    let mut universal = schedule("rate(1 hour)", &json!({}));
    universal["Target"]["Arn"] = json!("arn:aws:scheduler:::aws-sdk:lambda:invoke");
    for (path, body, name) in [
        (
            "/schedules/t",
            with(json!({ "ScheduleExpressionTimezone": "Europe/Berlin" })),
            "Europe/Berlin",
        ),
        ("/schedules/t", with(json!({ "KmsKeyArn": "arn:k" })), "KmsKeyArn"),
        ("/schedules/t", target("EcsParameters"), "Target.EcsParameters"),
        ("/schedules/t", universal, "universal target"),
        ("/schedules", json!({}), "ListSchedules"),
        ("/schedule-groups/g", json!({}), "schedule groups"),
        ("/tags/arn", json!({}), "tags"),
    ] {
        let refusal = SchedulerRequest::parse(&http("POST", path, &body)).unwrap_err();
        let message = String::from_utf8_lossy(&refusal.answer.body).into_owned();
        assert!(refusal.is_unsupported && message.contains(name), "{body}: {message}");
    }
}

#[test]
fn a_request_names_its_action_its_schedule_and_its_role() {
    let put = schedule("rate(1 hour)", &json!({ "GroupName": "own" }));
    let role = Some("arn:aws:iam::123456789012:role/r");
    for (method, body, action, passed_role) in [
        ("POST", &put, "scheduler:CreateSchedule", role),
        ("PUT", &put, "scheduler:UpdateSchedule", role),
        ("GET", &Value::Null, "scheduler:GetSchedule", None),
        ("DELETE", &Value::Null, "scheduler:DeleteSchedule", None),
    ] {
        let request = parse(method, "/schedules/timer?groupName=own", body);
        assert_eq!((request.action(), request.passed_role()), (action, passed_role));
        assert_eq!(request.resource(), ARN.replace("default", "own"), "{method}");
    }
}

#[test]
fn a_one_time_schedule_fires_once_and_is_deleted_after_its_invocation() {
    for (action, remains) in [("NONE", true), ("DELETE", false)] {
        let more = json!({ "ActionAfterCompletion": action });
        let mut scheduler = with_schedule(seconds(5), "at(2026-01-01T00:10:00)", &more);
        assert_eq!(scheduler.next_due(), Some(seconds(600)));
        assert_eq!(scheduler.take_due(seconds(599)), []);
        let (delivery, payload) = invocation(&scheduler.take_due(seconds(630)));
        assert_eq!(payload, r#"{"n": "1"}"#);
        assert_eq!((scheduler.next_due(), scheduler.take_due(seconds(631))), (None, vec![]));

        // The schedule remains until its last attempt is over.
        assert_eq!(scheduler.settle(seconds(631), &delivery, failed()), []);
        assert_eq!(scheduler.apply(seconds(631), &get()).status, 200);
        let due = scheduler.next_due().unwrap();
        let (again, payload) = invocation(&scheduler.take_due(due));
        assert_eq!((&again, payload.as_str()), (&delivery, r#"{"n": "2"}"#));
        let effects = scheduler.settle(due, &delivery, DeliveryOutcome::Delivered);
        let deleted = SchedulerEffect::Deleted { schedule_arn: ARN.to_owned() };
        assert_eq!(effects, if remains { vec![] } else { vec![deleted] });
        let status = scheduler.apply(due, &get()).status;
        assert_eq!(status, if remains { 200 } else { 404 }, "{action}");
    }
}

#[test]
fn a_time_in_the_past_fires_at_once_or_never() {
    for (fires_past_times, due) in [(false, None), (true, Some(seconds(600)))] {
        let settings = SchedulerSettings { fires_past_times, ..SchedulerSettings::default() };
        let mut scheduler = Scheduler::new(settings);
        scheduler.apply(seconds(601), &create("at(2026-01-01T00:10:00)", &json!({})));
        assert_eq!(scheduler.next_due(), due);
        assert_eq!(scheduler.take_due(seconds(601)).len(), due.into_iter().count());
    }
}

#[test]
fn a_schedule_that_is_changed_as_it_fires_may_fire_again_for_the_same_time() {
    let settings = SchedulerSettings { fires_past_times: true, ..SchedulerSettings::default() };
    let mut scheduler = Scheduler::new(settings);
    let now = seconds(601);
    scheduler.apply(now, &create("at(2026-01-01T00:10:00)", &json!({})));
    let (first, _) = invocation(&scheduler.take_due(now));
    let again = schedule("at(2026-01-01T00:10:00)", &json!({}));
    scheduler.apply(now, &parse("PUT", "/schedules/timer", &again));
    let (second, _) = invocation(&scheduler.take_due(now));
    assert_ne!(first, second);
    for delivery in [first, second] {
        assert_eq!(scheduler.settle(now, &delivery, DeliveryOutcome::Delivered), []);
    }
}

#[test]
fn a_rate_counts_from_its_start_date_or_from_now() {
    for (now, more, times) in [
        (7, json!({}), [7, 307, 607]),
        (0, json!({}), [0, 300, 600]),
        (7, json!({ "StartDate": date(100) }), [100, 400, 700]),
        (450, json!({ "StartDate": date(100) }), [700, 1_000, 1_300]),
    ] {
        let mut scheduler = with_schedule(seconds(now), "rate(5 minutes)", &more);
        let fired: Vec<Time> = (0..3)
            .map(|_| {
                let due = scheduler.next_due().unwrap();
                let (delivery, _) = invocation(&scheduler.take_due(due));
                scheduler.settle(due, &delivery, DeliveryOutcome::Delivered);
                due
            })
            .collect();
        assert_eq!(fired, times.map(seconds), "{more}");
    }
}

#[test]
fn a_recurring_schedule_ends_before_its_end_date() {
    let more = json!({ "EndDate": date(360), "ActionAfterCompletion": "DELETE" });
    let mut scheduler = with_schedule(seconds(1), "cron(0/2 * * * ? *)", &more);
    for (due, is_last) in [(120, false), (240, true)] {
        assert_eq!(scheduler.next_due(), Some(seconds(due)));
        let (delivery, _) = invocation(&scheduler.take_due(seconds(due)));
        let effects = scheduler.settle(seconds(due), &delivery, DeliveryOutcome::Delivered);
        assert_eq!(effects.len(), usize::from(is_last), "{due}");
    }
    assert_eq!(scheduler.next_due(), None);
    assert_eq!(scheduler.apply(seconds(241), &get()).status, 404);
}

#[test]
fn the_driver_decides_on_the_second() {
    let window =
        json!({ "FlexibleTimeWindow": { "Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15 } });
    for (more, latest) in [(json!({}), 659), (window, 1_500)] {
        let mut scheduler = with_schedule(seconds(5), "cron(10 0 * * ? *)", &more);
        let planned: Vec<PlannedSchedule<'_>> = scheduler.planned().collect();
        let (at, latest) = (seconds(600), seconds(latest));
        assert_eq!(planned, [PlannedSchedule { schedule_arn: ARN, at, latest }]);
        assert_eq!(scheduler.fire(seconds(599), ARN), []);
        assert_eq!(scheduler.fire(seconds(640), "arn:other"), []);
        invocation(&scheduler.fire(seconds(640), ARN));
        assert_eq!(scheduler.fire(seconds(641), ARN), []);
        assert_eq!(scheduler.next_due(), Some(seconds(600 + 86_400)));
    }
}

#[test]
fn the_attributes_of_an_execution_are_those_of_its_planned_time() {
    let mut body = schedule("at(2026-01-01T00:10:00)", &json!({}));
    let attributes = concat!(
        r#"{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>","#,
        r#""id":"<aws.scheduler.execution-id>","n":"<aws.scheduler.attempt-number>"}"#,
    );
    body["Target"]["Input"] = json!(attributes);
    let mut scheduler = Scheduler::new(SchedulerSettings::default());
    scheduler.apply(seconds(0), &parse("POST", "/schedules/timer", &body));
    let (delivery, payload) = invocation(&scheduler.take_due(seconds(640)));
    let payload: Value = serde_json::from_str(&payload).unwrap();
    assert_eq!((&payload["arn"], &payload["at"]), (&json!(ARN), &json!("2026-01-01T00:10:00Z")));
    let id = payload["id"].as_str().unwrap();
    assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(delivery, format!("{ARN}/{id}"));
    // A second delivery of the execution has the same id.
    let (_, copy) = invocation(&scheduler.duplicate(seconds(641), &delivery, "again"));
    assert_eq!(serde_json::from_str::<Value>(&copy).unwrap(), payload);
}

#[test]
fn a_target_without_an_input_gets_a_notification() {
    let mut body = schedule("at(2026-01-01T00:10:00)", &json!({}));
    body["Target"]["Input"] = Value::Null;
    let mut scheduler = Scheduler::new(SchedulerSettings::default());
    scheduler.apply(seconds(0), &parse("POST", "/schedules/timer", &body));
    let (_, payload) = invocation(&scheduler.take_due(seconds(640)));
    let mut event: Value = serde_json::from_str(&payload).unwrap();
    assert_eq!(event["id"].take().as_str().map(str::len), Some(36));
    assert_eq!(
        event,
        json!({
            "version": "0", "id": null, "detail-type": "Scheduled Event", "source": "aws.scheduler",
            "account": "123456789012", "time": "2026-01-01T00:10:00Z", "region": "eu-central-1",
            "resources": [ARN], "detail": "{}",
        })
    );
}

#[test]
fn a_failed_invocation_ends_in_the_dead_letter_queue_or_is_lost() {
    for dead_letter in [Some("arn:aws:sqs:eu-central-1:123456789012:q"), None] {
        let mut body = schedule("at(2026-01-01T00:10:00)", &json!({}));
        body["Target"]["DeadLetterConfig"] = json!({ "Arn": dead_letter });
        body["Target"]["RetryPolicy"] = json!({ "MaximumRetryAttempts": 0 });
        let mut scheduler = Scheduler::new(SchedulerSettings::default());
        scheduler.apply(seconds(0), &parse("POST", "/schedules/timer", &body));
        let (delivery, _) = invocation(&scheduler.take_due(seconds(640)));
        let effects = scheduler.settle(seconds(641), &delivery, failed());
        match (&effects[..], dead_letter) {
            ([SchedulerEffect::DeadLetter(letter)], Some(queue_arn)) => {
                assert_eq!(
                    (letter.queue_arn.as_str(), letter.body.as_str()),
                    (queue_arn, r#"{"n": "1"}"#)
                );
                assert_eq!(letter.attributes["SCHEDULE_ARN"], ARN);
                assert_eq!(letter.attributes["SCHEDULED_TIME"], "2026-01-01T00:10:00Z");
                assert_eq!(letter.attributes["RETRY_ATTEMPTS"], "0");
                let condition = &letter.attributes["EXHAUSTED_RETRY_CONDITION"];
                assert_eq!(condition, "MaximumRetryAttempts");
            }
            ([SchedulerEffect::Lost { schedule_arn, code, .. }], None) => {
                assert_eq!((schedule_arn.as_str(), code.as_str()), (ARN, "THROTTLING"));
            }
            _ => panic!("{effects:?}"),
        }
    }
}

#[test]
fn queues_and_buses_get_their_parameters() {
    let mut queue = schedule("rate(1 hour)", &json!({}));
    queue["Target"] = json!({
        "Arn": "arn:aws:sqs:eu-central-1:123456789012:q.fifo",
        "RoleArn": "arn:aws:iam::123456789012:role/r",
        "Input": "plain text",
        "SqsParameters": { "MessageGroupId": "g" },
    });
    let mut bus = schedule("rate(1 hour)", &json!({}));
    bus["Target"] = json!({
        "Arn": "arn:aws:events:eu-central-1:123456789012:event-bus/default",
        "RoleArn": "arn:aws:iam::123456789012:role/r",
        "EventBridgeParameters": { "DetailType": "Tick", "Source": "timer" },
    });
    for (body, group, names) in [
        (queue, Some("g".to_owned()), None),
        (bus, None, Some(("Tick".to_owned(), "timer".to_owned()))),
    ] {
        let mut scheduler = Scheduler::new(SchedulerSettings::default());
        scheduler.apply(seconds(1), &parse("POST", "/schedules/timer", &body));
        let effects = scheduler.take_due(seconds(1));
        let [SchedulerEffect::Invoke { target, .. }] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((&target.message_group, &target.event_names), (&group, &names));
    }
}

#[test]
fn a_sketch_sees_schedules_and_invocations() {
    let sketch = |scheduler: &Scheduler| {
        let mut sketch = Sketch::default();
        scheduler.sketch(&mut sketch);
        sketch.finish()
    };
    let mut scheduler = Scheduler::new(SchedulerSettings::default());
    let mut seen = vec![sketch(&scheduler)];
    scheduler.apply(seconds(1), &create("at(2026-01-01T00:10:00)", &json!({})));
    seen.push(sketch(&scheduler));
    let (delivery, _) = invocation(&scheduler.take_due(seconds(600)));
    seen.push(sketch(&scheduler));
    scheduler.settle(seconds(600), &delivery, failed());
    seen.push(sketch(&scheduler));
    scheduler.take_due(seconds(700));
    scheduler.settle(seconds(700), &delivery, DeliveryOutcome::Delivered);
    seen.push(sketch(&scheduler));
    scheduler.create_group("own");
    seen.push(sketch(&scheduler));
    let distinct: BTreeSet<u128> = seen.iter().copied().collect();
    assert_eq!(distinct.len(), seen.len());
}

#[test]
fn failures_of_a_whole_call_have_answers() {
    for (failure, status, code) in [
        (SchedulerFailure::Throttled, 429, "ThrottlingException"),
        (SchedulerFailure::Internal, 500, "InternalServerException"),
    ] {
        let answer = failure.answer();
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers[1], ("x-amzn-errortype", code.into()));
    }
}
