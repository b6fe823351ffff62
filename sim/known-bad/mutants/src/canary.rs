//! The canary: an application that fails on seeds that are known beforehand.

use stormglass_sim::case::Plan;
use stormglass_sim::search::generate;
use stormglass_sim::{App, Handler, Route, Sdk, Table};
use stormglass_spec::history::{Acknowledgement, Event, What};
use stormglass_spec::ledger::Ledger;
use stormglass_spec::{Kind, Monitor, Property, Violation, properties};

use crate::{handlers, mutants};

/// The client that the canary cannot stand: the last one of the plans with the most clients.
const CLIENT: &str = "hal";

/// Our handlers with nothing wrong in them, held to one more promise that nobody can keep: that a
/// certain client never asks for a connection.
///
/// Whether it does is up to the plan alone, whatever a schedule has in store. So an exploration
/// must report exactly the seeds whose plans have that client, about one in ten. If it reports
/// others, its silence about an application means nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Canary;

/// The promise that nobody can keep.
pub const CANARY: Property = Property {
    id: "canary",
    kind: Kind::Always,
    promise: "No client called hal asks for a connection.",
    reason: "Whether it does is known beforehand, which puts those who report it to the test.",
    sources: &[],
    monitor: || Box::new(Watch { times: 0 }),
};

impl Canary {
    /// Whether it fails on the plan of this seed.
    pub fn fails_on(seed: u64) -> bool {
        let Plan { clients, .. } = generate::plan(seed);
        clients.iter().any(|client| client.name.as_ref() == CLIENT)
    }
}

impl App for Canary {
    fn name(&self) -> &str {
        "canary"
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
        mutants::base::start(function, sdk)
    }

    fn broadcast(&self, data: &str) -> String {
        handlers::broadcast(data)
    }

    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
        handlers::acknowledgement(status, body)
    }

    fn properties(&self) -> Vec<Property> {
        properties::ALL.into_iter().chain([CANARY]).collect()
    }
}

#[derive(Debug)]
struct Watch {
    times: u64,
}

impl Monitor for Watch {
    fn observe(&mut self, event: &Event, _: &Ledger) -> Result<(), Violation> {
        let (What::HandshakeAsked { connection } | What::HandshakeRefused { connection, .. }) =
            &event.what
        else {
            return Ok(());
        };
        self.times += 1;
        let digits = |c: char| c.is_ascii_digit();
        if connection.trim_end_matches(digits) != CLIENT {
            return Ok(());
        }
        let because = format!("{connection} asked for a connection in step {}.", event.number);
        Err(Violation::new(because, [connection.clone()]))
    }

    fn times(&self) -> u64 {
        self.times
    }
}
