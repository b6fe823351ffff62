//! Translates the traffic of services into the words of a history: requests and their effects.
//!
//! The simulated world and a server of real sockets both use it, so their histories read alike.

mod refusal;
mod unnamed;

use std::sync::Arc;

use stormglass_spec::history::{Effect, Request};
use stormglass_spec::name::{ConnectionName, RowName};

pub use refusal::{error_in_body, refusal_of, refusal_of_unreadable};
use stormglass_aws::gateway::{self, ConnectionId, ManagementOperation, ManagementOutcome, ids_in};
use stormglass_dynamodb as dynamodb;
use stormglass_dynamodb::{Operation as TableOperation, RowContent, RowKey};
use stormglass_spec::hash;
pub(crate) use unnamed::canonical;
pub use unnamed::{misdirected_request, service_request, tables_of, unreadable_request};

/// The longest name of a row.
const ROW_NAME_CHARS_MAX: usize = 60;

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
    let other = || unnamed::table_request(operation.name(), request.canonical().as_bytes());
    let several = |verb: &str, rows: Vec<RowName>| {
        // A table that does not exist has no rows to name.
        let request = if rows.is_empty() {
            other().0
        } else {
            Request::Several { operation: operation.name().into(), rows }
        };
        (request, verb.to_owned())
    };
    match operation {
        TableOperation::BatchGet => return several("batch-get", rows),
        TableOperation::BatchWrite => return several("batch-write", rows),
        TableOperation::TransactGet => return several("transact-get", rows),
        TableOperation::TransactWrite => return several("transact-write", rows),
        _ => {}
    }
    let Some(row) = rows.pop() else { return other() };
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

/// Returns the name of a row: its key, with the names of connections in place of their ids. The
/// table comes first if the service `has_more_tables`.
///
/// `connection` finds the name of the connection with an id.
pub fn row_name(
    row: &RowKey,
    has_more_tables: bool,
    connection: impl Fn(&str) -> Option<ConnectionName>,
) -> RowName {
    if !has_more_tables && let Some(name) = connection(&row.key) {
        return name.row();
    }
    let mut text = String::new();
    if has_more_tables {
        write_plain(&mut text, &row.table);
        text.push('/');
    }
    let mut end = 0;
    for place in ids_in(&row.key) {
        if let Some(name) = connection(&row.key[place.clone()]) {
            write_plain(&mut text, &row.key[end..place.start]);
            text.push_str(&name);
            end = place.end;
        }
    }
    write_plain(&mut text, &row.key[end..]);
    shorten(text).into()
}

/// Returns the connections that a row names by their ids, in a key or in any other attribute,
/// sorted.
///
/// `connection` finds the name of the connection with an id.
pub fn connections_of(
    content: &RowContent,
    connection: impl Fn(&str) -> Option<ConnectionName>,
) -> Vec<ConnectionName> {
    let mut names = Vec::new();
    content.visit_strings(&mut |text| {
        names.extend(ids_in(text).filter_map(|place| connection(&text[place])));
    });
    names.sort_unstable();
    names.dedup();
    names
}

/// Writes a part of a key, with `%` and a number in place of each character that has a meaning in
/// names and cases.
fn write_plain(name: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '|' => name.push('/'),
            '_' | ':' | '#' | '@' | '/' | '-' | '~' => name.push(character),
            _ if character.is_ascii_alphanumeric() => name.push(character),
            _ => name.push_str(&format!("%{:X}", u32::from(character))),
        }
    }
}

/// Replaces the end of a long name by its hash.
fn shorten(name: String) -> String {
    if name.len() <= ROW_NAME_CHARS_MAX {
        return name;
    }
    let hash = hash::keyed(stormglass_spec::CONSTANT, &name) >> 32;
    format!("{}~{hash:08x}", &name[..ROW_NAME_CHARS_MAX - 9])
}

/// Returns the effect of a request to the gateway.
pub fn effect_of(managed: &ManagementOutcome) -> Effect {
    match managed {
        ManagementOutcome::Accepted => Effect::Accepted,
        ManagementOutcome::Described { .. } | ManagementOutcome::Deleted => Effect::Done,
        ManagementOutcome::Gone { pending } => Effect::Gone { pending: *pending },
        ManagementOutcome::BufferFull => Effect::refused("buffer full"),
        refusal => refusal::of_gateway(refusal),
    }
}

/// Returns the id of the connection with this name, which is the same in every run.
pub(crate) fn connection_id(name: &str) -> ConnectionId {
    gateway::connection_id(own_bytes(name))
}

/// Returns the bytes that make the id of this name unique. All ids of a run carry the same time, so
/// that an id depends on nothing but its name.
pub(crate) fn own_bytes(name: &str) -> [u8; 5] {
    let [a, b, c, d, e, ..] = hash::keyed(stormglass_spec::CONSTANT, name).to_le_bytes();
    [a, b, c, d, e]
}
