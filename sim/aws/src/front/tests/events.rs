use super::*;

/// FACTS 16.1. The events are compared as text: the order of fields is part of the fact.
#[test]
fn an_http_api_writes_the_format_2_0() {
    let headers = [
        ("User-Agent", "curl/8"),
        ("Cookie", "a=1; b=2"),
        ("X-Tag", "one"),
        ("x-tag", "two"),
        ("Content-Type", "application/json"),
        ("Connection", "keep-alive"),
        ("Host", "anything"),
    ];
    let mut front = front(FrontKind::HttpApi, "prod", &["ANY /rooms/{room}/{proxy+}"]);
    let uri = "/prod/rooms/a%20b/x/y?q=1&Q=%C3%A9&q=2+3";
    let effect = send(&mut front, &request("PUT", uri, &headers, br#"{"n":1}"#));
    let FrontEffect::Invoke { request, function, event } = effect else {
        panic!("expected an invocation, got {effect:?}");
    };
    assert_eq!((request.as_str(), function.as_str()), ("r0", "show"));
    assert_eq!(
        event,
        concat!(
            r#"{"version":"2.0","routeKey":"ANY /rooms/{room}/{proxy+}","#,
            r#""rawPath":"/prod/rooms/a%20b/x/y","rawQueryString":"q=1&Q=%C3%A9&q=2+3","#,
            r#""cookies":["a=1","b=2"],"#,
            r#""headers":{"content-length":"7","content-type":"application/json","#,
            r#""host":"aabbccdd.execute-api.eu-central-1.amazonaws.com","user-agent":"curl/8","#,
            r#""x-amzn-trace-id":"Root=1-6566f071-e1db82be3054506cfd07d610","#,
            r#""x-forwarded-for":"203.0.113.7","x-forwarded-port":"443","#,
            r#""x-forwarded-proto":"https","x-tag":"one,two"},"#,
            r#""queryStringParameters":{"Q":"é","q":"1,2 3"},"#,
            r#""requestContext":{"accountId":"123456789012","apiId":"aabbccdd","#,
            r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""domainPrefix":"aabbccdd","#,
            r#""http":{"method":"PUT","path":"/prod/rooms/a%20b/x/y","protocol":"HTTP/1.1","#,
            r#""sourceIp":"203.0.113.7","userAgent":"curl/8"},"#,
            r#""requestId":"r0","routeKey":"ANY /rooms/{room}/{proxy+}","stage":"prod","#,
            r#""time":"29/Nov/2023:08:04:01 +0000","timeEpoch":1701245041000},"#,
            r#""body":"{\"n\":1}","pathParameters":{"proxy":"x/y","room":"a b"},"#,
            r#""isBase64Encoded":false}"#
        )
    );
}

/// FACTS 16.1: fields are absent, not null, and the path has no stage.
#[test]
fn an_http_api_leaves_out_what_a_request_does_not_have() {
    let mut front = front(FrontKind::HttpApi, "$default", &["$default"]);
    assert_eq!(
        event(send(&mut front, &get("/x"))),
        concat!(
            r#"{"version":"2.0","routeKey":"$default","rawPath":"/x","rawQueryString":"","#,
            r#""headers":{"content-length":"0","#,
            r#""host":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""x-amzn-trace-id":"Root=1-6566f071-e1db82be3054506cfd07d610","#,
            r#""x-forwarded-for":"203.0.113.7","x-forwarded-port":"443","#,
            r#""x-forwarded-proto":"https"},"#,
            r#""requestContext":{"accountId":"123456789012","apiId":"aabbccdd","#,
            r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""domainPrefix":"aabbccdd","#,
            r#""http":{"method":"GET","path":"/x","protocol":"HTTP/1.1","#,
            r#""sourceIp":"203.0.113.7","userAgent":""},"#,
            r#""requestId":"r0","routeKey":"$default","stage":"$default","#,
            r#""time":"29/Nov/2023:08:04:01 +0000","timeEpoch":1701245041000},"#,
            r#""isBase64Encoded":false}"#
        )
    );
}

/// FACTS 16.4.
#[test]
fn a_function_url_writes_the_format_2_0_under_its_own_names() {
    let mut front = url();
    let text = event(send(&mut front, &request("POST", "/a/b", &[], b"hi")));
    assert_eq!(
        text,
        concat!(
            r#"{"version":"2.0","routeKey":"$default","rawPath":"/a/b","rawQueryString":"","#,
            r#""headers":{"host":"aabbccdd.lambda-url.eu-central-1.on.aws","#,
            r#""x-amzn-trace-id":"Root=1-6566f071-e1db82be3054506cfd07d610","#,
            r#""x-forwarded-for":"203.0.113.7","x-forwarded-port":"443","#,
            r#""x-forwarded-proto":"https"},"#,
            r#""requestContext":{"accountId":"123456789012","apiId":"aabbccdd","#,
            r#""domainName":"aabbccdd.lambda-url.eu-central-1.on.aws","#,
            r#""domainPrefix":"aabbccdd","#,
            r#""http":{"method":"POST","path":"/a/b","protocol":"HTTP/1.1","#,
            r#""sourceIp":"203.0.113.7","userAgent":""},"#,
            r#""requestId":"d7951da8-eb67-493c-a735-e55e438e68c7","routeKey":"$default","#,
            r#""stage":"$default","#,
            r#""time":"29/Nov/2023:08:04:01 +0000","timeEpoch":1701245041000},"#,
            r#""body":"hi","isBase64Encoded":false}"#
        )
    );
}

/// FACTS 16.3: the case of headers stays, and what is unset is null.
#[test]
fn a_rest_api_writes_the_format_1_0() {
    let headers = [("X-Tag", "one"), ("x-tag", "two"), ("accept", "*/*"), ("User-Agent", "curl/8")];
    let mut front = rest();
    let uri = "/prod/pets/a%20b?q=1&q=2+3";
    let text = event(send(&mut front, &request("GET", uri, &headers, b"")));
    assert_eq!(
        text,
        concat!(
            r#"{"resource":"/pets/{id}","path":"/pets/a%20b","httpMethod":"GET","#,
            r#""headers":{"accept":"*/*","#,
            r#""Host":"aabbccdd.execute-api.eu-central-1.amazonaws.com","User-Agent":"curl/8","#,
            r#""X-Amzn-Trace-Id":"Root=1-6566f071-e1db82be3054506cfd07d610","#,
            r#""X-Forwarded-For":"203.0.113.7","X-Forwarded-Port":"443","#,
            r#""X-Forwarded-Proto":"https","X-Tag":"two"},"#,
            r#""multiValueHeaders":{"accept":["*/*"],"#,
            r#""Host":["aabbccdd.execute-api.eu-central-1.amazonaws.com"],"#,
            r#""User-Agent":["curl/8"],"#,
            r#""X-Amzn-Trace-Id":["Root=1-6566f071-e1db82be3054506cfd07d610"],"#,
            r#""X-Forwarded-For":["203.0.113.7"],"X-Forwarded-Port":["443"],"#,
            r#""X-Forwarded-Proto":["https"],"X-Tag":["one","two"]},"#,
            r#""queryStringParameters":{"q":"2 3"},"#,
            r#""multiValueQueryStringParameters":{"q":["1","2 3"]},"#,
            r#""pathParameters":{"id":"a%20b"},"stageVariables":null,"#,
            r#""requestContext":{"resourceId":"tfzu0v","resourcePath":"/pets/{id}","#,
            r#""httpMethod":"GET","extendedRequestId":"r0","#,
            r#""requestTime":"29/Nov/2023:08:04:01 +0000","path":"/prod/pets/a%20b","#,
            r#""accountId":"123456789012","protocol":"HTTP/1.1","stage":"prod","#,
            r#""domainPrefix":"aabbccdd","requestTimeEpoch":1701245041000,"#,
            r#""requestId":"d7951da8-eb67-493c-a735-e55e438e68c7","#,
            r#""identity":{"cognitoIdentityPoolId":null,"accountId":null,"#,
            r#""cognitoIdentityId":null,"caller":null,"sourceIp":"203.0.113.7","#,
            r#""principalOrgId":null,"accessKey":null,"cognitoAuthenticationType":null,"#,
            r#""cognitoAuthenticationProvider":null,"userArn":null,"userAgent":"curl/8","#,
            r#""user":null},"#,
            r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""apiId":"aabbccdd"},"body":null,"isBase64Encoded":false}"#
        )
    );
}

/// FACTS 16.3.
#[test]
fn a_rest_api_writes_null_for_an_empty_query_and_no_variables() {
    let mut front = rest();
    let text = event(send(&mut front, &request("POST", "/prod/pets", &[], b"hi")));
    let absent = concat!(
        r#""queryStringParameters":null,"multiValueQueryStringParameters":null,"#,
        r#""pathParameters":null,"stageVariables":null,"#
    );
    assert!(text.contains(absent), "{text}");
    assert!(text.contains(r#""userAgent":null"#), "{text}");
    assert!(text.ends_with(r#""body":"hi","isBase64Encoded":false}"#), "{text}");
}

/// FACTS 16.1, 16.4.
#[test]
fn what_is_no_text_goes_in_base64_in_the_format_2_0() {
    for (content_type, body, end) in [
        ("text/html; charset=utf-8", &b"hi"[..], r#""body":"hi","isBase64Encoded":false}"#),
        ("application/json", b"hi", r#""body":"hi","isBase64Encoded":false}"#),
        ("application/problem+json", b"hi", r#""body":"hi","isBase64Encoded":false}"#),
        ("application/json", b"\xff", r#""body":"/w==","isBase64Encoded":true}"#),
        ("image/png", b"hi", r#""body":"aGk=","isBase64Encoded":true}"#),
        ("application/x-www-form-urlencoded", b"hi", r#""body":"aGk=","isBase64Encoded":true}"#),
    ] {
        let sent = request("POST", "/pets", &[("content-type", content_type)], body);
        for mut front in [http(), url()] {
            let text = event(send(&mut front, &sent));
            assert!(text.ends_with(end), "{content_type}: {text}");
        }
    }
}

/// FACTS 16.3.
#[test]
fn a_rest_api_puts_the_types_of_its_list_in_base64() {
    let sent = request("POST", "/prod/pets", &[("Content-Type", "image/png")], b"\xff");
    let settings =
        FrontSettings { binary_types: vec!["image/*".to_owned()], ..FrontSettings::default() };
    let keys = ["POST /pets"];
    let mut binary =
        front_with(FrontKind::RestApi, stage("prod"), &keys, settings).expect("a front");
    let text = event(send(&mut binary, &sent));
    assert!(text.ends_with(r#""body":"/w==","isBase64Encoded":true}"#), "{text}");
    let text = event(send(&mut rest(), &sent));
    assert!(text.ends_with("\"body\":\"\u{fffd}\",\"isBase64Encoded\":false}"), "{text}");
}

/// FACTS 18.1c.
#[test]
fn stage_variables_are_in_events_if_there_are_some() {
    let variables = [("table".to_owned(), "rooms".to_owned())];
    for (kind, name, path, expected) in [
        (
            FrontKind::HttpApi,
            "$default",
            "/pets",
            r#""isBase64Encoded":false,"stageVariables":{"table":"rooms"}}"#,
        ),
        (FrontKind::RestApi, "prod", "/prod/pets", r#""stageVariables":{"table":"rooms"},"#),
    ] {
        let stage = Stage { variables: variables.clone().into(), ..stage(name) };
        let front = front_with(kind, stage, &["GET /pets"], FrontSettings::default());
        let text = event(send(&mut front.expect("a front"), &get(path)));
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn the_address_of_a_client_stands_after_those_of_proxies() {
    let sent = request("GET", "/pets/1", &[("X-Forwarded-For", "198.51.100.1")], b"");
    let text = event(send(&mut http(), &sent));
    assert!(text.contains(r#""x-forwarded-for":"198.51.100.1, 203.0.113.7""#), "{text}");
}
