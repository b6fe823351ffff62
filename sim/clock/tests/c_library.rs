//! The functions keep the promises that the C library makes for them.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod support;

use std::io;
use std::ptr;

use libc::{c_int, c_long, c_void};
use stormglass_clock::simulate;
use support::{NOW, c, later};

fn errno() -> Option<c_int> {
    io::Error::last_os_error().raw_os_error()
}

#[test]
fn clocks_that_measure_work_are_the_kernel_s() {
    let (work, reads) = simulate(NOW, 1, || {
        [libc::CLOCK_PROCESS_CPUTIME_ID, libc::CLOCK_THREAD_CPUTIME_ID].map(c::clock_gettime)
    });
    assert!(work.iter().all(|work| !work.is_zero() && *work < NOW.uptime), "{work:?}");
    assert_eq!(reads.clock(), 0);
}

#[test]
fn each_clock_of_time_is_simulated() {
    let wall = [libc::CLOCK_REALTIME, libc::CLOCK_REALTIME_COARSE, libc::CLOCK_TAI];
    let up = [
        libc::CLOCK_MONOTONIC,
        libc::CLOCK_MONOTONIC_RAW,
        libc::CLOCK_MONOTONIC_COARSE,
        libc::CLOCK_BOOTTIME,
    ];
    simulate(later(NOW, 7), 1, || {
        for clock in wall {
            assert_eq!(c::clock_gettime(clock), later(NOW, 7).since_unix_epoch, "{clock}");
            assert_eq!(c::syscall_clock_gettime(clock), later(NOW, 7).since_unix_epoch, "{clock}");
        }
        for clock in up {
            assert_eq!(c::clock_gettime(clock), later(NOW, 7).uptime, "{clock}");
            assert_eq!(c::syscall_clock_gettime(clock), later(NOW, 7).uptime, "{clock}");
        }
        assert_eq!(c::gettimeofday(), later(NOW, 7).since_unix_epoch);
        assert_eq!(c::time(), NOW.since_unix_epoch.as_secs());
    });
}

/// With and without a simulation.
#[test]
fn addresses_may_be_null() {
    let check = || {
        // SAFETY: null is what these functions take for an address that nobody wants filled.
        unsafe {
            assert_eq!(libc::gettimeofday(ptr::null_mut(), ptr::null_mut()), 0);
            assert!(libc::time(ptr::null_mut()) > 0);
        }
        // SAFETY: the kernel refuses null, and so do we.
        let refused = unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, ptr::null_mut()) };
        assert_eq!((refused, errno()), (-1, Some(libc::EFAULT)));
        // SAFETY: as above.
        let refused = unsafe { libc::getrandom(ptr::null_mut(), 8, 0) };
        assert_eq!((refused, errno()), (-1, Some(libc::EFAULT)));
        // SAFETY: no byte is written.
        assert_eq!(unsafe { libc::getrandom(ptr::dangling_mut(), 0, 0) }, 0);
    };
    check();
    simulate(NOW, 1, check);
}

#[test]
fn time_zones_are_zero() {
    let mut zone = [1_i32; 2];
    let address: *mut c_void = zone.as_mut_ptr().cast();
    // SAFETY: the second address is that of two integers, which a `struct timezone` is.
    simulate(NOW, 1, || unsafe { libc::gettimeofday(ptr::null_mut(), address.cast()) });
    assert_eq!(zone, [0, 0]);
}

/// With and without a simulation.
#[test]
fn what_the_kernel_refuses_is_refused() {
    let check = || {
        let mut bytes = [0_u8; 300];
        let address: *mut c_void = bytes.as_mut_ptr().cast();
        // SAFETY: the address is that of so many bytes.
        let refused = unsafe { libc::getrandom(address, bytes.len(), 0x80) };
        assert_eq!((refused, errno()), (-1, Some(libc::EINVAL)));
        assert_eq!((c::fill(&mut bytes), errno()), (-1, Some(libc::EIO)));
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the address is that of a `timespec`.
        let refused = unsafe { libc::clock_gettime(99, &raw mut time) };
        assert_eq!((refused, errno()), (-1, Some(libc::EINVAL)));
        assert_eq!(bytes, [0; 300]);
    };
    check();
    simulate(NOW, 1, check);
}

#[test]
fn every_byte_of_a_draw_is_drawn_and_none_beside_it() {
    simulate(NOW, 1, || {
        for length in [1, 7, 8, 9, 255] {
            // Sixteen draws leave a byte zero with a chance of one in 2^128.
            let mut seen = vec![0_u8; length + 1];
            for _ in 0..16 {
                let mut bytes = vec![0_u8; length + 1];
                // SAFETY: the address is that of more bytes than these.
                let drawn = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), length, 0) };
                assert_eq!(drawn, length as isize);
                seen.iter_mut().zip(bytes).for_each(|(seen, byte)| *seen |= byte);
            }
            let (last, drawn) = seen.split_last().expect("one byte at least");
            assert_eq!(*last, 0, "a byte behind a draw of {length}");
            assert!(drawn.iter().all(|byte| *byte != 0), "{drawn:?}");
        }
    });
}

/// With and without a simulation, with no argument and with all six of them.
#[test]
fn other_system_calls_are_passed_on() {
    let check = || {
        // SAFETY: this call takes no address.
        let process = unsafe { libc::syscall(libc::SYS_getpid) };
        assert_eq!(process, c_long::from(std::process::id()));
        // SAFETY: there is no file of this number.
        let refused = unsafe { libc::syscall(libc::SYS_close, -1) };
        assert_eq!((refused, errno()), (-1, Some(libc::EBADF)));

        let page = 4_096_usize;
        let anonymous = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let (null, access) = (ptr::null_mut::<c_void>(), libc::PROT_READ | libc::PROT_WRITE);
        // SAFETY: a fresh page at an address that the kernel chooses.
        let mapped =
            unsafe { libc::syscall(libc::SYS_mmap, null, page, access, anonymous, -1, 0_usize) };
        assert!(mapped > 0, "{:?}", errno());
        // SAFETY: the offset, its sixth argument, must be a multiple of the size of a page.
        let refused =
            unsafe { libc::syscall(libc::SYS_mmap, null, page, access, anonymous, -1, 1_usize) };
        assert_eq!((refused, errno()), (-1, Some(libc::EINVAL)));
        // SAFETY: nobody uses the page.
        assert_eq!(unsafe { libc::syscall(libc::SYS_munmap, mapped, page) }, 0);
    };
    check();
    simulate(NOW, 1, check);
}
