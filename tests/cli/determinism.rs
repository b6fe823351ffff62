//! A run that is not deterministic is never called reproducible.

use std::process::Output;

use stormglass_apps::UnsteadyApp;
use stormglass_sim::App;

use super::{line, program, sim, stderr, stdout};

/// A seed that breaks a promise of the tutorial, and of every application that is built on it.
const BROKEN: &str = "1";

/// Runs the program without the environment variable that an unsteady app reads.
fn steady(arguments: &[&str]) -> Output {
    program(arguments).env_remove("TZ").output().expect("the program runs")
}

/// Runs the program, which must end with exit code 3, and returns its standard error.
fn failure(arguments: &[&str]) -> String {
    let output = steady(arguments);
    assert_eq!(output.status.code(), Some(3), "{}{}", stdout(&output), stderr(&output));
    stderr(&output)
}

#[test]
fn a_difference_between_two_runs_here_is_shown_on_both_sides() {
    let said = failure(&["verify", "v1 ana:c", "--app", "unsteady-counter"]);
    let first = line(&said, "    the first run   ");
    assert!(first.contains(" | ana.c1 | PutItem ana1 | sent | "), "{said}");
    let second = line(&said, "    the second run  ");
    assert!(second.contains(" | ana.c1 | GetItem nobody, eventual | sent | "), "{said}");
    let points = "  the first point of choice that differs:\n    \
                  the first run   ana.c1.put-ana1-1 (write): dull\n    \
                  the second run  ana.c1.get-nobody-1 (eventual read): dull\n";
    assert!(said.contains(points), "{said}");
}

#[test]
fn a_difference_in_another_environment_is_shown_on_both_sides() {
    let said = failure(&["verify", "v1 ana:c", "--app", "unsteady-environment"]);
    let here = line(&said, "    this process    ");
    assert!(here.ends_with(" | ana.c1 | ends | returns 200 Connected as number 0."), "{said}");
    let there = line(&said, "    a fresh process ");
    assert!(there.ends_with(" | ana.c1 | ends | returns 200 Connected as number 10."), "{said}");
}

#[test]
fn a_difference_in_another_process_is_shown_on_both_sides() {
    let said = failure(&["verify", "v1 ana:c", "--app", "unsteady-process"]);
    assert!(said.starts_with("error: case is not deterministic: its trace hash was "), "{said}");
    let here = line(&said, "    this process    ");
    let there = line(&said, "    a fresh process ");
    assert!(here.contains(" | ana.c1 | ends | returns 200 Connected as number "), "{said}");
    assert!(there.contains(" | ana.c1 | ends | returns 200 Connected as number "), "{said}");
    assert_ne!(here, there);
}

#[test]
fn a_case_or_a_seed_or_a_file_is_verified_as_well() {
    let file = std::env::temp_dir().join(format!("stormglass-v-{}.case", std::process::id()));
    std::fs::write(&file, "# one client\nv1 ana:c\n").expect("a temporary file");
    let path = file.to_str().expect("a path");
    for (source, name) in [("v1 ana:c", "case"), ("0x7", "seed 7"), (path, path)] {
        let output = sim(&["verify", source, "--app", "tutorial"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let start = format!("SAME    {name}, run twice here and once in a fresh process with ");
        assert!(stdout(&output).starts_with(&start), "{}", stdout(&output));
    }
    std::fs::remove_file(&file).expect("the temporary file");
}

#[test]
fn an_exploration_notices_at_the_first_broken_promise_that_it_does_not_break_again() {
    let explore = ["explore", "--from", BROKEN, "--seeds", "1"];
    let said = failure(&[&explore[..], &["--app", "unsteady-counter"]].concat());
    assert!(said.starts_with("error: seed 1, which breaks isolated, is not determini"), "{said}");
    line(&said, "    the first run   ");
    line(&said, "    the second run  ");
}

/// One seed in twenty is run twice although it breaks nothing.
#[test]
fn an_exploration_notices_at_some_seeds_that_break_nothing() {
    let explore = ["explore", "--seeds", "200", "--faults", "time", "--keep-going"];
    let said = failure(&[&explore[..], &["--app", "unsteady-counter"]].concat());
    line(&said, "    the second run  ");
}

#[test]
fn a_broken_promise_is_run_again_in_a_fresh_process_before_its_report() {
    let explore = ["explore", "--from", BROKEN, "--seeds", "1", "--app"];
    let told = stdout(&sim(&[&explore[..], &["tutorial"]].concat()));
    assert_eq!(line(&told, "again    "), "3 of 3 runs, one in a fresh process");
    let json = stdout(&sim(&[&explore[..], &["tutorial", "--json"]].concat()));
    assert!(json.lines().next().is_some_and(|find| find.contains(r#""confirmed":true"#)), "{json}");
    for app in ["unsteady-environment", "unsteady-process"] {
        let output = steady(&[&explore[..], &[app]].concat());
        assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
        assert!(line(&stdout(&output), "again    ").starts_with("NOT REPRODUCIBLE: "));
        line(&stderr(&output), "    a fresh process ");
        let output = steady(&[&explore[..], &[app, "--json"]].concat());
        assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
        assert!(stdout(&output).contains(r#""confirmed":false"#), "{}", stdout(&output));
    }
}

#[test]
fn no_list_of_apps_has_one_that_is_unsteady() {
    let listed = stderr(&sim(&["explore", "--app", "nope"]));
    for app in UnsteadyApp::ALL {
        assert!(!listed.contains(app.name()), "{listed}");
        assert_eq!(stormglass_apps::names::find(app.name()).map(App::name), Some(app.name()));
    }
}
