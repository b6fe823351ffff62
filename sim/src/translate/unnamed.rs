//! Requests that are about no row: to the control plane, to tables that do not exist, and those
//! that a service refuses to read.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use stormglass_dynamodb as dynamodb;
use stormglass_spec::history::Request;

use super::shorten;

/// The members of a request that name a table, by its name or by its Amazon Resource Name.
const TABLE_MEMBERS: [&str; 3] = ["TableName", "ResourceArn", "TableArn"];

/// A request with more items than its operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Excess {
    items: usize,
    items_max: usize,
}

impl Excess {
    /// Returns the excess of a request that DynamoDB refuses to read, if that is its fault.
    pub(super) fn of(target: &str, body: &[u8]) -> Option<Excess> {
        let items_max = dynamodb::items_max(operation_of(target))?;
        let items = count_items(&serde_json::from_slice(body).ok()?);
        (items > items_max).then_some(Excess { items, items_max })
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} items; DynamoDB takes at most {}", self.items, self.items_max)
    }
}

/// Returns a request that is about no row, with the stem of the call's name: the operation and the
/// first table that the body names.
pub(super) fn table_request(operation: &str, body: &[u8]) -> (Request, String) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let tables = tables_in(&body);
    let stem = stem(operation, tables.first().map(|table| plain_table(table)));
    let tables = tables.into_iter().map(Arc::from).collect();
    (Request::Other { operation: operation.into(), tables }, stem)
}

/// Returns the tables that a request names, as the function wrote them.
pub fn tables_of(request: &dynamodb::Request) -> Vec<String> {
    tables_in(request.body()).into_iter().map(str::to_owned).collect()
}

/// Translates a request that DynamoDB refuses to read, from its `x-amz-target` and its body;
/// returns it with the stem of the call's name.
pub fn unreadable_request(target: &str, body: &[u8]) -> (Request, String) {
    let operation = operation_of(target);
    let (request, stem) = table_request(operation, body);
    match (request, Excess::of(target, body)) {
        (Request::Other { operation, tables }, Some(Excess { items, items_max })) => {
            (Request::Oversized { operation, tables, items, items_max }, stem)
        }
        (request, _) => (request, stem),
    }
}

/// Returns the operation that an `x-amz-target` names.
fn operation_of(target: &str) -> &str {
    target.rsplit('.').next().unwrap_or(target)
}

/// Counts the items of a batch or a transaction.
fn count_items(body: &Value) -> usize {
    let shares = body["RequestItems"].as_object().into_iter().flatten();
    let lists = shares.map(|(_, share)| share.get("Keys").unwrap_or(share));
    let lists = lists.chain([&body["TransactItems"]]);
    lists.filter_map(|list| list.as_array().map(Vec::len)).sum()
}

/// Returns the body of a request that a service refuses to read. JSON has its keys sorted: the SDK
/// writes them in no certain order.
pub(crate) fn canonical(body: &[u8]) -> String {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    json.map_or_else(|| String::from_utf8_lossy(body).into_owned(), |json| json.to_string())
}

/// Translates a request that `@connections` refuses to read, or to another host; returns it with
/// the stem of the call's name.
pub fn misdirected_request(method: &str, uri: &str) -> (Request, String) {
    let is_about_connection = uri.contains("/@connections") || uri.contains("/%40connections");
    let stem = match method {
        "POST" if is_about_connection => "post-to-connection".to_owned(),
        "GET" if is_about_connection => "get-connection".to_owned(),
        "DELETE" if is_about_connection => "delete-connection".to_owned(),
        _ => stem(method, host_of(uri)),
    };
    (Request::Other { operation: format!("{method} {uri}").into(), tables: Vec::new() }, stem)
}

/// Translates a request to a service beside the table and the gateway; returns it with the stem of
/// the call's name.
pub fn service_request(service: &str, operation: &str, resource: &str) -> (Request, String) {
    let stem = stem(operation, Some(resource).filter(|resource| !resource.is_empty()));
    let (service, operation) = (service.into(), operation.into());
    (Request::Service { service, operation, resource: resource.into() }, stem)
}

/// Returns the tables that a request names, in its order and once each.
fn tables_in(body: &Value) -> Vec<&str> {
    let mut tables: Vec<&str> = TABLE_MEMBERS.iter().filter_map(|it| body[it].as_str()).collect();
    let batch = body["RequestItems"].as_object();
    tables.extend(batch.into_iter().flat_map(|shares| shares.keys().map(String::as_str)));
    // The SDK writes the tables of a batch in no certain order.
    tables.sort_unstable();
    let actions = body["TransactItems"].as_array().into_iter().flatten();
    let named = actions.filter_map(Value::as_object).flat_map(|action| action.values());
    for table in named.filter_map(|action| action["TableName"].as_str()) {
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    tables
}

/// Returns the stem of a call's name: `describe-table-game`.
fn stem(operation: &str, target: Option<&str>) -> String {
    let mut stem = String::new();
    let mut last = '-';
    for character in operation.chars() {
        if character.is_ascii_uppercase() && last.is_ascii_lowercase() {
            stem.push('-');
        }
        stem.push(plain(character));
        last = character;
    }
    if stem.is_empty() {
        stem.push_str("request");
    }
    if let Some(target) = target {
        stem.push('-');
        stem.extend(target.chars().map(plain));
    }
    shorten(stem)
}

/// Returns a character as the key of a deviation can hold it.
fn plain(character: char) -> char {
    match character {
        'a'..='z' | '0'..='9' | '_' => character,
        'A'..='Z' => character.to_ascii_lowercase(),
        _ => '-',
    }
}

/// Returns the name of a table that a request may name by its Amazon Resource Name.
fn plain_table(table: &str) -> &str {
    table.split('/').nth(1).unwrap_or(table)
}

fn host_of(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    rest.split(['/', '?']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem_of(target: &str, body: &str) -> String {
        unreadable_request(&format!("DynamoDB_20120810.{target}"), body.as_bytes()).1
    }

    #[test]
    fn a_request_about_no_row_is_named_by_its_operation_and_its_table() {
        let arn = r#"{"ResourceArn":"arn:aws:dynamodb:eu-central-1:1:table/game"}"#;
        let batch = r#"{"RequestItems":{"game":[],"seats":[]}}"#;
        let transaction = r#"{"TransactItems":[{"Put":{"TableName":"seats"}}]}"#;
        for (operation, body, expected) in [
            ("DescribeTable", r#"{"TableName":"game"}"#, "describe-table-game"),
            (
                "UpdateTimeToLive",
                r#"{"TableName":"Prod.Game_1"}"#,
                "update-time-to-live-prod-game_1",
            ),
            ("ListTables", "{}", "list-tables"),
            ("TagResource", arn, "tag-resource-game"),
            ("BatchWriteItem", batch, "batch-write-item-game"),
            ("TransactWriteItems", transaction, "transact-write-items-seats"),
            ("PutItem", "no JSON", "put-item"),
            ("", "", "request"),
        ] {
            assert_eq!(stem_of(operation, body), expected);
        }
    }

    /// A point ends the name of an invocation, and a deviation ends at a space.
    #[test]
    fn no_table_and_no_address_makes_a_name_that_a_key_cannot_hold() {
        let long = format!(r#"{{"TableName":"{}"}}"#, "Ta.b=l e|#\u{e9}".repeat(30));
        let stems = [
            stem_of("Scan", &long),
            misdirected_request("POST", "https://sqs.eu-central-1.amazonaws.com/?a=b").1,
            misdirected_request("GET", "not an address").1,
            misdirected_request("PATCH", "https://x.y/prod/@connections/a=").1,
        ];
        for stem in &stems {
            let is_plain =
                |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "-_~".contains(it);
            assert!(stem.chars().all(is_plain) && stem.len() <= 60, "{stem}");
        }
        assert_eq!(stems[1..3], ["post-sqs-eu-central-1-amazonaws-com", "get"]);
    }

    #[test]
    fn a_request_to_connections_keeps_its_operation_at_a_wrong_stage() {
        let uri = "https://x.execute-api.eu-central-1.amazonaws.com/other/@connections/a";
        let (request, stem) = misdirected_request("POST", uri);
        let operation = format!("POST {uri}").into();
        assert_eq!(request, Request::Other { operation, tables: Vec::new() });
        assert_eq!(stem, "post-to-connection");
    }
}
