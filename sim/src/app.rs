//! An application under test: its routes, its handlers, and the form of its messages.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use stormglass_aws::gateway::{Api, Route, SelectionError};
use stormglass_spec::history::Acknowledgement;
use stormglass_spec::{Property, properties};

use crate::case::Plan;
use crate::generate;
use crate::seam::Sdk;

/// A WebSocket service as the simulator runs it: routes, functions, a table and promises.
///
/// The handlers are the ones that are deployed. The simulator hands each sandbox an [`Sdk`], from
/// which its clients are built, and calls the handler with the same JSON that AWS would send.
///
/// ```
/// use lambda_runtime::{Error, LambdaEvent};
/// use serde_json::{Value, json};
/// use stormglass_sim::{App, Handler, Route, Sdk, Table, handler};
///
/// /// A service that lets every client in.
/// struct Open;
///
/// impl App for Open {
///     fn name(&self) -> &str {
///         "open"
///     }
///
///     fn routes(&self) -> Vec<Route> {
///         vec![Route::one_way("$connect", "on-connect")]
///     }
///
///     fn table(&self) -> Table {
///         Table::new("connections", "connectionId")
///     }
///
///     fn start(&self, _function: &str, _sdk: &Sdk) -> Box<dyn Handler> {
///         handler(|_: LambdaEvent<Value>| async { Ok::<_, Error>(json!({ "statusCode": 200 })) })
///     }
///
///     fn broadcast(&self, data: &str) -> String {
///         data.to_owned()
///     }
/// }
///
/// assert!(Open.api().is_ok());
/// ```
pub trait App: Sync {
    /// The name of the application on the command line.
    fn name(&self) -> &str;

    /// The routes of the API, including `$connect`, `$disconnect` and `$default` if they exist.
    fn routes(&self) -> Vec<Route>;

    /// The expression that selects the route of a message (FACTS 2.1, 2.2).
    fn route_selection(&self) -> &str {
        "$request.body.action"
    }

    /// The name of the function that authorizes new connections, if there is one (FACTS 1.2).
    fn authorizer(&self) -> Option<String> {
        None
    }

    /// Returns the API that the routes make up.
    ///
    /// # Errors
    ///
    /// If the route selection expression is not valid.
    fn api(&self) -> Result<Api, SelectionError> {
        Api::new(self.routes(), self.route_selection(), self.authorizer())
    }

    /// The table that holds one row for each connection.
    fn table(&self) -> Table;

    /// Starts a sandbox of a function: builds its SDK clients and returns its handler.
    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler>;

    /// Returns the message with which a client asks for a broadcast of `data`.
    ///
    /// `data` is a JSON value exactly as the plan writes it.
    fn broadcast(&self, data: &str) -> String;

    /// Returns the text that clients must receive for a broadcast of `data`.
    ///
    /// `data` is a JSON value exactly as the plan writes it.
    fn expected(&self, data: &str) -> String {
        match serde_json::from_str::<String>(data) {
            Ok(text) => text,
            Err(_) => data.to_owned(),
        }
    }

    /// Returns the acknowledgement in a response to a broadcast; `None` if it has none.
    ///
    /// An acknowledgement says that the service carried the broadcast out. It may have counts.
    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
        let _ = body;
        (status == 200).then_some(Acknowledgement { counts: None })
    }

    /// True if the handlers use `tokio::time`.
    ///
    /// If it is false, tokio's clock does not follow the virtual one, which saves a twelfth of the
    /// time that a call takes. A handler that uses `tokio::time` all the same then panics.
    fn uses_tokio_time(&self) -> bool {
        true
    }

    /// True if the functions keep nothing but the SDK's clients from one invocation to the next.
    ///
    /// An exhaustive search then treats a sandbox that was used without any failure as a new one,
    /// and has less to run. It assumes that every other sandbox remembers everything.
    fn is_stateless(&self) -> bool {
        false
    }

    /// The promises that the application must keep.
    ///
    /// By default these are all of [`stormglass_spec::properties`]. An application may leave some
    /// out, and may add its own.
    fn properties(&self) -> Vec<Property> {
        properties::ALL.to_vec()
    }

    /// Returns the plan of a seed: the steps of the clients in one run of an exploration.
    ///
    /// An application whose clients send more than broadcasts makes its own plan, with the draws
    /// of [`hash::Draws`](stormglass_spec::hash::Draws).
    fn plan(&self, seed: u64) -> Plan {
        generate::plan(seed)
    }

    /// The command that replays a case when the case's text is appended as the last argument.
    ///
    /// A report of [`check`](crate::check()) ends with this command, or with a line of
    /// Rust if there is none.
    fn replay_command(&self) -> Option<&str> {
        None
    }

    /// True if an exploration should meet the witness, or test the promise, with this id.
    ///
    /// The ids are those of [`stormglass_spec::witnesses`] and [`stormglass_spec::properties`]. An
    /// application whose reads are all consistent does not declare `stale-read`. One without
    /// two-way routes does not declare `answered`, and one whose acknowledgements have no counts
    /// does not declare `honest-ack`.
    fn declares(&self, id: &str) -> bool {
        let _ = id;
        true
    }
}

/// A table with one row for each connection; all keys are strings.
///
/// The row of a connection is the one whose key holds the connection's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name of the table.
    pub name: String,
    /// The partition key.
    pub partition_key: String,
    /// The sort key.
    pub sort_key: Option<String>,
    /// The global secondary indexes, which hold whole rows.
    pub indexes: Vec<TableIndex>,
    /// The attribute that says when a row expires, in seconds since 1970 (FACTS 6.10).
    pub expires_by: Option<String>,
}

/// A global secondary index of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableIndex {
    /// The name of the index.
    pub name: String,
    /// The partition key.
    pub partition_key: String,
    /// The sort key.
    pub sort_key: Option<String>,
}

impl Table {
    /// Makes a table with a partition key only.
    pub fn new(name: &str, partition_key: &str) -> Table {
        Table {
            name: name.to_owned(),
            partition_key: partition_key.to_owned(),
            sort_key: None,
            indexes: Vec::new(),
            expires_by: None,
        }
    }

    /// Adds a sort key to the table.
    pub fn sorted_by(self, sort_key: &str) -> Table {
        Table { sort_key: Some(sort_key.to_owned()), ..self }
    }

    /// Adds a global secondary index to the table.
    pub fn indexed(mut self, name: &str, partition_key: &str, sort_key: Option<&str>) -> Table {
        self.indexes.push(TableIndex {
            name: name.to_owned(),
            partition_key: partition_key.to_owned(),
            sort_key: sort_key.map(str::to_owned),
        });
        self
    }

    /// Lets rows of the table expire by an attribute.
    pub fn expiring_by(self, attribute: &str) -> Table {
        Table { expires_by: Some(attribute.to_owned()), ..self }
    }

    /// Returns the requests that create the table: DynamoDB operations and their JSON bodies.
    pub fn requests(&self) -> Vec<(&'static str, String)> {
        let keys = |partition_key: &str, sort_key: Option<&str>| {
            let mut keys = vec![json!({"AttributeName": partition_key, "KeyType": "HASH"})];
            keys.extend(sort_key.map(|key| json!({"AttributeName": key, "KeyType": "RANGE"})));
            keys
        };
        let mut names = BTreeSet::from([self.partition_key.as_str()]);
        names.extend(self.sort_key.as_deref());
        for index in &self.indexes {
            names.insert(&index.partition_key);
            names.extend(index.sort_key.as_deref());
        }
        let attribute = |name: &&str| json!({"AttributeName": name, "AttributeType": "S"});
        let index = |index: &TableIndex| {
            json!({
                "IndexName": index.name,
                "KeySchema": keys(&index.partition_key, index.sort_key.as_deref()),
                "Projection": {"ProjectionType": "ALL"},
            })
        };
        let mut create = json!({
            "TableName": self.name,
            "AttributeDefinitions": names.iter().map(attribute).collect::<Vec<_>>(),
            "KeySchema": keys(&self.partition_key, self.sort_key.as_deref()),
            "BillingMode": "PAY_PER_REQUEST",
        });
        if !self.indexes.is_empty() {
            create["GlobalSecondaryIndexes"] = self.indexes.iter().map(index).collect();
        }
        let mut requests = vec![("CreateTable", create.to_string())];
        if let Some(attribute) = &self.expires_by {
            let expiry = json!({
                "TableName": self.name,
                "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true},
            });
            requests.push(("UpdateTimeToLive", expiry.to_string()));
        }
        requests
    }
}

/// A running handler: returns the JSON of its response, or the error that Lambda would report.
pub type Invocation<'a> = Pin<Box<dyn Future<Output = Result<String, String>> + 'a>>;

/// A function in one sandbox.
pub trait Handler {
    /// Handles an event, whose payload is the JSON that AWS sends.
    fn invoke(&self, event: LambdaEvent<String>) -> Invocation<'_>;
}

/// Makes a handler of an async function, in the form that `lambda_runtime::service_fn` takes.
///
/// Like the runtime, the handler parses the event, and reports a broken event or an `Err` as an
/// error.
pub fn handler<Event, Response, Error, Function, Running>(function: Function) -> Box<dyn Handler>
where
    Event: DeserializeOwned + 'static,
    Response: Serialize + 'static,
    Error: Into<Diagnostic> + 'static,
    Function: Fn(LambdaEvent<Event>) -> Running + 'static,
    Running: Future<Output = Result<Response, Error>> + 'static,
{
    Box::new(TypedHandler { function, types: std::marker::PhantomData })
}

struct TypedHandler<Event, Function> {
    function: Function,
    types: std::marker::PhantomData<fn(Event)>,
}

impl<Event, Response, Error, Function, Running> Handler for TypedHandler<Event, Function>
where
    Event: DeserializeOwned,
    Response: Serialize,
    Error: Into<Diagnostic>,
    Function: Fn(LambdaEvent<Event>) -> Running,
    Running: Future<Output = Result<Response, Error>>,
{
    fn invoke(&self, event: LambdaEvent<String>) -> Invocation<'_> {
        Box::pin(async move {
            let payload = serde_json::from_str(&event.payload).map_err(|error| {
                report(&Diagnostic {
                    error_type: "DeserializeError".to_owned(),
                    error_message: error.to_string(),
                })
            })?;
            let response = (self.function)(LambdaEvent::new(payload, event.context)).await;
            let response = response.map_err(|error| report(&error.into()))?;
            serde_json::to_string(&response).map_err(|error| error.to_string())
        })
    }
}

fn report(diagnostic: &Diagnostic) -> String {
    format!("{}: {}", diagnostic.error_type, diagnostic.error_message)
}
