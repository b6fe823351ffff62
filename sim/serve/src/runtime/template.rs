//! The value of a variable, with placeholders for URLs that only a server knows.

use std::collections::BTreeMap;

/// The variables of a function, by name.
pub(super) type Variables = BTreeMap<String, Template>;

/// The URLs that placeholders stand for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Urls<'a> {
    /// The URL of `@connections`, for `{callback}`.
    pub(super) callback: &'a str,
    /// The URL of DynamoDB, for `{dynamodb}`.
    pub(super) dynamodb: &'a str,
}

/// The value of a variable.
///
/// A word in braces is a placeholder, and a word in two pairs of braces is itself, in one pair.
/// Other braces, such as those of JSON, stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Callback,
    Dynamodb,
}

impl Template {
    /// Parses a value.
    ///
    /// # Errors
    ///
    /// The message for a person who wrote a placeholder that does not exist.
    pub(super) fn parse(text: &str) -> Result<Template, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, braces) = rest.split_at(at);
            parts.push(Part::Text(before.to_owned()));
            let (part, length) = match (word(braces, "{{", "}}"), word(braces, "{", "}")) {
                (Some(word), _) => (Part::Text(format!("{{{word}}}")), word.len() + 4),
                (None, Some(word)) => (placeholder(word)?, word.len() + 2),
                (None, None) => (Part::Text("{".to_owned()), 1),
            };
            parts.push(part);
            rest = &braces[length..];
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Template { parts })
    }

    /// Returns the value with URLs in the place of its placeholders.
    pub(super) fn fill(&self, urls: Urls<'_>) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Callback => urls.callback.to_owned(),
            Part::Dynamodb => urls.dynamodb.to_owned(),
        };
        self.parts.iter().map(part).collect()
    }
}

/// Returns the word at the start of a text, between these braces. A word begins with a letter, so
/// that `{3}` in a regular expression is none.
fn word<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let (word, _) = text.strip_prefix(open)?.split_once(close)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(is_plain))
        .then_some(word)
}

fn placeholder(word: &str) -> Result<Part, String> {
    match word {
        "callback" => Ok(Part::Callback),
        "dynamodb" => Ok(Part::Dynamodb),
        _ => Err(format!(
            "`{{{word}}}` is no placeholder: there are `{{callback}}` and `{{dynamodb}}`; \
             `{{{{{word}}}}}` stands for the text `{{{word}}}`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_urls_and_other_braces_stay() {
        let urls = Urls { callback: "C", dynamodb: "D" };
        for (text, filled) in [
            ("", ""),
            ("{callback}/x?{dynamodb}", "C/x?D"),
            (r#"{"a":{"b":1}}"#, r#"{"a":{"b":1}}"#),
            ("{{callback}} {{stage}}", "{callback} {stage}"),
            ("{{{callback}}}", "{{callback}}"),
            (r"\d{3} {} { callback } {", r"\d{3} {} { callback } {"),
            ("é{callback}é", "éCé"),
        ] {
            let template = Template::parse(text).expect("it has no other placeholder");
            assert_eq!(template.fill(urls), filled, "{text}");
        }
    }

    #[test]
    fn a_placeholder_that_does_not_exist_is_refused() {
        let error = Template::parse("{callback}{calback}").expect_err("there is none");
        assert_eq!(
            error,
            "`{calback}` is no placeholder: there are `{callback}` and `{dynamodb}`; \
             `{{calback}}` stands for the text `{calback}`"
        );
    }
}
