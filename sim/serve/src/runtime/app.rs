//! A project as an `App`.

use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;
use stormglass_sim::stack::Stack;
use stormglass_sim::{App, Broadcasts, Handler, Sdk, handler};

/// An application of which only the name and the stack are known. Its broadcasts are taken to look
/// as they do in most applications: an action and data.
#[derive(Debug)]
pub(super) struct ProjectApp {
    pub(super) name: String,
    pub(super) stack: Stack,
}

impl App for ProjectApp {
    fn name(&self) -> &str {
        &self.name
    }

    fn stack(&self) -> Stack {
        self.stack.clone()
    }

    /// Returns a handler that fails: the function is a process.
    fn start(&self, function: &str, _: &Sdk) -> Box<dyn Handler> {
        let error = format!("{function} is a process, and no handler");
        handler(move |_: LambdaEvent<Value>| {
            let error = error.clone();
            async move { Err::<Value, _>(Error::from(error)) }
        })
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        Some(self)
    }
}

impl Broadcasts for ProjectApp {
    fn message(&self, data: &str) -> String {
        format!(r#"{{"action":"broadcast","data":{data}}}"#)
    }
}
