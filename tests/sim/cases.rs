//! The cases that are kept in `tests/cases`: the production handlers hold in each of them.

use std::fs;
use std::path::Path;

use stormglass::apps::Stormglass;
use stormglass_sim::report::Report;
use stormglass_sim::{App, Case, kept, replay};
use stormglass_spec::properties;

#[test]
fn the_production_handlers_hold_in_every_case_that_is_kept() {
    let cases = cases();
    assert!(!cases.is_empty(), "tests/cases holds no case");
    for (file, case) in cases {
        hold(&file, &case);
    }
}

fn hold(file: &str, case: &Case) {
    let run = replay(&Stormglass, case, &properties::ALL).expect("the harness works");
    let app = Stormglass.name();
    if let Some(violation) = &run.violation {
        panic!("{file}:\n{}", Report { run: &run, violation, app, source: file, shrunk: None });
    }
    let unmet = run.unmet(case);
    let unmet = unmet.iter().map(|(key, choice)| format!("{key}={choice}")).collect::<Vec<_>>();
    let unmet = unmet.join(" ");
    assert_eq!(unmet, "", "{file}: never came up in `cargo sim replay {file}`");
}

/// Every case with the name of its file, in the order of the names.
fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let entries = fs::read_dir(&folder).expect("the folder of the cases");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(folder.join(&name)).expect("a file");
        let case = kept::read(&text).unwrap_or_else(|error| panic!("tests/cases/{name}: {error}"));
        (format!("tests/cases/{name}"), case)
    };
    names.into_iter().map(read).collect()
}
