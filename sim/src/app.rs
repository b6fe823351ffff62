//! An application under test: its stack, its handlers, and the form of its messages.

use std::future::Future;
use std::pin::Pin;

use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stormglass_spec::history::Acknowledgement;
use stormglass_spec::{Property, properties};

use crate::case::Plan;
use crate::generate;
use crate::seam::Sdk;
use crate::stack::Stack;

/// A WebSocket service as the simulator runs it: a stack, its functions, and its promises.
///
/// The handlers are the ones that are deployed. The simulator hands each sandbox an [`Sdk`], from
/// which its clients are built, and calls the handler with the same JSON that AWS would send.
///
/// ```
/// use lambda_runtime::{Error, LambdaEvent};
/// use serde_json::{Value, json};
/// use stormglass_sim::stack::{Route, Stack, Table};
/// use stormglass_sim::{App, Handler, Sdk, handler};
///
/// /// A service that lets every client in.
/// struct Open;
///
/// impl App for Open {
///     fn name(&self) -> &str {
///         "open"
///     }
///
///     fn stack(&self) -> Stack {
///         Stack::new()
///             .route(Route::one_way("$connect", "on-connect"))
///             .table(Table::new("connections", "connectionId"))
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
/// assert!(Open.stack().api().is_ok());
/// ```
pub trait App: Sync {
    /// The name of the application on the command line.
    fn name(&self) -> &str;

    /// The deployed parts of the application: functions, routes, tables.
    fn stack(&self) -> Stack;

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
