//! The path that selects a part of an event for a target.

use serde_json::Value;

/// A path such as `$.detail.rooms[0]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputPath {
    steps: Vec<Step>,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Element(usize),
}

impl InputPath {
    /// Parses a path: `$`, then members after a dot, or in brackets and quotes, and elements in
    /// brackets.
    ///
    /// # Errors
    ///
    /// If the path has another form, or one of JSONPath that is not modelled: the problem in words.
    pub fn parse(text: &str) -> Result<InputPath, String> {
        let problem =
            || format!("InputPath {text} must be $ with .member, ['member'] or [index] after it");
        let mut rest = text.strip_prefix('$').ok_or_else(problem)?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = first_step(rest).ok_or_else(problem)?;
            steps.push(step);
            rest = after;
        }
        Ok(InputPath { steps })
    }

    /// Returns the selected part of an event, or null if the event lacks it.
    pub(super) fn select<'a>(&self, event: &'a Value) -> &'a Value {
        self.steps.iter().fold(event, |value, step| match step {
            Step::Member(name) => value.get(name).unwrap_or(&Value::Null),
            Step::Element(index) => value.get(index).unwrap_or(&Value::Null),
        })
    }
}

/// Parses the first step of a path, and returns it with the rest.
fn first_step(path: &str) -> Option<(Step, &str)> {
    if let Some(path) = path.strip_prefix('.') {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (name, rest) = path.split_at(end);
        let is_plain = !name.is_empty() && !name.contains(['*', '@', '?', '(', ' ']);
        return is_plain.then(|| (Step::Member(name.to_owned()), rest));
    }
    let (inside, rest) = path.strip_prefix('[')?.split_once(']')?;
    let quoted = inside.strip_prefix('\'').and_then(|name| name.strip_suffix('\''));
    let step = match quoted {
        Some(name) => Step::Member(name.to_owned()),
        None => Step::Element(inside.parse().ok()?),
    };
    Some((step, rest))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_selects_a_part() {
        let event = json!({ "detail": { "rooms": ["red", { "detail-type": 7 }] }, "a.b": 1 });
        for (path, part) in [
            ("$", event.clone()),
            ("$.detail.rooms", json!(["red", { "detail-type": 7 }])),
            ("$.detail.rooms[0]", json!("red")),
            ("$.detail.rooms[1].detail-type", json!(7)),
            ("$['a.b']", json!(1)),
            ("$['detail']['rooms'][0]", json!("red")),
            ("$.detail.missing.too", json!(null)),
            ("$.detail.rooms[9]", json!(null)),
        ] {
            assert_eq!(InputPath::parse(path).unwrap().select(&event), &part, "{path}");
        }
    }

    #[test]
    fn other_paths_are_refused() {
        for path in ["", "detail", "$detail", "$..detail", "$.", "$.*", "$.a[*]", "$.a[", "$.a[-1]"]
        {
            assert!(InputPath::parse(path).unwrap_err().contains("InputPath"), "{path}");
        }
    }
}
