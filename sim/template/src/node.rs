//! Values of a template, each with its line.

use serde_json::Value;

/// A value of a template.
///
/// Intrinsic functions are in their long form: `!Ref Table` is a map with the one key `Ref`, and
/// `!Sub text` one with the key `Fn::Sub`.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The line at which the value begins, from 1.
    pub line: usize,
    /// The value itself.
    pub content: Content,
}

/// The content of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nothing.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// Returns the value of a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Returns the entries of a map, and none of any other value.
    pub fn entries(&self) -> &[(String, Node)] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a list, and none of any other value.
    pub fn items(&self) -> &[Node] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// Returns a text, and `None` for any other value.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a text, a number or a truth value as a text, as CloudFormation compares them.
    pub fn scalar(&self) -> Option<String> {
        match &self.content {
            Content::Boolean(value) => Some(value.to_string()),
            Content::Integer(value) => Some(value.to_string()),
            Content::Float(value) => Some(value.to_string()),
            Content::Text(value) => Some(value.clone()),
            Content::Null | Content::List(_) | Content::Map(_) => None,
        }
    }

    /// Returns the value as JSON.
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Boolean(value) => Value::from(*value),
            Content::Integer(value) => Value::from(*value),
            Content::Float(value) => Value::from(*value),
            Content::Text(value) => Value::from(value.as_str()),
            Content::List(items) => items.iter().map(Node::to_json).collect(),
            Content::Map(entries) => {
                entries.iter().map(|(key, value)| (key.clone(), value.to_json())).collect()
            }
        }
    }

    /// Returns the name and the argument of an intrinsic function, if the value is one.
    pub(crate) fn intrinsic(&self) -> Option<(&str, &Node)> {
        match self.entries() {
            [(name, argument)]
                if name == "Ref" || name == "Condition" || name.starts_with("Fn::") =>
            {
                Some((name, argument))
            }
            _ => None,
        }
    }

    /// Reports whether the value is a reference to the parameter or resource with this name.
    pub(crate) fn refers_to(&self, name: &str) -> bool {
        self.intrinsic()
            .is_some_and(|(function, argument)| function == "Ref" && argument.text() == Some(name))
    }
}
