//! The floor: clients as in a simulation, whose requests are answered at once.

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use stormglass_dynamodb::{DynamoDb, Limits, ReplicaView, Request};
use stormglass_sim::Sdk;
use stormglass_spec::Time;
use tokio_test::{assert_ready_ok, task};

use crate::busy::{Call, Clients, Ids, TABLE};

/// One kind of call, answered at once.
#[derive(Debug)]
pub(crate) struct Floor {
    clients: Clients,
    call: Call,
    ids: Ids,
}

impl Floor {
    /// Configures the clients as those of a simulated sandbox, but for the wire.
    pub(crate) fn new(call: Call, sdk: &Sdk, ids: &Ids) -> Floor {
        let answer = FixedAnswer {
            body: match call {
                Call::Put => "{}".to_owned(),
                Call::Scan => page(ids),
                Call::Post => String::new(),
            },
            content_type: match call {
                Call::Put | Call::Scan => "application/x-amz-json-1.0",
                Call::Post => "application/json",
            },
        };
        let dynamodb = sdk.dynamodb().http_client(answer.clone());
        let management = sdk.management().http_client(answer);
        Floor { clients: Clients::new(dynamodb, management), call, ids: ids.clone() }
    }

    pub(crate) fn call_many(&self) {
        let mut calls = task::spawn(self.clients.call_many(self.call, &self.ids));
        assert_ready_ok!(calls.poll(), "what is answered at once is never waited for");
    }
}

/// The very page that the simulated table answers with.
fn page(ids: &Ids) -> String {
    let mut db = DynamoDb::new(Limits::default());
    db.create_table(TABLE, "connectionId");
    let mut answer = |operation: &str, body: &str| {
        let target = format!("DynamoDB_20120810.{operation}");
        let request = Request::parse(&target, body.as_bytes()).expect("a sound request");
        let answer = db.apply(Time::ZERO, &request, ReplicaView::Fresh);
        assert!(answer.is_success(), "{}", answer.body);
        answer.body
    };
    for row in ids.all() {
        let item = format!(
            r#"{{"connectionId":{{"S":"{row}"}},"connectedAt":{{"N":"1701245041796"}},{}}}"#,
            r#""expiresAt":{"N":"1701255841"}"#
        );
        answer("PutItem", &format!(r#"{{"TableName":"{TABLE}","Item":{item}}}"#));
    }
    answer("Scan", &format!(r#"{{"TableName":"{TABLE}","Limit":25}}"#))
}

/// A client that answers every request at once.
#[derive(Clone, Debug)]
struct FixedAnswer {
    body: String,
    content_type: &'static str,
}

impl HttpClient for FixedAnswer {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for FixedAnswer {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let status = StatusCode::try_from(200).expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(self.body.clone()));
        response.headers_mut().insert("content-type", self.content_type);
        HttpConnectorFuture::ready(Ok(response))
    }
}
