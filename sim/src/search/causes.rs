//! The causes behind the finds of a search: finds whose violations have one fingerprint.

use stormglass_spec::Violation;

use super::shrink::{Fingerprint, Size};
use crate::outcome::Run;

/// The finds of a search that have one cause.
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a, F> {
    /// The find with the smallest case; the first of several.
    pub smallest: &'a F,
    /// The number of finds.
    pub finds: u64,
}

/// Returns the causes of finds, in the order of the first find of each.
///
/// `parts` returns the run of a find, and the violation that ended it.
pub fn causes<'a, F>(
    finds: &'a [F],
    parts: impl Fn(&'a F) -> (&'a Run, &'a Violation),
) -> Vec<Cause<'a, F>> {
    let mut causes: Vec<(Fingerprint, usize, Cause<'a, F>)> = Vec::new();
    for find in finds {
        let (run, violation) = parts(find);
        let fingerprint = Fingerprint::of(violation);
        let Size { clients, steps, deviations } = Size::of(&run.case);
        let size = clients + steps + deviations;
        match causes.iter_mut().find(|(known, ..)| *known == fingerprint) {
            None => causes.push((fingerprint, size, Cause { smallest: find, finds: 1 })),
            Some((_, least, cause)) => {
                cause.finds += 1;
                if size < *least {
                    (*least, cause.smallest) = (size, find);
                }
            }
        }
    }
    causes.into_iter().map(|(_, _, cause)| cause).collect()
}
