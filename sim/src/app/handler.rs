//! A function in one sandbox.

use std::future::Future;
use std::pin::Pin;

use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;

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
///
/// # Handlers of other forms
///
/// A handler of the crate `lambda_http` comes through its `Adapter`:
///
/// ```
/// use lambda_http::request::LambdaRequest;
/// use lambda_http::{Adapter, Body, Error, Request, Response, Service, service_fn};
/// use lambda_runtime::LambdaEvent;
///
/// async fn repeat(request: Request) -> Result<Response<Body>, Error> {
///     Ok(Response::new(request.into_body()))
/// }
///
/// let adapter = Adapter::from(service_fn(repeat));
/// stormglass_sim::handler(move |event: LambdaEvent<LambdaRequest>| adapter.clone().call(event));
/// ```
///
/// Clients that code builds from an `SdkConfig` share one retry bucket in the whole process, as
/// they do in one sandbox on Lambda; but a simulation has many sandboxes in a process. Let such
/// code take its clients, too, and give it those of the [`Sdk`](crate::Sdk):
///
/// ```
/// use aws_sdk_dynamodb::Client;
/// use aws_types::SdkConfig;
/// use stormglass_sim::Sdk;
///
/// struct Functions {
///     table: Client,
/// }
///
/// impl Functions {
///     /// On Lambda, with the configuration of `aws_config`.
///     fn new(config: &SdkConfig) -> Functions {
///         Functions { table: Client::new(config) }
///     }
///
///     /// In [`App::start`](stormglass_sim::App::start).
///     fn simulated(sdk: &Sdk) -> Functions {
///         Functions { table: Client::from_conf(sdk.dynamodb().build()) }
///     }
/// }
/// ```
///
/// A client in a `static` would outlive its run. A run that meets such a client of an earlier one
/// ends with [`HarnessError::OldClient`](crate::HarnessError::OldClient). An endpoint that code
/// reads from its environment is a setting of the builder here:
/// `sdk.management().endpoint_url(sdk.management_endpoint())`. The stack has the other variables,
/// and [`Sdk::environment`](crate::Sdk::environment) returns them.
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
