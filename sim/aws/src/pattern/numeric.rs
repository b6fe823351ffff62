//! Conditions on numbers.

use serde_json::{Number, Value};

/// The range of a condition `numeric`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NumericRange {
    bottom: Option<RangeEnd>,
    top: Option<RangeEnd>,
}

/// An end of a range.
#[derive(Clone, Copy, Debug, PartialEq)]
struct RangeEnd {
    value: f64,
    is_inside: bool,
}

impl NumericRange {
    /// Parses the array of a condition: `["=", 5]`, `["<", 5]`, or `[">", 0, "<=", 5]` with the
    /// lower end first.
    ///
    /// # Errors
    ///
    /// If the array has another shape: the problem in words.
    pub(super) fn parse(terms: &[Value]) -> Result<NumericRange, String> {
        let (bottom, top) = match terms {
            [first, value] => {
                let operator = operator(first)?;
                let bound = bound(operator, value)?;
                match operator {
                    "=" => (Some(bound), Some(bound)),
                    ">" | ">=" => (Some(bound), None),
                    _ => (None, Some(bound)),
                }
            }
            [first, low, second, high] => {
                let (first, second) = (operator(first)?, operator(second)?);
                if !first.starts_with('>') || !second.starts_with('<') {
                    return Err(format!("Bad numeric range: {first} cannot be before {second}"));
                }
                let (bottom, top) = (bound(first, low)?, bound(second, high)?);
                if bottom.value >= top.value {
                    return Err("Bottom must be less than top in a numeric range".to_owned());
                }
                (Some(bottom), Some(top))
            }
            _ => return Err("numeric needs one operator and number, or two".to_owned()),
        };
        Ok(NumericRange { bottom, top })
    }

    /// Reports whether a number lies in the range.
    pub(super) fn contains(&self, number: &Number) -> bool {
        let Some(number) = number.as_f64() else { return false };
        let is_above =
            |bound: RangeEnd| number > bound.value || bound.is_inside && number == bound.value;
        let is_below =
            |bound: RangeEnd| number < bound.value || bound.is_inside && number == bound.value;
        self.bottom.is_none_or(is_above) && self.top.is_none_or(is_below)
    }
}

/// Reports whether two numbers are equal, however they are written: 300, 300.0 and 3.0e2 are.
pub(super) fn are_equal(one: &Number, other: &Number) -> bool {
    one == other || (one.is_f64() || other.is_f64()) && one.as_f64() == other.as_f64()
}

fn operator(term: &Value) -> Result<&str, String> {
    match term.as_str() {
        Some(operator @ ("=" | "<" | "<=" | ">" | ">=")) => Ok(operator),
        _ => Err(format!("Unrecognized numeric range operator: {term}")),
    }
}

fn bound(operator: &str, term: &Value) -> Result<RangeEnd, String> {
    let value = term.as_f64().ok_or_else(|| format!("Value of {operator} must be numeric"))?;
    Ok(RangeEnd { value, is_inside: operator.contains('=') })
}
