//! The start of a sandbox, the same for a crate of handlers and for each mutant of it.

use std::future::Future;
use std::rc::Rc;

use aws_lambda_events::event::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use lambda_runtime::LambdaEvent;
use stormglass_sim::{Handler, Sdk, handler};

/// Starts a sandbox: takes the name of a binary, and the sandbox's SDK.
pub type Start = fn(&str, &Sdk) -> Box<dyn Handler>;

/// The most posts that a simulated broadcast has in flight at once, and the most rows that wait for
/// a retry or for their removal. It is so low that rows wait for others even in small worlds.
pub const PLACES: usize = 4;

/// Returns a function that passes every event to the same `route`.
pub fn serve<R, Handle, Running>(route: R, handle: Handle) -> Box<dyn Handler>
where
    R: 'static,
    Handle: Fn(Rc<R>, LambdaEvent<ApiGatewayWebsocketProxyRequest>) -> Running + 'static,
    Running: Future<Output = ApiGatewayProxyResponse> + 'static,
{
    let route = Rc::new(route);
    handler(move |event| {
        let response = handle(Rc::clone(&route), event);
        async { Ok::<_, lambda_runtime::Error>(response.await) }
    })
}

/// Defines `start`, a [`Start`] with the handlers of a crate or module.
#[macro_export]
macro_rules! handlers_start {
    ($($handlers:ident)::+) => {
        /// Starts a sandbox of the function that runs this binary.
        pub(crate) fn start(
            binary: &str,
            sdk: &::stormglass_sim::Sdk,
        ) -> ::std::boxed::Box<dyn ::stormglass_sim::Handler> {
            use $($handlers)::+::{Broadcast, Connect, Disconnect, Fallback, Settings};
            use $crate::start::{PLACES, serve};
            let settings = || {
                let variables = sdk.environment();
                let settings = Settings::from_variables(|name| variables.get(name).cloned());
                let mut settings = settings.expect("the stack sets the variables of its functions");
                if sdk.is_simulated() {
                    settings.posts_concurrent_max = PLACES;
                    settings.rows_deferred_max = PLACES;
                    // The template's own would hide a mistake in the one that events lead to.
                    settings.callback_endpoint = None;
                }
                settings
            };
            match binary {
                "on-connect" => {
                    let route = Connect::new(&settings(), sdk.dynamodb());
                    serve(route, |route, event| async move { route.handle(event).await })
                }
                "on-disconnect" => {
                    let route = Disconnect::new(&settings(), sdk.dynamodb());
                    serve(route, |route, event| async move { route.handle(event).await })
                }
                "on-broadcast" => {
                    let route = Broadcast::new(&settings(), sdk.dynamodb(), sdk.management());
                    serve(route, |route, event| async move { route.handle(event).await })
                }
                _ => {
                    let route = Fallback::new(sdk.time_source());
                    serve(route, |route, event| async move { route.handle(event).await })
                }
            }
        }
    };
}
