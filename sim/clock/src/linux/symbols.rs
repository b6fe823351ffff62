//! The functions by which code reads clocks and draws random numbers.

use std::mem::MaybeUninit;
use std::slice;
use std::time::Duration;

use libc::{c_int, c_long, c_uint, c_void, clockid_t, size_t, ssize_t, timespec, timeval};

use super::{deadline, kernel};
use crate::answers::{self, Moment};
use crate::generator::Generator;
use crate::reads::Call;

/// The length of the longest draw of `getentropy`.
const ENTROPY_LENGTH_MAX: size_t = 256;

/// Reads a clock.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
    // SAFETY: the caller passes an address that is good for a `timespec`, as the function asks for.
    unsafe { kernel::result(read_clock(Call::ClockGettime, clock, time)) as c_int }
}

/// Reads the wall clock in microseconds.
#[unsafe(no_mangle)]
unsafe extern "C" fn gettimeofday(time: *mut timeval, zone: *mut c_void) -> c_int {
    let now = match answers::read_clock(Call::Gettimeofday) {
        Some(moment) => moment.since_unix_epoch,
        None => kernel::time_of(libc::CLOCK_REALTIME),
    };
    if !time.is_null() {
        let (tv_sec, tv_usec) = (now.as_secs() as i64, now.subsec_micros().into());
        // SAFETY: the address is not null, and the caller passes one that is good for a `timeval`.
        unsafe { time.write(timeval { tv_sec, tv_usec }) };
    }
    // The zone of a process is in its environment; glibc returns no other one either.
    if !zone.is_null() {
        // SAFETY: the address is not null, and the caller passes one that is good for a
        // `struct timezone`: two integers, minutes west of Greenwich and the kind of summer time.
        unsafe { zone.cast::<[c_int; 2]>().write([0, 0]) };
    }
    0
}

/// Reads the wall clock in seconds.
#[unsafe(no_mangle)]
unsafe extern "C" fn time(seconds: *mut i64) -> i64 {
    let now = match answers::read_clock(Call::Time) {
        Some(moment) => moment.since_unix_epoch,
        None => kernel::time_of(libc::CLOCK_REALTIME_COARSE),
    };
    let now = now.as_secs() as i64;
    if !seconds.is_null() {
        // SAFETY: the address is not null, and the caller passes one that is good for a `time_t`,
        // which is an integer of 64 bits.
        unsafe { seconds.write(now) };
    }
    now
}

/// Draws random bytes.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn getrandom(
    bytes: *mut c_void,
    length: size_t,
    flags: c_uint,
) -> ssize_t {
    // SAFETY: the caller passes an address that is good for so many bytes.
    kernel::result(unsafe { draw(Call::Getrandom, bytes, length, flags) })
}

/// Draws at most 256 random bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn getentropy(bytes: *mut c_void, length: size_t) -> c_int {
    if length > ENTROPY_LENGTH_MAX {
        return kernel::fail(libc::EIO) as c_int;
    }
    // The kernel draws so few bytes all at once, and is interrupted by no signal (getrandom(2)).
    // SAFETY: the caller passes an address that is good for so many bytes.
    let drawn = kernel::result(unsafe { draw(Call::Getentropy, bytes, length, 0) });
    drawn.min(0) as c_int
}

/// Answers `syscall`, or passes it on.
///
/// # Safety
///
/// As for the system call itself.
pub(super) unsafe extern "C" fn answer_syscall(
    number: c_long,
    first: usize,
    second: usize,
    third: usize,
    fourth: usize,
    fifth: usize,
    sixth: usize,
) -> c_long {
    let arguments = [first, second, third, fourth, fifth, sixth];
    // SAFETY: the arguments are those that the caller made for this system call, and an address
    // that came as an integer may be used as one again.
    let result = unsafe {
        match number {
            libc::SYS_clock_gettime => {
                let time = std::ptr::with_exposed_provenance_mut(second);
                read_clock(Call::ClockGettimeSyscall, first as clockid_t, time)
            }
            libc::SYS_getrandom => {
                let bytes = std::ptr::with_exposed_provenance_mut(first);
                draw(Call::GetrandomSyscall, bytes, second, third as c_uint)
            }
            libc::SYS_futex => deadline::wait(arguments),
            _ => kernel::call(number, arguments),
        }
    };
    kernel::result(result) as c_long
}

/// Reads a clock as the kernel does: zero, or a negated error number.
///
/// # Safety
///
/// The address must be null or good for a `timespec`.
unsafe fn read_clock(call: Call, clock: clockid_t, time: *mut timespec) -> isize {
    let now = simulated_of(clock).and_then(|of| answers::read_clock(call).map(of));
    let Some(now) = now else {
        // SAFETY: the caller passes an address that is good for a `timespec`, or null.
        return unsafe { kernel::read_clock(clock, time) };
    };
    if time.is_null() {
        return -(libc::EFAULT as isize);
    }
    let (tv_sec, tv_nsec) = (now.as_secs() as i64, now.subsec_nanos().into());
    // SAFETY: the address is not null, and good for a `timespec` then.
    unsafe { time.write(timespec { tv_sec, tv_nsec }) };
    0
}

/// The part of a moment that a clock shows. None for clocks that measure work, not time.
fn simulated_of(clock: clockid_t) -> Option<fn(Moment) -> Duration> {
    match clock {
        libc::CLOCK_REALTIME
        | libc::CLOCK_REALTIME_COARSE
        | libc::CLOCK_REALTIME_ALARM
        | libc::CLOCK_TAI => Some(|moment| moment.since_unix_epoch),
        libc::CLOCK_MONOTONIC
        | libc::CLOCK_MONOTONIC_RAW
        | libc::CLOCK_MONOTONIC_COARSE
        | libc::CLOCK_BOOTTIME
        | libc::CLOCK_BOOTTIME_ALARM => Some(|moment| moment.uptime),
        _ => None,
    }
}

/// Draws random bytes as the kernel does: their number, or a negated error number.
///
/// # Safety
///
/// The address must be null or good for `length` bytes.
unsafe fn draw(call: Call, bytes: *mut c_void, length: size_t, flags: c_uint) -> isize {
    let flags_known = libc::GRND_NONBLOCK | libc::GRND_RANDOM | libc::GRND_INSECURE;
    // An empty draw asks if the function works, and the kernel knows best what it refuses.
    let is_ours = length > 0 && !bytes.is_null() && flags & !flags_known == 0;
    // The kernel draws no more than this at once, and no slice may be longer than an `isize`.
    let length = length.min(c_int::MAX as size_t);
    let Some(generator) = is_ours.then(|| answers::draw(call)).flatten() else {
        let arguments = [bytes.expose_provenance(), length, flags as usize, 0, 0, 0];
        // SAFETY: the kernel writes to the address that the caller passes for that.
        return unsafe { kernel::call(libc::SYS_getrandom, arguments) };
    };
    // SAFETY: the address is not null, good for so many bytes, and nobody else uses them meanwhile;
    // they may hold anything.
    fill(generator, unsafe { slice::from_raw_parts_mut(bytes.cast(), length) });
    length as isize
}

fn fill(mut generator: Generator, bytes: &mut [MaybeUninit<u8>]) {
    for part in bytes.chunks_mut(size_of::<u64>()) {
        for (byte, drawn) in part.iter_mut().zip(generator.next().to_le_bytes()) {
            byte.write(drawn);
        }
    }
}
