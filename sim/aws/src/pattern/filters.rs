//! The filters of an event source mapping: patterns, of which one must match (FACTS 12.30, 13.15).

use serde_json::Value;

use super::{Pattern, PatternError};

/// The most filters of a mapping.
pub const FILTERS_MAX: usize = 5;
/// The most filters of a mapping in an account whose quota AWS has raised.
pub const FILTERS_MAX_RAISED: usize = 10;

/// The filters of an event source mapping. A mapping without filters lets everything through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filters {
    filters: Vec<Filter>,
}

/// One filter.
#[derive(Clone, Debug, PartialEq)]
struct Filter {
    pattern: Pattern,
    body: Body,
}

/// The form of the body of an SQS message that a filter asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Body {
    /// The filter looks at metadata only.
    Any,
    /// The filter has conditions on the body as one text: `"body": [...]`.
    Text,
    /// The filter has conditions on fields of the body: `"body": {...}`.
    Json,
}

/// The reason for which filters are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The criteria have another shape.
    #[error("FilterCriteria must be {{\"Filters\": [{{\"Pattern\": \"...\"}}]}}: {0}")]
    Shape(String),
    /// There are too many filters.
    #[error("{count} filters, but a mapping has at most {max}")]
    TooMany {
        /// The number of filters.
        count: usize,
        /// The most filters of a mapping.
        max: usize,
    },
    /// A pattern is no JSON.
    #[error("Invalid filter pattern definition: filter {number} is no JSON")]
    NoJson {
        /// The number of the filter, from 1.
        number: usize,
    },
    /// A pattern is refused.
    #[error("Invalid filter pattern definition: filter {number}: {source}")]
    Pattern {
        /// The number of the filter, from 1.
        number: usize,
        /// The mistake in the pattern.
        source: PatternError,
    },
    /// A pattern has conditions on the body as a text and on its fields.
    #[error("filter {number} asks for a body that is text and JSON at once: no message matches it")]
    TwoBodies {
        /// The number of the filter, from 1.
        number: usize,
    },
}

impl Filters {
    /// Parses the `FilterCriteria` of a mapping: `{"Filters": [{"Pattern": "{...}"}]}`, in which a
    /// pattern is JSON in a text.
    ///
    /// # Errors
    ///
    /// If the criteria have another shape, if there are more than `filters_max` of them, which is
    /// [`FILTERS_MAX`] or [`FILTERS_MAX_RAISED`], or if a pattern is refused.
    pub fn parse(criteria: &Value, filters_max: usize) -> Result<Filters, FilterError> {
        let Some(filters) = criteria.get("Filters") else { return Ok(Filters::default()) };
        let filters = filters.as_array();
        let filters = filters.ok_or_else(|| FilterError::Shape("Filters is no list".to_owned()))?;
        if filters.len() > filters_max {
            return Err(FilterError::TooMany { count: filters.len(), max: filters_max });
        }
        let filters = (1..).zip(filters).map(|(number, filter)| Filter::parse(number, filter));
        Ok(Filters { filters: filters.collect::<Result<_, _>>()? })
    }

    /// Reports whether a record of a stream goes to the function.
    ///
    /// The record is the JSON of FACTS 13.17: numbers of its images are texts, so `numeric` finds
    /// none in them. A record that is filtered out only advances the iterator.
    pub fn matches_record(&self, record: &Value) -> bool {
        self.is_empty() || self.filters.iter().any(|filter| filter.pattern.matches(record))
    }

    /// Reports whether an SQS message goes to the function. One that does not is deleted.
    ///
    /// The message is the JSON of FACTS 12.19, whose body is a text. A body that is JSON never
    /// matches conditions on a text, and another text never matches conditions on fields.
    pub fn matches_message(&self, message: &Value) -> bool {
        if self.is_empty() {
            return true;
        }
        let body = message.get("body").and_then(Value::as_str);
        let body: Option<Value> = body.and_then(|body| serde_json::from_str(body).ok());
        let form = if body.is_some() { Body::Json } else { Body::Text };
        let mut opened = message.clone();
        if let Some(body) = body {
            opened["body"] = body;
        }
        let mut fitting =
            self.filters.iter().filter(|filter| [Body::Any, form].contains(&filter.body));
        fitting.any(|filter| filter.pattern.matches(&opened))
    }

    /// Reports whether there are no filters, so that everything goes to the function.
    pub fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }
}

impl Filter {
    fn parse(number: usize, filter: &Value) -> Result<Filter, FilterError> {
        let text = filter.get("Pattern").and_then(Value::as_str);
        let text =
            text.ok_or_else(|| FilterError::Shape(format!("filter {number} has no Pattern")))?;
        let pattern: Value =
            serde_json::from_str(text).map_err(|_| FilterError::NoJson { number })?;
        let pattern =
            Pattern::parse(&pattern).map_err(|source| FilterError::Pattern { number, source })?;
        let has_text = pattern.paths().any(|path| path == "body");
        let has_fields = pattern.paths().any(|path| path.starts_with("body."));
        let body = match (has_text, has_fields) {
            (true, true) => return Err(FilterError::TwoBodies { number }),
            (true, false) => Body::Text,
            (false, true) => Body::Json,
            (false, false) => Body::Any,
        };
        Ok(Filter { pattern, body })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filters(patterns: &[Value]) -> Filters {
        let filters = patterns.iter().map(|pattern| json!({ "Pattern": pattern.to_string() }));
        let criteria = json!({ "Filters": filters.collect::<Vec<_>>() });
        Filters::parse(&criteria, FILTERS_MAX).unwrap()
    }

    fn message(body: &str) -> Value {
        json!({
            "messageId": "059f36b4",
            "body": body,
            "attributes": { "ApproximateReceiveCount": "1" },
            "messageAttributes": { "kind": { "stringValue": "chat", "dataType": "String" } },
            "eventSource": "aws:sqs",
        })
    }

    #[test]
    fn the_form_of_a_body_must_be_that_of_the_pattern() {
        let (json_body, text) = (r#"{"code": "A", "n": 7}"#, "hello, world");
        for (pattern, body, is_match) in [
            (json!({ "body": { "code": ["A"] } }), json_body, true),
            (json!({ "body": { "code": ["B"] } }), json_body, false),
            (json!({ "body": { "n": [{ "numeric": [">", 5] }] } }), json_body, true),
            (json!({ "body": { "code": ["A"] } }), text, false),
            // Not even a field that must be missing matches a text.
            (json!({ "body": { "code": [{ "exists": false }] } }), text, false),
            (json!({ "body": { "code": [{ "exists": false }] } }), "{}", true),
            (json!({ "body": [{ "prefix": "hello" }] }), text, true),
            (json!({ "body": [{ "prefix": "bye" }] }), text, false),
            (json!({ "body": [{ "prefix": "{" }] }), json_body, false),
            // A quoted text is JSON.
            (json!({ "body": [{ "prefix": "a" }] }), "\"abc\"", false),
            (json!({ "attributes": { "ApproximateReceiveCount": ["1"] } }), text, true),
            (json!({ "attributes": { "ApproximateReceiveCount": ["1"] } }), json_body, true),
            (json!({ "attributes": { "ApproximateReceiveCount": ["2"] } }), json_body, false),
            (json!({ "messageAttributes": { "kind": { "stringValue": ["chat"] } } }), text, true),
        ] {
            let found = filters(std::slice::from_ref(&pattern)).matches_message(&message(body));
            assert_eq!(found, is_match, "{pattern} and {body}");
        }
    }

    #[test]
    fn one_matching_filter_is_enough_and_none_lets_everything_through() {
        let two = filters(&[json!({ "body": { "x": [1] } }), json!({ "body": ["plain"] })]);
        assert!(two.matches_message(&message("plain")));
        assert!(two.matches_message(&message(r#"{"x": 1}"#)));
        assert!(!two.matches_message(&message(r#"{"x": 2}"#)));
        assert!(filters(&[]).matches_message(&message("anything")));
        assert!(Filters::parse(&json!({}), FILTERS_MAX).unwrap().is_empty());
    }

    #[test]
    fn records_of_a_stream_are_matched_as_they_are() {
        let equals_7 = json!([{ "numeric": ["=", 7] }]);
        let record = json!({
            "eventName": "INSERT",
            "dynamodb": { "NewImage": { "room": { "S": "lobby" }, "seen": { "N": "7" } } },
        });
        for (pattern, is_match) in [
            (json!({ "eventName": ["INSERT", "MODIFY"] }), true),
            (json!({ "dynamodb": { "NewImage": { "room": { "S": ["lobby"] } } } }), true),
            (json!({ "dynamodb": { "NewImage": { "room": { "S": ["hall"] } } } }), false),
            (json!({ "dynamodb": { "NewImage": { "seen": { "N": ["7"] } } } }), true),
            (json!({ "dynamodb": { "NewImage": { "seen": { "N": equals_7 } } } }), false),
            (
                json!({ "dynamodb": { "OldImage": { "room": { "S": [{ "exists": false }] } } } }),
                true,
            ),
        ] {
            let found = filters(std::slice::from_ref(&pattern)).matches_record(&record);
            assert_eq!(found, is_match, "{pattern}");
        }
        assert!(Filters::default().matches_record(&record));
    }

    #[test]
    fn criteria_that_aws_refuses_are_refused() {
        let many = vec![json!({ "Pattern": r#"{"body": ["x"]}"# }); 6];
        let six = json!({ "Filters": many });
        assert_eq!(
            Filters::parse(&six, FILTERS_MAX),
            Err(FilterError::TooMany { count: 6, max: 5 })
        );
        assert!(Filters::parse(&six, FILTERS_MAX_RAISED).is_ok());
        for (criteria, words) in [
            (json!({ "Filters": 1 }), "Filters is no list"),
            (json!({ "Filters": [{}] }), "filter 1 has no Pattern"),
            (json!({ "Filters": [{ "Pattern": "{" }] }), "filter 1 is no JSON"),
            (
                json!({ "Filters": [{ "Pattern": r#"{"body": 1}"# }] }),
                "must be an object or an array",
            ),
            (
                json!({ "Filters": [
                    { "Pattern": r#"{"$or": [{"body": ["x"]}, {"body": {"y": [1]}}]}"# },
                ] }),
                "text and JSON at once",
            ),
        ] {
            let error = Filters::parse(&criteria, FILTERS_MAX).unwrap_err().to_string();
            assert!(error.contains(words), "{criteria}: {error}");
        }
    }
}
