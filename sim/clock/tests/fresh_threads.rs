//! Runs on threads of their own get the same time and the same random numbers.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod support;

use stormglass_clock::simulate;
use support::{NOW, later, leaks, on_fresh_thread, simulated, sources};

#[test]
fn the_same_moment_and_seed_lead_to_the_same() {
    for source in sources() {
        let first = simulated(NOW, 1, source.read);
        assert_eq!(simulated(NOW, 1, source.read), first, "{}", source.name);
    }
}

#[test]
fn another_seed_leads_to_other_numbers() {
    for source in sources() {
        let first = simulated(NOW, 1, source.read);
        let other = simulated(NOW, 2, source.read);
        assert_eq!(other != first, source.has_numbers, "{}: {first}, {other}", source.name);
    }
}

#[test]
fn another_moment_leads_to_another_time() {
    for source in sources() {
        let first = simulated(NOW, 1, source.read);
        let other = simulated(later(NOW, 1_500), 1, source.read);
        assert_eq!(other != first, source.has_time, "{}: {first}, {other}", source.name);
    }
}

/// The numbers of a generator that a thread keeps follow from all that was drawn before.
#[test]
fn a_second_seed_decides_only_what_keeps_no_state() {
    for source in sources().into_iter().filter(|source| source.has_numbers) {
        let second = |seed: u64| {
            on_fresh_thread(|| {
                simulate(NOW, 1, source.read);
                simulate(NOW, seed, source.read).0
            })
        };
        assert_eq!(second(2), second(2), "{}", source.name);
        assert_eq!(second(2) == second(3), source.keeps_state, "{}", source.name);
    }
}

/// That is why a run needs a thread of its own.
#[test]
fn what_keeps_state_differs_from_run_to_run_on_one_thread() {
    for source in sources().into_iter().filter(|source| source.keeps_state) {
        let run = || simulate(NOW, 1, source.read).0;
        let (first, second) = on_fresh_thread(|| (run(), run()));
        assert_ne!(first, second, "{}", source.name);
    }
}

#[test]
fn leaks_differ_between_threads_with_the_same_seed() {
    for leak in leaks() {
        let first = simulated(NOW, 1, leak.read);
        assert_ne!(simulated(NOW, 1, leak.read), first, "{} repeats: {}", leak.name, leak.reason);
    }
}

#[test]
fn fastrand_repeats_after_a_seed_of_its_own() {
    let run = || {
        on_fresh_thread(|| {
            let draw = || {
                fastrand::seed(7);
                fastrand::u64(..)
            };
            simulate(NOW, 1, draw).0
        })
    };
    assert_eq!(run(), run());
}

#[test]
fn uuid_v7_repeats_with_a_context_of_its_own() {
    let run = || {
        let draw = || {
            let context = uuid::ContextV7::new();
            [(); 3].map(|()| uuid::Uuid::new_v7(uuid::Timestamp::now(&context)))
        };
        on_fresh_thread(|| simulate(NOW, 1, draw).0)
    };
    assert_eq!(run(), run());
}
