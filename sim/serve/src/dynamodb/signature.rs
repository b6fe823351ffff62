//! AWS's answers to incomplete signatures. No signature is verified.

use hyper::header::{AUTHORIZATION, DATE};
use hyper::http::request::Parts;
use stormglass_dynamodb::Answer;

const ALGORITHM: &str = "X-Amz-Algorithm";

/// Returns the refusal of a signature that is incomplete, as far as that can be checked without a
/// key.
pub(super) fn refusal(head: &Parts) -> Option<Answer> {
    let header = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let header = header.filter(|header| !header.is_empty());
    let query = RawQuery(head.uri.query().unwrap_or_default());
    match (header, query.value(ALGORITHM)) {
        (Some(_), Some(_)) => Some(error(
            "InvalidSignatureException",
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP \
             header.",
        )),
        (Some(header), None) if header.trim().starts_with("AWS4-") => in_header(header, head),
        (None, Some(_)) => in_query(&query),
        _ => Some(error(
            "MissingAuthenticationTokenException",
            "Request is missing Authentication Token",
        )),
    }
}

fn in_header(header: &str, head: &Parts) -> Option<Answer> {
    let parameters: Vec<_> = header.split([',', ' ']).skip(1).map(pair).collect();
    let has = |name| parameters.iter().any(|(key, value)| *key == name && !value.is_empty());
    let mut complaints: Vec<String> = ["Credential", "Signature", "SignedHeaders"]
        .into_iter()
        .filter(|name| !has(*name))
        .map(|name| format!("Authorization header requires '{name}' parameter. "))
        .collect();
    if !head.headers.contains_key("x-amz-date") && !head.headers.contains_key(DATE) {
        complaints.push(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
             header. "
                .to_owned(),
        );
    }
    incomplete(&complaints, &format!("Authorization={header}"))
}

fn in_query(query: &RawQuery<'_>) -> Option<Answer> {
    let names =
        [ALGORITHM, "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"];
    let complaints: Vec<String> = names
        .into_iter()
        .filter(|name| query.value(name).is_none_or(str::is_empty))
        .map(|name| format!("AWS query-string parameters must include '{name}'. "))
        .collect();
    incomplete(&complaints, "Re-examine the query-string parameters.")
}

fn incomplete(complaints: &[String], end: &str) -> Option<Answer> {
    let message = format!("{}{end}", complaints.concat());
    (!complaints.is_empty()).then(|| error("IncompleteSignatureException", &message))
}

fn error(code: &str, message: &str) -> Answer {
    Answer::error(400, code, message)
}

/// A query string. The names that are looked up here need no escapes.
struct RawQuery<'a>(&'a str);

impl<'a> RawQuery<'a> {
    fn value(&self, name: &str) -> Option<&'a str> {
        self.0.split('&').map(pair).find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

fn pair(text: &str) -> (&str, &str) {
    text.split_once('=').unwrap_or((text, ""))
}
