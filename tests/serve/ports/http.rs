//! Methods, paths, types of a body and headers.

use hyper::Request;

use crate::ports::wire::{PUT, SCAN, ask, signed};

const UNKNOWN: &str = r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;
const MALFORMED: &str = r#"{"__type":"com.amazon.coral.service#SerializationException"}"#;

#[test]
fn every_answer_has_an_identifier_and_the_checksum_of_its_body() {
    let answer = ask(signed(SCAN), r#"{"TableName":"conns"}"#);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let id = answer.header("x-amzn-requestid").expect("an identifier");
    assert_eq!(id.len(), 52);
    assert!(id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()), "{id}");
    let checksum = crc32fast::hash(answer.body.as_bytes()).to_string();
    assert_eq!(answer.header("x-amz-crc32"), Some(checksum.as_str()));
    assert_eq!(answer.header("content-type"), Some("application/x-amz-json-1.0"));
    assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn no_two_answers_have_the_same_identifier() {
    let [one, other] = [(), ()].map(|()| ask(Request::get("/"), ""));
    assert_ne!(one.header("x-amzn-requestid"), other.header("x-amzn-requestid"));
}

#[test]
fn an_answer_is_of_the_type_that_the_request_is_of() {
    for (sent, got) in [
        ("application/json", "application/json"),
        ("application/json;", "application/json"),
        ("application/json  ;   asfd", "application/json"),
        ("application/x-amz-json-1.0;blahblah", "application/x-amz-json-1.0"),
    ] {
        let answer = ask(Request::post("/").header("content-type", sent), "hi");
        answer.assert_error(MALFORMED);
        assert_eq!(answer.header("content-type"), Some(got), "{sent}");
        assert_eq!(answer.header("x-amz-crc32"), Some("3948637019"));
    }
}

#[test]
fn a_get_finds_the_service_healthy() {
    let answer = ask(Request::get("/"), "");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, "healthy: dynamodb.eu-central-1.amazonaws.com ");
    assert_eq!(answer.header("content-length"), Some("45"));
}

#[test]
fn what_is_no_post_of_json_to_the_root_is_not_found() {
    let json = || signed(SCAN).header("x-test", "");
    for request in [
        Request::put("/"),
        Request::delete("/"),
        Request::options("/"),
        Request::get("/tables"),
        Request::post("/"),
        Request::post("/").header("content-type", "whatever"),
        Request::post("/").header("content-type", "application/x-amz-json-1.1"),
        Request::post("/").header("content-type", "application/jsonasdf"),
        json().method("PUT"),
        json().uri("/tables"),
    ] {
        let asked = format!("{request:?}");
        let answer = ask(request, "{}");
        assert_eq!(answer.status, 404, "{asked}");
        assert_eq!(answer.body, "<UnknownOperationException/>\n");
        assert_eq!(answer.header("x-amz-crc32"), Some("3552371480"));
        assert!(answer.header("x-amzn-requestid").is_some());
    }
}

#[test]
fn an_operation_that_there_is_not_is_refused_without_a_message() {
    for target in
        ["", "whatever", "DynamoDB_20120810.ListTable", "DynamoDB_20991231.Scan", "Scan", "."]
    {
        for body in ["{}", ""] {
            let answer = ask(signed(target), body);
            answer.assert_error(UNKNOWN);
            assert_eq!(answer.header("x-amz-crc32"), Some("1368724161"), "{target}");
        }
    }
    ask(Request::post("/"), "").assert_error(UNKNOWN);
}

#[test]
fn a_body_that_is_no_json_is_refused_without_a_message() {
    for body in ["", "hi", "{", "{}{}", "\u{feff}{}", "{\"TableName\":\"\u{1}\"}"] {
        ask(signed(SCAN), body).assert_error(MALFORMED);
    }
    ask(signed(SCAN), vec![b'{', 0xff, b'}']).assert_error(MALFORMED);
}

#[test]
fn a_body_may_have_16_mb_and_no_more() {
    let long = |bytes: usize| vec![b'a'; bytes];
    let answer = ask(Request::post("/"), long(16 << 20));
    assert_eq!(answer.status, 404);
    let answer = ask(signed(PUT), long(16 << 20));
    answer.assert_error(MALFORMED);
    let answer = ask(signed(PUT), long((16 << 20) + 1));
    assert_eq!((answer.status, answer.body.as_str()), (413, ""));
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert_eq!(answer.header("x-amzn-requestid"), None);
}
