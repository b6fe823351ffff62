//! Ranges of keys.

use std::cmp::Ordering;

use super::syntax::Comparator;
use crate::value::Value;

/// Some or all of the rows of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyRange {
    /// The partition key.
    pub(crate) hash: Value,
    /// What the sort keys must be like.
    pub(crate) range: Option<RangePredicate>,
}

/// What is asked of a sort key; its values have the type of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RangePredicate {
    /// It compares like this with a value.
    Compare(KeyComparator, Value),
    /// It is one of these values or between them.
    Between(Value, Value),
    /// It begins with a value.
    BeginsWith(Value),
}

/// How a key can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyComparator {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl RangePredicate {
    /// Whether it holds of a sort key.
    pub(crate) fn holds(&self, key: &Value) -> bool {
        match self {
            RangePredicate::Compare(comparator, value) => {
                key.compare(value).is_some_and(|order| comparator.fits(order))
            }
            RangePredicate::Between(lower, upper) => {
                key.compare(lower).is_some_and(Ordering::is_ge)
                    && key.compare(upper).is_some_and(Ordering::is_le)
            }
            RangePredicate::BeginsWith(prefix) => key.begins_with(prefix),
        }
    }

    /// The values that keys are compared with.
    pub(super) fn values(&self) -> Vec<&Value> {
        match self {
            RangePredicate::Compare(_, value) | RangePredicate::BeginsWith(value) => vec![value],
            RangePredicate::Between(lower, upper) => vec![lower, upper],
        }
    }
}

impl KeyComparator {
    /// The comparator, if it is one of those that keys can be found by.
    pub(super) fn parse(comparator: Comparator) -> Option<KeyComparator> {
        match comparator {
            Comparator::Equal => Some(KeyComparator::Equal),
            Comparator::NotEqual => None,
            Comparator::Less => Some(KeyComparator::Less),
            Comparator::LessOrEqual => Some(KeyComparator::LessOrEqual),
            Comparator::Greater => Some(KeyComparator::Greater),
            Comparator::GreaterOrEqual => Some(KeyComparator::GreaterOrEqual),
        }
    }

    /// The comparator with its sides changed.
    pub(super) fn flipped(self) -> KeyComparator {
        match self {
            KeyComparator::Equal => KeyComparator::Equal,
            KeyComparator::Less => KeyComparator::Greater,
            KeyComparator::LessOrEqual => KeyComparator::GreaterOrEqual,
            KeyComparator::Greater => KeyComparator::Less,
            KeyComparator::GreaterOrEqual => KeyComparator::LessOrEqual,
        }
    }

    fn fits(self, order: Ordering) -> bool {
        match self {
            KeyComparator::Equal => order.is_eq(),
            KeyComparator::Less => order.is_lt(),
            KeyComparator::LessOrEqual => order.is_le(),
            KeyComparator::Greater => order.is_gt(),
            KeyComparator::GreaterOrEqual => order.is_ge(),
        }
    }
}
