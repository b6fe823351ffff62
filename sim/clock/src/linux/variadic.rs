//! `syscall`, which takes as many arguments as the system call has.

use std::arch::naked_asm;

use super::symbols::answer_syscall;

// A function with a variable number of arguments cannot be defined in stable Rust, and one with a
// fixed number is another type than its callers declare, which an optimiser that sees both may use
// against them. So the compiler sees only instructions here: they jump, and all registers and the
// stack stay as the caller left them. There the ABI makes both types the same: integers and
// addresses lie in the same places with a variable number of arguments as with a fixed one, on
// x86-64 (six registers and then the stack; the number of vector registers in `al` is not looked
// at) and on AArch64 (eight registers). What the caller did not pass is read as whatever lies
// there, and the kernel ignores it.

/// Answers the system calls of clocks and of random numbers, and passes on all others.
#[cfg(target_arch = "x86_64")]
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn syscall() {
    naked_asm!("jmp {answer}", answer = sym answer_syscall)
}

/// Answers the system calls of clocks and of random numbers, and passes on all others.
#[cfg(target_arch = "aarch64")]
#[unsafe(no_mangle)]
#[unsafe(naked)]
unsafe extern "C" fn syscall() {
    naked_asm!("b {answer}", answer = sym answer_syscall)
}
