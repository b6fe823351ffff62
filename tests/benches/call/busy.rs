//! An application that does nothing but make calls.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lambda_events::event::apigw::ApiGatewayWebsocketProxyRequest;
use aws_sdk_apigatewaymanagement::Client as Management;
use aws_sdk_apigatewaymanagement::config::retry::RetryConfig;
use aws_sdk_apigatewaymanagement::config::timeout::TimeoutConfig;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::stack::{Route, Stack, Table};
use stormglass_sim::{App, Broadcasts, Handler, Sdk, handler};
use stormglass_spec::history::Acknowledgement;
use stormglass_spec::{Property, properties};

/// The number of calls that a function makes for its message.
pub(crate) const CALLS: u64 = 400;

pub(crate) const TABLE: &str = "connections";

const DATA: &str = "hello, hello, is there anybody out there?";

/// The call that a run makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// `PutItem` of a row like those of the production handlers.
    Put,
    /// `Scan` of a page of 25 such rows.
    Scan,
    /// `PostToConnection`.
    Post,
}

impl Call {
    pub(crate) const ALL: [Call; 3] = [Call::Put, Call::Scan, Call::Post];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Call::Put => "PutItem",
            Call::Scan => "Scan of 25 rows",
            Call::Post => "PostToConnection",
        }
    }

    /// Clients that connect, one of which has all the calls made by one message.
    pub(crate) fn case(self) -> String {
        case(&format!("{self:?}"))
    }
}

/// The run around the calls: 25 clients connect, and their rows are stored.
pub(crate) fn case(message: &str) -> String {
    format!(r#"v1 timeout=300s herd*24:w1s,c ana:i2s,c,t"{message}""#)
}

/// The clients of a sandbox, configured as the production handlers configure theirs.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    pub(crate) dynamodb: DynamoDb,
    pub(crate) management: Management,
}

impl Clients {
    pub(crate) fn new(
        dynamodb: aws_sdk_dynamodb::config::Builder,
        management: aws_sdk_apigatewaymanagement::config::Builder,
    ) -> Clients {
        let attempt = Duration::from_secs(2);
        let dynamodb = dynamodb
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(attempt).build());
        let management = management
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .endpoint_url("https://s7ormg1ass.execute-api.eu-central-1.amazonaws.com/prod");
        Clients {
            dynamodb: DynamoDb::from_conf(dynamodb.build()),
            management: Management::from_conf(management.build()),
        }
    }

    /// Makes a call so many times, about one connection after the other.
    pub(crate) async fn call_many(&self, call: Call, ids: &Ids) -> Result<(), Error> {
        let ids = ids.all();
        let ids = ids.iter().cycle().zip(0..CALLS);
        for (id, _) in ids {
            match call {
                Call::Put => self.put(id).await?,
                Call::Scan => self.scan().await?,
                Call::Post => self.post(id).await?,
            }
        }
        Ok(())
    }

    async fn put(&self, id: &str) -> Result<(), Error> {
        let put = self.dynamodb.put_item().table_name(TABLE);
        let put = put.item("connectionId", AttributeValue::S(id.to_owned()));
        let put = put.item("connectedAt", AttributeValue::N("1701245041796".to_owned()));
        put.item("expiresAt", AttributeValue::N("1701255841".to_owned())).send().await?;
        Ok(())
    }

    async fn scan(&self) -> Result<(), Error> {
        let scan = self.dynamodb.scan().table_name(TABLE).consistent_read(true);
        let page = scan.limit(25).send().await?;
        assert_eq!(page.count(), 25);
        Ok(())
    }

    async fn post(&self, id: &str) -> Result<(), Error> {
        let post = self.management.post_to_connection().connection_id(id);
        post.data(Blob::new(DATA)).send().await?;
        Ok(())
    }
}

/// The connections that there are. Every run makes the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids(Arc<Mutex<BTreeSet<String>>>);

impl Ids {
    pub(crate) fn all(&self) -> BTreeSet<String> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An application that makes many calls for a message that names one, and one for every connection.
#[derive(Debug, Default)]
pub(crate) struct Busy {
    last_sdk: Mutex<Option<Sdk>>,
    pub(crate) ids: Ids,
}

impl Busy {
    /// Returns the SDK that the last sandbox was given.
    pub(crate) fn sdk(&self) -> Sdk {
        let last = self.last_sdk.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone().expect("a run has started a sandbox")
    }
}

impl App for Busy {
    fn name(&self) -> &str {
        "busy"
    }

    fn stack(&self) -> Stack {
        Stack::new()
            .timeout(Duration::from_secs(30))
            .route(Route::one_way("$connect", "$connect"))
            .route(Route::one_way("$default", "$default"))
            .table(Table::new(TABLE, "connectionId"))
    }

    fn uses_tokio_time(&self) -> bool {
        false
    }

    fn start(&self, _: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let mut last = self.last_sdk.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(sdk.clone());
        let clients = Clients::new(sdk.dynamodb(), sdk.management());
        let ids = self.ids.clone();
        handler(move |event: LambdaEvent<ApiGatewayWebsocketProxyRequest>| {
            let (clients, ids) = (clients.clone(), ids.clone());
            async move {
                let id = event.payload.request_context.connection_id.unwrap_or_default();
                match event.payload.body.as_deref() {
                    None => {
                        clients.put(&id).await?;
                        ids.lock().insert(id);
                    }
                    Some("Put") => clients.call_many(Call::Put, &ids).await?,
                    Some("Scan") => clients.call_many(Call::Scan, &ids).await?,
                    Some("Post") => clients.call_many(Call::Post, &ids).await?,
                    Some(_) => {}
                }
                Ok::<Value, Error>(json!({ "statusCode": 200 }))
            }
        })
    }

    /// Its messages are no broadcasts, and have effects all the same.
    fn properties(&self) -> Vec<Property> {
        let broken = ["refused-is-harmless", "not-invented", "no-ghosts"];
        properties::ALL.iter().filter(|it| !broken.contains(&it.id)).cloned().collect()
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        Some(self)
    }
}

impl Broadcasts for Busy {
    fn message(&self, data: &str) -> String {
        data.to_owned()
    }

    /// It answers broadcasts, and carries none out.
    fn acknowledgement(&self, _: u16, _: Option<&str>) -> Option<Acknowledgement> {
        None
    }
}
