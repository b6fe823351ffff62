//! The page of all keys, `sim/serve/FUNCTIONS.md`, against the keys that the program reads.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::server::refused;

/// A key that no section has.
const UNKNOWN: &str = "no-such-key";

fn page() -> String {
    let path = Path::new(crate::SERVE).join("FUNCTIONS.md");
    fs::read_to_string(path).expect("the page")
}

/// The keys that the page has for a section, such as `table.index`; none for those at the top.
fn on_the_page(section: Option<&str>) -> BTreeSet<String> {
    let page = page();
    let heading = match section {
        None => "## Keys at the top\n".to_owned(),
        Some(section) => format!("## `[[{section}]]`\n"),
    };
    let (_, after) = page.split_once(&heading).unwrap_or_else(|| panic!("no heading {heading}"));
    let text = after.split("\n## ").next().unwrap_or_default();
    let entries = text.lines().filter_map(|line| line.strip_prefix("- `")?.split_once('`'));
    let keys = entries.map(|(key, _)| key.to_owned()).chain(sections_within(&page, section));
    keys.collect()
}

/// The sections that the page has within a section, as keys of that.
fn sections_within(page: &str, section: Option<&str>) -> Vec<String> {
    let prefix = section.map_or(String::new(), |section| format!("{section}."));
    let headings = page.lines().filter_map(|line| line.strip_prefix("## `[[")?.strip_suffix("]]`"));
    let within = headings.filter_map(|heading| heading.strip_prefix(&prefix));
    within.filter(|key| !key.contains('.')).map(str::to_owned).collect()
}

/// The keys that the program names when it meets another one.
fn of_the_program(section: Option<&str>) -> BTreeSet<String> {
    let text = match section {
        None => format!("{UNKNOWN} = 1\n"),
        Some(section) => {
            let outer = section.split_once('.').map(|(outer, _)| format!("[[{outer}]]\n"));
            format!("{}[[{section}]]\n{UNKNOWN} = 1\n", outer.unwrap_or_default())
        }
    };
    let said = String::from_utf8_lossy(&refused(&text).stderr).into_owned();
    let unknown = format!("unknown field `{UNKNOWN}`, expected ");
    let (_, known) = said.split_once(&unknown).unwrap_or_else(|| panic!("{text}\n{said}"));
    let known = known.split(';').next().unwrap_or_default();
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_page_has_every_key_and_no_other() {
    let mut sections = vec![None];
    let mut count = 0;
    while let Some(section) = sections.pop() {
        let keys = of_the_program(section.as_deref());
        assert_eq!(on_the_page(section.as_deref()), keys, "{section:?}");
        count += keys.len();
        for inner in sections_within(&page(), section.as_deref()) {
            sections.push(Some(match &section {
                None => inner,
                Some(outer) => format!("{outer}.{inner}"),
            }));
        }
    }
    assert!(count > 20, "{count} keys");
}

#[test]
fn the_help_ends_with_the_page_and_the_short_help_does_not() {
    let help = |flag: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_stormglass-serve")).arg(flag).output();
        let output = output.expect("the program runs");
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).expect("text")
    };
    let (long, short) = (help("--help"), help("-h"));
    assert!(long.ends_with(&page()), "{long}");
    assert!(!short.contains("[[function]]"), "{short}");
    assert!(page().lines().all(|line| line.chars().count() <= 100), "a line is longer than that");
}
