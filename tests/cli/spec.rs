//! `cargo sim spec`: the promises, and the number of tests of each.

use stormglass_spec::{properties, witnesses};

use super::workspace::Workspace;
use super::{sim, stderr, stdout};

const JSON: &str = "target/sim/exploration.json";

/// Returns a text without its line breaks.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the paragraph about a promise.
fn part<'a>(text: &'a str, id: &str) -> &'a str {
    let start = format!("\n{id}  (");
    let (_, part) = text.split_once(&start).unwrap_or_else(|| panic!("no {id} in:\n{text}"));
    part.split("\n\n").next().unwrap_or(part)
}

#[test]
fn every_promise_is_listed_with_its_reason_and_sources() {
    let printed = stdout(&sim(&["spec"]));
    let text = unwrapped(&printed);
    for property in &properties::ALL {
        let said = [property.id, property.promise, property.reason];
        for part in said.iter().chain(property.sources) {
            assert!(text.contains(&unwrapped(part)), "{part}");
        }
    }
    for witness in &witnesses::ALL {
        assert!(text.contains(&unwrapped(witness.sentence)), "{}", witness.id);
    }
    for line in printed.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn without_an_exploration_the_command_that_makes_one_is_named() {
    let workspace = Workspace::new("spec-none");
    let output = workspace.sim(&["spec"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let first = stdout(&output).lines().next().unwrap_or_default().to_owned();
    assert!(first.starts_with("There is no record of an exploration"), "{first}");
    assert!(unwrapped(&stdout(&output)).contains("run `cargo sim explore`."), "{first}");
    assert!(!stdout(&output).contains("Tested:"));
}

#[test]
fn a_promise_says_how_often_the_last_exploration_tested_it() {
    let workspace = Workspace::new("spec-tested");
    workspace.sim(&["explore", "--seeds", "60"]);
    let record: serde_json::Value = serde_json::from_str(&workspace.read(JSON)).expect("JSON");
    let printed = stdout(&workspace.sim(&["spec"]));
    assert!(printed.starts_with("Last exploration: app stormglass, 60 random seeds: HELD.\n"));
    let times = record["promises"]["in-time"].as_u64().expect("a number");
    let expected =
        format!("{times} times in the last exploration: app stormglass, 60 random seeds");
    let said = part(&printed, "in-time").replace(',', "");
    assert!(said.contains(&expected.replace(',', "")), "{said}");
    let seen = record["witnesses"]["gone"].as_u64().expect("a number");
    let expected = format!("some post met a connection that was closed: seen {seen} times");
    assert!(unwrapped(&printed).replace(',', "").contains(&expected), "{printed}");
    assert!(unwrapped(&printed).contains("some read was stale: not declared by app stormglass"));
}

#[test]
fn a_promise_that_an_app_does_not_declare_was_not_tested_at_all() {
    let workspace = Workspace::new("spec-undeclared");
    workspace.sim(&["explore", "--app", "tutorial", "--seeds", "5", "--keep-going", "--no-shrink"]);
    let printed = stdout(&workspace.sim(&["spec"]));
    let said = part(&printed, "answered");
    assert!(said.contains("not at all: app tutorial declares no such promise"), "{said}");
    assert!(part(&printed, "registered").contains(" in the last exploration"), "{printed}");
    workspace.sim(&["explore", "--app", "drowsy", "--seeds", "5"]);
    let printed = stdout(&workspace.sim(&["spec"]));
    let said = part(&printed, "registered");
    assert!(said.contains("not at all: app drowsy declares no such promise"), "{said}");
}

#[test]
fn the_promises_are_those_of_the_application() {
    let printed = stdout(&sim(&["spec", "--app", "drowsy"]));
    assert!(part(&printed, "never-tested").contains("No search tests this."), "{printed}");
    assert!(!printed.contains("\nregistered "), "{printed}");
}

#[test]
fn a_damaged_or_foreign_record_is_noted_and_counts_as_none() {
    let workspace = Workspace::new("spec-damaged");
    for (text, problem) in [
        ("{\"schema\": 1", "it is not the output of `explore` (EOF"),
        ("{\"schema\": 1, \"app\": 7}", "it is not the output of `explore` (invalid"),
        ("[\"another's\"]", "it is not the output of `explore` ("),
        ("{\"schema\": 2}", "it has schema 2, but this stormglass reads 1: run `explore`"),
    ] {
        workspace.write(JSON, text);
        let output = workspace.sim(&["spec"]);
        assert_eq!(output.status.code(), Some(0));
        let note = stderr(&output);
        let start = format!("note: {JSON} is unusable: {problem}");
        assert!(note.starts_with(&start) && note.lines().count() == 1, "{note}");
        assert!(
            stdout(&output).starts_with("There is no record of an exploration"),
            "{}",
            stdout(&output)
        );
    }
    let output = workspace.sim(&["explore", "--seeds", "5"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    assert!(stdout(&workspace.sim(&["spec"])).starts_with("Last exploration: "));
}
