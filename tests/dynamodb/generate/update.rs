//! Updates.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;

use super::condition::Operand;
use super::path::{Path, into_b, path};
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
#[derive(Clone, Debug, Default)]
pub(super) struct Update {
    set: Vec<(Path, NewValue)>,
    remove: Vec<Path>,
    add: Vec<(Path, Json)>,
    delete: Vec<(Path, Json)>,
}

#[derive(Clone, Debug)]
enum Action {
    Set(Path, NewValue),
    Remove(Path),
    Add(Path, Json),
    Delete(Path, Json),
}

impl FromIterator<Action> for Update {
    fn from_iter<I: IntoIterator<Item = Action>>(actions: I) -> Update {
        let mut update = Update::default();
        for action in actions {
            match action {
                Action::Set(path, value) => update.set.push((path, value)),
                Action::Remove(path) => update.remove.push(path),
                Action::Add(path, value) => update.add.push((path, value)),
                Action::Delete(path, value) => update.delete.push((path, value)),
            }
        }
        update
    }
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

/// Mostly one action for each attribute; now and then, actions that may not fit at all.
pub(super) fn update(shape: Shape) -> BoxedStrategy<Update> {
    let actions = (option::of(on_a(shape)), option::of(on_b()), option::of(on_c()));
    let fitting = actions.prop_map(|(a, b, c)| [a, b, c].into_iter().flatten().collect());
    let any = (vec((path(shape), new_value(shape)), 0..3), vec(path(shape), 0..2));
    let any = any.prop_map(|(set, remove)| Update { set, remove, ..Update::default() });
    prop_oneof![12 => fitting, 1 => any]
        .prop_filter("an update of something", |update: &Update| !update.is_empty())
        .boxed()
}

fn on_a(shape: Shape) -> impl Strategy<Value = Action> {
    let a = || Path::of("a", "");
    let sum = (a().prop_map(Operand::Path), select(vec!["+", "-"]), number(shape));
    let sum = sum.prop_map(|(left, sign, right)| NewValue::Sum(left, sign, right));
    prop_oneof![
        2 => (a(), value::of_a().prop_map(Operand::Value).prop_map(NewValue::Plain))
            .prop_map(|(path, value)| Action::Set(path, value)),
        3 => (a(), sum).prop_map(|(path, value)| Action::Set(path, value)),
        2 => (a(), new_value(shape)).prop_map(|(path, value)| Action::Set(path, value)),
        2 => (a(), value::of_a()).prop_map(|(path, value)| Action::Add(path, value)),
        1 => a().prop_map(Action::Remove),
    ]
}

fn on_b() -> impl Strategy<Value = Action> {
    let b = || Path::of("b", "");
    let list = value::list().prop_map(Operand::Value);
    let append = (b().prop_map(Operand::Path), list, any::<bool>());
    let append = append.prop_map(|(old, list, first)| match first {
        true => NewValue::Append(list, old),
        false => NewValue::Append(old, list),
    });
    let plain = value::any().prop_map(Operand::Value).prop_map(NewValue::Plain);
    let whole = value::of_b().prop_map(Operand::Value).prop_map(NewValue::Plain);
    prop_oneof![
        2 => (b(), whole).prop_map(|(path, value)| Action::Set(path, value)),
        2 => (b(), append).prop_map(|(path, value)| Action::Set(path, value)),
        3 => (into_b(), plain).prop_map(|(path, value)| Action::Set(path, value)),
        2 => into_b().prop_map(Action::Remove),
        1 => (Path::of("b", ".x"), value::of_a())
            .prop_map(|(path, value)| Action::Add(path, value)),
    ]
}

fn on_c() -> impl Strategy<Value = Action> {
    let c = || Path::of("c", "");
    let whole = value::of_c().prop_map(Operand::Value).prop_map(NewValue::Plain);
    prop_oneof![
        1 => (c(), whole).prop_map(|(path, value)| Action::Set(path, value)),
        3 => (c(), value::of_c()).prop_map(|(path, value)| Action::Add(path, value)),
        3 => (c(), value::of_c()).prop_map(|(path, value)| Action::Delete(path, value)),
    ]
}

fn number(shape: Shape) -> BoxedStrategy<Operand> {
    prop_oneof![
        9 => value::number().prop_map(Operand::Value),
        1 => path(shape).prop_map(Operand::Path),
    ]
    .boxed()
}

fn new_value(shape: Shape) -> impl Strategy<Value = NewValue> {
    let term = || {
        prop_oneof![
            3 => value::any().prop_map(Operand::Value),
            3 => path(shape).prop_map(Operand::Path),
        ]
    };
    prop_oneof![
        5 => term().prop_map(NewValue::Plain),
        3 => (number(shape), select(vec!["+", "-"]), number(shape))
            .prop_map(|(left, operator, right)| NewValue::Sum(left, operator, right)),
        2 => (path(shape), term()).prop_map(|(path, value)| NewValue::Otherwise(path, value)),
    ]
}

fn clause(word: &str, actions: Vec<String>) -> Option<String> {
    (!actions.is_empty()).then(|| format!("{word} {}", actions.join(", ")))
}
