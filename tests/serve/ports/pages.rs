//! The headers that let pages of other origins read answers, once the guard lets the pages in.

use hyper::Request;

use crate::ports::wire::{SCAN, ask, signed};

const PAGE: &str = "http://localhost:3000";

#[test]
fn a_preflight_is_allowed_what_it_asks_for() {
    for (asked, allowed) in [
        ("access-control-request-headers", "access-control-allow-headers"),
        ("access-control-request-method", "access-control-allow-methods"),
    ] {
        let request = Request::options("/").header("origin", PAGE);
        let answer = ask(request.header(asked, "a, b, c"), "");
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
        assert_eq!(answer.header(allowed), Some("a, b, c"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-max-age"), Some("172800"));
        assert_eq!(answer.header("content-length"), Some("0"));
        assert_eq!(answer.header("x-amzn-requestid").map(str::len), Some(52));
    }
}

#[test]
fn a_preflight_that_asks_for_nothing_is_allowed_nothing() {
    let answer = ask(Request::options("/").header("origin", PAGE), "");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-headers"), None);
    assert_eq!(answer.header("access-control-allow-methods"), None);
}

#[test]
fn pages_of_this_machine_may_read_every_answer() {
    let requests = [signed(SCAN), signed("nonsense"), Request::get("/"), Request::put("/")];
    for request in requests {
        let answer = ask(request.header("origin", PAGE), "{}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
}

#[test]
fn pages_of_strangers_may_read_no_answer() {
    let requests = [signed(SCAN), Request::get("/"), Request::options("/")];
    for request in requests {
        let answer = ask(request.header("origin", "https://evil.example"), "{}");
        assert_eq!(answer.status, 403);
        assert_eq!(answer.header("access-control-allow-origin"), None);
        assert!(answer.body.contains("--allow-origin https://evil.example"), "{}", answer.body);
    }
}
