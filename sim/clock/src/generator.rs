//! The generator behind the random numbers of a simulation.

/// SplitMix64 (Steele, Lea, Flood: *Fast Splittable Pseudorandom Number Generators*, 2014).
///
/// A seed is all of its state, and two seeds that a hash has made lead to numbers that have nothing
/// in common. It keeps no secrets: never let it draw a key for anything outside of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Generator {
    state: u64,
}

impl Generator {
    pub(crate) const fn new(seed: u64) -> Generator {
        Generator { state: seed }
    }

    /// The next 64 bits.
    pub(crate) const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::Generator;

    /// The first numbers for the seed 1234567, as the reference implementation prints them.
    #[test]
    fn the_numbers_are_those_of_the_reference() {
        let mut generator = Generator::new(1_234_567);
        let numbers = [(); 3].map(|()| generator.next());
        let expected =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(numbers, expected);
    }
}
