//! `cargo sim known-bad`, and the canary.

use stormglass_apps::{CANARY, canary};
use stormglass_sim::App;

use super::{line, sim, stderr, stdout};

#[test]
fn a_bug_that_is_found_is_one_line_of_a_table_with_exit_code_0() {
    let output = sim(&["known-bad", "--only", "sender-left-out,quotes-kept,aws-sample-2"]);
    let table = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{table}");
    assert!(line(&table, "sender-left-out ").contains(" delivered "), "{table}");
    assert!(line(&table, "quotes-kept ").contains(" verbatim "), "{table}");
    assert!(line(&table, "aws-sample-2 ").contains(" hidden by aws-sample-1"), "{table}");
    assert!(line(&table, "FOUND   ").starts_with("2 of 2, 1 hidden    the canary "), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 120), "{table}");
}

#[test]
fn every_strategy_has_its_column() {
    let arguments = ["known-bad", "--only", "posts-to-sender", "--strategy", "all"];
    let table = stdout(&sim(&arguments));
    let head = table.lines().next().unwrap_or_default();
    assert!(head.chars().count() <= 120, "{head}");
    assert!(["random", "pct", "exhaustive"].iter().all(|name| head.contains(name)), "{head}");
    let json = sim(&[&arguments[..], &["--json"]].concat());
    let row = stdout(&json).lines().next().unwrap_or_default().to_owned();
    let row: serde_json::Value = serde_json::from_str(&row).expect("an object");
    assert_eq!(row["hunted"].as_array().map(Vec::len), Some(3), "{row}");
    assert_eq!(row["found"], true, "{row}");
}

#[test]
fn a_bug_that_is_not_found_is_a_failure_of_the_harness() {
    let output = sim(&["known-bad", "--only", "failure-clears-retries", "--seeds", "1"]);
    let table = stdout(&output);
    assert_eq!(output.status.code(), Some(3), "{table}");
    assert!(line(&table, "failure-clears-retries ").contains("NOT FOUND"), "{table}");
    assert!(line(&table, "MISSED  ").starts_with("0 of 1"), "{table}");
}

#[test]
fn a_mutation_is_an_app_like_any_other() {
    let found = sim(&["explore", "--app", "quotes-kept", "--seeds", "5"]);
    let report = stdout(&found);
    assert_eq!(found.status.code(), Some(1), "{report}");
    let command = line(&report, "replay   cargo sim replay '");
    let (case, rest) = command.split_once('\'').expect("a quoted case");
    assert_eq!(rest, " --app quotes-kept");
    assert_eq!(sim(&["replay", case, "--app", "quotes-kept"]).status.code(), Some(1));
    assert_eq!(sim(&["replay", case]).status.code(), Some(0), "it is the mutation that is wrong");
}

#[test]
fn the_canary_ends_an_exploration_with_exit_code_1() {
    let first = (0..100).find(|seed| canary::fails_on(&CANARY.plan(*seed)));
    let first = first.expect("one in ten");
    let before = first.to_string();
    let held = sim(&["explore", "--app", "canary", "--seeds", &before]);
    assert_eq!(held.status.code(), Some(0), "{}", stdout(&held));
    let broken = sim(&["explore", "--app", "canary", "--from", &before, "--seeds", "1"]);
    assert_eq!(broken.status.code(), Some(1), "{}", stdout(&broken));
    assert!(stdout(&broken).starts_with("FAILED  canary "), "{}", stdout(&broken));
}

#[test]
fn a_name_that_no_bug_has_is_wrong_use() {
    let output = sim(&["known-bad", "--only", "stormglass"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("`cargo sim known-bad --list` lists"), "{}", stderr(&output));
    let list = stdout(&sim(&["known-bad", "--list"]));
    assert!(list.lines().count() > 60, "{list}");
}
