//! Services that hang, time that runs out, and the order of things.

use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_smithy_mocks::mock;
use serde_json::{Value, json};
use stormglass_handlers::{Connect, Disconnect, Settings};
use tokio::time::Instant;

use crate::services::{Services, ack};
use crate::situations::logged;
use crate::support::{
    DEADLINE, Latency, NOW, Record, Wire, body, connect, disconnect, dynamodb, http,
    in_virtual_time, message, settings, written,
};

const OLD: u64 = NOW - 90_000;

/// The time after which the gateway stops waiting for an answer.
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(29);

fn hung() -> Wire {
    Wire::paced(|_, _| Latency::Forever)
}

/// The response to a broadcast of `hi`, and how long it took.
fn broadcast(services: &Services, settings: &Settings) -> (ApiGatewayProxyResponse, Duration) {
    in_virtual_time(async {
        let begin = Instant::now();
        let handler = services.handler(settings);
        let response = handler.handle(message(r#"{"action":"broadcast","data":"hi"}"#)).await;
        (response, begin.elapsed())
    })
}

/// The response to a broadcast that posts to one recipient at a time and has 3.5 s for it, and how
/// long it took.
fn broadcast_in_a_hurry(services: &Services) -> (ApiGatewayProxyResponse, Duration) {
    let one_at_a_time = Settings { posts_concurrent_max: 1, ..settings() };
    in_virtual_time(async {
        let begin = Instant::now();
        let mut event = message(r#"{"action":"broadcast","data":"hi"}"#);
        event.context.deadline = NOW + 4_000;
        let response = services.handler(&one_at_a_time).handle(event).await;
        (response, begin.elapsed())
    })
}

#[test]
fn a_hung_table_refuses_a_handshake_in_time() {
    let put = mock!(aws_sdk_dynamodb::Client::put_item).then_http_response(written);
    let patient = Settings { table_timeout: Duration::from_secs(60), ..settings() };
    in_virtual_time(async {
        let begin = Instant::now();
        let handler = Connect::new(&patient, dynamodb(&[&put], hung()));
        assert_eq!(handler.handle(connect(json!({}))).await.status_code, 500);
        assert!(begin.elapsed() < GATEWAY_TIMEOUT, "{:?}", begin.elapsed());
    });
}

#[test]
fn a_hung_table_does_not_keep_a_disconnect_past_the_deadline() {
    let delete = mock!(aws_sdk_dynamodb::Client::delete_item).then_http_response(written);
    in_virtual_time(async {
        let begin = Instant::now();
        let handler = Disconnect::new(&settings(), dynamodb(&[&delete], hung()));
        let mut event = disconnect();
        event.context.deadline = NOW + 4_000;
        assert_eq!(handler.handle(event).await.status_code, 500);
        assert_eq!(begin.elapsed(), Duration::from_millis(3_500));
    });
}

#[test]
fn nothing_is_written_when_nobody_waits_for_it_any_more() {
    let put = mock!(aws_sdk_dynamodb::Client::put_item).then_http_response(written);
    in_virtual_time(async {
        let handler = Connect::new(&settings(), dynamodb(&[&put], Wire::new()));
        let mut late = connect(json!({}));
        late.payload.request_context.request_time_epoch -= 29_000;
        assert_eq!(handler.handle(late).await.status_code, 500);
        let mut strange = connect(json!({}));
        strange.payload.request_context.request_time_epoch = i64::MIN;
        strange.context.deadline = u64::MAX;
        assert_eq!(handler.handle(strange).await.status_code, 500);
    });
    assert_eq!(put.num_calls(), 0);
}

/// So that the handlers run under `cargo lambda watch`.
#[test]
fn a_deadline_that_was_over_before_the_event_came_is_none() {
    let delete = mock!(aws_sdk_dynamodb::Client::delete_item).then_http_response(written);
    in_virtual_time(async {
        let mut event = disconnect();
        event.context.deadline = 600_000;
        let handler = Disconnect::new(&settings(), dynamodb(&[&delete], Wire::new()));
        assert_eq!(handler.handle(event.clone()).await.status_code, 200);
        let mut over = event.clone();
        over.context.deadline = NOW;
        assert_eq!(handler.handle(over).await.status_code, 500);

        let begin = Instant::now();
        let patient = Settings { table_timeout: Duration::from_secs(60), ..settings() };
        let handler = Disconnect::new(&patient, dynamodb(&[&delete], hung()));
        assert_eq!(handler.handle(event).await.status_code, 500);
        assert_eq!(begin.elapsed(), GATEWAY_TIMEOUT - Duration::from_millis(500));
    });
}

#[test]
fn a_hung_scan_is_answered_in_time() {
    let scan = mock!(aws_sdk_dynamodb::Client::scan).then_http_response(written);
    let services = Services::with_scan(scan).table(hung());
    let patient = Settings { table_timeout: Duration::from_secs(60), ..settings() };
    let (response, took) = broadcast(&services, &patient);
    assert_eq!(response.status_code, 500);
    assert!(took < GATEWAY_TIMEOUT, "{took:?}");
}

#[test]
fn a_hung_recipient_costs_only_itself() {
    let rows = [("hung-1", OLD), ("hung-2", OLD), ("a", OLD), ("b", OLD)];
    let pace =
        |url: &str, _| if url.contains("hung") { Latency::Forever } else { Latency::Millis(5) };
    let services = Services::with_rows(&rows).gateway(Wire::paced(pace));
    let (response, took) = broadcast(&services, &settings());
    assert_eq!(body(&response), ack(2, 0, 0, 2, false));
    assert_eq!(services.recipients().len(), 2 + 2 * 4);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_hung_delete_delays_no_post() {
    let rows: Vec<_> = [("gone", OLD)].into_iter().chain([("a", OLD); 3]).collect();
    let table_wire =
        Wire::paced(|_, nth| if nth == 0 { Latency::Millis(0) } else { Latency::Forever });
    let services = Services::with_rows(&rows).table(table_wire);
    let services = services.answering(|id, _| http(if id == "gone" { 410 } else { 200 }));
    let delete = mock!(aws_sdk_dynamodb::Client::delete_item).then_http_response(written);
    let services = services.deleting(delete);
    let one_at_a_time = Settings { posts_concurrent_max: 1, ..settings() };
    let (response, took) = broadcast(&services, &one_at_a_time);
    assert_eq!(body(&response), ack(3, 1, 0, 0, true));
    assert!(took < GATEWAY_TIMEOUT, "{took:?}");
}

#[test]
fn what_was_not_tried_in_time_has_failed() {
    let rows = [("a", OLD), ("b", OLD), ("c", OLD), ("d", OLD)];
    let gateway_wire = Wire::paced(|_, _| Latency::Millis(1_500));
    let services = Services::with_rows(&rows).gateway(gateway_wire);
    let (response, took) = broadcast_in_a_hurry(&services);
    // The third post has 500 ms left, and takes longer.
    assert_eq!(body(&response), ack(2, 0, 0, 2, false));
    assert_eq!(took, Duration::from_millis(3_500));
    assert_eq!(services.recipients(), ["a", "b", "c"]);
}

#[test]
fn whoever_still_waits_for_a_retry_has_failed() {
    let pace = |url: &str, _| Latency::Millis(if url.ends_with("/a") { 0 } else { 1_700 });
    let services = Services::with_rows(&[("a", OLD), ("b", OLD), ("c", OLD)]);
    let services = services.gateway(Wire::paced(pace));
    let services = services.answering(|id, _| http(if id == "a" { 503 } else { 200 }));
    let (response, _) = broadcast_in_a_hurry(&services);
    // The retry of `a` gets its place too late to end in time.
    assert_eq!(body(&response), ack(2, 0, 0, 1, false));
    assert_eq!(services.recipients(), ["a", "b", "c"]);
}

#[test]
fn rows_of_both_pages_have_failed_when_time_runs_out() {
    let pages = vec![
        vec![("a", OLD), ("b", OLD), ("c", OLD), ("d", OLD)],
        vec![("e", OLD), ("f", OLD), ("g", OLD)],
    ];
    let pace = |url: &str, _| Latency::Millis(if url.ends_with("/a") { 0 } else { 1_900 });
    let services = Services::with_pages(pages).gateway(Wire::paced(pace));
    let services = services.answering(|id, _| http(if id == "a" { 503 } else { 200 }));
    let (response, _) = broadcast_in_a_hurry(&services);
    // One waits for a retry, one was cut off, one is left of the first page and three of the
    // second one.
    assert_eq!(body(&response), ack(1, 0, 0, 6, false));
    assert_eq!(services.recipients(), ["a", "b", "c"]);
}

/// The cause in the log when all posts are over 100 ms before the end of the budget.
fn cause_at_the_end(rows: &[(&str, u64)]) -> (Value, Option<Value>) {
    let services = Services::with_rows(rows).gateway(Wire::paced(|_, _| Latency::Millis(1_700)));
    let ((response, _), [mut line, _]) = logged(|| broadcast_in_a_hurry(&services));
    (body(&response), line.remove("cause"))
}

#[test]
fn only_what_was_left_undone_is_blamed_on_the_time() {
    let (all, one_too_many) = ([("a", OLD), ("b", OLD)], [("a", OLD), ("b", OLD), ("c", OLD)]);
    assert_eq!(cause_at_the_end(&all), (ack(2, 0, 0, 0, true), None));
    let cause = Some(json!("the time ran out"));
    assert_eq!(cause_at_the_end(&one_too_many), (ack(2, 0, 0, 1, false), cause));
}

#[test]
fn no_post_begins_that_could_not_end() {
    let services = Services::with_rows(&[("a", OLD)]);
    in_virtual_time(async {
        let mut event = message(r#"{"action":"broadcast","data":"hi"}"#);
        event.context.deadline = NOW + 500 + 199;
        let response = services.handler(&settings()).handle(event.clone()).await;
        assert_eq!(response.status_code, 500);
        assert_eq!(services.recipients().len(), 0);
        event.context.deadline += 1;
        let response = services.handler(&settings()).handle(event).await;
        assert_eq!(body(&response), ack(1, 0, 0, 0, true));
    });
}

/// The times at which the posts to `id` began, in milliseconds, if each of them fails at once.
fn attempts(id: &'static str) -> Vec<u64> {
    let times = Record::new();
    let gateway_wire = {
        let times = times.clone();
        Wire::paced(move |_, _| {
            times.add(Instant::now());
            Latency::Millis(0)
        })
    };
    let services = Services::with_rows(&[(id, OLD)]).gateway(gateway_wire);
    let services = services.answering(|_, _| http(503));
    let tireless = Settings { post_attempts_max: 8, ..settings() };
    let (response, _) = broadcast(&services, &tireless);
    assert_eq!(body(&response), ack(0, 0, 0, 1, false));
    let times = times.all();
    times.iter().map(|time| (*time - times[0]).as_millis() as u64).collect()
}

/// The delays are a part of what a recorded run replays.
#[test]
fn a_retry_waits_twice_as_long_as_the_one_before_up_to_two_seconds() {
    assert_eq!(attempts("a"), [0, 62, 187, 537, 1226, 2137, 3275, 4483]);
    assert_eq!(attempts("b"), [0, 56, 166, 435, 953, 2271, 3955, 5023]);
}

#[test]
fn first_attempts_come_before_retries() {
    let gateway_wire = Wire::paced(|_, _| Latency::Millis(200));
    let rows = [("a", OLD), ("b", OLD), ("c", OLD), ("d", OLD)];
    let services = Services::with_rows(&rows).gateway(gateway_wire);
    let services =
        services.answering(|id, earlier| http(if id == "a" && earlier == 0 { 503 } else { 200 }));
    let one_at_a_time = Settings { posts_concurrent_max: 1, ..settings() };
    let (response, _) = broadcast(&services, &one_at_a_time);
    assert_eq!(body(&response), ack(4, 0, 0, 0, true));
    assert_eq!(services.recipients(), ["a", "b", "c", "d", "a"]);
}

#[test]
fn retries_that_are_due_at_the_same_time_are_all_made() {
    // Two rows of one connection wait for the very same time.
    let services = Services::with_rows(&[("a", OLD), ("a", OLD)])
        .answering(|_, earlier| http(if earlier < 2 { 503 } else { 200 }));
    let (response, _) = broadcast(&services, &settings());
    assert_eq!(body(&response), ack(2, 0, 0, 0, true));
    assert_eq!(services.recipients(), ["a"; 4]);
}

#[test]
fn a_waiting_retry_keeps_nobody_from_a_place() {
    let pages = vec![vec![("a", OLD)], vec![("b", OLD)]];
    let services = Services::with_pages(pages)
        .answering(|id, earlier| http(if id == "a" && earlier < 3 { 429 } else { 200 }));
    // The second page arrives while the only place could be taken by the wait for a retry.
    let table_wire =
        Wire::paced(|_, nth| if nth == 0 { Latency::Millis(0) } else { Latency::Millis(20) });
    let services = services.table(table_wire);
    let one_at_a_time = Settings { posts_concurrent_max: 1, ..settings() };
    let (response, _) = broadcast(&services, &one_at_a_time);
    assert_eq!(body(&response), ack(2, 0, 0, 0, true));
    assert_eq!(services.recipients(), ["a", "b", "a", "a", "a"]);
}

#[test]
fn no_more_rows_are_read_while_too_many_wait_for_a_retry() {
    let pages = vec![vec![("a", OLD), ("b", OLD)], vec![("c", OLD)], vec![("d", OLD)]];
    let services = Services::with_pages(pages)
        .answering(|id, earlier| http(if id < "c" && earlier < 2 { 429 } else { 200 }));
    let table_wire = Wire::paced(|_, _| Latency::Millis(20));
    let services = services.table(table_wire);
    let narrow = Settings { rows_deferred_max: 1, ..settings() };
    let (response, _) = broadcast(&services, &narrow);
    assert_eq!(body(&response), ack(4, 0, 0, 0, true));
    let mut retries_before_d = services.recipients();
    assert_eq!(retries_before_d.pop().as_deref(), Some("d"));
    assert_eq!(retries_before_d.len(), 7);
}

#[test]
fn the_next_page_is_fetched_while_the_current_one_is_posted() {
    let pages = vec![vec![("a", OLD)], vec![("b", OLD)]];
    let slow = || Wire::paced(|_, _| Latency::Millis(1_000));
    let services = Services::with_pages(pages).table(slow()).gateway(slow());
    let (response, took) = broadcast(&services, &settings());
    assert_eq!(body(&response), ack(2, 0, 0, 0, true));
    assert_eq!(took, Duration::from_secs(3));
}

#[test]
fn the_deadline_of_these_tests_is_later_than_the_gateways() {
    assert!(DEADLINE > GATEWAY_TIMEOUT);
}
