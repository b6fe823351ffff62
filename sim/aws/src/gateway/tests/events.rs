use serde_json::json;

use super::*;

/// FACTS 5.1 to 5.3. The events are compared as text: the order of fields is part of the fact.
#[test]
fn events_are_those_of_aws_field_for_field() {
    let mut gateway = gateway(&routes());
    let effects = upgrade(&mut gateway);
    assert_eq!(
        event(&effects),
        concat!(
            r#"{"headers":{"Host":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""Sec-WebSocket-Key":"PJqB0fHsqRcCHlwAAAAAAA==","Sec-WebSocket-Version":"13","#,
            r#""X-Amzn-Trace-Id":"Root=1-6566f071-e1db82be3054506cfd07d610","X-Forwarded-For":"203.0.113.7","X-Forwarded-Port":"443","X-Forwarded-Proto":"https"},"#,
            r#""multiValueHeaders":{"Host":["aabbccdd.execute-api.eu-central-1.amazonaws.com"],"#,
            r#""Sec-WebSocket-Key":["PJqB0fHsqRcCHlwAAAAAAA=="],"Sec-WebSocket-Version":["13"],"#,
            r#""X-Amzn-Trace-Id":["Root=1-6566f071-e1db82be3054506cfd07d610"],"X-Forwarded-For":["203.0.113.7"],"X-Forwarded-Port":["443"],"X-Forwarded-Proto":["https"]},"#,
            r#""requestContext":{"routeKey":"$connect","eventType":"CONNECT","extendedRequestId":"r0","#,
            r#""requestTime":"29/Nov/2023:08:04:01 +0000","messageDirection":"IN","stage":"production","#,
            r#""connectedAt":1701245041000,"requestTimeEpoch":1701245041000,"#,
            r#""identity":{"sourceIp":"203.0.113.7"},"requestId":"r0","#,
            r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""connectionId":"PJqB0fHsqRcCHlw=","apiId":"aabbccdd"},"isBase64Encoded":false}"#
        )
    );
    let mut gateway = opened();
    let effects = send(&mut gateway, "PJqCFEqHqRcFd0w=", r#"{"action":"tell"}"#);
    assert_eq!(
        event(&effects),
        concat!(
            r#"{"requestContext":{"routeKey":"tell","messageId":"PJqCFEqHqRcCHlw=","#,
            r#""eventType":"MESSAGE","extendedRequestId":"PJqCFEqHqRcFd0w=","#,
            r#""requestTime":"29/Nov/2023:08:04:03 +0000","messageDirection":"IN","stage":"production","#,
            r#""connectedAt":1701245041000,"requestTimeEpoch":1701245043000,"#,
            r#""identity":{"sourceIp":"203.0.113.7"},"requestId":"PJqCFEqHqRcFd0w=","#,
            r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""connectionId":"PJqB0fHsqRcCHlw=","apiId":"aabbccdd"},"#,
            r#""body":"{\"action\":\"tell\"}","isBase64Encoded":false}"#
        )
    );
    let effects = gateway.on_client_closed(at(4), &id(), 1005, "", "r9".to_owned());
    assert_eq!(
        event(&effects),
        concat!(
            r#"{"headers":{"Host":"aabbccdd.execute-api.eu-central-1.amazonaws.com","x-api-key":"","#,
            r#""X-Forwarded-For":"","x-restapi":""},"#,
            r#""multiValueHeaders":{"Host":["aabbccdd.execute-api.eu-central-1.amazonaws.com"],"#,
            r#""x-api-key":[""],"X-Forwarded-For":[""],"x-restapi":[""]},"#,
            r#""requestContext":{"routeKey":"$disconnect","disconnectStatusCode":1005,"#,
            r#""eventType":"DISCONNECT","extendedRequestId":"r9","#,
            r#""requestTime":"29/Nov/2023:08:04:05 +0000","messageDirection":"IN","#,
            r#""disconnectReason":"Client-side close frame status not set","stage":"production","#,
            r#""connectedAt":1701245041000,"requestTimeEpoch":1701245045000,"#,
            r#""identity":{"sourceIp":"203.0.113.7"},"requestId":"r9","#,
            r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""connectionId":"PJqB0fHsqRcCHlw=","apiId":"aabbccdd"},"isBase64Encoded":false}"#
        )
    );
}

/// FACTS 5.1: a client's headers keep their case and their place, and those of the hop are gone.
#[test]
fn headers_of_the_client_stand_among_those_of_the_gateway() {
    let mut asked = Upgrade::default();
    for (name, value) in [
        ("User-Agent", "a browser"),
        ("origin", "https://example.com"),
        ("Sec-WebSocket-Protocol", "chat"),
        ("connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("host", "elsewhere.example.com"),
    ] {
        asked.headers.insert(name.to_owned(), value.to_owned());
    }
    let effects = ask_for(&mut gateway(&routes()), &asked);
    let event: serde_json::Value = serde_json::from_str(event(&effects)).expect("JSON");
    let headers = event["headers"].as_object().expect("an object");
    let text = super::event(&effects);
    let names = [
        "Host",
        "origin",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Version",
        "User-Agent",
        "X-Amzn-Trace-Id",
        "X-Forwarded-For",
    ];
    let places = names.iter().map(|name| text.find(&format!("\"{name}\":")));
    assert!(places.clone().all(|place| place.is_some()) && places.is_sorted(), "{text}");
    assert_eq!(headers.len(), 10, "{headers:?}");
    assert_eq!(headers["Host"], "aabbccdd.execute-api.eu-central-1.amazonaws.com");
    assert_eq!(event["multiValueHeaders"]["origin"], json!(["https://example.com"]));
    assert_eq!(event["requestContext"]["identity"]["userAgent"], "a browser");
}

/// FACTS 5.1.
#[test]
fn a_query_is_in_the_event_if_there_is_one() {
    let mut asked = Upgrade::default();
    asked.query.insert("room".to_owned(), "a b".to_owned());
    let effects = ask_for(&mut gateway(&routes()), &asked);
    let part = concat!(
        r#""queryStringParameters":{"room":"a b"},"#,
        r#""multiValueQueryStringParameters":{"room":["a b"]},"requestContext""#
    );
    assert!(event(&effects).contains(part), "{effects:?}");
}

/// FACTS 5.1 to 5.3: the event of a close knows its client as all others do.
#[test]
fn every_event_names_the_user_agent_that_was_sent() {
    let mut asked = Upgrade::default();
    asked.headers.insert("user-agent".to_owned(), "wscat".to_owned());
    let mut gateway = gateway(&routes());
    let connect = ask_for(&mut gateway, &asked);
    settle(&mut gateway, &ok());
    let message = send(&mut gateway, "r1", r#"{"action":"tell"}"#);
    let disconnect = gateway.on_client_closed(at(3), &id(), 1005, "", "d1".to_owned());
    for effects in [connect, message, disconnect] {
        let identity = json!({ "userAgent": "wscat", "sourceIp": "203.0.113.7" });
        assert_eq!(context(&effects)["identity"], identity);
    }
}

/// The trace id has the time in it, and tells requests apart.
#[test]
fn a_trace_id_looks_as_those_of_aws() {
    let trace = |request: &str| {
        let mut gateway = gateway(&routes());
        let asked = Upgrade::default();
        let effects = gateway.on_upgrade(at(0), id(), "a0".to_owned(), request.to_owned(), &asked);
        let event: serde_json::Value = serde_json::from_str(event(&effects)).expect("JSON");
        event["headers"]["X-Amzn-Trace-Id"].as_str().expect("a header").to_owned()
    };
    let root = trace("r0");
    let tail = root.strip_prefix("Root=1-6566f071-").expect("the time in seconds");
    assert!(tail.len() == 24 && tail.bytes().all(|byte| byte.is_ascii_hexdigit()), "{root}");
    assert_ne!(root, trace("r1"));
}

#[test]
fn a_client_with_an_address_of_its_own_is_known_by_it() {
    let mut gateway = gateway(&routes());
    let requests = ("a0".to_owned(), "r0".to_owned());
    let from = "198.51.100.9".into();
    let effects = gateway.on_upgrade_from(from, at(0), id(), requests, &Upgrade::default());
    assert_eq!(context(&effects)["identity"]["sourceIp"], "198.51.100.9");
    let event: serde_json::Value = serde_json::from_str(event(&effects)).expect("JSON");
    assert_eq!(event["headers"]["X-Forwarded-For"], "198.51.100.9");
    settle(&mut gateway, &ok());
    let ManagementOutcome::Described { json } =
        manage(&mut gateway, at(2), ManagementOperation::Get).0
    else {
        panic!("a connection that is open can be described");
    };
    assert!(json.contains(r#""identity":{"sourceIp":"198.51.100.9"}"#), "{json}");
}
