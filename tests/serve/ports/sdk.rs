//! The SDK's client, over a socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Builder, Credentials, HttpClient as SdkHttpClient, Region, RuntimeComponents,
};
use aws_sdk_dynamodb::types::{AttributeValue, TimeToLiveSpecification};
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::{SystemTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::Full;
use hyper::body::Bytes;
use stormglass_tests::http::HttpClient;
use tokio::sync::Mutex;

use crate::ports::wire::start;

/// The wire under the SDK: one connection.
#[derive(Clone, Debug)]
pub(crate) struct Socket(Arc<Mutex<HttpClient>>);

impl Socket {
    pub(crate) fn new(address: SocketAddr) -> Socket {
        Socket(Arc::new(Mutex::new(HttpClient::new(address))))
    }
}

impl SdkHttpClient for Socket {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Socket {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Socket(client) = self.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().expect("a request of HTTP/1");
            let body = |body: SdkBody| Bytes::copy_from_slice(body.bytes().expect("a whole body"));
            let request = request.map(|sdk| Full::new(body(sdk)));
            let response = client.lock().await.send(request).await.map_err(ConnectorError::io)?;
            let response = response.map(SdkBody::from);
            HttpResponse::try_from(response)
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Nothing here waits: the server answers at once.
#[derive(Debug)]
pub(crate) struct NoSleep;

impl AsyncSleep for NoSleep {
    fn sleep(&self, _: std::time::Duration) -> Sleep {
        Sleep::new(std::future::pending())
    }
}

fn client(address: SocketAddr) -> Client {
    let socket = Socket::new(address);
    let config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("id", "key", None, None, "test"))
        .endpoint_url(format!("http://{address}"))
        .http_client(socket)
        .sleep_impl(NoSleep);
    Client::from_conf(config.build())
}

#[test]
fn the_sdk_writes_reads_and_understands_a_refusal() {
    let server = start();
    let client = client(server.address());
    server.block_on(async {
        let put = || {
            let put = client.put_item().table_name("conns");
            put.item("id", AttributeValue::S("a".to_owned()))
                .condition_expression("attribute_not_exists(id)")
        };
        put().send().await.expect("a put");
        let refused = put().send().await.expect_err("the row is there").into_service_error();
        assert!(refused.is_conditional_check_failed_exception(), "{refused:?}");
        let scanned = client.scan().table_name("conns").send().await.expect("a scan");
        assert_eq!(scanned.items()[0]["id"], AttributeValue::S("a".to_owned()));
        let missing = client.scan().table_name("nowhere").send().await.expect_err("no such table");
        assert!(missing.into_service_error().is_resource_not_found_exception());
    });
    server.stop();
}

#[test]
fn a_row_that_has_expired_is_gone() {
    let server = start();
    let client = client(server.address());
    server.block_on(async {
        let expiry = TimeToLiveSpecification::builder().attribute_name("until").enabled(true);
        let expiry = expiry.build().expect("a specification");
        let on = client.update_time_to_live().table_name("conns");
        on.time_to_live_specification(expiry).send().await.expect("it is turned on");
        let now =
            SystemTimeSource::new().now().duration_since(UNIX_EPOCH).expect("it is past 1970");
        for (id, until) in [("old", now.as_secs() - 60), ("new", now.as_secs() + 600)] {
            let put = client.put_item().table_name("conns");
            let put = put.item("id", AttributeValue::S(id.to_owned()));
            let put = put.item("until", AttributeValue::N(until.to_string()));
            put.send().await.expect("a put");
        }
        let scanned = client.scan().table_name("conns").send().await.expect("a scan");
        assert_eq!(scanned.items().len(), 1);
        assert_eq!(scanned.items()[0]["id"], AttributeValue::S("new".to_owned()));
    });
    server.stop();
}
