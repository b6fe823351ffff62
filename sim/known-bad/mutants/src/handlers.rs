//! Our handlers as an application: what the production ones and their mutants have in common.

use std::future::Future;
use std::rc::Rc;

use aws_lambda_events::event::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use lambda_runtime::LambdaEvent;
use serde::Deserialize;
use stormglass_sim::{Handler, Route, Table, handler};
use stormglass_spec::history::{Acknowledgement, Counts};

/// The name of the table.
pub const TABLE: &str = "stormglass-connections";

/// The routes of the API.
pub fn routes() -> Vec<Route> {
    vec![
        Route::one_way("$connect", "on-connect"),
        Route::one_way("$disconnect", "on-disconnect"),
        Route::two_way("broadcast", "on-broadcast"),
        Route::two_way("$default", "on-default"),
    ]
}

/// The table of connections.
pub fn table() -> Table {
    Table::new(TABLE, "connectionId").expiring_by("expiresAt")
}

/// How a broadcast looks on the wire.
pub fn broadcast(data: &str) -> String {
    format!(r#"{{"action":"broadcast","data":{data}}}"#)
}

/// What a response to a broadcast says of it.
pub fn acknowledgement(status: u16, body: Option<&str>) -> Option<Acknowledgement> {
    #[derive(Deserialize)]
    struct Reply {
        ack: Ack,
    }
    #[derive(Deserialize)]
    struct Ack {
        delivered: u64,
        gone: u64,
        pending: u64,
        failed: u64,
        complete: bool,
    }
    let reply: Reply = serde_json::from_str(body.filter(|_| status == 200)?).ok()?;
    let Ack { delivered, gone, pending, failed, complete } = reply.ack;
    Some(Acknowledgement { counts: Some(Counts { delivered, gone, pending, failed, complete }) })
}

/// How many posts may be in flight at once in a simulation, and how many rows may wait for a retry
/// or for their removal: so few that rows wait for others in small worlds, too.
pub const PLACES: usize = 4;

/// A function that hands every event to the same `route`.
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

/// Defines `start`, which starts a sandbox of one of the functions in [`routes`] with the handlers
/// of a crate or module.
#[macro_export]
macro_rules! handlers_start {
    ($($handlers:ident)::+) => {
        /// Starts a sandbox of a function.
        pub(crate) fn start(
            function: &str,
            sdk: &::stormglass_sim::Sdk,
        ) -> ::std::boxed::Box<dyn ::stormglass_sim::Handler> {
            use $($handlers)::+::{Broadcast, Connect, Disconnect, Fallback, Settings};
            use $crate::handlers::{PLACES, TABLE, serve};
            let mut settings = Settings::new(TABLE);
            if sdk.is_simulated() {
                settings.posts_concurrent_max = PLACES;
                settings.rows_deferred_max = PLACES;
            }
            match function {
                "on-connect" => {
                    let route = Connect::new(&settings, sdk.dynamodb());
                    serve(route, |route, event| async move { route.handle(event).await })
                }
                "on-disconnect" => {
                    let route = Disconnect::new(&settings, sdk.dynamodb());
                    serve(route, |route, event| async move { route.handle(event).await })
                }
                "on-broadcast" => {
                    let route = Broadcast::new(&settings, sdk.dynamodb(), sdk.management());
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
