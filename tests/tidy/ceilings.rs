//! Figures of each package that can only fall, in `ceilings.toml`.

use std::collections::BTreeMap;
use std::fs;

use toml::{Table, Value};

use crate::root;

/// A share of at most this much is asked of a new package, in tenths of a percent.
const NEW_TENTHS_MAX: usize = 70;
/// A share that is this much below its ceiling lowers it, in tenths of a percent.
const SLACK_TENTHS: usize = 10;

/// A section of the file.
///
/// A package that is not in a section of counts has the ceiling 0. Every package is in a section of
/// percentages.
pub(crate) struct Ceilings {
    section: &'static str,
    unit: Unit,
    /// The figures, in units.
    figures: BTreeMap<String, usize>,
}

/// The unit of a section.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    /// A number of things.
    Count,
    /// A tenth of a percent.
    Tenth,
}

impl Ceilings {
    /// Reads a section.
    pub(crate) fn read(section: &'static str, unit: Unit) -> Ceilings {
        let text = fs::read_to_string(root().join("tests/tidy/ceilings.toml")).expect("ceilings");
        let file: Table = text.parse().expect("TOML");
        let table = file.get(section).and_then(Value::as_table).expect("a section");
        let figures = table.iter().map(|(package, value)| (package.clone(), unit.parse(value)));
        Ceilings { section, unit, figures: figures.collect() }
    }

    /// Fails with everything that is to be mended or lowered.
    pub(crate) fn hold(&self, measured: &BTreeMap<String, usize>) {
        let gone = self.figures.keys().filter(|package| !measured.contains_key(*package));
        let gone = gone.map(|package| format!("{package} is no package: remove its ceiling"));
        let found = measured.iter().filter_map(|(package, found)| self.complaint(package, *found));
        let complaints: Vec<String> = gone.chain(found).collect();
        assert!(complaints.is_empty(), "[{}]\n{}", self.section, complaints.join("\n"));
    }

    fn complaint(&self, package: &str, found: usize) -> Option<String> {
        let shown = self.unit.show(found);
        let (ceiling, slack) = match (self.figures.get(package), self.unit) {
            (Some(ceiling), Unit::Tenth) => (*ceiling, SLACK_TENTHS),
            (Some(ceiling), Unit::Count) => (*ceiling, 0),
            (None, Unit::Count) => (0, 0),
            (None, Unit::Tenth) => {
                let most = self.unit.show(NEW_TENTHS_MAX);
                return Some(format!(
                    "{package} has {shown} and no ceiling: add one, {most} at most"
                ));
            }
        };
        let is_low = found + slack < ceiling;
        let limit = self.unit.show(ceiling);
        if found > ceiling {
            return Some(format!("{package} has {shown}, above its ceiling {limit}: mend it"));
        }
        is_low.then(|| format!("{package} has {shown}: lower its ceiling from {limit} to that"))
    }
}

impl Unit {
    fn parse(self, value: &Value) -> usize {
        let figure = match (self, value) {
            (Unit::Count, Value::Integer(count)) => usize::try_from(*count).ok(),
            (Unit::Tenth, Value::Float(percent)) => {
                format!("{percent:.1}").replace('.', "").parse().ok()
            }
            _ => None,
        };
        figure.expect("a count, or a percentage with one decimal")
    }

    fn show(self, figure: usize) -> String {
        match self {
            Unit::Count => figure.to_string(),
            Unit::Tenth => format!("{}.{}", figure / 10, figure % 10),
        }
    }
}

#[test]
fn a_ceiling_is_neither_broken_nor_left_high() {
    let figures = BTreeMap::from([("a".to_owned(), 71)]);
    let shares = Ceilings { section: "shares", unit: Unit::Tenth, figures: figures.clone() };
    let counts = Ceilings { section: "counts", unit: Unit::Count, figures };
    assert_eq!(shares.complaint("a", 71), None);
    assert_eq!(shares.complaint("a", 61), None);
    assert_eq!(
        shares.complaint("a", 60).expect("one"),
        "a has 6.0: lower its ceiling from 7.1 to that"
    );
    assert_eq!(
        shares.complaint("a", 72).expect("one"),
        "a has 7.2, above its ceiling 7.1: mend it"
    );
    assert_eq!(
        shares.complaint("b", 0).expect("one"),
        "b has 0.0 and no ceiling: add one, 7.0 at most"
    );
    assert_eq!(
        counts.complaint("a", 70).expect("one"),
        "a has 70: lower its ceiling from 71 to that"
    );
    assert_eq!(counts.complaint("b", 0), None);
    assert_eq!(counts.complaint("b", 1).expect("one"), "b has 1, above its ceiling 0: mend it");
}
