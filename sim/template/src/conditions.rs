//! Conditions, and the rules that parameters must keep.

use crate::evaluation::Evaluation;
use crate::node::Node;
use crate::problem::Mistake;

impl Evaluation<'_> {
    /// Reports whether the condition holds that a value names.
    pub(crate) fn is(&self, name: &Node) -> Result<bool, Mistake> {
        let no_name = || Mistake::new(name.line, "this is no name of a condition");
        self.condition(name.text().ok_or_else(no_name)?, name.line, &mut Vec::new())
    }

    /// Reports whether the condition of this name holds, which a value at `line` refers to. `path`
    /// has the conditions that led to it.
    pub(crate) fn condition(
        &self,
        name: &str,
        line: usize,
        path: &mut Vec<String>,
    ) -> Result<bool, Mistake> {
        if path.iter().any(|earlier| earlier == name) {
            return Err(Mistake::new(line, format!("the condition `{name}` refers to itself")));
        }
        let mut conditions = self.template.section("Conditions").iter();
        let condition = conditions.find(|(known, _)| known == name);
        let unknown = || Mistake::new(line, format!("there is no condition `{name}`"));
        let (_, condition) = condition.ok_or_else(unknown)?;
        path.push(name.to_owned());
        let holds = self.holds(condition, path);
        path.pop();
        holds
    }

    /// Returns the assertions of rules that do not hold, with their descriptions.
    pub(crate) fn refusals_of_rules(&self) -> Result<Vec<Mistake>, Mistake> {
        let mut refusals = Vec::new();
        for (_, rule) in self.template.section("Rules") {
            let applies = match rule.get("RuleCondition") {
                Some(condition) => self.holds(condition, &mut Vec::new())?,
                None => true,
            };
            let assertions = rule.get("Assertions").map_or(&[][..], Node::items);
            for assertion in assertions.iter().filter(|_| applies) {
                let missing = || Mistake::new(assertion.line, "the assertion has no `Assert`");
                let assert = assertion.get("Assert").ok_or_else(missing)?;
                if !self.holds(assert, &mut Vec::new())? {
                    let description = assertion.get("AssertDescription").and_then(Node::text);
                    let description = description.unwrap_or("the parameters break this rule");
                    refusals.push(Mistake::new(assertion.line, description));
                }
            }
        }
        Ok(refusals)
    }

    fn holds(&self, node: &Node, path: &mut Vec<String>) -> Result<bool, Mistake> {
        let none = || Mistake::new(node.line, "this is no condition");
        let (function, argument) = node.intrinsic().ok_or_else(none)?;
        match (function, argument.items()) {
            ("Condition", _) => {
                let name = argument.text().ok_or_else(none)?;
                self.condition(name, node.line, path)
            }
            ("Fn::Not", [condition]) => Ok(!self.holds(condition, path)?),
            ("Fn::And", conditions) => {
                let mut all = true;
                for condition in conditions {
                    all &= self.holds(condition, path)?;
                }
                Ok(all)
            }
            ("Fn::Or", conditions) => {
                let mut any = false;
                for condition in conditions {
                    any |= self.holds(condition, path)?;
                }
                Ok(any)
            }
            ("Fn::Equals", [one, other]) => Ok(self.scalar(one)? == self.scalar(other)?),
            _ => Err(Mistake::new(node.line, format!("this `{function}` is no condition"))),
        }
    }
}
