//! The authorizer: off unless it is asked for, and then complete.

use std::collections::BTreeSet;

use serde_json::json;
use stormglass_authorizer::Settings;

use crate::api::invoked;
use crate::functions::variables;
use crate::stack::{GUARDED, Stack};
use crate::template;

const CONNECT: &str = "ConnectRoute";

#[test]
fn by_default_nothing_of_it_exists() {
    let stack = Stack::by_default();
    assert_eq!(stack.ids("AWS::ApiGatewayV2::Authorizer"), [""; 0]);
    for id in stack.resources.keys().chain(stack.outputs.keys()) {
        assert!(!id.contains("Authorize"), "{id} exists");
    }
    assert_eq!(stack.properties(CONNECT)["AuthorizationType"], "NONE");
    assert!(stack.properties(CONNECT).get("AuthorizerId").is_none());
}

#[test]
fn a_key_turns_it_on() {
    for key in ["JwtSecret", "JwtPublicKey", "JwtJwks"] {
        let stack = Stack::with(&[(key, "a key")]);
        assert_eq!(stack.properties(CONNECT)["AuthorizationType"], "CUSTOM");
        assert_eq!(stack.properties(CONNECT)["AuthorizerId"], json!({"Ref": "Authorizer"}));
        assert!(stack.outputs.contains_key("OnAuthorizeName"));
    }
}

/// The gateway asks it when a connection opens, and only then (FACTS 1.22).
#[test]
fn only_connect_is_guarded() {
    let stack = Stack::with(&GUARDED);
    for id in stack.ids("AWS::ApiGatewayV2::Route") {
        let is_guarded = stack.properties(id)["AuthorizationType"] == "CUSTOM";
        assert_eq!(is_guarded, id == CONNECT, "{id}");
    }
}

#[test]
fn it_sees_every_request_wherever_the_token_is() {
    let stack = Stack::with(&GUARDED);
    let authorizer = stack.properties("Authorizer");
    assert_eq!(authorizer["AuthorizerType"], "REQUEST");
    assert!(authorizer.get("IdentitySource").is_none());
    assert_eq!(invoked(&authorizer["AuthorizerUri"]), "OnAuthorize");
}

#[test]
fn its_function_is_given_one_key_and_what_was_set() {
    let keys =
        [("JwtSecret", "JWT_SECRET"), ("JwtPublicKey", "JWT_PUBLIC_KEY"), ("JwtJwks", "JWT_JWKS")];
    for (parameter, variable) in keys {
        let stack = Stack::with(&[(parameter, "a key")]);
        let expected = [variable, "JWT_ISSUER", "JWT_AUDIENCE"].map(String::from);
        assert_eq!(variables(&stack, "OnAuthorize"), BTreeSet::from(expected));
        let values = &stack.properties("OnAuthorize")["Environment"]["Variables"];
        assert_eq!(values[variable], json!({"Ref": parameter}));
        assert_eq!(values["JWT_ISSUER"], json!({"Ref": "JwtIssuer"}));
        assert_eq!(values["JWT_AUDIENCE"], json!({"Ref": "JwtAudience"}));
    }
    let more = [("JwtSecret", "a key"), ("JwtLeewaySeconds", "5"), ("JwtClaims", "name")];
    let stack = Stack::with(&more);
    let values = &stack.properties("OnAuthorize")["Environment"]["Variables"];
    assert_eq!(values["JWT_LEEWAY_S"], json!({"Ref": "JwtLeewaySeconds"}));
    assert_eq!(values["JWT_CLAIMS"], json!({"Ref": "JwtClaims"}));
}

#[test]
fn it_reads_every_variable_that_the_template_sets() {
    let template = template::read();
    let function = &template["Resources"]["OnAuthorize"]["Properties"];
    let set = function["Environment"]["Variables"].as_object().expect("variables");
    let set: BTreeSet<&str> = set.keys().map(String::as_str).collect();
    assert_eq!(set, BTreeSet::from(Settings::VARIABLES));
}

#[test]
fn a_service_that_is_half_guarded_is_refused() {
    let refusals = |parameters: &[(&str, &str)]| Stack::with(parameters).refusals;
    assert_eq!(refusals(&[]), [""; 0]);
    assert_eq!(refusals(&GUARDED), [""; 0]);
    let [secret, issuer, audience] = GUARDED;
    assert_eq!(refusals(&[secret, audience]), ["The authorizer needs JwtIssuer."]);
    assert_eq!(refusals(&[secret, issuer]), ["The authorizer needs JwtAudience."]);
    let no_key = "The authorizer needs one of JwtSecret, JwtPublicKey and JwtJwks.";
    assert_eq!(refusals(&[issuer]), [no_key]);
    assert_eq!(refusals(&[audience]), [no_key]);
    let two_keys = "Set one of JwtSecret, JwtPublicKey and JwtJwks.";
    for second in ["JwtPublicKey", "JwtJwks"] {
        assert_eq!(refusals(&[secret, issuer, audience, (second, "a key")]), [two_keys]);
    }
    let (public, jwks) = (("JwtPublicKey", "a key"), ("JwtJwks", "keys"));
    assert_eq!(refusals(&[public, jwks, issuer, audience]), [two_keys]);
}
