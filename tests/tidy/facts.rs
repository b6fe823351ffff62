//! Citations of the facts about AWS: each has its row or section in `spec/FACTS.md`.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::root;

const DOCUMENT: &str = "spec/FACTS.md";
/// Path of this file, whose citations are samples.
const SAMPLES: &str = "tests/tidy/facts.rs";
const EXTENSIONS: [&str; 6] = ["rs", "md", "yaml", "yml", "toml", "patch"];
const CITED_MIN: usize = 100;

#[test]
fn every_citation_has_a_row() {
    let (facts, citations) = (Facts::read(&document()), citations());
    assert!(citations.len() > CITED_MIN, "only {} citations were found", citations.len());
    let broken: Vec<String> =
        citations.iter().filter_map(|citation| citation.mistake(&facts)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    print_uncited(&facts, &citations);
}

#[test]
fn rows_are_unique_and_in_order() {
    let facts = Facts::read(&document());
    assert!(!facts.rows.is_empty(), "{DOCUMENT} has no rows");
    assert_ascending(&facts.sections);
    assert_ascending(&facts.rows);
}

#[test]
fn every_issue_of_github_is_named_with_its_owner() {
    for (index, line) in document().lines().enumerate() {
        let nameless: Vec<&str> = nameless_issues(line).collect();
        assert!(nameless.is_empty(), "{DOCUMENT}:{}: `gh:owner/repo#n`: {nameless:?}", index + 1);
    }
    let found = |line| nameless_issues(line).collect::<Vec<_>>();
    assert_eq!(found("[W: cortex#1226; LDG issue 430]"), ["cortex#1226", "issue 430"]);
    assert_eq!(found("[gh:aws/aws-cdk#30539, #2; (gh:a/b#1)]"), Vec::<&str>::new());
}

#[test]
fn a_citation_is_a_number_a_list_or_a_range() {
    assert_eq!(numbers("(FACTS 4.7, once more)"), "4.7");
    assert_eq!(numbers("(FACTS 10)."), "10");
    assert_eq!(numbers("FACTS 1.2, 2.3 and 4.1. And so on"), "1.2 2.3 4.1");
    assert_eq!(numbers("FACTS 1 and 3.1: both"), "1 3.1");
    assert_eq!(numbers("FACTS 1.11 to 1.14, 18.1a"), "1.11 1.12 1.13 1.14 18.1a");
    assert_eq!(numbers("`FACTS 5.1-5.3`, FACTS 3.2: 603.9 s"), "5.1 5.2 5.3 3.2");
    assert_eq!(numbers("FACTS n.m, FACTS: none"), "");
}

#[test]
fn a_citation_ends_on_its_line() {
    let is_complete = |line: &str| lists(line).iter().all(|list| list.is_complete);
    assert!(is_complete("FACTS 1, the last lines"));
    assert!(is_complete("(FACTS 1.2),"));
    assert!(!is_complete("FACTS 1.2, 2.3,"));
    assert!(!is_complete("FACTS 1.2 and"));
    assert!(!is_complete("see the FACTS"));
}

#[test]
fn a_row_begins_with_its_number() {
    let facts =
        Facts::read("## 4. Order\n\n- **4.7** A fact,\n  **4.8** inside.\n- **D**: none.\n");
    let names: Vec<String> =
        facts.sections.iter().chain(&facts.rows).map(Number::to_string).collect();
    assert_eq!(names, ["4", "4.7"]);
}

/// Returns the issues and pull requests of a line that do not name their owner. A bare `#n` is one
/// more of the repository before it.
fn nameless_issues(line: &str) -> impl Iterator<Item = &str> {
    let names = line.split([' ', ',', ';', '(', '[', ')', ']']).filter(|word| {
        let repository = word.split_once('#').filter(|(_, number)| read_digits(number).is_some());
        let has_owner = |name: &str| name.starts_with("gh:") && name.contains('/');
        repository.is_some_and(|(name, _)| !name.is_empty() && !has_owner(name))
    });
    let numbers = line.match_indices("issue ").filter_map(|(start, word)| {
        let (_, rest) = read_digits(&line[start + word.len()..])?;
        Some(&line[start..line.len() - rest.len()])
    });
    names.chain(numbers)
}

/// Prints the rows that no citation names, which is allowed.
fn print_uncited(facts: &Facts, citations: &[Citation]) {
    let cited: BTreeSet<&Number> =
        citations.iter().flat_map(|citation| &citation.list.numbers).collect();
    let uncited: Vec<String> =
        facts.rows.iter().filter(|row| !cited.contains(row)).map(Number::to_string).collect();
    println!("{} rows without a citation: {}", uncited.len(), uncited.join(" "));
}

fn numbers(line: &str) -> String {
    let lists = lists(line);
    let numbers = lists.iter().flat_map(|list| &list.numbers);
    numbers.map(Number::to_string).collect::<Vec<_>>().join(" ")
}

fn assert_ascending(numbers: &[Number]) {
    for (former, latter) in numbers.iter().zip(numbers.iter().skip(1)) {
        assert!(former < latter, "{DOCUMENT}: {latter} comes after {former}");
    }
}

/// Number of a section, such as 10, or of a row, such as 4.7 or 18.1a.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Number {
    section: u32,
    row: Option<(u32, Option<char>)>,
}

impl Number {
    /// Reads the number at the start of a text, and returns the rest of the text as well.
    fn read(text: &str) -> Option<(Number, &str)> {
        let (section, rest) = read_digits(text)?;
        let row = rest.strip_prefix('.').and_then(read_digits);
        let Some((row, rest)) = row else {
            return Some((Number { section, row: None }, rest));
        };
        let mut after = rest.chars();
        let letter = after.next().filter(char::is_ascii_lowercase);
        let letter = letter.filter(|_| !after.clone().next().is_some_and(char::is_alphanumeric));
        let rest = if letter.is_some() { after.as_str() } else { rest };
        Some((Number { section, row: Some((row, letter)) }, rest))
    }

    /// Returns the rows that lie between two rows of one section.
    fn between(first: &Number, last: &Number) -> Vec<Number> {
        match (first.row, last.row) {
            (Some((low, _)), Some((high, _))) if first.section == last.section => (low + 1..high)
                .map(|row| Number { section: first.section, row: Some((row, None)) })
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.section)?;
        if let Some((row, letter)) = self.row {
            write!(f, ".{row}")?;
            letter.map_or(Ok(()), |letter| write!(f, "{letter}"))?;
        }
        Ok(())
    }
}

fn read_digits(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// Sections and rows of the document, in its order.
#[derive(Debug)]
struct Facts {
    sections: Vec<Number>,
    rows: Vec<Number>,
}

impl Facts {
    fn read(text: &str) -> Facts {
        let mut facts = Facts { sections: Vec::new(), rows: Vec::new() };
        for (index, line) in text.lines().enumerate() {
            facts.read_line(line, &format!("{DOCUMENT}:{}", index + 1));
        }
        facts
    }

    fn read_line(&mut self, line: &str, place: &str) {
        if let Some((number, rest)) = line.strip_prefix("## ").and_then(Number::read) {
            assert!(number.row.is_none() && rest.starts_with(". "), "{place}: no `## n. Title`");
            self.sections.push(number);
        } else if let Some((number, rest)) = line.strip_prefix("- **").and_then(Number::read) {
            assert!(
                number.row.is_some() && rest.starts_with("** "),
                "{place}: no `- **n.m** text`"
            );
            let section = self.sections.last().map(|section| section.section);
            assert_eq!(section, Some(number.section), "{place}: {number} is in another section");
            self.rows.push(number);
        }
    }

    fn contains(&self, number: &Number) -> bool {
        self.sections.contains(number) || self.rows.contains(number)
    }
}

fn document() -> String {
    fs::read_to_string(root().join(DOCUMENT)).expect("the document of the facts")
}

/// Place with the word `FACTS` and the numbers behind it.
#[derive(Debug)]
struct Citation {
    place: String,
    list: List,
}

impl Citation {
    /// Returns what is wrong with the citation, with its file and line.
    fn mistake(&self, facts: &Facts) -> Option<String> {
        let place = &self.place;
        if !self.list.is_complete {
            return Some(format!("{place}: a citation of FACTS must end on its line"));
        }
        let missing = self.list.numbers.iter().find(|number| !facts.contains(number))?;
        Some(format!("{place}: FACTS {missing} has no row in {DOCUMENT}"))
    }
}

/// Numbers that one citation names.
#[derive(Debug)]
struct List {
    numbers: Vec<Number>,
    /// Is true if the list ends on its line. Numbers on the next line are not read.
    is_complete: bool,
}

impl List {
    /// Texts between two numbers, and whether they stand for the rows in between as well.
    const JOINTS: [(&str, bool); 5] =
        [(", and ", false), (", ", false), (" and ", false), (" to ", true), ("-", true)];

    /// Reads the list behind the word `FACTS`: one number, several, or a range such as 5.1-5.3.
    fn read(text: &str) -> Option<List> {
        if ends_line(text) {
            return Some(List { numbers: Vec::new(), is_complete: false });
        }
        let (first, mut rest) = Number::read(text.strip_prefix(' ')?)?;
        let mut numbers = vec![first];
        while let Some((is_range, number, after)) = List::read_next(rest) {
            if is_range {
                let between = numbers.last().map(|last| Number::between(last, &number));
                numbers.extend(between.unwrap_or_default());
            }
            numbers.push(number);
            rest = after;
        }
        let goes_on = List::JOINTS
            .iter()
            .any(|(joint, _)| rest.strip_prefix(joint.trim_end()).is_some_and(ends_line));
        Some(List { numbers, is_complete: !goes_on })
    }

    fn read_next(text: &str) -> Option<(bool, Number, &str)> {
        List::JOINTS.iter().find_map(|(joint, is_range)| {
            let (number, rest) = Number::read(text.strip_prefix(joint)?)?;
            Some((*is_range, number, rest))
        })
    }
}

/// Returns whether a line has no more words; the backslash of a long string is no word.
fn ends_line(text: &str) -> bool {
    text.trim_end_matches('\\').trim_end().is_empty()
}

fn citations() -> Vec<Citation> {
    let mut found = Vec::new();
    for path in sources() {
        let text = fs::read_to_string(&path).expect("a source file");
        for (index, line) in text.lines().enumerate() {
            let place = format!("{}:{}", path.display(), index + 1);
            let lists = lists(line).into_iter();
            found.extend(lists.map(|list| Citation { place: place.clone(), list }));
        }
    }
    found
}

fn lists(line: &str) -> Vec<List> {
    let words = line.match_indices("FACTS").filter(|(start, _)| {
        let before = line[..*start].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    });
    words.filter_map(|(start, word)| List::read(&line[start + word.len()..])).collect()
}

/// Files that can cite facts, none of them of the version control or of a build.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with(".git") && !path.ends_with("target") {
                folders.push(path);
            } else if is_source(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn is_source(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let can_cite = extension.is_some_and(|extension| EXTENSIONS.contains(&extension));
    can_cite && !path.ends_with(DOCUMENT) && !path.ends_with(SAMPLES)
}
