//! Conditions and filters.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;

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
                let name = to.value(&serde_json::json!({ "S": name }));
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

pub(super) fn operand(shape: Shape) -> impl Strategy<Value = Operand> {
    prop_oneof![
        4 => value::any().prop_map(Operand::Value),
        4 => path(shape).prop_map(Operand::Path),
        1 => path(shape).prop_map(Operand::Size),
    ]
}

pub(super) fn condition(shape: Shape) -> impl Strategy<Value = Condition> {
    let operand = || operand(shape);
    let operator = select(vec!["=", "<>", "<", "<=", ">", ">="]);
    let prefix = prop_oneof![
        4 => select(vec!["", "a", "ab"]).prop_map(|text| serde_json::json!({ "S": text })),
        1 => value::any(),
    ];
    let types = select(vec!["S", "N", "B", "SS", "NS", "BS", "L", "M", "BOOL", "NULL"]);
    let leaf = prop_oneof![
        3 => path(shape).prop_map(Condition::Exists),
        3 => path(shape).prop_map(Condition::Missing),
        6 => (path(shape).prop_map(Operand::Path), operator, operand())
            .prop_map(|(left, operator, right)| Condition::Compare(left, operator, right)),
        1 => [operand(), operand(), operand()].prop_map(Condition::Between),
        1 => (operand(), proptest::collection::vec(operand(), 1..3))
            .prop_map(|(value, list)| Condition::In(value, list)),
        1 => (path(shape), types).prop_map(|(path, name)| Condition::Type(path, name)),
        1 => (path(shape), prefix)
            .prop_map(|(path, prefix)| Condition::BeginsWith(path, prefix)),
        1 => (path(shape), operand()).prop_map(|(path, value)| Condition::Contains(path, value)),
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
