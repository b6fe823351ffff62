//! System calls without the C library, whose `syscall` is the one that this crate defines.

use std::arch::asm;
use std::mem::MaybeUninit;

use libc::{c_int, c_long, clockid_t, timespec};

/// The greatest error number that the kernel returns, negated, in the place of a result.
const ERROR_MAX: isize = 4095;

/// Calls the kernel. Returns its result, which is a negated error number between -4095 and -1.
///
/// # Safety
///
/// As for the system call itself: addresses among the arguments must be good for what it does.
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

/// Calls the kernel. Returns its result, which is a negated error number between -4095 and -1.
///
/// # Safety
///
/// As for the system call itself: addresses among the arguments must be good for what it does.
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

/// The time of a clock of the kernel, or zero if it has no such clock.
pub(super) fn time_of(clock: clockid_t) -> timespec {
    let mut time = MaybeUninit::new(timespec { tv_sec: 0, tv_nsec: 0 });
    let arguments = [clock as usize, time.as_mut_ptr().addr(), 0, 0, 0, 0];
    // SAFETY: the kernel writes one `timespec` to the address of one, or nothing.
    unsafe {
        call(libc::SYS_clock_gettime, arguments);
        time.assume_init()
    }
}
