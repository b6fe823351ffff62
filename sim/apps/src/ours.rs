//! Our handlers as an application: as they are deployed, with a mutation, or with one more promise.

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;
use stormglass_mutants::Mutation;
use stormglass_mutants::start::Start;
use stormglass_sim::stack::Stack;
use stormglass_sim::{App, Broadcasts, CommandLine, Handler, Sdk, Vocabulary};
use stormglass_spec::history::{Acknowledgement, Counts};
use stormglass_spec::{Property, properties};
use stormglass_template::{Problem, Reading, Template};

use crate::canary::NO_CLIENT_CALLED_HAL;
use crate::command_line::{DEFAULT, command_line};

/// The name of the deployed stack, with which the names of its functions and of its table begin.
const STACK_NAME: &str = "stormglass";

/// The stack of the template, with its defaults.
static STACK: LazyLock<Stack> =
    LazyLock::new(|| reading(&[]).expect("the template can be read with its defaults").stack);

/// Our handlers with the stack and the wire format that they are deployed with.
#[derive(Clone, Copy)]
pub struct OurHandlers {
    name: &'static str,
    start: Start,
    /// True if the handlers are the deployed ones, without any change.
    is_original: bool,
    /// The promises beyond those of the specification.
    further_promises: &'static [Property],
}

/// The production handlers.
pub static STORMGLASS: OurHandlers =
    OurHandlers { name: DEFAULT, start: original::start, is_original: true, further_promises: &[] };

/// The production handlers with one more promise, which they cannot keep.
///
/// See [`canary::fails_on`](crate::canary::fails_on).
pub static CANARY: OurHandlers = OurHandlers {
    name: "canary",
    start: original::start,
    is_original: false,
    further_promises: &[NO_CLIENT_CALLED_HAL],
};

/// Returns the mutations as applications, in the order of [`Mutation::all`].
pub fn mutants() -> &'static [OurHandlers] {
    static MUTANTS: LazyLock<Vec<OurHandlers>> =
        LazyLock::new(|| Mutation::all().iter().map(OurHandlers::from_mutation).collect());
    &MUTANTS
}

/// Reads the stack of `handlers/template.yaml` with these parameters, and with the defaults of all
/// others.
///
/// The stage is that of the simulator: the template's own default is for deployments.
///
/// # Errors
///
/// If the template cannot be read, has no such parameter, or refuses their values.
pub fn reading(parameters: &[(&str, &str)]) -> Result<Reading, Problem> {
    let text = include_str!("../../../handlers/template.yaml");
    let template = Template::parse("handlers/template.yaml", text)?;
    let parameters = [&[("StageName", "prod")], parameters].concat();
    template.with(STACK_NAME, &parameters)?.stack()
}

impl OurHandlers {
    fn from_mutation(mutation: &Mutation) -> OurHandlers {
        let Mutation { name, start, .. } = *mutation;
        OurHandlers { name, start, is_original: false, further_promises: &[] }
    }
}

impl App for OurHandlers {
    fn name(&self) -> &str {
        self.name
    }

    /// The stack of the template. A mutation may do everything: a permission that its mistake would
    /// have come with must not hide the mistake.
    fn stack(&self) -> Stack {
        let mut stack = STACK.clone();
        if !self.is_original {
            stack.functions.iter_mut().for_each(|function| function.role = None);
        }
        stack
    }

    fn uses_tokio_time(&self) -> bool {
        false
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let binary = function.strip_prefix(STACK_NAME).and_then(|rest| rest.strip_prefix('-'));
        (self.start)(binary.unwrap_or(function), sdk)
    }

    /// Only the original is known to be stateless: a mutation may keep state.
    fn is_stateless(&self) -> bool {
        self.is_original
    }

    fn properties(&self) -> Vec<Property> {
        properties::ALL.iter().chain(self.further_promises).cloned().collect()
    }

    fn command_line(&self) -> Option<CommandLine> {
        Some(command_line(self))
    }

    /// Every read of the production handlers is consistent.
    fn declares(&self, id: &str) -> bool {
        !self.is_original || id != "stale-read"
    }

    /// All valid messages are broadcasts.
    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new()
    }

    fn is_portable(&self) -> bool {
        true
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        Some(self)
    }
}

impl Broadcasts for OurHandlers {
    fn message(&self, data: &str) -> String {
        format!(r#"{{"action":"broadcast","data":{data}}}"#)
    }

    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
        let reply: BroadcastReply = serde_json::from_str(body.filter(|_| status == 200)?).ok()?;
        let BroadcastCounts { delivered, gone, pending, failed, complete } = reply.ack;
        let counts = Counts { delivered, gone, pending, failed, complete };
        Some(Acknowledgement { counts: Some(counts) })
    }
}

impl fmt::Debug for OurHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OurHandlers").field(&self.name).finish()
    }
}

/// The part of a reply of the `broadcast` route that acknowledges the broadcast.
#[derive(Deserialize)]
struct BroadcastReply {
    ack: BroadcastCounts,
}

#[derive(Deserialize)]
struct BroadcastCounts {
    delivered: u64,
    gone: u64,
    pending: u64,
    failed: u64,
    complete: bool,
}

mod original {
    stormglass_mutants::handlers_start!(stormglass_handlers);
}
