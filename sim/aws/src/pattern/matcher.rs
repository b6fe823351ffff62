//! One condition on a value of an event.

use serde_json::Value;

use super::PatternError;
use super::cidr::Cidr;
use super::numeric::{self, NumericRange};
use super::wildcard::Wildcard;

/// A condition on a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Matcher {
    /// The value is this one. Texts are compared exactly.
    Exact(Value),
    /// The value is a text that begins with this one.
    Prefix(String),
    /// The value is a text that begins with this one, which is in lower case, in any case.
    PrefixIgnoreCase(String),
    /// The value is a text that ends with this one.
    Suffix(String),
    /// The value is a text that ends with this one, which is in lower case, in any case.
    SuffixIgnoreCase(String),
    /// The value is this text, which is in lower case, in any case.
    EqualsIgnoreCase(String),
    /// The value is a text of this form.
    Wildcard(Wildcard),
    /// The value is a number in this range.
    Numeric(NumericRange),
    /// The value is an address in this block.
    Cidr(Cidr),
    /// The value, of any type, satisfies none of these conditions.
    AnythingBut(Vec<Matcher>),
    /// There is a value, which may be null.
    Exists,
    /// There is no value.
    Absent,
}

impl Matcher {
    /// The names of the operators.
    pub(super) const OPERATORS: [&str; 8] = [
        "prefix",
        "suffix",
        "anything-but",
        "numeric",
        "exists",
        "equals-ignore-case",
        "cidr",
        "wildcard",
    ];

    /// Parses an alternative of the field at a path: a value, or an object with one operator.
    pub(super) fn parse(path: &str, alternative: &Value) -> Result<Matcher, PatternError> {
        let matcher = match alternative {
            Value::Object(_) => {
                let (operator, operand) = only_member(alternative).ok_or_else(|| one_key(path))?;
                operation(operator, operand)
            }
            Value::Array(_) => {
                Err("Match value must be String, number, true, false, or null".to_owned())
            }
            _ => Ok(Matcher::Exact(alternative.clone())),
        };
        matcher.map_err(|problem| PatternError::new(path, problem))
    }

    /// Reports whether a value satisfies the condition.
    pub(super) fn matches(&self, value: &Value) -> bool {
        match self {
            Matcher::Exact(exact) => is_equal(exact, value),
            Matcher::Exists => true,
            Matcher::Absent => false,
            Matcher::AnythingBut(excluded) => !excluded.iter().any(|other| other.matches(value)),
            Matcher::Numeric(range) => match value {
                Value::Number(number) => range.contains(number),
                _ => false,
            },
            _ => value.as_str().is_some_and(|text| self.matches_text(text)),
        }
    }

    fn matches_text(&self, text: &str) -> bool {
        match self {
            Matcher::Prefix(prefix) => text.starts_with(prefix.as_str()),
            Matcher::PrefixIgnoreCase(prefix) => text.to_lowercase().starts_with(prefix.as_str()),
            Matcher::Suffix(suffix) => text.ends_with(suffix.as_str()),
            Matcher::SuffixIgnoreCase(suffix) => text.to_lowercase().ends_with(suffix.as_str()),
            Matcher::EqualsIgnoreCase(other) => text.to_lowercase() == *other,
            Matcher::Wildcard(wildcard) => wildcard.matches(text),
            Matcher::Cidr(cidr) => cidr.contains(text),
            _ => false,
        }
    }
}

/// Parses an operator with its operand.
fn operation(operator: &str, operand: &Value) -> Result<Matcher, String> {
    match operator {
        "prefix" if operand.is_object() => {
            Ok(Matcher::PrefixIgnoreCase(ignored_case(operator, operand)?))
        }
        "suffix" if operand.is_object() => {
            Ok(Matcher::SuffixIgnoreCase(ignored_case(operator, operand)?))
        }
        "prefix" | "suffix" | "equals-ignore-case" | "wildcard" | "cidr" => {
            on_text(operator, operand)
        }
        "numeric" => {
            let terms = operand.as_array().ok_or("Value of numeric must be an array")?;
            NumericRange::parse(terms).map(Matcher::Numeric)
        }
        "exists" => match operand {
            Value::Bool(true) => Ok(Matcher::Exists),
            Value::Bool(false) => Ok(Matcher::Absent),
            _ => Err("exists match pattern must be either true or false".to_owned()),
        },
        "anything-but" => anything_but(operand),
        _ => Err(format!("Unrecognized match type {operator}")),
    }
}

/// Parses an operator that compares texts.
fn on_text(operator: &str, operand: &Value) -> Result<Matcher, String> {
    let text = operand.as_str();
    let text = text.ok_or_else(|| format!("{operator} match pattern must be a string"))?;
    Ok(match operator {
        "prefix" => Matcher::Prefix(text.to_owned()),
        "suffix" => Matcher::Suffix(text.to_owned()),
        "equals-ignore-case" => Matcher::EqualsIgnoreCase(text.to_lowercase()),
        "wildcard" => Matcher::Wildcard(Wildcard::parse(text)?),
        _ => Matcher::Cidr(Cidr::parse(text)?),
    })
}

/// Parses the operand `{"equals-ignore-case": "text"}` of a prefix or a suffix.
fn ignored_case(operator: &str, operand: &Value) -> Result<String, String> {
    match only_member(operand) {
        Some(("equals-ignore-case", Value::String(text))) => Ok(text.to_lowercase()),
        _ => Err(format!("Unsupported {operator} pattern: {operand}")),
    }
}

/// Parses the operand of `anything-but`: a text or a number, a list of one of them, or an operator
/// with a text or a list of texts.
fn anything_but(operand: &Value) -> Result<Matcher, String> {
    if !operand.is_object() {
        let values = one_or_more(operand);
        let are_texts = values.iter().all(Value::is_string);
        if values.is_empty() || !are_texts && !values.iter().all(Value::is_number) {
            let problem = "Inside anything but list, either all values are number or string, \
                           mixed type is not supported";
            return Err(problem.to_owned());
        }
        return Ok(Matcher::AnythingBut(values.iter().cloned().map(Matcher::Exact).collect()));
    }
    let (operator, operand) = only_member(operand).ok_or("Only one key allowed in anything-but")?;
    if !["prefix", "suffix", "equals-ignore-case", "wildcard"].contains(&operator) {
        return Err(format!("Unsupported anything-but pattern: {operator}"));
    }
    let values = one_or_more(operand);
    let needs_text = ["prefix", "suffix"].contains(&operator);
    if values.is_empty() || needs_text && values.contains(&Value::from("")) {
        return Err(format!("Null {operator} not allowed in anything-but"));
    }
    let excluded = values.iter().map(|value| on_text(operator, value));
    Ok(Matcher::AnythingBut(excluded.collect::<Result<_, _>>()?))
}

fn one_or_more(operand: &Value) -> &[Value] {
    operand.as_array().map_or(std::slice::from_ref(operand), Vec::as_slice)
}

fn only_member(value: &Value) -> Option<(&str, &Value)> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    members.iter().next().map(|(name, value)| (name.as_str(), value))
}

fn one_key(path: &str) -> PatternError {
    PatternError::new(path, "Only one key allowed in match expression")
}

fn is_equal(exact: &Value, value: &Value) -> bool {
    match (exact, value) {
        (Value::Number(exact), Value::Number(number)) => numeric::are_equal(exact, number),
        _ => exact == value,
    }
}
