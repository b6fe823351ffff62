//! Translates the traffic of services into the words of a history: requests and their effects.
//!
//! The simulated world and a server of real sockets both use it, so their histories read alike.

use std::sync::Arc;

use serde::Deserialize;
use stormglass_spec::history::{Effect, Request};
use stormglass_spec::name::{ConnectionName, RowName};

use stormglass_aws::gateway::{ManagementOperation, ManagementOutcome};
use stormglass_dynamodb as dynamodb;
use stormglass_dynamodb::Operation as TableOperation;

/// Translates a request to a table that names `rows`; returns it with the stem of the call's name.
pub fn table_request(request: &dynamodb::Request, mut rows: Vec<RowName>) -> (Request, String) {
    let operation = request.operation();
    let consistent = request.is_consistent();
    let continued = request.is_continued();
    match operation {
        TableOperation::Query => {
            return (Request::Query { consistent, continued }, "query".to_owned());
        }
        TableOperation::Scan => {
            return (Request::Scan { consistent, continued }, "scan".to_owned());
        }
        _ => {}
    }
    let several = |verb: &str, rows| {
        (Request::Several { operation: operation.to_string().into(), rows }, verb.to_owned())
    };
    match operation {
        TableOperation::BatchGet => return several("batch-get", rows),
        TableOperation::BatchWrite => return several("batch-write", rows),
        TableOperation::TransactGet => return several("transact-get", rows),
        TableOperation::TransactWrite => return several("transact-write", rows),
        _ => {}
    }
    let Some(row) = rows.pop() else {
        let operation: Arc<str> = operation.to_string().into();
        return (Request::Other { operation }, "other".to_owned());
    };
    match operation {
        TableOperation::Put => (Request::Put { row: row.clone() }, format!("put-{row}")),
        TableOperation::Delete => (Request::Delete { row: row.clone() }, format!("delete-{row}")),
        TableOperation::Update => (Request::Update { row: row.clone() }, format!("update-{row}")),
        _ => (Request::Get { row: row.clone(), consistent }, format!("get-{row}")),
    }
}

/// Translates a request about a connection; returns it with the stem of the call's name.
///
/// `body` is the body of a post; other operations ignore it.
pub fn connection_request(
    operation: ManagementOperation,
    connection: ConnectionName,
    body: Arc<str>,
) -> (Request, String) {
    match operation {
        ManagementOperation::Post { .. } => {
            let stem = format!("post-{connection}");
            (Request::Post { connection, body }, stem)
        }
        ManagementOperation::Get => {
            let stem = format!("get-{connection}");
            (Request::Describe { connection }, stem)
        }
        ManagementOperation::Delete => {
            let stem = format!("close-{connection}");
            (Request::Close { connection }, stem)
        }
    }
}

/// Returns the effect of a request to the gateway.
pub fn effect_of(managed: &ManagementOutcome) -> Effect {
    match managed {
        ManagementOutcome::Accepted => Effect::Accepted,
        ManagementOutcome::Described { .. } | ManagementOutcome::Deleted => Effect::Done,
        ManagementOutcome::Gone { pending } => Effect::Gone { pending: *pending },
        ManagementOutcome::BufferFull => Effect::Refused { error: "buffer full".into() },
        refusal => Effect::Refused { error: refusal.response().error.unwrap_or_default().into() },
    }
}

/// Returns the effect of a request that DynamoDB refused, with the name of its error.
pub fn refusal_of(answer: &dynamodb::Answer) -> Effect {
    let error = answer.error_type.clone().unwrap_or_else(|| answer.status.to_string());
    Effect::Refused { error: error.into() }
}

/// Returns the name of an error as the SDK reads it from a body, if no header has the name.
pub fn error_in_body(status: u16, body: &[u8]) -> Option<Arc<str>> {
    #[derive(Deserialize)]
    struct Error {
        #[serde(rename = "__type")]
        kind: String,
    }
    if status < 400 {
        return None;
    }
    let error: Error = serde_json::from_slice(body).ok()?;
    error.kind.rsplit('#').next().map(Into::into)
}
