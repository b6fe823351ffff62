//! An application that is held to some of its promises only.

use stormglass_sim::case::Plan;
use stormglass_sim::{App, Handler, Route, Sdk, Table};
use stormglass_spec::Property;
use stormglass_spec::history::Acknowledgement;

/// An application that is held to some of its promises only.
///
/// A run stops at the first promise that it breaks, so one that always shows first hides others.
#[derive(Clone)]
pub struct HeldTo<'a> {
    /// The application.
    pub app: &'a dyn App,
    /// What it is held to.
    pub properties: Vec<Property>,
}

impl std::fmt::Debug for HeldTo<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids = self.properties.iter().map(|property| property.id);
        write!(f, "{} held to ", self.app.name())?;
        f.debug_list().entries(ids).finish()
    }
}

impl App for HeldTo<'_> {
    fn name(&self) -> &str {
        self.app.name()
    }

    fn routes(&self) -> Vec<Route> {
        self.app.routes()
    }

    fn route_selection(&self) -> &str {
        self.app.route_selection()
    }

    fn authorizer(&self) -> Option<String> {
        self.app.authorizer()
    }

    fn table(&self) -> Table {
        self.app.table()
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        self.app.start(function, sdk)
    }

    fn broadcast(&self, data: &str) -> String {
        self.app.broadcast(data)
    }

    fn expected(&self, data: &str) -> String {
        self.app.expected(data)
    }

    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
        self.app.acknowledgement(status, body)
    }

    fn uses_tokio_time(&self) -> bool {
        self.app.uses_tokio_time()
    }

    fn is_stateless(&self) -> bool {
        self.app.is_stateless()
    }

    fn properties(&self) -> Vec<Property> {
        self.properties.clone()
    }

    fn plan(&self, seed: u64) -> Plan {
        self.app.plan(seed)
    }

    fn replay_command(&self) -> Option<&str> {
        self.app.replay_command()
    }

    fn declares(&self, id: &str) -> bool {
        self.app.declares(id)
    }
}
