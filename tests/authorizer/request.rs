//! The events that count, and the places of a token in them.

use serde_json::{Value, json};

use crate::support::{
    allowed, bearing, claims, handshake, refused, settings, token, with_header, with_parameter,
};

const NONE: &str = "there is no token";
const SEVERAL: &str = "there is more than one token";
const NO_BEARER: &str = "the Authorization header has no bearer token";
const UNREADABLE: &str = "the token cannot be read";

fn good() -> String {
    token(&claims())
}

fn refuse(event: Value) -> String {
    refused(&settings(), event)
}

fn without(mut event: Value, field: &str) -> Value {
    event.as_object_mut().expect("an event is an object").remove(field).expect("it was there");
    event
}

fn with(mut event: Value, field: &str, value: Value) -> Value {
    event[field] = value;
    event
}

#[test]
fn a_handshake_needs_a_token() {
    assert_eq!(refuse(handshake()), NONE);
    assert_eq!(refuse(with_parameter("Token", &good())), NONE);
    assert_eq!(refuse(with_parameter("access_token", &good())), NONE);
}

#[test]
fn a_header_has_the_scheme_bearer() {
    for scheme in ["Bearer", "bearer", "BEARER"] {
        allowed(&settings(), with_header(&format!("{scheme} {}", good())));
    }
    allowed(&settings(), with_header(&format!(" Bearer  {} ", good())));
    let others = [format!("Basic {}", good()), good(), format!("Bearer:{}", good())];
    for header in others.iter().map(String::as_str).chain(["", " ", "Bearer", "Bearer "]) {
        assert_eq!(refuse(with_header(header)), NO_BEARER, "{header:?}");
    }
}

#[test]
fn the_name_of_a_header_has_no_case() {
    for name in ["authorization", "AUTHORIZATION"] {
        let mut event = handshake();
        event["headers"][name] = json!(format!("Bearer {}", good()));
        allowed(&settings(), event);
    }
}

/// A page in a browser cannot set a header.
#[test]
fn a_token_may_be_in_the_query() {
    allowed(&settings(), with_parameter("token", &good()));
    assert_eq!(refuse(with_parameter("token", "")), UNREADABLE);
    assert_eq!(refuse(with_parameter("token", &format!("Bearer {}", good()))), UNREADABLE);
}

#[test]
fn more_than_one_token_is_none() {
    let header = format!("Bearer {}", good());
    let mut twice = bearing(&good());
    twice["multiValueHeaders"]["Authorization"] = json!([header, header]);
    assert_eq!(refuse(twice.clone()), SEVERAL);

    let mut spelt_twice = handshake();
    spelt_twice["multiValueHeaders"]["Authorization"] = json!([header]);
    spelt_twice["multiValueHeaders"]["authorization"] = json!([header]);
    assert_eq!(refuse(spelt_twice), SEVERAL);

    let mut asked_twice = with_parameter("token", &good());
    asked_twice["multiValueQueryStringParameters"]["token"] = json!([good(), good()]);
    assert_eq!(refuse(asked_twice), SEVERAL);

    let mut both = with_parameter("token", &good());
    both["headers"]["Authorization"] = json!(header);
    assert_eq!(refuse(both), SEVERAL);

    let joined = with_header(&format!("{header}, {header}"));
    assert_eq!(refuse(joined), UNREADABLE);
}

#[test]
fn either_map_of_headers_is_enough() {
    for map in ["headers", "multiValueHeaders"] {
        allowed(&settings(), without(bearing(&good()), map));
        allowed(&settings(), with(bearing(&good()), map, json!(null)));
    }
    for map in ["queryStringParameters", "multiValueQueryStringParameters"] {
        allowed(&settings(), without(with_parameter("token", &good()), map));
        allowed(&settings(), with(with_parameter("token", &good()), map, json!(null)));
        allowed(&settings(), with(bearing(&good()), map, json!(null)));
    }
}

#[test]
fn the_event_is_one_of_a_request_authorizer() {
    let other = "this is no event of a REQUEST authorizer";
    for kind in [json!("TOKEN"), json!("request"), json!(null), json!(1)] {
        assert_eq!(refuse(with(bearing(&good()), "type", kind)), other);
    }
    assert_eq!(refuse(without(bearing(&good()), "type")), other);
    for event in [json!(null), json!([]), json!({}), json!("REQUEST"), json!(0)] {
        assert_eq!(refuse(event), other);
    }
}

#[test]
fn the_event_names_a_method() {
    for method in [json!(""), json!(null), json!(["arn:aws:execute-api:*"])] {
        let refusal = refuse(with(bearing(&good()), "methodArn", method));
        assert_eq!(refusal, "the event names no method");
    }
    assert_eq!(refuse(without(bearing(&good()), "methodArn")), "the event names no method");
}

/// Only the log needs it.
#[test]
fn the_rest_of_the_event_may_be_missing() {
    allowed(&settings(), without(bearing(&good()), "requestContext"));
    allowed(&settings(), with(bearing(&good()), "requestContext", json!(null)));
    allowed(&settings(), with(bearing(&good()), "stageVariables", json!(null)));
}
