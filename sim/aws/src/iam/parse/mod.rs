//! The reader of policy documents.

mod value;
mod warning;

use serde_json::{Map, Value};

use super::condition::{Condition, Test};
use super::context::{is_known, is_multivalued};
use super::operator::{Family, Operator};
use super::pattern::{Pattern, Syntax};
use super::policy::Policy;
use super::statement::{Effect, Selection, Statement};
pub use value::PolicyError;
use value::{check_members, error, object, one_or_many, scalar, text};
pub use warning::{PolicyWarning, WarningReason};

const POLICY_MEMBERS: [&str; 3] = ["Version", "Id", "Statement"];

const STATEMENT_MEMBERS: [&str; 7] =
    ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

impl Policy {
    /// Parses a policy document. Returns the policy with the warnings about it.
    ///
    /// # Errors
    ///
    /// If AWS refuses the document.
    pub fn parse(document: &Value) -> Result<(Policy, Vec<PolicyWarning>), PolicyError> {
        let members = object(document, "the policy")?;
        check_members(members, &POLICY_MEMBERS, "")?;
        let mut parser = Parser { has_variables: has_variables(members)?, warnings: Vec::new() };
        let Some(listed) = members.get("Statement") else {
            return Err(error("Statement", "it is missing; a policy has at least one statement"));
        };
        let mut statements = Vec::new();
        match listed {
            Value::Array(listed) if listed.is_empty() => {
                return Err(error("Statement", "it is empty; a policy has at least one statement"));
            }
            Value::Array(listed) => {
                for (index, statement) in listed.iter().enumerate() {
                    statements.push(parser.statement(statement, &format!("Statement[{index}]"))?);
                }
            }
            statement => statements.push(parser.statement(statement, "Statement")?),
        }
        Ok((Policy { statements }, parser.warnings))
    }
}

/// Reports whether the version of a policy has variables.
fn has_variables(members: &Map<String, Value>) -> Result<bool, PolicyError> {
    match members.get("Version") {
        Some(version) if version == "2012-10-17" => Ok(true),
        Some(version) if version != "2008-10-17" => {
            Err(error("Version", &format!("it is {version}; write \"2012-10-17\"")))
        }
        // AWS takes a policy without a version for one of the old version.
        Some(_) | None => Ok(false),
    }
}

/// A reader of one document.
struct Parser {
    has_variables: bool,
    warnings: Vec<PolicyWarning>,
}

impl Parser {
    fn statement(&mut self, value: &Value, place: &str) -> Result<Statement, PolicyError> {
        let members = object(value, place)?;
        for name in ["Principal", "NotPrincipal"] {
            if members.contains_key(name) {
                let problem = "the policy of a role names no principal; take this member out";
                return Err(error(&format!("{place}.{name}"), problem));
            }
        }
        check_members(members, &STATEMENT_MEMBERS, place)?;
        let sid = match members.get("Sid") {
            None => None,
            Some(sid) => Some(text(sid, &format!("{place}.Sid"))?.to_owned()),
        };
        let effect = effect(members.get("Effect"), &format!("{place}.Effect"))?;
        let actions = self.selection(members, place, "Action")?;
        let resources = self.selection(members, place, "Resource")?;
        let conditions = match members.get("Condition") {
            None => Vec::new(),
            Some(value) => self.conditions(value, &format!("{place}.Condition"))?,
        };
        Ok(Statement { sid, effect, actions, resources, conditions })
    }

    /// Parses the member with a name, or the one with `Not` before it.
    fn selection(
        &mut self,
        members: &Map<String, Value>,
        place: &str,
        name: &str,
    ) -> Result<Selection, PolicyError> {
        let not_name = format!("Not{name}");
        let (value, name, is_inverted) = match (members.get(name), members.get(&not_name)) {
            (Some(value), None) => (value, name, false),
            (None, Some(value)) => (value, not_name.as_str(), true),
            (Some(_), Some(_)) => {
                let problem = format!("{name} is there as well; a statement has one of them");
                return Err(error(&format!("{place}.{not_name}"), &problem));
            }
            (None, None) => {
                let problem = format!("it is missing; a statement has {name} or {not_name}");
                return Err(error(&format!("{place}.{name}"), &problem));
            }
        };
        let place = format!("{place}.{name}");
        let mut patterns = Vec::new();
        for (place, value) in one_or_many(value, &place) {
            let text = text(value, &place)?;
            patterns.push(if name.ends_with("Action") {
                action(text, &place)?
            } else {
                self.resource(text, &place)?
            });
        }
        if patterns.is_empty() {
            return Err(error(&place, "it is empty; name at least one, or `*` for all"));
        }
        Ok(Selection { is_inverted, patterns })
    }

    fn resource(&mut self, text: &str, place: &str) -> Result<Pattern, PolicyError> {
        // A pattern may begin with a wildcard in place of `arn`.
        if !text.starts_with("arn:") && !text.starts_with('*') {
            let problem = format!("`{text}` is no ARN; write one, or `*` for every resource");
            return Err(error(place, &problem));
        }
        Ok(self.pattern(text, Syntax::Resource, place))
    }

    fn conditions(&mut self, value: &Value, place: &str) -> Result<Vec<Condition>, PolicyError> {
        let mut conditions = Vec::new();
        for (operator, keys) in object(value, place)? {
            let place = format!("{place}.{operator}");
            for (key, values) in object(keys, &place)? {
                let place = format!("{place}.{key}");
                conditions.push(self.condition(operator, key, values, &place)?);
            }
        }
        Ok(conditions)
    }

    fn condition(
        &mut self,
        operator_name: &str,
        key: &str,
        values: &Value,
        place: &str,
    ) -> Result<Condition, PolicyError> {
        let operator = Operator::parse(operator_name);
        let key = key.to_ascii_lowercase();
        match operator.family {
            Family::Unmodelled => self.warn(place, WarningReason::OperatorNotModelled),
            Family::Unknown => self.warn(place, WarningReason::UnknownOperator),
            _ if !is_known(&key) => self.warn(place, WarningReason::UnknownKey),
            Family::Null => {}
            _ if is_multivalued(&key) && operator.quantifier.is_none() => {
                self.warn(place, WarningReason::NoQuantifier);
            }
            _ => {}
        }
        let mut texts = Vec::new();
        for (place, value) in one_or_many(values, place) {
            texts.push((scalar(value, &place)?, place));
        }
        let Operator { quantifier, if_exists, is_negated, family } = operator;
        let test = self.test(family, &texts)?;
        Ok(Condition { key, quantifier, if_exists, is_negated, test })
    }

    /// Parses the values of a condition, each with its place.
    fn test(&mut self, family: Family, values: &[(String, String)]) -> Result<Test, PolicyError> {
        let syntax = match family {
            Family::StringEquals | Family::StringEqualsIgnoreCase => Syntax::Exact,
            Family::StringLike => Syntax::Wildcards,
            Family::Arn => Syntax::Arn,
            Family::Numeric(comparison) => {
                let number = |(text, place): &(String, String)| {
                    let problem = || error(place, &format!("`{text}` is no number"));
                    text.parse().map_err(|_| problem())
                };
                let numbers = values.iter().map(number).collect::<Result<Vec<f64>, _>>()?;
                return Ok(Test::Number { comparison, numbers });
            }
            Family::Bool => return Ok(Test::Bool(truths(values)?)),
            Family::Null => return Ok(Test::IsMissing(truths(values)?)),
            Family::Unmodelled | Family::Unknown => return Ok(Test::Unmodelled),
        };
        let ignores_case = family == Family::StringEqualsIgnoreCase;
        let patterns = values.iter().map(|(text, place)| self.pattern(text, syntax, place));
        Ok(Test::Text { patterns: patterns.collect(), ignores_case })
    }

    /// Parses a pattern, and warns of what the model cannot know about it.
    fn pattern(&mut self, text: &str, syntax: Syntax, place: &str) -> Pattern {
        let pattern = Pattern::new(text, syntax, self.has_variables);
        let variables: Vec<&str> = pattern.variables().map(|one| one.key.as_str()).collect();
        for key in variables.iter().filter(|key| !is_known(&key.to_ascii_lowercase())) {
            self.warn(place, WarningReason::UnknownVariable((*key).to_owned()));
        }
        if !self.has_variables && text.contains("${") {
            self.warn(place, WarningReason::VersionWithoutVariables);
        }
        // The value of a variable may hold the parts that seem to be missing.
        if syntax == Syntax::Arn && variables.is_empty() && text.matches(':').count() < 5 {
            self.warn(place, WarningReason::NoArn);
        }
        pattern
    }

    fn warn(&mut self, place: &str, reason: WarningReason) {
        self.warnings.push(PolicyWarning { place: place.to_owned(), reason });
    }
}

fn effect(value: Option<&Value>, place: &str) -> Result<Effect, PolicyError> {
    match value {
        Some(effect) if effect == "Allow" => Ok(Effect::Allow),
        Some(effect) if effect == "Deny" => Ok(Effect::Deny),
        Some(effect) => Err(error(place, &format!("it is {effect}; write \"Allow\" or \"Deny\""))),
        None => Err(error(place, "it is missing; write \"Allow\" or \"Deny\"")),
    }
}

/// Parses an action. Actions have no variables.
fn action(text: &str, place: &str) -> Result<Pattern, PolicyError> {
    let is_named = text.split_once(':').is_some_and(|(service, name)| {
        !service.is_empty() && !name.is_empty() && !service.contains(['*', '?'])
    });
    if text != "*" && !is_named {
        let problem =
            format!("`{text}` is no action; write SERVICE:NAME, like `sqs:SendMessage`, or `*`");
        return Err(error(place, &problem));
    }
    Ok(Pattern::new(text, Syntax::Wildcards, false))
}

fn truths(values: &[(String, String)]) -> Result<Vec<bool>, PolicyError> {
    let truth = |(text, place): &(String, String)| match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(error(place, &format!("`{text}` is neither `true` nor `false`"))),
    };
    values.iter().map(truth).collect()
}

#[cfg(test)]
mod tests;
