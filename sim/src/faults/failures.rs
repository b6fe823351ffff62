//! The answers with which services fail.

use stormglass_dynamodb::Answer;
use stormglass_spec::hash;

/// Returns one of the two failures of DynamoDB, chosen by `draw` (FACTS 6.2).
pub fn of_table(draw: u64) -> Answer {
    match hash::below(draw, 2) {
        0 => Answer::internal_server_error(),
        _ => Answer::service_unavailable(),
    }
}

/// Returns one of the three failures of `@connections`, chosen by `draw`.
///
/// A failure is a status and a JSON body (FACTS 3.5, 3.6).
pub fn of_connections(draw: u64) -> (u16, &'static str) {
    let failures = [
        (500, r#"{"message":"Internal server error"}"#),
        (503, r#"{"message":"Service Unavailable"}"#),
        (504, r#"{"message":"Endpoint request timed out"}"#),
    ];
    failures[usize::try_from(hash::below(draw, 3)).unwrap_or(0)]
}
