//! The wire: an HTTP client whose requests wait until the simulation answers them.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest as SdkRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use stormglass_aws::http::{HttpAnswer, HttpRequest};

use super::hub::{CallId, Delivery, Hub};

/// The header that names an operation of DynamoDB, SQS and other services.
const TARGET: &str = "x-amz-target";

/// The HTTP client of one sandbox.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    pub(super) hub: Hub,
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: SdkRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.exchange(request).await })
    }
}

impl Wire {
    async fn exchange(self, mut request: SdkRequest) -> Result<HttpResponse, ConnectorError> {
        let body = read(request.take_body()).await?;
        let id = self.hub.send(HttpRequest {
            method: request.method().to_owned(),
            uri: request.uri().to_owned(),
            headers: headers_of(&request),
            body,
        });
        respond(DeliveryFuture { hub: self.hub, id }.await)
    }
}

/// Sends a request of a client that is not the SDK's, and waits for the answer.
pub(super) async fn fetch(hub: Hub, request: HttpRequest) -> io::Result<HttpAnswer> {
    let id = hub.send(request);
    match (DeliveryFuture { hub, id }).await {
        Delivery::Response(answer) => Ok(answer),
        Delivery::Broken => Err(reset()),
    }
}

fn reset() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "connection reset by peer")
}

/// Returns the headers that a service may read.
fn headers_of(request: &SdkRequest) -> Vec<(String, String)> {
    // The target says all that DynamoDB needs, and most calls go there.
    let target = request.headers().get(TARGET).filter(|target| target.starts_with("DynamoDB_"));
    if let Some(target) = target {
        return vec![(TARGET.to_owned(), target.to_owned())];
    }
    let headers = request.headers().iter();
    headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect()
}

/// Reads a whole body.
///
/// A body that is not in memory is polled to its end, as a real transport does. Otherwise a client
/// with stalled-stream protection would give up the call after a few seconds of virtual time.
async fn read(body: SdkBody) -> Result<Vec<u8>, ConnectorError> {
    if let Some(bytes) = body.bytes() {
        return Ok(bytes.to_vec());
    }
    let body = ByteStream::new(body).collect().await;
    Ok(body.map_err(|error| ConnectorError::user(error.into()))?.to_vec())
}

fn respond(delivery: Delivery) -> Result<HttpResponse, ConnectorError> {
    let Delivery::Response(HttpAnswer { status, headers, body }) = delivery else {
        return Err(ConnectorError::io(reset().into()));
    };
    let status =
        StatusCode::try_from(status).map_err(|error| ConnectorError::user(error.into()))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// A future that waits until the simulation delivers the answer of a call.
struct DeliveryFuture {
    hub: Hub,
    id: CallId,
}

impl Future for DeliveryFuture {
    type Output = Delivery;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.hub.poll_delivery(self.id, context.waker())
    }
}

/// Ends a call, with an answer or with its caller's timeout, and seeds the thread's generator.
///
/// The SDK draws its backoff from the thread's generator, and the number of earlier draws depends
/// on the log level. With the seed of the call, the next draw depends on the call alone.
impl Drop for DeliveryFuture {
    fn drop(&mut self) {
        if let Some(seed) = self.hub.leave(self.id) {
            fastrand::seed(seed);
        }
    }
}
