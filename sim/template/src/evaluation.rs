//! A template whose parameters have values.

use std::collections::BTreeMap;

use crate::node::{Content, Node};
use crate::problem::{Mistake, Problem};
use crate::template::Template;

/// A template whose parameters have values, so that its conditions are decided.
#[derive(Clone, Debug)]
pub struct Evaluation<'a> {
    pub(crate) template: &'a Template,
    pub(crate) stack_name: String,
    pub(crate) parameters: BTreeMap<&'a str, String>,
    /// The resources whose conditions hold, with every `Fn::If` decided.
    pub(crate) resources: Vec<(String, Node)>,
}

impl Template {
    /// Evaluates the template for a stack of this name, with these parameters and the defaults of
    /// all others.
    ///
    /// # Errors
    ///
    /// If the template has no such parameter, a parameter has neither a value nor a default, or a
    /// condition cannot be evaluated.
    pub fn with(
        &self,
        stack_name: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Evaluation<'_>, Problem> {
        let evaluation = Evaluation::new(self, stack_name, parameters);
        evaluation.map_err(|mistake| mistake.of_template(&self.file))
    }
}

impl<'a> Evaluation<'a> {
    fn new(
        template: &'a Template,
        stack_name: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Evaluation<'a>, Mistake> {
        let mut evaluation = Evaluation {
            template,
            stack_name: stack_name.to_owned(),
            parameters: values(template, parameters)?,
            resources: Vec::new(),
        };
        for (name, condition) in template.section("Conditions") {
            evaluation.condition(name, condition.line, &mut Vec::new())?;
        }
        evaluation.resources = evaluation.members_of("Resources")?;
        Ok(evaluation)
    }

    /// Returns the members of a section whose conditions hold, in the order of the file, with every
    /// `Fn::If` decided and everything else as it is written.
    ///
    /// # Errors
    ///
    /// If there is no such condition.
    pub fn members(&self, section: &str) -> Result<Vec<(String, Node)>, Problem> {
        self.members_of(section).map_err(|mistake| mistake.of_template(&self.template.file))
    }

    /// Returns the reasons for which the rules of the template refuse the parameters.
    ///
    /// # Errors
    ///
    /// If a rule cannot be evaluated.
    pub fn refusals(&self) -> Result<Vec<String>, Problem> {
        let refusals = self.refusals_of_rules();
        let refusals = refusals.map_err(|mistake| mistake.of_template(&self.template.file))?;
        Ok(refusals.into_iter().map(|mistake| mistake.what).collect())
    }

    fn members_of(&self, section: &str) -> Result<Vec<(String, Node)>, Mistake> {
        let mut members = Vec::new();
        for (id, member) in self.template.section(section) {
            let holds = match member.get("Condition") {
                Some(condition) => self.is(condition)?,
                None => true,
            };
            if holds && let Some(member) = self.decided(member)? {
                members.push((id.clone(), member));
            }
        }
        Ok(members)
    }

    /// Returns a value with every `Fn::If` decided, or nothing if that leaves it out.
    fn decided(&self, node: &Node) -> Result<Option<Node>, Mistake> {
        if node.refers_to("AWS::NoValue") {
            return Ok(None);
        }
        if let Some(("Fn::If", arguments)) = node.intrinsic() {
            let [condition, then, otherwise] = arguments.items() else {
                return Err(Mistake::new(node.line, "`Fn::If` has three arguments"));
            };
            return self.decided(if self.is(condition)? { then } else { otherwise });
        }
        let content = match &node.content {
            Content::List(items) => {
                let items = items.iter().map(|item| self.decided(item));
                Content::List(items.filter_map(Result::transpose).collect::<Result<_, _>>()?)
            }
            Content::Map(entries) => {
                let decide = |(key, value): &(String, Node)| {
                    let value = self.decided(value).transpose()?;
                    Some(value.map(|value| (key.clone(), value)))
                };
                Content::Map(entries.iter().filter_map(decide).collect::<Result<_, _>>()?)
            }
            other => other.clone(),
        };
        Ok(Some(Node { line: node.line, content }))
    }
}

/// Returns the values of all parameters: those that are given, and the defaults of the others.
fn values<'a>(
    template: &'a Template,
    given: &[(&str, &str)],
) -> Result<BTreeMap<&'a str, String>, Mistake> {
    let declared = template.section("Parameters");
    if let Some((name, _)) =
        given.iter().find(|(name, _)| declared.iter().all(|(known, _)| known != name))
    {
        let line = declared.first().map_or(1, |(_, parameter)| parameter.line);
        return Err(Mistake::new(line, format!("the template has no parameter `{name}`")));
    }
    let value = |(name, parameter): &'a (String, Node)| {
        let given = given.iter().find(|(given, _)| given == name).map(|(_, value)| *value);
        let default = || parameter.get("Default").and_then(Node::scalar);
        let value = given.map(str::to_owned).or_else(default).ok_or_else(|| {
            let what = format!("the parameter `{name}` has no default: give it a value");
            Mistake::new(parameter.line, what)
        })?;
        Ok((name.as_str(), value))
    };
    declared.iter().map(value).collect()
}
