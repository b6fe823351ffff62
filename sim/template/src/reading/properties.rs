//! Properties of resources, as texts and numbers.

use std::fmt::Display;
use std::num::ParseIntError;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::{Reader, Resource};
use crate::node::Node;
use crate::problem::Mistake;

impl<'a> Resource<'a> {
    pub(super) fn properties(self) -> &'a [(String, Node)] {
        self.node.get("Properties").map_or(&[], Node::entries)
    }

    pub(super) fn property(self, name: &str) -> Option<&'a Node> {
        self.node.get("Properties")?.get(name)
    }
}

impl Reader<'_> {
    /// Returns a property as a text; `None` if the resource does not have it.
    pub(super) fn text(
        &self,
        resource: Resource<'_>,
        name: &str,
    ) -> Result<Option<String>, Mistake> {
        resource.property(name).map(|value| self.evaluation.scalar(value)).transpose()
    }

    /// Returns a property that the resource must have, as a text.
    pub(super) fn required(&self, resource: Resource<'_>, name: &str) -> Result<String, Mistake> {
        self.member(resource.node.get("Properties").unwrap_or(resource.node), name)
    }

    /// Returns a member that a map must have, as a text.
    pub(super) fn member(&self, map: &Node, name: &str) -> Result<String, Mistake> {
        let missing = || Mistake::new(map.line, format!("`{name}` is missing"));
        self.evaluation.scalar(map.get(name).ok_or_else(missing)?)
    }

    /// Returns a value as a whole number that is in a range.
    pub(super) fn within<T>(&self, value: &Node, range: &RangeInclusive<T>) -> Result<T, Mistake>
    where
        T: FromStr<Err = ParseIntError> + PartialOrd + Display,
    {
        let number = self.number(value)?;
        if range.contains(&number) {
            return Ok(number);
        }
        let (least, most) = (range.start(), range.end());
        Err(Mistake::new(value.line, format!("{number} is not from {least} to {most}")))
    }

    /// Returns a value as a whole number.
    pub(super) fn number<T>(&self, value: &Node) -> Result<T, Mistake>
    where
        T: FromStr<Err = ParseIntError>,
    {
        let text = self.evaluation.scalar(value)?;
        let no_number =
            |_: ParseIntError| Mistake::new(value.line, format!("`{text}` is no whole number"));
        text.parse().map_err(no_number)
    }
}
