//! The messages that a client may broadcast, and the text that the recipients get.

use stormglass_handlers::Settings;

use crate::services::Services;
use crate::support::{NOW, in_virtual_time, message, settings, text};

/// Returns the text that the only connection gets, and the one that the sender gets.
fn broadcast(body: &str) -> (Option<String>, String) {
    let mut event = message(body);
    if body.is_empty() {
        event.payload.body = None;
    }
    let services = Services::with_rows(&[("a", NOW)]);
    let response = in_virtual_time(async { services.handler(&settings()).handle(event).await });
    let post = services.posts.all().pop().and_then(|post| post.data);
    let post = post.map(|data| String::from_utf8(data.into_inner()).expect("data is text"));
    assert_eq!(response.status_code, if post.is_some() { 200 } else { 400 });
    (post, text(&response).to_owned())
}

#[track_caller]
fn assert_arrives(data: &str, expected: &str) {
    let (post, _) = broadcast(&format!(r#" {{"action":"broadcast", "data" : {data} ,"x":0}}"#));
    assert_eq!(post.as_deref(), Some(expected));
}

#[track_caller]
fn assert_refused(body: &str, reply: &str) {
    assert_eq!(broadcast(body), (None, reply.to_owned()));
}

#[test]
fn a_string_arrives_as_it_reads() {
    assert_arrives(r#""a \"b\" \n \u00e9 \ud83d\ude00 ☂""#, "a \"b\" \n é 😀 ☂");
    assert_arrives(r#""\\ud800""#, r"\ud800");
    assert_arrives(r#""""#, "");
}

#[test]
fn other_data_arrives_as_it_was_written() {
    assert_arrives(
        r#"{"b": 1.0,  "a":[ 1e999,"\u0041\ud83d\ude00"], "a":0}"#,
        r#"{"b": 1.0,  "a":[ 1e999,"\u0041\ud83d\ude00"], "a":0}"#,
    );
    assert_arrives("null", "null");
    assert_arrives("-0.0", "-0.0");
}

#[test]
fn the_action_may_be_escaped() {
    let (post, _) = broadcast(r#"{"data":1,"action":"\u0062roadcast"}"#);
    assert_eq!(post.as_deref(), Some("1"));
}

#[test]
fn the_id_is_echoed_as_it_was_written() {
    let (_, reply) = broadcast(r#"{"action":"broadcast","data":1,"id": {"n": 1.0} }"#);
    assert_eq!(
        reply,
        r#"{"ack":{"delivered":1,"gone":0,"pending":0,"failed":0,"complete":true},"id":{"n": 1.0}}"#
    );
    let (_, reply) = broadcast(r#"{"action":"broadcast","data":1,"id":null}"#);
    assert!(reply.ends_with(r#"},"id":null}"#), "{reply}");
    let (_, reply) = broadcast(r#"{"action":"broadcast","data":1}"#);
    assert!(reply.ends_with(r#""complete":true}}"#), "{reply}");
}

#[test]
fn missing_data_is_not_null() {
    let reply = r#"{"error":"the message has no data","id":7}"#;
    assert_refused(r#"{"action":"broadcast","id":7}"#, reply);
}

#[test]
fn a_lone_surrogate_is_refused() {
    let reply = r#"{"error":"the data holds a lone surrogate","id":7}"#;
    for data in [r#""\ud800""#, r#""\udc00\ud800""#, r#"{"a":["\uDBFF\u0041"]}"#, r#""\ud800\n""#] {
        assert_refused(&format!(r#"{{"action":"broadcast","data":{data},"id":7}}"#), reply);
    }
    let reply = r#"{"error":"the id is longer than 1024 bytes or holds a lone surrogate"}"#;
    assert_refused(r#"{"action":"broadcast","data":1,"id":"\udfff"}"#, reply);
}

#[test]
fn an_id_that_no_reply_can_hold_is_refused() {
    let reply = r#"{"error":"the id is longer than 1024 bytes or holds a lone surrogate"}"#;
    let id = "7".repeat(1_025);
    assert_refused(&format!(r#"{{"action":"broadcast","data":1,"id":{id}}}"#), reply);
    let (post, _) = broadcast(&format!(r#"{{"action":"broadcast","data":1,"id":{}}}"#, &id[1..]));
    assert!(post.is_some());
}

#[test]
fn a_repeated_field_is_refused() {
    let reply = r#"{"error":"a field of the message is repeated, or its name cannot be decoded"}"#;
    assert_refused(r#"{"action":"broadcast","id":1,"data":1,"id":2}"#, reply);
    let reply = reply.replace('}', r#","id":1}"#);
    assert_refused(r#"{"action":"broadcast","data":1,"id":1,"\u0064ata":2}"#, &reply);
}

#[test]
fn anything_but_an_object_is_refused() {
    assert_refused(r#"["broadcast","data"]"#, r#"{"error":"the message is not a JSON object"}"#);
    for text in
        ["hi", "{", r#"{"action":"broadcast","data":1} 2"#, r#"{"action":"broadcast","data":01}"#]
    {
        assert_refused(text, r#"{"error":"the message is not valid JSON"}"#);
    }
    assert_refused("", r#"{"error":"the message is missing"}"#);
}

#[test]
fn another_action_is_refused() {
    for action in [r#""brodcast""#, r#"["broadcast"]"#, "null"] {
        let reply = r#"{"error":"the action is not \"broadcast\"","id":7}"#;
        assert_refused(&format!(r#"{{"action":{action},"data":1,"id":7}}"#), reply);
    }
}

#[test]
fn data_that_no_message_can_hold_is_refused() {
    let longest = "x".repeat(128 * 1024);
    assert_arrives(&format!(r#""{longest}""#), &longest);
    let reply = r#"{"error":"the data is longer than a message may be"}"#;
    assert_refused(&format!(r#"{{"action":"broadcast","data":"{longest}x"}}"#), reply);
}

#[test]
fn a_deployment_may_allow_less() {
    let services = Services::with_rows(&[("a", NOW)]);
    let small = Settings { message_bytes_max: 3, ..settings() };
    in_virtual_time(async {
        let handler = services.handler(&small);
        let long = handler.handle(message(r#"{"action":"broadcast","data":"\u00e9é"}"#)).await;
        assert_eq!(text(&long), r#"{"error":"the data is longer than a message may be"}"#);
        let fits = handler.handle(message(r#"{"action":"broadcast","data":"\u00e9!"}"#)).await;
        assert_eq!(fits.status_code, 200);
    });
    assert_eq!(services.posts.all().len(), 1);
}

#[test]
fn an_encoded_message_is_refused() {
    let mut event = message(r#"{"action":"broadcast","data":1}"#);
    event.payload.is_base64_encoded = true;
    let services = Services::with_rows(&[("a", NOW)]);
    let response = in_virtual_time(async { services.handler(&settings()).handle(event).await });
    assert_eq!(text(&response), r#"{"error":"the message is not text"}"#);
    assert_eq!(services.scan.num_calls(), 0);
}
