//! Reports fit a screen, and say everything that it takes to go on.

use stormglass_apps::{AwsSample, Tutorial};
use stormglass_sim::report::picture::Picture;
use stormglass_sim::report::{Files, Report, Steps, story};
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Run};
use stormglass_spec::Violation;
use stormglass_spec::history::{Effect, EventKind};
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::rooms::Rooms;
use stormglass_tests::{broken, play_to_the_end};

const FILES: Files<'_> =
    Files { case: "target/sim/x.case", picture: "target/sim/x.svg", page: "target/sim/x.html" };

/// The finds of random seeds, long and short.
fn finds() -> Vec<(&'static dyn App, Run, Violation)> {
    let apps: [&dyn App; 2] = [&Tutorial, &AwsSample];
    let run = |app, seed| {
        let run: Run = run_seed(app, seed, Families::ALL).expect("the harness works");
        run.violation.clone().map(|violation| (app, run, violation))
    };
    let finds = apps.into_iter().flat_map(|app| (0..40).filter_map(move |seed| run(app, seed)));
    let finds: Vec<_> = finds.collect();
    assert!(finds.len() > 20, "{}", finds.len());
    finds
}

fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

#[test]
fn a_report_whose_run_is_stored_has_100_columns() {
    for (app, run, violation) in &finds() {
        for steps in [Steps::Past, Steps::All] {
            let report = Report::new(run, violation, *app, "seed 12345");
            let report = Report { steps, files: Some(FILES), ..report };
            assert!(widest(&report.to_string()) <= 100, "{report}");
        }
    }
}

#[test]
fn without_files_the_replay_line_alone_is_longer() {
    for (app, run, violation) in &finds() {
        let report = Report::new(run, violation, *app, "seed 12345").to_string();
        let others: String =
            report.split_inclusive('\n').filter(|l| !l.starts_with("replay ")).collect();
        assert!(widest(&others) <= 100, "{report}");
        assert!(report.contains(&format!("\nreplay   cargo sim replay '{}", run.case)), "{report}");
    }
}

#[test]
fn every_deviation_that_was_met_is_told_at_its_step() {
    for (app, run, violation) in &finds() {
        let report = Report::new(run, violation, *app, "seed 12345").to_string();
        for (key, choice) in &run.case.schedule.deviations {
            assert!(report.contains(&format!("<- {key}={choice}")), "{key}={choice}\n{report}");
        }
    }
}

#[test]
fn a_case_that_does_not_fit_a_line_replays_from_its_file_and_stands_below() {
    let case = r#"v1 ana:c,i1s,q bob:c,i2s,b"hi" | ana.d1.start=dropped bob.b1.post-bob1-1.reply=late100ms"#;
    let (run, violation) = broken(&Tutorial, case);
    let report = Report::new(&run, &violation, &Tutorial, "case");
    assert_eq!(report.replay(), format!("cargo sim replay '{case}' --app tutorial"));
    let report = Report { files: Some(FILES), ..report };
    assert_eq!(report.replay(), "cargo sim replay target/sim/x.case --app tutorial");
    let text = report.to_string();
    assert!(text.contains("\nkeep     cargo sim keep target/sim/x.case NAME --app tutorial\n"));
    assert!(text.contains("\npicture  target/sim/x.svg, step by step target/sim/x.html\n"));
    assert_eq!(case_of(&text), words(case));
}

/// The words of the case that a report tells.
fn case_of(report: &str) -> Vec<&str> {
    let (_, rest) = report.split_once("\ncase     ").expect("the case");
    words(rest.split_once("\npicture").expect("the picture").0)
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn no_line_of_a_case_ends_within_a_word() {
    let mut told = 0;
    for (app, run, violation) in &finds() {
        let case = run.case.to_string();
        let fits = words(&case).iter().all(|word| word.chars().count() < 90);
        let report = Report::new(run, violation, *app, "seed 12345");
        let report = Report { files: Some(FILES), ..report }.to_string();
        if fits && report.contains("\ncase     ") {
            assert_eq!(case_of(&report), words(&case));
            told += 1;
        }
    }
    assert!(told > 10, "{told}");
}

#[test]
fn colours_add_nothing_and_hide_nothing() {
    for (app, run, violation) in &finds()[..10] {
        for steps in [Steps::Past, Steps::All, Steps::Drawn] {
            let report = Report::new(run, violation, *app, "seed 12345");
            let report = Report { steps, files: Some(FILES), ..report };
            let coloured = report.coloured();
            assert!(coloured.contains("\u{1b}[31m"), "{coloured}");
            assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), report.to_string());
        }
    }
}

#[test]
fn what_kept_a_connection_from_being_there_is_part_of_the_story() {
    let case = r##"v1 cyd:c,b"x"#2 eve:c | eve.c1.put-eve1-1.reply=late1s"##;
    let (run, violation) = broken(&Tutorial, case);
    let report = Report::new(&run, &violation, &Tutorial, "case").to_string();
    for words in ["eve1, pending", "row of eve1", "done   <- eve.c1.put-eve1-1.reply=late1s\n"] {
        assert!(report.contains(words), "{words} in\n{report}");
    }
}

#[test]
fn a_long_text_goes_on_in_the_next_lines_of_its_column() {
    let text = r#"{"action":"say","room":"the room with the longest name","text":"a b c"}"#;
    let story = story(&play_to_the_end(&Tutorial, &format!("v1 ana:c,m{text}")));
    let lines: Vec<&str> = story.lines().skip_while(|line| !line.contains("sends {")).collect();
    assert!(lines[0].ends_with("as ana.t1"), "{story}");
    let place = lines[0].find("sends {").expect("the text");
    let told: Vec<String> =
        lines[..2].iter().map(|line| line.chars().skip(place).take(40).collect()).collect();
    let told: Vec<&str> = told.iter().map(|line| line.trim_end()).collect();
    assert_eq!(told.join(" "), format!("sends {text}"));
    assert!(story.lines().all(|line| line.chars().count() <= 100), "{story}");
}

#[test]
fn promises_that_break_in_one_step_are_told_once() {
    let app = Small(Flaw::ForgetsToStore);
    let (run, violation) = broken(&app, "v1 ana:c");
    let report = Report::new(&run, &violation, &app, "case").to_string();
    let also = "\nalso     broken by this step: ";
    assert!(report.contains(also) && violation.also.len() == 1, "{report}");
    assert!(Picture::of(&run, "small").html().contains("broken by this step: "));
}

/// The rows of this application have two keys, and are not named like their connections.
#[test]
fn a_row_in_dispute_is_told_with_every_step_that_touched_it() {
    let app = Rooms { expires_after_s: 60 };
    let case = r#"v1 expiry=0s ana:c,i70s,i1s bob:i1s,c,b"x""#;
    let (run, violation) = broken(&app, case);
    assert_eq!(violation.property, "registered", "{}", violation.because);
    let report = Report::new(&run, &violation, &app, "case").to_string();
    let touches: Vec<u32> = touches(&run, "lobby/ana1");
    assert!(touches.len() > 8, "{touches:?}");
    for step in touches {
        assert!(report.contains(&format!("\n  {step:>4}  ")), "step {step} in\n{report}");
    }
    assert!(report.contains(" other steps\n"), "{report}");
    let row = "\nrow      lobby/ana1: table rooms, room \"lobby\", connectionId \"";
    assert!(report.contains(row), "{report}");
}

/// The steps that wrote, read or removed a row, and those that asked for it.
fn touches(run: &Run, wanted: &str) -> Vec<u32> {
    let mut calls = std::collections::BTreeSet::new();
    for event in &run.history.events {
        match &event.kind {
            EventKind::CallSent { call, request, .. }
                if request.rows().iter().any(|row| *row == wanted) =>
            {
                calls.insert(call.clone());
            }
            EventKind::CallApplied { call, effect: Effect::Read { rows, .. } }
                if rows.iter().any(|row| *row == wanted) =>
            {
                calls.insert(call.clone());
            }
            _ => {}
        }
    }
    let is_touch = |kind: &EventKind| match kind {
        EventKind::CallSent { call, .. }
        | EventKind::CallApplied { call, .. }
        | EventKind::CallAnswered { call, .. } => calls.contains(call),
        EventKind::RowWritten { row, .. } | EventKind::RowRemoved { row, .. } => *row == wanted,
        _ => false,
    };
    let events = run.history.events.iter().filter(|event| is_touch(&event.kind));
    events.map(|event| event.number).collect()
}

/// The result of such a batch would fill a screen, and its beginning may say nothing of the row.
#[test]
fn a_long_list_of_rows_leaves_out_no_row_in_dispute() {
    let herd = "v1 expiry=0s bob:i1s,c,b\"x\" ana:c,i70s,i1s herd*20:c,i1s,q";
    let (run, violation) = broken(&Rooms { expires_after_s: 60 }, herd);
    let disputed = violation.involved[0].to_string();
    let report = Report::new(&run, &violation, &Rooms { expires_after_s: 60 }, "case").to_string();
    let told: String = report.split_whitespace().collect::<Vec<_>>().join(" ");
    let lists: Vec<&str> = told.split("reads ").skip(1).collect();
    assert!(!lists.is_empty(), "{report}");
    let is_cut = |list: &&str| list.split(" -> ").next().is_some_and(|it| it.contains(" more"));
    let cut: Vec<&str> = lists.into_iter().filter(is_cut).collect();
    assert!(!cut.is_empty(), "{report}");
    for list in cut {
        let list = list.split(" more").next().unwrap_or_default();
        assert!(list.contains(&format!("lobby/{disputed}")), "{list}");
    }
}

#[test]
fn a_long_name_of_an_actor_keeps_its_end() {
    let story = story(&play_to_the_end(&Tutorial, r#"v1 subscribertoeverything:c,b"x""#));
    assert!(story.contains("   subscrib\u{2026}ything.b1   "), "{story}");
}
