//! System calls without the C library, whose `syscall` is the one that this crate defines.

use std::arch::asm;
use std::mem;
use std::sync::OnceLock;
use std::time::Duration;

use libc::{c_int, c_long, c_void, clockid_t, timespec};

/// The greatest error number that the kernel returns, negated, in the place of a result.
const ERROR_MAX: isize = 4095;

/// Calls the kernel. Returns its result; between -4095 and -1, that is a negated error number.
///
/// # Safety
///
/// As for the system call itself: addresses among the arguments must be good for what it does, and
/// their provenance exposed.
#[cfg(target_arch = "x86_64")]
pub(super) unsafe fn call(number: c_long, arguments: [usize; 6]) -> isize {
    let [first, second, third, fourth, fifth, sixth] = arguments;
    let result: isize;
    // SAFETY: these are the registers of the system calls of x86-64; the kernel changes `rcx` and
    // `r11` beside the result, and no stack of ours. What it does to memory is the caller's duty.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") first,
            in("rsi") second,
            in("rdx") third,
            in("r10") fourth,
            in("r8") fifth,
            in("r9") sixth,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// Calls the kernel. Returns its result; between -4095 and -1, that is a negated error number.
///
/// # Safety
///
/// As for the system call itself: addresses among the arguments must be good for what it does, and
/// their provenance exposed.
#[cfg(target_arch = "aarch64")]
pub(super) unsafe fn call(number: c_long, arguments: [usize; 6]) -> isize {
    let [first, second, third, fourth, fifth, sixth] = arguments;
    let result: isize;
    // SAFETY: these are the registers of the system calls of AArch64; the kernel changes the result
    // alone, and no stack of ours. What it does to memory is the caller's duty.
    unsafe {
        asm!(
            "svc #0",
            in("x8") number,
            inlateout("x0") first as isize => result,
            in("x1") second,
            in("x2") third,
            in("x3") fourth,
            in("x4") fifth,
            in("x5") sixth,
            options(nostack),
        );
    }
    result
}

/// The result of a system call as a function of the C library returns it: -1 and `errno` if it
/// failed.
pub(super) fn result(result: isize) -> isize {
    if (-ERROR_MAX..0).contains(&result) { fail(-result as c_int) } else { result }
}

/// Sets `errno` and returns -1.
pub(super) fn fail(error: c_int) -> isize {
    // SAFETY: the C library returns the address of this thread's own `errno`.
    unsafe { *libc::__errno_location() = error };
    -1
}

fn errno() -> c_int {
    // SAFETY: the C library returns the address of this thread's own `errno`.
    unsafe { *libc::__errno_location() }
}

/// The time of a clock of the kernel, or zero if it has no such clock.
pub(super) fn time_of(clock: clockid_t) -> Duration {
    let mut time = timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the address is that of a `timespec`.
    unsafe { read_clock(clock, &raw mut time) };
    duration(time)
}

/// A time as a duration. Times before zero are zero.
pub(super) fn duration(time: timespec) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u64::try_from(time.tv_nsec).unwrap_or(0);
    Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanoseconds))
}

type ClockGettime = unsafe extern "C" fn(clockid_t, *mut timespec) -> c_int;

/// The `clock_gettime` of the C library, which asks the kernel for no clock that it can read in
/// memory: a tenth of the time of a system call.
static CLOCK: OnceLock<Option<ClockGettime>> = OnceLock::new();

/// Looks up the `clock_gettime` of the C library, if this was not done before.
///
/// Only code that simulates does this: the first clock may be read while a lock of the linker is
/// held, or before the process has begun.
pub(crate) fn find_clock() {
    CLOCK.get_or_init(|| {
        // A program that is linked statically has no second function of the same name.
        if cfg!(target_feature = "crt-static") {
            return None;
        }
        // SAFETY: the name is a string that ends in a zero byte.
        let found = unsafe { libc::dlsym(libc::RTLD_NEXT, c"clock_gettime".as_ptr()) };
        // SAFETY: what has this name is null or a function of this type. It is not our own, behind
        // which the search begins.
        unsafe { mem::transmute::<*mut c_void, Option<ClockGettime>>(found) }
    });
}

/// Reads a clock of the kernel. Returns zero, or a negated error number.
///
/// # Safety
///
/// The address must be good for a `timespec`, or null.
pub(super) unsafe fn read_clock(clock: clockid_t, time: *mut timespec) -> isize {
    // The C library may write to null, where the kernel refuses it.
    if let Some(Some(read)) = CLOCK.get().filter(|_| !time.is_null()) {
        // SAFETY: the address is good for a `timespec`.
        return if unsafe { read(clock, time) } == 0 { 0 } else { -(errno() as isize) };
    }
    let arguments = [clock as usize, time.expose_provenance(), 0, 0, 0, 0];
    // SAFETY: the kernel writes one `timespec` to the address of one, or nothing.
    unsafe { call(libc::SYS_clock_gettime, arguments) }
}
