//! Paths into an item, like `address.streets[2]`.

use super::placeholders::Placeholders;
use super::reserved;
use super::syntax::{self, CheckResult};
use crate::item::Item;
use crate::value::Value;

/// The path to a top-level attribute, or to a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) attribute: String,
    pub(super) steps: Vec<Step>,
}

/// A step from a value into one of its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// A step into a map.
    Attribute(String),
    /// A step into a list.
    Index(usize),
}

/// Refuses a reserved word in a path, which AWS does before it looks up any placeholder.
pub(super) fn check_words(steps: &[syntax::StepNode<'_>]) -> CheckResult {
    steps.iter().try_for_each(|step| match step {
        syntax::StepNode::Word(word) if reserved::contains(word) => {
            Err(format!("Attribute name is a reserved keyword; reserved keyword: {word}"))
        }
        _ => Ok(()),
    })
}

/// Refuses two paths if one contains the other, or if they use one value as a map and as a list.
pub(super) fn check_apart(paths: &[&Path]) -> CheckResult {
    check_pairs(paths, "overlap", Path::overlaps)?;
    check_pairs(paths, "conflict", Path::conflicts)
}

impl Path {
    /// Looks up the placeholders of a path.
    pub(super) fn resolve(
        steps: &[syntax::StepNode<'_>],
        placeholders: &mut Placeholders,
    ) -> Result<Path, String> {
        let mut resolved = Vec::with_capacity(steps.len());
        for step in steps {
            resolved.push(match step {
                syntax::StepNode::Word(word) => Step::Attribute((*word).to_owned()),
                syntax::StepNode::Name(name) => Step::Attribute(placeholders.name(name)?),
                // No list is long enough for an index beyond the numbers of the machine.
                syntax::StepNode::Index(digits) => {
                    Step::Index(digits.parse().unwrap_or(usize::MAX))
                }
            });
        }
        let mut steps = resolved.into_iter();
        match steps.next() {
            Some(Step::Attribute(attribute)) => Ok(Path { attribute, steps: steps.collect() }),
            _ => unreachable!("the parser begins every path with a name"),
        }
    }

    /// The path to a top-level attribute.
    pub(super) fn new(attribute: &str) -> Path {
        Path { attribute: attribute.to_owned(), steps: Vec::new() }
    }

    /// The value at the end of the path.
    pub(super) fn find<'a>(&self, item: &'a Item) -> Option<&'a Value> {
        descend(item.value(&self.attribute)?, &self.steps)
    }

    /// True if a value can be put at the end of the path: the map or list around it exists.
    pub(super) fn has_room(&self, item: &Item) -> bool {
        let Some((last, steps)) = self.steps.split_last() else { return true };
        let parent = item.value(&self.attribute).and_then(|value| descend(value, steps));
        matches!(
            (parent, last),
            (Some(Value::M(_)), Step::Attribute(_)) | (Some(Value::L(_)), Step::Index(_))
        )
    }

    /// True if the path goes into this top-level attribute.
    pub(super) fn looks_into(&self, attribute: &str) -> bool {
        self.attribute == attribute && !self.steps.is_empty()
    }

    /// The path as in the errors of AWS.
    pub(super) fn list(&self) -> String {
        let mut parts = vec![self.attribute.clone()];
        parts.extend(self.steps.iter().map(|step| match step {
            Step::Attribute(name) => name.clone(),
            Step::Index(index) => format!("[{index}]"),
        }));
        format!("[{}]", parts.join(", "))
    }

    fn overlaps(&self, other: &Path) -> bool {
        self.attribute == other.attribute && self.fork(other).is_none()
    }

    fn conflicts(&self, other: &Path) -> bool {
        self.attribute == other.attribute
            && matches!(
                self.fork(other),
                Some((Step::Attribute(_), Step::Index(_)) | (Step::Index(_), Step::Attribute(_)))
            )
    }

    /// The first pair of steps that differ, if one path does not contain the other.
    fn fork<'a>(&'a self, other: &'a Path) -> Option<(&'a Step, &'a Step)> {
        self.steps.iter().zip(&other.steps).find(|(one, two)| one != two)
    }
}

fn descend<'a>(value: &'a Value, steps: &[Step]) -> Option<&'a Value> {
    steps.iter().try_fold(value, |value, step| match (value, step) {
        (Value::M(map), Step::Attribute(name)) => map.get(name),
        (Value::L(list), Step::Index(index)) => list.get(*index),
        _ => None,
    })
}

fn check_pairs(
    paths: &[&Path],
    trouble: &str,
    is_trouble: fn(&Path, &Path) -> bool,
) -> CheckResult {
    for (index, two) in paths.iter().enumerate() {
        let Some(one) = paths.iter().take(index).find(|one| is_trouble(one, two)) else { continue };
        return Err(format!(
            "Two document paths {trouble} with each other; must remove or rewrite one of these \
             paths; path one: {}, path two: {}",
            one.list(),
            two.list()
        ));
    }
    Ok(())
}
