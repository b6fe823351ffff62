//! Code that waits for the simulated clock goes on.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use stormglass_clock::{Moment, simulate};
use support::{NOW, c, later};

const WAIT: Duration = Duration::from_millis(20);

/// The clock of the kernel would come to this moment in thousands of years, or came to it long ago.
#[test]
fn a_wait_with_a_timeout_ends_at_its_time() {
    for uptime in [Duration::ZERO, Duration::from_secs(1 << 40)] {
        let now = Moment { uptime, ..NOW };
        simulate(now, 1, || {
            let began = Instant::now();
            let lock = Mutex::new(());
            let guard = lock.lock().expect("no panic");
            let (_guard, result) = Condvar::new().wait_timeout(guard, WAIT).expect("no panic");
            assert!(result.timed_out());
            assert_eq!(began.elapsed(), WAIT);
        });
    }
}

#[test]
fn a_channel_that_stays_empty_times_out() {
    let (_sender, receiver) = mpsc::channel::<()>();
    let (result, _) = simulate(NOW, 1, || receiver.recv_timeout(WAIT));
    assert_eq!(result, Err(RecvTimeoutError::Timeout));
}

#[test]
fn a_thread_that_is_woken_does_not_wait_for_its_time() {
    let here = std::thread::current();
    let (elapsed, _) = simulate(NOW, 1, || {
        here.unpark();
        let began = Instant::now();
        std::thread::park_timeout(Duration::from_secs(1 << 40));
        began.elapsed()
    });
    assert_eq!(elapsed, Duration::ZERO);
}

#[test]
fn a_loop_that_waits_for_the_clock_ends() {
    let (elapsed, _) = simulate(NOW, 1, || {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(5) {}
        began.elapsed()
    });
    // The two reads after the wait are one step apart.
    assert_eq!(elapsed, Duration::from_millis(5_001));
}

#[test]
fn the_clock_stands_in_all_other_code() {
    let (last, _) = simulate(later(NOW, 3), 1, || (0..50_000).map(|_| Instant::now()).max());
    let (first, _) = simulate(later(NOW, 3), 2, Instant::now);
    assert_eq!(last, Some(first));
}

/// Nothing in std waits for the wall clock; code in C may.
#[test]
fn a_wait_for_the_wall_clock_ends_at_its_time() {
    let ages = Duration::from_secs(1 << 40);
    for since_unix_epoch in [NOW.since_unix_epoch, ages] {
        let now = Moment { since_unix_epoch, ..NOW };
        simulate(now, 1, || {
            let due = since_unix_epoch + WAIT;
            let deadline =
                libc::timespec { tv_sec: due.as_secs() as i64, tv_nsec: due.subsec_nanos().into() };
            let operation = libc::FUTEX_WAIT_BITSET | libc::FUTEX_CLOCK_REALTIME;
            let (word, nothing) = (0_u32, std::ptr::null::<u32>());
            // SAFETY: the addresses are those of a word that is 0, of a `timespec`, and null.
            let waited = unsafe {
                libc::syscall(
                    libc::SYS_futex,
                    &raw const word,
                    operation,
                    0,
                    &raw const deadline,
                    nothing,
                    libc::FUTEX_BITSET_MATCH_ANY,
                )
            };
            assert_eq!(waited, -1);
            let error = std::io::Error::last_os_error().raw_os_error();
            assert_eq!(error, Some(libc::ETIMEDOUT));
            assert_eq!(c::clock_gettime(libc::CLOCK_REALTIME), due);
        });
    }
}
