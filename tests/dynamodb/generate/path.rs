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

impl Path {
    /// That attribute, written in either way.
    pub(super) fn of(name: &'static str, tail: &'static str) -> impl Strategy<Value = Path> {
        any::<bool>().prop_map(move |by_placeholder| Path { name, by_placeholder, tail })
    }
}

/// A path into `b`.
pub(super) fn into_b() -> impl Strategy<Value = Path> {
    prop_oneof![
        4 => Path::of("b", ".x"),
        2 => Path::of("b", ".y"),
        3 => Path::of("b", "[0]"),
        1 => Path::of("b", "[1]"),
    ]
}

/// Any path that may lead somewhere.
pub(super) fn path(shape: Shape) -> impl Strategy<Value = Path> {
    let keys: Vec<_> = shape.keys().chain(shape.index_keys()).map(|(name, _)| name).collect();
    let tail = prop_oneof![6 => Just(""), 1 => Just(".x"), 1 => Just("[0]"), 1 => Just(".x[0]")];
    let odd = (select(PLAIN.to_vec()), any::<bool>(), tail)
        .prop_map(|(name, by_placeholder, tail)| Path { name, by_placeholder, tail });
    let key = (select(keys), any::<bool>()).prop_map(|(name, by_placeholder)| Path {
        name,
        by_placeholder,
        tail: "",
    });
    prop_oneof![
        6 => Path::of("a", ""),
        3 => Path::of("b", ""),
        5 => into_b(),
        4 => Path::of("c", ""),
        1 => key,
        1 => odd,
    ]
}

/// The text of a projection.
pub(super) fn projection(paths: &[Path], placeholders: &mut Placeholders) -> String {
    let paths: Vec<_> = paths.iter().map(|path| path.text(placeholders)).collect();
    paths.join(", ")
}

pub(super) fn paths(shape: Shape) -> impl Strategy<Value = Vec<Path>> {
    proptest::collection::vec(path(shape), 1..3)
}
