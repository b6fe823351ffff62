//! The parts of Node.js that the ports need: its errors, and `JSON.parse`.

use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::{Value, json};

/// An event that the gateway sends to a function.
pub(crate) type GatewayEvent = LambdaEvent<ApiGatewayWebsocketProxyRequest>;

/// The result of a function. A function that throws has failed.
pub(crate) type FunctionResult = Result<ApiGatewayProxyResponse, JsError>;

/// Ports `return { statusCode, body }`.
pub(crate) fn reply(status_code: i64, body: impl Into<String>) -> FunctionResult {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = status_code;
    response.body = Some(Body::Text(body.into()));
    Ok(response)
}

/// Ports `event.requestContext.connectionId`.
pub(crate) fn connection_id(event: &GatewayEvent) -> String {
    event.payload.request_context.connection_id.clone().unwrap_or_default()
}

/// Returns the URL that the functions of an API post to, with its stage (FACTS 3.4).
pub(crate) fn endpoint(event: &GatewayEvent) -> String {
    let context = &event.payload.request_context;
    let (domain, stage) = (context.domain_name.as_deref(), context.stage.as_deref());
    format!("https://{}/{}", domain.unwrap_or_default(), stage.unwrap_or_default())
}

/// Ports `JSON.parse(event.body).data`. Returns null for `undefined`.
pub(crate) fn data(event: &GatewayEvent) -> Result<Value, JsError> {
    let body = event.payload.body.as_deref().unwrap_or("undefined");
    let mut body: Value = serde_json::from_str(body).map_err(|_| {
        let message = format!("{body:.20?} is not valid JSON");
        JsError::new("SyntaxError", message, json!({}), "\n    at JSON.parse (<anonymous>)")
    })?;
    match &mut body {
        Value::Null => {
            let message = "Cannot read properties of null (reading 'data')";
            Err(JsError::new("TypeError", message, json!({}), ""))
        }
        Value::Object(members) => Ok(members.remove("data").unwrap_or_default()),
        _ => Ok(Value::Null),
    }
}

/// An error that a function of Node.js throws.
#[derive(Debug)]
pub(crate) struct JsError {
    name: String,
    message: String,
    /// The own enumerable properties of the error, without those that are `undefined`.
    properties: Box<Value>,
    /// The lines of the stack below the message.
    frames: &'static str,
}

impl JsError {
    pub(crate) fn new(
        name: impl Into<String>,
        message: impl Into<String>,
        properties: Value,
        frames: &'static str,
    ) -> JsError {
        JsError {
            name: name.into(),
            message: message.into(),
            properties: Box::new(properties),
            frames,
        }
    }

    /// Converts an error as SDK v2 does: the HTTP status is its `statusCode`, even if the answer
    /// names no error (FACTS 3.5).
    pub(crate) fn from_sdk_v2<E: ProvideErrorMetadata>(error: &SdkError<E>) -> JsError {
        const FRAMES: &str = "\n    at Request.extractError (aws-sdk/lib/protocol/json.js:80:27)\
            \n    at Request.callListeners (aws-sdk/lib/sequential_executor.js:106:20)";
        let Some(status) = status_of(error) else {
            let properties = json!({ "code": "NetworkingError", "retryable": true });
            return JsError::new("NetworkingError", "read ECONNRESET", properties, FRAMES);
        };
        let (code, message) = (error.code().unwrap_or("UnknownError"), error.message());
        let properties = json!({ "code": code, "message": message, "statusCode": status });
        JsError::new(code, message.unwrap_or("null"), properties, FRAMES)
    }

    /// Converts an error as SDK v3 does: the HTTP status is in its `$metadata`.
    pub(crate) fn from_sdk_v3<E: ProvideErrorMetadata>(error: &SdkError<E>) -> JsError {
        const FRAMES: &str = "\n    at throwDefaultError (@smithy/smithy-client/index.js:388:20)\
            \n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)";
        let Some(status) = status_of(error) else {
            let properties = json!({ "code": "ECONNRESET", "$metadata": { "attempts": 3 } });
            return JsError::new("Error", "read ECONNRESET", properties, FRAMES);
        };
        let name = error.code().unwrap_or("UnknownError");
        let fault = if status < 500 { "client" } else { "server" };
        let metadata = json!({ "httpStatusCode": status });
        let properties = json!({ "name": name, "$fault": fault, "$metadata": metadata });
        JsError::new(name, error.message().unwrap_or("UnknownError"), properties, FRAMES)
    }

    /// Returns a property; null if it is `undefined`.
    pub(crate) fn property(&self, name: &str) -> &Value {
        &self.properties[name]
    }

    /// Ports `e.stack`.
    pub(crate) fn stack(&self) -> String {
        format!("{}: {}{}", self.name, self.message, self.frames)
    }

    /// Ports `JSON.stringify(e)`.
    pub(crate) fn stringify(&self) -> String {
        self.properties.to_string()
    }
}

/// Returns the HTTP status of the answer; `None` if there was no answer.
fn status_of<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

impl From<JsError> for Diagnostic {
    fn from(error: JsError) -> Diagnostic {
        Diagnostic { error_type: error.name, error_message: error.message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
    use aws_sdk_apigatewaymanagement::types::error::GoneException;
    use aws_sdk_dynamodb::config::http::HttpResponse;

    fn answered(status: u16, error: PostToConnectionError) -> SdkError<PostToConnectionError> {
        let status = status.try_into().expect("a status");
        SdkError::service_error(error, HttpResponse::new(status, "".into()))
    }

    fn gone() -> SdkError<PostToConnectionError> {
        answered(410, PostToConnectionError::GoneException(GoneException::builder().build()))
    }

    /// Returns a 410 without the header that names the error.
    fn bare() -> SdkError<PostToConnectionError> {
        answered(410, PostToConnectionError::unhandled("410"))
    }

    #[test]
    fn in_sdk_v2_the_status_of_an_error_is_its_status_code() {
        assert_eq!(*JsError::from_sdk_v2(&gone()).property("statusCode"), 410);
        assert_eq!(*JsError::from_sdk_v2(&bare()).property("statusCode"), 410);
    }

    #[test]
    fn in_sdk_v3_no_error_has_a_status_code() {
        for error in [gone(), bare()] {
            let error = JsError::from_sdk_v3(&error);
            assert_eq!(*error.property("statusCode"), Value::Null);
            assert_eq!(error.property("$metadata")["httpStatusCode"], 410);
        }
    }

    #[test]
    fn a_stack_begins_with_the_name_and_the_message() {
        let error = JsError::new("ReferenceError", "x is not defined", json!({}), "\n    at y.js");
        assert_eq!(error.stack(), "ReferenceError: x is not defined\n    at y.js");
        assert_eq!(error.stringify(), "{}");
    }
}
