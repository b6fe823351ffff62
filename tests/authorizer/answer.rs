//! All that the authorizer says: to the gateway, and to the log.

use serde_json::{Value, json};

use crate::support::{
    SECRET, allowed, ask, bearing, claims, claims_with, handshake, refused, settings, token,
};

fn name(name: &str) -> String {
    name.to_owned()
}

#[test]
fn a_policy_allows_the_one_method_that_was_asked_for() {
    let mut settings = settings();
    settings.claims = ["level", "name", "admin"].map(name).to_vec();
    let policy = ask(&settings, bearing(&token(&claims()))).reported;
    let expected = concat!(
        r#"{"principalId":"ana","policyDocument":{"Version":"2012-10-17","Statement":[{"#,
        r#""Action":"execute-api:Invoke","Effect":"Allow","Resource":"#,
        r#""arn:aws:execute-api:eu-central-1:123456789012:aabbccdd/production/$connect"}]},"#,
        r#""context":{"admin":false,"level":3,"name":"Ana","sub":"ana"}}"#,
    );
    assert_eq!(policy.as_deref(), Ok(expected));
}

#[test]
fn the_context_has_only_what_was_asked_for() {
    let policy = allowed(&settings(), bearing(&token(&claims())));
    assert_eq!(policy["context"], json!({"sub": "ana"}));
}

/// The gateway refuses a context that is not flat, and answers 500 then.
#[test]
fn the_context_is_flat() {
    let mut settings = settings();
    settings.claims = ["groups", "address", "missing", "nothing", "name"].map(name).to_vec();
    let policy = allowed(&settings, bearing(&token(&claims_with("nothing", json!(null)))));
    assert_eq!(policy["context"], json!({"sub": "ana", "name": "Ana"}));
}

#[test]
fn an_answer_has_at_most_8_kb() {
    let mut settings = settings();
    settings.claims = vec![name("name")];
    let answer = |length| bearing(&token(&claims_with("name", json!("n".repeat(length)))));
    let overhead = allowed(&settings, answer(0)).to_string().len();
    let largest = allowed(&settings, answer(8_192 - overhead));
    assert_eq!(largest.to_string().len(), 8_192);
    let refusal = refused(&settings, answer(8_192 - overhead + 1));
    assert_eq!(refusal, "the claims do not fit into an answer");
}

/// The whole line but its time, without a level of its own for refusals: those are no failures.
fn line(event: Value) -> Value {
    let mut line = ask(&settings(), event).line();
    line.as_object_mut().expect("an object").remove("timestamp").expect("the line has a time");
    line
}

#[test]
fn every_event_is_one_line_of_the_log() {
    let allowed = line(bearing(&token(&claims())));
    let expected = json!({
        "level": "INFO", "target": "stormglass_authorizer::authorizer",
        "fields": {
            "message": "handled an event", "route": "authorize", "outcome": "allowed",
            "connection_id": "PJqB0fHsqRcCHlw=", "request_id": "PJqB0E1tKRcF-Qw=",
            "invocation_id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd", "duration_ms": 0
        }
    });
    assert_eq!(allowed, expected);

    let mut refusal = expected;
    refusal["fields"]["outcome"] = json!("refused");
    refusal["fields"]["reason"] = json!("there is no token");
    assert_eq!(line(handshake()), refusal);
}

#[test]
fn the_log_has_no_token_and_no_claims_in_it() {
    let mut settings = settings();
    settings.claims = vec![name("name")];
    let tokens = [
        token(&claims_with("name", json!("Anastasia"))),
        token(&claims_with("iss", json!("Anastasia"))),
        token(&claims_with("aud", json!("Anastasia"))),
        token(&claims_with("exp", json!("Anastasia"))),
        token(&claims_with("nbf", json!("Anastasia"))),
        token(&claims_with("name", json!("Anastasia".repeat(1_000)))),
        format!("{}x", token(&claims_with("sub", json!("Anastasia")))),
    ];
    for token in tokens {
        let log = ask(&settings, bearing(&token)).log;
        assert!(!log.contains("Anastasia"), "{log}");
        assert!(!log.contains(SECRET), "{log}");
        for part in token.split('.') {
            assert!(!log.contains(part), "{log}");
        }
    }
}
