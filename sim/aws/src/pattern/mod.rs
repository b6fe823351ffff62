//! Event patterns: conditions on a JSON event, in the language of EventBridge (FACTS 14.6).
//!
//! A pattern looks like the events that it matches. Each field of it lists alternatives, all fields
//! must match, and `$or` lists alternatives of fields.
//!
//! - `compile`: from the JSON of a pattern to its clauses; `error`: a pattern that is refused.
//! - `matcher`: one condition on a value; `numeric`, `cidr`, `wildcard`: kinds of them.
//! - `event`: the fields of an event; `search`: the search for fields that satisfy a clause.
//! - `filters`: the patterns of an event source mapping.

mod cidr;
mod compile;
mod error;
mod event;
mod filters;
mod matcher;
mod numeric;
mod search;
mod wildcard;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

pub use error::PatternError;
use event::Event;
pub use filters::{FILTERS_MAX, FILTERS_MAX_RAISED, FilterError, Filters};
use matcher::Matcher;

/// A pattern that matches some events.
///
/// ```
/// use serde_json::json;
/// use stormglass_aws::pattern::Pattern;
///
/// let pattern = json!({ "source": ["chat"], "detail": { "members": [{ "numeric": [">", 5] }] } });
/// let pattern = Pattern::parse(&pattern).unwrap();
/// assert!(pattern.matches(&json!({ "source": "chat", "detail": { "members": 8 } })));
/// assert!(!pattern.matches(&json!({ "source": "chat", "detail": { "members": 3 } })));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// The clauses, of which one must match. There is one, unless the pattern has an `$or`.
    clauses: Vec<Clause>,
}

/// The conditions of a clause by the path of their field, whose steps are joined by dots.
///
/// Of the conditions on a field, one must be true.
type Clause = BTreeMap<String, Vec<Matcher>>;

impl Pattern {
    /// Parses the JSON of a pattern.
    ///
    /// # Errors
    ///
    /// If AWS would refuse the pattern: it is no object, a field holds no array, an operator is
    /// unknown or has a value of the wrong shape.
    pub fn parse(pattern: &Value) -> Result<Pattern, PatternError> {
        Ok(Pattern { clauses: compile::clauses(pattern)? })
    }

    /// Reports whether an event matches. An event that is no object matches no pattern.
    pub fn matches(&self, event: &Value) -> bool {
        let event = Event::new(event);
        self.clauses.iter().any(|clause| search::is_satisfied(clause, &event))
    }

    /// Returns the paths of the fields that have a condition.
    fn paths(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().flat_map(BTreeMap::keys).map(String::as_str)
    }
}
