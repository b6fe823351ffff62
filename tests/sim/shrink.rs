//! Stories of broken promises are made short, and stay the same stories.

use std::sync::atomic::AtomicBool;

use stormglass_known_bad::{AwsSample, Tutorial};
use stormglass_sim::explore::run_seed;
use stormglass_sim::shrink::{Fingerprint, Limits, Shrunk, Size, shrink};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Case, replay};
use stormglass_spec::properties;
use stormglass_tests::apps::{Flaw, Small};

static NEVER: AtomicBool = AtomicBool::new(false);

fn shrunk(app: &dyn App, case: &Case, runs_max: u64) -> Option<Shrunk> {
    let limits = Limits { runs_max, stop: &NEVER };
    shrink(app, case, &properties::ALL, limits).expect("the harness works")
}

#[test]
fn what_is_found_becomes_short_and_stays_the_same_story() {
    let mut found = 0;
    for app in [&Tutorial as &dyn App, &AwsSample, &Small(Flaw::Naive)] {
        for seed in 0..60 {
            let run = run_seed(app, seed, Families::ALL).expect("a run");
            let Some(violation) = run.violation else { continue };
            found += 1;
            let short = shrunk(app, &run.case, 2_000).expect("it breaks a promise");
            let (name, text) = (app.name(), short.run.case.to_string());
            assert!(short.is_minimal, "{name} {seed}: {text}");
            assert_eq!(Fingerprint::of(&short.violation), Fingerprint::of(&violation), "{text}");
            let size = Size::of(&short.run.case);
            assert!(size.steps <= 8 && size.deviations <= 2, "{name} {seed}: {text}");
            let again: Case = text.parse().expect("a case");
            let again = replay(app, &again, &properties::ALL).expect("a run");
            assert_eq!(again.violation, Some(short.violation), "{name} {seed}: {text}");
            assert_eq!(again.trace_hash, short.run.trace_hash);
        }
    }
    assert!(found > 60, "only {found} stories were told");
}

/// The race of a handshake with a broadcast (FACTS 1.10), in the middle of much else.
#[test]
fn what_is_beside_the_point_goes() {
    let case = r#"v1 timeout=10s ana:i1s,c,t"x",i31s,b"2" bob:c,i900ms,b"hi",+t"{}" cyd:c,v
        herd*9:c | ana.c1.answer=late1500ms ana.c1.up=after3 bob.b1=late200ms
        cyd.c1.put-cyd1-1=error herdc.c1.start=cold"#;
    let case = case.parse().expect("a case");
    let short = shrunk(&Small(Flaw::Naive), &case, 2_000).expect("it breaks a promise");
    assert_eq!(short.violation.property, "registered");
    let race = r#"v1 ana:c bob:c,b"x" | ana.c1.answer=late500ms"#;
    assert_eq!(short.run.case.to_string(), race);
    assert!(short.note().starts_with("from 12 clients, 12 steps and 5 deviations to 2 clients"));
}

#[test]
fn nothing_is_left_of_a_plan_if_every_plan_would_do() {
    let case = r#"v1 ana:c,b"1" | ana.c1.up=after3"#.parse().expect("a case");
    let short = shrunk(&Small(Flaw::Embellishes), &case, 2_000).expect("it breaks a promise");
    assert_eq!(short.run.case.to_string(), "v1", "the last broadcast is there in any run");
}

#[test]
fn a_search_that_was_ended_can_be_taken_up_again() {
    let run = run_seed(&Tutorial, 0, Families::ALL).expect("a run");
    let whole = shrunk(&Tutorial, &run.case, 2_000).expect("it breaks a promise");
    let part = shrunk(&Tutorial, &run.case, 5).expect("it breaks a promise");
    assert_eq!((part.runs, part.is_minimal), (5, false));
    assert!(part.note().ends_with("could go on"), "{}", part.note());
    let rest = shrunk(&Tutorial, &part.run.case, 2_000).expect("it breaks a promise");
    assert_eq!(rest.violation.property, whole.violation.property);
    assert!(rest.is_minimal);
    let stopped = AtomicBool::new(true);
    let limits = Limits { runs_max: 2_000, stop: &stopped };
    let stopped = shrink(&Tutorial, &run.case, &properties::ALL, limits).expect("a run");
    assert_eq!(stopped.map(|it| it.runs), Some(1));
}

#[test]
fn another_broken_promise_is_kept_apart() {
    let others = (0..60).find_map(|seed| {
        let run = run_seed(&Tutorial, seed, Families::ALL).expect("a run");
        run.violation.as_ref()?;
        let short = shrunk(&Tutorial, &run.case, 2_000)?;
        (!short.others.is_empty()).then_some(short)
    });
    let short = others.expect("some search meets another one");
    for (run, violation) in &short.others {
        assert_ne!(Fingerprint::of(violation), Fingerprint::of(&short.violation));
        let again = replay(&Tutorial, &run.case, &properties::ALL).expect("a run");
        assert_eq!(again.violation.as_ref(), Some(violation));
    }
}

#[test]
fn a_case_that_breaks_nothing_is_not_shrunk() {
    let case = r#"v1 ana:c,b"x""#.parse().expect("a case");
    assert!(shrunk(&stormglass::apps::Stormglass, &case, 2_000).is_none());
}
