//! The summary of an exploration, and the files that it leaves behind.

use std::fs;

use serde_json::Value;

use super::workspace::Workspace;
use super::{line, sim, stderr, stdout, summary_in};

const JSON: &str = "target/sim/exploration.json";
const PAGE: &str = "target/sim/exploration.html";
const HUNT: &str = "target/sim/known-bad.json";

fn object(text: &str) -> Value {
    serde_json::from_str(text).expect("one object")
}

#[test]
fn an_exploration_leaves_its_figures_and_a_page_at_the_root_of_the_workspace() {
    let workspace = Workspace::new("root");
    let inside = workspace.path("some/where");
    fs::create_dir_all(&inside).expect("a folder");
    let mut explore = workspace.command(&["explore", "--seeds", "40", "--json"]);
    let output = explore.current_dir(inside).output().expect("the program runs");
    assert_eq!(workspace.list("target/sim"), ["exploration.html", "exploration.json"]);
    assert_eq!(object(&workspace.read(JSON)), object(&stdout(&output)));
    assert_eq!(stderr(&output), "");
    assert!(workspace.read(PAGE).contains("app stormglass, 40 random seeds"));
}

#[test]
fn the_page_is_named_where_people_read() {
    let workspace = Workspace::new("named");
    let output = workspace.sim(&["explore", "--seeds", "5"]);
    assert!(stdout(&output).ends_with(&format!("\npage     {PAGE}\n")), "{}", stdout(&output));
}

#[test]
fn outside_of_any_workspace_all_of_it_is_in_the_current_directory() {
    let folder = Workspace::without_manifest("outside");
    let output = folder.sim(&["explore", "--seeds", "5"]);
    assert_eq!(line(&stdout(&output), "page     "), PAGE);
    assert_eq!(folder.list("target/sim"), ["exploration.html", "exploration.json"]);
}

#[test]
fn a_file_that_cannot_be_written_is_noted_once_and_is_no_failure() {
    let workspace = Workspace::new("unwritable");
    workspace.write("target", "this is no folder");
    for arguments in [&["explore", "--seeds", "5"][..], &["known-bad", "--only", "quotes-kept"]] {
        let output = workspace.sim(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let notes = stderr(&output);
        let last = notes.lines().last().unwrap_or_default();
        assert!(last.starts_with("note: cannot write target/sim/"), "{notes}");
        assert_eq!(notes.matches("cannot write").count(), 1, "{notes}");
        assert!(!stdout(&output).contains("\npage "), "{}", stdout(&output));
    }
}

#[test]
fn explorations_at_the_same_time_leave_whole_files() {
    let workspace = Workspace::new("concurrent");
    let start = |seeds: &str| {
        let mut command = workspace.command(&["explore", "--seeds", seeds, "--jobs", "1"]);
        command.stdout(std::process::Stdio::null()).spawn().expect("the program runs")
    };
    let children = ["30", "31", "32", "33"].map(start);
    for mut child in children {
        assert_eq!(child.wait().expect("the program ends").code(), Some(0));
    }
    assert_eq!(workspace.list("target/sim"), ["exploration.html", "exploration.json"]);
    let seeds = object(&workspace.read(JSON))["seeds"].as_u64().expect("a number");
    assert!((30..34).contains(&seeds), "{seeds}");
    assert!(workspace.read(PAGE).ends_with("</html>\n"));
}

#[test]
fn a_search_of_every_schedule_leaves_nothing() {
    let workspace = Workspace::new("exhaustive");
    let arguments = ["explore", "--strategy", "exhaustive", "--plan", "message", "--depth", "0"];
    let output = workspace.sim(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!workspace.path("target").exists());
}

#[test]
fn all_but_the_wall_times_is_the_same_for_any_number_of_threads() {
    let explore = |jobs: &str| {
        let workspace = Workspace::new(&format!("jobs-{jobs}"));
        let output = workspace.sim(&["explore", "--seeds", "300", "--json", "--jobs", jobs]);
        summary_in(&output)
    };
    let alone = explore("1");
    for figures in ["coverage", "broadcasts", "runs_by_events", "faults"] {
        assert!(alone[figures].as_array().is_some_and(|it| it.len() > 3), "{}", alone[figures]);
    }
    assert_eq!(alone, explore("3"));
}

#[test]
fn the_figures_of_an_exploration_agree_with_each_other() {
    let workspace = Workspace::new("agree");
    workspace.sim(&["explore", "--seeds", "200"]);
    let record = object(&workspace.read(JSON));
    let sum = |list: &str, figure: &str| -> u64 {
        let list = record[list].as_array().expect("a list");
        list.iter().map(|it| it[figure].as_u64().expect("a number")).sum()
    };
    assert_eq!(sum("runs_by_events", "count"), 200);
    let spread = &record["events_per_run"];
    assert_eq!(spread["count"], 200);
    let order = ["min", "median", "p90", "p99", "max"].map(|it| spread[it].as_u64());
    assert!(order.is_sorted() && order[0] > Some(0), "{spread}");
    let steps = record["coverage"].as_array().expect("a list");
    let last = steps.last().expect("a step");
    assert_eq!(last[1], record["pairs"]);
    assert_eq!(last[0].as_u64(), record["last_new_pair"].as_u64().map(|seed| seed + 1));
    assert!(steps.is_sorted_by_key(|step| (step[0].as_u64(), step[1].as_u64())));
    let slowest = record["slowest"].as_array().expect("a list");
    assert_eq!(slowest.len(), 5);
    assert!(slowest.is_sorted_by_key(|it| std::cmp::Reverse(it["wall_us"].as_u64())));
}

#[test]
fn every_broadcast_is_in_the_range_of_its_recipients() {
    let output = sim(&["explore", "--seeds", "200", "--json"]);
    let summary = summary_in(&output);
    let ranges = summary["broadcasts"].as_array().expect("a list");
    assert!(ranges.len() > 3, "{ranges:?}");
    for range in ranges {
        let broadcasts = range["broadcasts"].as_u64();
        assert!(range["acknowledged_us"]["count"].as_u64() <= broadcasts, "{range}");
        assert!(range["arrived_us"]["count"].as_u64() <= broadcasts, "{range}");
        let is_for_nobody = range["below"] == 1;
        assert_eq!(is_for_nobody, range["from"] == 0, "{range}");
        assert!(!is_for_nobody || range["arrived_us"]["count"] == 0, "{range}");
    }
}

#[test]
fn the_summary_is_compact_and_fits_the_screen() {
    let printed = stdout(&sim(&["explore", "--seeds", "300"]));
    for start in ["events per run: ", "slowest seeds:  ", "broadcasts to ", "deviation "] {
        line(&printed, start);
    }
    for line in printed.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn a_seed_is_run_again_by_the_command_beside_it() {
    let workspace = Workspace::new("again");
    for options in [
        &["--app", "tutorial"][..],
        &["--app", "tutorial", "--strategy", "pct", "--depth", "2"],
        &["--app", "tutorial", "--faults", "order,time"],
    ] {
        let explore = ["explore", "--seeds", "80", "--keep-going", "--no-shrink", "--json"];
        workspace.sim(&[&explore[..], options].concat());
        let record = object(&workspace.read(JSON));
        let broken = &record["broken"][0];
        let command = broken["command"].as_str().expect("a command");
        let words: Vec<&str> =
            command.strip_prefix("cargo sim ").expect("ours").split(' ').collect();
        let output = workspace.sim(&words);
        assert_eq!(output.status.code(), Some(1), "{command}: {}", stderr(&output));
        let promise = broken["promise"].as_str().expect("a name");
        let failed = line(&stdout(&output), "FAILED  ").to_owned();
        assert!(failed.starts_with(promise), "{command}: {failed}");
    }
}

#[test]
fn a_page_shows_the_last_hunt_as_soon_as_there_is_one() {
    let workspace = Workspace::new("hunt");
    let hunt = |more: &[&str]| workspace.sim(&[&["known-bad"], more].concat());
    let first = hunt(&["--only", "quotes-kept,sender-left-out"]);
    assert!(!stdout(&first).contains("\npage "), "there is no exploration yet");
    assert!(!workspace.path(PAGE).exists());
    fs::remove_file(workspace.path(HUNT)).expect("the hunt was kept");

    workspace.sim(&["explore", "--seeds", "5"]);
    let heading = "Seeds to find each known bug";
    assert!(!workspace.read(PAGE).contains(heading));
    let second = hunt(&["--only", "quotes-kept"]);
    assert_eq!(line(&stdout(&second), "page     "), PAGE);
    let page = workspace.read(PAGE);
    assert!(page.contains(heading));
    assert!(page.contains("quotes-kept") && !page.contains("posts-to-sender"));

    let json = hunt(&["--only", "posts-to-sender", "--strategy", "exhaustive", "--json"]);
    assert!(stdout(&json).lines().all(|line| line.starts_with('{')), "{}", stdout(&json));
    let page = workspace.read(PAGE);
    assert!(page.contains("quotes-kept") && page.contains("posts-to-sender"));
    let rows = object(&workspace.read(HUNT))["rows"].clone();
    let names: Vec<&str> =
        rows.as_array().expect("rows").iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(
        names,
        ["quotes-kept", "posts-to-sender"],
        "a hunt for some bugs keeps the rows of the others"
    );
    assert_eq!(rows[1], object(stdout(&json).lines().next().expect("a row")));
}

#[test]
fn a_damaged_hunt_is_noted_and_counts_as_none() {
    let workspace = Workspace::new("hunt-damaged");
    workspace.write(HUNT, "{}");
    let output = workspace.sim(&["explore", "--seeds", "5"]);
    assert_eq!(output.status.code(), Some(0));
    let note = stderr(&output);
    let start = format!("note: {HUNT} is unusable: it is not the output of `known-bad` (");
    assert!(note.starts_with(&start) && note.lines().count() == 1, "{note}");
    assert!(!workspace.read(PAGE).contains("Seeds to find each known bug"));
}

#[test]
fn a_search_that_stops_at_a_broken_promise_leaves_the_rest_to_its_page() {
    let explore = |more: &[&str]| {
        let explore = ["explore", "--app", "tutorial", "--seeds", "30"];
        stdout(&sim(&[&explore[..], more].concat()))
    };
    let (_, after) = explore(&[]).split_once("\nBROKEN ").map(owned).expect("a verdict");
    assert_eq!(after.lines().count(), 4, "the verdict, the pace in two lines, the page: {after}");
    assert!(
        explore(&["--keep-going"]).contains("\nwitness "),
        "all situations that the search met"
    );
}

fn owned((before, after): (&str, &str)) -> (String, String) {
    (before.to_owned(), after.to_owned())
}
