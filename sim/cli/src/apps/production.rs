//! The production handlers, as they are deployed.

use std::rc::Rc;

use serde::Deserialize;
use stormglass_handlers::{Broadcast, Connect, Disconnect, Fallback, Settings};
use stormglass_sim::{App, Handler, Route, Sdk, Table, handler};
use stormglass_spec::history::{Acknowledgement, Counts};

const TABLE: &str = "stormglass-connections";

/// The production handlers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stormglass;

impl App for Stormglass {
    fn name(&self) -> &str {
        "stormglass"
    }

    fn routes(&self) -> Vec<Route> {
        vec![
            Route::one_way("$connect", "on-connect"),
            Route::one_way("$disconnect", "on-disconnect"),
            Route::two_way("broadcast", "on-broadcast"),
            Route::two_way("$default", "on-default"),
        ]
    }

    fn table(&self) -> Table {
        Table::new(TABLE, "connectionId").expiring_by("expiresAt")
    }

    fn uses_tokio_time(&self) -> bool {
        false
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let settings = Settings::new(TABLE);
        match function {
            "on-connect" => {
                let route = Rc::new(Connect::new(&settings, sdk.dynamodb()));
                handler(move |event| {
                    let route = Rc::clone(&route);
                    async move { Ok::<_, lambda_runtime::Error>(route.handle(event).await) }
                })
            }
            "on-disconnect" => {
                let route = Rc::new(Disconnect::new(&settings, sdk.dynamodb()));
                handler(move |event| {
                    let route = Rc::clone(&route);
                    async move { Ok::<_, lambda_runtime::Error>(route.handle(event).await) }
                })
            }
            "on-broadcast" => {
                let route = Rc::new(Broadcast::new(&settings, sdk.dynamodb(), sdk.management()));
                handler(move |event| {
                    let route = Rc::clone(&route);
                    async move { Ok::<_, lambda_runtime::Error>(route.handle(event).await) }
                })
            }
            _ => {
                let route = Rc::new(Fallback::new(sdk.time_source()));
                handler(move |event| {
                    let route = Rc::clone(&route);
                    async move { Ok::<_, lambda_runtime::Error>(route.handle(event).await) }
                })
            }
        }
    }

    fn broadcast(&self, data: &str) -> String {
        format!(r#"{{"action":"broadcast","data":{data}}}"#)
    }

    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
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
        Some(Acknowledgement {
            counts: Some(Counts { delivered, gone, pending, failed, complete }),
        })
    }

    fn is_stateless(&self) -> bool {
        true
    }

    fn replay_command(&self) -> Option<&str> {
        Some("cargo sim replay")
    }

    /// Every read of the production handlers is consistent.
    fn declares(&self, id: &str) -> bool {
        id != "stale-read"
    }
}
