use std::time::Duration;

use super::*;

const DEAD_LETTERS: &str = "arn:aws:sqs:eu-central-1:123456789012:dead";

fn invocation(payload: &str) -> AsyncInvocation {
    let (function, lineage) = (notify(), Lineage::default());
    AsyncInvocation { function, payload: payload.to_owned(), lineage }
}

/// A queue with one event, which arrived at 0 s.
fn queue(settings: AsyncSettings) -> AsyncEvents {
    let mut events = AsyncEvents::default();
    events.configure("notify", settings).expect("settings");
    events.accept(at(0), "k", invocation("1"));
    events
}

fn id() -> EventId {
    EventId { request_id: request_id("k"), copy: 0 }
}

fn failed() -> EventOutcome {
    EventOutcome::FunctionError { payload: r#"{"errorMessage":"no"}"#.to_owned() }
}

fn succeeded() -> EventOutcome {
    EventOutcome::Succeeded { payload: "null".to_owned() }
}

/// Takes the one event that is due, and settles it at once.
fn attempt(events: &mut AsyncEvents, now: Time, outcome: &EventOutcome) -> Vec<AsyncEffect> {
    let due = events.take_due(now);
    assert_eq!(due.len(), 1);
    events.settle(now, &due[0].id, outcome)
}

/// The times at which attempts with this outcome are due, until the event ends.
fn attempts(events: &mut AsyncEvents, outcome: &EventOutcome) -> Vec<u64> {
    let mut times = Vec::new();
    while let Some(now) = events.next_due() {
        times.push(now.millis() / 1_000);
        attempt(events, now, outcome);
    }
    times
}

#[test]
fn an_event_is_due_at_once_and_is_gone_after_a_success() {
    let mut events = AsyncEvents::default();
    let request = events.accept(at(5), "k", invocation(r#"{"a":1}"#));
    assert_eq!(events.next_due(), Some(at(5)));
    assert_eq!(events.take_due(at(4)), []);
    let due = events.take_due(at(5));
    let expected = DueEvent { id: id(), invocation: invocation(r#"{"a":1}"#), runs: 0 };
    assert_eq!(due, [expected]);
    assert_eq!(request, id().request_id);
    assert_eq!((events.take_due(at(9)), events.next_due()), (vec![], None));
    assert_eq!(events.settle(at(6), &id(), &succeeded()), []);
    assert_eq!(events.settle(at(6), &id(), &failed()), []);
    assert_eq!(events.next_due(), None);
}

#[test]
fn events_are_taken_in_the_order_of_their_times() {
    let mut events = AsyncEvents::default();
    for (second, key) in [(3, "a"), (1, "b"), (2, "c"), (9, "d")] {
        events.accept(at(second), key, invocation(&second.to_string()));
    }
    let taken = events.take_due(at(5));
    let payloads: Vec<&str> = taken.iter().map(|it| it.invocation.payload.as_str()).collect();
    assert_eq!(payloads, ["1", "2", "3"]);
    assert_eq!(events.next_due(), Some(at(9)));
}

#[test]
#[should_panic(expected = "two events have the same key")]
fn two_events_cannot_have_one_key() {
    queue(AsyncSettings::default()).accept(at(1), "k", invocation("2"));
}

#[test]
fn a_run_that_failed_is_followed_by_two_more_after_one_and_two_minutes() {
    let mut events = queue(AsyncSettings::default());
    assert_eq!(attempts(&mut events, &failed()), [0, 60, 180]);
}

#[test]
fn a_retry_has_the_request_id_of_the_first_run() {
    let mut events = queue(AsyncSettings::default());
    attempt(&mut events, at(0), &failed());
    let due = events.take_due(at(60)).remove(0);
    assert_eq!((due.id, due.runs), (id(), 1));
}

#[test]
fn the_number_of_retries_is_a_setting() {
    for (retries_max, expected) in [(0, vec![0]), (1, vec![0, 60]), (2, vec![0, 60, 180])] {
        let mut events = queue(AsyncSettings { retries_max, ..AsyncSettings::default() });
        assert_eq!(attempts(&mut events, &failed()), expected);
    }
}

#[test]
fn the_delay_counts_from_the_end_of_the_run() {
    let mut events = queue(AsyncSettings::default());
    events.take_due(at(0));
    events.settle(at(30), &id(), &failed());
    assert_eq!(events.next_due(), Some(at(90)));
}

#[test]
fn a_retry_that_would_be_too_late_is_not_waited_for() {
    let age_max = Duration::from_secs(100);
    let mut events = queue(AsyncSettings { age_max, ..AsyncSettings::default() });
    assert_eq!(attempts(&mut events, &failed()), [0, 60]);
}

#[test]
fn a_throttled_event_comes_back_ever_later_until_it_is_too_old() {
    let age_max = Duration::from_secs(2_000);
    for outcome in [EventOutcome::Throttled, EventOutcome::PlatformError] {
        let mut events = queue(AsyncSettings { age_max, ..AsyncSettings::default() });
        let expected = [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1_111, 1_411, 1_711];
        assert_eq!(attempts(&mut events, &outcome), expected);
    }
}

#[test]
fn a_throttle_uses_up_no_retry() {
    let mut events = queue(AsyncSettings { retries_max: 1, ..AsyncSettings::default() });
    attempt(&mut events, at(0), &EventOutcome::Throttled);
    attempt(&mut events, at(1), &EventOutcome::PlatformError);
    assert_eq!(events.next_due(), Some(at(3)));
    attempt(&mut events, at(3), &failed());
    assert_eq!(events.next_due(), Some(at(63)), "one retry is left");
    attempt(&mut events, at(63), &EventOutcome::Throttled);
    assert_eq!(events.next_due(), Some(at(64)), "the wait starts anew after a run");
}

#[test]
fn a_disabled_function_and_a_loop_end_an_event_at_once() {
    for outcome in [EventOutcome::Disabled, EventOutcome::RecursionStopped] {
        let mut events = queue(AsyncSettings::default());
        let effects = attempt(&mut events, at(0), &outcome);
        assert_eq!(effects, [AsyncEffect::Discarded { id: id() }]);
        assert_eq!(events.next_due(), None);
    }
}

#[test]
fn an_event_that_is_not_taken_cannot_be_settled() {
    let mut events = queue(AsyncSettings::default());
    assert_eq!(events.settle(at(0), &id(), &succeeded()), []);
    assert_eq!(events.next_due(), Some(at(0)));
}

#[test]
fn a_copy_has_the_same_request_id_and_runs_on_its_own() {
    let mut events = queue(AsyncSettings::default());
    events.take_due(at(0));
    let copy = events.deliver_twice(at(2), &id()).expect("the event is in the queue");
    let other = events.deliver_twice(at(3), &id()).expect("the event is in the queue");
    assert_eq!((copy.copy, other.copy), (1, 2));
    assert_eq!((&copy.request_id, &other.request_id), (&id().request_id, &id().request_id));
    let due: Vec<EventId> = events.take_due(at(3)).into_iter().map(|due| due.id).collect();
    assert_eq!(due, [copy.clone(), other]);
    events.settle(at(4), &copy, &succeeded());
    events.settle(at(5), &id(), &failed());
    assert_eq!(events.next_due(), Some(at(65)), "the original is retried");
    assert_eq!(events.deliver_twice(at(6), &copy), None, "the copy is over");
}

#[test]
fn a_dropped_event_leaves_nothing_behind() {
    let settings =
        AsyncSettings { dead_letter: Some(DEAD_LETTERS.to_owned()), ..Default::default() };
    let mut waits = queue(settings.clone());
    assert!(waits.drop_event(&id()));
    assert_eq!((waits.next_due(), waits.take_due(at(9))), (None, vec![]));
    assert!(!waits.drop_event(&id()));
    let mut runs = queue(settings);
    runs.take_due(at(0));
    assert!(runs.drop_event(&id()));
    assert_eq!(runs.settle(at(1), &id(), &EventOutcome::Disabled), []);
}

#[test]
fn settings_out_of_range_are_refused() {
    let refusal = |settings: AsyncSettings| {
        AsyncEvents::default().configure("f", settings).map_err(|error| error.to_string())
    };
    let with_age = |seconds| {
        let age_max = Duration::from_secs(seconds);
        refusal(AsyncSettings { age_max, ..AsyncSettings::default() })
    };
    assert_eq!(
        refusal(AsyncSettings { retries_max: 3, ..AsyncSettings::default() }),
        Err("a failed event is retried 3 times: the number must be 0 to 2".to_owned())
    );
    assert_eq!(
        with_age(59),
        Err("an event is given up after 59s: the age must be 60 s to 6 h".to_owned())
    );
    assert!(with_age(21_601).is_err());
    assert_eq!((with_age(60), with_age(21_600)), (Ok(()), Ok(())));
}

#[test]
fn everything_that_happens_to_an_event_tells_a_queue_apart() {
    let mut events = AsyncEvents::default();
    let mut sketches = vec![sketch(|it| events.sketch(it))];
    events.accept(at(0), "k", invocation("1"));
    sketches.push(sketch(|it| events.sketch(it)));
    events.take_due(at(0));
    sketches.push(sketch(|it| events.sketch(it)));
    events.settle(at(1), &id(), &failed());
    sketches.push(sketch(|it| events.sketch(it)));
    events.take_due(at(61));
    sketches.push(sketch(|it| events.sketch(it)));
    events.settle(at(61), &id(), &EventOutcome::Throttled);
    sketches.push(sketch(|it| events.sketch(it)));
    events.deliver_twice(at(61), &id());
    sketches.push(sketch(|it| events.sketch(it)));
    assert_distinct(&sketches);
}

#[test]
fn events_with_other_contents_are_told_apart() {
    let of = |invocation: AsyncInvocation, now| {
        let mut events = AsyncEvents::default();
        events.accept(now, "k", invocation);
        sketch(|it| events.sketch(it))
    };
    let lineage = Lineage::default().extend_freely("notify");
    assert_distinct(&[
        of(invocation("1"), at(0)),
        of(invocation("1"), at(1)),
        of(invocation("2"), at(0)),
        of(AsyncInvocation { lineage, ..invocation("1") }, at(0)),
        of(AsyncInvocation { function: FunctionReference::new("f"), ..invocation("1") }, at(0)),
    ]);
}
