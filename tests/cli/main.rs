//! `cargo sim` as people use it: exit codes, one clear line for wrong use, and reports that replay.

mod determinism;
mod folder;
mod github;
mod junit;
mod keep;
mod known_bad;
mod new;
mod pictures;
mod search;
mod spec;
mod summary;
mod workflow;
mod workspace;

use std::process::{Command, Output};

use workspace::Workspace;

fn sim(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program runs")
}

/// The program, in the workspace that tests share.
fn program(arguments: &[&str]) -> Command {
    Workspace::shared().command(arguments)
}

/// Returns the summary that a search printed as JSON, without the figures of the machine.
fn summary_in(output: &Output) -> serde_json::Value {
    let printed = stdout(output);
    let last = printed.lines().last().unwrap_or_else(|| panic!("{}", stderr(output)));
    let mut summary: serde_json::Value = serde_json::from_str(last).expect("an object");
    let object = summary.as_object_mut().expect("an object");
    for of_the_machine in ["wall_ms", "slowest"] {
        assert!(object.remove(of_the_machine).is_some(), "{of_the_machine}");
    }
    summary
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn line<'a>(text: &'a str, start: &str) -> &'a str {
    let found = text.lines().find_map(|line| line.strip_prefix(start));
    found.unwrap_or_else(|| panic!("no line starts with {start:?} in:\n{text}"))
}

#[test]
fn wrong_use_is_answered_with_one_clear_line_and_exit_code_2() {
    for (arguments, message) in [
        (
            &["replay", "nonsense"][..],
            "error: `nonsense` is no seed (a number such as 17 or 0x5f3c91, or the 40 digits of a \
             commit), no case (it starts with `v1 `) and no file\n",
        ),
        (
            &["replay", "v2 ana:c"],
            "error: the case: this case is of version 2, but this stormglass reads version 1; run \
             it with the stormglass that wrote it\n",
        ),
        (
            &["replay", "v1 ana:c | ana.c1.answer=soon"],
            "error: the case: expected a deviation (`after2`, `late500ms` or a fault) at column \
             26, found `soon`\n",
        ),
    ] {
        let output = sim(arguments);
        assert_eq!(stderr(&output), message);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn wrong_arguments_are_explained_with_exit_code_2() {
    for (arguments, message) in [
        (
            &["explore", "--app", "nope"][..],
            "there is no application of that name: use stormglass, ",
        ),
        (&["explore", "--from", "0xzz"], "a seed is a number, such as 17 or 0x5f3c91, or the 40"),
        (&["explore", "--seeds", "many"], "invalid digit"),
        (&["explore", "--for", "long"], "expected a whole number and a unit (ms, s, m or h)"),
        (&["explore", "--faults", "luck"], "the families are order, time, capacity, error"),
        (&["explore", "--strategy", "luck"], "[possible values: random, pct, exhaustive]"),
        (&["explore", "--depth", "2"], "--depth goes with --strategy pct or exhaustive"),
        (&["explore", "--strategy", "pct", "--depth", "0"], "pct takes a --depth of at least 1"),
        (&["explore", "--plan", "gone"], "--plan goes with --strategy exhaustive"),
        (&["explore", "--jobs", "0"], "a number of threads from 1 to 1024"),
        (&["explore", "--plan", "x"], "the plans are broadcast (two clients and one broadcast), "),
        (&["divine"], "unrecognized subcommand"),
        (&[], "Usage"),
    ] {
        let output = sim(arguments);
        let said = stderr(&output);
        assert!(said.contains(message), "{arguments:?}: {said}");
        assert!(arguments.is_empty() || said.lines().count() == 1, "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn production_handlers_hold_with_exit_code_0() {
    let output = sim(&["explore", "--seeds", "100"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stdout(&output).starts_with("HELD    no promise broken in 100 seeds"));
    assert!(stdout(&output).contains("not judged: that takes 2000 random seeds"));
}

#[test]
fn a_known_bad_app_is_broken_with_exit_code_1_and_its_replay_line_gives_the_same_report() {
    for app in ["tutorial", "aws-sample"] {
        let found = sim(&["explore", "--app", app]);
        assert_eq!(found.status.code(), Some(1), "{}", stdout(&found));
        let report = stdout(&found);
        let command = line(&report, "replay   cargo sim replay '");
        let (case, rest) = command.split_once('\'').expect("a quoted case");
        assert_eq!(rest, format!(" --app {app}"));
        let replayed = sim(&["replay", case, "--app", app]);
        assert_eq!(replayed.status.code(), Some(1));
        let again = stdout(&replayed);
        for start in ["trace    ", "because  "] {
            assert_eq!(line(&again, start), line(&report, start));
        }
    }
}

#[test]
fn an_exhaustive_search_states_its_extent() {
    let arguments = ["explore", "--strategy", "exhaustive", "--plan", "message"];
    let held = sim(&arguments);
    assert_eq!(held.status.code(), Some(0), "{}", stdout(&held));
    let claim = line(&stdout(&held), "HELD    message         ").to_owned();
    let bound = "every schedule with at most 1 deviation: 136 executions, 91 pruned, 0 violations ";
    assert!(claim.starts_with(bound), "{claim}");
    let broken = sim(&[&arguments[..], &["--app", "tutorial"]].concat());
    assert_eq!(broken.status.code(), Some(1), "{}", stdout(&broken));
    assert!(stdout(&broken).starts_with("FAILED  "));
    assert!(stdout(&broken).contains("    plan message   app tutorial"));
    let claim = line(&stdout(&broken), "BROKEN  message         ").to_owned();
    assert!(claim.starts_with("some of the schedules with at most 1 deviation: "), "{claim}");
    let json = sim(&[&arguments[..], &["--app", "tutorial", "--json", "--depth", "0"]].concat());
    let summary: serde_json::Value = serde_json::from_str(&stdout(&json)).expect("one object");
    assert_eq!((&summary["executions"], &summary["complete"]), (&1.into(), &true.into()));
    assert_eq!(json.status.code(), Some(0));
}

#[test]
fn a_search_names_its_strategy() {
    for (arguments, strategy) in [
        (&[][..], "random"),
        (&["--strategy", "random"], "random"),
        (&["--strategy", "pct"], "pct of depth 3"),
        (&["--strategy", "pct", "--depth", "1"], "pct of depth 1"),
    ] {
        let explore =
            |more: &[&str]| stdout(&sim(&[&["explore", "--seeds", "5"], arguments, more].concat()));
        let held = explore(&[]);
        let first = held.lines().next().unwrap_or_default();
        assert!(first.ends_with(&format!("   {strategy}")), "{first}");
        let summary: serde_json::Value = serde_json::from_str(&explore(&["--json"])).expect("JSON");
        assert_eq!(summary["strategy"], strategy);
    }
}

#[test]
fn a_search_with_few_deviations_breaks_a_known_bad_app_and_its_replay_line_stands_alone() {
    let found = sim(&["explore", "--strategy", "pct", "--app", "tutorial", "--faults", "fault"]);
    assert_eq!(found.status.code(), Some(1), "{}", stdout(&found));
    let report = stdout(&found);
    assert!(line(&report, "FAILED  ").contains(", pct of depth 3   app tutorial"), "{report}");
    let case = line(&report, "replay   ").split('\'').nth(1).expect("a quoted case").to_owned();
    let replayed = stdout(&sim(&["replay", &case, "--app", "tutorial"]));
    assert_eq!(line(&replayed, "trace    "), line(&report, "trace    "));
}

#[test]
fn the_finds_do_not_depend_on_the_number_of_threads() {
    let explore = |jobs: &str| {
        let arguments = ["explore", "--app", "tutorial", "--seeds", "60", "--keep-going"];
        let output = sim(&[&arguments[..], &["--json", "--jobs", jobs]].concat());
        let printed = stdout(&output);
        let finds = printed.lines().filter(|line| line.contains("\"kind\":\"find\""));
        (finds.map(str::to_owned).collect::<Vec<_>>(), summary_in(&output))
    };
    let alone = explore("1");
    assert!(alone.0.len() > 1, "some finds");
    assert_eq!(alone, explore("3"));
}

#[test]
fn a_seed_replays_as_the_exploration_ran_it() {
    let output = sim(&["replay", "0x1", "--app", "tutorial"]);
    assert_eq!(output.status.code(), Some(1));
    let explore = ["explore", "--from", "1", "--seeds", "1", "--app", "tutorial"];
    let explored = sim(&[&explore[..], &["--no-shrink"]].concat());
    for start in ["because  ", "trace    "] {
        assert_eq!(line(&stdout(&output), start), line(&stdout(&explored), start));
    }
}

#[test]
fn a_commit_can_stand_for_a_seed_in_every_command() {
    let commit = "a5d6cc7d0f2b4e1c9a8877665544332211ffeedd";
    let held = sim(&["replay", commit]);
    assert_eq!(held.status.code(), Some(0), "{}", stderr(&held));
    let seed = line(&stdout(&held), "HELD    every promise    seed ").to_owned();
    let seed = seed.split(' ').next().expect("a number").to_owned();
    for command in [&["replay"][..], &["shrink"]] {
        let ran = |seed: &str| stdout(&sim(&[command, &[seed, "--app", "tutorial"]].concat()));
        assert_eq!(ran(commit), ran(&seed), "{command:?}");
    }
    let ran = |seed: &str| {
        let output = sim(&["explore", "--seeds", "3", "--from", seed]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let of_the_machine = |line: &&str| line.contains(" s: ") || line.starts_with("slowest ");
        stdout(&output).lines().filter(|line| !of_the_machine(line)).collect::<String>()
    };
    assert_eq!(ran(commit), ran(&seed));
}

#[test]
fn a_find_is_shrunk_before_its_report() {
    let explored = sim(&["explore", "--from", "1", "--seeds", "1", "--app", "tutorial"]);
    let shrunk = sim(&["shrink", "1", "--app", "tutorial"]);
    assert_eq!(shrunk.status.code(), Some(1));
    for start in ["shrunk   ", "replay   ", "trace    "] {
        assert_eq!(line(&stdout(&explored), start), line(&stdout(&shrunk), start));
    }
    let replay = line(&stdout(&shrunk), "replay   ").to_owned();
    let case = replay.split('\'').nth(1).expect("a quoted case");
    let again = sim(&["replay", case, "--app", "tutorial"]);
    assert_eq!(line(&stdout(&again), "trace    "), line(&stdout(&shrunk), "trace    "));
    let stopped = sim(&["shrink", "1", "--app", "tutorial", "--for", "0s"]);
    let note = line(&stdout(&stopped), "shrunk   ").to_owned();
    assert!(note.ends_with("in 1 runs, and could go on"), "{note}");

    let held = sim(&["shrink", "v1 ana:c"]);
    assert_eq!(held.status.code(), Some(0));
    assert!(stdout(&held).ends_with("nothing to shrink\n"), "{}", stdout(&held));
}

#[test]
fn a_case_can_come_from_a_file_with_comments() {
    let file = std::env::temp_dir().join(format!("stormglass-{}.case", std::process::id()));
    std::fs::write(&file, "# two clients\nv1 ana:c\n  bob:c,b\"hi\"\n").expect("a temporary file");
    let output = sim(&["replay", file.to_str().expect("a path")]);
    std::fs::remove_file(&file).expect("the temporary file");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains(r#"replay   cargo sim replay 'v1 ana:c bob:c,b"hi"'"#));
}

#[test]
fn a_deviation_that_never_comes_up_is_noted() {
    let output = sim(&["replay", "v1 ana:c | ana.c9.answer=after1"]);
    assert!(stderr(&output).contains("ana.c9.answer=after1 never came up"));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn every_step_is_shown_on_request() {
    let held = sim(&["replay", "v1 ana:c", "--all"]);
    assert!(stdout(&held).contains("opens a socket"), "{}", stdout(&held));
    let case = r#"v1 ana:c bob:c,i200ms,b"hi" | bob.b1.scan-1=stale"#;
    let broken =
        |more: &[&str]| stdout(&sim(&[&["replay", case, "--app", "tutorial"], more].concat()));
    assert!(broken(&[]).contains("... 7 other steps\n"), "{}", broken(&[]));
    assert!(!broken(&["--all"]).contains(" other step"), "{}", broken(&["--all"]));
}

#[test]
fn a_search_that_may_not_fail_meets_no_fault() {
    let output = sim(&["explore", "--seeds", "2000", "--faults", "order", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("a summary");
    let met = summary["faults"].as_array().expect("the faults").iter().map(|it| &it["met"]);
    assert!(met.into_iter().all(|met| *met == 0), "{}", summary["faults"]);
    assert_eq!(summary["judged"], true);
    assert_eq!(output.status.code(), Some(0), "it need not meet the faults that are not allowed");
}

#[test]
fn verification_compares_with_a_fresh_process() {
    let output = sim(&["verify", "--seeds", "10"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("SAME    10 seeds"));
    assert!(stdout(&output).contains(" runs/s, "), "{}", stdout(&output));
}

/// The README shows a command and what it prints.
#[test]
fn the_failure_in_the_readme_is_the_one_that_its_command_prints() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).expect("the README");
    let (_, block) = readme.split_once("```\n$ cargo sim ").expect("a command with its output");
    let (command, block) = block.split_once('\n').expect("what it prints");
    let (shown, _) = block.split_once("```").expect("the end of the block");
    let case = command.split('\'').nth(1).expect("a quoted case");
    assert_eq!(command, format!("replay '{case}' --app tutorial"));
    assert_eq!(stdout(&sim(&["replay", case, "--app", "tutorial"])), shown);
}
