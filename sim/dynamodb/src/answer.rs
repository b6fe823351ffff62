//! Answers, with the statuses, error codes and bodies of AWS (FACTS 6.2).

use std::sync::Arc;

use crate::item::Item;
use crate::json;
use crate::row_key::RowKey;

/// The answer to a request, with the changes that the request made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The code of an error without its namespace; some server errors have none.
    pub error_type: Option<String>,
    /// The body, as JSON; empty for some server errors.
    pub body: String,
    /// True if the model refused a request that AWS would have served.
    ///
    /// A run with such an answer proves nothing about AWS.
    pub is_unsupported: bool,
    /// The changes of rows that the request made, in their order.
    pub changes: Vec<Change>,
    /// The keys of the rows that a read returned, in the order of the answer.
    pub rows: Vec<RowKey>,
    /// True if the answer of a query or a scan holds a `LastEvaluatedKey`.
    pub has_more: bool,
}

/// A change of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A row was put; there may have been one with its key before.
    Written {
        /// The row.
        row: RowKey,
        /// The content of the row.
        content: RowContent,
    },
    /// A row was removed.
    Removed {
        /// The row.
        row: RowKey,
        /// The content that the row had.
        content: RowContent,
    },
}

/// The content of a row that was written or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowContent(pub(crate) Arc<Item>);

impl RowContent {
    /// Visits every string of the row: keys and other attributes, and those in sets, lists and
    /// maps.
    pub fn visit_strings<'a>(&'a self, visit: &mut dyn FnMut(&'a str)) {
        for (_, value) in self.0.values() {
            value.visit_strings(visit);
        }
    }
}

impl Answer {
    /// Builds an error. The body has the code in the namespace that AWS gives it (FACTS 6.2).
    pub fn error(status: u16, code: &str, message: &str) -> Answer {
        Answer::error_with(status, code, Some(("message", message)), "")
    }

    /// True if the request was carried out.
    pub fn is_success(&self) -> bool {
        self.status == 200
    }

    /// The message of an error.
    ///
    /// # Panics
    ///
    /// If the answer is no error, or if it has no member `message`.
    pub(super) fn message(&self) -> String {
        let body: serde_json::Value =
            serde_json::from_str(&self.body).expect("the body of an error is JSON");
        let text = body.get("message").and_then(|message| message.as_str());
        text.expect("the error has a message").to_owned()
    }

    pub(super) fn success(body: String) -> Answer {
        Answer::plain(200, None, body)
    }

    pub(super) fn plain(status: u16, error_type: Option<String>, body: String) -> Answer {
        let (changes, rows) = (Vec::new(), Vec::new());
        Answer { status, error_type, body, is_unsupported: false, changes, rows, has_more: false }
    }

    pub(super) fn validation(message: &str) -> Answer {
        Answer::error(400, "ValidationException", message)
    }

    /// Refuses a body of the wrong shape. `Message` has a capital here, as on AWS.
    pub(super) fn serialization(message: Option<&str>) -> Answer {
        let message = message.map(|message| ("Message", message));
        Answer::error_with(400, "SerializationException", message, "")
    }

    pub(super) fn unknown_operation() -> Answer {
        Answer::error_with(400, "UnknownOperationException", None, "")
    }

    pub(super) fn table_not_found() -> Answer {
        Answer::error(400, "ResourceNotFoundException", "Requested resource not found")
    }

    /// Refuses a write whose condition is false (FACTS 6.12).
    ///
    /// `item` is the item in the table, if the request asks for it.
    pub(super) fn condition_failed(item: Option<&Item>) -> Answer {
        let message = Some(("message", "The conditional request failed"));
        let item = item.map(|item| format!(",\"Item\":{}", item.json())).unwrap_or_default();
        Answer::error_with(400, "ConditionalCheckFailedException", message, &item)
    }

    /// Builds an error with a message of any name, and with more members.
    ///
    /// `more` is the JSON of those members, each after a comma.
    pub(super) fn error_with(
        status: u16,
        code: &str,
        message: Option<(&str, &str)>,
        more: &str,
    ) -> Answer {
        let mut body = format!("{{\"__type\":\"{}#{code}\"", namespace(code));
        if let Some((name, text)) = message {
            body.push(',');
            json::write_string(&mut body, name);
            body.push(':');
            json::write_string(&mut body, text);
        }
        body.push_str(more);
        body.push('}');
        Answer::plain(status, Some(code.to_owned()), body)
    }
}

fn namespace(code: &str) -> &'static str {
    match code {
        "ThrottlingException" => "com.amazon.coral.availability",
        "ValidationException" => "com.amazon.coral.validate",
        "AccessDeniedException"
        | "SerializationException"
        | "UnknownOperationException"
        | "MissingAuthenticationTokenException"
        | "IncompleteSignatureException"
        | "InvalidSignatureException" => "com.amazon.coral.service",
        _ => "com.amazonaws.dynamodb.v20120810",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_code_in_the_namespace_of_its_kind() {
        let typed = |code| Answer::error(400, code, "m").body;
        assert_eq!(
            typed("InternalServerError"),
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"m"}"#
        );
        assert_eq!(
            typed("ValidationException"),
            r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"m"}"#
        );
        assert_eq!(
            typed("ThrottlingException"),
            r#"{"__type":"com.amazon.coral.availability#ThrottlingException","message":"m"}"#
        );
    }

    #[test]
    fn a_message_is_escaped() {
        assert!(Answer::error(400, "X", "a\"b").body.ends_with(r#""message":"a\"b"}"#));
    }
}
