//! Which parts of an item are wanted.

use std::collections::BTreeMap;

use super::super::answer::Answer;
use super::super::item::Item;
use super::super::json;
use super::super::members::Members;
use super::super::value::Value;
use super::parser;
use super::path::{Path, Step};
use super::placeholders::Placeholders;

/// The parts of an item that a request asks for.
#[derive(Clone, Debug)]
pub(in super::super) struct Projection {
    attributes: BTreeMap<String, Part>,
}

/// A value as a whole, or some of what is in it.
#[derive(Clone, Debug)]
enum Part {
    Whole,
    Within(BTreeMap<Step, Part>),
}

impl Projection {
    /// Reads the expression of a member, if the request has it.
    pub(in super::super) fn read(
        members: &Members<'_>,
        member: &str,
        placeholders: &mut Placeholders,
    ) -> Result<Option<Projection>, Answer> {
        let Some(text) = members.string(member)? else { return Ok(None) };
        super::read(member, text, |text| Projection::parse(text, placeholders).map(Some))
    }

    /// Writes what is wanted of the item as a JSON object.
    pub(in super::super) fn write(&self, out: &mut String, item: &Item) {
        // An attribute that is wanted whole is copied as it was when it was written.
        let mut partial = String::new();
        let mut comma = "";
        out.push('{');
        for (name, part) in &self.attributes {
            let wire = match part {
                Part::Whole => item.wire_of(name),
                Part::Within(_) => {
                    let value = item.value(name).and_then(|value| part.of(value));
                    value.map(|value| {
                        partial.clear();
                        json::write_string(&mut partial, name);
                        partial.push(':');
                        value.write(&mut partial);
                        partial.as_str()
                    })
                }
            };
            if let Some(wire) = wire {
                out.push_str(comma);
                out.push_str(wire);
                comma = ",";
            }
        }
        out.push('}');
    }

    /// Refuses to look into the partition key.
    pub(in super::super) fn check_key(&self, key: &str) -> Result<(), Answer> {
        match self.attributes.get(key) {
            Some(Part::Within(_)) => Err(super::key_is_scalar(key)),
            Some(Part::Whole) | None => Ok(()),
        }
    }

    fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Projection, String> {
        let mut paths = Vec::new();
        for steps in parser::paths(text)? {
            paths.push(Path::resolve(&steps, placeholders)?);
        }
        check_apart(&paths)?;
        let mut attributes = BTreeMap::new();
        for path in paths {
            let part = attributes.entry(path.attribute).or_insert_with(Part::nothing);
            part.want(&path.steps);
        }
        Ok(Projection { attributes })
    }
}

impl Part {
    fn nothing() -> Part {
        Part::Within(BTreeMap::new())
    }

    fn want(&mut self, steps: &[Step]) {
        match (self, steps) {
            (part, []) => *part = Part::Whole,
            (Part::Whole, _) => {}
            (Part::Within(parts), [first, rest @ ..]) => {
                parts.entry(first.clone()).or_insert_with(Part::nothing).want(rest);
            }
        }
    }

    /// What is there of the part; the elements of a list move together.
    fn of(&self, value: &Value) -> Option<Value> {
        let parts = match self {
            Part::Whole => return Some(value.clone()),
            Part::Within(parts) => parts,
        };
        match value {
            Value::M(map) => {
                let found = parts.iter().filter_map(|(step, part)| match step {
                    Step::Attribute(name) => Some((name.clone(), part.of(map.get(name)?)?)),
                    Step::Index(_) => None,
                });
                let found: BTreeMap<_, _> = found.collect();
                (!found.is_empty()).then_some(Value::M(found))
            }
            Value::L(list) => {
                let found = parts.iter().filter_map(|(step, part)| match step {
                    Step::Index(index) => part.of(list.get(*index)?),
                    Step::Attribute(_) => None,
                });
                let found: Vec<_> = found.collect();
                (!found.is_empty()).then_some(Value::L(found))
            }
            _ => None,
        }
    }
}

/// Refuses paths of which one is part of another, or that take one value for a map and a list.
fn check_apart(paths: &[Path]) -> Result<(), String> {
    for (index, two) in paths.iter().enumerate() {
        for one in paths.iter().take(index) {
            let Some(trouble) = trouble(one, two) else { continue };
            return Err(format!(
                "Two document paths {trouble} with each other; must remove or rewrite one of these \
                 paths; path one: {}, path two: {}",
                one.list(),
                two.list()
            ));
        }
    }
    Ok(())
}

fn trouble(one: &Path, two: &Path) -> Option<&'static str> {
    if one.attribute != two.attribute {
        return None;
    }
    let fork = one.steps.iter().zip(&two.steps).find(|(one, two)| one != two);
    match fork {
        None => Some("overlap"),
        Some((Step::Attribute(_), Step::Index(_)) | (Step::Index(_), Step::Attribute(_))) => {
            Some("conflict")
        }
        Some(_) => None,
    }
}
