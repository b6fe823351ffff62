//! A hash that tells two states of a world apart.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::Time;

/// A hash that tells two states of a world apart. It covers everything that can still make a
/// difference.
///
/// Two states with equal sketches go on alike, and break the same promises in the same way. The
/// numbers of events count by their order only: if one run has recorded more events than another,
/// all later events have other numbers, but their order is the same.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    words: Vec<u64>,
    /// The indices of the words that are numbers of events.
    numbers: Vec<usize>,
}

impl Sketch {
    /// Adds a number.
    pub fn number(&mut self, number: u64) {
        self.words.push(number);
    }

    /// Adds the number of elements of a collection, so that its end is unambiguous.
    pub fn count(&mut self, count: usize) {
        self.words.push(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Adds a flag.
    pub fn flag(&mut self, flag: bool) {
        self.words.push(u64::from(flag));
    }

    /// Adds a time.
    pub fn time(&mut self, time: Time) {
        self.words.push(time.micros());
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.hashed(text);
    }

    /// Adds any value that can be hashed.
    pub fn hashed<T: Hash + ?Sized>(&mut self, value: &T) {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        self.words.push(hasher.finish());
    }

    /// Adds a value by its debug form, which must show all of it.
    pub fn debug(&mut self, value: &dyn Debug) {
        self.text(&format!("{value:?}"));
    }

    /// Adds an optional value.
    pub fn option<T>(&mut self, value: Option<T>, add: impl FnOnce(&mut Sketch, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            add(self, value);
        }
    }

    /// Adds several values, in their order.
    pub fn list<T>(
        &mut self,
        values: impl IntoIterator<Item = T>,
        mut add: impl FnMut(&mut Sketch, T),
    ) {
        // The count stands before the values, but an iterator gives it only at its end.
        let place = self.words.len();
        self.words.push(0);
        let mut count = 0;
        for value in values {
            add(self, value);
            count += 1;
        }
        self.words[place] = count;
    }

    /// Adds the number of an event.
    pub fn event(&mut self, number: u32) {
        self.numbers.push(self.words.len());
        self.words.push(u64::from(number));
    }

    /// The hash of everything that was added.
    pub fn finish(mut self) -> u128 {
        let mut known: Vec<u64> = self.numbers.iter().map(|place| self.words[*place]).collect();
        known.sort_unstable();
        known.dedup();
        for place in self.numbers {
            let rank = known.binary_search(&self.words[place]).unwrap_or_default();
            // Ranks count down from the maximum, which keeps them apart from other numbers.
            self.words[place] = u64::MAX - u64::try_from(rank).unwrap_or(0);
        }
        let half = |seed: u64| {
            let mut hasher = DefaultHasher::new();
            hasher.write_u64(seed);
            self.words.iter().for_each(|word| hasher.write_u64(*word));
            hasher.finish()
        };
        (u128::from(half(1)) << 64) | u128::from(half(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(add: impl FnOnce(&mut Sketch)) -> u128 {
        let mut sketch = Sketch::default();
        add(&mut sketch);
        sketch.finish()
    }

    #[test]
    fn events_count_by_their_order_alone() {
        let of = |numbers: [u32; 3]| {
            sketch(|it| {
                it.number(7);
                numbers.into_iter().for_each(|number| it.event(number));
            })
        };
        assert_eq!(of([1, 5, 3]), of([10, 50, 30]));
        assert_eq!(of([1, 1, 3]), of([2, 2, 9]));
        assert_ne!(of([1, 5, 3]), of([1, 3, 5]));
        assert_ne!(of([1, 1, 3]), of([1, 2, 3]));
    }

    #[test]
    fn everything_else_counts_as_it_is() {
        let different = [
            sketch(|it| it.number(1)),
            sketch(|it| it.number(2)),
            sketch(|it| it.event(1)),
            sketch(|it| it.text("1")),
            sketch(|it| it.debug(&"1")),
            sketch(|it| it.option(None, Sketch::number)),
            sketch(|it| it.option(Some(0), Sketch::number)),
            sketch(|it| it.list(["1", "2"], Sketch::text)),
            sketch(|it| it.list(["12"], Sketch::text)),
            sketch(|it| {
                it.list(["1"], Sketch::text);
                it.list(["2"], Sketch::text);
            }),
        ];
        let distinct: std::collections::BTreeSet<u128> = different.into_iter().collect();
        assert_eq!(distinct.len(), different.len());
    }
}
