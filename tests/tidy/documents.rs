//! Documents at the root, in `.ci` and of the server: they name files that exist, and leave none
//! out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use toml::{Table, Value};

use super::root;

const DOCUMENTS: [&str; 9] = [
    ".ci/README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "sim/serve/DIFFERENCES.md",
    "sim/serve/FUNCTIONS.md",
    "tests/FIGURES.md",
    "tests/README.md",
];

/// Folders and files at the root that a path in a document begins with.
const ROOTS: [&str; 8] =
    [".ci", ".github", "handlers", "sim", "snapshots", "spec", "tests", "Cargo.toml"];

/// Names that stand for a name in a path.
const PLACEHOLDERS: [&str; 3] = ["NAME", "FILE", "*"];

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the texts between backticks, line by line; code blocks have none.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

fn is_path(text: &str) -> bool {
    let first = text.split('/').next().unwrap_or_default();
    let is_plain = !text.contains([' ', ':', '(']);
    let is_example = PLACEHOLDERS.iter().any(|placeholder| text.contains(placeholder));
    is_plain && !is_example && ROOTS.contains(&first)
}

#[test]
fn every_path_in_a_document_exists() {
    let mut count = 0;
    for document in DOCUMENTS {
        let text = read(document);
        for path in quoted(&text).filter(|text| is_path(text)) {
            assert!(root().join(path).exists(), "{document} names {path}");
            count += 1;
        }
    }
    assert!(count > 50, "only {count} paths were found");
}

/// Returns the first name of each row of the tables in a document.
fn rows(document: &str) -> BTreeSet<String> {
    let text = read(document);
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split(['`', ' ']).next()).map(str::to_owned).collect()
}

/// Returns the names of what is in a folder.
fn entries(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

#[test]
fn the_document_of_the_scripts_has_a_row_for_each() {
    let mut scripts = entries(".ci");
    scripts.remove("README.md");
    scripts.remove("__pycache__");
    assert_eq!(rows(".ci/README.md"), scripts);
}

#[test]
fn the_document_of_the_tests_has_a_row_for_each_folder() {
    let mut folders = entries("tests");
    folders.retain(|name| !name.contains('.'));
    assert_eq!(rows("tests/README.md"), folders);
}

#[test]
fn the_architecture_draws_every_arrow_between_crates() {
    let text = read("ARCHITECTURE.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let mut drawn: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for cells in rows.filter(|cells| cells.len() == 5) {
        let [folder, _, _, uses, _] = cells[..] else { unreachable!("five cells") };
        let uses = uses.split(", ").filter(|name| !name.is_empty()).map(str::to_owned);
        drawn.insert(folder.trim_end_matches('`').to_owned(), uses.collect());
    }
    let all = drawn.remove("tests").expect("a row for the tests");
    assert_eq!(all, BTreeSet::from(["everything".to_owned()]));
    let workspace: Table = read("Cargo.toml").parse().expect("a manifest");
    let members = workspace["workspace"]["members"].as_array().expect("members");
    let members = members.iter().filter_map(Value::as_str).filter(|member| *member != "tests");
    let actual: BTreeMap<String, BTreeSet<String>> =
        members.map(|member| (member.to_owned(), uses(member))).collect();
    assert_eq!(drawn, actual);
}

/// Returns the crates of the workspace that a crate depends on, by the last part of their names. A
/// crate that depends on none uses those that its tests depend on.
fn uses(member: &str) -> BTreeSet<String> {
    let manifest: Table = read(&format!("{member}/Cargo.toml")).parse().expect("a manifest");
    let ours = |section: &str| -> BTreeSet<String> {
        let table = manifest.get(section).and_then(Value::as_table);
        let names = table.into_iter().flat_map(Table::keys);
        let names = names.map(|name| if name == "stormglass" { "stormglass-cli" } else { name });
        names.filter_map(|name| name.strip_prefix("stormglass-")).map(str::to_owned).collect()
    };
    let uses = ours("dependencies");
    if uses.is_empty() { ours("dev-dependencies") } else { uses }
}
