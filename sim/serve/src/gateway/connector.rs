//! The way of built-in handlers to AWS: requests of the SDK go to the very code that answers at the
//! ports, without a socket in between.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::{Body, Bytes};
use hyper::http::request::Parts;
use stormglass_spec::quotas::MESSAGE_BYTES_MAX;

use super::management::Management;
use crate::dynamodb::DynamoDbService;
use crate::faults::LostRequest;
use crate::record;

/// The HTTP client of all sandboxes. It tells the services apart by their hosts, as a resolver
/// would.
#[derive(Clone, Debug)]
pub(super) struct LocalConnector {
    pub(super) management: Management,
    pub(super) dynamodb: DynamoDbService,
}

impl LocalConnector {
    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let (mut head, body) = parts(request).await.map_err(ConnectorError::user)?;
        let outgoing = record::record_call(&mut head, &body);
        let answer = self.answer(&head, body).await;
        if let Some(outgoing) = outgoing {
            match &answer {
                Ok(answer) => outgoing.answered(answer),
                Err(error) => outgoing.failed(error),
            }
        }
        let answer = answer?.map(SdkBody::from);
        HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
    }

    async fn answer(&self, head: &Parts, body: Bytes) -> Result<Response<Bytes>, ConnectorError> {
        let host = head.uri.host().unwrap_or_default();
        if host == self.management.stage.domain_name() {
            let bytes = body.len();
            let body = body.slice(..bytes.min(MESSAGE_BYTES_MAX));
            let reply = self.management.reply(head, body, bytes).await;
            return whole(reply.map_err(lost)?).await;
        }
        if host.starts_with("dynamodb.") {
            return whole(self.dynamodb.reply(head, &body).await.map_err(lost)?).await;
        }
        Err(ConnectorError::user(format!("nothing on this machine stands for {host}").into()))
    }
}

fn lost(lost: LostRequest) -> ConnectorError {
    ConnectorError::io(lost.into())
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

async fn parts(request: HttpRequest) -> Result<(Parts, Bytes), AnyError> {
    let (head, body) = request.try_into_http1x()?.into_parts();
    Ok((head, ByteStream::new(body).collect().await?.into_bytes()))
}

async fn whole<B>(reply: Response<B>) -> Result<Response<Bytes>, ConnectorError>
where
    B: Body<Data = Bytes, Error: Into<AnyError>>,
{
    let (head, body) = reply.into_parts();
    let body = body.collect().await.map_err(|error| ConnectorError::io(error.into()))?;
    Ok(Response::from_parts(head, body.to_bytes()))
}

impl HttpClient for LocalConnector {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for LocalConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}
