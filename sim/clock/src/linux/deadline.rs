//! Waits of a thread until a moment of a clock.
//!
//! `Condvar::wait_timeout`, `recv_timeout` and `thread::park_timeout` of std read a clock, add a
//! duration, and let the kernel wait until its own clock shows the sum. That may be years ahead if
//! the clock that was read is simulated.

use std::time::Duration;

use libc::{c_int, c_long, timespec};

use super::kernel;
use crate::answers::{self, Moment};

/// Calls `futex`, with a deadline on the simulated clock moved to the clock of the kernel.
///
/// If the time is up, the simulated clock has moved by it: code that checks the clock goes on.
///
/// # Safety
///
/// As for the system call.
pub(super) unsafe fn wait(mut arguments: [usize; 6]) -> isize {
    let [_, operation, _, deadline, ..] = arguments;
    let moment = answers::moment().filter(|_| has_deadline(operation as c_int) && deadline != 0);
    let Some(moment) = moment else {
        // SAFETY: the caller made the arguments for this system call.
        return unsafe { kernel::call(libc::SYS_futex, arguments) };
    };
    // SAFETY: the caller passes an address that is good for a `timespec`, or null, which it is not.
    let deadline = unsafe { std::ptr::with_exposed_provenance::<timespec>(deadline).read() };
    let (clock, simulated) = clock_of(operation as c_int, moment);
    let left = kernel::duration(deadline).saturating_sub(simulated);
    let moved = time(kernel::time_of(clock).saturating_add(left));
    arguments[3] = (&raw const moved).expose_provenance();
    // SAFETY: the caller made the arguments for this system call, but for the deadline, which lies
    // on this stack for as long as the call takes.
    let result = unsafe { kernel::call(libc::SYS_futex, arguments) };
    if result == -(libc::ETIMEDOUT as isize) {
        answers::wait(left);
    }
    result
}

/// True if a timeout of this operation is a moment. That of the others is a duration, or they are
/// never used by code that reads a clock.
const fn has_deadline(operation: c_int) -> bool {
    operation & libc::FUTEX_CMD_MASK == libc::FUTEX_WAIT_BITSET
}

/// The clock of an operation, and the simulated time of it.
const fn clock_of(operation: c_int, moment: Moment) -> (c_int, Duration) {
    if operation & libc::FUTEX_CLOCK_REALTIME == 0 {
        (libc::CLOCK_MONOTONIC, moment.uptime)
    } else {
        (libc::CLOCK_REALTIME, moment.since_unix_epoch)
    }
}

/// A duration as a time.
fn time(duration: Duration) -> timespec {
    let tv_sec = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    timespec { tv_sec, tv_nsec: c_long::from(duration.subsec_nanos()) }
}
