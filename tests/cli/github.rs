//! The annotations and step summaries in a GitHub workflow.

use std::fs;
use std::process::Output;

use crate::folder::Folder;
use crate::{line, program, sim, stderr, stdout};

/// Runs the program as a step of a workflow, and returns the summary of the step as well.
fn step(name: &str, arguments: &[&str]) -> (Output, String) {
    let folder = Folder::new(&format!("github-{name}"));
    let file = folder.file("summary.md");
    let output = program(arguments)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &file)
        .output()
        .expect("the program runs");
    (output, fs::read_to_string(&file).unwrap_or_default())
}

fn annotations(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("::")).collect()
}

#[test]
fn a_broken_promise_is_annotated_and_has_a_section_in_the_summary() {
    let explore = ["explore", "--app", "tutorial", "--from", "1", "--seeds", "1"];
    let found = stdout(&sim(&explore));
    let replay = line(&found, "replay   ").to_owned();
    let case = replay.split('\'').nth(1).expect("a quoted case");
    for (name, arguments, source) in [
        ("explore", &explore[..], "seed 1"),
        ("shrink", &["shrink", "1", "--app", "tutorial"], "seed 1"),
        ("replay", &["replay", case, "--app", "tutorial"], "case"),
    ] {
        let (output, summary) = step(name, arguments);
        assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
        let (printed, alone) = (stdout(&output), stdout(&sim(arguments)));
        let told = annotations(&printed);
        let [annotation] = told[..] else { panic!("{told:?}") };
        let title = format!("(app tutorial%2C {source})::");
        assert!(annotation.starts_with("::error title=") && annotation.contains(&title));
        let message = format!("%0A{}", replay.replace('%', "%25"));
        assert!(annotation.ends_with(&message), "{annotation}");
        let without = printed.lines().filter(|line| !line.starts_with("::") && !is_timed(line));
        let expected = alone.lines().filter(|line| !is_timed(line));
        assert_eq!(without.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        assert!(summary.starts_with("### FAILED "), "{summary}");
        assert!(summary.contains(&format!("```sh\n{replay}\n```\n")), "{summary}");
        let (report, _) = alone.split_once("\ntrace ").expect("a report");
        assert!(summary.contains(&format!("```text\n{report}")), "{summary}");
    }
}

fn is_timed(line: &str) -> bool {
    line.contains(" s: ")
}

#[test]
fn annotations_keep_out_of_the_way_of_json() {
    let explore = ["explore", "--app", "tutorial", "--from", "1", "--seeds", "1", "--json"];
    let (output, summary) = step("json", &explore);
    let printed = stdout(&output);
    let lines: Result<Vec<serde_json::Value>, _> =
        printed.lines().map(serde_json::from_str).collect();
    assert_eq!(lines.expect("one JSON object per line").len(), 2);
    assert_eq!(annotations(&stderr(&output)).len(), 1, "{}", stderr(&output));
    assert!(summary.starts_with("### FAILED "), "{summary}");
}

#[test]
fn an_exhaustive_search_shows_each_plan() {
    let exhaustive = ["explore", "--strategy", "exhaustive", "--plan", "message"];
    let (output, summary) = step("plan", &exhaustive);
    assert_eq!(annotations(&stdout(&output)), [""; 0]);
    assert!(summary.starts_with("**HELD** message, every schedule with at most 1 deviation\\: "));
    let (output, summary) =
        step("broken-plan", &[&exhaustive[..], &["--app", "tutorial"]].concat());
    let broken = annotations(&stdout(&output)).len();
    assert!(broken > 0 && summary.matches("### FAILED ").count() == broken, "{summary}");
}

#[test]
fn a_search_that_breaks_nothing_is_one_line_in_the_summary() {
    let (output, summary) = step("held", &["explore", "--seeds", "20"]);
    assert_eq!(annotations(&stdout(&output)), [""; 0]);
    assert!(summary.starts_with("**HELD** no promise broken in 20 seeds, "), "{summary}");
    assert!(summary.ends_with(" s (app stormglass, random)\n\n"), "{summary}");
    let (output, summary) = step("asleep", &["explore", "--app", "drowsy", "--seeds", "2000"]);
    assert_eq!(
        annotations(&stdout(&output)).len(),
        1,
        "silence of a search that was asleep is no success"
    );
    assert!(summary.starts_with("**ASLEEP** "), "{summary}");
}

#[test]
fn a_bug_that_is_not_found_is_annotated() {
    let few = ["known-bad", "--only", "failure-clears-retries", "--seeds", "1"];
    let (output, summary) = step("missed", &few);
    let printed = stdout(&output);
    let [annotation] = annotations(&printed)[..] else { panic!("{printed}") };
    assert!(annotation.starts_with("::error title=failure-clears-retries::"), "{annotation}");
    assert!(summary.ends_with("**MISSED** 0 of 1 known bugs\n\n"), "{summary}");
    let (output, summary) = step("found", &["known-bad", "--only", "sender-left-out"]);
    assert_eq!(annotations(&stdout(&output)), [""; 0]);
    assert_eq!(summary, "**FOUND** 1 of 1 known bugs\n\n");
}

#[test]
fn a_summary_that_cannot_be_written_changes_no_verdict() {
    let output = program(&["explore", "--seeds", "1"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", "/gone/summary.md")
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).starts_with("note: cannot append to /gone/summary.md: "));
}

#[test]
fn elsewhere_nothing_is_shown() {
    let folder = Folder::new("github-elsewhere");
    let output = program(&["replay", "1", "--app", "tutorial"])
        .env("GITHUB_ACTIONS", "false")
        .env("GITHUB_STEP_SUMMARY", folder.file("summary.md"))
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(annotations(&stdout(&output)), [""; 0]);
    assert!(folder.names().is_empty());
}
