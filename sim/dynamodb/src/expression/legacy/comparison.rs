//! A comparison of one attribute in a legacy parameter.

use std::cmp::Ordering;

use super::{INVALID, structure};
use crate::answer::Answer;
use crate::expression::condition::Predicate;
use crate::expression::key_condition::KeyPredicate;
use crate::expression::key_range::{KeyComparator, RangePredicate};
use crate::expression::operand::Operand;
use crate::expression::path::Path;
use crate::expression::syntax::Comparator;
use crate::members::Members;
use crate::value::Value;

/// A `ComparisonOperator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    In,
    Null,
    Between,
    Compare(Comparator),
    NotContains,
    NotNull,
    BeginsWith,
    Contains,
}

/// A comparison of one attribute with its values.
#[derive(Debug)]
pub(super) enum Comparison {
    Exists,
    NotExists,
    Compare(Comparator, Value),
    Between(Value, Value),
    In(Vec<Value>),
    BeginsWith(Value),
    Contains(Value),
    NotContains(Value),
}

impl Operator {
    /// Every operator with its name, in the order of AWS.
    pub(super) const ALL: [(&'static str, Operator); 13] = [
        ("IN", Operator::In),
        ("NULL", Operator::Null),
        ("BETWEEN", Operator::Between),
        ("LT", Operator::Compare(Comparator::Less)),
        ("NOT_CONTAINS", Operator::NotContains),
        ("EQ", Operator::Compare(Comparator::Equal)),
        ("GT", Operator::Compare(Comparator::Greater)),
        ("NOT_NULL", Operator::NotNull),
        ("NE", Operator::Compare(Comparator::NotEqual)),
        ("LE", Operator::Compare(Comparator::LessOrEqual)),
        ("BEGINS_WITH", Operator::BeginsWith),
        ("GE", Operator::Compare(Comparator::GreaterOrEqual)),
        ("CONTAINS", Operator::Contains),
    ];

    /// Parses an operator.
    pub(super) fn parse(word: &str) -> Option<Operator> {
        Operator::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, operator)| operator)
    }

    /// True if the operator takes values of this type.
    fn takes(self, type_name: &str) -> bool {
        match self {
            Operator::Compare(Comparator::Equal | Comparator::NotEqual)
            | Operator::Null
            | Operator::NotNull => true,
            Operator::Compare(_) | Operator::Between | Operator::In => {
                matches!(type_name, "S" | "N" | "B")
            }
            Operator::BeginsWith => matches!(type_name, "S" | "B"),
            Operator::Contains | Operator::NotContains => {
                matches!(type_name, "S" | "N" | "B" | "BOOL" | "NULL")
            }
        }
    }
}

impl Comparison {
    /// Reads an entry of a filter or of `KeyConditions`.
    pub(super) fn from_condition(_: &str, entry: &Members<'_>) -> Result<Comparison, Answer> {
        let values = structure::values(entry, "AttributeValueList")?.unwrap_or_default();
        let word = entry.string("ComparisonOperator")?;
        Comparison::new(word.expect("a missing operator has been refused"), values)
    }

    /// Reads an entry of `Expected`.
    pub(super) fn from_expected(
        attribute: &str,
        entry: &Members<'_>,
    ) -> Result<Comparison, Answer> {
        let complain = |what: &str| Err(invalid(&format!("{what} for Attribute: {attribute}")));
        let exists = entry.has("Exists").then(|| entry.flag("Exists")).transpose()?;
        let value = structure::value(entry, "Value")?;
        let values = structure::values(entry, "AttributeValueList")?;
        let operator = entry.string("ComparisonOperator")?;
        match (operator, exists, values, value) {
            (_, _, Some(_), Some(_)) => {
                complain("Value and AttributeValueList cannot be used together")
            }
            (Some(_), Some(_), ..) => {
                complain("Exists and ComparisonOperator cannot be used together")
            }
            (Some(word), None, None, None) if !matches!(word, "NULL" | "NOT_NULL") => {
                complain(&format!(
                    "Value or AttributeValueList must be used with ComparisonOperator: {word}"
                ))
            }
            (Some(word), None, values, value) => {
                let values = values.unwrap_or_else(|| value.into_iter().collect());
                Comparison::new(word, values)
            }
            (None, _, Some(_), None) => {
                complain("AttributeValueList can only be used with a ComparisonOperator")
            }
            (None, Some(false), None, Some(_)) => {
                complain("Value cannot be used when Exists is false")
            }
            (None, Some(false), None, None) => Ok(Comparison::NotExists),
            (None, None | Some(true), None, Some(value)) => {
                Ok(Comparison::Compare(Comparator::Equal, value))
            }
            (None, Some(true), None, None) => {
                complain("Value must be provided when Exists is true")
            }
            (None, None, None, None) => complain("Value must be provided when Exists is null"),
        }
    }

    /// The comparison as a predicate on an attribute.
    pub(super) fn predicate(self, attribute: &str) -> Predicate {
        let path = Path::new(attribute);
        let operand = Operand::Path(path.clone());
        match self {
            Comparison::Exists => Predicate::Exists(path),
            Comparison::NotExists => Predicate::NotExists(path),
            Comparison::Compare(comparator, value) => {
                Predicate::Compare(comparator, operand, Operand::Value(value))
            }
            Comparison::Between(lower, upper) => {
                Predicate::Between(operand, Operand::Value(lower), Operand::Value(upper))
            }
            Comparison::In(values) => {
                Predicate::In(operand, values.into_iter().map(Operand::Value).collect())
            }
            Comparison::BeginsWith(prefix) => {
                Predicate::BeginsWith(operand, Operand::Value(prefix))
            }
            Comparison::Contains(part) => Predicate::Contains(operand, Operand::Value(part)),
            Comparison::NotContains(part) => {
                Predicate::Not(Box::new(Predicate::Contains(operand, Operand::Value(part))))
            }
        }
    }

    /// The comparison as a predicate on a key.
    pub(super) fn key_predicate(self) -> KeyPredicate {
        match self {
            Comparison::Compare(comparator, value) => match KeyComparator::parse(comparator) {
                Some(comparator) => KeyPredicate::Range(RangePredicate::Compare(comparator, value)),
                None => KeyPredicate::NotIndexable,
            },
            Comparison::Between(lower, upper) => {
                KeyPredicate::Range(RangePredicate::Between(lower, upper))
            }
            Comparison::BeginsWith(prefix) => {
                KeyPredicate::Range(RangePredicate::BeginsWith(prefix))
            }
            Comparison::Exists
            | Comparison::NotExists
            | Comparison::In(_)
            | Comparison::Contains(_)
            | Comparison::NotContains(_) => KeyPredicate::NotIndexable,
        }
    }

    /// Checks the number of values, then their types and their order.
    fn new(word: &str, values: Vec<Value>) -> Result<Comparison, Answer> {
        let wrong_count =
            || invalid(&format!("Invalid number of argument(s) for the {word} ComparisonOperator"));
        let operator = Operator::parse(word).expect("an unknown operator has been refused");
        let types: Vec<_> = values.iter().map(Value::type_name).collect();
        let comparison = Comparison::from_values(operator, values).ok_or_else(wrong_count)?;
        if types.windows(2).any(|pair| pair.first() != pair.last()) {
            return Err(invalid("AttributeValues inside AttributeValueList must be of same type"));
        }
        if let Some(name) = types.iter().find(|name| !operator.takes(name)) {
            return Err(invalid(&format!(
                "ComparisonOperator {word} is not valid for {name} AttributeValue type"
            )));
        }
        match &comparison {
            Comparison::Between(lower, upper)
                if lower.compare(upper) == Some(Ordering::Greater) =>
            {
                Err(Answer::validation(
                    "The BETWEEN condition was provided a range where the lower bound is greater \
                     than the upper bound",
                ))
            }
            _ => Ok(comparison),
        }
    }

    /// Returns the comparison, if the number of values fits the operator.
    fn from_values(operator: Operator, values: Vec<Value>) -> Option<Comparison> {
        let mut values = values.into_iter();
        let comparison = match operator {
            Operator::Null => Comparison::NotExists,
            Operator::NotNull => Comparison::Exists,
            Operator::Compare(comparator) => Comparison::Compare(comparator, values.next()?),
            Operator::BeginsWith => Comparison::BeginsWith(values.next()?),
            Operator::Contains => Comparison::Contains(values.next()?),
            Operator::NotContains => Comparison::NotContains(values.next()?),
            Operator::Between => Comparison::Between(values.next()?, values.next()?),
            Operator::In => {
                let first = values.next()?;
                Comparison::In(std::iter::once(first).chain(values.by_ref()).collect())
            }
        };
        values.next().is_none().then_some(comparison)
    }
}

fn invalid(what: &str) -> Answer {
    Answer::validation(&format!("{INVALID}: {what}"))
}
