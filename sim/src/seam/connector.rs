//! The wire: an HTTP client whose requests park until the simulation answers them.

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
        let wire = self.clone();
        HttpConnectorFuture::new(async move { wire.exchange(request).await })
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

/// The whole of a body. What is not in memory as it is gets polled to its end, as by a real
/// transport: a client with stalled-stream protection would otherwise give the call up after a few
/// seconds of virtual time.
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

/// Waits until the simulation delivers an answer.
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

/// A call ends here, with an answer or with its caller's timeout.
///
/// The SDK draws its backoff from the thread's generator, and how many draws came before depends
/// on the log level. Seeding it here makes the next draw the call's own.
impl Drop for DeliveryFuture {
    fn drop(&mut self) {
        if let Some(seed) = self.hub.leave(self.id) {
            fastrand::seed(seed);
        }
    }
}
