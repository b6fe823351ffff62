//! What it took to find each application that is known to be bad.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{RecordError, SCHEMA, parse};

/// What it took to find each application that is known to be bad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownBad {
    /// Always `known-bad`.
    pub kind: String,
    /// The version of this format: [`SCHEMA`].
    pub schema: u32,
    /// One for each application, in the order of the catalogue.
    pub rows: Vec<Row>,
}

/// What came of hunting one of them. It is also what `--json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Always `known-bad`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The promise that it must break.
    pub promise: String,
    /// What is wrong with it.
    pub mistake: String,
    /// Whether a strategy found it.
    pub found: bool,
    /// The application whose mistake hides this one, if one does.
    pub hidden_by: Option<String>,
    /// What came of each strategy.
    pub hunted: Vec<Hunted>,
    /// How short the first find got.
    pub shrunk: Option<Shrunk>,
}

/// What came of one strategy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunted {
    /// Its name.
    pub strategy: String,
    /// The seeds or executions until it was found; none if it was not.
    pub runs: Option<u64>,
    /// What was broken before the promise that must be broken.
    pub broken_first: Option<String>,
    /// The time that it took on the wall, in ms.
    pub wall_ms: u64,
}

/// How short a find got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shrunk {
    /// The short case.
    pub case: String,
    /// How many steps its clients take.
    pub steps: usize,
    /// How many deviations it has.
    pub deviations: usize,
    /// How many runs it took.
    pub runs: u64,
    /// The time that it took on the wall, in ms.
    pub wall_ms: u64,
}

impl KnownBad {
    /// What came of a hunt.
    pub fn new(rows: Vec<Row>) -> KnownBad {
        KnownBad { kind: "known-bad".to_owned(), schema: SCHEMA, rows }
    }

    /// Reads what [`KnownBad::to_text`] wrote.
    ///
    /// # Errors
    ///
    /// If it is something else, or of another version.
    pub fn parse(text: &str) -> Result<KnownBad, RecordError> {
        parse(text, "cargo sim known-bad")
    }

    /// The text of `known-bad.json`: one object.
    pub fn to_text(&self) -> String {
        let value = serde_json::to_value(self).expect("its keys are strings");
        format!("{value}\n")
    }

    /// Takes over what a later hunt for some of them came to. What other strategies had come to
    /// stays, and so do the rows that were not hunted.
    pub fn merge(&mut self, later: Vec<Row>) {
        for row in later {
            match self.rows.iter_mut().find(|known| known.name == row.name) {
                Some(known) => known.merge(row),
                None => self.rows.push(row),
            }
        }
    }

    /// The strategies that hunted, in the order in which they first come up.
    pub fn strategies(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for hunted in self.rows.iter().flat_map(|row| &row.hunted) {
            if !names.contains(&hunted.strategy.as_str()) {
                names.push(&hunted.strategy);
            }
        }
        names
    }
}

impl Row {
    fn merge(&mut self, later: Row) {
        let mut hunted = std::mem::take(&mut self.hunted);
        for result in later.hunted.iter().cloned() {
            match hunted.iter_mut().find(|known| known.strategy == result.strategy) {
                Some(known) => *known = result,
                None => hunted.push(result),
            }
        }
        let found = hunted.iter().any(|hunted| hunted.runs.is_some());
        let shrunk = later.shrunk.clone().or_else(|| self.shrunk.take());
        *self = Row { hunted, found, shrunk, ..later };
    }

    /// Its object, the keys in alphabetical order.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("its keys are strings")
    }

    /// The seeds or executions that a strategy took to find it, if it did.
    pub fn runs(&self, strategy: &str) -> Option<u64> {
        self.hunted.iter().find(|hunted| hunted.strategy == strategy)?.runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, hunted: &[(&str, Option<u64>)]) -> Row {
        let hunted: Vec<Hunted> = hunted
            .iter()
            .map(|(strategy, runs)| Hunted {
                strategy: (*strategy).to_owned(),
                runs: *runs,
                broken_first: None,
                wall_ms: 1,
            })
            .collect();
        Row {
            kind: "known-bad".to_owned(),
            name: name.to_owned(),
            promise: "delivered".to_owned(),
            mistake: "it is wrong".to_owned(),
            found: hunted.iter().any(|hunted| hunted.runs.is_some()),
            hidden_by: None,
            hunted,
            shrunk: None,
        }
    }

    #[test]
    fn a_later_hunt_replaces_only_what_it_hunted() {
        let mut known = KnownBad::new(vec![
            row("a", &[("random", Some(7))]),
            row("b", &[("random", Some(9)), ("pct", Some(3))]),
        ]);
        known.merge(vec![row("b", &[("pct", None)]), row("c", &[("random", None)])]);
        let expected = KnownBad::new(vec![
            row("a", &[("random", Some(7))]),
            row("b", &[("random", Some(9)), ("pct", None)]),
            row("c", &[("random", None)]),
        ]);
        assert_eq!(known, expected);
        assert_eq!(known.strategies(), ["random", "pct"]);
        assert_eq!((known.rows[1].runs("random"), known.rows[1].runs("pct")), (Some(9), None));
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let known = KnownBad::new(vec![row("a", &[("random", Some(7))])]);
        assert_eq!(KnownBad::parse(&known.to_text()).expect("what it wrote"), known);
    }

    #[test]
    fn what_is_no_record_is_refused_in_plain_words() {
        let refused = |text: &str| KnownBad::parse(text).expect_err("no record").to_string();
        assert_eq!(
            refused(r#"{"schema": 7}"#),
            "it is of schema 7, but this stormglass reads 1: run `cargo sim known-bad` again"
        );
        for text in ["", "[]", "{}", r#"{"schema": 1}"#, r#"{"schema": 1, "kind": 7, "rows": 1}"#] {
            let refused = refused(text);
            assert!(
                refused.starts_with("it is not what `cargo sim known-bad` writes"),
                "{refused}"
            );
        }
    }
}
