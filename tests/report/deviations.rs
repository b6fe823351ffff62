//! Every deviation is shown at a step, in the report and in every picture.

use std::collections::BTreeSet;

use stormglass_apps::{STORMGLASS, Tutorial};
use stormglass_sim::case::{Choice, Key};
use stormglass_sim::faults::catalogue::ALL;
use stormglass_sim::report::picture::Picture;
use stormglass_sim::report::{Report, Steps, story};
use stormglass_sim::search::explore;
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Case, Run, replay};
use stormglass_tests::office::Office;

/// No fault and no leg takes longer to come up than this.
const SEEDS_MAX: u64 = 2_000;

/// The legs of the ways that messages, events and requests take, as keys end.
const LEGS: [&str; 11] =
    ["up", "down", "start", "init", "answer", "send", "reply", "leaves", "left", "step", "seen"];

/// The leg that a key names; `step` for a client's own step.
fn leg_of(key: &Key) -> &str {
    let last = key.as_str().rsplit('.').next().unwrap_or_default();
    if last.ends_with(|c: char| c.is_ascii_digit()) { "step" } else { last }
}

fn assert_shown(app: &dyn App, run: &Run) {
    let events = u32::try_from(run.history.events.len()).expect("a short run");
    let deviations = &run.case.schedule.deviations;
    assert!(deviations.keys().eq(run.deviation_events.keys()), "{}", run.case);
    let outside = run.deviation_events.values().find(|event| !(1..=events).contains(*event));
    assert_eq!(outside, None, "{}", run.case);
    let picture = Picture::of(run, app.name());
    let (text, svg, page, mermaid) = (story(run), picture.svg(), picture.html(), picture.mermaid());
    for (key, choice) in deviations {
        let deviation = format!("{key}={choice}");
        let case = &run.case;
        assert!(text.contains(&format!("<- {deviation}")), "report, {deviation}: {case}");
        // A sign of XML and of Mermaid stands in the names of messages between functions.
        let (in_svg, in_mermaid) = (deviation.replace('>', "&gt;"), deviation.replace('>', "#62;"));
        assert!(svg.contains(&in_svg), "drawing, {deviation}: {case}");
        assert!(page.contains(&format!("\"text\":\"{deviation}\"")), "page, {deviation}: {case}");
        assert!(mermaid.contains(&in_mermaid), "Mermaid, {deviation}: {case}");
    }
}

#[test]
fn every_fault_and_every_leg_is_shown_at_a_step() {
    let mut faults: BTreeSet<usize> = (0..ALL.len()).collect();
    let mut legs: BTreeSet<&str> = LEGS.into();
    let office = Office::default();
    for seed in 0..SEEDS_MAX {
        for app in [&STORMGLASS as &dyn App, &Tutorial, &office] {
            let run = explore::run_seed(app, seed, Families::ALL).expect("the harness works");
            let before = faults.len() + legs.len();
            faults.retain(|place| run.faults[*place].met == 0);
            for (key, choice) in &run.case.schedule.deviations {
                if !matches!(choice, Choice::Fault(_)) {
                    legs.remove(leg_of(key));
                }
            }
            // Long runs are drawn folded, and a diagram for Mermaid has a greatest length.
            let is_new = faults.len() + legs.len() < before;
            if is_new && run.history.events.len() <= 150 {
                assert_shown(app, &run);
            }
        }
        if faults.is_empty() && legs.is_empty() {
            return;
        }
    }
    let faults: Vec<_> = faults.iter().map(|place| ALL[*place]).collect();
    panic!("these never came up in {SEEDS_MAX} seeds: {faults:#?}, {legs:?}");
}

/// None of these steps sends a message, so no message carries the deviation's name.
#[test]
fn a_close_a_vanishing_and_a_stall_show_their_deviations() {
    for (case, words) in [
        ("v1 ana:c,q | ana.q1.up=late1s", "closes its socket"),
        ("v1 ana:c,q | ana.q1=after1", "closes its socket"),
        ("v1 ana:c,v | ana.v1=after1", "vanishes without a close"),
        ("v1 ana:c,s1s | ana.s1=after1", "stops reading"),
    ] {
        let case: Case = case.parse().expect("a case");
        let run = replay(&STORMGLASS, &case, &[]).expect("a run");
        assert_eq!(run.unmet(&case), []);
        assert_shown(&STORMGLASS, &run);
        let story = story(&run);
        let row = story.lines().find(|line| line.starts_with('*')).expect("a marked row");
        assert!(row.contains(words), "{story}");
    }
}

/// A run may break a promise before what the schedule holds back arrives.
#[test]
fn a_deviation_that_had_not_arrived_at_the_end_is_shown_all_the_same() {
    let mut count = 0;
    for seed in 0..100 {
        let run = explore::run_seed(&Tutorial, seed, Families::ALL).expect("the harness works");
        let Some(violation) = &run.violation else { continue };
        let report =
            Report { steps: Steps::All, ..Report::new(&run, violation, &Tutorial, "seed") };
        let report = report.to_string();
        for (key, choice) in &run.case.schedule.deviations {
            assert!(report.contains(&format!("<- {key}={choice}")), "{report}");
            count += 1;
        }
    }
    assert!(count > 100, "{count} deviations are few");
}
