//! The `$default` route.

use aws_smithy_async::time::SharedTimeSource;
use stormglass_handlers::Fallback;

use crate::support::{connect, in_virtual_time, message_on, text};

/// The answer to a message that selected no route.
fn answer(body: &str) -> String {
    let event = message_on("$default", body);
    let response = in_virtual_time(Fallback::new(SharedTimeSource::default()).handle(event));
    assert_eq!(response.status_code, 400);
    text(&response).to_owned()
}

#[test]
fn an_unknown_action_is_explained() {
    let unknown = r#"{"error":"the action is unknown, the only one is \"broadcast\"","id":[1, 2]}"#;
    assert_eq!(answer(r#"{"action":"brodcast","data":1,"id":[1, 2]}"#), unknown);
    let unknown = r#"{"error":"the action is unknown, the only one is \"broadcast\""}"#;
    assert_eq!(answer("{}"), unknown);
}

#[test]
fn a_message_that_is_no_json_object_is_explained() {
    assert_eq!(answer("hi"), r#"{"error":"the message is not valid JSON"}"#);
    assert_eq!(answer(""), r#"{"error":"the message is not valid JSON"}"#);
    assert_eq!(answer("[1]"), r#"{"error":"the message is not a JSON object"}"#);
}

#[test]
fn an_event_of_another_type_is_refused() {
    let event = connect(serde_json::json!({}));
    let response = in_virtual_time(Fallback::new(SharedTimeSource::default()).handle(event));
    assert_eq!(response.status_code, 400);
    assert_eq!(text(&response), r#"{"error":"this route does not take events of this type"}"#);
}
