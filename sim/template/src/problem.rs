//! Errors and warnings, with the place that they speak of.

use std::fmt;

/// A part of a template that cannot be read, as an error or as a warning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The logical id of the resource, if the part belongs to one.
    pub resource: Option<String>,
    /// The mistake, or the part that is left out.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { file, line, resource, what } = self;
        match resource {
            Some(resource) => write!(f, "{file}, line {line}, {resource}: {what}"),
            None => write!(f, "{file}, line {line}: {what}"),
        }
    }
}

/// A mistake at a line, before it is known which file and resource the line belongs to.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) line: usize,
    pub(crate) what: String,
}

impl Mistake {
    pub(crate) fn new(line: usize, what: impl Into<String>) -> Mistake {
        Mistake { line, what: what.into() }
    }

    /// Returns the mistake as a problem of a whole template.
    pub(crate) fn of_template(self, file: &str) -> Problem {
        let what = format!("{}, so no stack can be read", self.what);
        Mistake { what, ..self }.within(file, None)
    }

    /// Returns the mistake as a problem of a file, and of a resource if there is one.
    pub(crate) fn within(self, file: &str, resource: Option<&str>) -> Problem {
        Problem {
            file: file.to_owned(),
            line: self.line,
            resource: resource.map(str::to_owned),
            what: self.what,
        }
    }
}
