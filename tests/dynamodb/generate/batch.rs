//! Requests about several items.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::path::{paths, projection};
use super::placeholders::{Placeholders, merge};
use super::read::get_body;
use super::shape::{Shape, TABLE};
use super::value::{self, object};
use super::{Request, write};

pub(super) fn batch_get(shape: Shape) -> BoxedStrategy<Request> {
    let keys = distinct(value::key(shape));
    (keys, option::weighted(0.3, paths(shape)), option::of(any::<bool>()))
        .prop_map(|(keys, paths, consistent)| {
            let mut placeholders = Placeholders::default();
            let text = paths.map(|paths| projection(&paths, &mut placeholders));
            let mut table = json!({ "Keys": keys });
            let consistent = ("ConsistentRead", consistent.map(Json::from));
            let text = ("ProjectionExpression", text.map(Json::from));
            merge(&mut table, object([text, consistent]));
            placeholders.write(&mut table);
            request("BatchGetItem", "RequestItems", json!({ TABLE: table }))
        })
        .boxed()
}

pub(super) fn batch_write(shape: Shape) -> BoxedStrategy<Request> {
    let write = prop_oneof![
        3 => value::item(shape).prop_map(|item| json!({ "PutRequest": { "Item": item } })),
        1 => value::key(shape).prop_map(|key| json!({ "DeleteRequest": { "Key": key } })),
    ];
    distinct(write)
        .prop_map(|writes| request("BatchWriteItem", "RequestItems", json!({ TABLE: writes })))
        .boxed()
}

pub(super) fn transact_get(shape: Shape) -> BoxedStrategy<Request> {
    let get = (value::key(shape), option::weighted(0.3, paths(shape)))
        .prop_map(|(key, paths)| json!({ "Get": get_body(&key, paths.as_deref()) }));
    distinct(get)
        .prop_map(|gets| request("TransactGetItems", "TransactItems", Json::Array(gets)))
        .boxed()
}

pub(super) fn transact_write(shape: Shape) -> BoxedStrategy<Request> {
    distinct(write::in_transaction(shape))
        .prop_map(|writes| request("TransactWriteItems", "TransactItems", Json::Array(writes)))
        .boxed()
}

/// Members of which, in nine of ten requests, no two are about the same item.
fn distinct(member: impl Strategy<Value = Json>) -> impl Strategy<Value = Vec<Json>> {
    (vec(member, 1..5), prop::bool::weighted(0.9)).prop_map(|(members, distinct)| {
        let mut kept: Vec<Json> = Vec::new();
        for member in members {
            if !distinct || kept.iter().all(|other| key(other) != key(&member)) {
                kept.push(member);
            }
        }
        kept
    })
}

/// The values of the key, wherever they are.
fn key(member: &Json) -> Option<(&Json, &Json)> {
    let object = member.as_object()?;
    match object.get("p") {
        Some(partition) => Some((partition, member.get("s").unwrap_or(&Json::Null))),
        None => object.values().find_map(key),
    }
}

fn request(operation: &'static str, member: &str, value: Json) -> Request {
    Request::new(operation, json!({ member: value }))
}
