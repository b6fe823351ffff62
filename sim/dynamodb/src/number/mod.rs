//! Numbers of DynamoDB: decimals of up to 38 digits, compared exactly.

mod sum;

use std::cmp::Ordering;
use std::fmt;

const DIGITS_MAX: usize = 38;
const EXPONENT_MAX: i64 = 125;
const EXPONENT_MIN: i64 = -130;

/// A decimal number in its normal form: equal numbers have equal fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Never set for zero.
    negative: bool,
    /// The significant digits as ASCII. Neither the first nor the last is a zero; empty for zero.
    digits: String,
    /// The power of ten of the first digit; zero for zero.
    exponent: i32,
}

impl Number {
    /// Parses a number.
    ///
    /// # Errors
    ///
    /// If AWS refuses the text: the message of AWS.
    pub(super) fn parse(text: &str) -> Result<Number, String> {
        if text.is_empty() {
            return Err("The parameter cannot be converted to a numeric value".to_owned());
        }
        let Some((negative, digits, exponent)) = normal_form(text) else {
            return Err(format!("The parameter cannot be converted to a numeric value: {text}"));
        };
        Number::within_range(negative, digits, exponent)
    }

    /// Returns a count as a number.
    pub(super) fn from_count(count: usize) -> Number {
        let text = count.to_string();
        let exponent = i32::try_from(text.len() - 1).expect("a count has few digits");
        let digits = text.trim_end_matches('0').to_owned();
        let exponent = if digits.is_empty() { 0 } else { exponent };
        Number { negative: false, digits, exponent }
    }

    /// The bytes that the number adds to the size of its item.
    ///
    /// There is one byte, one for every pair of significant digits, and one for a minus. Pairs are
    /// counted from the decimal point, so that `1.5` has two.
    pub(super) fn bytes(&self) -> usize {
        // The first digit is alone in its pair if an odd number of digits is before the point.
        let is_first_alone = !self.digits.is_empty() && self.exponent % 2 == 0;
        let pairs = (self.digits.len() + usize::from(is_first_alone)).div_ceil(2);
        1 + pairs + usize::from(self.negative)
    }

    /// Builds a number from its normal form, or returns the message of AWS if it is out of range.
    fn within_range(negative: bool, digits: String, exponent: i64) -> Result<Number, String> {
        let range = |flow, size| {
            format!(
                "Number {flow}. Attempting to store a number with magnitude {size} than supported \
                 range"
            )
        };
        if exponent > EXPONENT_MAX {
            return Err(range("overflow", "larger"));
        }
        if exponent < EXPONENT_MIN {
            return Err(range("underflow", "smaller"));
        }
        if digits.len() > DIGITS_MAX {
            return Err(format!(
                "Attempting to store more than {DIGITS_MAX} significant digits in a Number"
            ));
        }
        let exponent = i32::try_from(exponent).expect("the exponent is within its range");
        Ok(Number { negative, digits, exponent })
    }

    fn magnitude(&self) -> (bool, i32, &str) {
        (!self.digits.is_empty(), self.exponent, &self.digits)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            // Digits without trailing zeros compare like strings once the exponents are equal.
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    /// Writes the number without an exponent, as AWS does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        // The number of digits before the point; a negative one means zeros behind it.
        let Ok(whole) = usize::try_from(self.exponent + 1) else {
            let zeros = usize::try_from(-self.exponent - 1).expect("the exponent is negative");
            return write!(f, "0.{}{}", "0".repeat(zeros), self.digits);
        };
        if whole == 0 {
            return write!(f, "0.{}", self.digits);
        }
        match self.digits.split_at_checked(whole) {
            Some((whole, "")) => f.write_str(whole),
            Some((whole, fraction)) => write!(f, "{whole}.{fraction}"),
            None => write!(f, "{}{}", self.digits, "0".repeat(whole - self.digits.len())),
        }
    }
}

/// Splits a text into the sign, the significant digits and the power of ten of the first digit.
fn normal_form(text: &str) -> Option<(bool, String, i64)> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return Some((false, String::new(), 0));
    }
    let zeros = i64::try_from(all.len() - significant.len()).ok()?;
    let exponent = exponent + i64::try_from(whole.len()).ok()? - 1 - zeros;
    Some((negative, significant.trim_end_matches('0').to_owned(), exponent))
}

/// Parses an exponent. One that is far out of range becomes another that is out of range too.
fn parse_exponent(text: &str) -> Option<i64> {
    const FAR: i64 = 1_000_000_000;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(FAR).min(FAR);
    Some(if text.starts_with('-') { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).expect("the number is sound")
    }

    #[test]
    fn equal_numbers_have_one_form() {
        for text in ["120", "0120", "120.0", "1.2e2", "12E+1", "+120", "1200e-1"] {
            assert_eq!(number(text), number("120"), "{text}");
            assert_eq!(number(text).to_string(), "120");
        }
        for text in ["0", "-0", "0.000", "0e99", "000", "-0.0E-500"] {
            assert_eq!(number(text).to_string(), "0", "{text}");
        }
    }

    #[test]
    fn numbers_are_written_without_an_exponent() {
        for (text, plain) in [
            ("1.5", "1.5"),
            ("-0.05", "-0.05"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e5", "100000"),
            ("12.34e1", "123.4"),
            ("1e-3", "0.001"),
            ("1732300000", "1732300000"),
        ] {
            assert_eq!(number(text).to_string(), plain);
        }
    }

    #[test]
    fn numbers_are_ordered_exactly() {
        let ascending = [
            "-1e20",
            "-2",
            "-1.5",
            "-1",
            "-0.1",
            "0",
            "1e-130",
            "0.1",
            "1",
            "1.0000000000000000000000000000000000001",
            "2",
            "10",
            "99999999999999999999999999999999999998",
            "99999999999999999999999999999999999999",
            "1e125",
        ];
        for pair in ascending.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn what_is_no_number_or_out_of_range_is_refused_in_the_words_of_aws() {
        for (text, message) in [
            ("", "The parameter cannot be converted to a numeric value"),
            ("1x", "The parameter cannot be converted to a numeric value: 1x"),
            (".", "The parameter cannot be converted to a numeric value: ."),
            ("1e", "The parameter cannot be converted to a numeric value: 1e"),
            ("--1", "The parameter cannot be converted to a numeric value: --1"),
            ("NaN", "The parameter cannot be converted to a numeric value: NaN"),
            (
                "1e126",
                "Number overflow. Attempting to store a number with magnitude larger than \
                 supported range",
            ),
            (
                "1e-99999999999999999999",
                "Number underflow. Attempting to store a number with magnitude smaller than \
                 supported range",
            ),
            (
                "123456789012345678901234567890123456789",
                "Attempting to store more than 38 significant digits in a Number",
            ),
        ] {
            assert_eq!(Number::parse(text).expect_err("the number is not sound"), message);
        }
    }

    #[test]
    fn a_number_measures_its_pairs_of_digits_counted_from_the_point() {
        for (text, bytes) in [
            ("0", 1),
            ("-0", 1),
            ("1", 2),
            ("12", 2),
            ("123", 3),
            ("1234", 3),
            ("100", 2),
            ("1010", 3),
            ("1E125", 2),
            ("0.0000001", 2),
            ("0.15", 2),
            ("1.5", 3),
            ("1.234", 4),
            ("100.5", 4),
            ("-42", 3),
            ("12345678901234567890123456789012345678", 20),
        ] {
            assert_eq!(number(text).bytes(), bytes, "{text}");
        }
    }

    #[test]
    fn a_count_is_the_number_that_is_written_like_it() {
        for count in [0, 1, 10, 120, 4096] {
            assert_eq!(Number::from_count(count), number(&count.to_string()));
        }
    }
}
