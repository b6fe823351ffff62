//! What a function has of Node.js: errors that are thrown and shown, and `JSON.parse`.

use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::{Value, json};

/// An event of the gateway.
pub(crate) type Event = LambdaEvent<ApiGatewayWebsocketProxyRequest>;

/// What a function returns; a function that throws has failed.
pub(crate) type Returned = Result<ApiGatewayProxyResponse, Thrown>;

/// `return { statusCode, body }`.
pub(crate) fn reply(status_code: i64, body: impl Into<String>) -> Returned {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = status_code;
    response.body = Some(Body::Text(body.into()));
    Ok(response)
}

/// `event.requestContext.connectionId`.
pub(crate) fn connection_id(event: &Event) -> String {
    event.payload.request_context.connection_id.clone().unwrap_or_default()
}

/// Where the functions of an API post to, stage and all (FACTS 3.4).
pub(crate) fn endpoint(event: &Event) -> String {
    let context = &event.payload.request_context;
    let (domain, stage) = (context.domain_name.as_deref(), context.stage.as_deref());
    format!("https://{}/{}", domain.unwrap_or_default(), stage.unwrap_or_default())
}

/// `JSON.parse(event.body).data`; `undefined` comes out as null.
pub(crate) fn data(event: &Event) -> Result<Value, Thrown> {
    let body = event.payload.body.as_deref().unwrap_or("undefined");
    let mut body: Value = serde_json::from_str(body).map_err(|_| {
        let message = format!("{body:.20?} is not valid JSON");
        Thrown::new("SyntaxError", message, json!({}), "\n    at JSON.parse (<anonymous>)")
    })?;
    match &mut body {
        Value::Null => {
            let message = "Cannot read properties of null (reading 'data')";
            Err(Thrown::new("TypeError", message, json!({}), ""))
        }
        Value::Object(members) => Ok(members.remove("data").unwrap_or_default()),
        _ => Ok(Value::Null),
    }
}

/// An error that was thrown.
#[derive(Debug)]
pub(crate) struct Thrown {
    name: String,
    message: String,
    /// Its own enumerable properties. One that is `undefined` is not among them.
    properties: Box<Value>,
    /// Where it was thrown, as it stands in the stack.
    frames: &'static str,
}

impl Thrown {
    pub(crate) fn new(
        name: impl Into<String>,
        message: impl Into<String>,
        properties: Value,
        frames: &'static str,
    ) -> Thrown {
        Thrown {
            name: name.into(),
            message: message.into(),
            properties: Box::new(properties),
            frames,
        }
    }

    /// What SDK v2 makes of an error: the HTTP status is its `statusCode`, whatever else the
    /// answer says or lacks (FACTS 3.5).
    pub(crate) fn by_sdk_v2<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Thrown {
        const FRAMES: &str = "\n    at Request.extractError (aws-sdk/lib/protocol/json.js:80:27)\
            \n    at Request.callListeners (aws-sdk/lib/sequential_executor.js:106:20)";
        let Some(status) = status_of(error) else {
            let properties = json!({ "code": "NetworkingError", "retryable": true });
            return Thrown::new("NetworkingError", "read ECONNRESET", properties, FRAMES);
        };
        let (code, message) = (error.code().unwrap_or("UnknownError"), error.message());
        let properties = json!({ "code": code, "message": message, "statusCode": status });
        Thrown::new(code, message.unwrap_or("null"), properties, FRAMES)
    }

    /// What SDK v3 makes of an error: the HTTP status is in its `$metadata`.
    pub(crate) fn by_sdk_v3<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Thrown {
        const FRAMES: &str = "\n    at throwDefaultError (@smithy/smithy-client/index.js:388:20)\
            \n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)";
        let Some(status) = status_of(error) else {
            let properties = json!({ "code": "ECONNRESET", "$metadata": { "attempts": 3 } });
            return Thrown::new("Error", "read ECONNRESET", properties, FRAMES);
        };
        let name = error.code().unwrap_or("UnknownError");
        let fault = if status < 500 { "client" } else { "server" };
        let metadata = json!({ "httpStatusCode": status });
        let properties = json!({ "name": name, "$fault": fault, "$metadata": metadata });
        Thrown::new(name, error.message().unwrap_or("UnknownError"), properties, FRAMES)
    }

    /// One of its own properties; null stands for `undefined`.
    pub(crate) fn property(&self, name: &str) -> &Value {
        &self.properties[name]
    }

    /// `e.stack`.
    pub(crate) fn stack(&self) -> String {
        format!("{}: {}{}", self.name, self.message, self.frames)
    }

    /// `JSON.stringify(e)`.
    pub(crate) fn stringify(&self) -> String {
        self.properties.to_string()
    }
}

/// The HTTP status of the answer; `None` where none came.
fn status_of<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

impl From<Thrown> for Diagnostic {
    fn from(thrown: Thrown) -> Diagnostic {
        Diagnostic { error_type: thrown.name, error_message: thrown.message }
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

    /// A 410 without the header that names the error.
    fn bare() -> SdkError<PostToConnectionError> {
        answered(410, PostToConnectionError::unhandled("410"))
    }

    #[test]
    fn in_sdk_v2_the_status_of_an_error_is_its_status_code() {
        assert_eq!(*Thrown::by_sdk_v2(&gone()).property("statusCode"), 410);
        assert_eq!(*Thrown::by_sdk_v2(&bare()).property("statusCode"), 410);
    }

    #[test]
    fn in_sdk_v3_no_error_has_a_status_code() {
        for error in [gone(), bare()] {
            let thrown = Thrown::by_sdk_v3(&error);
            assert_eq!(*thrown.property("statusCode"), Value::Null);
            assert_eq!(thrown.property("$metadata")["httpStatusCode"], 410);
        }
    }

    #[test]
    fn a_stack_begins_with_the_name_and_the_message() {
        let thrown = Thrown::new("ReferenceError", "x is not defined", json!({}), "\n    at y.js");
        assert_eq!(thrown.stack(), "ReferenceError: x is not defined\n    at y.js");
        assert_eq!(thrown.stringify(), "{}");
    }
}
