//! The resources of a stack that is created with given parameters.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::template;

/// The parameters that turn the authorizer on.
pub(crate) const GUARDED: [(&str, &str); 3] =
    [("JwtSecret", "secret"), ("JwtIssuer", "https://issuer.example"), ("JwtAudience", "chat")];

/// A stack, with its conditions decided. Everything else is as the template has it.
#[derive(Debug)]
pub(crate) struct Stack {
    parameters: BTreeMap<String, Value>,
    template: Value,
    pub(crate) resources: BTreeMap<String, Value>,
}

impl Stack {
    /// The stack that the template's own defaults give.
    pub(crate) fn by_default() -> Stack {
        Stack::with(&[])
    }

    /// The stack that these parameters give.
    pub(crate) fn with(parameters: &[(&str, &str)]) -> Stack {
        let template = template::read();
        let declared = template["Parameters"].as_object().expect("parameters");
        let mut values: BTreeMap<String, Value> =
            declared.iter().map(|(name, is)| (name.clone(), is["Default"].clone())).collect();
        for (name, value) in parameters {
            let known = values.insert(String::from(*name), json!(value));
            assert!(known.is_some(), "the template has no parameter {name}");
        }
        let mut stack = Stack { parameters: values, template, resources: BTreeMap::new() };
        stack.resources = stack.existing("Resources");
        stack
    }

    /// The outputs of the stack.
    pub(crate) fn outputs(&self) -> BTreeMap<String, Value> {
        self.existing("Outputs")
    }

    /// The properties of the resource with this logical id.
    pub(crate) fn properties(&self, id: &str) -> &Value {
        let resource = self.resources.get(id);
        &resource.unwrap_or_else(|| panic!("the stack has no {id}"))["Properties"]
    }

    /// The logical ids of the resources of this type.
    pub(crate) fn ids(&self, kind: &str) -> Vec<&str> {
        let of_kind = self.resources.iter().filter(|(_, resource)| resource["Type"] == kind);
        of_kind.map(|(id, _)| id.as_str()).collect()
    }

    /// Lists the reasons for which the rules of the template would refuse the parameters.
    pub(crate) fn refusals(&self) -> Vec<&str> {
        let rules = self.template["Rules"].as_object().expect("rules");
        let asked = rules.values().filter(|rule| self.holds(&rule["RuleCondition"]));
        asked
            .flat_map(|rule| rule["Assertions"].as_array().expect("assertions"))
            .filter(|assertion| !self.holds(&assertion["Assert"]))
            .map(|assertion| assertion["AssertDescription"].as_str().expect("a text"))
            .collect()
    }

    /// The members of a section whose conditions hold.
    fn existing(&self, section: &str) -> BTreeMap<String, Value> {
        let members = self.template[section].as_object().expect("a section");
        let exists = |member: &Value| member["Condition"].as_str().is_none_or(|name| self.is(name));
        members
            .iter()
            .filter(|(_, member)| exists(member))
            .filter_map(|(id, member)| Some((id.clone(), self.decided(member)?)))
            .collect()
    }

    /// `value` with every `Fn::If` decided, or nothing if that leaves it out.
    fn decided(&self, value: &Value) -> Option<Value> {
        if *value == json!({"Ref": "AWS::NoValue"}) {
            return None;
        }
        if let Some(arguments) = value.get("Fn::If") {
            let condition = arguments[0].as_str().expect("the name of a condition");
            let chosen = if self.is(condition) { 1 } else { 2 };
            return self.decided(&arguments[chosen]);
        }
        Some(match value {
            Value::Array(items) => items.iter().filter_map(|item| self.decided(item)).collect(),
            Value::Object(members) => {
                let decide = |(key, value): (&String, _)| Some((key.clone(), self.decided(value)?));
                Value::Object(members.iter().filter_map(decide).collect::<Map<_, _>>())
            }
            other => other.clone(),
        })
    }

    /// True if the condition of this name holds.
    fn is(&self, name: &str) -> bool {
        let condition = self.template["Conditions"].get(name);
        self.holds(condition.unwrap_or_else(|| panic!("the template has no condition {name}")))
    }

    fn holds(&self, condition: &Value) -> bool {
        let members = condition.as_object().expect("a condition");
        let (function, argument) = members.iter().next().expect("a function");
        if function == "Condition" {
            return self.is(argument.as_str().expect("the name of a condition"));
        }
        let arguments = argument.as_array().expect("arguments");
        match function.as_str() {
            "Fn::Not" => !self.holds(&arguments[0]),
            "Fn::And" => arguments.iter().all(|argument| self.holds(argument)),
            "Fn::Or" => arguments.iter().any(|argument| self.holds(argument)),
            "Fn::Equals" => self.value(&arguments[0]) == self.value(&arguments[1]),
            other => panic!("{other} is no condition"),
        }
    }

    fn value<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["Ref"].as_str() {
            Some(name) => &self.parameters[name],
            None => value,
        }
    }
}
