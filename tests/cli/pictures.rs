//! The pictures of a run, and the files that a broken promise leaves.

use std::fs;

use crate::folder::Folder;
use crate::workspace::Workspace;
use crate::{line, program, sim, stderr, stdout};

const RACE: &str = r#"v1 ana:c bob:c,i200ms,b"hi" | bob.b1.scan-1=stale"#;

#[test]
fn a_broken_promise_leaves_its_case_its_diagram_and_a_page() {
    let found = sim(&["explore", "--app", "tutorial"]);
    let report = stdout(&found);
    let files = line(&report, "picture  ").split_once(", step by step ");
    let (picture, page) = files.expect("two files");
    let workspace = Workspace::shared();
    assert!(workspace.read(picture).starts_with("<svg "), "{picture}");
    assert!(workspace.read(page).starts_with("<!doctype html>"), "{page}");
    let case = picture.replace(".svg", ".case");
    let again = sim(&["replay", &case, "--app", "tutorial"]);
    assert_eq!(again.status.code(), Some(1));
    for start in ["because  ", "trace    ", "picture  "] {
        assert_eq!(line(&stdout(&again), start), line(&report, start));
    }
}

#[test]
fn a_case_that_is_too_long_for_a_line_replays_from_its_file() {
    let found = sim(&["explore", "--app", "shared-attempts", "--seeds", "5000"]);
    let report = stdout(&found);
    let command = line(&report, "replay   ");
    let mut words = command.split(' ').skip(2);
    assert_eq!(words.next(), Some("replay"));
    let file = words.next().expect("a file");
    assert!(file.starts_with("target/sim/isolated-") && file.ends_with(".case"), "{command}");
    let again = sim(&["replay", file, "--app", "shared-attempts"]);
    assert_eq!(line(&stdout(&again), "trace    "), line(&report, "trace    "));
    let (report, _) = report.split_once("\ntrace ").expect("the end of the report");
    let widest = report.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{report}");
}

#[test]
fn a_run_is_drawn_into_the_files_that_are_named() {
    let folder = Folder::new("drawn");
    let (svg, html) = (folder.file("run.svg"), folder.file("run.html"));
    let output = sim(&["replay", "v1 ana:c", "--svg", &svg, "--html", &html]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(fs::read_to_string(&svg).expect("a diagram").contains("HELD  every promise"));
    assert!(fs::read_to_string(&html).expect("a page").starts_with("<!doctype html>"));
    let nowhere = folder.file("no/run.svg");
    let output = sim(&["replay", "v1 ana:c", "--svg", &nowhere]);
    assert!(stderr(&output).starts_with(&format!("error: cannot write {nowhere}: No such file")));
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_run_is_drawn_in_the_terminal() {
    let held = sim(&["replay", "v1 ana:c", "--text"]);
    let text = stdout(&held);
    assert!(text.contains("\u{251c}\u{2500}") && text.contains("opens ana1\n"), "{text}");
    assert!(text.contains("\nHELD    every promise"), "{text}");
    let broken = stdout(&sim(&["replay", RACE, "--app", "tutorial", "--text"]));
    assert!(
        broken.starts_with("FAILED  delivered") && broken.contains("\u{2717}   25"),
        "{broken}"
    );
    assert!(broken.contains("\nbecause  ana1 was open"), "{broken}");
}

#[test]
fn a_mermaid_diagram_comes_alone() {
    let broken = sim(&["replay", RACE, "--app", "tutorial", "--mermaid"]);
    let text = stdout(&broken);
    assert!(text.starts_with("sequenceDiagram\n    title: FAILED  delivered"), "{text}");
    assert!(!text.contains("cargo sim"), "{text}");
    assert_eq!(broken.status.code(), Some(1));
}

#[test]
fn colours_are_for_terminals_unless_they_are_forced() {
    let explore = |variables: &[(&str, &str)]| {
        let mut command = program(&["explore", "--app", "tutorial"]);
        command.envs(variables.iter().copied());
        stdout(&command.output().expect("the program runs"))
    };
    assert!(!explore(&[]).contains('\u{1b}'));
    assert!(explore(&[("CLICOLOR_FORCE", "1")]).contains("\u{1b}[31mFAILED"));
    assert!(!explore(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\u{1b}'));
}

#[test]
fn a_report_is_complete_without_its_files() {
    let workspace = Workspace::new("nothing-written");
    workspace.write("target", "in the way");
    let output = workspace.sim(&["replay", RACE, "--app", "tutorial"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("note: cannot write target/sim/"), "{}", stderr(&output));
    let report = stdout(&output);
    assert!(report.contains("\nreplay   cargo sim replay 'v1 ") && !report.contains("picture  "));
}

#[test]
fn below_the_root_of_a_workspace_paths_begin_at_the_current_directory() {
    let workspace = Workspace::new("below");
    workspace.write("crates/chat/lib.rs", "");
    let mut command = workspace.command(&["replay", RACE, "--app", "tutorial"]);
    let output = command.current_dir(workspace.path("crates/chat")).output().expect("it runs");
    let report = stdout(&output);
    assert!(line(&report, "picture  ").starts_with("../../target/sim/delivered-"), "{report}");
    assert_eq!(workspace.list("target/sim").len(), 3);
}
