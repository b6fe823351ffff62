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
use super::{Ask, write};

pub(super) fn batch_get(shape: Shape) -> BoxedStrategy<Ask> {
    let keys = vec(value::key(shape), 1..4);
    (keys, option::weighted(0.3, paths(shape)), option::of(any::<bool>()))
        .prop_map(|(keys, paths, consistent)| {
            let mut placeholders = Placeholders::default();
            let text = paths.map(|paths| projection(&paths, &mut placeholders));
            let mut table = json!({ "Keys": keys });
            let consistent = ("ConsistentRead", consistent.map(Json::from));
            let text = ("ProjectionExpression", text.map(Json::from));
            merge(&mut table, object([text, consistent]));
            placeholders.write(&mut table);
            ask("BatchGetItem", "RequestItems", json!({ TABLE: table }))
        })
        .boxed()
}

pub(super) fn batch_write(shape: Shape) -> BoxedStrategy<Ask> {
    let write = prop_oneof![
        3 => value::item(shape).prop_map(|item| json!({ "PutRequest": { "Item": item } })),
        1 => value::key(shape).prop_map(|key| json!({ "DeleteRequest": { "Key": key } })),
    ];
    vec(write, 1..4)
        .prop_map(|writes| ask("BatchWriteItem", "RequestItems", json!({ TABLE: writes })))
        .boxed()
}

pub(super) fn transact_get(shape: Shape) -> BoxedStrategy<Ask> {
    let get = (value::key(shape), option::weighted(0.3, paths(shape)))
        .prop_map(|(key, paths)| json!({ "Get": get_body(&key, paths.as_deref()) }));
    vec(get, 1..4)
        .prop_map(|gets| ask("TransactGetItems", "TransactItems", Json::Array(gets)))
        .boxed()
}

pub(super) fn transact_write(shape: Shape) -> BoxedStrategy<Ask> {
    vec(write::in_transaction(shape), 1..4)
        .prop_map(|writes| ask("TransactWriteItems", "TransactItems", Json::Array(writes)))
        .boxed()
}

fn ask(operation: &'static str, member: &str, value: Json) -> Ask {
    Ask { operation, body: json!({ member: value }) }
}
