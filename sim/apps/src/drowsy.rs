//! Handlers that do next to nothing, held to what no search can meet.

use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::{App, Handler, Route, Sdk, Table, handler};
use stormglass_spec::history::Event;
use stormglass_spec::{Ledger, Monitor, Property, PropertyKind, Violation};

/// Lets everybody in, stores nothing, and makes a promise that nothing puts to the test.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Drowsy;

const NEVER_TESTED: Property = Property {
    id: "never-tested",
    kind: PropertyKind::Always,
    promise: "Nothing puts this to the test.",
    reason: "A search that never tested a promise must not say that it holds.",
    sources: &[],
    monitor: || Box::new(NeverTested),
};

impl App for Drowsy {
    fn name(&self) -> &str {
        "drowsy"
    }

    fn routes(&self) -> Vec<Route> {
        vec![Route::one_way("$connect", "connect")]
    }

    fn table(&self) -> Table {
        Table::new("connections", "connectionId")
    }

    fn start(&self, _: &str, _: &Sdk) -> Box<dyn Handler> {
        handler(|_: LambdaEvent<Value>| async { Ok::<_, Error>(json!({ "statusCode": 200 })) })
    }

    fn broadcast(&self, data: &str) -> String {
        data.to_owned()
    }

    fn properties(&self) -> Vec<Property> {
        vec![NEVER_TESTED]
    }
}

#[derive(Debug)]
struct NeverTested;

impl Monitor for NeverTested {
    fn observe(&mut self, _: &Event, _: &Ledger) -> Result<(), Violation> {
        Ok(())
    }

    fn times(&self) -> u64 {
        0
    }
}
