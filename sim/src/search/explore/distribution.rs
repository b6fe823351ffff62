//! Distributions of numbers: a count for each number.

use std::collections::BTreeMap;

/// A distribution of numbers. It holds each different number once, with its count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    counts: BTreeMap<u64, u64>,
    total: u64,
}

/// A range of numbers, and the count of the numbers in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The least number in the range.
    pub from: u64,
    /// The least number above the range; `None` for the last one, which has no end.
    pub below: Option<u64>,
    /// The count of the numbers in the range.
    pub count: u64,
}

impl Distribution {
    /// Adds a number.
    pub fn add(&mut self, number: u64) {
        *self.counts.entry(number).or_default() += 1;
        self.total += 1;
    }

    /// Adds the numbers of another distribution.
    pub fn merge(&mut self, other: &Distribution) {
        for (number, count) in &other.counts {
            *self.counts.entry(*number).or_default() += count;
        }
        self.total += other.total;
    }

    /// Returns the count of all numbers.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Returns the least number that at least `per_mille` thousandths of all numbers do not exceed:
    /// 500 for the median, 0 for the least of all, 1,000 for the greatest. `None` if there is no
    /// number.
    pub fn quantile(&self, per_mille: u64) -> Option<u64> {
        let needed = (u128::from(self.total) * u128::from(per_mille)).div_ceil(1_000).max(1);
        let mut so_far = 0;
        for (number, count) in &self.counts {
            so_far += u128::from(*count);
            if so_far >= needed {
                return Some(*number);
            }
        }
        None
    }

    /// Counts the numbers in each range: below the first of `bounds`, from each bound to the next,
    /// and from the last one on. The bounds ascend.
    pub fn buckets(&self, bounds: &[u64]) -> Vec<Bucket> {
        let starts = [0].into_iter().chain(bounds.iter().copied());
        let ends = bounds.iter().copied().map(Some).chain([None]);
        let buckets = starts.zip(ends).map(|(from, below)| {
            let inside = self
                .counts
                .range(from..)
                .take_while(|(number, _)| below.is_none_or(|below| **number < below));
            Bucket { from, below, count: inside.map(|(_, count)| count).sum() }
        });
        buckets.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(numbers: impl IntoIterator<Item = u64>) -> Distribution {
        let mut distribution = Distribution::default();
        numbers.into_iter().for_each(|number| distribution.add(number));
        distribution
    }

    #[test]
    fn a_quantile_is_a_number_that_came_up() {
        let hundred = distribution((1..=100).rev());
        let quantiles = [0, 500, 900, 990, 1_000].map(|per_mille| hundred.quantile(per_mille));
        assert_eq!(quantiles, [1, 50, 90, 99, 100].map(Some));
        let few = distribution([7, 7, 7, 90]);
        let quantiles = [0, 500, 750, 751, 1_000].map(|per_mille| few.quantile(per_mille));
        assert_eq!(quantiles, [7, 7, 7, 90, 90].map(Some));
        assert_eq!(few.total(), 4);
    }

    #[test]
    fn two_distributions_together_are_that_of_all_their_numbers() {
        let mut both = distribution([1, 7, 7]);
        both.merge(&distribution([7, 9]));
        assert_eq!(both, distribution([1, 7, 7, 7, 9]));
    }

    #[test]
    fn nothing_has_no_quantile() {
        assert_eq!(Distribution::default().quantile(500), None);
    }

    #[test]
    fn every_number_is_in_one_bucket() {
        let counts = |numbers: &[u64]| {
            let buckets = distribution(numbers.iter().copied()).buckets(&[10, 20]);
            let edges: Vec<_> = buckets.iter().map(|bucket| (bucket.from, bucket.below)).collect();
            assert_eq!(edges, [(0, Some(10)), (10, Some(20)), (20, None)]);
            buckets.iter().map(|bucket| bucket.count).collect::<Vec<_>>()
        };
        assert_eq!(counts(&[0, 9, 9, 10, 19, 20, u64::MAX]), [3, 2, 2]);
        assert_eq!(counts(&[15]), [0, 1, 0]);
        assert_eq!(counts(&[]), [0, 0, 0]);
    }
}
