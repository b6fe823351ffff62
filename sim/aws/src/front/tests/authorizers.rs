use super::*;

fn guarded() -> Front {
    let authorizer = Authorizer::Simple {
        function: "check".to_owned(),
        identity_sources: vec![
            "$request.header.Authorization".to_owned(),
            "$request.querystring.room".to_owned(),
        ],
    };
    let route = HttpRoute::new("GET /pets/{id}", "show").expect("a route");
    let routes = vec![route.with_authorizer(authorizer)];
    Front::new(FrontKind::HttpApi, stage("prod"), routes, FrontSettings::default())
        .expect("a sound front")
}

fn with_token(uri: &str) -> ClientRequest {
    request("GET", uri, &[("authorization", "secret")], b"")
}

/// DG/http-api-lambda-authorizer.
#[test]
fn an_authorizer_gets_the_request_without_its_body() {
    let mut front = guarded();
    let effect = send(&mut front, &with_token("/prod/pets/7?room=a"));
    let FrontEffect::Authorize { request, function, event } = effect else {
        panic!("expected an authorizer, got {effect:?}");
    };
    assert_eq!((request.as_str(), function.as_str()), ("r0", "check"));
    assert_eq!(
        event,
        concat!(
            r#"{"version":"2.0","type":"REQUEST","#,
            r#""routeArn":"arn:aws:execute-api:eu-central-1:123456789012:aabbccdd/prod/GET/pets/7","#,
            r#""identitySource":["secret","a"],"routeKey":"GET /pets/{id}","#,
            r#""rawPath":"/prod/pets/7","rawQueryString":"room=a","#,
            r#""headers":{"authorization":"secret","content-length":"0","#,
            r#""host":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""x-amzn-trace-id":"Root=1-6566f071-e1db82be3054506cfd07d610","#,
            r#""x-forwarded-for":"203.0.113.7","x-forwarded-port":"443","#,
            r#""x-forwarded-proto":"https"},"queryStringParameters":{"room":"a"},"#,
            r#""requestContext":{"accountId":"123456789012","apiId":"aabbccdd","#,
            r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#,
            r#""domainPrefix":"aabbccdd","#,
            r#""http":{"method":"GET","path":"/prod/pets/7","protocol":"HTTP/1.1","#,
            r#""sourceIp":"203.0.113.7","userAgent":""},"#,
            r#""requestId":"r0","routeKey":"GET /pets/{id}","stage":"prod","#,
            r#""time":"29/Nov/2023:08:04:01 +0000","timeEpoch":1701245041000},"#,
            r#""pathParameters":{"id":"7"}}"#
        )
    );
}

#[test]
fn the_context_of_an_authorizer_reaches_the_function() {
    for (json, expected) in [
        (
            r#"{"isAuthorized":true,"context":{"user":"ana","level":2}}"#,
            r#""authorizer":{"lambda":{"level":2,"user":"ana"}},"#,
        ),
        (r#"{"isAuthorized":true}"#, r#""authorizer":{"lambda":null},"#),
    ] {
        let mut front = guarded();
        send(&mut front, &with_token("/prod/pets/7?room=a"));
        let effect = front.on_outcome(ID, &respond(json)).expect("the request is pending");
        let text = event(effect);
        assert!(text.contains(expected), "{text}");
        let effect = front.on_outcome(ID, &respond("1")).expect("the request is pending");
        assert_eq!(seen(effect), status_and_body(200, "1"));
    }
}

#[test]
fn a_request_without_its_identity_is_refused_at_once() {
    let unauthorized = status_and_body(401, r#"{"message":"Unauthorized"}"#);
    let mut front = guarded();
    assert_eq!(seen(send(&mut front, &get("/prod/pets/7?room=a"))), unauthorized);
    assert_eq!(seen(send(&mut front, &with_token("/prod/pets/7?room="))), unauthorized);
    assert!(!front.is_pending(ID));
}

#[test]
fn an_authorizer_that_refuses_or_fails_ends_the_request() {
    let denied = (403, r#"{"message":"Forbidden"}"#);
    let failed = (500, r#"{"message":"Internal Server Error"}"#);
    for (outcome, (status, body)) in [
        (respond(r#"{"isAuthorized":false}"#), denied),
        (respond("{}"), failed),
        (Outcome::Error, failed),
        (Outcome::TimedOut, failed),
    ] {
        let mut front = guarded();
        send(&mut front, &with_token("/prod/pets/7?room=a"));
        let effect = front.on_outcome(ID, &outcome).expect("the request is pending");
        assert_eq!(seen(effect), status_and_body(status, body), "{outcome:?}");
        assert!(!front.is_pending(ID));
    }
}

#[test]
fn authorizers_that_are_not_modelled_are_refused_by_name() {
    let refusal = |kind, stage_name, authorizer| {
        let route = HttpRoute::new("GET /", "show").expect("a route").with_authorizer(authorizer);
        let front = Front::new(kind, stage(stage_name), vec![route], FrontSettings::default());
        front.expect_err("it is not modelled").to_string()
    };
    let http = |authorizer| refusal(FrontKind::HttpApi, "$default", authorizer);
    assert_eq!(http(Authorizer::Jwt), "route `GET /`: JWT authorizers are not modelled");
    assert_eq!(http(Authorizer::Iam), "route `GET /`: IAM authorizers are not modelled");
    let policy = "route `GET /`: Lambda authorizers that return a policy are not modelled";
    assert_eq!(http(Authorizer::Policy), policy);
    let simple = |source: &str| Authorizer::Simple {
        function: "check".to_owned(),
        identity_sources: vec![source.to_owned()],
    };
    let rest = "route `GET /`: authorizers of REST APIs are not modelled";
    assert_eq!(refusal(FrontKind::RestApi, "prod", simple("$request.header.A")), rest);
    let source = "`$context.stage` is no `$request.header.NAME` or `$request.querystring.NAME`";
    assert_eq!(http(simple("$context.stage")), source);
}
