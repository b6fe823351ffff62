use super::*;

/// FACTS 16.9.
#[test]
fn clients_see_the_errors_of_the_table() {
    let http_500 = (500, r#"{"message":"Internal Server Error"}"#);
    let rest_502 = (502, r#"{"message": "Internal server error"}"#);
    let rest_500 = (500, r#"{"message": "Internal server error"}"#);
    let url_502 = (502, "Internal Server Error");
    for (outcome, of_http, of_rest, of_url) in [
        (Outcome::Error, http_500, rest_502, url_502),
        (Outcome::FunctionTimedOut, http_500, rest_502, url_502),
        (
            Outcome::TimedOut,
            (503, r#"{"message":"Service Unavailable"}"#),
            (504, r#"{"message": "Endpoint request timed out"}"#),
            url_502,
        ),
        (Outcome::Throttled, http_500, rest_500, (429, r#"{"message":"Rate Exceeded."}"#)),
        (respond(r#"{"statusCode":"x"}"#), http_500, rest_502, url_502),
        (respond("no JSON"), http_500, rest_502, url_502),
        (Outcome::NoPermission, http_500, rest_500, (403, r#"{"Message":"Forbidden"}"#)),
    ] {
        for (mut front, (status, body)) in [(http(), of_http), (rest(), of_rest), (url(), of_url)] {
            let seen = seen(settle(&mut front, &outcome));
            assert_eq!(seen, status_and_body(status, body), "{:?} {outcome:?}", front.kind());
        }
    }
}

/// FACTS 16.9.
#[test]
fn answers_carry_the_ids_of_the_request_and_the_name_of_the_error() {
    let answer_of = |mut front: Front| answer(settle(&mut front, &Outcome::Throttled));
    assert_eq!(answer_of(http()).header("apigw-requestid"), Some(ID));
    let rest = answer_of(rest());
    assert_eq!(rest.header("x-amzn-errortype"), Some("InternalServerErrorException"));
    assert_eq!(rest.header("x-amz-apigw-id"), Some(ID));
    let id = rest.header("x-amzn-requestid").expect("an id");
    assert_eq!(answer_of(url()).header("x-amzn-requestid"), Some(id));
}

/// FACTS 16.9: the choices that AWS leaves unpublished.
#[test]
fn settings_choose_among_the_values_of_the_table() {
    let settings = FrontSettings {
        http_throttled_status: 503,
        url_timeout_status: 504,
        url_sends_malformed: true,
        ..FrontSettings::default()
    };
    let mut http =
        front_with(FrontKind::HttpApi, stage("$default"), &["GET /pets/1"], settings.clone())
            .expect("a front");
    let throttled = status_and_body(503, r#"{"message":"Service Unavailable"}"#);
    assert_eq!(seen(settle(&mut http, &Outcome::Throttled)), throttled);
    let mut url = front_with(FrontKind::FunctionUrl, stage("$default"), &["$default"], settings)
        .expect("a front");
    assert_eq!(seen(settle(&mut url, &Outcome::FunctionTimedOut)).0, 504);
    let malformed = r#"{"statusCode":"x"}"#;
    assert_eq!(seen(settle(&mut url, &respond(malformed))), status_and_body(200, malformed));
}

/// FACTS 16.2.
#[test]
fn json_without_a_status_is_the_body_of_a_200() {
    for json in ["\"Hello\"", r#"{"b": 1,"a":2}"#, "null", "[1]", "{}"] {
        for mut front in [http(), url()] {
            let answer = answer(settle(&mut front, &respond(json)));
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.body, json.as_bytes());
        }
        assert_eq!(seen(settle(&mut rest(), &respond(json))).0, 502, "{json}");
    }
}

/// FACTS 16.2.
#[test]
fn a_lenient_answer_has_headers_cookies_and_a_body() {
    let json = concat!(
        r#"{"statusCode":201,"headers":{"X-Own":"1"},"cookies":["a=1","b=2; Secure"],"#,
        r#""body":"aGk=","isBase64Encoded":true,"other":0}"#
    );
    for (mut front, content_type, id) in [
        (http(), "text/plain;charset=UTF-8", "apigw-requestid"),
        (url(), "application/json", "x-amzn-requestid"),
    ] {
        let answer = answer(settle(&mut front, &respond(json)));
        let names: Vec<&str> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["x-own", "set-cookie", "set-cookie", "content-type", id]);
        assert_eq!(answer.headers[1].1, "a=1");
        assert_eq!(answer.headers[2].1, "b=2; Secure");
        assert_eq!(answer.header("content-type"), Some(content_type));
        assert_eq!((answer.status, answer.body), (201, b"hi".to_vec()));
    }
}

/// FACTS 16.3.
#[test]
fn a_strict_answer_has_single_and_multiple_headers() {
    let json = concat!(
        r#"{"statusCode":201,"headers":{"X-A":"1","X-B":"2"},"#,
        r#""multiValueHeaders":{"X-B":["2","3"]},"body":"hi"}"#
    );
    let answer = answer(settle(&mut rest(), &respond(json)));
    let own: Vec<(&str, &str)> =
        answer.headers[..4].iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        own,
        [("x-a", "1"), ("x-b", "2"), ("x-b", "3"), ("content-type", "application/json")]
    );
    assert_eq!((answer.status, answer.body), (201, b"hi".to_vec()));
}

/// FACTS 16.3.
#[test]
fn what_a_rest_api_cannot_read_is_a_502() {
    for json in [
        r#"{"statusCode":200,"cookies":[]}"#,
        r#"{"statusCode":200,"body":{}}"#,
        r#"{"statusCode":99}"#,
        r#"{"body":"hi"}"#,
    ] {
        assert_eq!(seen(settle(&mut rest(), &respond(json))).0, 502, "{json}");
    }
}

/// FACTS 16.3.
#[test]
fn a_rest_api_decodes_a_body_for_a_client_that_accepts_its_type() {
    let settings =
        FrontSettings { binary_types: vec!["image/png".to_owned()], ..FrontSettings::default() };
    let keys = ["GET /pets"];
    let mut front =
        front_with(FrontKind::RestApi, stage("prod"), &keys, settings).expect("a front");
    let outcome = respond(r#"{"statusCode":200,"body":"aGk=","isBase64Encoded":true}"#);
    for (accept, body) in [("image/png", "hi"), ("text/html", "aGk=")] {
        send(&mut front, &request("GET", "/prod/pets", &[("Accept", accept)], b""));
        let effect = front.on_outcome(ID, &outcome).expect("the request is pending");
        assert_eq!(seen(effect), status_and_body(200, body));
    }
}

/// FACTS 16.8.
#[test]
fn an_answer_over_6_mb_is_an_error_of_the_function() {
    let text = "x".repeat(LAMBDA_BYTES_MAX);
    let outcome = Outcome::Response(format!("\"{text}\""));
    assert_eq!(seen(settle(&mut http(), &outcome)).0, 500);
}

/// FACTS 16.5.
#[test]
fn an_outcome_after_the_timeout_counts_for_nothing() {
    let mut front = http();
    settle(&mut front, &Outcome::TimedOut);
    assert!(!front.is_pending(ID));
    assert_eq!(front.on_outcome(ID, &respond("{}")), None);
}
