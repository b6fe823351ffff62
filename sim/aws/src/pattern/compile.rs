//! The clauses of a pattern.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::matcher::Matcher;
use super::{Clause, PatternError};

/// The member that lists alternatives of fields.
const OR: &str = "$or";
/// The most clauses that the alternatives of one pattern may multiply to. AWS documents a limit of
/// this size for `$or`.
const CLAUSES_MAX: usize = 1_000;

/// Returns the clauses of a pattern.
pub(super) fn clauses(pattern: &Value) -> Result<Vec<Clause>, PatternError> {
    let Value::Object(members) = pattern else {
        return Err(PatternError::new("", "Filter is not an object"));
    };
    let mut clauses = vec![BTreeMap::new()];
    add_members(&mut clauses, "", members)?;
    Ok(clauses)
}

/// Adds the conditions of an object to every clause so far.
fn add_members(
    clauses: &mut Vec<Clause>,
    path: &str,
    members: &Map<String, Value>,
) -> Result<(), PatternError> {
    if members.is_empty() {
        return Err(PatternError::new(path, "Empty objects are not allowed"));
    }
    for (name, value) in members {
        if name == OR {
            add_alternatives(clauses, path, value)?;
            continue;
        }
        let path = extended(path, name);
        match value {
            Value::Object(members) => add_members(clauses, &path, members)?,
            Value::Array(values) => add_condition(clauses, &path, values)?,
            _ => {
                let problem = format!("\"{name}\" must be an object or an array");
                return Err(PatternError::new(&path, problem));
            }
        }
    }
    Ok(())
}

fn add_condition(clauses: &mut [Clause], path: &str, values: &[Value]) -> Result<(), PatternError> {
    if values.is_empty() {
        return Err(PatternError::new(path, "Empty arrays are not allowed"));
    }
    let matchers = values.iter().map(|value| Matcher::parse(path, value));
    let matchers: Vec<Matcher> = matchers.collect::<Result<_, _>>()?;
    for clause in clauses {
        if clause.insert(path.to_owned(), matchers.clone()).is_some() {
            return Err(PatternError::new(path, "Path cannot be allowed multiple times"));
        }
    }
    Ok(())
}

/// Multiplies the clauses so far by the alternatives of an `$or`.
fn add_alternatives(
    clauses: &mut Vec<Clause>,
    path: &str,
    value: &Value,
) -> Result<(), PatternError> {
    let Value::Array(alternatives) = value else {
        return Err(PatternError::new(path, "It must be an Array followed with $or"));
    };
    if alternatives.len() < 2 {
        let problem = "There must have at least 2 Objects in $or relationship";
        return Err(PatternError::new(path, problem));
    }
    let before = std::mem::take(clauses);
    for alternative in alternatives {
        let Value::Object(members) = alternative else {
            let problem = "Only JSON object is allowed in array of $or relationship";
            return Err(PatternError::new(path, problem));
        };
        if let Some(name) = members.keys().find(|name| Matcher::OPERATORS.contains(&name.as_str()))
        {
            let problem = format!("{name} is an operator, which cannot name a field inside $or");
            return Err(PatternError::new(path, problem));
        }
        let mut multiplied = before.clone();
        add_members(&mut multiplied, path, members)?;
        clauses.append(&mut multiplied);
        if clauses.len() > CLAUSES_MAX {
            let problem = format!("$or multiplies to more than {CLAUSES_MAX} combinations");
            return Err(PatternError::new(path, problem));
        }
    }
    Ok(())
}

fn extended(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
