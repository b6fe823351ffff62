//! Handlers that do not do the same twice: what the check of determinism must find.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::LambdaEvent;
use stormglass_sim::{App, Handler, Invocation, Route, Sdk, Table};

use crate::Tutorial;

/// How many clients all unsteady handlers of this process have let in.
static CLIENTS: AtomicU64 = AtomicU64::new(0);

/// The tutorial with a `$connect` function whose answer holds a number from outside the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsteady {
    /// The number counts clients, from one run to the next; every other one has it read a row more.
    Counter,
    /// The number is the length of an environment variable.
    Environment,
    /// The number is the id of the process.
    Process,
}

impl Unsteady {
    /// Every kind of them.
    pub const ALL: [Unsteady; 3] = [Unsteady::Counter, Unsteady::Environment, Unsteady::Process];

    fn number(self) -> u64 {
        match self {
            Unsteady::Counter => CLIENTS.fetch_add(1, Ordering::Relaxed),
            Unsteady::Environment => {
                let zone = std::env::var("TZ").unwrap_or_default();
                u64::try_from(zone.len()).unwrap_or(u64::MAX)
            }
            Unsteady::Process => u64::from(std::process::id()),
        }
    }
}

impl App for Unsteady {
    fn name(&self) -> &str {
        match self {
            Unsteady::Counter => "unsteady-counter",
            Unsteady::Environment => "unsteady-environment",
            Unsteady::Process => "unsteady-process",
        }
    }

    fn routes(&self) -> Vec<Route> {
        Tutorial.routes()
    }

    fn table(&self) -> Table {
        Tutorial.table()
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let inner = Tutorial.start(function, sdk);
        if function != "connect" {
            return inner;
        }
        let table = aws_sdk_dynamodb::Client::from_conf(sdk.dynamodb().build());
        Box::new(Connect { inner, table, kind: *self })
    }

    fn broadcast(&self, data: &str) -> String {
        Tutorial.broadcast(data)
    }

    fn declares(&self, id: &str) -> bool {
        Tutorial.declares(id)
    }
}

struct Connect {
    inner: Box<dyn Handler>,
    table: aws_sdk_dynamodb::Client,
    kind: Unsteady,
}

impl Handler for Connect {
    fn invoke(&self, event: LambdaEvent<String>) -> Invocation<'_> {
        Box::pin(async move {
            let number = self.kind.number();
            if self.kind == Unsteady::Counter && number % 2 == 1 {
                let key = AttributeValue::S("nobody".to_owned());
                let table = Tutorial.table().name;
                let get = self.table.get_item().table_name(table).key("connectionId", key);
                // Whatever comes of it is of no use to anybody.
                let _ = get.send().await;
            }
            let response = self.inner.invoke(event).await?;
            Ok(response.replace("Connected.", &format!("Connected as number {number}.")))
        })
    }
}
