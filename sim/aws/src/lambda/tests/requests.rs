use super::*;

fn request(path: &str, headers: &[(&str, &str)], body: &str) -> HttpRequest {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    HttpRequest {
        method: "POST".to_owned(),
        uri: format!("https://lambda.eu-central-1.amazonaws.com{path}"),
        headers: headers.collect(),
        body: body.as_bytes().to_vec(),
    }
}

fn parse(request: &HttpRequest) -> Result<InvokeRequest, InvokeAnswer> {
    InvokeRequest::parse(request, &InvokeLimits::default())
}

fn invoke(headers: &[(&str, &str)], body: &str) -> Result<InvokeRequest, InvokeAnswer> {
    parse(&request("/2015-03-31/functions/notify/invocations", headers, body))
}

fn refusal(result: Result<InvokeRequest, InvokeAnswer>) -> String {
    let answer = result.expect_err("a refusal");
    assert!(!answer.is_unsupported);
    wire(&answer.http)
}

#[test]
fn a_plain_request_is_synchronous_and_asks_for_nothing_else() {
    let parsed = invoke(&[("content-type", "application/octet-stream")], r#"{"a":1}"#);
    let expected = InvokeRequest {
        function: notify(),
        mode: InvocationMode::Synchronous,
        wants_log: false,
        client_context: None,
        trace: None,
        payload: r#"{"a":1}"#.to_owned(),
    };
    assert_eq!(parsed, Ok(expected));
}

#[test]
fn headers_choose_the_mode_the_log_the_context_and_the_trace() {
    let headers = [
        ("x-amz-invocation-type", "Event"),
        ("x-amz-log-type", "Tail"),
        ("x-amz-client-context", "eyJjdXN0b20iOnsiYSI6MX19"),
        ("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=a87bd80c:1"),
    ];
    let parsed = invoke(&headers, "").expect("a request");
    assert_eq!(parsed.mode, InvocationMode::Asynchronous);
    assert!(parsed.wants_log);
    assert_eq!(parsed.client_context.as_deref(), Some(r#"{"custom":{"a":1}}"#));
    let trace = parsed.trace.expect("a trace");
    assert_eq!(trace.lineage.to_string(), "a87bd80c:1");
    let dry = invoke(&[("x-amz-invocation-type", "DryRun")], "").expect("a request");
    assert_eq!(dry.mode, InvocationMode::DryRun);
    let plain = [("x-amz-invocation-type", "RequestResponse"), ("x-amz-log-type", "None")];
    let plain = invoke(&plain, "").expect("a request");
    assert_eq!((plain.mode, plain.wants_log), (InvocationMode::Synchronous, false));
}

#[test]
fn the_function_is_in_the_path_and_its_qualifier_there_or_in_the_query() {
    let arn = "arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Anotify";
    for (path, function) in [
        ("notify/invocations", "notify"),
        ("notify/invocations/", "notify"),
        ("notify:live/invocations", "notify:live"),
        ("notify%3Alive/invocations", "notify:live"),
        ("notify/invocations?Qualifier=live", "notify:live"),
        ("notify/invocations?x=y&Qualifier=%24LATEST", "notify:$LATEST"),
        ("notify:live/invocations?Qualifier=live", "notify:live"),
        (&format!("{arn}/invocations"), "notify"),
        (&format!("{arn}%3Alive/invocations"), "notify:live"),
    ] {
        let parsed = parse(&request(&format!("/2015-03-31/functions/{path}"), &[], ""));
        assert_eq!(parsed.expect(path).function.to_string(), function);
    }
}

#[test]
fn a_request_without_a_payload_passes_an_empty_object() {
    assert_eq!(invoke(&[], "").expect("a request").payload, "{}");
}

#[test]
fn a_payload_that_is_no_json_is_refused() {
    assert_eq!(
        refusal(invoke(&[("x-amz-invocation-type", "Event")], "{oops")),
        "400\ncontent-type: application/json\nx-amzn-errortype: InvalidRequestContentException\n\n\
         {\"Type\":\"User\",\"message\":\"Could not parse request body into json: key must be a \
         string at line 1 column 2\"}"
    );
    let mut latin = request("/2015-03-31/functions/notify/invocations", &[], "");
    latin.body = b"\"\xe9\"".to_vec();
    assert!(refusal(parse(&latin)).starts_with("400\n"));
}

#[test]
fn a_payload_over_the_limit_of_its_mode_is_refused() {
    let limits =
        InvokeLimits { request_bytes_max: 20, event_bytes_max: 10, ..InvokeLimits::default() };
    let parse = |mode: &str, bytes: usize| {
        let body = format!("\"{}\"", "x".repeat(bytes - 2));
        let headers = [("x-amz-invocation-type", mode)];
        let path = "/2015-03-31/functions/notify/invocations";
        InvokeRequest::parse(&request(path, &headers, &body), &limits)
    };
    assert!(parse("Event", 10).is_ok());
    assert!(parse("RequestResponse", 20).is_ok());
    assert!(parse("DryRun", 20).is_ok());
    assert_eq!(
        refusal(parse("Event", 11)),
        "413\ncontent-type: application/json\nx-amzn-errortype: RequestTooLargeException\n\n\
         {\"Type\":\"User\",\"message\":\"11 byte payload is too large for the Event invocation \
         type (limit 10 bytes)\"}"
    );
    assert_eq!(
        refusal(parse("RequestResponse", 21)),
        "413\ncontent-type: application/json\nx-amzn-errortype: RequestTooLargeException\n\n\
         {\"Type\":\"User\",\"message\":\"21 byte payload is too large for the RequestResponse \
         invocation type (limit 20 bytes)\"}"
    );
}

#[test]
fn the_limits_are_six_megabytes_and_one() {
    let limits = InvokeLimits::default();
    assert_eq!((limits.request_bytes_max, limits.event_bytes_max), (6_291_456, 1_048_576));
}

#[test]
fn a_client_context_is_an_object_in_base64_of_at_most_3583_bytes() {
    let context = |bytes: usize| {
        aws_smithy_types::base64::encode(format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8)))
    };
    let (longest, too_long) = (context(2_685), context(2_688));
    assert_eq!((longest.len(), too_long.len()), (3_580, 3_584));
    assert!(invoke(&[("x-amz-client-context", &longest)], "").is_ok());
    // The second is `[]`, the third `{`.
    for context in ["%%", "W10=", "ew==", "/w==", &too_long] {
        assert_eq!(
            refusal(invoke(&[("x-amz-client-context", context)], "")),
            "400\ncontent-type: application/json\n\
             x-amzn-errortype: InvalidRequestContentException\n\n\
             {\"Type\":\"User\",\"message\":\"Client context must be a valid Base64-encoded JSON \
             object of at most 3583 bytes.\"}"
        );
    }
}

#[test]
fn values_that_the_api_does_not_have_are_refused_by_name() {
    let violation = |member: &str, value: &str, constraint: &str| {
        format!(
            "400\ncontent-type: application/json\nx-amzn-errortype: ValidationException\n\n\
             {{\"message\":\"1 validation error detected: Value '{value}' at '{member}' failed to \
             satisfy constraint: Member must satisfy {constraint}\"}}"
        )
    };
    assert_eq!(
        refusal(invoke(&[("x-amz-invocation-type", "event")], "")),
        violation("invocationType", "event", "enum value set: [Event, RequestResponse, DryRun]")
    );
    assert_eq!(
        refusal(invoke(&[("x-amz-log-type", "Head")], "")),
        violation("logType", "Head", "enum value set: [None, Tail]")
    );
    let query = request("/2015-03-31/functions/notify/invocations?Qualifier=a%20b", &[], "");
    assert_eq!(
        refusal(parse(&query)),
        violation("qualifier", "a b", "regular expression pattern: (|[a-zA-Z0-9$_-]+)")
    );
    let path = request("/2015-03-31/functions/no%20tify/invocations", &[], "");
    let refused = refusal(parse(&path));
    assert!(refused.contains("ValidationException"), "{refused}");
    assert!(refused.contains("Value 'no tify' at 'functionName'"), "{refused}");
}

#[test]
fn two_qualifiers_must_be_the_same() {
    let path = "/2015-03-31/functions/notify:live/invocations?Qualifier=test";
    assert_eq!(
        refusal(parse(&request(path, &[], ""))),
        "400\ncontent-type: application/json\nx-amzn-errortype: InvalidParameterValueException\n\n\
         {\"Type\":\"User\",\"message\":\"The derived qualifier from the function name does not \
         match the specified qualifier.\"}"
    );
}

#[test]
fn what_the_model_lacks_is_refused_by_its_name_and_marked() {
    for (method, path, feature) in [
        ("POST", "/2015-03-31/functions", "CreateFunction"),
        ("GET", "/2015-03-31/functions/", "ListFunctions"),
        ("GET", "/2015-03-31/functions/notify", "GetFunction"),
        ("DELETE", "/2015-03-31/functions/notify/policy/s", "RemovePermission"),
        ("PUT", "/2017-10-31/functions/notify/concurrency", "PutFunctionConcurrency"),
        ("POST", "/2014-11-13/functions/notify/invoke-async/", "InvokeAsync"),
        (
            "POST",
            "/2021-11-15/functions/notify/response-streaming-invocations",
            "InvokeWithResponseStream",
        ),
        (
            "POST",
            "/2015-03-31/functions/210987654321:function:notify/invocations",
            "functions of other accounts and regions",
        ),
    ] {
        let request = HttpRequest { method: method.to_owned(), ..request(path, &[], "") };
        let answer = parse(&request).expect_err(path);
        assert!(answer.is_unsupported, "{path}");
        assert_eq!(
            wire(&answer.http),
            format!(
                "400\ncontent-type: application/json\n\
                 x-amzn-errortype: UnknownOperationException\n\n\
                 {{\"Message\":\"The simulated Lambda does not support {feature}\"}}"
            )
        );
    }
    let tenant = invoke(&[("x-amz-tenant-id", "blue")], "").expect_err("a refusal");
    assert!(tenant.is_unsupported);
    let durable = invoke(&[("x-amz-durable-execution-name", "a")], "").expect_err("a refusal");
    assert!(durable.is_unsupported);
}

#[test]
fn a_path_that_belongs_to_no_operation_is_denied() {
    for (method, path) in [
        ("POST", "/2015-03-31/functions//invocations"),
        ("PUT", "/2015-03-31/functions/notify/invocations"),
        ("POST", "/2015-03-31/functions/notify/invocation"),
        ("POST", "/"),
        ("POST", ""),
    ] {
        let request = HttpRequest { method: method.to_owned(), ..request(path, &[], "") };
        assert_eq!(
            refusal(parse(&request)),
            "403\ncontent-type: application/json\nx-amzn-errortype: AccessDeniedException\n\n\
             {\"Message\":\"Unable to determine service/operation name to be authorized\"}",
            "{path}"
        );
    }
}

#[test]
fn equal_requests_have_one_canonical_text() {
    let canonical =
        |headers: &[(&str, &str)], body| invoke(headers, body).expect("a request").canonical();
    assert_eq!(
        canonical(&[], "{ \"b\" : [1, {\"d\":2,\"c\":\"é\"}],\"a\":null}"),
        r#"Invoke RequestResponse notify {"a":null,"b":[1,{"c":"é","d":2}]}"#
    );
    let headers = [
        ("x-amz-invocation-type", "Event"),
        ("x-amz-log-type", "Tail"),
        ("x-amz-client-context", "eyJhIjoxfQ=="),
        ("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793"),
    ];
    assert_eq!(canonical(&headers, "7"), r#"Invoke Event notify 7 context {"a":1} log"#);
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    assert_eq!(canonical(&[], &deep), format!("Invoke RequestResponse notify {deep}"));
}
