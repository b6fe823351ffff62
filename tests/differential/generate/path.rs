//! Paths into items.

use proptest::prelude::*;
use proptest::sample::select;

use super::placeholders::Placeholders;
use super::shape::Shape;
use super::value::PLAIN;

/// A path of at most two steps.
#[derive(Clone, Debug)]
pub(super) struct Path {
    name: &'static str,
    by_placeholder: bool,
    tail: &'static str,
}

impl Path {
    pub(super) fn text(&self, placeholders: &mut Placeholders) -> String {
        let name = match self.by_placeholder {
            true => placeholders.name(self.name),
            false => self.name.to_owned(),
        };
        format!("{name}{}", self.tail)
    }
}

/// A path that is mostly an attribute without a role.
pub(super) fn path(shape: Shape) -> impl Strategy<Value = Path> {
    let keys: Vec<_> = shape.keys().chain(shape.index_keys()).map(|(name, _)| name).collect();
    let name = prop_oneof![9 => select(PLAIN.to_vec()), 1 => select(keys)];
    let tail = prop_oneof![
        6 => Just(""),
        2 => Just(".x"),
        1 => Just(".y"),
        2 => Just("[0]"),
        1 => Just("[1]"),
        1 => Just(".x[0]"),
    ];
    (name, any::<bool>(), tail).prop_map(|(name, by_placeholder, tail)| Path {
        name,
        by_placeholder,
        tail,
    })
}

/// The text of a projection.
pub(super) fn projection(paths: &[Path], placeholders: &mut Placeholders) -> String {
    let paths: Vec<_> = paths.iter().map(|path| path.text(placeholders)).collect();
    paths.join(", ")
}

pub(super) fn paths(shape: Shape) -> impl Strategy<Value = Vec<Path>> {
    proptest::collection::vec(path(shape), 1..3)
}
