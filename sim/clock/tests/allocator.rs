//! An allocator that reads a clock and draws random numbers is no part of a simulation.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use stormglass_clock::{Allocator, Reads, simulate};
use support::{NOW, c};

#[global_allocator]
static ALLOCATOR: Allocator<Reader> = Allocator(Reader);

/// The system's allocator, which looks at the clock first.
struct Reader;

static CALLS: AtomicU64 = AtomicU64::new(0);
static IS_SIMULATED: AtomicBool = AtomicBool::new(false);

impl Reader {
    fn read() {
        let now = c::clock_gettime(libc::CLOCK_MONOTONIC);
        c::entropy();
        CALLS.fetch_add(1, Ordering::Relaxed);
        IS_SIMULATED.fetch_or(now == NOW.uptime, Ordering::Relaxed);
    }
}

// SAFETY: the system's allocator does all the work, and nothing is allocated before that.
unsafe impl GlobalAlloc for Reader {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Reader::read();
        // SAFETY: the caller keeps the promises of this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        Reader::read();
        // SAFETY: the caller keeps the promises of this function.
        unsafe { System.dealloc(address, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Reader::read();
        // SAFETY: the caller keeps the promises of this function.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, address: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Reader::read();
        // SAFETY: the caller keeps the promises of this function.
        unsafe { System.realloc(address, layout, size) }
    }
}

#[test]
fn an_allocator_has_the_clock_of_the_kernel_and_counts_nothing() {
    let allocations = || {
        let before = CALLS.load(Ordering::Relaxed);
        let mut bytes = black_box(vec![0_u8; 100]);
        bytes.reserve(100_000);
        drop(black_box((bytes, Box::new(7))));
        CALLS.load(Ordering::Relaxed) - before
    };
    let (calls, reads) = simulate(NOW, 1, allocations);
    // One vector and one box, made, grown and dropped.
    assert!(calls >= 5, "{calls} calls");
    assert_eq!(reads, Reads::default());
    assert!(!IS_SIMULATED.load(Ordering::Relaxed));

    let (drawn, _) = simulate(NOW, 1, c::entropy);
    let (after, _) = simulate(NOW, 1, || {
        drop(black_box(vec![0_u8; 100]));
        c::entropy()
    });
    assert_eq!(drawn, after);
}
