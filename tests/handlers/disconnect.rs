//! The `$disconnect` route.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_smithy_mocks::{Rule, mock};
use serde_json::json;
use stormglass_handlers::Disconnect;

use crate::support::{
    Record, SENDER, Wire, body, connect, disconnect, dynamodb, http, in_virtual_time, message_on,
    s, settings,
};

fn deletes(record: &Record<DeleteItemInput>) -> Rule {
    let record = record.clone();
    mock!(Client::delete_item).then_compute_output(move |input| {
        record.add(input.clone());
        DeleteItemOutput::builder().build()
    })
}

#[test]
fn the_row_of_a_closed_connection_is_deleted() {
    let record = Record::new();
    let response = in_virtual_time(async {
        let handler = Disconnect::new(&settings(), dynamodb(&[&deletes(&record)], Wire::new()));
        handler.handle(disconnect()).await
    });
    let expected =
        DeleteItemInput::builder().table_name("secret-table").key("connectionId", s(SENDER));
    assert_eq!(record.all(), [expected.build().expect("this is a request")]);
    assert_eq!(response.status_code, 200);
}

#[test]
fn a_row_that_could_not_be_deleted_is_reported() {
    let failing = mock!(Client::delete_item).sequence().http_status(500, None).times(3).build();
    let response = in_virtual_time(async {
        let handler = Disconnect::new(&settings(), dynamodb(&[&failing], Wire::new()));
        handler.handle(disconnect()).await
    });
    assert_eq!(response.status_code, 500);
    assert_eq!(body(&response), json!({"error": "the connection could not be removed"}));
    assert_eq!(failing.num_calls(), 3);
}

#[test]
fn a_table_with_a_hiccup_still_loses_the_row() {
    let hiccup = mock!(Client::delete_item)
        .sequence()
        .http_response(|| http(503))
        .output(|| DeleteItemOutput::builder().build())
        .build();
    let response = in_virtual_time(async {
        let handler = Disconnect::new(&settings(), dynamodb(&[&hiccup], Wire::new()));
        handler.handle(disconnect()).await
    });
    assert_eq!(response.status_code, 200);
}

#[test]
fn a_message_cannot_run_anybodys_disconnect() {
    let record = Record::new();
    in_virtual_time(async {
        let handler = Disconnect::new(&settings(), dynamodb(&[&deletes(&record)], Wire::new()));
        let message = message_on("$disconnect", r#"{"action":"$disconnect","id":"mine"}"#);
        let response = handler.handle(message).await;
        assert_eq!(response.status_code, 400);
        assert_eq!(body(&response)["id"], "mine");
        assert_eq!(handler.handle(connect(json!({}))).await.status_code, 400);
    });
    assert_eq!(record.all(), []);
}
