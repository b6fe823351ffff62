//! Which of several mistakes is complained of.

use hyper::Request;

use crate::ports::wire::{SCAN, ask, signed};

fn unsigned(target: &str) -> hyper::http::request::Builder {
    Request::post("/").header("content-type", "application/json").header("x-amz-target", target)
}

fn code(body: &str) -> &str {
    let start = body.find('#').expect("an error") + 1;
    let end = start + body[start..].find('"').expect("its end");
    &body[start..end]
}

#[test]
fn bad_json_comes_before_an_unknown_operation() {
    for target in ["whatever", SCAN] {
        let answer = ask(unsigned(target), "hi");
        assert_eq!(code(&answer.body), "SerializationException", "{target}");
    }
}

#[test]
fn an_unknown_operation_comes_before_a_missing_signature() {
    for body in ["", "{}", "[]"] {
        let answer = ask(unsigned("DynamoDB_20120810.Nope"), body);
        assert_eq!(code(&answer.body), "UnknownOperationException", "{body}");
    }
}

#[test]
fn a_missing_signature_comes_before_what_the_request_says() {
    for body in ["", "{}", "[]", r#"{"TableName":1}"#, r#"{"TableName":"conns"}"#] {
        let answer = ask(unsigned(SCAN), body);
        assert_eq!(code(&answer.body), "MissingAuthenticationTokenException", "{body}");
    }
}

#[test]
fn an_empty_body_is_no_json_once_it_is_signed() {
    assert_eq!(code(&ask(signed(SCAN), "").body), "SerializationException");
}
