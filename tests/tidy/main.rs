//! Rules of the source that no compiler checks.

mod arrows;
mod ceilings;
mod documents;
mod facts;
mod house;

use std::fs;
use std::path::{Path, PathBuf};

const COLUMNS_MAX: usize = 100;
const LINES_MAX: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["spec", "handlers", "sim", "tests"].map(|folder| root().join(folder)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            // A build of the fuzz target leaves files there that are none of ours.
            if path.ends_with("target") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 50, "only {} source files were found", found.len());
    found
}

/// Strings that stand for the bytes of a protocol may be long.
#[test]
fn lines_are_short() {
    for (path, text) in sources() {
        for (index, line) in text.lines().enumerate() {
            let is_literal = line.contains("r#\"") || line.contains("r##\"");
            let columns = line.chars().count();
            let place = format!("{}:{}", path.display(), index + 1);
            assert!(columns <= COLUMNS_MAX || is_literal, "{place} has {columns} columns");
        }
    }
}

#[test]
fn files_are_short() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines", path.display());
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in sources() {
        let is_test_module = path.components().any(|part| part.as_os_str() == "tests")
            && path.components().any(|part| part.as_os_str() == "src");
        let is_unit_test = path.file_name().is_some_and(|name| name == "tests.rs");
        let says = text.starts_with("//!");
        assert!(says || is_test_module || is_unit_test, "{} has no `//!`", path.display());
    }
}
