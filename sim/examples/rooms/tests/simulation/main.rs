//! Tests of the chat in a simulated world with faults, delays and reordered events.

mod app;
mod promise;

use std::sync::atomic::AtomicBool;

use app::Rooms;
use proptest::prelude::*;
use rooms::Memory;
use stormglass_sim::report::kept::{self, FolderError};
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::search::shrink::{Limits, shrink};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, CheckError, cases, check};

const FIRST: Rooms = Rooms(Memory::Index);
const MENDED: Rooms = Rooms(Memory::Row);

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
    let mut runs = (0..500).map(|seed| run_seed(&FIRST, seed, Families::ALL));
    let broken = runs.find(|run| !matches!(run, Ok(run) if run.violation.is_none()));
    let broken = broken.expect("a broken promise within 500 seeds")?;

    let limits = Limits { runs_max: 2_000, stop: &AtomicBool::new(false) };
    let shrunk = shrink(&FIRST, &broken.case, &FIRST.properties(), limits)?;
    let shrunk = shrunk.expect("it breaks a promise");
    let to_blue = r#"t"{\"action\":\"join\",\"room\":\"blue\"}""#;
    let to_red = r#"t"{\"action\":\"join\",\"room\":\"red\"}""#;
    let say_in_blue = r#"t"{\"action\":\"say\",\"room\":\"blue\",\"text\":\"ana\"}""#;
    let case = format!("v1 ana:c,{to_blue},{to_red},{say_in_blue} | ana.t2.query-1=stale");
    assert_eq!(shrunk.run.case.to_string(), case);

    let report = check(&FIRST, &shrunk.run.case).expect_err("it breaks a promise").to_string();
    for part in [
        "FAILED  heard  (always)    case   app rooms   step 30 of 30   1 deviation\n",
        "\n*   21     588.242   ana.t2    Query, eventual ",
        " <- ana.t2.query-1=stale\n",
        "\nbecause  ana.t3 was said in blue in step 26, but step 30 sends it to ana1, which",
        "\n     9     547.935   table     row blue/ana1 ",
        "\nreplay   cargo run --example explore -- 'v1 ana:c,",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    Ok(())
}
