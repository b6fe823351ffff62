//! Counts of what code under a simulation asked for, by the function that it called.

use std::fmt;
use std::ops::AddAssign;

/// A function of the C library through which code reads a clock or draws random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// `clock_gettime`: the clocks of std, of `chrono` and of `time`.
    ClockGettime,
    /// `gettimeofday`: code in C.
    Gettimeofday,
    /// `time`: code in C.
    Time,
    /// `syscall(SYS_clock_gettime)`.
    ClockGettimeSyscall,
    /// `getrandom`: the keys of a `HashMap`, and the crate `getrandom` from 0.3 on with all that
    /// draws through it.
    Getrandom,
    /// `getentropy`: code in C.
    Getentropy,
    /// `syscall(SYS_getrandom)`: the crate `getrandom` 0.2, and so `rand` 0.8.
    GetrandomSyscall,
}

impl Call {
    /// All functions, clocks first.
    pub const ALL: [Call; 7] = [
        Call::ClockGettime,
        Call::Gettimeofday,
        Call::Time,
        Call::ClockGettimeSyscall,
        Call::Getrandom,
        Call::Getentropy,
        Call::GetrandomSyscall,
    ];

    /// True if the function draws random numbers, false if it reads a clock.
    pub const fn is_random(self) -> bool {
        matches!(self, Call::Getrandom | Call::Getentropy | Call::GetrandomSyscall)
    }

    const fn name(self) -> &'static str {
        match self {
            Call::ClockGettime => "clock_gettime",
            Call::Gettimeofday => "gettimeofday",
            Call::Time => "time",
            Call::ClockGettimeSyscall => "syscall(SYS_clock_gettime)",
            Call::Getrandom => "getrandom",
            Call::Getentropy => "getentropy",
            Call::GetrandomSyscall => "syscall(SYS_getrandom)",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The number of calls that were answered for a simulation.
///
/// An allocator may call as well, unless it is wrapped in an [`Allocator`](crate::Allocator).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    counts: [u64; Call::ALL.len()],
}

impl Reads {
    pub(crate) const NONE: Reads = Reads { counts: [0; Call::ALL.len()] };

    pub(crate) const fn count(&mut self, call: Call) {
        self.counts[call as usize] += 1;
    }

    /// The number of calls of one function.
    pub const fn of(&self, call: Call) -> u64 {
        self.counts[call as usize]
    }

    /// The number of times that a clock was read.
    pub fn clock(&self) -> u64 {
        Call::ALL.into_iter().filter(|call| !call.is_random()).map(|call| self.of(call)).sum()
    }

    /// The number of times that random numbers were drawn.
    pub fn random(&self) -> u64 {
        Call::ALL.into_iter().filter(|call| call.is_random()).map(|call| self.of(call)).sum()
    }
}

impl AddAssign for Reads {
    fn add_assign(&mut self, more: Reads) {
        for (count, more) in self.counts.iter_mut().zip(more.counts) {
            *count += more;
        }
    }
}

/// Writes `clock_gettime 3x, syscall(SYS_getrandom) 1x`, or `nothing`.
impl fmt::Display for Reads {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for call in Call::ALL.into_iter().filter(|call| self.of(*call) > 0) {
            write!(formatter, "{separator}{call} {}x", self.of(call))?;
            separator = ", ";
        }
        if separator.is_empty() { formatter.write_str("nothing") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Call, Reads};

    #[test]
    fn reads_are_named_by_function() {
        let mut reads = Reads::default();
        assert_eq!(reads.to_string(), "nothing");
        reads.count(Call::ClockGettime);
        let mut more = reads;
        more.count(Call::GetrandomSyscall);
        reads += more;
        assert_eq!(reads.to_string(), "clock_gettime 2x, syscall(SYS_getrandom) 1x");
        assert_eq!((reads.clock(), reads.random()), (2, 1));
    }

    #[test]
    fn all_functions_are_in_the_order_of_their_counts() {
        for (index, call) in Call::ALL.into_iter().enumerate() {
            assert_eq!(call as usize, index, "{call}");
        }
    }
}
