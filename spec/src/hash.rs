//! The pinned hash behind everything that looks random in a run.
//!
//! A draw is a hash of a seed and a key, never the next number of a stream, so that removing one
//! draw leaves every other as it was. The functions are part of the meaning of a case: changing
//! them changes every run.

use std::hash::Hasher;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

/// A map with hashed keys that iterates in the order of insertion.
pub type Map<K, V> = IndexMap<K, V, FxBuildHasher>;

/// A set with hashed members that iterates in the order of insertion.
pub type Set<T> = IndexSet<T, FxBuildHasher>;

/// FNV-1a over 64 bits, for hashing text piece by piece.
#[derive(Clone, Copy, Debug)]
pub struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Adds some bytes.
    pub fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// The hash of all bytes so far.
    pub fn finish(self) -> u64 {
        mix(self.0)
    }
}

/// A hash of whole values that tells traces apart. It covers everything in a value, in order.
///
/// It takes in eight bytes at a time, and is the same on every machine: numbers count by their
/// value, whatever their width and byte order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words(u64);

impl Words {
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Words {
    fn write(&mut self, bytes: &[u8]) {
        // The last chunk is padded with zeros: without the length, `a` and `a\0` would be alike.
        self.write_usize(bytes.len());
        let (whole, rest) = bytes.as_chunks::<8>();
        for chunk in whole {
            self.word(u64::from_le_bytes(*chunk));
        }
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            self.word(u64::from_le_bytes(last));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.word(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.word(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.word(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.word(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.word(u64::try_from(number).unwrap_or(u64::MAX));
    }

    fn finish(&self) -> u64 {
        mix(self.0)
    }
}

/// The draw that belongs to `key` under `seed`.
pub fn keyed(seed: u64, key: &str) -> u64 {
    let mut hash = Fnv::default();
    hash.write(&seed.to_le_bytes());
    hash.write(key.as_bytes());
    hash.finish()
}

/// The draw that belongs to `key` and one purpose.
pub fn keyed_for(seed: u64, key: &str, purpose: &str) -> u64 {
    keyed(keyed(seed, key), purpose)
}

/// Spreads a draw evenly over `0..below`.
///
/// # Panics
///
/// If `below` is zero.
pub fn below(draw: u64, below: u64) -> u64 {
    assert!(below > 0, "nothing to choose from");
    let wide = u128::from(draw) * u128::from(below);
    u64::try_from(wide >> 64).unwrap_or(0)
}

/// True if a draw falls within `per_mille` of a thousand.
pub fn chance(draw: u64, per_mille: u64) -> bool {
    below(draw, 1_000) < per_mille
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A short sequence of draws under one key, for building a plan.
#[derive(Clone, Debug)]
pub struct Draws {
    base: u64,
    count: u64,
}

impl Draws {
    /// The draws that belong to `key` under `seed`.
    pub fn new(seed: u64, key: &str) -> Draws {
        Draws { base: keyed(seed, key), count: 0 }
    }

    /// The next draw.
    pub fn next_draw(&mut self) -> u64 {
        self.count += 1;
        mix(self.base.wrapping_add(self.count.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// The next draw, spread over `0..bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        below(self.next_draw(), bound)
    }

    /// One of these values, picked by the next draw.
    ///
    /// # Panics
    ///
    /// If there are no values.
    pub fn pick<T: Clone>(&mut self, values: &[T]) -> T {
        let count = u64::try_from(values.len()).unwrap_or(u64::MAX);
        let index = usize::try_from(self.below(count)).unwrap_or(0);
        values[index].clone()
    }

    /// True if the next draw falls within `per_mille` of a thousand.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        chance(self.next_draw(), per_mille)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::Hash;

    use super::*;

    #[test]
    fn the_hash_is_pinned() {
        assert_eq!(keyed(1, "ana.connect1"), 0xfbd1_9929_c2f4_32a3);
        assert_eq!(keyed(2, "ana.connect1"), 0xc223_fd50_c1c5_4d89);
    }

    #[test]
    fn the_hash_of_a_value_is_pinned_and_knows_where_texts_end() {
        fn hash(value: impl Hash) -> u64 {
            let mut words = Words::default();
            value.hash(&mut words);
            words.finish()
        }
        assert_eq!(hash(("ana.c1", Some(7_u32), 1_usize)), 0x7052_3b57_6b98_58d4);
        assert_ne!(hash(("ab", "c")), hash(("a", "bc")));
        assert_ne!(hash("a"), hash("a\0"));
        assert_ne!(hash((1_u8, 2_u8)), hash((2_u8, 1_u8)));
    }

    #[test]
    fn draws_are_spread_evenly() {
        let hits = (0..10_000).filter(|seed| chance(keyed(*seed, "x"), 250)).count();
        assert!((2_300..2_700).contains(&hits), "{hits} of 10000 for a chance of 250 in 1000");
    }
}
