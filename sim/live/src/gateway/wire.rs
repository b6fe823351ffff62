//! How functions call AWS: the SDK's requests go to ports of this machine.

use std::net::SocketAddr;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as Connector;
use hyper_util::rt::TokioExecutor;

use super::server::Addresses;

/// The HTTP client of one sandbox. It knows the hosts that it is asked for, as a resolver would.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    client: Client<Connector, Full<Bytes>>,
    addresses: Addresses,
    /// The host of the API.
    domain_name: String,
}

impl Wire {
    pub(super) fn new(addresses: Addresses, domain_name: &str) -> Wire {
        let mut connector = Connector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Wire { client, addresses, domain_name: domain_name.to_owned() }
    }

    /// The same with connections of its own.
    pub(super) fn renewed(&self) -> Wire {
        Wire::new(self.addresses, &self.domain_name)
    }

    /// Where a host is on this machine.
    fn address_of(&self, host: &str) -> Result<SocketAddr, ConnectorError> {
        if host == self.domain_name {
            return Ok(self.addresses.gateway);
        }
        if host.starts_with("dynamodb.") {
            return Ok(self.addresses.dynamodb);
        }
        Err(ConnectorError::user(format!("nothing on this machine stands for {host}").into()))
    }

    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let user = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::user(error);
        let request = request.try_into_http1x().map_err(|error| user(error.into()))?;
        let (mut head, body) = request.into_parts();
        let body = ByteStream::new(body).collect().await.map_err(|error| user(error.into()))?;
        let authority = head.uri.authority().map(ToString::to_string).unwrap_or_default();
        let address = self.address_of(head.uri.host().unwrap_or_default())?;
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        head.uri =
            format!("http://{address}{path}").parse::<Uri>().map_err(|error| user(error.into()))?;
        let host = HeaderValue::from_str(&authority).map_err(|error| user(error.into()))?;
        head.headers.insert(HOST, host);
        let request = Request::from_parts(head, Full::new(body.into_bytes()));
        let response = self.client.request(request).await;
        let response = response.map_err(|error| ConnectorError::io(error.into()))?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| ConnectorError::io(error.into()))?;
        let response = hyper::Response::from_parts(head, SdkBody::from(body.to_bytes()));
        HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
    }
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
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}
