//! What can hold of an item: conditions and filters.

use std::cmp::Ordering;

use super::super::answer::Answer;
use super::super::item::Item;
use super::super::members::Members;
use super::super::number::Number;
use super::super::value::Value;
use super::path::Path;
use super::placeholders::Placeholders;
use super::syntax::{self, Comparator};
use super::{functions, parser};

/// The most operands of `IN`, with the one before it.
const OPERANDS_OF_IN_MAX: usize = 100;

/// A condition or a filter that makes sense.
#[derive(Clone, Debug)]
pub(in super::super) struct Condition {
    test: Test,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    Compare(Comparator, Operand, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Exists(Path),
    NotExists(Path),
    /// The operand has the type of this name.
    HasType(Operand, String),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
}

/// Something that may have a value.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Path(Path),
    Value(Value),
    Size(Box<Operand>),
}

/// A value that an operand refers to, or one that was worked out.
enum Found<'a> {
    There(&'a Value),
    Made(Value),
}

impl Condition {
    /// Reads the expression of a member, if the request has it.
    pub(in super::super) fn read(
        members: &Members<'_>,
        member: &str,
        placeholders: &mut Placeholders,
    ) -> Result<Option<Condition>, Answer> {
        let Some(text) = members.string(member)? else { return Ok(None) };
        super::read(member, text, |text| {
            let test = Test::resolve(&parser::test(text)?, placeholders)?;
            Ok(Some(Condition { test }))
        })
    }

    /// Whether it holds of an item, or of there being none.
    pub(in super::super) fn holds(&self, item: Option<&Item>) -> bool {
        self.test.holds(item)
    }

    /// Refuses to look into the partition key.
    pub(in super::super) fn check_key(&self, key: &str) -> Result<(), Answer> {
        let mut paths = Vec::new();
        self.test.paths(&mut paths);
        match paths.iter().any(|path| path.attribute == key && !path.steps.is_empty()) {
            true => Err(super::key_is_scalar(key)),
            false => Ok(()),
        }
    }
}

impl Test {
    fn resolve(test: &syntax::Test<'_>, placeholders: &mut Placeholders) -> Result<Test, String> {
        let mut all = |tests: &[syntax::Test<'_>]| {
            tests.iter().map(|test| Test::resolve(test, placeholders)).collect::<Result<_, _>>()
        };
        match test {
            syntax::Test::All(tests) => Ok(Test::All(all(tests)?)),
            syntax::Test::Any(tests) => Ok(Test::Any(all(tests)?)),
            syntax::Test::Not(test) => Ok(Test::Not(Box::new(Test::resolve(test, placeholders)?))),
            syntax::Test::Compare(comparator, left, right) => {
                let left = Operand::resolve(left, placeholders)?;
                let right = Operand::resolve(right, placeholders)?;
                compare(*comparator, left, right)
            }
            syntax::Test::Between(operand, lower, upper) => {
                let operand = Operand::resolve(operand, placeholders)?;
                let lower = Operand::resolve(lower, placeholders)?;
                let upper = Operand::resolve(upper, placeholders)?;
                between(operand, lower, upper)
            }
            syntax::Test::In(operand, list) => {
                let count = list.len() + 1;
                if count > OPERANDS_OF_IN_MAX {
                    return Err(format!(
                        "The IN operator is provided with too many operands; number of operands: \
                         {count}"
                    ));
                }
                let operand = Operand::resolve(operand, placeholders)?;
                let list = list.iter().map(|operand| Operand::resolve(operand, placeholders));
                Ok(Test::In(operand, list.collect::<Result<_, _>>()?))
            }
            syntax::Test::Call(call) => functions::test(call, placeholders),
        }
    }

    fn holds(&self, item: Option<&Item>) -> bool {
        let has = |operand: &Operand, test: &dyn Fn(&Value) -> bool| {
            operand.find(item).is_some_and(|found| test(found.value()))
        };
        match self {
            Test::All(tests) => tests.iter().all(|test| test.holds(item)),
            Test::Any(tests) => tests.iter().any(|test| test.holds(item)),
            Test::Not(test) => !test.holds(item),
            Test::Compare(comparator, left, right) => {
                compares(*comparator, left.find(item), right.find(item))
            }
            Test::Between(operand, lower, upper) => {
                compares(Comparator::GreaterOrEqual, operand.find(item), lower.find(item))
                    && compares(Comparator::LessOrEqual, operand.find(item), upper.find(item))
            }
            Test::In(operand, list) => has(operand, &|value| {
                list.iter().any(|member| has(member, &|member| member == value))
            }),
            Test::Exists(path) => item.and_then(|item| path.find(item)).is_some(),
            Test::NotExists(path) => item.and_then(|item| path.find(item)).is_none(),
            Test::HasType(operand, name) => has(operand, &|value| value.type_name() == name),
            Test::BeginsWith(operand, prefix) => {
                has(operand, &|value| has(prefix, &|prefix| value.begins_with(prefix)))
            }
            Test::Contains(operand, part) => {
                has(operand, &|value| has(part, &|part| value.contains(part)))
            }
        }
    }

    /// Collects every path that is looked at.
    fn paths<'a>(&'a self, paths: &mut Vec<&'a Path>) {
        match self {
            Test::All(tests) | Test::Any(tests) => {
                tests.iter().for_each(|test| test.paths(paths));
            }
            Test::Not(test) => test.paths(paths),
            Test::Compare(_, one, two) | Test::BeginsWith(one, two) | Test::Contains(one, two) => {
                paths.extend([one, two].into_iter().filter_map(Operand::path));
            }
            Test::Between(one, two, three) => {
                paths.extend([one, two, three].into_iter().filter_map(Operand::path));
            }
            Test::In(operand, list) => {
                paths.extend(operand.path());
                paths.extend(list.iter().filter_map(Operand::path));
            }
            Test::Exists(path) | Test::NotExists(path) => paths.push(path),
            Test::HasType(operand, _) => paths.extend(operand.path()),
        }
    }
}

impl Operand {
    pub(super) fn resolve(
        operand: &syntax::Operand<'_>,
        placeholders: &mut Placeholders,
    ) -> Result<Operand, String> {
        match operand {
            syntax::Operand::Path(steps) => Ok(Operand::Path(Path::resolve(steps, placeholders)?)),
            syntax::Operand::Value(name) => Ok(Operand::Value(placeholders.value(name)?)),
            syntax::Operand::Call(call) => functions::operand(call, placeholders),
        }
    }

    /// The name of the type, where it is known without an item.
    pub(super) fn type_name(&self) -> Option<&'static str> {
        match self {
            Operand::Path(_) => None,
            Operand::Value(value) => Some(value.type_name()),
            Operand::Size(_) => Some("N"),
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Operand::Path(path) => Some(path),
            Operand::Value(_) => None,
            Operand::Size(operand) => operand.path(),
        }
    }

    fn find<'a>(&'a self, item: Option<&'a Item>) -> Option<Found<'a>> {
        match self {
            Operand::Path(path) => path.find(item?).map(Found::There),
            Operand::Value(value) => Some(Found::There(value)),
            Operand::Size(operand) => {
                let size = operand.find(item)?.value().size()?;
                Some(Found::Made(Value::N(Number::from_count(size))))
            }
        }
    }
}

impl Found<'_> {
    fn value(&self) -> &Value {
        match self {
            Found::There(value) => value,
            Found::Made(value) => value,
        }
    }
}

/// What does not exist is unequal to everything, itself included, and has no order.
fn compares(comparator: Comparator, left: Option<Found<'_>>, right: Option<Found<'_>>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return comparator == Comparator::NotEqual;
    };
    let (left, right) = (left.value(), right.value());
    let order = || left.compare(right);
    match comparator {
        Comparator::Equal => left == right,
        Comparator::NotEqual => left != right,
        Comparator::Less => order() == Some(Ordering::Less),
        Comparator::LessOrEqual => order().is_some_and(Ordering::is_le),
        Comparator::Greater => order() == Some(Ordering::Greater),
        Comparator::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
    }
}

fn compare(comparator: Comparator, left: Operand, right: Operand) -> Result<Test, String> {
    let symbol = comparator.symbol();
    functions::check_distinct(symbol, &left, &right)?;
    if !matches!(comparator, Comparator::Equal | Comparator::NotEqual) {
        for operand in [&left, &right] {
            functions::check_type(symbol, operand, |name| matches!(name, "S" | "N" | "B"))?;
        }
    }
    Ok(Test::Compare(comparator, left, right))
}

fn between(operand: Operand, lower: Operand, upper: Operand) -> Result<Test, String> {
    for operand in [&operand, &lower, &upper] {
        functions::check_type("BETWEEN", operand, |name| matches!(name, "S" | "N" | "B"))?;
    }
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
    Ok(Test::Between(operand, lower, upper))
}

/// A scalar as AWS writes it in its complaints, `{S:text}`.
fn short(value: &Value) -> String {
    let mut wire = String::new();
    value.write(&mut wire);
    wire.replace('"', "")
}
