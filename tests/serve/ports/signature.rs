//! What is asked of a signature: that it is there.

use hyper::Request;
use hyper::http::request::Builder;

use crate::ports::wire::{SCAN, ask};

fn request(path: &str, headers: &[(&str, &str)]) -> Builder {
    let request = Request::post(path).header("x-amz-target", SCAN);
    let request = request.header("content-type", "application/x-amz-json-1.0");
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

fn refused(path: &str, headers: &[(&str, &str)], code: &str, message: &str) {
    let answer = ask(request(path, headers), r#"{"TableName":"conns"}"#);
    answer.assert_error(&format!(
        r#"{{"__type":"com.amazon.coral.service#{code}","message":"{message}"}}"#
    ));
}

#[test]
fn a_request_without_a_signature_is_refused() {
    for (path, headers) in [
        ("/", &[][..]),
        ("/", &[("authorization", "")]),
        ("/", &[("authorization", "AWS4")]),
        ("/?X-Amz-Algorith", &[("authorization", "X")]),
        ("/?X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d", &[]),
    ] {
        let code = "MissingAuthenticationTokenException";
        refused(path, headers, code, "Request is missing Authentication Token");
    }
}

#[test]
fn a_request_that_is_signed_twice_is_refused() {
    refused(
        "/?X-Amz-Algorithm",
        &[("authorization", "X")],
        "InvalidSignatureException",
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
}

#[test]
fn what_a_header_lacks_is_listed() {
    let incomplete = |headers: &[(&str, &str)], message: &str| {
        refused("/", headers, "IncompleteSignatureException", message);
    };
    incomplete(
        &[("authorization", "AWS4-")],
        "Authorization header requires 'Credential' parameter. Authorization header requires \
         'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. \
         Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
         Authorization=AWS4-",
    );
    for header in [
        "AWS4- Signature=b Credential=a",
        "AWS4- Signature=b,Credential=a",
        "AWS4- Signature=b, Credential=a",
    ] {
        incomplete(
            &[("authorization", header), ("date", "a")],
            &format!(
                "Authorization header requires 'SignedHeaders' parameter. Authorization={header}"
            ),
        );
    }
}

#[test]
fn what_a_query_string_lacks_is_listed() {
    let incomplete = |path: &str, message: &str| {
        refused(path, &[], "IncompleteSignatureException", message);
    };
    incomplete(
        "/?X-Amz-Algorithm",
        "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters \
         must include 'X-Amz-Credential'. AWS query-string parameters must include \
         'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS \
         query-string parameters must include 'X-Amz-Date'. Re-examine the query-string \
         parameters.",
    );
    incomplete(
        "/?X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d",
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the \
         query-string parameters.",
    );
}

#[test]
fn any_signature_that_is_there_in_full_will_do() {
    let query = "/?X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-SignedHeaders=d\
                 &X-Amz-Date=e";
    let header = "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=d, Signature=e";
    for (path, headers) in
        [(query, &[][..]), ("/", &[("authorization", header), ("x-amz-date", "today")])]
    {
        let answer = ask(request(path, headers), r#"{"TableName":"conns"}"#);
        assert_eq!((answer.status, answer.body.as_str()), (200, EMPTY), "{path}");
    }
}

const EMPTY: &str = r#"{"Count":0,"Items":[],"ScannedCount":0}"#;
