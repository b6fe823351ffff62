//! The service as the simulator runs it: its routes, its tables, its functions, and the messages of
//! its clients.

use aws_sdk_dynamodb::Client;
use lambda_runtime::{Error, LambdaEvent};
use stormglass_sim::stack::{Route, Stack, Table};
use stormglass_sim::{App, CommandLine, Handler, Sdk, Vocabulary, handler};
use stormglass_spec::{Property, ready};

/// The service.
#[derive(Clone, Copy, Debug)]
pub struct Service;

impl App for Service {
    fn name(&self) -> &str {
        env!("CARGO_PKG_NAME")
    }

    fn stack(&self) -> Stack {
        Stack::new()
            .route(Route::two_way("reserve", "reserve"))
            .route(Route::two_way("cancel", "cancel"))
            .table(Table::new(service::SEATS, "seat"))
    }

    /// Starts a function. A `main` for Lambda does the same, with a client from `aws_config`.
    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let client = Client::from_conf(sdk.dynamodb().build());
        let function = function.to_owned();
        handler(move |event: LambdaEvent<_>| {
            let (client, function) = (client.clone(), function.clone());
            async move {
                Ok::<_, Error>(match function.as_str() {
                    "reserve" => service::reserve(&client, event).await,
                    _ => service::cancel(&client, event).await,
                })
            }
        })
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new()
            .hole("seat", &["A1", "A2"])
            .message(4, r#"{"action":"reserve","seat":"{seat}"}"#)
            .message(1, r#"{"action":"cancel","seat":"{seat}"}"#)
    }

    /// The promises that fit any service. Those of your own stand beside them.
    fn properties(&self) -> Vec<Property> {
        ready::ANY_SERVICE.to_vec()
    }

    fn command_line(&self) -> Option<CommandLine> {
        Some(CommandLine::new("cargo run --quiet --example sim --"))
    }
}
