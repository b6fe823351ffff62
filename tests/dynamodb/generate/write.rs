//! Requests that write one item.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::Request;
use super::condition::{Condition, condition};
use super::placeholders::{Placeholders, merge};
use super::shape::{Shape, TABLE};
use super::update::{self, Update};
use super::value::{self, object};

/// The condition of a write, and the values that it returns.
#[derive(Clone, Debug)]
struct Options {
    condition: Option<Condition>,
    returns: Option<&'static str>,
    returns_on_failure: Option<&'static str>,
}

pub(super) fn put(shape: Shape) -> BoxedStrategy<Request> {
    let returns = ["ALL_OLD", "NONE", "ALL_NEW"];
    write("PutItem", "Item", value::item(shape), no_update(), options(shape, &returns))
}

pub(super) fn delete(shape: Shape) -> BoxedStrategy<Request> {
    let returns = ["ALL_OLD", "NONE", "UPDATED_OLD"];
    write("DeleteItem", "Key", value::key(shape), no_update(), options(shape, &returns))
}

pub(super) fn update(shape: Shape) -> BoxedStrategy<Request> {
    let returns = ["ALL_NEW", "UPDATED_NEW", "ALL_OLD", "UPDATED_OLD", "NONE"];
    let update = prop_oneof![1 => Just(None), 15 => update::update(shape).prop_map(Some)].boxed();
    write("UpdateItem", "Key", value::key(shape), update, options(shape, &returns))
}

/// A write as a member of a transaction, which returns nothing but on failure.
pub(super) fn in_transaction(shape: Shape) -> BoxedStrategy<Json> {
    let named = |name: &'static str, request: BoxedStrategy<Request>| {
        request.prop_map(move |request| json!({ name: request.body })).boxed()
    };
    let silent = || options(shape, &[]);
    let check = (value::key(shape), condition(shape)).prop_map(|(key, condition)| {
        let mut placeholders = Placeholders::default();
        let text = condition.text(&mut placeholders);
        let mut body = json!({ "TableName": TABLE, "Key": key, "ConditionExpression": text });
        placeholders.write(&mut body);
        json!({ "ConditionCheck": body })
    });
    let some_update = update::update(shape).prop_map(Some).boxed();
    let (item, key) = (value::item(shape), value::key(shape));
    prop_oneof![
        3 => named("Put", write("", "Item", item, no_update(), silent())),
        3 => named("Update", write("", "Key", key.clone(), some_update, silent())),
        1 => named("Delete", write("", "Key", key, no_update(), silent())),
        1 => check,
    ]
    .boxed()
}

fn write(
    operation: &'static str,
    member: &'static str,
    item: BoxedStrategy<Json>,
    update: BoxedStrategy<Option<Update>>,
    options: BoxedStrategy<Options>,
) -> BoxedStrategy<Request> {
    (item, update, options)
        .prop_map(move |(item, update, options)| {
            let mut placeholders = Placeholders::default();
            let update = update.map(|update| update.text(&mut placeholders));
            let condition = options.condition.map(|it| it.text(&mut placeholders));
            let mut body = json!({ "TableName": TABLE, member: item });
            merge(
                &mut body,
                object([
                    ("UpdateExpression", update.map(Json::from)),
                    ("ConditionExpression", condition.map(Json::from)),
                    ("ReturnValues", options.returns.map(Json::from)),
                    (
                        "ReturnValuesOnConditionCheckFailure",
                        options.returns_on_failure.map(Json::from),
                    ),
                ]),
            );
            placeholders.write(&mut body);
            Request::new(operation, body)
        })
        .boxed()
}

/// Without words there is no such member.
fn options(shape: Shape, returns: &[&'static str]) -> BoxedStrategy<Options> {
    let returns = match returns {
        [] => Just(None).boxed(),
        words => option::of(select(words.to_vec())).boxed(),
    };
    let failure = option::of(select(vec!["ALL_OLD", "NONE"]));
    let condition = option::weighted(0.3, condition(shape));
    (condition, returns, failure)
        .prop_map(|(condition, returns, returns_on_failure)| Options {
            condition,
            returns,
            returns_on_failure,
        })
        .boxed()
}

fn no_update() -> BoxedStrategy<Option<Update>> {
    Just(None).boxed()
}
