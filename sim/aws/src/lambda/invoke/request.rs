//! Requests to Invoke, checked as far as no function is needed.

use std::fmt;

use aws_smithy_types::base64;
use serde::de::IgnoredAny;

use super::answer::InvokeAnswer;
use super::canonical::canonical_json;
use super::limits::InvokeLimits;
use super::operations::{INVOKE, OperationMatch, decode};
use crate::http::HttpRequest;
use crate::lambda::reference::{FunctionReference, FunctionReferenceError, is_qualifier};
use crate::lambda::trace::TraceHeader;

/// The largest client context, in bytes of base64 (FACTS 11.1).
const CLIENT_CONTEXT_BYTES_MAX: usize = 3_583;
/// The payload that a function gets if a call has none.
const EMPTY_PAYLOAD: &str = "{}";

/// A sound request to Invoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvokeRequest {
    /// The function, by its name and a qualifier.
    pub function: FunctionReference,
    /// The mode of the invocation.
    pub mode: InvocationMode,
    /// True if the answer is to hold the end of the log. Only synchronous answers do.
    pub wants_log: bool,
    /// The client context, as JSON. Only synchronous invocations pass it on.
    pub client_context: Option<String>,
    /// The trace that the caller belongs to.
    pub trace: Option<TraceHeader>,
    /// The payload, as JSON.
    pub payload: String,
}

/// The mode of an invocation (FACTS 11.1, 11.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InvocationMode {
    /// The caller waits for the response of the function: `RequestResponse`.
    Synchronous,
    /// The event waits in the queue of the function: `Event`.
    Asynchronous,
    /// The function does not run: `DryRun`.
    DryRun,
}

impl InvocationMode {
    /// Returns the name that the API has for the mode.
    pub fn name(self) -> &'static str {
        match self {
            InvocationMode::Synchronous => "RequestResponse",
            InvocationMode::Asynchronous => "Event",
            InvocationMode::DryRun => "DryRun",
        }
    }
}

impl InvokeRequest {
    /// The action that the caller needs on the function, in every mode (FACTS 17.2).
    pub const ACTION: &'static str = "lambda:InvokeFunction";

    /// Parses a request to the Lambda API.
    ///
    /// # Errors
    ///
    /// If Lambda refuses the request before it looks at a function: the answer. If the model lacks
    /// the operation or a part of it: an answer with [`InvokeAnswer::is_unsupported`].
    pub fn parse(
        request: &HttpRequest,
        limits: &InvokeLimits,
    ) -> Result<InvokeRequest, InvokeAnswer> {
        let found = OperationMatch::find(&request.method, request.path());
        let operation = found.ok_or_else(InvokeAnswer::unknown_operation)?;
        if operation.name != INVOKE {
            return Err(InvokeAnswer::unsupported(operation.name));
        }
        refuse_unsupported_headers(request)?;
        let mode = parse_mode(request)?;
        Ok(InvokeRequest {
            function: parse_function(&operation.subject, request.query())?,
            mode,
            wants_log: parse_log_type(request)?,
            client_context: parse_client_context(request)?,
            trace: request.header("x-amzn-trace-id").and_then(TraceHeader::parse),
            payload: parse_payload(&request.body, mode, limits)?,
        })
    }

    /// Returns the request in words, with the keys of every JSON object sorted: equal for equal
    /// requests.
    pub fn canonical(&self) -> String {
        let InvokeRequest { function, mode, wants_log, client_context, trace: _, payload } = self;
        let mut text = format!("Invoke {} {function} {}", mode.name(), canonical_json(payload));
        if let Some(context) = client_context {
            text += &format!(" context {}", canonical_json(context));
        }
        if *wants_log {
            text += " log";
        }
        text
    }
}

impl fmt::Display for InvocationMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Refuses a call that needs a feature which the model lacks.
fn refuse_unsupported_headers(request: &HttpRequest) -> Result<(), InvokeAnswer> {
    const UNSUPPORTED: [(&str, &str); 2] = [
        ("x-amz-tenant-id", "the tenant of an invocation"),
        ("x-amz-durable-execution-name", "a durable execution"),
    ];
    let mut found = UNSUPPORTED.iter().filter(|(header, _)| request.header(header).is_some());
    found.next().map_or(Ok(()), |(_, feature)| Err(InvokeAnswer::unsupported(feature)))
}

fn parse_mode(request: &HttpRequest) -> Result<InvocationMode, InvokeAnswer> {
    let modes = [InvocationMode::Asynchronous, InvocationMode::Synchronous, InvocationMode::DryRun];
    let Some(name) = request.header("x-amz-invocation-type") else {
        return Ok(InvocationMode::Synchronous);
    };
    let mode = modes.into_iter().find(|mode| mode.name() == name);
    mode.ok_or_else(|| {
        InvokeAnswer::not_in_set(name, "invocationType", "[Event, RequestResponse, DryRun]")
    })
}

fn parse_log_type(request: &HttpRequest) -> Result<bool, InvokeAnswer> {
    match request.header("x-amz-log-type") {
        None | Some("None") => Ok(false),
        Some("Tail") => Ok(true),
        Some(other) => Err(InvokeAnswer::not_in_set(other, "logType", "[None, Tail]")),
    }
}

/// Parses the function in the path, and the qualifier in the path or in the query.
fn parse_function(name: &str, query: &str) -> Result<FunctionReference, InvokeAnswer> {
    let function = FunctionReference::parse(name).map_err(|error| match error {
        FunctionReferenceError::Malformed => InvokeAnswer::malformed_function(name),
        FunctionReferenceError::Foreign => {
            InvokeAnswer::unsupported("functions of other accounts and regions")
        }
    })?;
    let qualifier = query.split('&').find_map(|pair| pair.strip_prefix("Qualifier="));
    let Some(qualifier) = qualifier.map(decode) else { return Ok(function) };
    if !is_qualifier(&qualifier) {
        return Err(InvokeAnswer::malformed_qualifier(&qualifier));
    }
    if function.qualifier.as_ref().is_some_and(|derived| *derived != qualifier) {
        return Err(InvokeAnswer::invalid_parameter(
            "The derived qualifier from the function name does not match the specified qualifier.",
        ));
    }
    Ok(FunctionReference { qualifier: Some(qualifier), ..function })
}

fn parse_client_context(request: &HttpRequest) -> Result<Option<String>, InvokeAnswer> {
    let Some(encoded) = request.header("x-amz-client-context") else { return Ok(None) };
    let refusal = || {
        InvokeAnswer::invalid_content(
            "Client context must be a valid Base64-encoded JSON object of at most 3583 bytes.",
        )
    };
    if encoded.len() > CLIENT_CONTEXT_BYTES_MAX {
        return Err(refusal());
    }
    let bytes = base64::decode(encoded).map_err(|_| refusal())?;
    let text = String::from_utf8(bytes).map_err(|_| refusal())?;
    let is_object = text.trim_start().starts_with('{');
    if !is_object || serde_json::from_str::<IgnoredAny>(&text).is_err() {
        return Err(refusal());
    }
    Ok(Some(text))
}

/// Checks the size of a payload, and that it is JSON (FACTS 11.8, 11.11).
fn parse_payload(
    body: &[u8],
    mode: InvocationMode,
    limits: &InvokeLimits,
) -> Result<String, InvokeAnswer> {
    let bytes_max = match mode {
        InvocationMode::Asynchronous => limits.event_bytes_max,
        InvocationMode::Synchronous | InvocationMode::DryRun => limits.request_bytes_max,
    };
    if body.len() > bytes_max {
        return Err(InvokeAnswer::too_large(body.len(), mode, bytes_max));
    }
    if body.is_empty() {
        return Ok(EMPTY_PAYLOAD.to_owned());
    }
    let refusal = |error: &dyn fmt::Display| {
        let message = format!("Could not parse request body into json: {error}");
        InvokeAnswer::invalid_content(&message)
    };
    let text = String::from_utf8(body.to_vec()).map_err(|error| refusal(&error))?;
    serde_json::from_str::<IgnoredAny>(&text).map_err(|error| refusal(&error))?;
    Ok(text)
}
