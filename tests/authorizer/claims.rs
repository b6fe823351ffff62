//! The issuer, the audience and the lifetime of a token.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    AUDIENCE, ISSUER, NOW, allowed, bearing, claims_with, claims_without, refused, settings, token,
};

/// The library's refusal of some claims of the wrong kind, before our own checks.
const UNREADABLE: &str = "the token cannot be read";

const ISSUED: &str = "the token is from another issuer";
const MEANT: &str = "the token is for another audience";
const EXPIRED: &str = "the token has expired";
const ENDLESS: &str = "the token does not say when it expires";
const EARLY: &str = "the token is not valid yet";
const TIMELESS: &str = "the token's beginning is no time";
const NOBODY: &str = "the token has no subject";

/// The default tolerance for clocks that differ, in seconds.
const LEEWAY_S: u64 = 60;

fn allow(claims: &Value) {
    allowed(&settings(), bearing(&token(claims)));
}

fn refuse(claims: &Value) -> String {
    refused(&settings(), bearing(&token(claims)))
}

#[test]
fn the_issuer_is_ours() {
    let others = ["https://issuer.example/", "HTTPS://issuer.example", ""];
    for issuer in others.map(Value::from).into_iter().chain([json!(null), json!([ISSUER])]) {
        assert_eq!(refuse(&claims_with("iss", issuer)), ISSUED);
    }
    assert_eq!(refuse(&claims_without("iss")), ISSUED);
}

#[test]
fn the_audience_is_this_service() {
    allow(&claims_with("aud", json!([AUDIENCE])));
    allow(&claims_with("aud", json!(["mail", AUDIENCE])));
    let others = [json!("mail"), json!("chat2"), json!(["mail"]), json!([]), json!([[AUDIENCE]])];
    for audience in others.into_iter().chain([json!(null), json!({"chat": true}), json!(1)]) {
        assert_eq!(refuse(&claims_with("aud", audience)), MEANT);
    }
    assert_eq!(refuse(&claims_without("aud")), MEANT);
}

#[test]
fn a_token_expires() {
    allow(&claims_with("exp", json!(NOW - LEEWAY_S + 1)));
    assert_eq!(refuse(&claims_with("exp", json!(NOW - LEEWAY_S))), EXPIRED);
    for expires in [json!(NOW - 600), json!(0), json!(-1), json!(-1e300)] {
        assert_eq!(refuse(&claims_with("exp", expires)), EXPIRED);
    }
}

#[test]
fn a_token_says_when_it_expires() {
    assert_eq!(refuse(&claims_without("exp")), ENDLESS);
    for expires in [json!(null), json!((NOW + 600).to_string()), json!([NOW + 600]), json!(true)] {
        let refusal = refuse(&claims_with("exp", expires));
        assert!([ENDLESS, UNREADABLE].contains(&&*refusal), "{refusal}");
    }
}

#[test]
fn a_token_may_say_when_it_begins() {
    allow(&claims_with("nbf", json!(NOW + LEEWAY_S)));
    allow(&claims_with("nbf", json!(0)));
    for begins in [json!(NOW + LEEWAY_S + 1), json!(NOW + 600), json!(1e300)] {
        assert_eq!(refuse(&claims_with("nbf", begins)), EARLY);
    }
    for begins in [json!(null), json!("0"), json!([0])] {
        let refusal = refuse(&claims_with("nbf", begins));
        assert!([TIMELESS, UNREADABLE].contains(&&*refusal), "{refusal}");
    }
}

/// RFC 7519 2: a NumericDate may have a fraction.
#[test]
fn times_need_not_be_whole() {
    let mut settings = settings();
    settings.leeway = Duration::ZERO;
    let allow = |claims: Value| allowed(&settings, bearing(&token(&claims)));
    let refuse = |claims: Value| refused(&settings, bearing(&token(&claims)));
    allow(claims_with("exp", json!(NOW as f64 + 0.5)));
    allow(claims_with("nbf", json!(NOW as f64 - 0.5)));
    allow(claims_with("nbf", json!(NOW)));
    assert_eq!(refuse(claims_with("exp", json!(NOW))), EXPIRED);
    assert_eq!(refuse(claims_with("exp", json!(NOW as f64 - 0.5))), EXPIRED);
    assert_eq!(refuse(claims_with("nbf", json!(NOW as f64 + 0.5))), EARLY);
}

#[test]
fn a_token_has_a_subject() {
    assert_eq!(refuse(&claims_without("sub")), NOBODY);
    assert_eq!(refuse(&claims_with("sub", json!(""))), NOBODY);
    for subject in [json!(null), json!(7), json!(["ana"])] {
        let refusal = refuse(&claims_with("sub", subject));
        assert!([NOBODY, UNREADABLE].contains(&&*refusal), "{refusal}");
    }
}
