//! What a simulated AWS call costs, beside the floor: the same SDK call answered at once.
//!
//! `cargo bench -p stormglass-tests --bench call` prints both, per call, from the same build and
//! the same run. The simulated figure holds everything: the run's own set-up and closing phase,
//! the schedule, the table, the history, its trace hash and every promise.

use std::rc::Rc;

use aws_lambda_events::event::apigw::ApiGatewayWebsocketProxyRequest;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, HttpClient, Region};
use aws_sdk_dynamodb::config::{RuntimeComponents, StalledStreamProtectionConfig};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::{App, Case, Handler, Route, Sdk, Table, handler, replay};
use stormglass_spec::properties;
use tokio_test::{assert_ready_ok, task};

const CALLS: u64 = 200;

async fn put(client: &Client, id: &str) -> Result<(), Error> {
    let put = client.put_item().table_name("connections");
    let put = put.item("connectionId", AttributeValue::S(id.to_owned()));
    put.item("connectedAt", AttributeValue::N("1701245041796".to_owned())).send().await?;
    Ok(())
}

async fn put_many(client: &Client, id: &str) -> Result<(), Error> {
    for _ in 0..CALLS {
        put(client, id).await?;
    }
    Ok(())
}

/// A client that answers every request at once.
#[derive(Clone, Debug)]
struct Canned;

impl HttpClient for Canned {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Canned)
    }
}

impl HttpConnector for Canned {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let status = StatusCode::try_from(200).expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from("{}"))))
    }
}

#[derive(Debug)]
struct NoSleep;

impl AsyncSleep for NoSleep {
    fn sleep(&self, _: std::time::Duration) -> Sleep {
        Sleep::new(std::future::pending())
    }
}

fn canned_client() -> Client {
    let config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .http_client(Canned)
        .sleep_impl(NoSleep)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .allow_no_auth();
    Client::from_conf(config.build())
}

/// An application that makes many calls for the message `work`, and one for every connection.
struct Busy;

impl App for Busy {
    fn name(&self) -> &str {
        "busy"
    }

    fn routes(&self) -> Vec<Route> {
        ["$connect", "$default"].map(|key| Route::one_way(key, key)).to_vec()
    }

    fn table(&self) -> Table {
        Table::new("connections", "connectionId")
    }

    fn start(&self, _: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let client = Rc::new(Client::from_conf(sdk.dynamodb().build()));
        handler(move |event: LambdaEvent<ApiGatewayWebsocketProxyRequest>| {
            let client = Rc::clone(&client);
            async move {
                let id = event.payload.request_context.connection_id.unwrap_or_default();
                match event.payload.body.as_deref() {
                    None => put(&client, &id).await?,
                    Some("work") => put_many(&client, &id).await?,
                    Some(_) => {}
                }
                Ok::<Value, Error>(json!({ "statusCode": 200 }))
            }
        })
    }

    fn broadcast(&self, data: &str) -> String {
        data.to_owned()
    }
}

fn compare(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("PutItem");
    group.throughput(Throughput::Elements(CALLS));
    let client = canned_client();
    group.bench_function("floor: answered at once", |bench| {
        bench.iter(|| {
            let mut calls = task::spawn(put_many(&client, "PJqB0fHsqRcCHlw="));
            assert_ready_ok!(calls.poll(), "the canned client never waits");
        });
    });
    let case: Case = r#"v1 timeout=300s ana:c,t"work""#.parse().expect("a case");
    // Its message is no broadcast, and stores rows all the same.
    let held = properties::ALL.into_iter().filter(|it| it.id != "refused-is-harmless");
    let held: Vec<_> = held.collect();
    group.bench_function("simulated", |bench| {
        bench.iter(|| {
            let run = replay(&Busy, &case, &held).expect("the harness works");
            assert_eq!(run.calls, CALLS + 1);
        });
    });
    group.finish();
}

criterion_group!(benches, compare);
criterion_main!(benches);
