use serde_json::{Value, json};
use stormglass_spec::quotas::MESSAGE_BYTES_MAX;

use super::*;
use crate::gateway::management::ManagementResponse;

fn parse(method: &str, uri: &str) -> Result<ManagementRequest, ManagementOutcome> {
    ManagementRequest::parse(&stage(), method, uri, 7)
}

fn response(status: u16, error: Option<&'static str>, body: &str) -> ManagementResponse {
    ManagementResponse { status, error, body: body.to_owned() }
}

/// FACTS 3.4.
#[test]
fn a_request_names_its_connection_and_its_operation() {
    let request = |operation| Ok(ManagementRequest { id: "PJqB0fHs-_cCHlw=".into(), operation });
    let path = format!("{HOST}/production/@connections/PJqB0fHs-_cCHlw%3D");
    assert_eq!(parse("POST", &path), request(ManagementOperation::Post { bytes: 7 }));
    assert_eq!(parse("GET", &path), request(ManagementOperation::Get));
    assert_eq!(parse("DELETE", &path), request(ManagementOperation::Delete));
    for id in ["PJqB0fHs-_cCHlw=", "PJqB0fHs-_cCHlw%3d?x=y", "PJqB0fHs%2D_cCHlw%3D"] {
        let path = format!("{HOST}/production/@connections/{id}");
        assert_eq!(parse("GET", &path), request(ManagementOperation::Get), "{id}");
        let path = format!("{HOST}/production/%40connections/{id}");
        assert_eq!(parse("GET", &path), request(ManagementOperation::Get), "{id}");
    }
}

/// FACTS 3.4, 3.5.
#[test]
fn a_wrong_host_stage_or_path_is_forbidden() {
    let id = "PJqB0fHs-_cCHlw%3D";
    for uri in [
        format!("{HOST}/@connections/{id}"),
        format!("{HOST}/test/@connections/{id}"),
        format!("{HOST}/productions/@connections/{id}"),
        format!("{HOST}.example.com/production/@connections/{id}"),
        format!("https://example.com/production/@connections/{id}"),
        format!("{HOST}/production/@connections/{id}/more"),
        format!("{HOST}/production/connections/{id}"),
        format!("{HOST}/production"),
    ] {
        assert_eq!(parse("POST", &uri), Err(ManagementOutcome::Forbidden), "{uri}");
    }
    let forbidden = response(403, Some("ForbiddenException"), r#"{"message":"Forbidden"}"#);
    assert_eq!(ManagementOutcome::Forbidden.response(), forbidden);
}

#[test]
fn a_method_that_the_path_does_not_have_lacks_a_token() {
    let refusal = ManagementOutcome::UnknownMethod;
    for method in ["PUT", "PATCH", "HEAD", "post"] {
        let path = format!("{HOST}/production/@connections/PJqB0fHs-_cCHlw%3D");
        assert_eq!(parse(method, &path), Err(refusal.clone()));
    }
    let error = Some("MissingAuthenticationTokenException");
    let body = r#"{"message":"Missing Authentication Token"}"#;
    assert_eq!(refusal.response(), response(403, error, body));
}

/// FACTS 2.14.
#[test]
fn an_id_that_the_gateway_would_never_make_is_a_bad_request() {
    for id in ["", "x", "PJqB0fHs-_cCHlw", "PJqB0fHs-_cCHl!=", "%ff", "PJqB0fHs-_cCHlw%253D"] {
        let uri = format!("{HOST}/production/@connections/{id}");
        assert_eq!(parse("POST", &uri), Err(ManagementOutcome::BadId), "{id}");
    }
    let ManagementResponse { status, error, .. } = ManagementOutcome::BadId.response();
    assert_eq!((status, error), (400, Some("BadRequestException")));
}

/// FACTS 2.14, 3.5: an empty body and a header.
#[test]
fn what_is_not_open_is_gone_for_every_operation() {
    for operation in [
        ManagementOperation::Post { bytes: 1 },
        ManagementOperation::Get,
        ManagementOperation::Delete,
    ] {
        let mut gateway = gateway(&routes());
        let gone = |pending| (ManagementOutcome::Gone { pending }, Vec::new());
        assert_eq!(manage(&mut gateway, at(0), operation), gone(false), "it is unknown");
        upgrade(&mut gateway);
        assert_eq!(manage(&mut gateway, at(0), operation), gone(true), "it is pending");
        settle(&mut gateway, &ok());
        gateway.on_client_left(at(1), &id(), "d0".to_owned());
        assert_eq!(manage(&mut gateway, at(2), operation), gone(false), "it is closed");
    }
    for pending in [false, true] {
        assert_eq!(
            ManagementOutcome::Gone { pending }.response(),
            response(410, Some("GoneException"), "")
        );
    }
}

/// FACTS 3.1, 3.4, 3.5.
#[test]
fn a_post_may_have_128_kb() {
    let mut gateway = opened();
    assert_eq!(post(&mut gateway, at(2), MESSAGE_BYTES_MAX), ManagementOutcome::Accepted);
    assert_eq!(ManagementOutcome::Accepted.response(), response(200, None, ""));
    assert_eq!(post(&mut gateway, at(2), MESSAGE_BYTES_MAX + 1), ManagementOutcome::TooLarge);
    assert_eq!(
        ManagementOutcome::TooLarge.response(),
        response(413, Some("PayloadTooLargeException"), "")
    );
}

/// FACTS 1.21, 1.20.
#[test]
fn a_function_can_post_to_the_sender_while_it_is_open_and_only_then() {
    let mut gateway = opened();
    send(&mut gateway, "r1", r#"{"action":"ask"}"#);
    assert_eq!(post(&mut gateway, at(2), 1), ManagementOutcome::Accepted);
    let effects = gateway.on_client_closed(at(3), &id(), 1005, "", "d1".to_owned());
    assert_eq!(invoked(&effects), ["$disconnect"]);
    assert_eq!(post(&mut gateway, at(3), 1), ManagementOutcome::Gone { pending: false });
}

/// FACTS 3.4.
#[test]
fn a_connection_is_described_with_what_its_client_told() {
    for user_agent in [None, Some("wscat")] {
        let mut upgrade = Upgrade::default();
        let headers = user_agent.map(|agent| ("user-agent".to_owned(), agent.to_owned()));
        upgrade.headers.extend(headers);
        let mut gateway = gateway(&routes());
        ask_for(&mut gateway, &upgrade);
        settle(&mut gateway, &ok());
        assert_eq!(post(&mut gateway, Time::from_millis(62_345), 1), ManagementOutcome::Accepted);
        let (outcome, effects) = manage(&mut gateway, at(99), ManagementOperation::Get);
        let ManagementResponse { status, error, body } = outcome.response();
        assert_eq!((status, error, effects), (200, None, Vec::new()));
        let mut identity = json!({ "sourceIp": "203.0.113.7" });
        if let Some(agent) = user_agent {
            identity["userAgent"] = json!(agent);
        }
        let described: Value = serde_json::from_str(&body).expect("JSON");
        let expected = json!({
            "connectedAt": "2023-11-29T08:04:01.000Z", "identity": identity,
            "lastActiveAt": "2023-11-29T08:05:03.345Z"
        });
        assert_eq!(described, expected);
    }
}

/// FACTS 1.12, 3.3, 3.4.
#[test]
fn deleting_a_connection_closes_it_and_runs_disconnect() {
    let mut gateway = opened();
    let (outcome, effects) = manage(&mut gateway, at(2), ManagementOperation::Delete);
    assert_eq!(outcome.response(), response(204, None, ""));
    let reason = "Connection Closed Normally";
    assert_eq!(effects.first(), Some(&closed(1000, reason, false)));
    assert_eq!(invoked(&effects), ["$disconnect"]);
    let context = context(&effects);
    assert_eq!(context["disconnectStatusCode"], 1000);
    assert_eq!(context["disconnectReason"], reason);
    assert_eq!(context["requestId"], "d1");
    let again = manage(&mut gateway, at(3), ManagementOperation::Delete);
    assert_eq!(again, (ManagementOutcome::Gone { pending: false }, Vec::new()));
}
