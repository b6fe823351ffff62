//! Updates.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::condition::Operand;
use super::path::{Path, path};
use super::placeholders::Placeholders;
use super::shape::Shape;
use super::value;

#[derive(Clone, Debug)]
enum NewValue {
    Plain(Operand),
    Sum(Operand, &'static str, Operand),
    Otherwise(Path, Operand),
    Append(Operand, Operand),
}

/// The four clauses; those that are empty are left out.
#[derive(Clone, Debug)]
pub(super) struct Update {
    set: Vec<(Path, NewValue)>,
    remove: Vec<Path>,
    add: Vec<(Path, Json)>,
    delete: Vec<(Path, Json)>,
}

impl NewValue {
    fn text(&self, to: &mut Placeholders) -> String {
        match self {
            NewValue::Plain(value) => value.text(to),
            NewValue::Sum(left, operator, right) => {
                format!("{} {operator} {}", left.text(to), right.text(to))
            }
            NewValue::Otherwise(path, value) => {
                format!("if_not_exists({}, {})", path.text(to), value.text(to))
            }
            NewValue::Append(left, right) => {
                format!("list_append({}, {})", left.text(to), right.text(to))
            }
        }
    }
}

impl Update {
    pub(super) fn text(&self, to: &mut Placeholders) -> String {
        let set = self.set.iter().map(|(path, value)| {
            let path = path.text(to);
            format!("{path} = {}", value.text(to))
        });
        let set = clause("SET", set.collect());
        let remove = clause("REMOVE", self.remove.iter().map(|path| path.text(to)).collect());
        let mut pairs = |word, pairs: &[(Path, Json)]| {
            let pairs = pairs.iter().map(|(path, value)| {
                let path = path.text(to);
                format!("{path} {}", to.value(value))
            });
            clause(word, pairs.collect())
        };
        let (add, delete) = (pairs("ADD", &self.add), pairs("DELETE", &self.delete));
        [set, remove, add, delete].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn is_empty(&self) -> bool {
        self.set.is_empty()
            && self.remove.is_empty()
            && self.add.is_empty()
            && self.delete.is_empty()
    }
}

pub(super) fn update(shape: Shape) -> impl Strategy<Value = Update> {
    let added = prop_oneof![4 => value::number(), 2 => value::any()];
    let set = vec((path(shape), new_value(shape)), 0..3);
    let remove = prop_oneof![3 => Just(Vec::new()), 1 => vec(path(shape), 1..3)];
    let add = prop_oneof![3 => Just(Vec::new()), 1 => vec((path(shape), added), 1..2)];
    let delete = prop_oneof![5 => Just(Vec::new()), 1 => vec((path(shape), value::any()), 1..2)];
    (set, remove, add, delete)
        .prop_map(|(set, remove, add, delete)| Update { set, remove, add, delete })
        .prop_filter("an update of something", |update| !update.is_empty())
}

fn new_value(shape: Shape) -> impl Strategy<Value = NewValue> {
    let term = || {
        prop_oneof![
            3 => value::any().prop_map(Operand::Value),
            3 => path(shape).prop_map(Operand::Path),
        ]
    };
    let number = prop_oneof![
        4 => value::number().prop_map(Operand::Value),
        1 => path(shape).prop_map(Operand::Path),
    ];
    let list = prop_oneof![
        3 => vec(value::number(), 0..2).prop_map(|list| Operand::Value(json!({ "L": list }))),
        1 => path(shape).prop_map(Operand::Path),
    ];
    prop_oneof![
        5 => term().prop_map(NewValue::Plain),
        3 => (path(shape).prop_map(Operand::Path), select(vec!["+", "-"]), number)
            .prop_map(|(left, operator, right)| NewValue::Sum(left, operator, right)),
        2 => (path(shape), term()).prop_map(|(path, value)| NewValue::Otherwise(path, value)),
        2 => (path(shape).prop_map(Operand::Path), list)
            .prop_map(|(left, right)| NewValue::Append(left, right)),
    ]
}

fn clause(word: &str, actions: Vec<String>) -> Option<String> {
    (!actions.is_empty()).then(|| format!("{word} {}", actions.join(", ")))
}
