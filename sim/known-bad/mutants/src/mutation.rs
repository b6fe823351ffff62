//! A mutation of our handlers, as an application.

use std::fmt;

use stormglass_sim::{App, Handler, Route, Sdk, Table};
use stormglass_spec::history::Acknowledgement;

use crate::{handlers, mutants};

/// Our handlers with one thing wrong in them.
///
/// Each is made when this crate is built: a patch of `sim/known-bad/mutations` is applied to the
/// source of the handlers. Whatever the patch does not touch is what is deployed.
#[derive(Clone, Copy)]
pub struct Mutation {
    pub(crate) name: &'static str,
    /// The id of the promise that it must break.
    pub promise: &'static str,
    /// What a programmer got wrong.
    pub mistake: &'static str,
    /// The file that the patch changes.
    pub file: &'static str,
    pub(crate) start: fn(&str, &Sdk) -> Box<dyn Handler>,
}

impl Mutation {
    /// Every mutation, by promise and name.
    pub fn all() -> &'static [Mutation] {
        &mutants::ALL
    }
}

impl App for Mutation {
    fn name(&self) -> &str {
        self.name
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
        (self.start)(function, sdk)
    }

    fn broadcast(&self, data: &str) -> String {
        handlers::broadcast(data)
    }

    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
        handlers::acknowledgement(status, body)
    }
}

impl fmt::Debug for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mutation").field(&self.name).finish()
    }
}
