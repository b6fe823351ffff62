//! Batches that fail: retries, halves, reports and discards (FACTS 13.10 to 13.13).

use super::*;

#[test]
fn a_failing_batch_is_retried_as_it_is_and_blocks_its_shard() {
    let mut bench = Bench::new(|_| {});
    let mut batch = bench.batch(0, &["1", "2"]);
    let mut now = 0;
    for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
        bench.fail(now, &batch);
        now += wait;
        assert_eq!(bench.due(), Some(now));
        assert_eq!(bench.poll(now - 1, &["later"]), []);
        let again = bench.batch(now, &[]);
        assert_eq!(again.event, batch.event);
        assert_ne!(again.id, batch.id);
        batch = again;
    }
    bench.succeed(now, &batch);
    let batch = bench.batch(now, &[]);
    assert_eq!(numbers(&batch), ["later"; 8]);
    bench.fail(now, &batch);
    assert_eq!(bench.due(), Some(now + 1), "a success starts the back-off anew");
}

#[test]
fn a_batch_is_given_up_when_its_retries_are_used_up() {
    let mut bench = Bench::new(|settings| {
        settings.maximum_retry_attempts = Some(1);
        settings.on_failure = Some("arn:aws:sqs:eu-central-1:123456789012:dead".to_owned());
    });
    let first = bench.batch(0, &["1", "2"]);
    bench.fail(0, &first);
    let second = bench.batch(1, &["3"]);
    let effects = bench.settle(2, &second, StreamOutcome::Error);
    let [effect] = &effects[..] else { panic!("{effects:?}") };
    let (numbers_given_up, reason, body) = discarded(effect);
    assert_eq!((numbers_given_up, reason), (vec!["1", "2"], DiscardReason::RetriesExhausted));
    let body = body.expect("there is a destination");
    let timestamp = body["timestamp"].as_str().expect("a time").to_owned();
    let arrival = body["DDBStreamBatchInfo"]["approximateArrivalOfFirstRecord"].clone();
    assert_eq!((timestamp.len(), arrival.as_str().map(str::len)), (24, Some(20)));
    assert_eq!(
        body,
        json!({
            "version": "1.0",
            "timestamp": timestamp,
            "requestContext": {
                "requestId": second.id.as_str(),
                "functionArn": "arn:aws:lambda:eu-central-1:123456789012:function:worker",
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": 2,
            },
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": "Unhandled",
            },
            "DDBStreamBatchInfo": {
                "shardId": SHARD,
                "startSequenceNumber": "1",
                "endSequenceNumber": "2",
                "approximateArrivalOfFirstRecord": arrival,
                "approximateArrivalOfLastRecord": arrival,
                "batchSize": 2,
                "streamArn": STREAM,
            },
        })
    );
    assert_eq!(numbers(&bench.batch(2, &[])), ["3"], "the shard goes on at once");
}

#[test]
fn an_invocation_that_does_not_start_is_no_attempt() {
    let mut bench = Bench::new(|settings| settings.maximum_retry_attempts = Some(0));
    let mut batch = bench.batch(0, &["1", "2"]);
    for (now, next) in [(0, 1), (1, 3), (3, 7)] {
        assert_eq!(bench.settle(now, &batch, StreamOutcome::NotStarted), []);
        batch = bench.batch(next, &[]);
        assert_eq!(numbers(&batch), ["1", "2"]);
    }
    let effects = bench.settle(7, &batch, StreamOutcome::Error);
    assert_eq!(discarded(&effects[0]), (vec!["1", "2"], DiscardReason::RetriesExhausted, None));
}

#[test]
fn records_that_are_too_old_are_given_up() {
    for (age_max, age_s) in [(Some(Duration::from_secs(60)), 60), (None, 24 * 3_600)] {
        let mut bench = Bench::new(|settings| {
            settings.maximum_record_age = age_max;
            settings.on_failure = Some("arn".to_owned());
        });
        let batch = bench.batch(0, &["1"]);
        bench.fail(age_s - 1, &batch);
        let effects = bench.poll(age_s, &["2"]);
        let [effect, StreamEffect::Invoke(next)] = &effects[..] else { panic!("{effects:?}") };
        bench.fail(age_s, next);
        assert_eq!(bench.due(), Some(age_s + 1), "the back-off starts anew");
        let (given_up, reason, body) = discarded(effect);
        assert_eq!((given_up, reason), (vec!["1"], DiscardReason::TooOld));
        let body = body.expect("there is a destination");
        assert_eq!(body["requestContext"]["condition"], "RecordAgeExceeded");
        assert_eq!(body["requestContext"]["requestId"], batch.id.as_str());
        assert_eq!(numbers(next), ["2"]);
    }
}

#[test]
fn a_record_that_is_too_old_from_the_start_invokes_nothing() {
    let mut bench = Bench::new(|settings| {
        settings.maximum_record_age = Some(Duration::from_secs(60));
        settings.on_failure = Some("arn".to_owned());
    });
    let effects = bench.poll_written(100, 0, &["1"]);
    let [effect] = &effects[..] else { panic!("{effects:?}") };
    let body = discarded(effect).2.expect("there is a destination");
    assert_eq!(body["requestContext"]["approximateInvokeCount"], 0);
    assert_eq!(body.get("responseContext"), None);
    assert_eq!(bench.due(), None);
}

#[test]
fn halves_find_the_record_that_fails_and_use_up_no_retry() {
    let mut bench = Bench::new(|settings| {
        settings.bisect_batch_on_function_error = true;
        settings.maximum_retry_attempts = Some(1);
    });
    let mut batch = bench.batch(0, &["1", "2", "bad", "4", "5"]);
    let mut tried = Vec::new();
    let given_up = loop {
        tried.push(numbers(&batch).join(" "));
        let is_bad = numbers(&batch).contains(&"bad");
        let outcome = if is_bad { StreamOutcome::Error } else { succeeded() };
        let now = bench.due().unwrap_or(0) + 100;
        let effects = bench.settle(now, &batch, outcome);
        if let Some(effect) = effects.first() {
            break discarded(effect).0.join(" ");
        }
        let due = bench.due().expect("records are left").max(now);
        batch = bench.batch(due, &[]);
    };
    assert_eq!(given_up, "bad");
    assert_eq!(tried, ["1 2 bad 4 5", "1 2 bad", "1 2", "bad", "bad"]);
    let now = bench.due().expect("records are left");
    assert_eq!(numbers(&bench.batch(now, &[])), ["4", "5"]);
}

/// A response that reports these ids.
fn report(ids: &[Json]) -> String {
    let failures: Vec<_> = ids.iter().map(|id| json!({ "itemIdentifier": id })).collect();
    json!({ "batchItemFailures": failures }).to_string()
}

#[test]
fn a_report_says_from_which_record_on_a_batch_is_retried() {
    for (response, retried) in [
        (report(&[json!("2")]), &["2", "3"][..]),
        (report(&[json!("3"), json!("2")]), &["2", "3"]),
        (report(&[json!("3")]), &["3"]),
        (report(&[json!("1")]), &["1", "2", "3"]),
        (report(&[json!("")]), &["1", "2", "3"]),
        (report(&[json!("3"), json!("other")]), &["1", "2", "3"]),
        (report(&[Json::Null]), &["1", "2", "3"]),
        (r#"{"batchItemFailures":[{"id":"2"}]}"#.to_owned(), &["1", "2", "3"]),
        (r#"{"batchItemFailures":"2"}"#.to_owned(), &["1", "2", "3"]),
        (report(&[]), &[]),
        (r#"{"batchItemFailures":null}"#.to_owned(), &[]),
        ("{}".to_owned(), &[]),
        ("null".to_owned(), &[]),
        (String::new(), &[]),
    ] {
        let mut bench = Bench::new(|settings| settings.report_batch_item_failures = true);
        let batch = bench.batch(0, &["1", "2", "3"]);
        assert_eq!(bench.settle(0, &batch, StreamOutcome::Response(response.clone())), []);
        let effects = bench.poll(1, &[]);
        let again: Vec<_> = effects
            .iter()
            .flat_map(|effect| match effect {
                StreamEffect::Invoke(batch) => numbers(batch),
                StreamEffect::Discard { .. } => panic!("nothing is given up"),
            })
            .collect();
        assert_eq!(again, retried, "{response}");
    }
}

#[test]
fn a_report_counts_only_where_it_is_asked_for() {
    let mut bench = Bench::new(|_| {});
    let batch = bench.batch(0, &["1"]);
    let outcome = StreamOutcome::Response(report(&[json!("1")]));
    assert_eq!(bench.settle(0, &batch, outcome), []);
    assert_eq!(bench.due(), None);
}

#[test]
fn a_cut_uses_up_no_retry_with_bisection_and_one_without() {
    for (bisect, given_up) in [(true, false), (false, true)] {
        let mut bench = Bench::new(|settings| {
            settings.report_batch_item_failures = true;
            settings.maximum_retry_attempts = Some(0);
            settings.bisect_batch_on_function_error = bisect;
        });
        let batch = bench.batch(0, &["1", "2", "3"]);
        let effects = bench.settle(0, &batch, StreamOutcome::Response(report(&[json!("2")])));
        assert_eq!(!effects.is_empty(), given_up);
        if let Some(effect) = effects.first() {
            assert_eq!(discarded(effect).0, ["2", "3"]);
        } else {
            assert_eq!(numbers(&bench.batch(1, &[])), ["2", "3"]);
        }
    }
}

#[test]
fn a_batch_that_is_not_running_changes_nothing() {
    let mut bench = Bench::new(|_| {});
    let batch = bench.batch(0, &["1"]);
    bench.succeed(0, &batch);
    bench.fail(0, &batch);
    assert_eq!(bench.due(), None);
}
