//! An application whose functions' responses go back to the client.

use stormglass_sim::{App, Handler, Route, Sdk, Table};

/// An application whose functions' responses go back to the client.
#[derive(Clone, Copy)]
pub(crate) struct TwoWay<'a>(pub(crate) &'a dyn App);

impl App for TwoWay<'_> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn routes(&self) -> Vec<Route> {
        self.0.routes().into_iter().map(|route| Route { is_two_way: true, ..route }).collect()
    }

    fn table(&self) -> Table {
        self.0.table()
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        self.0.start(function, sdk)
    }

    fn uses_tokio_time(&self) -> bool {
        self.0.uses_tokio_time()
    }

    fn broadcast(&self, data: &str) -> String {
        self.0.broadcast(data)
    }
}
