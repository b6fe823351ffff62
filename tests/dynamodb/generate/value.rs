//! Values of attributes, keys, items.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value as Json, json};

use super::shape::{Kind, Shape};

/// The attributes that are no key of anything: mostly a number, a document and a set.
pub(super) const PLAIN: [&str; 3] = ["a", "b", "c"];

/// One in so many values is of a type that its attribute mostly is not.
const ODD: u32 = 12;

/// A value of a key.
pub(super) fn of_kind(kind: Kind) -> BoxedStrategy<Json> {
    match kind {
        Kind::Text => select(vec!["a", "b", "ab"]).prop_map(|text| json!({ "S": text })).boxed(),
        Kind::Number => {
            select(vec!["0", "1", "-1", "1.5", "10"]).prop_map(|text| json!({ "N": text })).boxed()
        }
        Kind::Bytes => {
            select(vec!["YQ==", "Yg==", "YWI="]).prop_map(|text| json!({ "B": text })).boxed()
        }
    }
}

/// A value of any type.
pub(super) fn any() -> BoxedStrategy<Json> {
    let leaf = prop_oneof![
        4 => number(),
        4 => select(vec!["a", "b", "ab", ""]).prop_map(|text| json!({ "S": text })),
        1 => of_kind(Kind::Bytes),
        1 => any::<bool>().prop_map(|bool| json!({ "BOOL": bool })),
        1 => Just(json!({ "NULL": true })),
        4 => any_set(),
    ];
    fn any<T: Arbitrary>() -> impl Strategy<Value = T> {
        proptest::prelude::any::<T>()
    }
    leaf.prop_recursive(2, 6, 2, |inner| {
        let members = (option::of(inner.clone()), option::of(inner.clone()));
        prop_oneof![
            proptest::collection::vec(inner, 0..3).prop_map(|list| json!({ "L": list })),
            members.prop_map(|(x, y)| json!({ "M": object([("x", x), ("y", y)]) })),
        ]
    })
    .boxed()
}

/// A number, some of them written in a way that DynamoDB does not.
pub(super) fn number() -> impl Strategy<Value = Json> {
    select(vec!["1", "0", "2", "-1", "1.5", "10", "1e1", "-0", "007"])
        .prop_map(|text| json!({ "N": text }))
}

/// Generates values of `a`: mostly numbers.
pub(super) fn of_a() -> BoxedStrategy<Json> {
    prop_oneof![ODD => number(), 1 => any()].boxed()
}

/// Generates values of `b`: mostly a document with members `x` and `y`, or a list.
pub(super) fn of_b() -> BoxedStrategy<Json> {
    let members = (option::of(of_a()), option::of(any()));
    let map = members.prop_map(|(x, y)| json!({ "M": object([("x", x), ("y", y)]) }));
    prop_oneof![ODD => map, ODD => list(), 1 => any()].boxed()
}

/// Generates values of `c`: mostly sets.
pub(super) fn of_c() -> BoxedStrategy<Json> {
    prop_oneof![ODD => any_set(), 1 => any()].boxed()
}

pub(super) fn list() -> impl Strategy<Value = Json> {
    proptest::collection::vec(of_a(), 0..3).prop_map(|list| json!({ "L": list }))
}

pub(super) fn any_set() -> impl Strategy<Value = Json> {
    prop_oneof![
        3 => set("SS", &["a", "b", "ab"]),
        2 => set("NS", &["1", "2", "10"]),
        1 => set("BS", &["YQ==", "Yg=="]),
    ]
}

/// A key of the table, which now and then does not fit.
pub(super) fn key(shape: Shape) -> BoxedStrategy<Json> {
    let keys: Vec<_> = shape.keys().map(|(name, kind)| (name, mostly(kind))).collect();
    together(keys)
}

/// A whole item.
pub(super) fn item(shape: Shape) -> BoxedStrategy<Json> {
    let indexed: Vec<_> =
        shape.index_keys().map(|(name, kind)| (name, option::of(mostly(kind)).boxed())).collect();
    let plain = [("a", of_a()), ("b", of_b()), ("c", of_c())];
    let plain = plain.map(|(name, value)| (name, option::of(value).boxed()));
    let more: Vec<_> = indexed.into_iter().chain(plain).collect();
    let (names, values): (Vec<_>, Vec<_>) = more.into_iter().unzip();
    (key(shape), values)
        .prop_map(move |(mut item, values)| {
            for (name, value) in names.iter().zip(values) {
                if let Some(value) = value {
                    item[*name] = value;
                }
            }
            item
        })
        .boxed()
}

/// A value of that type, but for one in fifty.
pub(super) fn mostly(kind: Kind) -> BoxedStrategy<Json> {
    prop_oneof![49 => of_kind(kind), 1 => any()].boxed()
}

/// An object of those members that are there.
pub(super) fn object<const N: usize>(members: [(&str, Option<Json>); N]) -> Json {
    let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Json::Object(present.collect::<Map<_, _>>())
}

fn together(members: Vec<(&'static str, BoxedStrategy<Json>)>) -> BoxedStrategy<Json> {
    let (names, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    values
        .prop_map(move |values| {
            let named = names.iter().map(|name| (*name).to_owned()).zip(values);
            Json::Object(named.collect::<Map<_, _>>())
        })
        .boxed()
}

fn set(kind: &'static str, elements: &[&'static str]) -> impl Strategy<Value = Json> {
    let chosen = proptest::sample::subsequence(elements.to_vec(), 1..=elements.len());
    chosen.prop_map(move |elements| json!({ kind: elements }))
}
