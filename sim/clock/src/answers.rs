//! The answers that a thread gets while it simulates.

use std::cell::Cell;
use std::time::Duration;

use crate::generator::Generator;
use crate::reads::{Call, Reads};

/// The number of reads of a clock that stands after which it begins to move.
///
/// A loop that waits for the clock would never end, and the run with it. Nothing else reads a clock
/// so often without a pause.
const READS_BEFORE_STEPS: u64 = 1_000_000;

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
    static IS_APART: Cell<bool> = const { Cell::new(false) };
}

impl Answers {
    pub(crate) const fn new(now: Option<Moment>, seed: u64) -> Answers {
        Answers { now, generator: Generator::new(seed), reads: Reads::NONE }
    }
}

/// Sets the answers of this thread. Returns those that it had.
pub(crate) fn replace(answers: Option<Answers>) -> Option<Answers> {
    ANSWERS.replace(answers)
}

/// The number of answers that this thread got since they were set.
pub(crate) fn reads() -> Reads {
    ANSWERS.get().map_or(Reads::NONE, |answers| answers.reads)
}

/// Runs a part of the process that is not simulated, on a thread that may simulate.
pub(crate) fn apart<T>(work: impl FnOnce() -> T) -> T {
    let was_apart = IS_APART.replace(true);
    let result = work();
    IS_APART.set(was_apart);
    result
}

fn current() -> Option<Answers> {
    if IS_APART.get() { None } else { ANSWERS.get() }
}

/// The moment at which this thread simulates, if it simulates one. Counts no read.
pub(crate) fn moment() -> Option<Moment> {
    current()?.now
}

/// Answers a read of a clock through `call`, if this thread simulates a moment.
pub(crate) fn read_clock(call: Call) -> Option<Moment> {
    let mut answers = current()?;
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
    let mut answers = current()?;
    answers.reads.count(call);
    let drawn = Generator::new(answers.generator.next());
    ANSWERS.set(Some(answers));
    Some(drawn)
}

/// Moves the clocks of this thread forward, if it simulates a moment: code has waited so long.
pub(crate) fn wait(duration: Duration) {
    if let Some(mut answers) = current() {
        answers.now = answers.now.map(|now| now.later(duration));
        ANSWERS.set(Some(answers));
    }
}
