//! Operators of conditions, by their names.

use super::condition::{Comparison, Quantifier};

/// The operators that AWS has and the model lacks.
const NOT_MODELLED: [&str; 9] = [
    "BinaryEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "IpAddress",
    "NotIpAddress",
];

/// An operator, as its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) quantifier: Option<Quantifier>,
    pub(super) if_exists: bool,
    pub(super) is_negated: bool,
    pub(super) family: Family,
}

/// A family of operators, without what its members differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Arn,
    Numeric(Comparison),
    Bool,
    Null,
    /// An operator of AWS that is not modelled.
    Unmodelled,
    /// No operator of AWS.
    Unknown,
}

impl Operator {
    /// Parses the name of an operator.
    pub(super) fn parse(name: &str) -> Operator {
        let (quantifier, rest) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(Quantifier::All), rest),
            Some(("ForAnyValue", rest)) => (Some(Quantifier::Any), rest),
            _ => (None, name),
        };
        let (base, if_exists) = match rest.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (family, is_negated) = Family::parse(base);
        // Only `Null` asks for the presence of a key, so it cannot ask for it twice.
        let is_twice = family == Family::Null && (if_exists || quantifier.is_some());
        let family = if is_twice { Family::Unknown } else { family };
        Operator { quantifier, if_exists, is_negated, family }
    }
}

impl Family {
    /// Returns the family of an operator, and true if the operator is a negated one.
    fn parse(name: &str) -> (Family, bool) {
        let family = match name {
            "StringEquals" | "StringNotEquals" => Family::StringEquals,
            "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase" => {
                Family::StringEqualsIgnoreCase
            }
            "StringLike" | "StringNotLike" => Family::StringLike,
            "ArnEquals" | "ArnLike" | "ArnNotEquals" | "ArnNotLike" => Family::Arn,
            "NumericEquals" | "NumericNotEquals" => Family::Numeric(Comparison::Equal),
            "NumericLessThan" => Family::Numeric(Comparison::Less),
            "NumericLessThanEquals" => Family::Numeric(Comparison::LessOrEqual),
            "NumericGreaterThan" => Family::Numeric(Comparison::Greater),
            "NumericGreaterThanEquals" => Family::Numeric(Comparison::GreaterOrEqual),
            "Bool" => Family::Bool,
            "Null" => Family::Null,
            _ if NOT_MODELLED.contains(&name) => Family::Unmodelled,
            _ => return (Family::Unknown, false),
        };
        (family, name.contains("Not"))
    }
}
