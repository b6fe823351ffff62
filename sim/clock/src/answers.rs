//! The answers that a thread gets while it simulates.

use std::cell::Cell;
use std::time::Duration;

use crate::generator::Generator;
use crate::reads::{Call, Reads};

/// The number of reads within one [`simulate`] after which its clock begins to move.
///
/// A loop that waits for a clock that stands would never end, and the run with it. No handler reads
/// a clock so often for another reason.
const READS_BEFORE_STEPS: u64 = 100_000;

/// The step of a clock that code waits for, at each further read.
const STEP: Duration = Duration::from_millis(1);

/// A moment of a simulation, on the two clocks of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The time of the wall clock, which `SystemTime` reads.
    pub since_unix_epoch: Duration,
    /// The time of the clock that only goes forward, which `Instant` reads.
    pub uptime: Duration,
}

impl Moment {
    /// The moment `duration` later.
    pub(crate) const fn later(self, duration: Duration) -> Moment {
        Moment {
            since_unix_epoch: self.since_unix_epoch.saturating_add(duration),
            uptime: self.uptime.saturating_add(duration),
        }
    }
}

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
    Scope::of(Answers { now: Some(now), ..Answers::seeded(seed) }).run(work)
}

/// Runs `work` on this thread, where random numbers follow from `seed` and clocks are the kernel's.
///
/// That is for the code of a simulator around its calls of [`simulate`]: what a thread draws there
/// for the first time, like the keys of its hash maps, reaches the simulated code later on.
pub fn seed<T>(seed: u64, work: impl FnOnce() -> T) -> (T, Reads) {
    Scope::of(Answers::seeded(seed)).run(work)
}

/// The state behind the answers of a thread.
#[derive(Clone, Copy)]
pub(crate) struct Answers {
    now: Option<Moment>,
    generator: Generator,
    reads: Reads,
}

// No destructor and no allocation: an allocator may read a clock while it allocates, and a thread
// while it ends.
thread_local! {
    static ANSWERS: Cell<Option<Answers>> = const { Cell::new(None) };
}

impl Answers {
    const fn seeded(seed: u64) -> Answers {
        Answers { now: None, generator: Generator::new(seed), reads: Reads::NONE }
    }
}

/// The moment at which this thread simulates, if it simulates one. Counts no read.
pub(crate) fn moment() -> Option<Moment> {
    ANSWERS.get()?.now
}

/// Answers a read of a clock through `call`, if this thread simulates a moment.
pub(crate) fn read_clock(call: Call) -> Option<Moment> {
    let mut answers = ANSWERS.get()?;
    let now = answers.now?;
    answers.reads.count(call);
    if answers.reads.clock() > READS_BEFORE_STEPS {
        answers.now = Some(now.later(STEP));
    }
    ANSWERS.set(Some(answers));
    Some(now)
}

/// Answers a draw through `call`, if this thread has a seed.
///
/// The numbers of one draw all come from the generator that is returned, and those of the next draw
/// are independent of how many that were.
pub(crate) fn draw(call: Call) -> Option<Generator> {
    let mut answers = ANSWERS.get()?;
    answers.reads.count(call);
    let drawn = Generator::new(answers.generator.next());
    ANSWERS.set(Some(answers));
    Some(drawn)
}

/// Moves the clocks of this thread forward, if it simulates a moment: code has waited so long.
pub(crate) fn wait(duration: Duration) {
    if let Some(mut answers) = ANSWERS.get() {
        answers.now = answers.now.map(|now| now.later(duration));
        ANSWERS.set(Some(answers));
    }
}

/// Puts back what the thread had before, also when the work panics.
struct Scope {
    outer: Option<Answers>,
}

impl Scope {
    fn of(answers: Answers) -> Scope {
        Scope { outer: ANSWERS.replace(Some(answers)) }
    }

    fn run<T>(self, work: impl FnOnce() -> T) -> (T, Reads) {
        let result = work();
        let reads = ANSWERS.get().map_or(Reads::NONE, |answers| answers.reads);
        (result, reads)
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        ANSWERS.set(self.outer);
    }
}
