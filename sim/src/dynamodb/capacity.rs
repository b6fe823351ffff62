//! Consumed capacity, for requests that ask for it (FACTS 6.3).

use super::json;

const READ_UNIT_BYTES: usize = 4 * 1024;
const WRITE_UNIT_BYTES: usize = 1024;

/// What `ReturnConsumedCapacity` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Capacity {
    #[default]
    None,
    Total,
    /// The total, and how much of it is the table's own: all of it, without indexes.
    Indexes,
}

/// An amount of capacity, in halves of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HalfUnits(usize);

impl Capacity {
    /// The member of an answer that says how much was consumed.
    pub(super) fn member(self, table: &str, consumed: HalfUnits) -> Option<String> {
        let HalfUnits(halves) = consumed;
        let units = format!("\"CapacityUnits\":{}.{}", halves / 2, halves % 2 * 5);
        let own = match self {
            Capacity::None => return None,
            Capacity::Total => String::new(),
            Capacity::Indexes => format!(",\"Table\":{{{units}}}"),
        };
        let mut name = String::new();
        json::write_string(&mut name, table);
        Some(format!("\"ConsumedCapacity\":{{{units}{own},\"TableName\":{name}}}"))
    }
}

/// The cost of writing an item of this size.
pub(super) fn of_write(bytes: usize) -> HalfUnits {
    HalfUnits(2 * bytes.div_ceil(WRITE_UNIT_BYTES).max(1))
}

/// The cost of reading this much, of which an eventually consistent read pays half.
pub(super) fn of_read(bytes: usize, consistent: bool) -> HalfUnits {
    let units = bytes.div_ceil(READ_UNIT_BYTES).max(1);
    HalfUnits(if consistent { 2 * units } else { units })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_page_costs_128_units_or_twice_that_if_consistent() {
        let page = 1024 * 1024;
        assert_eq!(of_read(page, false), HalfUnits(2 * 128));
        assert_eq!(of_read(page, true), HalfUnits(2 * 256));
    }

    #[test]
    fn indexes_asks_for_the_share_of_the_table_too() {
        assert_eq!(Capacity::None.member("t", of_write(1)), None);
        assert_eq!(
            Capacity::Total.member("t", of_read(1, false)).as_deref(),
            Some(r#""ConsumedCapacity":{"CapacityUnits":0.5,"TableName":"t"}"#)
        );
        assert_eq!(
            Capacity::Indexes.member("t", of_write(1025)).as_deref(),
            Some(
                "\"ConsumedCapacity\":{\"CapacityUnits\":2.0,\"Table\":{\"CapacityUnits\":2.0},\
                 \"TableName\":\"t\"}"
            )
        );
    }
}
