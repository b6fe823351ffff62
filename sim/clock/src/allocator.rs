//! Allocators that read clocks.

use std::alloc::{GlobalAlloc, Layout};

use crate::answers::apart;

/// An allocator that is not a part of the simulation.
///
/// mimalloc reads a clock to decide when it returns memory, several times for some allocations, and
/// draws random numbers for each thread. Wrapped, it gets both from the kernel, and [`Reads`] count
/// what the code itself reads and draws.
///
/// ```
/// # use std::alloc::System as MiMalloc;
/// #[global_allocator]
/// static ALLOCATOR: stormglass_clock::Allocator<MiMalloc> = stormglass_clock::Allocator(MiMalloc);
/// ```
///
/// [`Reads`]: crate::Reads
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocator<A>(pub A);

// SAFETY: the inner allocator does all the work, with the arguments of the caller.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Allocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises of this function, which are the inner one's.
        apart(|| unsafe { self.0.alloc(layout) })
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the promises of this function, which are the inner one's.
        apart(|| unsafe { self.0.dealloc(address, layout) });
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises of this function, which are the inner one's.
        apart(|| unsafe { self.0.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, address: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the promises of this function, which are the inner one's.
        apart(|| unsafe { self.0.realloc(address, layout, size) })
    }
}
