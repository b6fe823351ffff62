//! Every fault of the catalogue: it is met, it matters, and it can be written down.

use std::collections::BTreeSet;
use std::time::Duration;

use stormglass_apps::{STORMGLASS, names};
use stormglass_sim::case::{Choice, Key, Schedule};
use stormglass_sim::faults::catalogue::ALL;
use stormglass_sim::faults::{Family, Fault};
use stormglass_sim::search::explore;
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Case};
use stormglass_tests::office::Office;

/// No fault takes longer to matter than this.
const SEEDS_MAX: u64 = 2_000;

#[test]
fn every_fault_matters_before_long() {
    let mut missing: BTreeSet<usize> = (0..ALL.len()).collect();
    let office = Office::default();
    let apps: [&dyn App; 3] = [&STORMGLASS, names::ALL[1], &office];
    for seed in 0..SEEDS_MAX {
        for app in apps {
            let run = explore::run_seed(app, seed, Families::ALL).expect("the harness works");
            missing.retain(|place| run.faults[*place].mattered == 0);
        }
        if missing.is_empty() {
            return;
        }
    }
    let missing: Vec<_> = missing.iter().map(|place| ALL[*place]).collect();
    panic!("these never mattered in {SEEDS_MAX} seeds: {missing:#?}");
}

#[test]
fn a_search_within_some_families_meets_no_others() {
    let allowed = [Family::Capacity, Family::Platform];
    let mut met = BTreeSet::new();
    for seed in 0..300 {
        let run = explore::run_seed(&STORMGLASS, seed, Families::of(&allowed));
        let run = run.expect("the harness works");
        for choice in run.case.schedule.deviations.values() {
            let fault = choice.fault().expect("neither order nor time is allowed");
            assert!(allowed.contains(&fault.family()), "{choice}");
            met.insert(fault.family());
        }
    }
    assert_eq!(met.into_iter().collect::<Vec<_>>(), allowed);
}

#[test]
fn a_search_without_faults_meets_none() {
    for seed in 0..100 {
        let families = Families::of(&[Family::Order, Family::Time]);
        let run = explore::run_seed(&STORMGLASS, seed, families).expect("the harness works");
        assert!(run.case.schedule.deviations.values().all(|choice| choice.fault().is_none()));
    }
}

#[test]
fn a_deviation_of_every_kind_survives_being_written_down() {
    let mut choices: Vec<Choice> = Fault::ALL.into_iter().map(Choice::Fault).collect();
    choices.extend([Choice::After(1), Choice::After(u16::MAX)]);
    let delays = [Duration::from_micros(1), Duration::from_millis(20), Duration::from_secs(35)];
    choices.extend(delays.map(Choice::Late));
    let keys = (1..).map(|ordinal| Key::new(format!("ana.c{ordinal}.start")));
    let schedule = Schedule { deviations: keys.zip(choices).collect() };
    let case = Case { schedule, ..Case::default() };
    assert_eq!(case.to_string().parse(), Ok(case));
}
