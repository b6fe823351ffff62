//! An application under test: routes, handlers, and how its messages look.

use std::future::Future;
use std::pin::Pin;

use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stormglass_spec::history::Acknowledgement;

use crate::seam::Sdk;

/// A WebSocket service: what the simulator needs to know to run it.
///
/// The handlers are the ones that are deployed. The simulator hands each sandbox an [`Sdk`], from
/// which its clients are built, and calls the handler with the very JSON that AWS would send.
pub trait App: Sync {
    /// Its name on the command line.
    fn name(&self) -> &str;

    /// Its routes, `$connect`, `$disconnect` and `$default` among them if it has them.
    fn routes(&self) -> Vec<Route>;

    /// The expression that selects the route of a message (FACTS 2.1, 2.2).
    fn route_selection(&self) -> &str {
        "$request.body.action"
    }

    /// The function that decides who may connect, if there is one (FACTS 1.2).
    fn authorizer(&self) -> Option<String> {
        None
    }

    /// The table that holds one row for each connection.
    fn table(&self) -> Table;

    /// Starts a sandbox of a function: builds its clients and gives its handler.
    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler>;

    /// How a broadcast of `data`, a JSON value exactly as written, looks on the wire.
    fn broadcast(&self, data: &str) -> String;

    /// What clients must get for `data`, a JSON value exactly as written.
    fn expected(&self, data: &str) -> String {
        match serde_json::from_str::<String>(data) {
            Ok(text) => text,
            Err(_) => data.to_owned(),
        }
    }

    /// Whether a response to a broadcast says that it was carried out, and how.
    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
        let _ = body;
        (status == 200).then_some(Acknowledgement { counts: None })
    }

    /// Whether an exploration should meet this witness (see [`stormglass_spec::witnesses`]), or
    /// put this promise to the test (see [`stormglass_spec::properties`]). An application whose
    /// reads are all consistent declares no `stale-read`; one without two-way routes has nobody
    /// `answered`, and one whose acknowledgements have no counts can give no `honest-ack`.
    fn declares(&self, id: &str) -> bool {
        let _ = id;
        true
    }
}

/// A route of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The route key: `$connect`, `$disconnect`, `$default` or what [`App::route_selection`] gives.
    pub key: String,
    /// The function behind it.
    pub function: String,
    /// Whether the function's response goes back to the client (FACTS 2.9).
    pub is_two_way: bool,
}

impl Route {
    /// A route whose function's response is dropped.
    pub fn one_way(key: &str, function: &str) -> Route {
        Route { key: key.to_owned(), function: function.to_owned(), is_two_way: false }
    }

    /// A route whose function's response goes back to the client.
    pub fn two_way(key: &str, function: &str) -> Route {
        Route { key: key.to_owned(), function: function.to_owned(), is_two_way: true }
    }
}

/// A table with one row for each connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The partition key, which holds the connection's id.
    pub partition_key: String,
}

/// A running handler: gives back the JSON of its response, or the error that Lambda would report.
pub type Invocation<'a> = Pin<Box<dyn Future<Output = Result<String, String>> + 'a>>;

/// A function in one sandbox.
pub trait Handler {
    /// Handles an event, given as the JSON that AWS sends.
    fn invoke(&self, event: LambdaEvent<String>) -> Invocation<'_>;
}

/// Makes a handler of an async function as `lambda_runtime::service_fn` takes it.
///
/// As the runtime does, it parses the event, and reports a broken event or an `Err` as an error.
pub fn handler<Event, Response, Error, Function, Running>(function: Function) -> Box<dyn Handler>
where
    Event: DeserializeOwned + 'static,
    Response: Serialize + 'static,
    Error: Into<Diagnostic> + 'static,
    Function: Fn(LambdaEvent<Event>) -> Running + 'static,
    Running: Future<Output = Result<Response, Error>> + 'static,
{
    Box::new(Typed { function, types: std::marker::PhantomData })
}

struct Typed<Event, Function> {
    function: Function,
    types: std::marker::PhantomData<fn(Event)>,
}

impl<Event, Response, Error, Function, Running> Handler for Typed<Event, Function>
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
