//! The production handlers under any plan and any schedule that proptest thinks of.

use std::collections::BTreeMap;

use proptest::prelude::*;
use stormglass_apps::STORMGLASS;
use stormglass_sim::case::Plan;
use stormglass_sim::report::Report;
use stormglass_sim::strategy::{Families, Random, Recording};
use stormglass_sim::{replay, run};
use stormglass_spec::properties;
use stormglass_tests::plans;

proptest! {
    #[test]
    fn every_promise_is_kept(plan in plans::plans(), seed in any::<u64>()) {
        let mut strategy = Random::new(seed, Families::ALL);
        let run = run(&STORMGLASS, &plan, &mut strategy, &properties::ALL)
            .expect("the harness works");
        if let Some(violation) = &run.violation {
            let report = Report::new(&run, violation, &STORMGLASS, "proptest");
            prop_assert!(false, "{}", report);
        }
    }

    #[test]
    fn what_was_recorded_replays_to_the_same_trace(plan in plans::plans(), seed in any::<u64>()) {
        let mut strategy = Random::new(seed, Families::ALL);
        let first = run(&STORMGLASS, &plan, &mut strategy, &[]).expect("the harness works");
        let case = first.case.to_string().parse().expect("a case");
        let again = replay(&STORMGLASS, &case, &[]).expect("the harness works");
        prop_assert_eq!(first.trace_hash, again.trace_hash);
        prop_assert_eq!(again.unmet(&case), []);
    }

    #[test]
    fn taking_a_client_away_leaves_the_draws_of_the_others(
        plan in plans::plans(),
        seed in any::<u64>(),
    ) {
        let mut plan = plan;
        plan.deployment.lambda_concurrency = 1_000;
        plan.deployment.connects_per_second = 500;
        let draws = |plan: &Plan| {
            let mut strategy = Recording::new(Random::new(seed, Families::ALL));
            run(&STORMGLASS, plan, &mut strategy, &[]).expect("the harness works");
            let points = strategy.into_points().into_iter();
            points.map(|point| (point.key, point.choice)).collect::<BTreeMap<_, _>>()
        };
        let with = draws(&plan);
        plan.clients.pop();
        let without = draws(&plan);
        // The other clients can keep a run from some of its points, but not change the drawn
        // choices.
        for (key, choice) in without {
            prop_assert!(with.get(&key).is_none_or(|drawn| *drawn == choice), "{}", key);
        }
    }

    #[test]
    fn any_written_case_runs(case in plans::cases()) {
        let run = replay(&STORMGLASS, &case, &properties::ALL).expect("the harness works");
        prop_assert_eq!(run.violation, None);
    }
}
