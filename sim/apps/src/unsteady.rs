//! Handlers that are not deterministic, which the check of determinism must find.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::LambdaEvent;
use stormglass_sim::stack::Stack;
use stormglass_sim::{App, Broadcasts, CommandLine, Handler, Invocation, Sdk, Vocabulary};

use crate::Tutorial;
use crate::command_line::command_line;
use crate::tutorial::TABLE;

/// The number of clients that all unsteady handlers of this process have accepted.
static CLIENTS: AtomicU64 = AtomicU64::new(0);

/// The tutorial with a `$connect` function whose answer holds a number from outside the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsteadyApp {
    /// The number counts clients over all runs, and every second client makes it read one more row.
    Counter,
    /// The number is the length of the environment variable `TZ`.
    Environment,
    /// The number is the id of the process.
    Process,
}

impl UnsteadyApp {
    /// Every kind of unsteady handlers.
    pub const ALL: [UnsteadyApp; 3] =
        [UnsteadyApp::Counter, UnsteadyApp::Environment, UnsteadyApp::Process];

    fn number(self) -> u64 {
        match self {
            UnsteadyApp::Counter => CLIENTS.fetch_add(1, Ordering::Relaxed),
            UnsteadyApp::Environment => {
                let zone = std::env::var("TZ").unwrap_or_default();
                u64::try_from(zone.len()).unwrap_or(u64::MAX)
            }
            UnsteadyApp::Process => u64::from(std::process::id()),
        }
    }
}

impl App for UnsteadyApp {
    fn name(&self) -> &str {
        match self {
            UnsteadyApp::Counter => "unsteady-counter",
            UnsteadyApp::Environment => "unsteady-environment",
            UnsteadyApp::Process => "unsteady-process",
        }
    }

    fn stack(&self) -> Stack {
        Tutorial.stack()
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let inner = Tutorial.start(function, sdk);
        if function != "connect" {
            return inner;
        }
        let table = aws_sdk_dynamodb::Client::from_conf(sdk.dynamodb().build());
        Box::new(Connect { inner, table, kind: *self })
    }

    fn declares(&self, id: &str) -> bool {
        Tutorial.declares(id)
    }

    fn vocabulary(&self) -> Vocabulary {
        Tutorial.vocabulary()
    }

    fn is_portable(&self) -> bool {
        Tutorial.is_portable()
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        Tutorial.broadcasts()
    }

    fn command_line(&self) -> Option<CommandLine> {
        Some(command_line(self))
    }
}

struct Connect {
    inner: Box<dyn Handler>,
    table: aws_sdk_dynamodb::Client,
    kind: UnsteadyApp,
}

impl Handler for Connect {
    fn invoke(&self, event: LambdaEvent<String>) -> Invocation<'_> {
        Box::pin(async move {
            let number = self.kind.number();
            if self.kind == UnsteadyApp::Counter && number % 2 == 1 {
                let key = AttributeValue::S("nobody".to_owned());
                let get = self.table.get_item().table_name(TABLE).key("connectionId", key);
                // Only the call itself matters, not its answer.
                let _ = get.send().await;
            }
            let response = self.inner.invoke(event).await?;
            Ok(response.replace("Connected.", &format!("Connected as number {number}.")))
        })
    }
}
