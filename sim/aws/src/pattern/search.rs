//! The search for fields of an event that satisfy a clause together.

use std::collections::BTreeSet;

use super::Clause;
use super::event::{Event, Field, Membership};
use super::matcher::Matcher;

/// A condition of a clause: the path of its field, and its alternatives.
type Condition<'a> = (&'a str, &'a [Matcher]);

/// Reports whether an event has a field for each condition of a clause.
///
/// Two fields from different elements of one array never match together: the event
/// `[{first: Anna, last: Smith}, {first: Peter, last: Jones}]` has no Anna Jones.
pub(super) fn is_satisfied(clause: &Clause, event: &Event<'_>) -> bool {
    let conditions = clause.iter().map(|(path, matchers)| (path.as_str(), matchers.as_slice()));
    let mut conditions: Vec<Condition<'_>> = conditions.collect();
    // A field can only be missing from the elements that the other conditions chose.
    conditions.sort_by_key(|(_, matchers)| matchers.contains(&Matcher::Absent));
    is_satisfied_within(&conditions, event, &Membership::new())
}

/// Reports whether the conditions can be satisfied without leaving the chosen elements.
fn is_satisfied_within(
    conditions: &[Condition<'_>],
    event: &Event<'_>,
    chosen: &Membership,
) -> bool {
    let Some(((path, matchers), rest)) = conditions.split_first() else { return true };
    let within: Vec<(&Field<'_>, Membership)> = event
        .fields(path)
        .iter()
        .filter_map(|field| Some((field, union(chosen, &field.membership)?)))
        .collect();
    if within.is_empty() {
        let may_be_absent = matchers.contains(&Matcher::Absent);
        return may_be_absent && is_satisfied_within(rest, event, chosen);
    }
    // Two values in the same elements leave the same choices to the other conditions.
    let mut tried = BTreeSet::new();
    within.into_iter().any(|(field, membership)| {
        matchers.iter().any(|matcher| matcher.matches(field.value))
            && tried.insert(membership.clone())
            && is_satisfied_within(rest, event, &membership)
    })
}

/// Returns the elements of both, or `None` if they name two elements of one array.
fn union(chosen: &Membership, other: &Membership) -> Option<Membership> {
    let mut union = chosen.clone();
    for (array, index) in other {
        if *union.entry(*array).or_insert(*index) != *index {
            return None;
        }
    }
    Some(union)
}
