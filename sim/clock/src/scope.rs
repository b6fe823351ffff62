//! Pieces of work that are simulated.

use crate::answers::{self, Answers, Moment};
use crate::linux;
use crate::reads::Reads;

/// Runs `work` on this thread, where clocks stand at `now` and random numbers follow from `seed`.
///
/// Returns the result of `work`, and the number of times that it read a clock or drew numbers. The
/// same seed draws the same numbers, so each piece of work needs a seed of its own. Other threads
/// keep the clock and the random numbers of the kernel, also those that `work` starts. A call
/// within `work` is answered on its own terms, and counts for itself.
///
/// Costs about as much as reading a clock, so that a simulator can call it for each poll of a
/// future. Where [`is_active`](crate::is_active) is false, `work` runs and nothing else happens.
pub fn simulate<T>(now: Moment, seed: u64, work: impl FnOnce() -> T) -> (T, Reads) {
    Scope::of(Answers::new(Some(now), seed)).run(work)
}

/// Runs `work` on this thread, where random numbers follow from `seed` and clocks are the kernel's.
///
/// That is for the code of a simulator around its calls of [`simulate`]: what a thread draws there
/// for the first time, like the keys of its hash maps, reaches the simulated code later on.
pub fn seed<T>(seed: u64, work: impl FnOnce() -> T) -> (T, Reads) {
    Scope::of(Answers::new(None, seed)).run(work)
}

/// Puts back what the thread had before, also when the work panics.
struct Scope {
    outer: Option<Answers>,
}

impl Scope {
    fn of(answers: Answers) -> Scope {
        linux::find_clock();
        Scope { outer: answers::replace(Some(answers)) }
    }

    fn run<T>(self, work: impl FnOnce() -> T) -> (T, Reads) {
        let result = work();
        (result, answers::reads())
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        answers::replace(self.outer);
    }
}
