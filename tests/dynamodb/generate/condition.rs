//! Conditions and filters.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::path::{Path, path};
use super::placeholders::Placeholders;
use super::shape::Shape;
use super::value;

#[derive(Clone, Debug)]
pub(super) enum Operand {
    Path(Path),
    Value(Json),
    Size(Path),
}

#[derive(Clone, Debug)]
pub(super) enum Condition {
    Exists(Path),
    Missing(Path),
    Compare(Operand, &'static str, Operand),
    Between([Operand; 3]),
    In(Operand, Vec<Operand>),
    Type(Path, &'static str),
    BeginsWith(Path, Json),
    Contains(Path, Operand),
    Not(Box<Condition>),
    Both(Box<Condition>, &'static str, Box<Condition>),
}

impl Operand {
    pub(super) fn text(&self, placeholders: &mut Placeholders) -> String {
        match self {
            Operand::Path(path) => path.text(placeholders),
            Operand::Value(value) => placeholders.value(value),
            Operand::Size(path) => format!("size({})", path.text(placeholders)),
        }
    }
}

impl Condition {
    pub(super) fn text(&self, to: &mut Placeholders) -> String {
        match self {
            Condition::Exists(path) => format!("attribute_exists({})", path.text(to)),
            Condition::Missing(path) => format!("attribute_not_exists({})", path.text(to)),
            Condition::Compare(left, operator, right) => {
                format!("{} {operator} {}", left.text(to), right.text(to))
            }
            Condition::Between([value, low, high]) => {
                format!("{} BETWEEN {} AND {}", value.text(to), low.text(to), high.text(to))
            }
            Condition::In(value, list) => {
                let value = value.text(to);
                let list: Vec<_> = list.iter().map(|value| value.text(to)).collect();
                format!("{value} IN ({})", list.join(", "))
            }
            Condition::Type(path, name) => {
                let name = to.value(&json!({ "S": name }));
                format!("attribute_type({}, {name})", path.text(to))
            }
            Condition::BeginsWith(path, prefix) => {
                format!("begins_with({}, {})", path.text(to), to.value(prefix))
            }
            Condition::Contains(path, value) => {
                format!("contains({}, {})", path.text(to), value.text(to))
            }
            Condition::Not(condition) => format!("NOT ({})", condition.text(to)),
            Condition::Both(left, operator, right) => {
                format!("({}) {operator} ({})", left.text(to), right.text(to))
            }
        }
    }
}

/// A value that can be compared with most others, or anything.
fn operand(shape: Shape) -> BoxedStrategy<Operand> {
    prop_oneof![
        8 => value::number().prop_map(Operand::Value),
        3 => path(shape).prop_map(Operand::Path),
        1 => path(shape).prop_map(Operand::Size),
        1 => value::any().prop_map(Operand::Value),
    ]
    .boxed()
}

/// A path, or how large what is there is.
fn subject(shape: Shape) -> BoxedStrategy<Operand> {
    let size = prop_oneof![Path::of("b", ""), Path::of("c", "")].prop_map(Operand::Size);
    prop_oneof![5 => path(shape).prop_map(Operand::Path), 1 => size].boxed()
}

fn compared(shape: Shape) -> impl Strategy<Value = Condition> {
    let equals = (path(shape).prop_map(Operand::Path), select(vec!["=", "<>"]));
    let equals = (equals, value::any().prop_map(Operand::Value));
    let ordered = (subject(shape), select(vec!["<", "<=", ">", ">=", "="]), operand(shape));
    prop_oneof![
        1 => equals.prop_map(|((left, is), right)| Condition::Compare(left, is, right)),
        2 => ordered.prop_map(|(left, is, right)| Condition::Compare(left, is, right)),
    ]
}

fn contained(shape: Shape) -> impl Strategy<Value = Condition> {
    let element = prop_oneof![
        3 => select(vec!["a", "b"]).prop_map(|text| json!({ "S": text })),
        3 => value::number(),
        1 => value::any(),
    ];
    let whole = prop_oneof![4 => Path::of("c", ""), 1 => Path::of("b", ""), 1 => path(shape)];
    (whole, element.prop_map(Operand::Value))
        .prop_map(|(path, value)| Condition::Contains(path, value))
}

pub(super) fn condition(shape: Shape) -> impl Strategy<Value = Condition> {
    let prefix = prop_oneof![
        8 => select(vec!["", "a", "ab"]).prop_map(|text| json!({ "S": text })),
        1 => value::any(),
    ];
    let types = select(vec!["S", "N", "B", "SS", "NS", "BS", "L", "M", "BOOL", "NULL"]);
    // The lower one first, but for a few.
    let between = prop_oneof![
        9 => Just(("0", "1.5")).prop_map(|(low, high)| [json!({ "N": low }), json!({ "N": high })]),
        1 => [value::any(), value::any()],
    ];
    let leaf = prop_oneof![
        3 => path(shape).prop_map(Condition::Exists),
        3 => path(shape).prop_map(Condition::Missing),
        6 => compared(shape),
        1 => (subject(shape), between).prop_map(|(value, [low, high])| {
            Condition::Between([value, Operand::Value(low), Operand::Value(high)])
        }),
        1 => (subject(shape), proptest::collection::vec(operand(shape), 1..3))
            .prop_map(|(value, list)| Condition::In(value, list)),
        1 => (path(shape), types).prop_map(|(path, name)| Condition::Type(path, name)),
        1 => (path(shape), prefix)
            .prop_map(|(path, prefix)| Condition::BeginsWith(path, prefix)),
        2 => contained(shape),
    ];
    leaf.prop_recursive(2, 4, 2, |inner| {
        let both = (inner.clone(), select(vec!["AND", "OR"]), inner.clone());
        prop_oneof![
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
            both.prop_map(|(left, operator, right)| {
                Condition::Both(Box::new(left), operator, Box::new(right))
            }),
        ]
    })
}
