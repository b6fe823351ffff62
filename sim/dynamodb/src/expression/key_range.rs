//! Ranges of keys.

use std::cmp::Ordering;

use super::syntax::Comparator;
use crate::value::Value;

/// The keys of some or all rows of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyRange {
    /// The partition key.
    pub(crate) hash: Value,
    /// The predicate on the sort key.
    pub(crate) range: Option<RangePredicate>,
}

/// A predicate on a sort key, with values of the type of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RangePredicate {
    /// The key compares like this with a value.
    Compare(KeyComparator, Value),
    /// The key is one of these values or between them.
    Between(Value, Value),
    /// The key begins with a value.
    BeginsWith(Value),
}

/// A comparator for keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyComparator {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl RangePredicate {
    /// True if the predicate holds for a sort key.
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

    /// The values of the predicate.
    pub(super) fn values(&self) -> Vec<&Value> {
        match self {
            RangePredicate::Compare(_, value) | RangePredicate::BeginsWith(value) => vec![value],
            RangePredicate::Between(lower, upper) => vec![lower, upper],
        }
    }
}

impl KeyComparator {
    /// Returns the comparator, if it is one for keys.
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

    /// The comparator for the operands in reverse order.
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
