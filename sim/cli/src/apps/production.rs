//! The production handlers, as they are deployed.

use stormglass_mutants::handlers;
use stormglass_sim::{App, Handler, Route, Sdk, Table};
use stormglass_spec::history::Acknowledgement;

/// The production handlers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stormglass;

impl App for Stormglass {
    fn name(&self) -> &str {
        "stormglass"
    }

    fn routes(&self) -> Vec<Route> {
        handlers::routes()
    }

    fn table(&self) -> Table {
        handlers::table()
    }

    fn uses_tokio_time(&self) -> bool {
        false
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        deployed::start(function, sdk)
    }

    fn broadcast(&self, data: &str) -> String {
        handlers::broadcast(data)
    }

    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
        handlers::acknowledgement(status, body)
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

mod deployed {
    stormglass_mutants::handlers_start!(stormglass_handlers);
}
