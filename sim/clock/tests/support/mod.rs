//! The places where handlers get the time and random numbers from.
//!
//! Each test binary uses a part of this.
#![allow(dead_code)]
// These are the very functions that simulated code must not call where nothing answers for them.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use futures_util::FutureExt;
use stormglass_clock::{Call, Moment, simulate};

/// The first of January 2026, an hour after the machine was started.
pub(crate) const NOW: Moment = Moment {
    since_unix_epoch: Duration::from_secs(1_767_225_600),
    uptime: Duration::from_secs(3_600),
};

/// A place where handlers get something from that no schedule decides.
pub(crate) struct Source {
    pub(crate) name: &'static str,
    /// The function of the C library that it goes through first.
    pub(crate) call: Call,
    /// True if what it returns contains the time.
    pub(crate) has_time: bool,
    /// True if what it returns contains random numbers.
    pub(crate) has_numbers: bool,
    /// True if a thread keeps a state from one use to the next, so that the seed of the first use
    /// decides all that follows.
    pub(crate) keeps_state: bool,
    pub(crate) read: fn() -> String,
}

/// All sources that two fresh threads make the same.
pub(crate) fn sources() -> Vec<Source> {
    use Call::{ClockGettime, Getentropy, Getrandom, GetrandomSyscall};
    vec![
        clock("SystemTime", ClockGettime, || format!("{:?}", SystemTime::now())),
        clock("Instant", ClockGettime, || format!("{:?}", Instant::now())),
        clock("chrono", ClockGettime, || chrono::Utc::now().to_rfc3339()),
        clock("time", ClockGettime, || time::OffsetDateTime::now_utc().to_string()),
        clock("gettimeofday", Call::Gettimeofday, || format!("{:?}", c::gettimeofday())),
        clock("time in C", Call::Time, || c::time().to_string()),
        clock("clock_gettime by number", Call::ClockGettimeSyscall, || {
            format!("{:?}", c::syscall_clock_gettime(libc::CLOCK_REALTIME))
        }),
        random("getrandom 0.2", GetrandomSyscall, || {
            let mut bytes = [0; 8];
            getrandom_02::getrandom(&mut bytes).expect("random bytes");
            format!("{bytes:?}")
        }),
        random("getrandom 0.3", Getrandom, || {
            format!("{:?}", getrandom_03::u64().expect("a random number"))
        }),
        random("getrandom 0.4", Getrandom, || {
            format!("{:?}", getrandom_04::u64().expect("a random number"))
        }),
        random("getentropy", Getentropy, || format!("{:?}", c::entropy())),
        random("uuid v4", Getrandom, || uuid::Uuid::new_v4().to_string()),
        random("rand 0.8 OsRng", GetrandomSyscall, || {
            rand_08::RngCore::next_u64(&mut rand_08::rngs::OsRng).to_string()
        }),
        kept("rand 0.8", GetrandomSyscall, || rand_08::random::<u64>().to_string()),
        kept("rand 0.9", Getrandom, || rand_09::random::<u64>().to_string()),
        kept("rand 0.10", Getrandom, || rand_010::random::<u64>().to_string()),
        kept("order of a HashSet", Getrandom, || format!("{:?}", (0..32).collect::<HashSet<u8>>())),
        Source {
            has_time: true,
            ..random("uuid v7 without a context", Getrandom, || {
                let time = uuid::Timestamp::now(uuid::NoContext);
                uuid::Uuid::new_v7(time).to_string()
            })
        },
        Source { has_time: true, ..kept("ulid", Getrandom, || ulid::Ulid::generate().to_string()) },
    ]
}

/// A source that differs between two fresh threads, whatever their seeds.
pub(crate) struct Leak {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
    /// True if fresh processes that do the same get the same from it.
    pub(crate) repeats_in_processes: bool,
    pub(crate) read: fn() -> String,
}

/// All sources that no seed makes the same on two fresh threads.
pub(crate) fn leaks() -> Vec<Leak> {
    vec![
        Leak {
            name: "fastrand",
            reason: "the seed of a thread is a hash of its id, which the process counts",
            repeats_in_processes: true,
            read: || fastrand::u64(..).to_string(),
        },
        Leak {
            name: "uuid v7",
            reason: "the process keeps the latest time and a counter, so that ids only go up",
            repeats_in_processes: true,
            read: || uuid::Uuid::now_v7().to_string(),
        },
        Leak {
            name: "tokio::select! without `biased`",
            reason: "the seed of a runtime is a hash of a counter of the process",
            repeats_in_processes: true,
            read: selected,
        },
        Leak {
            name: "futures::select!",
            reason: "the seed of a thread is a hash of a counter of the process",
            repeats_in_processes: true,
            read: futures_selected,
        },
        Leak {
            name: "/dev/urandom",
            reason: "a file is read, and no function for random numbers called",
            repeats_in_processes: false,
            read: || {
                let mut bytes = [0; 8];
                let mut file = File::open("/dev/urandom").expect("the device");
                file.read_exact(&mut bytes).expect("random bytes");
                format!("{bytes:?}")
            },
        },
    ]
}

/// The branches that `tokio::select!` takes when both are ready, 64 times.
fn selected() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let mut taken = String::new();
        for _ in 0..64 {
            tokio::select! {
                () = std::future::ready(()) => taken.push('0'),
                () = std::future::ready(()) => taken.push('1'),
            }
        }
        taken
    })
}

/// The branches that `futures::select!` takes when both are ready, 64 times.
fn futures_selected() -> String {
    let future = async {
        let mut taken = String::new();
        for _ in 0..64 {
            futures_util::select! {
                () = futures_util::future::ready(()) => taken.push('0'),
                () = futures_util::future::ready(()) => taken.push('1'),
            }
        }
        taken
    };
    future.now_or_never().expect("a future that waits for nothing")
}

fn clock(name: &'static str, call: Call, read: fn() -> String) -> Source {
    Source { name, call, has_time: true, has_numbers: false, keeps_state: false, read }
}

fn random(name: &'static str, call: Call, read: fn() -> String) -> Source {
    Source { name, call, has_time: false, has_numbers: true, keeps_state: false, read }
}

fn kept(name: &'static str, call: Call, read: fn() -> String) -> Source {
    Source { keeps_state: true, ..random(name, call, read) }
}

/// Runs `work` on a thread of its own.
pub(crate) fn on_fresh_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join().expect("no panic"))
}

/// Reads a source as a simulation that has a thread of its own does.
pub(crate) fn simulated(now: Moment, seed: u64, read: fn() -> String) -> String {
    on_fresh_thread(|| simulate(now, seed, read).0)
}

/// The moment so many milliseconds after another one.
pub(crate) fn later(moment: Moment, millis: u64) -> Moment {
    let duration = Duration::from_millis(millis);
    Moment {
        since_unix_epoch: moment.since_unix_epoch + duration,
        uptime: moment.uptime + duration,
    }
}

/// The functions of the C library, as code in C calls them.
pub(crate) mod c {
    use std::time::Duration;

    use libc::{c_int, c_void, clockid_t, size_t, timespec, timeval};

    // The crate `libc` leaves it out for musl, which has it.
    unsafe extern "C" {
        fn getentropy(bytes: *mut c_void, length: size_t) -> c_int;
    }

    pub(crate) fn gettimeofday() -> Duration {
        let mut time = timeval { tv_sec: 0, tv_usec: 0 };
        // SAFETY: the address is that of a `timeval`, and no zone is asked for.
        let result = unsafe { libc::gettimeofday(&raw mut time, std::ptr::null_mut()) };
        assert_eq!(result, 0);
        Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1_000)
    }

    pub(crate) fn time() -> u64 {
        let mut seconds = 0;
        // SAFETY: the address is that of an integer of 64 bits.
        let result = unsafe { libc::time(&raw mut seconds) };
        assert_eq!(result, seconds);
        seconds as u64
    }

    pub(crate) fn clock_gettime(clock: clockid_t) -> Duration {
        let mut time = timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the address is that of a `timespec`.
        assert_eq!(unsafe { libc::clock_gettime(clock, &raw mut time) }, 0);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }

    pub(crate) fn syscall_clock_gettime(clock: clockid_t) -> Duration {
        let mut time = timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the address is that of a `timespec`.
        let result = unsafe { libc::syscall(libc::SYS_clock_gettime, clock, &raw mut time) };
        assert_eq!(result, 0);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }

    pub(crate) fn entropy() -> [u8; 16] {
        let mut bytes = [0; 16];
        assert_eq!(fill(&mut bytes), 0);
        bytes
    }

    pub(crate) fn fill(bytes: &mut [u8]) -> c_int {
        // SAFETY: the address is that of so many bytes.
        unsafe { getentropy(bytes.as_mut_ptr().cast(), bytes.len()) }
    }
}
