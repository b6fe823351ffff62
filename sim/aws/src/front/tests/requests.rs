use super::*;

/// FACTS 16.9.
#[test]
fn a_request_that_no_route_is_for_gets_404_or_403() {
    let not_found = status_and_body(404, r#"{"message":"Not Found"}"#);
    for path in ["/", "/cats", "/pets/1/2"] {
        assert_eq!(seen(send(&mut http(), &get(path))), not_found, "{path}");
    }
    let missing = status_and_body(403, r#"{"message":"Missing Authentication Token"}"#);
    for path in ["/prod", "/prod/cats", "/prod/pets"] {
        let answer = answer(send(&mut rest(), &get(path)));
        assert_eq!(answer.header("x-amzn-errortype"), Some("MissingAuthenticationTokenException"));
        let seen = (answer.status, String::from_utf8(answer.body).expect("text"));
        assert_eq!(seen, missing, "{path}");
    }
    for path in ["/", "/any/thing"] {
        let effect = send(&mut url(), &get(path));
        assert!(matches!(effect, FrontEffect::Invoke { .. }), "{effect:?}");
    }
}

#[test]
fn a_path_without_the_stage_gets_404_or_403() {
    let mut named = front(FrontKind::HttpApi, "prod", &["$default"]);
    for path in ["/pets", "/production", "/"] {
        let not_found = status_and_body(404, r#"{"message":"Not Found"}"#);
        assert_eq!(seen(send(&mut named, &get(path))), not_found, "{path}");
        let forbidden = status_and_body(403, r#"{"message":"Forbidden"}"#);
        assert_eq!(seen(send(&mut rest(), &get(path))), forbidden, "{path}");
    }
    let text = event(send(&mut named, &get("/prod")));
    assert!(text.contains(r#""rawPath":"/prod","#), "{text}");
}

/// FACTS 16.7, 16.9.
#[test]
fn apis_share_the_bucket_of_the_account() {
    let mut requests = TokenBucket::new(0, 2);
    let mut ask = |front: &mut Front, id: &str, path: &str| {
        front.on_request(Time::ZERO, &mut requests, id.to_owned(), &get(path))
    };
    let (mut http, mut rest, mut url) = (http(), rest(), url());
    // An unknown route takes no token.
    assert_eq!(seen(ask(&mut http, "a", "/cats")).0, 404);
    assert!(matches!(ask(&mut http, "b", "/pets/1"), FrontEffect::Invoke { .. }));
    assert!(matches!(ask(&mut rest, "c", "/prod/pets/1"), FrontEffect::Invoke { .. }));
    let throttled = status_and_body(429, r#"{"message":"Too Many Requests"}"#);
    assert_eq!(seen(ask(&mut http, "d", "/pets/1")), throttled);
    let answer = answer(ask(&mut rest, "e", "/prod/pets/1"));
    assert_eq!(answer.header("x-amzn-errortype"), Some("TooManyRequestsException"));
    assert_eq!(answer.status, 429);
    assert!(matches!(ask(&mut url, "f", "/"), FrontEffect::Invoke { .. }));
}

/// FACTS 16.8.
#[test]
fn a_request_over_10_mb_or_an_event_over_6_mb_gets_413() {
    let json = [("content-type", "text/plain")];
    for bytes in [LAMBDA_BYTES_MAX, REQUEST_BYTES_MAX + 1] {
        let body = vec![b'x'; bytes];
        let effect = send(&mut http(), &request("POST", "/pets", &json, &body));
        let expected = status_and_body(413, r#"{"message":"Request Entity Too Large"}"#);
        assert_eq!(seen(effect), expected);
        let effect = send(&mut rest(), &request("POST", "/prod/pets", &json, &body));
        assert_eq!(seen(effect), status_and_body(413, r#"{"message":"Request Too Long"}"#));
        assert_eq!(seen(send(&mut url(), &request("POST", "/", &json, &body))).0, 413);
    }
    let body = vec![b'x'; LAMBDA_BYTES_MAX - 2_000];
    let effect = send(&mut http(), &request("POST", "/pets", &json, &body));
    assert!(matches!(effect, FrontEffect::Invoke { .. }));
}

#[test]
#[should_panic(expected = "the same id")]
fn two_pending_requests_have_different_ids() {
    let mut front = http();
    send(&mut front, &get("/pets/1"));
    send(&mut front, &get("/pets/2"));
}

#[test]
fn a_pending_request_is_part_of_the_state() {
    let sketch = |front: &Front| {
        let mut sketch = Sketch::default();
        front.sketch(&mut sketch);
        sketch.finish()
    };
    let mut front = http();
    let empty = sketch(&front);
    send(&mut front, &get("/pets/1"));
    assert_ne!(sketch(&front), empty);
    front.on_outcome(ID, &Outcome::Error);
    assert_eq!(sketch(&front), empty);
}
