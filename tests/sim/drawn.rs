//! Cases that proptest draws, and makes simpler when a test fails.

use std::cell::RefCell;
use std::slice;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{RngAlgorithm, TestError, TestRng, TestRunner};
use stormglass_apps::STORMGLASS;
use stormglass_apps::Tutorial;
use stormglass_sim::faults::{Family, Fault};
use stormglass_sim::search::shrink::{Limits, shrink};
use stormglass_sim::stack::Stack;
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Broadcasts, Case, CommandLine, cases, check, replay};
use stormglass_spec::{Property, properties};
use stormglass_tests::apps::{Flaw, Small};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() }
}

fn runner(seed: u8) -> TestRunner {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    TestRunner::new_with_rng(config(), rng)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_production_handlers_hold_in_whatever_is_drawn(case in cases(&STORMGLASS)) {
        check(&STORMGLASS, &case)?;
    }
}

/// Tests one promise; gives the first case that broke it, and the one that proptest ended with.
fn broken(app: &dyn App, property: &Property, seed: u8) -> (Case, Case) {
    let first = RefCell::new(None);
    let outcome = runner(seed).run(&cases(app), |case| {
        let run = replay(app, &case, slice::from_ref(property)).expect("the harness works");
        let Some(violation) = run.violation else { return Ok(()) };
        first.borrow_mut().get_or_insert(case);
        Err(TestCaseError::fail(violation.because))
    });
    let Err(TestError::Fail(_, last)) = outcome else { panic!("seed {seed}: {outcome:?}") };
    (first.into_inner().expect("a test failed"), last)
}

#[test]
fn a_test_of_one_promise_ends_with_the_case_that_the_shrinker_ends_with() {
    let never = AtomicBool::new(false);
    let apps: [(&dyn App, Property); 3] = [
        (&Tutorial, properties::DELIVERED),
        (&Small(Flaw::Naive), properties::DELIVERED),
        (&Small(Flaw::Repeats), properties::NOT_DUPLICATED),
    ];
    for (app, property) in apps {
        for seed in 0..8 {
            let (first, last) = broken(app, &property, seed);
            let limits = Limits { runs_max: 2_000, stop: &never };
            let short =
                shrink(app, &first, slice::from_ref(&property), limits).expect("the harness works");
            let short = short.expect("it breaks the promise");
            assert!(short.is_minimal);
            assert_eq!(last, short.run.case, "seed {seed}, from {first}");
        }
    }
}

#[test]
fn the_story_of_the_simplest_case_is_told_with_the_line_that_replays_it() {
    let app = Small(Flaw::Embellishes);
    let outcome = runner(1).run(&cases(&app), |case| {
        check(&app, &case)?;
        Ok(())
    });
    let Err(TestError::Fail(reason, case)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(case.to_string(), "v1");
    let story = reason.message();
    for part in [
        "FAILED  verbatim  (always)    case   app small   step",
        "promise  What arrives is byte for byte the `data` that was sent.",
        "\nbecause  ",
        "\nreplay   check(&app, &r#\"v1\"#.parse()?)\n",
    ] {
        assert!(story.contains(part), "{part}: {story}");
    }
    assert_eq!(format!("{case:?}"), "v1", "proptest shows what can be pasted");
}

#[test]
fn an_application_with_a_command_of_its_own_is_replayed_by_it() {
    let careless = Careless;
    let case = "v1 ana:c,b\"it's\"".parse().expect("a case");
    let error = check(&careless, &case).expect_err("it breaks a promise").to_string();
    assert!(error.contains("\nreplay   chat replay 'v1 ana:c,b\"it'\\''s\"'\n"), "{error}");
}

/// An application with a command of its own.
struct Careless;

impl App for Careless {
    fn name(&self) -> &str {
        "careless"
    }

    fn stack(&self) -> Stack {
        Small(Flaw::Malformed).stack()
    }

    fn start(&self, name: &str, sdk: &stormglass_sim::Sdk) -> Box<dyn stormglass_sim::Handler> {
        Small(Flaw::Malformed).start(name, sdk)
    }

    fn command_line(&self) -> Option<CommandLine> {
        Some(CommandLine::new("chat"))
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        Some(&Small(Flaw::Malformed))
    }
}

fn drawn(strategy: &impl Strategy<Value = Case>, seed: u8, count: usize) -> Vec<Case> {
    let mut runner = runner(seed);
    let draw = |_| strategy.new_tree(&mut runner).expect("the harness works").current();
    (0..count).map(draw).collect()
}

#[test]
fn what_is_drawn_depends_on_the_draws_of_proptest_alone() {
    let cases = cases(&STORMGLASS);
    let first = drawn(&cases, 1, 10);
    assert_eq!(drawn(&cases, 1, 10), first);
    assert_ne!(drawn(&cases, 2, 10), first);
    assert!(first.iter().any(|case| !case.schedule.deviations.is_empty()));
}

#[test]
fn families_and_the_plan_can_be_pinned() {
    let plan = "v1 ana:c bob:c,b\"hi\"".parse::<Case>().expect("a case").plan;
    let late = cases(&STORMGLASS).families(Families::of(&[Family::Time])).plan(plan.clone());
    let drawn = drawn(&late, 1, 40);
    assert!(drawn.iter().all(|case| case.plan == plan));
    let choices = drawn.iter().flat_map(|case| case.schedule.deviations.values());
    let mut faults = choices.clone().map(|choice| choice.fault());
    assert!(choices.count() > 0);
    assert!(faults.all(|fault: Option<Fault>| fault.is_none()));
}

#[test]
fn a_handler_that_the_harness_refuses_ends_the_test() {
    let app = Small(Flaw::Spawns);
    let outcome = runner(1).run(&cases(&app), |_| Ok(()));
    let Err(TestError::Abort(reason)) = outcome else { panic!("{outcome:?}") };
    assert!(reason.message().contains("spawned a tokio task"), "{reason}");
}
