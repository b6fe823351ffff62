//! The reader: from the resources of a template to the parts of a stack.

mod functions;
mod gateway;
mod properties;
mod roles;
mod tables;

use stormglass_aws::gateway::Stage;
use stormglass_sim::stack::Stack;

use crate::evaluation::Evaluation;
use crate::node::Node;
use crate::problem::{Mistake, Problem};
use crate::values::{
    API, AUTHORIZER, FUNCTIONS, INTEGRATION, ROUTE, ROUTE_RESPONSE, STAGE, TABLE, is_websocket,
    kind_of,
};

/// The resources that change nothing in a simulation.
const WITHOUT_EFFECT: [&str; 7] = [
    "AWS::ApiGateway::Account",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
];

/// The stack of a template, and the parts that are left out of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The stack.
    pub stack: Stack,
    /// The parts of the template that the stack does not have, in the order of the file.
    pub warnings: Vec<Problem>,
}

impl Evaluation<'_> {
    /// Reads the stack that the template describes.
    ///
    /// # Errors
    ///
    /// If the rules of the template refuse the parameters, or a part that a simulation needs is not
    /// understood.
    pub fn stack(&self) -> Result<Reading, Problem> {
        let refusals = self.refusals_of_rules();
        let refusals = refusals.map_err(|mistake| mistake.of_template(&self.template.file))?;
        match refusals.into_iter().next() {
            Some(refusal) => Err(refusal.within(&self.template.file, None)),
            None => Reading::of(self),
        }
    }
}

impl Reading {
    fn of(evaluation: &Evaluation<'_>) -> Result<Reading, Problem> {
        let mut reader = Reader { evaluation, stack: Stack::new(), warnings: Vec::new() };
        for resource in reader.resources() {
            let read = match resource.kind {
                kind if FUNCTIONS.contains(&kind) => reader.read_function(resource),
                TABLE => reader.read_table(resource),
                STAGE => reader.check_stage(resource),
                API | INTEGRATION | ROUTE | ROUTE_RESPONSE | AUTHORIZER => Ok(()),
                kind if WITHOUT_EFFECT.contains(&kind) => Ok(()),
                "" => Err(Mistake::new(resource.node.line, "`Type` is missing")),
                kind => {
                    let what =
                        format!("the type {kind} is not read, so nothing of it is simulated");
                    reader.warn(resource, Mistake::new(resource.node.line, what));
                    Ok(())
                }
            };
            read.map_err(|mistake| reader.refusal(resource, mistake))?;
        }
        // Routes lead to functions, so the functions come first.
        reader.read_gateway()?;
        let Reader { stack, mut warnings, .. } = reader;
        warnings.sort_by_key(|warning| warning.line);
        // Several routes may lead to one integration.
        warnings.dedup();
        Ok(Reading { stack, warnings })
    }
}

/// A stack that is being read.
struct Reader<'a> {
    evaluation: &'a Evaluation<'a>,
    stack: Stack,
    warnings: Vec<Problem>,
}

/// A resource of the template.
#[derive(Clone, Copy)]
struct Resource<'a> {
    id: &'a str,
    kind: &'a str,
    node: &'a Node,
}

impl<'a> Reader<'a> {
    fn resources(&self) -> Vec<Resource<'a>> {
        let resources = self.evaluation.resources.iter();
        resources.map(|(id, node)| Resource { id, kind: kind_of(node), node }).collect()
    }

    fn of_kind(&self, kind: &str) -> Vec<Resource<'a>> {
        self.resources().into_iter().filter(|resource| resource.kind == kind).collect()
    }

    fn problem(&self, resource: Resource<'_>, mistake: Mistake) -> Problem {
        mistake.within(&self.evaluation.template.file, Some(resource.id))
    }

    /// Returns a mistake as an error, with the consequence that it has.
    fn refusal(&self, resource: Resource<'_>, mistake: Mistake) -> Problem {
        let consequence = match resource.kind {
            kind if FUNCTIONS.contains(&kind) => "the function cannot be started",
            TABLE => "the table cannot be created",
            ROUTE => "no function takes the messages of the route",
            API => "messages find no route",
            STAGE => "the name of the stage is unknown",
            _ => "nothing of it can be simulated",
        };
        let what = format!("{}, so {consequence}", mistake.what);
        self.problem(resource, Mistake { what, ..mistake })
    }

    fn warn(&mut self, resource: Resource<'_>, mistake: Mistake) {
        let warning = self.problem(resource, mistake);
        self.warnings.push(warning);
    }

    /// Warns of the properties that are neither `read` nor without an effect in a simulation.
    fn warn_of_others(&mut self, resource: Resource<'_>, read: &[&str], without_effect: &[&str]) {
        for (name, value) in resource.properties() {
            if !read.contains(&name.as_str()) && !without_effect.contains(&name.as_str()) {
                let what = format!("`{name}` is not read, so a simulation goes on without it");
                self.warn(resource, Mistake::new(value.line, what));
            }
        }
    }

    /// Warns of a stage that has another name than the one of the simulator.
    fn check_stage(&mut self, stage: Resource<'_>) -> Result<(), Mistake> {
        let name = self.required(stage, "StageName")?;
        let simulated = Stage::default().name;
        let is_read = stage.property("ApiId").is_some_and(|api| self.is_of_websockets(api));
        if is_read && name != simulated {
            let what = format!("the stage is called {name}, but {simulated} in a simulation");
            self.warn(stage, Mistake::new(stage.node.line, what));
        }
        Ok(())
    }

    /// Reports whether a value is a reference to an API of WebSockets.
    fn is_of_websockets(&self, api: &Node) -> bool {
        self.of_kind(API)
            .into_iter()
            .any(|known| is_websocket(known.node) && api.refers_to(known.id))
    }
}
