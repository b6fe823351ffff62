//! Functions: their names, timeouts, memory and variables.

use std::ops::RangeInclusive;
use std::time::Duration;

use stormglass_sim::stack::Function;

use super::{Reader, Resource};
use crate::node::Node;
use crate::problem::Mistake;

/// The limits of Lambda, in seconds and in MB.
const TIMEOUTS_S: RangeInclusive<u64> = 1..=900;
const MEMORY_MB: RangeInclusive<u32> = 128..=10_240;

const READ: [&str; 5] = ["Environment", "FunctionName", "MemorySize", "Role", "Timeout"];

/// The properties that change nothing in a simulation, which starts handlers by name. A function
/// without a role of the template may do everything.
const WITHOUT_EFFECT: [&str; 13] = [
    "Architectures",
    "Code",
    "CodeUri",
    "Description",
    "Handler",
    "ImageUri",
    "Layers",
    "LoggingConfig",
    "PackageType",
    "Policies",
    "Runtime",
    "Tags",
    "Tracing",
];

impl<'a> Reader<'a> {
    pub(super) fn read_function(&mut self, resource: Resource<'a>) -> Result<(), Mistake> {
        self.warn_of_others(resource, &READ, &WITHOUT_EFFECT);
        let name = self.evaluation.name_of(resource.id, resource.node.line)?;
        if self.stack.functions.iter().any(|known| known.name == name) {
            let what = format!("a second function is called {name}");
            return Err(Mistake::new(resource.node.line, what));
        }
        let mut function = Function::new(&name);
        if let Some(timeout) = self.setting(resource, "Timeout") {
            function.timeout = Duration::from_secs(self.within(timeout, &TIMEOUTS_S)?);
        }
        if let Some(memory) = self.setting(resource, "MemorySize") {
            function.memory_mb = self.within(memory, &MEMORY_MB)?;
        }
        // A function's own variables go before those of all functions.
        let of_all = self.global(resource, "Environment");
        for environment in [of_all, resource.property("Environment")].into_iter().flatten() {
            let variables = environment.get("Variables").map_or(&[][..], Node::entries);
            for (name, value) in variables {
                match self.evaluation.scalar(value) {
                    Ok(value) => function = function.environment(name, &value),
                    Err(mistake) => {
                        let what = format!("{}, so the variable {name} is not set", mistake.what);
                        self.warn(resource, Mistake::new(mistake.line, what));
                    }
                }
            }
        }
        function.role = self.role_of(resource)?;
        self.stack.functions.push(function);
        Ok(())
    }

    /// Returns a property of a function, or of all functions.
    fn setting(&self, resource: Resource<'a>, name: &str) -> Option<&'a Node> {
        resource.property(name).or_else(|| self.global(resource, name))
    }

    /// Returns a property that a function of SAM shares with all others.
    fn global(&self, resource: Resource<'_>, name: &str) -> Option<&'a Node> {
        let globals = self.evaluation.template.section("Globals");
        let (_, of_functions) = globals.iter().find(|(kind, _)| kind == "Function")?;
        of_functions.get(name).filter(|_| resource.kind.starts_with("AWS::Serverless::"))
    }
}
