//! Conditions and filters, which hold for an item or do not.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::operand::Operand;
use super::path::{self, Path};
use super::placeholders::Placeholders;
use super::syntax::{self, CheckResult, Comparator};
use super::{functions, parser};
use crate::answer::Answer;
use crate::item::Item;
use crate::members::Members;
use crate::value::Value;

/// The largest number of operands of `IN`, the one before it included.
const OPERANDS_OF_IN_MAX: usize = 100;

/// A sound condition or filter.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    predicate: Predicate,
    /// The name of such a filter in the errors of AWS.
    name: &'static str,
}

/// A test of an item.
#[derive(Clone, Debug)]
pub(super) enum Predicate {
    /// Every predicate holds.
    All(Vec<Predicate>),
    /// At least one predicate holds.
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    Compare(Comparator, Operand, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Exists(Path),
    NotExists(Path),
    /// The operand has the type with this name.
    HasType(Operand, String),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
}

impl Condition {
    /// Reads the expression of a member, if the request has it.
    pub(crate) fn read(
        members: &Members<'_>,
        member: &str,
        placeholders: &mut Placeholders,
    ) -> Result<Option<Condition>, Answer> {
        let Some(text) = members.string(member)? else { return Ok(None) };
        super::read(member, text, |text| {
            let predicate = Predicate::parse(text, placeholders)?;
            Ok(Some(Condition { predicate, name: "Filter Expression" }))
        })
    }

    /// The condition of a legacy parameter; `name` is its name in the errors of AWS.
    pub(super) fn legacy(predicate: Predicate, name: &'static str) -> Condition {
        Condition { predicate, name }
    }

    /// True if the condition holds for an item, or for no item.
    pub(crate) fn holds(&self, item: Option<&Item>) -> bool {
        self.predicate.holds(item)
    }

    /// Refuses a filter that reads one of these attributes, the key of a query.
    pub(crate) fn check_not_key<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Answer> {
        let paths = self.paths();
        let is_read = |key: &&str| paths.iter().any(|path| path.attribute == **key);
        match keys.into_iter().find(is_read) {
            Some(key) => Err(Answer::validation(&format!(
                "{} can only contain non-primary key attributes: Primary key attribute: {key}",
                self.name
            ))),
            None => Ok(()),
        }
    }

    /// The names of the top-level attributes that the condition reads, each once and in order.
    pub(crate) fn attributes(&self) -> BTreeSet<&str> {
        self.paths().into_iter().map(|path| path.attribute.as_str()).collect()
    }

    /// True if a path goes into this top-level attribute.
    pub(crate) fn looks_into(&self, attribute: &str) -> bool {
        self.paths().iter().any(|path| path.looks_into(attribute))
    }

    fn paths(&self) -> Vec<&Path> {
        let mut paths = Vec::new();
        self.predicate.paths(&mut paths);
        paths
    }
}

impl Predicate {
    /// Parses an expression.
    ///
    /// Errors come in the order of AWS: syntax first, then functions and reserved words anywhere,
    /// then the comparisons one after another.
    pub(super) fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Predicate, String> {
        let node = parser::condition(text)?;
        let leaves = node.leaves();
        functions::check_calls(&leaves)?;
        for operand in leaves.iter().flat_map(|leaf| leaf.operands()) {
            operand.each_leaf(&mut |operand| match operand {
                syntax::OperandNode::Path(steps) => path::check_words(steps),
                _ => Ok(()),
            })?;
        }
        Predicate::resolve(&node, placeholders)
    }

    fn resolve(
        node: &syntax::ConditionNode<'_>,
        placeholders: &mut Placeholders,
    ) -> Result<Predicate, String> {
        // AWS looks up every placeholder of a comparison before it checks any operand.
        for operand in node.operands() {
            operand.each_leaf(&mut |operand| Operand::resolve(operand, placeholders).map(drop))?;
        }
        let all = |nodes: &[syntax::ConditionNode<'_>], placeholders: &mut Placeholders| {
            nodes
                .iter()
                .map(|node| Predicate::resolve(node, placeholders))
                .collect::<Result<_, _>>()
        };
        match node {
            syntax::ConditionNode::All(nodes) => Ok(Predicate::All(all(nodes, placeholders)?)),
            syntax::ConditionNode::Any(nodes) => Ok(Predicate::Any(all(nodes, placeholders)?)),
            syntax::ConditionNode::Not(node) => {
                Ok(Predicate::Not(Box::new(Predicate::resolve(node, placeholders)?)))
            }
            syntax::ConditionNode::Call(call) => functions::predicate(call, placeholders),
            syntax::ConditionNode::Compare(comparator, left, right) => {
                let left = Operand::resolve(left, placeholders)?;
                compare(*comparator, left, Operand::resolve(right, placeholders)?)
            }
            syntax::ConditionNode::Between(operand, lower, upper) => {
                let operand = Operand::resolve(operand, placeholders)?;
                let lower = Operand::resolve(lower, placeholders)?;
                between(operand, lower, Operand::resolve(upper, placeholders)?)
            }
            syntax::ConditionNode::In(operand, list) => {
                let operand = Operand::resolve(operand, placeholders)?;
                let list = list.iter().map(|operand| Operand::resolve(operand, placeholders));
                is_in(operand, list.collect::<Result<_, _>>()?)
            }
        }
    }

    fn holds(&self, item: Option<&Item>) -> bool {
        let has = |operand: &Operand, predicate: &dyn Fn(&Value) -> bool| {
            operand.find(item).is_some_and(|value| predicate(&value))
        };
        match self {
            Predicate::All(predicates) => predicates.iter().all(|predicate| predicate.holds(item)),
            Predicate::Any(predicates) => predicates.iter().any(|predicate| predicate.holds(item)),
            Predicate::Not(predicate) => !predicate.holds(item),
            Predicate::Compare(comparator, left, right) => {
                compares(*comparator, left.find(item), right.find(item))
            }
            Predicate::Between(operand, lower, upper) => {
                compares(Comparator::GreaterOrEqual, operand.find(item), lower.find(item))
                    && compares(Comparator::LessOrEqual, operand.find(item), upper.find(item))
            }
            Predicate::In(operand, list) => has(operand, &|value| {
                list.iter().any(|member| has(member, &|member| member == value))
            }),
            Predicate::Exists(path) => item.and_then(|item| path.find(item)).is_some(),
            Predicate::NotExists(path) => item.and_then(|item| path.find(item)).is_none(),
            Predicate::HasType(operand, name) => has(operand, &|value| value.type_name() == name),
            Predicate::BeginsWith(operand, prefix) => {
                has(operand, &|value| has(prefix, &|prefix| value.begins_with(prefix)))
            }
            Predicate::Contains(operand, part) => {
                has(operand, &|value| has(part, &|part| value.contains(part)))
            }
        }
    }

    /// Collects every path of the predicate.
    fn paths<'a>(&'a self, paths: &mut Vec<&'a Path>) {
        match self {
            Predicate::All(predicates) | Predicate::Any(predicates) => {
                predicates.iter().for_each(|predicate| predicate.paths(paths));
            }
            Predicate::Not(predicate) => predicate.paths(paths),
            Predicate::Compare(_, one, two)
            | Predicate::BeginsWith(one, two)
            | Predicate::Contains(one, two) => {
                paths.extend([one, two].into_iter().filter_map(Operand::path));
            }
            Predicate::Between(one, two, three) => {
                paths.extend([one, two, three].into_iter().filter_map(Operand::path));
            }
            Predicate::In(operand, list) => {
                paths.extend(operand.path());
                paths.extend(list.iter().filter_map(Operand::path));
            }
            Predicate::Exists(path) | Predicate::NotExists(path) => paths.push(path),
            Predicate::HasType(operand, _) => paths.extend(operand.path()),
        }
    }
}

/// Compares two values.
///
/// A missing value is unequal to every value and to another missing one, and has no order.
fn compares(
    comparator: Comparator,
    left: Option<Cow<'_, Value>>,
    right: Option<Cow<'_, Value>>,
) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return comparator == Comparator::NotEqual;
    };
    let order = || left.compare(&right);
    match comparator {
        Comparator::Equal => left == right,
        Comparator::NotEqual => left != right,
        Comparator::Less => order() == Some(Ordering::Less),
        Comparator::LessOrEqual => order().is_some_and(Ordering::is_le),
        Comparator::Greater => order() == Some(Ordering::Greater),
        Comparator::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
    }
}

fn compare(comparator: Comparator, left: Operand, right: Operand) -> Result<Predicate, String> {
    let symbol = comparator.symbol();
    functions::check_distinct(symbol, &left, &right)?;
    check_types([&left, &right])?;
    if !matches!(comparator, Comparator::Equal | Comparator::NotEqual) {
        check_ordered(symbol, [&left, &right])?;
    }
    Ok(Predicate::Compare(comparator, left, right))
}

fn is_in(operand: Operand, list: Vec<Operand>) -> Result<Predicate, String> {
    let count = list.len() + 1;
    if count > OPERANDS_OF_IN_MAX {
        return Err(format!(
            "The IN operator is provided with too many operands; number of operands: {count}"
        ));
    }
    list.iter().try_for_each(|member| functions::check_distinct("IN", &operand, member))?;
    check_types(std::iter::once(&operand).chain(&list))?;
    Ok(Predicate::In(operand, list))
}

fn check_types<'a>(operands: impl IntoIterator<Item = &'a Operand>) -> CheckResult {
    operands.into_iter().try_for_each(Operand::check_types)
}

/// Refuses an operand whose type is known to have no order.
fn check_ordered<'a>(
    operator: &str,
    operands: impl IntoIterator<Item = &'a Operand>,
) -> CheckResult {
    operands.into_iter().try_for_each(|operand| {
        functions::check_type(operator, operand.type_name(), |name| matches!(name, "S" | "N" | "B"))
    })
}

fn between(operand: Operand, lower: Operand, upper: Operand) -> Result<Predicate, String> {
    check_types([&operand, &lower, &upper])?;
    check_ordered("BETWEEN", [&operand, &lower, &upper])?;
    if let (Operand::Value(least), Operand::Value(most)) = (&lower, &upper) {
        let complain = |requirement: &str| {
            Err(format!(
                "The BETWEEN operator requires {requirement}; lower bound operand: \
                 AttributeValue: {}, upper bound operand: AttributeValue: {}",
                short(least),
                short(most)
            ))
        };
        match least.compare(most) {
            None => return complain("same data type for lower and upper bounds"),
            Some(Ordering::Greater) => {
                return complain("upper bound to be greater than or equal to lower bound");
            }
            Some(Ordering::Less | Ordering::Equal) => {}
        }
    }
    Ok(Predicate::Between(operand, lower, upper))
}

/// Writes a scalar as in the errors of AWS, `{S:text}`.
fn short(value: &Value) -> String {
    let mut json = String::new();
    value.write(&mut json);
    json.replace('"', "")
}
