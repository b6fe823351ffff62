//! Refusals of services: the name of the error, and the service's own words.

use std::fmt::Write;
use std::sync::Arc;

use serde::Deserialize;
use stormglass_aws::gateway::ManagementOutcome;
use stormglass_dynamodb as dynamodb;
use stormglass_spec::history::{Effect, Explanation};
use stormglass_spec::name::RowName;

use super::unnamed::Excess;

/// An error as a service writes it into a body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    #[serde(rename = "__type")]
    kind: Option<String>,
    #[serde(alias = "Message")]
    message: Option<String>,
    #[serde(rename = "CancellationReasons")]
    reasons: Vec<CancellationReason>,
}

/// The reason that one action gives for the cancellation of its transaction.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CancellationReason {
    code: String,
    message: Option<String>,
}

/// The longest explanation in characters: some errors repeat the whole request.
const EXPLANATION_CHARS_MAX: usize = 1_000;

/// The number of actions of a transaction up to which each is told.
const ACTIONS_TOLD_MAX: usize = 3;

/// Returns the effect of a request that DynamoDB refused: the name of its error, and its words.
///
/// `rows` returns the rows that the request names, and `tables` those of its tables that may be
/// missing. The words of DynamoDB hold neither.
pub fn refusal_of(
    answer: &dynamodb::Answer,
    tables: impl FnOnce() -> Vec<String>,
    rows: impl FnOnce() -> Vec<RowName>,
) -> Effect {
    let error = answer.error_type.clone().unwrap_or_else(|| answer.status.to_string());
    let body: ErrorBody = serde_json::from_str(&answer.body).unwrap_or_default();
    let words = match (error.as_str(), body.message) {
        ("TransactionCanceledException", _) if !body.reasons.is_empty() => {
            Some(cancellation(&body.reasons, &rows()))
        }
        ("ResourceNotFoundException", Some(message)) => Some(with_tables(message, &tables())),
        (_, message) => message,
    };
    Effect::Refused { error: error.into(), explanation: explanation(words) }
}

/// Returns the effect of a request that DynamoDB refused to read, from its `x-amz-target` and its
/// body. Of too many items the number is told: DynamoDB repeats the whole request.
pub fn refusal_of_unreadable(answer: &dynamodb::Answer, target: &str, body: &[u8]) -> Effect {
    let refusal = refusal_of(answer, Vec::new, Vec::new);
    match (refusal, Excess::of(target, body)) {
        (Effect::Refused { error, .. }, Some(excess)) => {
            Effect::Refused { error, explanation: Some(excess.to_string()).into() }
        }
        (refusal, _) => refusal,
    }
}

/// Returns the effect of a request to the gateway that it refused.
pub(super) fn of_gateway(refusal: &ManagementOutcome) -> Effect {
    let response = refusal.response();
    let error = response.error.unwrap_or_default().into();
    let (_, explanation) = error_in_body(response.status, response.body.as_bytes());
    Effect::Refused { error, explanation }
}

/// Returns the name of an error as the SDK reads it from a body if no header has the name, and the
/// words of the service.
pub fn error_in_body(status: u16, body: &[u8]) -> (Option<Arc<str>>, Explanation) {
    if status < 400 {
        return (None, Explanation::default());
    }
    let ErrorBody { kind, message, .. } = serde_json::from_slice(body).unwrap_or_default();
    let name = kind.and_then(|kind| kind.rsplit('#').next().map(Into::into));
    (name, explanation(message))
}

fn explanation(words: Option<String>) -> Explanation {
    let words = words.map(|mut words| {
        if let Some((end, _)) = words.char_indices().nth(EXPLANATION_CHARS_MAX) {
            words.truncate(end);
            words.push('\u{2026}');
        }
        words
    });
    words.into()
}

/// Describes the reasons of a cancelled transaction, action by action; of a long one, only those
/// that are reasons. The rows are those of the actions, if there is one of each.
fn cancellation(reasons: &[CancellationReason], rows: &[RowName]) -> String {
    let is_long = reasons.len() > ACTIONS_TOLD_MAX;
    let mut words = String::new();
    for (place, CancellationReason { code, message }) in reasons.iter().enumerate() {
        if is_long && code == "None" {
            continue;
        }
        let row = rows.get(place).filter(|_| rows.len() == reasons.len());
        let row = row.map(|row| format!(" ({row})")).unwrap_or_default();
        let message = message.as_ref().map(|it| format!(", {it}")).unwrap_or_default();
        let between = if words.is_empty() { "" } else { "; " };
        // Writing to a string cannot fail.
        let _ = write!(words, "{between}action {}{row}: {code}{message}", place + 1);
    }
    if is_long {
        words.push_str("; all others: None");
    }
    words
}

fn with_tables(message: String, tables: &[String]) -> String {
    if tables.is_empty() || tables.iter().any(|table| message.contains(table.as_str())) {
        return message;
    }
    format!("{message}: table {}", tables.join(", "))
}

#[cfg(test)]
mod tests {
    use stormglass_dynamodb::Answer;

    use super::*;

    fn words(answer: &Answer, tables: &[&str], rows: &[&str]) -> String {
        let tables = || tables.iter().map(|&table| table.to_owned()).collect();
        let rows = || rows.iter().map(|&row| row.into()).collect();
        match refusal_of(answer, tables, rows) {
            Effect::Refused { error, explanation } => format!("{error} | {explanation}"),
            effect => panic!("{effect:?}"),
        }
    }

    #[test]
    fn a_refusal_has_the_words_of_the_service() {
        let failed = Answer::error(400, "ConditionalCheckFailedException", "It failed");
        assert_eq!(words(&failed, &["a"], &["b"]), "ConditionalCheckFailedException | It failed");
        assert_eq!(words(&Answer::service_unavailable(), &[], &[]), "503 | ");
    }

    #[test]
    fn a_table_that_is_not_there_is_named_once() {
        let missing = |message| Answer::error(400, "ResourceNotFoundException", message);
        let plain = missing("Requested resource not found");
        let expected = "ResourceNotFoundException | Requested resource not found: table games";
        assert_eq!(words(&plain, &["games"], &[]), expected);
        let named = missing("Requested resource not found: Table: games not found");
        assert!(words(&named, &["games"], &[]).ends_with("found: Table: games not found"));
    }

    #[test]
    fn the_reasons_of_a_cancelled_transaction_stand_beside_their_rows() {
        let body = r#"{"__type":"x#TransactionCanceledException","Message":"see reasons",
            "CancellationReasons":[{"Code":"None"},{"Code":"A","Message":"b"}]}"#;
        let answer = Answer {
            body: body.to_owned(),
            ..Answer::error(400, "TransactionCanceledException", "")
        };
        let with_rows = "action 1 (seats/one): None; action 2 (games/red): A, b";
        let words_of = |rows: &[&str]| words(&answer, &[], rows).split_off(31);
        assert_eq!(words_of(&["seats/one", "games/red"]), with_rows);
        assert_eq!(words_of(&["seats/one"]), "action 1: None; action 2: A, b");
    }

    #[test]
    fn an_error_is_read_from_a_body_with_any_of_its_parts() {
        let read = |body: &str| {
            let (name, words) = error_in_body(500, body.as_bytes());
            format!("{} | {words}", name.unwrap_or_default())
        };
        assert_eq!(read(r#"{"__type":"com.amazon#Fault","message":"m"}"#), "Fault | m");
        assert_eq!(
            read(r#"{"message":"Endpoint request timed out"}"#),
            " | Endpoint request timed out"
        );
        assert_eq!((read(""), read("[]")), (" | ".to_owned(), " | ".to_owned()));
        assert_eq!(error_in_body(200, br#"{"message":"m"}"#), (None, Explanation::default()));
    }
}
