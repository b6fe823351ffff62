//! Answers of the front itself: the table of FACTS 16.9.
//!
//! The spaces in the bodies are those of AWS. The bodies of 413, and of the 502 and 429 of a
//! function URL, are unpublished or were seen only once.

use super::{ClientAnswer, FrontKind, FrontSettings};

/// A reason why the front answers instead of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The function failed.
    FunctionError,
    /// The function used up its own time.
    FunctionTimeout,
    /// The function did not answer in the time of the front.
    IntegrationTimeout,
    /// Lambda had no capacity.
    LambdaThrottled,
    /// The function returned an answer that the front cannot read.
    Malformed,
    /// The front may not invoke the function.
    NoPermission,
    /// The account is over its rate.
    Throttled,
    /// The API has no such route.
    UnknownRoute,
    /// The host has no such stage.
    UnknownStage,
    /// The body, or the event with it, is too large.
    TooLarge,
    /// The identity that an authorizer needs is missing.
    NoIdentity,
    /// An authorizer refused the request.
    Denied,
}

/// Returns the answer for a refusal, without the ids of the request.
pub(super) fn answer(kind: FrontKind, settings: &FrontSettings, refusal: Refusal) -> ClientAnswer {
    match kind {
        FrontKind::HttpApi => of_http(settings, refusal),
        FrontKind::RestApi => of_rest(refusal),
        FrontKind::FunctionUrl => of_url(settings, refusal),
    }
}

fn of_http(settings: &FrontSettings, refusal: Refusal) -> ClientAnswer {
    let status = match refusal {
        Refusal::FunctionError
        | Refusal::FunctionTimeout
        | Refusal::Malformed
        | Refusal::NoPermission => 500,
        Refusal::IntegrationTimeout => 503,
        Refusal::LambdaThrottled => settings.http_throttled_status,
        Refusal::Throttled => 429,
        Refusal::UnknownRoute | Refusal::UnknownStage => 404,
        Refusal::TooLarge => 413,
        Refusal::NoIdentity => 401,
        Refusal::Denied => 403,
    };
    let message = match status {
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        413 => "Request Entity Too Large",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
    json(status, format!(r#"{{"message":"{message}"}}"#))
}

fn of_rest(refusal: Refusal) -> ClientAnswer {
    let (status, error, body) = match refusal {
        Refusal::FunctionError | Refusal::FunctionTimeout | Refusal::Malformed => {
            (502, "InternalServerErrorException", r#"{"message": "Internal server error"}"#)
        }
        Refusal::LambdaThrottled | Refusal::NoPermission => {
            (500, "InternalServerErrorException", r#"{"message": "Internal server error"}"#)
        }
        Refusal::IntegrationTimeout => {
            (504, "InternalServerErrorException", r#"{"message": "Endpoint request timed out"}"#)
        }
        Refusal::Throttled => {
            (429, "TooManyRequestsException", r#"{"message":"Too Many Requests"}"#)
        }
        Refusal::UnknownRoute => (
            403,
            "MissingAuthenticationTokenException",
            r#"{"message":"Missing Authentication Token"}"#,
        ),
        Refusal::UnknownStage | Refusal::Denied => {
            (403, "ForbiddenException", r#"{"message":"Forbidden"}"#)
        }
        Refusal::TooLarge => (413, "RequestTooLargeException", r#"{"message":"Request Too Long"}"#),
        Refusal::NoIdentity => (401, "UnauthorizedException", r#"{"message":"Unauthorized"}"#),
    };
    json(status, body).with("x-amzn-errortype", error)
}

fn of_url(settings: &FrontSettings, refusal: Refusal) -> ClientAnswer {
    match refusal {
        Refusal::FunctionTimeout | Refusal::IntegrationTimeout => {
            let status = settings.url_timeout_status;
            let text = if status == 504 { "Gateway Timeout" } else { "Internal Server Error" };
            ClientAnswer::new(status, "application/json", text)
        }
        Refusal::FunctionError | Refusal::Malformed => {
            ClientAnswer::new(502, "application/json", "Internal Server Error")
        }
        Refusal::LambdaThrottled | Refusal::Throttled => {
            json(429, r#"{"message":"Rate Exceeded."}"#)
        }
        Refusal::TooLarge => json(413, r#"{"Message":"Request Entity Too Large"}"#),
        Refusal::NoPermission
        | Refusal::UnknownRoute
        | Refusal::UnknownStage
        | Refusal::NoIdentity
        | Refusal::Denied => json(403, r#"{"Message":"Forbidden"}"#)
            .with("x-amzn-errortype", "AccessDeniedException"),
    }
}

fn json(status: u16, body: impl Into<Vec<u8>>) -> ClientAnswer {
    ClientAnswer::new(status, "application/json", body)
}
