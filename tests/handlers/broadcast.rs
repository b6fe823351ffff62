//! The `broadcast` route: who gets a post, and what is said about it.

use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionInput;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemError, DeleteItemInput};
use aws_sdk_dynamodb::operation::scan::{ScanInput, ScanOutput};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_smithy_mocks::mock;
use aws_smithy_types::body::SdkBody;
use serde_json::json;
use stormglass_handlers::Settings;

use crate::services::{Services, ack};
use crate::support::{NOW, body, connect, http, in_virtual_time, message, n, s, settings, text};

/// A connection that was established long ago.
const OLD: u64 = NOW - 60_001;

/// A connection whose handshake may not be over.
const YOUNG: u64 = NOW - 60_000;

#[test]
fn every_connection_gets_the_data() {
    let services = Services::with_rows(&[("a=", OLD), ("b=", YOUNG)]);
    assert_eq!(services.broadcast(), ack(2, 0, 0, 0, true));
    let post = |id: &str| {
        let post = PostToConnectionInput::builder().connection_id(id).data(Blob::new("hi"));
        post.build().expect("this is a request")
    };
    assert_eq!(services.posts.all(), [post("a="), post("b=")]);
    let endpoint = "https://aabbccdd.execute-api.eu-central-1.amazonaws.com/production";
    assert_eq!(services.gateway_wire.urls.all()[0], format!("{endpoint}/@connections/a%3D"));
}

#[test]
fn a_given_callback_endpoint_is_used() {
    let services = Services::with_rows(&[("a=", OLD)]);
    let endpoint = Some("http://localhost:3001/dev".to_owned());
    let settings = Settings { callback_endpoint: endpoint, ..settings() };
    in_virtual_time(async {
        let handler = services.handler(&settings);
        handler.handle(message(r#"{"action":"broadcast","data":"hi"}"#)).await
    });
    assert_eq!(services.gateway_wire.urls.all(), ["http://localhost:3001/dev/@connections/a%3D"]);
}

#[test]
fn the_table_is_read_consistently_and_to_its_end() {
    let pages = vec![vec![("a", OLD)], vec![], vec![("b", OLD)], vec![]];
    let services = Services::with_pages(pages);
    assert_eq!(services.broadcast(), ack(2, 0, 0, 0, true));
    let scan = || {
        ScanInput::builder()
            .table_name("secret-table")
            .consistent_read(true)
            .limit(1_000)
            .projection_expression("connectionId, connectedAt")
    };
    let next = |cursor: &str| scan().exclusive_start_key("connectionId", s(cursor));
    let scans = [scan(), next("page-1"), next("page-2"), next("page-3")];
    let scans = scans.map(|scan| scan.build().expect("this is a request"));
    assert_eq!(services.scans.all(), scans);
}

#[test]
fn a_stale_row_is_deleted_only_if_it_is_still_the_one_read() {
    let services = Services::with_rows(&[("a", OLD)]).answering(|_, _| http(410));
    assert_eq!(services.broadcast(), ack(0, 1, 0, 0, true));
    let delete = DeleteItemInput::builder()
        .table_name("secret-table")
        .key("connectionId", s("a"))
        .condition_expression("connectedAt = :read")
        .expression_attribute_values(":read", n(OLD));
    assert_eq!(services.deletes.all(), [delete.build().expect("this is a request")]);
    assert_eq!(services.posts.all().len(), 1);
}

#[test]
fn a_stale_row_that_has_changed_is_as_good_as_deleted() {
    let changed = mock!(aws_sdk_dynamodb::Client::delete_item).then_error(|| {
        DeleteItemError::ConditionalCheckFailedException(
            ConditionalCheckFailedException::builder().build(),
        )
    });
    let services = Services::with_rows(&[("a", OLD)]).answering(|_, _| http(410));
    let services = services.deleting(changed);
    assert_eq!(services.broadcast(), ack(0, 1, 0, 0, true));
}

#[test]
fn a_gone_connection_is_recognised_by_its_code_as_well() {
    let services = Services::with_rows(&[("a", OLD)]).answering(|_, _| {
        let mut response = http(400);
        response.headers_mut().insert("x-amzn-errortype", "GoneException");
        response
    });
    assert_eq!(services.broadcast(), ack(0, 1, 0, 0, true));
}

#[test]
fn a_gone_connection_with_an_unreadable_answer_is_recognised() {
    let services = Services::with_rows(&[("a", OLD)]).answering(|_, _| {
        let mut response = http(410);
        response.headers_mut().insert("x-amzn-errortype", "GoneException");
        *response.body_mut() = SdkBody::from("<html>");
        response
    });
    assert_eq!(services.broadcast(), ack(0, 1, 0, 0, true));
}

#[test]
fn a_connection_in_its_handshake_keeps_its_row() {
    let services = Services::with_rows(&[("a", YOUNG), ("b", NOW + 5)]).answering(|_, _| http(410));
    assert_eq!(services.broadcast(), ack(0, 0, 2, 0, true));
    assert_eq!(services.deletes.all(), []);
    assert_eq!(services.posts.all().len(), 2);
}

#[test]
fn a_row_of_unknown_age_is_left_alone() {
    let scan = mock!(aws_sdk_dynamodb::Client::scan).then_output(|| {
        let bad = AttributeValue::S(OLD.to_string());
        let huge = AttributeValue::N("1e99".to_owned());
        ScanOutput::builder()
            .items([("connectionId".to_owned(), s("a"))].into())
            .items([("connectionId".to_owned(), s("b")), ("connectedAt".to_owned(), bad)].into())
            .items([("connectionId".to_owned(), s("c")), ("connectedAt".to_owned(), huge)].into())
            .build()
    });
    let services = Services::with_scan(scan).answering(|_, _| http(410));
    assert_eq!(services.broadcast(), ack(0, 0, 3, 0, true));
    assert_eq!(services.deletes.all(), []);
}

#[test]
fn a_row_without_an_id_may_be_somebody_and_has_failed() {
    let scan = mock!(aws_sdk_dynamodb::Client::scan).then_output(|| {
        ScanOutput::builder()
            .items([("connectedAt".to_owned(), n(OLD))].into())
            .items([("connectionId".to_owned(), n(7))].into())
            .items([("connectionId".to_owned(), s("a"))].into())
            .build()
    });
    let services = Services::with_scan(scan);
    assert_eq!(services.broadcast(), ack(1, 0, 0, 2, false));
}

#[test]
fn every_event_is_answered_on_its_own_stage() {
    let scan = mock!(aws_sdk_dynamodb::Client::scan).then_output(|| {
        ScanOutput::builder().items([("connectionId".to_owned(), s("a"))].into()).build()
    });
    let services = Services::with_scan(scan);
    in_virtual_time(async {
        let handler = services.handler(&settings());
        for stage in ["blue", "green"] {
            let mut event = message(r#"{"action":"broadcast","data":"hi"}"#);
            event.payload.request_context.stage = Some(stage.to_owned());
            handler.handle(event).await;
        }
    });
    let api = "https://aabbccdd.execute-api.eu-central-1.amazonaws.com";
    let urls = ["blue", "green"].map(|stage| format!("{api}/{stage}/@connections/a"));
    assert_eq!(services.gateway_wire.urls.all(), urls);
}

#[test]
fn a_bare_429_is_retried() {
    let services = Services::with_rows(&[("a", OLD)])
        .answering(|_, earlier| http(if earlier < 2 { 429 } else { 200 }));
    assert_eq!(services.broadcast(), ack(1, 0, 0, 0, true));
    assert_eq!(services.posts.all().len(), 3);
}

#[test]
fn a_429_by_its_code_is_retried() {
    let services = Services::with_rows(&[("a", OLD)]).answering(|_, earlier| {
        let mut response = http(if earlier == 0 { 400 } else { 200 });
        if earlier == 0 {
            response.headers_mut().insert("x-amzn-errortype", "LimitExceededException");
        }
        response
    });
    assert_eq!(services.broadcast(), ack(1, 0, 0, 0, true));
}

#[test]
fn a_gateway_that_keeps_failing_is_asked_four_times() {
    let services = Services::with_rows(&[("a", OLD), ("b", OLD)])
        .answering(|id, _| http(if id == "a" { 503 } else { 200 }));
    assert_eq!(services.broadcast(), ack(1, 0, 0, 1, false));
    assert_eq!(services.recipients(), ["a", "b", "a", "a", "a"]);
}

#[test]
fn a_connection_that_went_during_the_retries_is_gone() {
    let services = Services::with_rows(&[("a", OLD)])
        .answering(|_, earlier| http(if earlier == 0 { 500 } else { 410 }));
    assert_eq!(services.broadcast(), ack(0, 1, 0, 0, true));
}

#[test]
fn a_refused_post_is_not_retried() {
    for status in [400, 403, 413] {
        let services = Services::with_rows(&[("a", OLD)]).answering(move |_, _| http(status));
        assert_eq!(services.broadcast(), ack(0, 0, 0, 1, false));
        assert_eq!(services.posts.all().len(), 1);
    }
}

#[test]
fn an_endpoint_that_is_none_is_not_waited_for_for_ever() {
    let services = Services::with_rows(&[("a", OLD)]);
    let mut event = message(r#"{"action":"broadcast","data":"hi"}"#);
    event.payload.request_context.apiid = Some("},a".to_owned());
    let response = in_virtual_time(async { services.handler(&settings()).handle(event).await });
    assert_eq!(body(&response), ack(0, 0, 0, 1, false));
    assert_eq!(services.gateway_wire.urls.all(), [""; 0]);
}

#[test]
fn a_failed_page_makes_the_acknowledgement_incomplete() {
    let first = || {
        ScanOutput::builder()
            .items([("connectionId".to_owned(), s("a")), ("connectedAt".to_owned(), n(OLD))].into())
            .last_evaluated_key("connectionId", s("a"))
            .build()
    };
    let scan = mock!(aws_sdk_dynamodb::Client::scan)
        .sequence()
        .output(first)
        .http_status(500, None)
        .times(3)
        .build();
    let services = Services::with_scan(scan);
    assert_eq!(services.broadcast(), ack(1, 0, 0, 0, false));
    assert_eq!(services.scan.num_calls(), 4);
}

#[test]
fn a_table_that_cannot_be_read_is_an_error_that_reveals_nothing() {
    let denied = r#"{"__type":"AccessDeniedException","message":"table/secret-table"}"#;
    let scan = mock!(aws_sdk_dynamodb::Client::scan).then_http_response(move || {
        let mut response = http(400);
        *response.body_mut() = SdkBody::from(denied);
        response
    });
    let services = Services::with_scan(scan);
    let response = in_virtual_time(async {
        let handler = services.handler(&settings());
        handler.handle(message(r#"{"action":"broadcast","data":"hi","id":3}"#)).await
    });
    assert_eq!(response.status_code, 500);
    assert_eq!(
        text(&response),
        r#"{"error":"the connections could not be read, nothing was sent","id":3}"#
    );
    assert_eq!(services.posts.all(), []);
}

#[test]
fn a_table_without_rows_is_a_complete_broadcast() {
    assert_eq!(Services::with_rows(&[]).broadcast(), ack(0, 0, 0, 0, true));
}

#[test]
fn an_event_of_another_type_posts_nothing() {
    let services = Services::with_rows(&[("a", OLD)]);
    let mut event = connect(json!({}));
    event.payload.body = Some(r#"{"action":"broadcast","data":"hi"}"#.into());
    let response = in_virtual_time(async { services.handler(&settings()).handle(event).await });
    assert_eq!(response.status_code, 400);
    assert_eq!(services.scan.num_calls(), 0);
}

#[test]
fn the_handling_of_an_event_may_move_between_threads() {
    fn assert_send(_: impl Send) {}
    let services = Services::with_rows(&[]);
    in_virtual_time(async {
        let handler = services.handler(&settings());
        assert_send(handler.handle(message("{}")));
    });
}
