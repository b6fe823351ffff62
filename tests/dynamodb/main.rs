//! The simulated DynamoDB beside emulators of it: random sequences of requests, sent to each of
//! them over HTTP, must be answered alike.
//!
//! The variables `STORMGLASS_DYNAMODB_LOCAL` and `STORMGLASS_MINISTACK` hold the addresses of the
//! emulators; `.ci/emulators cargo test --test dynamodb` installs and starts them. Without any, the
//! comparison is skipped.
//!
//! - `generate`: tables and requests that collide;
//! - `peers`: the servers that are asked;
//! - `seen`: the part of an answer that counts;
//! - `compare`: one sequence, asked of everyone;
//! - `disagreements`: the known errors of the emulators;
//! - `ours`: our answers there.

mod compare;
mod disagreements;
mod generate;
mod ours;
mod peers;
mod seen;

use std::cell::RefCell;

use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use compare::{Comparison, Tally};
use peers::Emulator;

/// The most steps to shorten a failure.
const SHRINKS_MAX: u32 = 2_000;

/// The most time to shorten a failure, in ms.
const SHRINK_TIME_MAX_MS: u32 = 60_000;

#[test]
fn random_requests_are_answered_as_the_emulators_answer_them() {
    if !needs::EMULATORS.is_met() {
        return;
    }
    let emulators = Emulator::given();
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: SHRINKS_MAX,
        max_shrink_time: SHRINK_TIME_MAX_MS,
        ..Config::default()
    };
    let comparison = RefCell::new(Comparison::new(emulators));
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&generate::case(), |case| {
        let outcome = comparison.borrow_mut().run(&case);
        outcome.map_err(|failure| TestCaseError::fail(failure.to_string()))
    });
    let mut comparison = comparison.into_inner();
    match outcome {
        Ok(()) => report(comparison.tally()),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
        Err(TestError::Fail(reason, case)) => {
            // The last attempt at making it short was another sequence.
            let again = comparison.run(&case).err().map(|failure| failure.to_string());
            panic!("{}", again.unwrap_or_else(|| format!("only once: {reason}\n{case:#?}")));
        }
    }
}

/// Prints what was compared, and sees to it that this was no sequence of refusals.
fn report(tally: &Tally) {
    println!("{tally}");
    assert!(tally.is_telling(), "some operation was hardly ever carried out");
}
