//! Handlers that do almost nothing, with a promise that no search can test.

use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::stack::{Route, Stack, Table};
use stormglass_sim::{App, CommandLine, Handler, Sdk, handler};
use stormglass_spec::history::Event;
use stormglass_spec::{Ledger, Monitor, MonitorMaker, Property, PropertyKind, Violation};

use crate::command_line::command_line;

/// Handlers that accept every client, store nothing, and make a promise that no search can test.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DrowsyApp;

const NEVER_TESTED: Property = Property {
    id: "never-tested",
    kind: PropertyKind::Always,
    promise: "No search tests this.",
    reason: "A search that never tested a promise must not say that it holds.",
    sources: &[],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(NeverTestedMonitor)),
};

impl App for DrowsyApp {
    fn name(&self) -> &str {
        "drowsy"
    }

    fn stack(&self) -> Stack {
        Stack::new()
            .route(Route::one_way("$connect", "connect"))
            .table(Table::new("connections", "connectionId"))
    }

    fn start(&self, _: &str, _: &Sdk) -> Box<dyn Handler> {
        handler(|_: LambdaEvent<Value>| async { Ok::<_, Error>(json!({ "statusCode": 200 })) })
    }

    fn declares(&self, _: &str) -> bool {
        true
    }

    fn properties(&self) -> Vec<Property> {
        vec![NEVER_TESTED]
    }

    fn command_line(&self) -> Option<CommandLine> {
        Some(command_line(self))
    }
}

#[derive(Debug)]
struct NeverTestedMonitor;

impl Monitor for NeverTestedMonitor {
    fn observe(&mut self, _: &Event, _: &Ledger) -> Result<(), Violation> {
        Ok(())
    }

    fn times(&self) -> u64 {
        0
    }
}
