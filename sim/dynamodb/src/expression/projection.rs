//! Projections: the parts of an item that a request asks for.

use std::collections::BTreeMap;

use super::parser;
use super::path::{self, Path, Step};
use super::placeholders::Placeholders;
use crate::answer::Answer;
use crate::item::Item;
use crate::json;
use crate::members::Members;
use crate::value::Value;

/// The parts of an item that a request asks for.
#[derive(Clone, Debug)]
pub(crate) struct Projection {
    attributes: BTreeMap<String, Part>,
}

/// A whole value, or some parts of it.
#[derive(Clone, Debug)]
enum Part {
    Whole,
    Within(BTreeMap<Step, Part>),
}

impl Projection {
    /// Reads the expression of a member, if the request has it.
    pub(crate) fn read(
        members: &Members<'_>,
        member: &str,
        placeholders: &mut Placeholders,
    ) -> Result<Option<Projection>, Answer> {
        let Some(text) = members.string(member)? else { return Ok(None) };
        super::read(member, text, |text| Projection::parse(text, placeholders).map(Some))
    }

    /// The names of the top-level attributes, also of those of which only a part is wanted.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &str> {
        self.attributes.keys().map(String::as_str)
    }

    /// Writes the wanted parts of an item as a JSON object.
    pub(crate) fn write(&self, out: &mut String, item: &Item) {
        // The JSON of a whole attribute is copied from the item.
        let mut partial = String::new();
        let mut comma = "";
        out.push('{');
        for (name, part) in &self.attributes {
            let member = match part {
                Part::Whole => item.json_member(name),
                Part::Within(_) => {
                    let value = item.value(name).and_then(|value| part.select(value));
                    value.map(|value| {
                        partial.clear();
                        json::write_string(&mut partial, name);
                        partial.push(':');
                        value.write(&mut partial);
                        partial.as_str()
                    })
                }
            };
            if let Some(member) = member {
                out.push_str(comma);
                out.push_str(member);
                comma = ",";
            }
        }
        out.push('}');
    }

    /// True if a path goes into this top-level attribute.
    pub(crate) fn looks_into(&self, attribute: &str) -> bool {
        matches!(self.attributes.get(attribute), Some(Part::Within(_)))
    }

    /// The projection to these paths, none of which contains another.
    pub(super) fn new<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Projection {
        let mut attributes = BTreeMap::new();
        for path in paths {
            let part = attributes.entry(path.attribute.clone()).or_insert_with(Part::nothing);
            part.want(&path.steps);
        }
        Projection { attributes }
    }

    /// The wanted parts of an item, if it has any of them.
    pub(super) fn part_of(&self, item: &Item) -> Option<Item> {
        let found = self
            .attributes
            .iter()
            .filter_map(|(name, part)| Some((name.clone(), part.select(item.value(name)?)?)));
        let found: BTreeMap<_, _> = found.collect();
        (!found.is_empty()).then(|| Item::new(found))
    }

    fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Projection, String> {
        let parsed = parser::paths(text)?;
        parsed.iter().try_for_each(|steps| path::check_words(steps))?;
        let paths = parsed.iter().map(|steps| Path::resolve(steps, placeholders));
        let paths = paths.collect::<Result<Vec<_>, _>>()?;
        path::check_apart(&paths.iter().collect::<Vec<_>>())?;
        Ok(Projection::new(&paths))
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

    /// The wanted part of a value. Wanted elements of a list become neighbours.
    fn select(&self, value: &Value) -> Option<Value> {
        let parts = match self {
            Part::Whole => return Some(value.clone()),
            Part::Within(parts) => parts,
        };
        match value {
            Value::M(map) => {
                let found = parts.iter().filter_map(|(step, part)| match step {
                    Step::Attribute(name) => Some((name.clone(), part.select(map.get(name)?)?)),
                    Step::Index(_) => None,
                });
                let found: BTreeMap<_, _> = found.collect();
                (!found.is_empty()).then_some(Value::M(found))
            }
            Value::L(list) => {
                let found = parts.iter().filter_map(|(step, part)| match step {
                    Step::Index(index) => part.select(list.get(*index)?),
                    Step::Attribute(_) => None,
                });
                let found: Vec<_> = found.collect();
                (!found.is_empty()).then_some(Value::L(found))
            }
            _ => None,
        }
    }
}
