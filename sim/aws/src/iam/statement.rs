//! Statements of policies.

use super::condition::Condition;
use super::context::Keys;
use super::pattern::Pattern;

/// A statement: it allows or denies some actions on some resources under some conditions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    pub(super) sid: Option<String>,
    pub(super) effect: Effect,
    pub(super) actions: Selection,
    pub(super) resources: Selection,
    pub(super) conditions: Vec<Condition>,
}

/// The effect of a statement that matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// The actions or the resources of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Selection {
    /// True if all but these are meant, as in `NotAction` (FACTS 17.12).
    pub(super) is_inverted: bool,
    pub(super) patterns: Vec<Pattern>,
}

impl Statement {
    /// Returns the indices of the actions that match; none if the statement does not match.
    pub(super) fn matching(&self, action: &str, resource: &str, keys: &Keys<'_>) -> Vec<usize> {
        // The case of an action does not matter; that of a resource does (FACTS 17.11).
        let actions = self.actions.matching(action, true, keys);
        let mut conditions = self.conditions.iter();
        let matches = !actions.is_empty()
            && !self.resources.matching(resource, false, keys).is_empty()
            && conditions.all(|condition| condition.holds(keys));
        if matches { actions } else { Vec::new() }
    }
}

impl Selection {
    /// Returns the indices of the patterns that select a text. An inverted selection counts as one
    /// pattern.
    fn matching(&self, text: &str, ignores_case: bool, keys: &Keys<'_>) -> Vec<usize> {
        let patterns = self.patterns.iter().enumerate();
        let fitting = patterns.filter(|(_, pattern)| pattern.fits(text, ignores_case, keys));
        let indices: Vec<usize> = fitting.map(|(index, _)| index).collect();
        if !self.is_inverted {
            return indices;
        }
        if indices.is_empty() { vec![0] } else { Vec::new() }
    }
}
