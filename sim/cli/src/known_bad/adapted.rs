//! An application with other promises, or with other routes.

use std::fmt;

use stormglass_sim::case::{Deployment, Plan};
use stormglass_sim::stack::Stack;
use stormglass_sim::{App, Broadcasts, CommandLine, Handler, Sdk, Upgrade, Vocabulary};
use stormglass_spec::Property;

/// An application with other promises, or with other routes.
#[derive(Clone)]
pub struct AdaptedApp<'a> {
    app: &'a dyn App,
    /// The promises that replace those of the application.
    properties: Option<Vec<Property>>,
    /// True if the response of every function goes back to the client.
    is_two_way: bool,
}

impl<'a> AdaptedApp<'a> {
    /// Adapts an application to make these promises only.
    ///
    /// A run stops at the first promise that it breaks. A promise that always breaks first hides
    /// the others.
    pub fn held_to(app: &'a dyn App, properties: Vec<Property>) -> AdaptedApp<'a> {
        AdaptedApp { app, properties: Some(properties), is_two_way: false }
    }

    /// Adapts an application to send the response of every function back to the client.
    pub const fn two_way(app: &'a dyn App) -> AdaptedApp<'a> {
        AdaptedApp { app, properties: None, is_two_way: true }
    }
}

impl fmt::Debug for AdaptedApp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let properties = self.properties();
        let ids = properties.iter().map(|property| property.id);
        write!(f, "{} held to ", self.app.name())?;
        f.debug_list().entries(ids).finish()
    }
}

impl App for AdaptedApp<'_> {
    fn name(&self) -> &str {
        self.app.name()
    }

    fn stack(&self) -> Stack {
        let mut stack = self.app.stack();
        for route in &mut stack.routes {
            route.is_two_way |= self.is_two_way;
        }
        stack
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        self.app.start(function, sdk)
    }

    fn uses_tokio_time(&self) -> bool {
        self.app.uses_tokio_time()
    }

    fn is_stateless(&self) -> bool {
        self.app.is_stateless()
    }

    fn properties(&self) -> Vec<Property> {
        self.properties.clone().unwrap_or_else(|| self.app.properties())
    }

    fn plan(&self, seed: u64) -> Plan {
        self.app.plan(seed)
    }

    fn command_line(&self) -> Option<CommandLine> {
        self.app.command_line()
    }

    fn declares(&self, id: &str) -> bool {
        self.app.declares(id)
    }

    fn vocabulary(&self) -> Vocabulary {
        self.app.vocabulary()
    }

    fn handshake(&self, client: &str, kind: Option<&str>) -> Upgrade {
        self.app.handshake(client, kind)
    }

    fn deployment(&self) -> Deployment {
        self.app.deployment()
    }

    fn is_portable(&self) -> bool {
        self.app.is_portable()
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        self.app.broadcasts()
    }
}
