//! Tests of the chat in a simulated world with faults, delays and reordered events.

mod app;
mod promise;

use std::sync::atomic::AtomicBool;

use app::{FIRST, MENDED};
use proptest::prelude::*;
use stormglass_sim::report::kept::{self, FolderError};
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::search::shrink::{Limits, shrink};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, CheckError, cases, check};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_mended_chat_keeps_its_promises(case in cases(&MENDED)) {
        check(&MENDED, &case)?;
    }
}

#[test]
fn what_went_wrong_once_does_not_go_wrong_again() -> Result<(), FolderError> {
    kept::replay_all(&MENDED, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"))?;
    Ok(())
}

#[test]
fn the_mended_chat_keeps_its_promises_for_a_thousand_seeds() -> Result<(), CheckError> {
    let mut times = 0;
    for seed in 0..1_000 {
        let run = run_seed(&MENDED, seed, Families::ALL)?;
        assert_eq!(run.violation, None, "seed {seed}: {}", run.case);
        times += run.verdicts.iter().map(|(_, times)| times).sum::<u64>();
    }
    assert!(times > 5_000, "the promises were put to the test {times} times only");
    Ok(())
}

#[test]
fn the_first_chat_has_a_bug_that_is_found_and_told() -> Result<(), CheckError> {
    let mut runs = (0..1_000).map(|seed| run_seed(&FIRST, seed, Families::ALL));
    let broken = runs.find(|run| !matches!(run, Ok(run) if run.violation.is_none()));
    let broken = broken.expect("a broken promise within 1,000 seeds")?;

    let limits = Limits { runs_max: 2_000, stop: &AtomicBool::new(false) };
    let shrunk = shrink(&FIRST, &broken.case, &FIRST.properties(), limits)?;
    let shrunk = shrunk.expect("it breaks a promise");
    let case = "v1 page=1 bob:c,m{\"action\":\"join\",\"room\":\"blue\"},\
                m{\"action\":\"join\",\"room\":\"red\"} \
                dan:c,m{\"action\":\"say\",\"room\":\"red\",\"text\":\"dan 2\"} \
                | bob.t1.query-2=stale";
    assert_eq!(shrunk.run.case.to_string(), case);

    let report = check(&FIRST, &shrunk.run.case).expect_err("it breaks a promise").to_string();
    for part in [
        "FAILED  heard  (always)    case   app rooms   step 41 of 41   1 deviation\n",
        "\n*   29     345.643   bob.t1    Query, eventual, next page ",
        " <- bob.t1.query-2=stale\n",
        "\nbecause  dan.t1 was said in red in step 34, but step 41 sends it to bob1, which was in",
        "\n    24     336.700   table     row blue/bob1 ",
        "\nreplay   cargo run --example explore -- replay 'v1 page=1 bob:c,",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    Ok(())
}
