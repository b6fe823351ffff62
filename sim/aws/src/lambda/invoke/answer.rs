//! Answers of Invoke, with their statuses, headers and bodies (FACTS 11.2 to 11.10, 11.26).

use aws_smithy_types::base64;

use super::error_body::ErrorBody;
use super::request::InvocationMode;
use crate::http::HttpAnswer;
use crate::lambda::ThrottleReason;
use crate::lambda::reference::FunctionReference;

/// The part of a log that an answer can hold, in bytes (FACTS 11.2).
const LOG_BYTES_MAX: usize = 4 * 1024;
/// The header from which the SDK reads the code of an error (FACTS 11.10).
const ERROR_TYPE: &str = "x-amzn-errortype";
const JSON: &str = "application/json";

/// The answer to a request to Invoke.
///
/// The driver adds the header `x-amzn-requestid`; of an invocation it is the request id that the
/// function gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvokeAnswer {
    /// The answer on the wire.
    pub http: HttpAnswer,
    /// True if the model refused a request that AWS would have served.
    ///
    /// A run with such an answer proves nothing about AWS.
    pub is_unsupported: bool,
}

/// Answers to calls that found their function and were carried out.
impl InvokeAnswer {
    /// Answers a synchronous invocation that ended with a response, which is JSON. `log` is the
    /// whole log of the invocation if the caller asked for its end.
    pub fn success(
        function: &FunctionReference,
        payload: &str,
        log: Option<&[u8]>,
    ) -> InvokeAnswer {
        let answer = HttpAnswer::new(200, JSON, payload);
        let answer = answer.header("x-amz-executed-version", function.version().to_owned());
        let answer = match log {
            Some(log) => answer.header("x-amz-log-result", log_tail(log)),
            None => answer,
        };
        InvokeAnswer::served(answer)
    }

    /// Answers a synchronous invocation that ended with an error of the function, which is a
    /// success of the call (FACTS 11.3, 11.4). `payload` is that of a
    /// [`FunctionFailure`](super::FunctionFailure), or the report of the process itself.
    pub fn function_error(
        function: &FunctionReference,
        payload: &str,
        log: Option<&[u8]>,
    ) -> InvokeAnswer {
        let answer = InvokeAnswer::success(function, payload, log).http;
        InvokeAnswer::served(answer.header("x-amz-function-error", "Unhandled"))
    }

    /// Answers an asynchronous invocation, whose event was queued (FACTS 11.11).
    pub fn accepted() -> InvokeAnswer {
        InvokeAnswer::empty(202)
    }

    /// Answers a dry run: the caller could invoke the function.
    pub fn dry_run() -> InvokeAnswer {
        InvokeAnswer::empty(204)
    }
}

/// Refusals of calls.
impl InvokeAnswer {
    /// Refuses an invocation that has no place (FACTS 11.9). The caller is asked to wait for
    /// `retry_after_s` seconds, if AWS says so.
    pub fn throttled(reason: ThrottleReason, retry_after_s: Option<u32>) -> InvokeAnswer {
        let answer = error(429, "TooManyRequestsException", &ErrorBody::throttle(reason));
        let answer = match retry_after_s {
            Some(seconds) => answer.header("retry-after", seconds.to_string()),
            None => answer,
        };
        InvokeAnswer::served(answer)
    }

    /// Refuses a call for a function or a version that does not exist.
    pub fn not_found(function: &FunctionReference) -> InvokeAnswer {
        let message = format!("Function not found: {}", function.arn());
        let body = ErrorBody::capital("User", &message);
        InvokeAnswer::served(error(404, "ResourceNotFoundException", &body))
    }

    /// Refuses a caller that may not invoke the function. `message` names the caller, the action
    /// and the function (FACTS 17.1).
    pub fn access_denied(message: &str) -> InvokeAnswer {
        InvokeAnswer::served(error(403, "AccessDeniedException", &ErrorBody::front(message)))
    }

    /// Refuses an invocation of a function that is still being created (FACTS 11.26).
    pub fn pending() -> InvokeAnswer {
        let message = "The operation cannot be performed at this time. The function is currently \
                       in the following state: Pending";
        InvokeAnswer::served(error(409, "ResourceConflictException", &ErrorBody::user(message)))
    }

    /// Refuses a payload that is over the limit of its mode (FACTS 11.8).
    pub fn too_large(bytes: usize, mode: InvocationMode, bytes_max: usize) -> InvokeAnswer {
        let message = format!(
            "{bytes} byte payload is too large for the {mode} invocation type (limit {bytes_max} \
             bytes)"
        );
        InvokeAnswer::served(error(413, "RequestTooLargeException", &ErrorBody::user(&message)))
    }

    /// Refuses a payload or a client context that is not the JSON that it must be.
    pub fn invalid_content(message: &str) -> InvokeAnswer {
        InvokeAnswer::bad_request("InvalidRequestContentException", &ErrorBody::user(message))
    }

    /// Refuses a parameter with a value that the function or the API does not take.
    pub fn invalid_parameter(message: &str) -> InvokeAnswer {
        InvokeAnswer::bad_request("InvalidParameterValueException", &ErrorBody::user(message))
    }

    /// Refuses a content type that is none of JSON (FACTS 11.26).
    pub fn unsupported_media_type() -> InvokeAnswer {
        let body = ErrorBody::user("The content type of the Invoke request body is not JSON.");
        InvokeAnswer::served(error(415, "UnsupportedMediaTypeException", &body))
    }

    /// Refuses an invocation of a function that has run too often for one original event
    /// (FACTS 11.20).
    pub fn recursion_stopped() -> InvokeAnswer {
        let message = "Lambda has detected your function being invoked in a recursive loop with \
                       other Amazon Web Services resources and stopped your function's invocation.";
        let body = ErrorBody::capital("User", message);
        InvokeAnswer::bad_request("RecursiveInvocationException", &body)
    }

    /// Reports a failure of the service. The function may have run or not (FACTS 11.27).
    pub fn service_error() -> InvokeAnswer {
        let message = "An error occurred and the request cannot be processed.";
        let body = ErrorBody::capital("Service", message);
        InvokeAnswer::served(error(500, "ServiceException", &body))
    }

    /// Reports a failure of the service by a status alone, a 5xx, to which the SDK cannot give a
    /// type (FACTS 11.26).
    pub fn server_fault(status: u16) -> InvokeAnswer {
        InvokeAnswer::empty(status)
    }

    /// Reports an environment that could not start. `code` is `EC2ThrottledException`,
    /// `ResourceNotReadyException`, or an error of ENI, EFS or KMS (FACTS 11.26).
    pub fn start_failed(code: &'static str, message: &str) -> InvokeAnswer {
        InvokeAnswer::served(error(502, code, &ErrorBody::capital("Service", message)))
    }

    /// Refuses a method and a path that belong to no operation.
    pub(super) fn unknown_operation() -> InvokeAnswer {
        InvokeAnswer::access_denied("Unable to determine service/operation name to be authorized")
    }

    /// Refuses a feature that AWS has and the model lacks. Clients do not retry the request.
    pub(super) fn unsupported(feature: &str) -> InvokeAnswer {
        let message = format!("The simulated Lambda does not support {feature}");
        let body = ErrorBody::front(&message);
        let answer = InvokeAnswer::bad_request("UnknownOperationException", &body);
        InvokeAnswer { is_unsupported: true, ..answer }
    }

    /// Refuses a path that names no function.
    pub(super) fn malformed_function(name: &str) -> InvokeAnswer {
        let pattern = r#"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"#;
        InvokeAnswer::not_matching(name, "functionName", pattern)
    }

    /// Refuses a query that names no version.
    pub(super) fn malformed_qualifier(qualifier: &str) -> InvokeAnswer {
        InvokeAnswer::not_matching(qualifier, "qualifier", r"(|[a-zA-Z0-9$_-]+)")
    }

    /// Refuses a header whose value is none of a few.
    pub(super) fn not_in_set(value: &str, member: &str, set: &str) -> InvokeAnswer {
        let constraint = format!("Member must satisfy enum value set: {set}");
        InvokeAnswer::violation(value, member, &constraint)
    }

    fn not_matching(value: &str, member: &str, pattern: &str) -> InvokeAnswer {
        let constraint = format!("Member must satisfy regular expression pattern: {pattern}");
        InvokeAnswer::violation(value, member, &constraint)
    }

    fn violation(value: &str, member: &str, constraint: &str) -> InvokeAnswer {
        let message = format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy \
             constraint: {constraint}"
        );
        InvokeAnswer::bad_request("ValidationException", &ErrorBody::validation(&message))
    }

    fn bad_request(code: &'static str, body: &ErrorBody<'_>) -> InvokeAnswer {
        InvokeAnswer::served(error(400, code, body))
    }

    fn empty(status: u16) -> InvokeAnswer {
        InvokeAnswer::served(HttpAnswer { status, headers: Vec::new(), body: Vec::new() })
    }

    fn served(http: HttpAnswer) -> InvokeAnswer {
        InvokeAnswer { http, is_unsupported: false }
    }
}

impl From<InvokeAnswer> for HttpAnswer {
    fn from(answer: InvokeAnswer) -> HttpAnswer {
        answer.http
    }
}

fn error(status: u16, code: &'static str, body: &ErrorBody<'_>) -> HttpAnswer {
    HttpAnswer::new(status, JSON, body.json()).header(ERROR_TYPE, code)
}

/// Returns the end of a log, in base64.
fn log_tail(log: &[u8]) -> String {
    let start = log.len().saturating_sub(LOG_BYTES_MAX);
    base64::encode(&log[start..])
}
