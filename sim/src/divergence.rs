//! The difference between two runs of the same case.

use std::fmt;

/// The difference between two runs of the same case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The names of the two runs in a report.
    pub sides: [&'static str; 2],
    /// The trace hashes of the two runs.
    pub hashes: [u64; 2],
    /// The first event that differs, if there is one.
    pub event: Option<Difference>,
    /// The first point of choice that differs, if there is one.
    pub point: Option<Difference>,
}

/// The first place at which two runs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The text of the item in each run; `None` if that run was over.
    pub sides: [Option<String>; 2],
}

impl Difference {
    /// Returns the first place at which two sequences differ, if there is one.
    pub fn first<A: ToString, B: ToString>(
        one: impl IntoIterator<Item = A>,
        two: impl IntoIterator<Item = B>,
    ) -> Option<Difference> {
        let mut one = one.into_iter().map(|item| item.to_string());
        let mut two = two.into_iter().map(|item| item.to_string());
        loop {
            let sides = [one.next(), two.next()];
            if sides[0] != sides[1] {
                return Some(Difference { sides });
            }
            // Equal sides without an item mean that both sequences are over.
            sides[0].as_ref()?;
        }
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.sides;
        write!(f, "its trace hash was {:016x} in {first}", self.hashes[0])?;
        write!(f, " and {:016x} in {second}", self.hashes[1])?;
        for (what, difference) in [("event", &self.event), ("point of choice", &self.point)] {
            let Some(difference) = difference else { continue };
            write!(f, "\n  the first {what} that differs:")?;
            for (side, text) in self.sides.iter().zip(&difference.sides) {
                let text = text.as_deref().unwrap_or("(the run is over)");
                write!(f, "\n    {side:<15} {text}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(one: &[u8], two: &[u8]) -> Option<[Option<String>; 2]> {
        Difference::first(one, two).map(|difference| difference.sides)
    }

    #[test]
    fn the_first_place_that_differs_is_found_on_both_sides() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(first(&[], &[]), None);
        assert_eq!(first(&[1, 2], &[1, 2]), None);
        assert_eq!(first(&[1, 2, 3], &[1, 4, 5]), Some([some("2"), some("4")]));
        assert_eq!(first(&[1], &[1, 4]), Some([None, some("4")]));
        assert_eq!(first(&[1, 4], &[1]), Some([some("4"), None]));
    }
}
