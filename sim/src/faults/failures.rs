//! How services fail.

use stormglass_dynamodb::Answer;
use stormglass_spec::hash;

/// One of the two ways in which DynamoDB fails, by `draw` (FACTS 6.2).
pub fn of_table(draw: u64) -> Answer {
    match hash::below(draw, 2) {
        0 => Answer::internal_server_error(),
        _ => Answer::service_unavailable(),
    }
}

/// One of the three ways in which `@connections` fails, by `draw`: a status and a body of JSON
/// (FACTS 3.5, 3.6).
pub fn of_connections(draw: u64) -> (u16, &'static str) {
    let failures = [
        (500, r#"{"message":"Internal server error"}"#),
        (503, r#"{"message":"Service Unavailable"}"#),
        (504, r#"{"message":"Endpoint request timed out"}"#),
    ];
    failures[usize::try_from(hash::below(draw, 3)).unwrap_or(0)]
}
