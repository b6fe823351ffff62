//! The gateway's reading of answers, in words.

use super::*;

fn reading(json: &str) -> Result<String, String> {
    gateway(&routes()).reading(&"request".to_owned(), json)
}

#[test]
fn a_response_is_read_as_its_status() {
    assert_eq!(reading(r#"{"statusCode":201,"body":"x"}"#), Ok("201".to_owned()));
}

#[test]
fn the_key_that_is_wrong_is_named() {
    for (json, mistake) in [
        (r#"{"statusCode":200,"foo":1}"#, "unknown field `foo`, expected one of `statusCode`, "),
        (r#"{"body":"x"}"#, "missing field `statusCode`"),
        (r#"{"statusCode":"200"}"#, "`statusCode`: invalid type: string \"200\", expected u16"),
        (r#"{"statusCode":600}"#, "statusCode 600 is no HTTP status"),
        (r#"{"statusCode":200,"body":{}}"#, "`body`: invalid type: map, expected a string"),
        (r#"{"statusCode":200,"headers":{"X-A":1}}"#, "`headers.X-A`: invalid type: integer `1`"),
        ("null", "it is null, and no object"),
        ("[]", "it is an array, and no object"),
        ("\"ok\"", "it is a string, and no object"),
        ("", "it is no JSON: EOF while parsing a value"),
    ] {
        let found = reading(json).expect_err("it is malformed");
        assert!(found.starts_with(mistake), "{json}: {found}");
    }
}

/// A gateway whose authorizer has not answered yet.
fn asked() -> Gateway {
    let api = Api { authorizer: Some("authorizer".to_owned()), ..api(&routes()) };
    let mut gateway = Gateway::new(stage(), api, Limits::default());
    let (authorize, connect) = ("request".to_owned(), "connect".to_owned());
    gateway.on_upgrade(at(0), id(), authorize, connect, &Upgrade::default());
    gateway
}

fn policy(effect: &str, more: &str) -> String {
    format!(
        r#"{{"principalId":"ana","policyDocument":{{"Statement":[{{"Effect":"{effect}",
        "Action":"execute-api:Invoke","Resource":"*"}}]}}{more}}}"#
    )
}

#[test]
fn the_answer_of_an_authorizer_is_read_as_its_decision() {
    let gateway = asked();
    let read = |json: &str| gateway.reading(&"request".to_owned(), json);
    assert_eq!(read(&policy("Allow", "")), Ok("allowed".to_owned()));
    assert_eq!(read(&policy("Deny", "")), Ok("denied".to_owned()));
    let padded = policy("Allow", &format!(r#","context":{{"a":"{}"}}"#, "x".repeat(9_000)));
    let nested = policy("Allow", r#","context":{"a":1,"b":{}}"#);
    for (json, mistake) in [
        ("{}", "missing field `principalId`"),
        (r#"{"principalId":1}"#, "`principalId`: invalid type: integer `1`, expected a string"),
        (r#"{"principalId":"a","policyDocument":{}}"#, "missing field `Statement`"),
        (&policy("allow", ""), "`policyDocument.Statement`: "),
        (&nested, "`context.b` is no string, number or boolean"),
        (&padded, &format!("it has {} bytes, and an authorizer may", padded.len())),
        (r#"{"statusCode":200}"#, "missing field `principalId`"),
    ] {
        let found = read(json).expect_err("it is malformed");
        assert!(found.starts_with(mistake), "{json}: {found}");
    }
}
