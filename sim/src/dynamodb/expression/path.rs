//! Places in an item, like `address.streets[2]`.

use super::super::item::Item;
use super::super::value::Value;
use super::placeholders::Placeholders;
use super::reserved;
use super::syntax;

/// A top-level attribute, or something within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) attribute: String,
    pub(super) steps: Vec<Step>,
}

/// A step from a value into one of its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Into a map.
    Attribute(String),
    /// Into a list.
    Index(usize),
}

impl Path {
    pub(super) fn resolve(
        steps: &[syntax::Step<'_>],
        placeholders: &mut Placeholders,
    ) -> Result<Path, String> {
        let mut resolved = Vec::with_capacity(steps.len());
        for step in steps {
            resolved.push(match step {
                syntax::Step::Word(word) if reserved::contains(word) => {
                    return Err(format!(
                        "Attribute name is a reserved keyword; reserved keyword: {word}"
                    ));
                }
                syntax::Step::Word(word) => Step::Attribute((*word).to_owned()),
                syntax::Step::Name(name) => Step::Attribute(placeholders.name(name)?),
                // No list is so long that an index beyond the machine's numbers could be in it.
                syntax::Step::Index(digits) => Step::Index(digits.parse().unwrap_or(usize::MAX)),
            });
        }
        let mut steps = resolved.into_iter();
        match steps.next() {
            Some(Step::Attribute(attribute)) => Ok(Path { attribute, steps: steps.collect() }),
            _ => Err("Syntax error; a path begins with a name".to_owned()),
        }
    }

    /// What is at the place.
    pub(super) fn find<'a>(&self, item: &'a Item) -> Option<&'a Value> {
        let value = item.value(&self.attribute)?;
        self.steps.iter().try_fold(value, |value, step| match (value, step) {
            (Value::M(map), Step::Attribute(name)) => map.get(name),
            (Value::L(list), Step::Index(index)) => list.get(*index),
            _ => None,
        })
    }

    /// The path as AWS writes it in its complaints.
    pub(super) fn list(&self) -> String {
        let mut parts = vec![self.attribute.clone()];
        parts.extend(self.steps.iter().map(|step| match step {
            Step::Attribute(name) => name.clone(),
            Step::Index(index) => format!("[{index}]"),
        }));
        format!("[{}]", parts.join(", "))
    }
}
