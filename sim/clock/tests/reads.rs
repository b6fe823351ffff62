//! Reads are counted, and named after the function that was called.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(clippy::disallowed_methods)]

mod support;

use std::time::SystemTime;

use stormglass_clock::{Reads, is_active, simulate};
use support::{NOW, on_fresh_thread, sources};

#[test]
fn the_functions_are_linked_in() {
    assert!(is_active());
}

#[test]
fn each_source_is_named_after_its_function() {
    for source in sources() {
        let (_, reads) = on_fresh_thread(|| simulate(NOW, 1, source.read));
        assert!(reads.of(source.call) > 0, "{}: {reads}", source.name);
        assert_eq!(reads.clock() > 0, source.has_time, "{}: {reads}", source.name);
        assert_eq!(reads.random() > 0, source.has_numbers, "{}: {reads}", source.name);
    }
}

#[test]
fn work_that_reads_nothing_counts_nothing() {
    let (sum, reads) = simulate(NOW, 1, || (1..=10).sum::<u32>());
    assert_eq!((sum, reads), (55, Reads::default()));
}

#[test]
fn reads_of_several_pieces_of_work_add_up() {
    let mut all = Reads::default();
    for seed in 0..3 {
        let (_, reads) =
            simulate(NOW, seed, || (SystemTime::now(), getrandom_02::getrandom(&mut [0; 9])));
        all += reads;
    }
    assert_eq!(all.to_string(), "clock_gettime 3x, syscall(SYS_getrandom) 3x");
}
