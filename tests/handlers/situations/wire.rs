//! The requests that leave a handler, written down, and the answers to them.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

use crate::support::{Record, http};

/// The answer to a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Http {
        status: u16,
        code: Option<&'static str>,
        body: &'static str,
    },
    /// The connection breaks.
    Broken,
    /// Nothing, ever.
    Nothing,
}

impl Answer {
    pub(crate) fn ok(body: &'static str) -> Answer {
        Answer::Http { status: 200, code: None, body }
    }
}

type Script = dyn Fn(&str, usize) -> Answer + Send + Sync;

/// A service that answers by a script, and notes what it was asked.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) requests: Record<String>,
    script: Arc<Script>,
}

impl Service {
    /// `script` gets the request, as it is noted, and how many came before it.
    pub(crate) fn new(script: impl Fn(&str, usize) -> Answer + Send + Sync + 'static) -> Service {
        Service { requests: Record::new(), script: Arc::new(script) }
    }

    /// A service that nobody should ask for anything.
    pub(crate) fn unused() -> Service {
        Service::new(|request, _| panic!("nobody should ask for {request}"))
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service")
    }
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = note(&request);
        let answer = (self.script)(&request, self.requests.all().len());
        self.requests.add(request);
        HttpConnectorFuture::new(async move {
            match answer {
                Answer::Http { status, code, body } => Ok(response(status, code, body)),
                Answer::Broken => {
                    Err(ConnectorError::io("the connection was reset by its peer".into()))
                }
                Answer::Nothing => std::future::pending().await,
            }
        })
    }
}

fn response(status: u16, code: Option<&'static str>, body: &'static str) -> HttpResponse {
    let mut response = http(status).map(|_| SdkBody::from(body));
    if let Some(code) = code {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response
}

/// Everything about a request that the handlers decide. The fields of a JSON body are sorted,
/// because the SDK writes them in any order.
fn note(request: &HttpRequest) -> String {
    let body = request.body().bytes().unwrap_or_default();
    let content_type = request.headers().get("content-type").unwrap_or("no type");
    let to = format!("{} {}", request.method(), request.uri());
    match request.headers().get("x-amz-target") {
        Some(target) => {
            let body: Value = serde_json::from_slice(body).expect("DynamoDB speaks JSON");
            format!("{target}\n      {to} {content_type}\n      {}", sorted(body))
        }
        None => format!("{to}\n      {content_type} {:?}", String::from_utf8_lossy(body)),
    }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            fields.into_iter().map(|(name, value)| (name, sorted(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        scalar => scalar,
    }
}
