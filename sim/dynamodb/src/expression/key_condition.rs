//! What a query asks of keys.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::condition::Test;
use super::key_range::{KeyComparator, KeyRange, RangeTest};
use super::operand::Operand;
use super::path::Path;
use super::placeholders::Placeholders;
use super::syntax::Comparator;
use crate::answer::Answer;
use crate::members::Members;
use crate::schema::{KeyAttribute, KeySchema};

/// A condition that makes sense, though perhaps not for keys.
///
/// AWS reads every expression of a request, and looks for placeholders that none of them uses,
/// before it asks whether this one can be a condition on keys.
#[derive(Clone, Debug)]
pub(crate) struct KeyExpression {
    test: Test,
}

/// One or two tests, each of another attribute.
#[derive(Clone, Debug)]
pub(crate) struct KeyCondition {
    tests: BTreeMap<String, KeyTest>,
}

/// What is asked of one attribute.
#[derive(Clone, Debug)]
pub(super) enum KeyTest {
    Range(RangeTest),
    /// Something that is no range of keys, which only legacy parameters can ask.
    NotIndexable,
}

impl KeyExpression {
    /// Reads the expression of a member, if the request has it.
    pub(crate) fn read(
        members: &Members<'_>,
        member: &str,
        placeholders: &mut Placeholders,
    ) -> Result<Option<KeyExpression>, Answer> {
        let Some(text) = members.string(member)? else { return Ok(None) };
        super::read(member, text, |text| {
            Ok(Some(KeyExpression { test: Test::parse(text, placeholders)? }))
        })
    }

    /// The condition on keys, if it is one.
    pub(crate) fn condition(&self) -> Result<KeyCondition, Answer> {
        let mut tests = BTreeMap::new();
        collect(&self.test, &mut tests).map_err(|why| Answer::validation(&why))?;
        KeyCondition::new(tests)
    }
}

impl KeyCondition {
    pub(super) fn new(tests: BTreeMap<String, KeyTest>) -> Result<KeyCondition, Answer> {
        match tests.len() {
            1 | 2 => Ok(KeyCondition { tests }),
            _ => Err(Answer::validation("Conditions can be of length 1 or 2 only")),
        }
    }

    /// The range of keys that is asked for in a table or an index with this schema.
    ///
    /// Before it looks at the condition on an attribute, AWS looks `first` at something else.
    pub(crate) fn resolve(
        &self,
        keys: &KeySchema,
        first: impl Fn(&KeyAttribute) -> Result<(), Answer>,
    ) -> Result<KeyRange, Answer> {
        let unsupported = || Answer::validation("Query key condition not supported");
        first(&keys.hash)?;
        if keys.range.is_none() && self.tests.len() > 1 {
            return Err(unsupported());
        }
        let hash = match self.test_of(&keys.hash)?.ok_or_else(|| missed(&keys.hash))? {
            RangeTest::Compare(KeyComparator::Equal, value) => value,
            _ => return Err(unsupported()),
        };
        keys.range.as_ref().map_or(Ok(()), first)?;
        let range = match &keys.range {
            Some(key) => match self.test_of(key)? {
                None if self.tests.len() > 1 => return Err(missed(key)),
                test => test,
            },
            None => None,
        };
        Ok(KeyRange { hash: hash.clone(), range: range.cloned() })
    }

    fn test_of(&self, key: &KeyAttribute) -> Result<Option<&RangeTest>, Answer> {
        let test = match self.tests.get(&key.name) {
            Some(KeyTest::Range(test)) => test,
            Some(KeyTest::NotIndexable) => {
                return Err(Answer::validation(
                    "Attempted conditional constraint is not an indexable operation",
                ));
            }
            None => return Ok(None),
        };
        match test.values().iter().all(|value| value.type_name() == key.kind.name()) {
            true => Ok(Some(test)),
            false => Err(Answer::validation(
                "One or more parameter values were invalid: Condition parameter type does not \
                 match schema type",
            )),
        }
    }
}

fn missed(key: &KeyAttribute) -> Answer {
    Answer::validation(&format!("Query condition missed key schema element: {}", key.name))
}

/// Collects the tests of keys that all have to hold.
fn collect(test: &Test, tests: &mut BTreeMap<String, KeyTest>) -> Result<(), String> {
    if let Test::All(all) = test {
        return all.iter().try_for_each(|test| collect(test, tests));
    }
    let (key, test) = key_test(test)?;
    match tests.entry(key.to_owned()) {
        Entry::Vacant(entry) => {
            entry.insert(KeyTest::Range(test));
            Ok(())
        }
        Entry::Occupied(_) => {
            Err("KeyConditionExpressions must only contain one condition per key".to_owned())
        }
    }
}

/// The name of the key and what is asked of it.
fn key_test(test: &Test) -> Result<(&str, RangeTest), String> {
    let (path, range) = match test {
        Test::Compare(comparator, left, right) => {
            let comparator = KeyComparator::parse(*comparator)
                .ok_or_else(|| invalid_operator(Comparator::NotEqual.symbol()))?;
            match (left, right) {
                (Operand::Path(path), Operand::Value(value)) => {
                    (path, RangeTest::Compare(comparator, value.clone()))
                }
                (Operand::Value(value), Operand::Path(path)) => {
                    (path, RangeTest::Compare(comparator.flipped(), value.clone()))
                }
                _ => return Err(trouble(&[left, right])),
            }
        }
        Test::Between(operand, lower, upper) => {
            check_first("BETWEEN", operand)?;
            match (operand, lower, upper) {
                (Operand::Path(path), Operand::Value(lower), Operand::Value(upper)) => {
                    (path, RangeTest::Between(lower.clone(), upper.clone()))
                }
                _ => return Err(trouble(&[operand, lower, upper])),
            }
        }
        Test::BeginsWith(operand, prefix) => {
            check_first("begins_with", operand)?;
            match (operand, prefix) {
                (Operand::Path(path), Operand::Value(prefix)) => {
                    (path, RangeTest::BeginsWith(prefix.clone()))
                }
                _ => return Err(trouble(&[operand, prefix])),
            }
        }
        Test::All(_) => return Err(invalid_operator("AND")),
        Test::Any(_) => return Err(invalid_operator("OR")),
        Test::Not(_) => return Err(invalid_operator("NOT")),
        Test::In(..) => return Err(invalid_operator("IN")),
        Test::Exists(_) => return Err(invalid_operator("attribute_exists")),
        Test::NotExists(_) => return Err(invalid_operator("attribute_not_exists")),
        Test::HasType(..) => return Err(invalid_operator("attribute_type")),
        Test::Contains(..) => return Err(invalid_operator("contains")),
    };
    check_whole(path)?;
    Ok((&path.attribute, range))
}

fn invalid_operator(operator: &str) -> String {
    format!("Invalid operator used in KeyConditionExpression: {operator}")
}

fn check_first(operator: &str, first: &Operand) -> Result<(), String> {
    match first {
        Operand::Path(_) => Ok(()),
        Operand::Value(_) | Operand::Size(_) => Err(format!(
            "Invalid condition in KeyConditionExpression: {operator} operator must have the key \
             attribute as its first operand"
        )),
    }
}

fn check_whole(path: &Path) -> Result<(), String> {
    match path.steps.is_empty() {
        true => Ok(()),
        false => {
            Err("KeyConditionExpressions cannot have conditions on nested attributes".to_owned())
        }
    }
}

/// What AWS says of operands that are not one attribute and values.
fn trouble(operands: &[&Operand]) -> String {
    let complain = |what: &str| format!("Invalid condition in KeyConditionExpression: {what}");
    let mut has_key = false;
    for operand in operands {
        match operand {
            Operand::Path(_) if has_key => {
                return complain("Multiple attribute names used in one condition");
            }
            Operand::Path(path) => {
                if let Err(message) = check_whole(path) {
                    return message;
                }
                has_key = true;
            }
            Operand::Size(_) => {
                return "KeyConditionExpressions cannot contain nested operations".to_owned();
            }
            Operand::Value(_) => {}
        }
    }
    complain("No key attribute specified")
}
