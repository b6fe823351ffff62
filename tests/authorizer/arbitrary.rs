//! Arbitrary events: there is always an answer, and without a valid token it is always the same.

use jsonwebtoken::{Algorithm, EncodingKey};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::support::{
    allowed, ask, bearing, claims, refused, settings, sign, token, with_parameter,
};

/// The names that the authorizer looks for in an event.
const NAMES: [&str; 12] = [
    "type",
    "methodArn",
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "requestContext",
    "connectionId",
    "requestId",
    "Authorization",
    "authorization",
    "token",
];

/// Any JSON, with those names.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..6)
                .prop_map(|map| Value::Object(Map::from_iter(map))),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(&NAMES[..]).prop_map(String::from), 1 => ".*"]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("REQUEST".to_owned()),
        "(Bearer )?[A-Za-z0-9_-]{0,40}(\\.[A-Za-z0-9_-]{0,40}){0,3}",
        // Headers of tokens: HS256, and none.
        "Bearer (eyJhbGciOiJIUzI1NiJ9|eyJhbGciOiJub25lIn0)\\.[A-Za-z0-9_-]{0,40}\\.[\\w-]{0,43}",
        ".*",
    ]
}

/// A token with which all is well but its signature.
fn forged() -> String {
    let key = EncodingKey::from_secret(b"not the secret that signs tokens");
    sign(Algorithm::HS256, None, &claims(), &key)
}

/// An event with a forged token, in which one field, or one of a field's fields, is another.
fn mutated() -> impl Strategy<Value = Value> {
    let fields = bearing(&forged());
    let fields: Vec<String> =
        fields.as_object().expect("an event is an object").keys().cloned().collect();
    (prop::sample::select(fields), prop::option::of(name()), json_value()).prop_map(
        |(field, inner, value)| {
            let mut event = bearing(&forged());
            match (inner, event[&field].as_object_mut()) {
                (Some(inner), Some(object)) => _ = object.insert(inner, value),
                _ => event[&field] = value,
            }
            event
        },
    )
}

/// Nothing but the signature keeps the events out that are mutated below.
#[test]
fn a_forged_token_is_refused_for_its_signature() {
    allowed(&settings(), bearing(&token(&claims())));
    assert_eq!(refused(&settings(), bearing(&forged())), "the signature is wrong");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_is_refused(event in json_value()) {
        refused(&settings(), event);
    }

    #[test]
    fn any_event_without_a_valid_token_is_refused(event in mutated()) {
        refused(&settings(), event);
    }

    #[test]
    fn any_text_in_place_of_a_token_is_refused(text in text()) {
        refused(&settings(), bearing(&text));
        refused(&settings(), with_parameter("token", &text));
    }

    /// One character that is another makes a token invalid, wherever it is.
    #[test]
    fn a_changed_token_is_refused(at in any::<prop::sample::Index>(), by in "[A-Za-z0-9_.-]") {
        let token = token(&claims());
        let at = at.index(token.len());
        prop_assume!(token[at..=at] != by);
        refused(&settings(), bearing(&format!("{}{by}{}", &token[..at], &token[at + 1..])));
    }

    /// Any signed claims get an answer, and an answer that allows names a subject.
    #[test]
    fn any_signed_claims_have_an_answer(changed in json_value(), which in 0..5_usize) {
        let mut claims = claims();
        claims[["iss", "aud", "sub", "exp", "nbf"][which]] = changed;
        let mut settings = settings();
        settings.claims = ["iss", "aud", "sub", "exp", "nbf"].map(String::from).to_vec();
        if let Ok(policy) = ask(&settings, bearing(&token(&claims))).reported {
            let policy: Value = serde_json::from_str(&policy).expect("a policy is JSON");
            prop_assert_eq!(&policy["principalId"], &claims["sub"]);
        }
    }
}
