//! Exact sums and differences.

use std::cmp::Ordering;

use super::Number;

impl Number {
    /// Adds two numbers.
    ///
    /// # Errors
    ///
    /// If the sum is out of range or has too many digits: the message of AWS.
    pub(crate) fn plus(&self, other: &Number) -> Result<Number, String> {
        if self.digits.is_empty() {
            return Ok(other.clone());
        }
        if other.digits.is_empty() {
            return Ok(self.clone());
        }
        // Both numbers as whole ones, counted in the smallest power of ten that either has.
        let last = self.last_exponent().min(other.last_exponent());
        let (one, two) = (self.digits_down_to(last), other.digits_down_to(last));
        let (negative, digits) = match (self.negative == other.negative, magnitude(&one, &two)) {
            (true, _) => (self.negative, add(&one, &two)),
            (false, Ordering::Less) => (other.negative, subtract(&two, &one)),
            (false, _) => (self.negative, subtract(&one, &two)),
        };
        normal_form(negative, &digits, last)
    }

    /// Subtracts a number; see [`Number::plus`] for the errors.
    pub(crate) fn minus(&self, other: &Number) -> Result<Number, String> {
        // A zero is never negative.
        let negative = !other.negative && !other.digits.is_empty();
        self.plus(&Number { negative, ..other.clone() })
    }

    /// The power of ten of the last digit.
    fn last_exponent(&self) -> i64 {
        let digits = i64::try_from(self.digits.len()).expect("a number has few digits");
        i64::from(self.exponent) + 1 - digits
    }

    /// The digits, least first, from the one for this power of ten, at or below the last one.
    fn digits_down_to(&self, exponent: i64) -> Vec<u8> {
        let zeros = usize::try_from(self.last_exponent() - exponent)
            .expect("the power of ten is at or below the last digit");
        let digits = self.digits.bytes().rev().map(|digit| digit - b'0');
        std::iter::repeat_n(0, zeros).chain(digits).collect()
    }
}

/// Compares two lists of digits, least first. The last digit of neither is a zero.
fn magnitude(one: &[u8], two: &[u8]) -> Ordering {
    one.len().cmp(&two.len()).then_with(|| one.iter().rev().cmp(two.iter().rev()))
}

fn add(one: &[u8], two: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut digits = Vec::with_capacity(one.len().max(two.len()) + 1);
    for index in 0..one.len().max(two.len()) {
        let digit = |digits: &[u8]| digits.get(index).copied().unwrap_or_default();
        let sum = digit(one) + digit(two) + carry;
        digits.push(sum % 10);
        carry = sum / 10;
    }
    digits.push(carry);
    digits
}

/// Subtracts the smaller list of digits from the larger one.
fn subtract(large: &[u8], small: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut digits = Vec::with_capacity(large.len());
    for (index, digit) in large.iter().enumerate() {
        let taken = small.get(index).copied().unwrap_or_default() + borrow;
        borrow = u8::from(*digit < taken);
        digits.push(digit + 10 * borrow - taken);
    }
    digits
}

/// Builds the number of these digits, least first; the first is for this power of ten.
fn normal_form(negative: bool, digits: &[u8], exponent: i64) -> Result<Number, String> {
    let Some(first) = digits.iter().rposition(|digit| *digit != 0) else {
        return Number::within_range(false, String::new(), 0);
    };
    let digits: String =
        digits.iter().take(first + 1).rev().map(|digit| char::from(b'0' + digit)).collect();
    let exponent = exponent + i64::try_from(first).expect("a sum has few digits");
    Number::within_range(negative, digits.trim_end_matches('0').to_owned(), exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).expect("the number is sound")
    }

    #[test]
    fn sums_are_exact_and_both_ways_the_same() {
        for (one, two, sum) in [
            ("10", "5", "15"),
            ("0.1", "0.2", "0.3"),
            ("999", "1", "1000"),
            ("-7", "7", "0"),
            ("0", "-3", "-3"),
            ("1.5", "-2", "-0.5"),
            ("-1e20", "1", "-99999999999999999999"),
            ("100000000000000000000", "1", "100000000000000000001"),
            (
                "12345678901234567890123456789012345677",
                "1",
                "12345678901234567890123456789012345678",
            ),
            ("1e-130", "-1e-130", "0"),
            ("5e125", "4e125", &format!("9{}", "0".repeat(125))),
        ] {
            let (one, two) = (number(one), number(two));
            assert_eq!(one.plus(&two), Ok(number(sum)));
            assert_eq!(two.plus(&one), Ok(number(sum)));
            assert_eq!(number(sum).minus(&two), Ok(one));
        }
        assert_eq!(number("3").minus(&number("0")), Ok(number("3")));
        assert_eq!(number("0").minus(&number("3")), Ok(number("-3")));
    }

    #[test]
    fn sums_that_can_not_be_stored_are_refused_in_the_words_of_aws() {
        let largest = format!("{}e88", "9".repeat(38));
        for (one, two, message) in [
            (
                largest.as_str(),
                "1e88",
                "Number overflow. Attempting to store a number with magnitude larger than \
                 supported range",
            ),
            (
                "1.1e-130",
                "-1e-130",
                "Number underflow. Attempting to store a number with magnitude smaller than \
                 supported range",
            ),
            ("1e38", "0.1", "Attempting to store more than 38 significant digits in a Number"),
        ] {
            let refusal = number(one).plus(&number(two)).expect_err("the sum is not sound");
            assert_eq!(refusal, message);
        }
    }
}
