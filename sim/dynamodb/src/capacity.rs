//! Consumed capacity, for requests that ask for it (FACTS 6.3).

use std::collections::BTreeMap;

use crate::json::{self};
use crate::schema::Scope;

const READ_UNIT_BYTES: usize = 4 * 1024;
const WRITE_UNIT_BYTES: usize = 1024;

/// The value of `ReturnConsumedCapacity`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CapacityReport {
    #[default]
    None,
    Total,
    /// The total, with the shares of the table and of its indexes.
    Indexes,
}

/// Capacity, in halves of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct HalfUnits(usize);

/// The capacity that a request consumed of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Consumption {
    table: HalfUnits,
    indexes: Vec<(Scope, String, HalfUnits)>,
    transaction: Option<Access>,
}

/// The entries of one index that a write wrote or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IndexWrite {
    pub(super) index: String,
    pub(super) scope: Scope,
    /// The size of each entry; there are two entries if the key in the index changed.
    pub(super) entries_bytes: Vec<usize>,
}

/// The access of a transaction, for which an answer names the capacity once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl CapacityReport {
    /// Writes the capacity consumed of a table as JSON, if the request asks for it.
    pub(super) fn describe(self, table: &str, consumed: &Consumption) -> Option<String> {
        let own = match self {
            CapacityReport::None => return None,
            CapacityReport::Total => String::new(),
            CapacityReport::Indexes => consumed.shares(),
        };
        let total = consumed.units(consumed.total());
        let mut out = format!("{{{total}{own},\"TableName\":");
        json::write_string(&mut out, table);
        out.push('}');
        Some(out)
    }

    /// Writes the capacity consumed of several tables as a JSON list, if the request asks for it.
    pub(super) fn describe_all(self, consumed: &BTreeMap<&str, Consumption>) -> Option<String> {
        if self == CapacityReport::None || consumed.is_empty() {
            return None;
        }
        let each = consumed.iter().filter_map(|(table, consumed)| self.describe(table, consumed));
        Some(json::list(each))
    }
}

impl Consumption {
    /// The capacity of a request that touches no index.
    pub(super) fn new(table: HalfUnits) -> Consumption {
        Consumption { table, ..Consumption::default() }
    }

    /// The capacity of a read of an index; `table` is that of the rows fetched from the table.
    pub(super) fn from_index(
        scope: Scope,
        name: &str,
        index: HalfUnits,
        table: HalfUnits,
    ) -> Consumption {
        let indexes = vec![(scope, name.to_owned(), index)];
        Consumption { table, indexes, transaction: None }
    }

    /// The capacity of a write.
    ///
    /// `bytes` is the size of the old or the new item, whichever is larger. Every entry of an
    /// index that was written or removed costs capacity of its own.
    pub(super) fn from_write(bytes: usize, indexes: &[IndexWrite]) -> Consumption {
        let entries = indexes.iter().filter(|write| !write.entries_bytes.is_empty());
        let share = |write: &IndexWrite| {
            let sum = write.entries_bytes.iter().map(|bytes| write_units(*bytes).0).sum();
            (write.scope, write.index.clone(), HalfUnits(sum))
        };
        let indexes = entries.map(share).collect();
        Consumption { table: write_units(bytes), indexes, transaction: None }
    }

    /// The capacity of a write in a transaction, which consumes twice as much of the table.
    pub(super) fn from_transactional_write(bytes: usize, indexes: &[IndexWrite]) -> Consumption {
        let alone = Consumption::from_write(bytes, indexes);
        let table = HalfUnits(2 * alone.table.0);
        Consumption { table, transaction: Some(Access::Write), ..alone }
    }

    /// The capacity of a read in a transaction, which consumes twice as much.
    pub(super) fn from_transactional_read(bytes: usize) -> Consumption {
        let table = HalfUnits(2 * read_units(bytes, true).0);
        Consumption { table, indexes: Vec::new(), transaction: Some(Access::Read) }
    }

    /// Adds the capacity of another part of the same request.
    pub(super) fn add(&mut self, other: Consumption) {
        self.table.0 += other.table.0;
        self.transaction = self.transaction.or(other.transaction);
        for (scope, name, units) in other.indexes {
            match self.indexes.iter_mut().find(|(_, known, _)| *known == name) {
                Some((_, _, known)) => known.0 += units.0,
                None => self.indexes.push((scope, name, units)),
            }
        }
    }

    fn units(&self, units: HalfUnits) -> String {
        let plain = format!("\"CapacityUnits\":{units}");
        match self.transaction {
            None => plain,
            Some(Access::Read) => format!("{plain},\"ReadCapacityUnits\":{units}"),
            Some(Access::Write) => format!("{plain},\"WriteCapacityUnits\":{units}"),
        }
    }

    fn total(&self) -> HalfUnits {
        HalfUnits(self.table.0 + self.indexes.iter().map(|(_, _, units)| units.0).sum::<usize>())
    }

    fn shares(&self) -> String {
        let mut out = String::new();
        for (scope, member) in
            [(Scope::Global, "GlobalSecondaryIndexes"), (Scope::Local, "LocalSecondaryIndexes")]
        {
            let mut indexes: Vec<_> =
                self.indexes.iter().filter(|(of, _, _)| *of == scope).collect();
            if indexes.is_empty() {
                continue;
            }
            indexes.sort_by(|(_, one, _), (_, two, _)| one.cmp(two));
            out.push_str(&format!(",\"{member}\":"));
            json::write_list(&mut out, ['{', '}'], indexes, |out, (_, name, units)| {
                json::write_string(out, name);
                out.push_str(&format!(":{{{}}}", self.units(*units)));
            });
        }
        out.push_str(&format!(",\"Table\":{{{}}}", self.units(self.table)));
        out
    }
}

impl std::fmt::Display for HalfUnits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 2, self.0 % 2 * 5)
    }
}

/// The capacity of a write of this size.
pub(super) fn write_units(bytes: usize) -> HalfUnits {
    HalfUnits(2 * bytes.div_ceil(WRITE_UNIT_BYTES).max(1))
}

/// The capacity of a read of this size; an eventually consistent read costs half.
pub(super) fn read_units(bytes: usize, consistent: bool) -> HalfUnits {
    let units = bytes.div_ceil(READ_UNIT_BYTES).max(1);
    HalfUnits(if consistent { 2 * units } else { units })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_page_costs_128_units_or_twice_that_if_consistent() {
        let page = 1024 * 1024;
        assert_eq!(read_units(page, false), HalfUnits(2 * 128));
        assert_eq!(read_units(page, true), HalfUnits(2 * 256));
    }

    #[test]
    fn indexes_asks_for_the_shares_too() {
        let read = Consumption::new(read_units(1, false));
        assert_eq!(CapacityReport::None.describe("t", &read), None);
        assert_eq!(
            CapacityReport::Total.describe("t", &read).as_deref(),
            Some(r#"{"CapacityUnits":0.5,"TableName":"t"}"#)
        );
        let indexes = [IndexWrite {
            index: "i".to_owned(),
            scope: Scope::Local,
            entries_bytes: vec![10, 1025],
        }];
        assert_eq!(
            CapacityReport::Indexes
                .describe("t", &Consumption::from_write(1025, &indexes))
                .as_deref(),
            Some(
                "{\"CapacityUnits\":5.0,\"LocalSecondaryIndexes\":{\"i\":{\"CapacityUnits\":3.0}},\
                 \"Table\":{\"CapacityUnits\":2.0},\"TableName\":\"t\"}"
            )
        );
    }

    #[test]
    fn parts_of_one_request_add_up() {
        let mut sum = Consumption::new(write_units(1));
        sum.add(Consumption::from_index(Scope::Global, "g", write_units(1), write_units(1)));
        sum.add(Consumption::from_index(Scope::Global, "g", write_units(1), HalfUnits::default()));
        assert_eq!(
            CapacityReport::Indexes.describe("t", &sum).as_deref(),
            Some(
                "{\"CapacityUnits\":4.0,\"GlobalSecondaryIndexes\":{\"g\":{\"CapacityUnits\":2.0}},\
                 \"Table\":{\"CapacityUnits\":2.0},\"TableName\":\"t\"}"
            )
        );
    }
}
