//! The effort that it took to find each known bug.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{RecordError, SCHEMA, parse};

/// The results of a hunt for known bugs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HuntRecord {
    /// Always `known-bad`.
    pub kind: String,
    /// The version of this format: [`SCHEMA`].
    pub schema: u32,
    /// A row for each bug, in the order of the catalogue.
    pub rows: Vec<HuntRow>,
}

/// The results of the hunt for one bug. `known-bad --json` prints it as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HuntRow {
    /// Always `known-bad`.
    pub kind: String,
    /// The name of the bug.
    pub name: String,
    /// The promise that it must break.
    pub promise: String,
    /// The mistake of the programmer.
    pub mistake: String,
    /// True if a strategy found the bug.
    pub found: bool,
    /// The bug that hides this one, if one does.
    pub hidden_by: Option<String>,
    /// The result of each strategy.
    pub hunted: Vec<StrategyResult>,
    /// The first find after shrinking.
    pub shrunk: Option<ShortCase>,
}

/// The result of one strategy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyResult {
    /// The name of the strategy.
    pub strategy: String,
    /// The seeds or executions until the bug was found; none if it was not.
    pub runs: Option<u64>,
    /// The promise that was broken before the one that the bug must break, if any.
    pub broken_first: Option<String>,
    /// The wall time of the hunt, in ms.
    pub wall_ms: u64,
}

/// A find after shrinking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortCase {
    /// The text of the case.
    pub case: String,
    /// The number of steps that its clients take.
    pub steps: usize,
    /// The number of deviations in its schedule.
    pub deviations: usize,
    /// The number of runs that shrinking took.
    pub runs: u64,
    /// The wall time of shrinking, in ms.
    pub wall_ms: u64,
}

impl HuntRecord {
    /// Creates the record of a hunt.
    pub fn new(rows: Vec<HuntRow>) -> HuntRecord {
        HuntRecord { kind: "known-bad".to_owned(), schema: SCHEMA, rows }
    }

    /// Parses the text of [`HuntRecord::to_text`].
    ///
    /// # Errors
    ///
    /// If it is another text, or of another version.
    pub fn parse(text: &str) -> Result<HuntRecord, RecordError> {
        parse(text, "known-bad")
    }

    /// Returns the text of `known-bad.json`: one object.
    pub fn to_text(&self) -> String {
        let value = serde_json::to_value(self).expect("its keys are strings");
        format!("{value}\n")
    }

    /// Adds the results of a later hunt for some of the bugs. The rows of other bugs stay, and so
    /// do the results of other strategies.
    pub fn merge(&mut self, later: Vec<HuntRow>) {
        for row in later {
            match self.rows.iter_mut().find(|known| known.name == row.name) {
                Some(known) => known.merge(row),
                None => self.rows.push(row),
            }
        }
    }

    /// Returns the names of the strategies, in the order of their first results.
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

impl HuntRow {
    fn merge(&mut self, later: HuntRow) {
        let mut hunted = std::mem::take(&mut self.hunted);
        for result in later.hunted.iter().cloned() {
            match hunted.iter_mut().find(|known| known.strategy == result.strategy) {
                Some(known) => *known = result,
                None => hunted.push(result),
            }
        }
        let found = hunted.iter().any(|hunted| hunted.runs.is_some());
        let shrunk = later.shrunk.clone().or_else(|| self.shrunk.take());
        *self = HuntRow { hunted, found, shrunk, ..later };
    }

    /// Returns the object of the row, with its keys in alphabetical order.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("its keys are strings")
    }

    /// Returns the seeds or executions that a strategy took to find the bug, if it did.
    pub fn runs(&self, strategy: &str) -> Option<u64> {
        self.hunted.iter().find(|hunted| hunted.strategy == strategy)?.runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, hunted: &[(&str, Option<u64>)]) -> HuntRow {
        let hunted: Vec<StrategyResult> = hunted
            .iter()
            .map(|(strategy, runs)| StrategyResult {
                strategy: (*strategy).to_owned(),
                runs: *runs,
                broken_first: None,
                wall_ms: 1,
            })
            .collect();
        HuntRow {
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
    fn a_later_hunt_replaces_only_its_own_results() {
        let mut known = HuntRecord::new(vec![
            row("a", &[("random", Some(7))]),
            row("b", &[("random", Some(9)), ("pct", Some(3))]),
        ]);
        known.merge(vec![row("b", &[("pct", None)]), row("c", &[("random", None)])]);
        let expected = HuntRecord::new(vec![
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
        let known = HuntRecord::new(vec![row("a", &[("random", Some(7))])]);
        assert_eq!(HuntRecord::parse(&known.to_text()).expect("what it wrote"), known);
    }

    #[test]
    fn a_text_that_is_no_record_is_refused_in_plain_words() {
        let refused = |text: &str| HuntRecord::parse(text).expect_err("no record").to_string();
        assert_eq!(
            refused(r#"{"schema": 7}"#),
            "it has schema 7, but this stormglass reads 1: run `known-bad` again"
        );
        for text in ["", "[]", "{}", r#"{"schema": 1}"#, r#"{"schema": 1, "kind": 7, "rows": 1}"#] {
            let refused = refused(text);
            assert!(refused.starts_with("it is not the output of `known-bad` ("), "{refused}");
        }
    }
}
