//! Sequence numbers of records.

use std::fmt;

use stormglass_spec::{EPOCH_MS, Time};

/// The part of a number that counts the records of a shard and names its place.
const SECOND: u128 = 1_000_000_000_000_000;

/// The part of a number that names the place of the shard.
const ORDINAL: u128 = 10_000;

/// The sequence number of a record: it grows along a shard and its children, and no two records of
/// a stream have the same.
///
/// As text it has 25 digits: the second of the change, the ordinal in the shard, and the place of
/// the shard. A record that a restarted process writes follows all earlier ones by its second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SequenceNumber(u128);

impl SequenceNumber {
    /// The number of the record with this ordinal, at a place below 10,000.
    pub(crate) fn new(at: Time, ordinal: u64, place: u32) -> SequenceNumber {
        let second = u128::from((EPOCH_MS + at.millis()) / 1_000);
        SequenceNumber(second * SECOND + u128::from(ordinal) * ORDINAL + u128::from(place))
    }

    /// Parses a number; none for any other text.
    pub(crate) fn parse(text: &str) -> Option<SequenceNumber> {
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| text.parse().ok().map(SequenceNumber)).flatten()
    }

    /// The least number above this one.
    pub(crate) fn next(self) -> SequenceNumber {
        SequenceNumber(self.0.saturating_add(1))
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_25_digits_and_can_be_read_back() {
        let number = SequenceNumber::new(Time::ZERO, 7, 3);
        let text = number.to_string();
        assert_eq!(text.len(), 25, "{text}");
        assert!(text.ends_with("000000000070003"), "{text}");
        assert_eq!(SequenceNumber::parse(&text), Some(number));
        for text in ["", "+1", "1a", " 1", &"9".repeat(40)] {
            assert_eq!(SequenceNumber::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_grow_by_the_second_and_then_by_the_ordinal() {
        let number = SequenceNumber::new;
        assert!(number(Time::ZERO, 1, 9) < number(Time::ZERO, 2, 0));
        assert!(number(Time::ZERO, 99_999, 9) < number(Time::from_millis(1_000), 1, 0));
    }
}
