//! Conditions on keys, for queries.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::condition::Predicate;
use super::key_range::{KeyComparator, KeyRange, RangePredicate};
use super::operand::Operand;
use super::path::Path;
use super::placeholders::Placeholders;
use super::syntax::Comparator;
use crate::answer::Answer;
use crate::members::Members;
use crate::schema::{KeyAttribute, KeySchema};

/// A sound condition that may not be one on keys.
///
/// AWS first reads all expressions of a request and refuses unused placeholders. Only then does it
/// check if this expression is a condition on keys.
#[derive(Clone, Debug)]
pub(crate) struct KeyExpression {
    predicate: Predicate,
}

/// One or two predicates, each on another attribute.
#[derive(Clone, Debug)]
pub(crate) struct KeyCondition {
    predicates: BTreeMap<String, KeyPredicate>,
}

/// A predicate on one attribute.
#[derive(Clone, Debug)]
pub(super) enum KeyPredicate {
    Range(RangePredicate),
    /// A predicate that is no range of keys. Only legacy parameters can have it.
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
            Ok(Some(KeyExpression { predicate: Predicate::parse(text, placeholders)? }))
        })
    }

    /// Returns the condition on keys, and refuses any other condition.
    pub(crate) fn condition(&self) -> Result<KeyCondition, Answer> {
        let mut predicates = BTreeMap::new();
        collect(&self.predicate, &mut predicates).map_err(|why| Answer::validation(&why))?;
        KeyCondition::new(predicates)
    }
}

impl KeyCondition {
    /// Builds the condition, and refuses one on no key or on more than two.
    pub(super) fn new(predicates: BTreeMap<String, KeyPredicate>) -> Result<KeyCondition, Answer> {
        match predicates.len() {
            1 | 2 => Ok(KeyCondition { predicates }),
            _ => Err(Answer::validation("Conditions can be of length 1 or 2 only")),
        }
    }

    /// Returns the range of keys in a table or an index with this schema.
    ///
    /// `first` is the check that AWS makes before that of the condition on each attribute.
    pub(crate) fn resolve(
        &self,
        keys: &KeySchema,
        first: impl Fn(&KeyAttribute) -> Result<(), Answer>,
    ) -> Result<KeyRange, Answer> {
        let unsupported = || Answer::validation("Query key condition not supported");
        // The order of these checks is that of AWS.
        first(&keys.hash)?;
        if keys.range.is_none() && self.predicates.len() > 1 {
            return Err(unsupported());
        }
        let hash = match self.predicate_of(&keys.hash)?.ok_or_else(|| missed(&keys.hash))? {
            RangePredicate::Compare(KeyComparator::Equal, value) => value,
            _ => return Err(unsupported()),
        };
        keys.range.as_ref().map_or(Ok(()), first)?;
        let range = match &keys.range {
            Some(key) => match self.predicate_of(key)? {
                None if self.predicates.len() > 1 => return Err(missed(key)),
                predicate => predicate,
            },
            None => None,
        };
        Ok(KeyRange { hash: hash.clone(), range: range.cloned() })
    }

    fn predicate_of(&self, key: &KeyAttribute) -> Result<Option<&RangePredicate>, Answer> {
        let predicate = match self.predicates.get(&key.name) {
            Some(KeyPredicate::Range(predicate)) => predicate,
            Some(KeyPredicate::NotIndexable) => {
                return Err(Answer::validation(
                    "Attempted conditional constraint is not an indexable operation",
                ));
            }
            None => return Ok(None),
        };
        if predicate.values().iter().any(|value| value.type_name() != key.kind.name()) {
            return Err(Answer::validation(
                "One or more parameter values were invalid: Condition parameter type does not \
                 match schema type",
            ));
        }
        Ok(Some(predicate))
    }
}

fn missed(key: &KeyAttribute) -> Answer {
    Answer::validation(&format!("Query condition missed key schema element: {}", key.name))
}

/// Collects the predicates on keys that all have to hold.
fn collect(
    predicate: &Predicate,
    predicates: &mut BTreeMap<String, KeyPredicate>,
) -> Result<(), String> {
    if let Predicate::All(all) = predicate {
        return all.iter().try_for_each(|predicate| collect(predicate, predicates));
    }
    let (key, predicate) = key_predicate(predicate)?;
    match predicates.entry(key.to_owned()) {
        Entry::Vacant(entry) => {
            entry.insert(KeyPredicate::Range(predicate));
            Ok(())
        }
        Entry::Occupied(_) => {
            Err("KeyConditionExpressions must only contain one condition per key".to_owned())
        }
    }
}

/// Returns the name of a key and the predicate on it.
fn key_predicate(predicate: &Predicate) -> Result<(&str, RangePredicate), String> {
    let (path, range) = match predicate {
        Predicate::Compare(comparator, left, right) => {
            let comparator = KeyComparator::parse(*comparator)
                .ok_or_else(|| invalid_operator(Comparator::NotEqual.symbol()))?;
            match (left, right) {
                (Operand::Path(path), Operand::Value(value)) => {
                    (path, RangePredicate::Compare(comparator, value.clone()))
                }
                (Operand::Value(value), Operand::Path(path)) => {
                    (path, RangePredicate::Compare(comparator.flipped(), value.clone()))
                }
                _ => return Err(wrong_operands(&[left, right])),
            }
        }
        Predicate::Between(operand, lower, upper) => {
            check_first("BETWEEN", operand)?;
            match (operand, lower, upper) {
                (Operand::Path(path), Operand::Value(lower), Operand::Value(upper)) => {
                    (path, RangePredicate::Between(lower.clone(), upper.clone()))
                }
                _ => return Err(wrong_operands(&[operand, lower, upper])),
            }
        }
        Predicate::BeginsWith(operand, prefix) => {
            check_first("begins_with", operand)?;
            match (operand, prefix) {
                (Operand::Path(path), Operand::Value(prefix)) => {
                    (path, RangePredicate::BeginsWith(prefix.clone()))
                }
                _ => return Err(wrong_operands(&[operand, prefix])),
            }
        }
        Predicate::All(_) => return Err(invalid_operator("AND")),
        Predicate::Any(_) => return Err(invalid_operator("OR")),
        Predicate::Not(_) => return Err(invalid_operator("NOT")),
        Predicate::In(..) => return Err(invalid_operator("IN")),
        Predicate::Exists(_) => return Err(invalid_operator("attribute_exists")),
        Predicate::NotExists(_) => return Err(invalid_operator("attribute_not_exists")),
        Predicate::HasType(..) => return Err(invalid_operator("attribute_type")),
        Predicate::Contains(..) => return Err(invalid_operator("contains")),
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
    if path.steps.is_empty() {
        return Ok(());
    }
    Err("KeyConditionExpressions cannot have conditions on nested attributes".to_owned())
}

/// The error for operands that are not one attribute and values.
fn wrong_operands(operands: &[&Operand]) -> String {
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
