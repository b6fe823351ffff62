//! The wire: an HTTP client whose requests wait until the simulation answers them.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

use super::hub::{CallId, Delivery, Hub, OutgoingRequest};

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
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.exchange(request).await })
    }
}

impl Wire {
    async fn exchange(self, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = read(request.take_body()).await?;
        let id = self.hub.send(|id| OutgoingRequest {
            id,
            method: request.method().to_owned(),
            uri: request.uri().to_owned(),
            target: request.headers().get("x-amz-target").map(str::to_owned),
            body,
        });
        respond(DeliveryFuture { hub: self.hub, id }.await)
    }
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
    let Delivery::Response { status, headers, body } = delivery else {
        let reset = io::Error::new(io::ErrorKind::ConnectionReset, "connection reset by peer");
        return Err(ConnectorError::io(reset.into()));
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
