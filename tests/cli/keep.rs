//! `cargo sim keep`: the cases that it stores, and those that it refuses.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::folder::Folder;
use crate::{line, program, sim, stderr, stdout};

const RACE: &str = r#"v1 ana:c bob:c,i200ms,b"hi" cyd:i30s,c | bob.b1.scan-1=stale"#;

impl Folder {
    fn with_cases(name: &str) -> Folder {
        let folder = Folder::new(&format!("keep-{name}"));
        fs::create_dir_all(folder.0.join("tests/cases")).expect("a folder of cases");
        folder
    }

    fn keep(&self, arguments: &[&str]) -> Output {
        keep_in(&self.0, arguments)
    }

    fn case(&self, name: &str) -> PathBuf {
        self.0.join(format!("tests/cases/{name}.case"))
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.case(name)).expect("a case was kept")
    }
}

fn keep_in(folder: &Path, arguments: &[&str]) -> Output {
    program(&[&["keep"], arguments].concat())
        .current_dir(folder)
        .output()
        .expect("the program runs")
}

#[test]
fn a_case_is_shrunk_and_kept_with_the_promise_that_it_broke_and_the_reason() {
    let folder = Folder::with_cases("short");
    let output = folder.keep(&[RACE, "stale-scan", "--app", "tutorial"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = folder.text("stale-scan");
    assert!(stdout(&output).ends_with(&text), "{}", stdout(&output));
    assert_eq!(line(&text, "# app      "), "tutorial");
    assert_eq!(line(&text, "# broke    "), "delivered  (always)");
    assert!(line(&text, "# because  ").starts_with("bob1 was open from step"), "{text}");
    assert_eq!(line(&text, "v1 "), r#"bob:c,b"x" | bob.b1.scan-1=stale"#);
    let path = folder.case("stale-scan");
    let again = sim(&["replay", path.to_str().expect("a path"), "--app", "tutorial"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(stdout(&again).starts_with("FAILED  delivered"), "{}", stdout(&again));
}

#[test]
fn a_deviation_that_production_handlers_never_meet_is_noted() {
    let folder = Folder::with_cases("unmet");
    let output = folder.keep(&[RACE, "stale-scan", "--app", "tutorial"]);
    let note =
        "note: bob.b1.scan-1=stale never comes up on stormglass: `cargo test` will report that\n";
    assert_eq!(stderr(&output), note);
}

#[test]
fn a_case_is_kept_as_it_is_on_request() {
    let folder = Folder::with_cases("as-it-is");
    folder.keep(&[RACE, "stale-scan", "--app", "tutorial", "--no-shrink"]);
    let text = folder.text("stale-scan");
    assert_eq!(line(&text, "# broke    "), "delivered  (always)");
    assert_eq!(text.lines().last(), Some(RACE));
}

#[test]
fn a_case_that_breaks_nothing_is_kept_and_says_so() {
    let folder = Folder::with_cases("held");
    let output = folder.keep(&["v1 ana:c | ana.c1.start=cold", "cold-start"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = "# app      stormglass\n# held     every promise\nv1 ana:c | ana.c1.start=cold\n";
    assert_eq!(folder.text("cold-start"), text);
}

#[test]
fn a_name_that_is_taken_is_refused_and_nothing_is_overwritten() {
    let folder = Folder::with_cases("taken");
    folder.keep(&["v1 ana:c", "one"]);
    let before = folder.text("one");
    let output = folder.keep(&["v1 bob:c", "one"]);
    assert_eq!(output.status.code(), Some(2));
    let message = "one.case exists, and no case is ever overwritten: use another name\n";
    assert!(stderr(&output).ends_with(message), "{}", stderr(&output));
    assert_eq!(folder.text("one"), before);
}

#[test]
fn a_name_has_lower_case_letters_digits_and_hyphens() {
    let folder = Folder::with_cases("names");
    for name in ["Race", "a_b", "../a", "a.case", ""] {
        let output = folder.keep(&["v1 ana:c", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        let said = stderr(&output);
        assert!(said.contains("lower-case letters, digits and hyphens"), "{name}: {said}");
    }
    let kept = fs::read_dir(folder.0.join("tests/cases")).expect("a folder of cases");
    assert_eq!(kept.count(), 0);
}

#[test]
fn the_folder_is_found_from_below_the_root_of_the_workspace() {
    let folder = Folder::new("below");
    let below = folder.0.join("sim/src");
    fs::create_dir_all(&below).expect("a folder");
    let member = "[package]\nname = \"sim\"\nversion.workspace = true\n";
    fs::write(folder.0.join("sim/Cargo.toml"), member).expect("a manifest");
    fs::write(folder.0.join("Cargo.toml"), "[workspace]\n").expect("a manifest");
    let output = keep_in(&below, &["v1 ana:c", "one"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(folder.text("one").ends_with("v1 ana:c\n"));
}

#[test]
fn a_package_without_a_workspace_keeps_its_own_cases() {
    let folder = Folder::new("package");
    let below = folder.0.join("src");
    fs::create_dir_all(&below).expect("a folder");
    fs::write(folder.0.join("Cargo.toml"), "[package]\nname = \"chess\"\n").expect("a manifest");
    let output = keep_in(&below, &["v1 ana:c", "one"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(folder.text("one").ends_with("v1 ana:c\n"));
}

#[test]
fn without_a_workspace_there_is_nowhere_to_keep_a_case() {
    let folder = Folder::new("nowhere");
    let output = folder.keep(&["v1 ana:c", "one"]);
    assert_eq!(output.status.code(), Some(2));
    let message = "error: there is no folder `tests/cases` and no Cargo.toml in";
    assert!(stderr(&output).starts_with(message), "{}", stderr(&output));
}
