use super::*;

fn served(answer: InvokeAnswer) -> String {
    assert!(!answer.is_unsupported);
    wire(&HttpAnswer::from(answer))
}

fn error(status: u16, code: &str, body: &str) -> String {
    format!("{status}\ncontent-type: application/json\nx-amzn-errortype: {code}\n\n{body}")
}

#[test]
fn a_response_is_a_200_with_the_version_that_ran() {
    assert_eq!(
        served(InvokeAnswer::success(&notify(), r#"{"a":1}"#, None)),
        "200\ncontent-type: application/json\nx-amz-executed-version: $LATEST\n\n{\"a\":1}"
    );
    let seventh = FunctionReference::parse("notify:7").expect("a name");
    assert_eq!(
        served(InvokeAnswer::success(&seventh, "null", Some(b"START\nEND\n"))),
        "200\ncontent-type: application/json\nx-amz-executed-version: 7\n\
         x-amz-log-result: U1RBUlQKRU5ECg==\n\nnull"
    );
}

#[test]
fn an_answer_has_the_last_four_kilobytes_of_the_log() {
    let log = [b"a".repeat(5), b"b".repeat(4_096)].concat();
    let answer = InvokeAnswer::success(&notify(), "null", Some(&log)).http;
    let (_, tail) = answer.headers.last().expect("a log");
    let tail = aws_smithy_types::base64::decode(tail.as_ref()).expect("base64");
    assert_eq!(tail, b"b".repeat(4_096));
}

#[test]
fn an_error_of_the_function_is_a_200_with_a_header() {
    let payload = FunctionFailure::boxed("no such room").payload("r1");
    assert_eq!(
        served(InvokeAnswer::function_error(&notify(), &payload, Some(b"x"))),
        format!(
            "200\ncontent-type: application/json\nx-amz-executed-version: $LATEST\n\
             x-amz-log-result: eA==\nx-amz-function-error: Unhandled\n\n{payload}"
        )
    );
}

#[test]
fn an_event_and_a_dry_run_get_no_body() {
    assert_eq!(served(InvokeAnswer::accepted()), "202\n\n");
    assert_eq!(served(InvokeAnswer::dry_run()), "204\n\n");
}

#[test]
fn a_throttle_has_its_reason() {
    for (reason, name) in [
        (ThrottleReason::Account, "ConcurrentInvocationLimitExceeded"),
        (ThrottleReason::Reserved, "ReservedFunctionConcurrentInvocationLimitExceeded"),
        (ThrottleReason::Rate, "FunctionInvocationRateLimitExceeded"),
        (ThrottleReason::ReservedRate, "ReservedFunctionInvocationRateLimitExceeded"),
        (ThrottleReason::Caller, "CallerRateLimitExceeded"),
    ] {
        let body = format!(r#"{{"Reason":"{name}","Type":"User","message":"Rate Exceeded."}}"#);
        let expected = error(429, "TooManyRequestsException", &body);
        assert_eq!(served(InvokeAnswer::throttled(reason, None)), expected);
    }
    assert_eq!(
        served(InvokeAnswer::throttled(ThrottleReason::Account, Some(3))),
        "429\ncontent-type: application/json\nx-amzn-errortype: TooManyRequestsException\n\
         retry-after: 3\n\n{\"Reason\":\"ConcurrentInvocationLimitExceeded\",\"Type\":\"User\",\
         \"message\":\"Rate Exceeded.\"}"
    );
}

#[test]
fn refusals_have_the_codes_and_bodies_of_lambda() {
    assert_eq!(
        served(InvokeAnswer::not_found(&notify())),
        error(
            404,
            "ResourceNotFoundException",
            r#"{"Type":"User","Message":"Function not found: arn:aws:lambda:eu-central-1:123456789012:function:notify"}"#
        )
    );
    assert_eq!(
        served(InvokeAnswer::access_denied("User: x is not authorized")),
        error(403, "AccessDeniedException", r#"{"Message":"User: x is not authorized"}"#)
    );
    assert_eq!(
        served(InvokeAnswer::pending()),
        error(
            409,
            "ResourceConflictException",
            r#"{"Type":"User","message":"The operation cannot be performed at this time. The function is currently in the following state: Pending"}"#
        )
    );
    assert_eq!(
        served(InvokeAnswer::invalid_parameter("no")),
        error(400, "InvalidParameterValueException", r#"{"Type":"User","message":"no"}"#)
    );
    assert_eq!(
        served(InvokeAnswer::unsupported_media_type()),
        error(
            415,
            "UnsupportedMediaTypeException",
            r#"{"Type":"User","message":"The content type of the Invoke request body is not JSON."}"#
        )
    );
    assert_eq!(
        served(InvokeAnswer::recursion_stopped()),
        error(
            400,
            "RecursiveInvocationException",
            r#"{"Type":"User","Message":"Lambda has detected your function being invoked in a recursive loop with other Amazon Web Services resources and stopped your function's invocation."}"#
        )
    );
}

#[test]
fn failures_of_the_service_have_a_code_or_no_body() {
    assert_eq!(
        served(InvokeAnswer::service_error()),
        error(
            500,
            "ServiceException",
            r#"{"Type":"Service","Message":"An error occurred and the request cannot be processed."}"#
        )
    );
    assert_eq!(
        served(InvokeAnswer::start_failed("EC2ThrottledException", "slow down")),
        error(502, "EC2ThrottledException", r#"{"Type":"Service","Message":"slow down"}"#)
    );
    assert_eq!(served(InvokeAnswer::server_fault(503)), "503\n\n");
}
