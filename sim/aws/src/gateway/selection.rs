//! Route selection expressions (FACTS 2.1, 2.2).

use serde_json::Value;

/// A route selection expression.
///
/// After `$request.body.`, AWS takes any JSONPath; this type takes names and the places of items in
/// arrays: `data.room`, `[0]`, `data.rooms[0].name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Text that is copied.
    Static(String),
    /// The value at this path of the body.
    Body(Vec<Step>),
}

/// A step of a path, from a value to a value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// To the member of an object with this name.
    Member(String),
    /// To the item of an array at this place, from 0.
    Item(usize),
}

/// A reason why a text is no route selection expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// The expression does not depend on the message.
    #[error("it names no part of the message, such as `$request.body.action`")]
    Constant,
    /// A brace is missing.
    #[error("`${{` without a `}}` after it")]
    Unclosed,
    /// A `$` that begins no variable.
    #[error("a `$` in `{0}` that begins no `${{request.body...}}`")]
    LooseDollar(String),
    /// A variable that is not part of the body.
    #[error("`{0}` does not begin with `request.body.`")]
    NotOfTheBody(String),
    /// A path that is more than names and places.
    #[error("the path `{0}` is not made of names and places, such as `data.rooms[0].name`")]
    Path(String),
}

impl Selection {
    /// Parses `$request.body.a.b`, or a composition such as
    /// `${request.body.a}/${request.body.b}`.
    ///
    /// # Errors
    ///
    /// If the expression is neither.
    pub(crate) fn parse(expression: &str) -> Result<Selection, SelectionError> {
        if let Some(path) = expression.strip_prefix("$request.body.") {
            return Ok(Selection { parts: vec![Part::Body(parse_path(path)?)] });
        }
        let mut parts = Vec::new();
        let mut rest = expression;
        while let Some((text, variable)) = rest.split_once("${") {
            let (variable, after) = variable.split_once('}').ok_or(SelectionError::Unclosed)?;
            let path = variable.strip_prefix("request.body.");
            let path = path.ok_or_else(|| SelectionError::NotOfTheBody(variable.to_owned()))?;
            parts.extend([parse_static(text)?, Part::Body(parse_path(path)?)]);
            rest = after;
        }
        let end = parse_static(rest)?;
        if parts.is_empty() {
            return Err(SelectionError::Constant);
        }
        parts.push(end);
        Ok(Selection { parts })
    }

    /// Returns the route key that a message selects. `None` if it selects none or is no JSON.
    pub(super) fn evaluate(&self, text: &str) -> Option<String> {
        let body: Value = serde_json::from_str(text).ok()?;
        let parts = self.parts.iter().map(|part| match part {
            Part::Static(text) => text.clone(),
            Part::Body(path) => find(&body, path).and_then(to_key).unwrap_or_default(),
        });
        let key: String = parts.collect();
        (!key.is_empty()).then_some(key)
    }
}

fn parse_static(text: &str) -> Result<Part, SelectionError> {
    if text.contains('$') {
        return Err(SelectionError::LooseDollar(text.to_owned()));
    }
    Ok(Part::Static(text.to_owned()))
}

fn parse_path(path: &str) -> Result<Vec<Step>, SelectionError> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let no_path = || SelectionError::Path(path.to_owned());
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, places) = part.split_at(part.find('[').unwrap_or(part.len()));
        if part.is_empty() || !name.chars().all(is_part) {
            return Err(no_path());
        }
        if !name.is_empty() {
            steps.push(Step::Member(name.to_owned()));
        }
        for place in places.split_inclusive(']') {
            let place = place.strip_prefix('[').and_then(|place| place.strip_suffix(']'));
            let place = place.and_then(|place| place.parse().ok()).ok_or_else(no_path)?;
            steps.push(Step::Item(place));
        }
    }
    Ok(steps)
}

fn find<'a>(body: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(body, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Item(place) => value.get(place),
    })
}

/// Returns a value as text. Null and objects have none: AWS's text for them is unpublished.
fn to_key(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(items) => {
            let items = items.iter().map(|item| to_key(item).unwrap_or_default());
            Some(format!("[{}]", items.collect::<Vec<_>>().join(", ")))
        }
        Value::Null | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(expression: &str, text: &str) -> Option<String> {
        Selection::parse(expression).expect("an expression").evaluate(text)
    }

    #[test]
    fn a_variable_is_the_value_at_its_path() {
        let text = r#"{"action":"join","data":{"room":"r1"},"n":7,"flag":true}"#;
        for (expression, selected) in [
            ("$request.body.action", "join"),
            ("${request.body.action}", "join"),
            ("$request.body.data.room", "r1"),
            ("$request.body.n", "7"),
            ("$request.body.flag", "true"),
        ] {
            assert_eq!(key(expression, text).as_deref(), Some(selected), "{expression}");
        }
    }

    #[test]
    fn an_item_of_an_array_is_found_by_its_place() {
        let text = r#"["move",{"rooms":[["red"],["blue","green"]]}]"#;
        for (expression, selected) in [
            ("$request.body.[0]", Some("move")),
            ("${request.body.[0]}", Some("move")),
            ("$request.body.[1].rooms[1][1]", Some("green")),
            ("$request.body.[1].rooms.[0]", Some("[red]")),
            ("$request.body.[2]", None),
            ("$request.body.[1].rooms[0].name", None),
        ] {
            assert_eq!(key(expression, text).as_deref(), selected, "{expression}");
        }
    }

    #[test]
    fn a_composition_joins_its_parts() {
        let text = r#"{"service":"chat","action":"join"}"#;
        let composed = "v1 ${request.body.service}/${request.body.action}!";
        assert_eq!(key(composed, text).as_deref(), Some("v1 chat/join!"));
    }

    #[test]
    fn a_missing_path_is_empty_in_a_composition_and_selects_nothing_alone() {
        let text = r#"{"action":"join"}"#;
        let composed = "${request.body.action}-${request.body.invalidPath}";
        assert_eq!(key(composed, text).as_deref(), Some("join-"));
        for expression in ["$request.body.invalidPath", "$request.body.action.deeper"] {
            assert_eq!(key(expression, text), None, "{expression}");
        }
    }

    #[test]
    fn an_array_is_written_with_brackets() {
        let text = r#"{"action":["item1","item2"]}"#;
        assert_eq!(key("$request.body.action", text).as_deref(), Some("[item1, item2]"));
    }

    #[test]
    fn what_is_no_json_selects_nothing_even_in_a_composition() {
        for text in ["hello", "", "{", "\u{feff}{}"] {
            assert_eq!(key("x${request.body.a}", text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_says_why() {
        for (expression, error) in [
            ("", SelectionError::Constant),
            ("action", SelectionError::Constant),
            ("${request.body.a", SelectionError::Unclosed),
            ("$a", SelectionError::LooseDollar("$a".to_owned())),
            ("${context.a}", SelectionError::NotOfTheBody("context.a".to_owned())),
            ("$request.body.", SelectionError::Path(String::new())),
            ("$request.body.a[b]", SelectionError::Path("a[b]".to_owned())),
            ("$request.body.a[0", SelectionError::Path("a[0".to_owned())),
            ("$request.body.a[0]b", SelectionError::Path("a[0]b".to_owned())),
            ("$request.body.a..b", SelectionError::Path("a..b".to_owned())),
            ("$request.body.a/$b", SelectionError::Path("a/$b".to_owned())),
        ] {
            assert_eq!(Selection::parse(expression), Err(error), "{expression}");
        }
    }
}
