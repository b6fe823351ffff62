//! Threads that do not simulate have the clock and the random numbers of the kernel.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(clippy::disallowed_methods)]

mod support;

use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use stormglass_clock::{seed, simulate};
use support::{NOW, c, on_fresh_thread, simulated, sources};

#[test]
fn a_thread_that_does_not_simulate_has_the_clock_of_the_kernel() {
    assert_clock_is_the_kernel_s();
}

#[test]
fn a_thread_has_the_clock_of_the_kernel_while_another_simulates() {
    while_another_thread_simulates(assert_clock_is_the_kernel_s);
}

#[test]
fn a_thread_has_the_clock_of_the_kernel_after_it_has_simulated() {
    simulate(NOW, 1, SystemTime::now);
    assert_clock_is_the_kernel_s();
}

#[test]
fn a_thread_has_the_clock_of_the_kernel_after_a_panic() {
    let panic = on_fresh_thread(|| {
        let panic = std::panic::catch_unwind(|| simulate(NOW, 1, || panic!("on purpose")));
        assert_clock_is_the_kernel_s();
        panic
    });
    assert!(panic.is_err());
}

#[test]
fn a_thread_that_was_started_by_a_simulation_does_not_simulate() {
    simulate(NOW, 1, || on_fresh_thread(assert_clock_is_the_kernel_s));
}

#[test]
fn a_seed_alone_leaves_the_clock_to_the_kernel() {
    let (number, reads) = seed(1, || {
        assert_clock_is_the_kernel_s();
        getrandom_02::getrandom(&mut [0; 8]).expect("random bytes");
        c::entropy()
    });
    assert_eq!((reads.clock(), reads.random()), (0, 2));
    let draw = || {
        getrandom_02::getrandom(&mut [0; 8]).expect("random bytes");
        c::entropy()
    };
    assert_eq!(simulate(NOW, 1, draw).0, number);
}

#[test]
fn a_simulation_within_another_is_answered_for_itself() {
    let ((outer, inner, after), reads) = simulate(NOW, 1, || {
        let outer = c::entropy();
        let (inner, reads) = simulate(support::later(NOW, 5), 1, || {
            assert_eq!(c::clock_gettime(libc::CLOCK_MONOTONIC), NOW.uptime + MILLIS_5);
            c::entropy()
        });
        assert_eq!((reads.clock(), reads.random()), (1, 1));
        assert_eq!(c::clock_gettime(libc::CLOCK_MONOTONIC), NOW.uptime);
        (outer, inner, c::entropy())
    });
    assert_eq!(outer, inner);
    assert_ne!(outer, after);
    assert_eq!((reads.clock(), reads.random()), (1, 2));
}

const MILLIS_5: Duration = Duration::from_millis(5);

#[test]
fn a_thread_that_does_not_simulate_draws_from_the_kernel() {
    for source in sources().into_iter().filter(|source| source.has_numbers) {
        let drawn = on_fresh_thread(source.read);
        assert_ne!(drawn, on_fresh_thread(source.read), "{}", source.name);
        assert_ne!(drawn, simulated(NOW, 1, source.read), "{}", source.name);
    }
}

#[test]
fn a_thread_draws_from_the_kernel_while_another_simulates() {
    while_another_thread_simulates(|| {
        for source in sources().into_iter().filter(|source| source.has_numbers) {
            let (first, second) = (on_fresh_thread(source.read), on_fresh_thread(source.read));
            assert_ne!(first, second, "{}", source.name);
        }
    });
}

/// Runs `work` here while another thread is within [`simulate`].
fn while_another_thread_simulates(work: impl FnOnce()) {
    let (began, begins) = mpsc::channel();
    let (ends, end) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let other = scope.spawn(move || {
            simulate(NOW, 1, || {
                began.send(()).expect("the test waits");
                end.recv().expect_err("the test lets go");
                SystemTime::now()
            })
        });
        begins.recv().expect("the thread begins");
        work();
        drop(ends);
        let (now, _) = other.join().expect("no panic");
        assert_eq!(now, SystemTime::UNIX_EPOCH + NOW.since_unix_epoch);
    });
}

/// Compares the clocks with what the kernel tells in files, which are read without a clock.
fn assert_clock_is_the_kernel_s() {
    let before = uptime();
    let now = c::clock_gettime(libc::CLOCK_BOOTTIME);
    let by_number = c::syscall_clock_gettime(libc::CLOCK_BOOTTIME);
    // The file is rounded down to a hundredth of a second.
    let after = uptime() + Duration::from_millis(10);
    assert!(
        before <= now && now <= by_number && by_number <= after,
        "{before:?} {now:?} {after:?}"
    );

    let file = on_fresh_file();
    let now = SystemTime::now();
    let zone = [c::gettimeofday().as_secs(), c::time()];
    assert!(now >= file, "{now:?} {file:?}");
    let later = now.duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970").as_secs();
    for seconds in zone {
        // The clock in seconds is that of the last tick.
        assert!(seconds + 1 >= later, "{seconds} {later}");
    }
    assert!(on_fresh_file() + Duration::from_secs(1) >= now, "{now:?}");
}

/// The time since the start of the machine, from a file.
fn uptime() -> Duration {
    let text = fs::read_to_string("/proc/uptime").expect("the file of the kernel");
    let seconds = text.split(' ').next().expect("a number").parse().expect("a number");
    Duration::from_secs_f64(seconds)
}

/// The time at which the kernel says that a file was written.
fn on_fresh_file() -> SystemTime {
    let name = format!("stormglass-clock-{:?}", thread::current().id());
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, "now").expect("a file");
    fs::metadata(&path).and_then(|data| data.modified()).expect("the time of the file")
}
