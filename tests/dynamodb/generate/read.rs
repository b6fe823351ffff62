//! Requests that read.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::Request;
use super::condition::{Condition, condition};
use super::path::{Path, paths, projection};
use super::placeholders::{Placeholders, merge};
use super::shape::{Kind, Shape, TABLE};
use super::value::{self, object};

/// A condition on the sort key.
#[derive(Clone, Debug)]
enum Range {
    Compare(&'static str, Json),
    Between(Json, Json),
    BeginsWith(Json),
}

/// The options of a page.
#[derive(Clone, Debug)]
struct Page {
    filter: Option<Condition>,
    projection: Option<Vec<Path>>,
    select: Option<&'static str>,
    limit: Option<u32>,
    consistent: Option<bool>,
}

pub(super) fn get(shape: Shape) -> BoxedStrategy<Request> {
    let consistent = option::of(any::<bool>());
    (value::key(shape), option::weighted(0.3, paths(shape)), consistent)
        .prop_map(|(key, paths, consistent)| {
            let mut body = get_body(&key, paths.as_deref());
            merge(&mut body, object([("ConsistentRead", consistent.map(Json::from))]));
            Request::new("GetItem", body)
        })
        .boxed()
}

/// Returns the body that names an item and the part of it to read.
pub(super) fn get_body(key: &Json, paths: Option<&[Path]>) -> Json {
    let mut placeholders = Placeholders::default();
    let text = paths.map(|paths| projection(paths, &mut placeholders));
    let mut body = json!({ "TableName": TABLE, "Key": key });
    merge(&mut body, object([("ProjectionExpression", text.map(Json::from))]));
    placeholders.write(&mut body);
    body
}

pub(super) fn scan(shape: Shape) -> BoxedStrategy<Request> {
    (index(shape), page(shape))
        .prop_map(|(index, page)| {
            let mut body = json!({ "TableName": TABLE });
            merge(&mut body, object([("IndexName", index.map(Json::from))]));
            page.write(&mut body, Placeholders::default());
            Request::new("Scan", body)
        })
        .boxed()
}

pub(super) fn query(shape: Shape) -> BoxedStrategy<Request> {
    index(shape).prop_flat_map(move |index| query_at(shape, index)).boxed()
}

fn query_at(shape: Shape, index: Option<&'static str>) -> BoxedStrategy<Request> {
    let table = (("p", shape.partition), shape.sort.map(|kind| ("s", kind)));
    let keys = index.and_then(|name| shape.index(name)).map(|it| (it.partition, it.sort));
    let ((partition, kind), sort) = keys.unwrap_or(table);
    let range = match sort {
        Some((name, kind)) => {
            option::of(range(kind)).prop_map(move |range| range.map(|range| (name, range))).boxed()
        }
        None => Just(None).boxed(),
    };
    (value::mostly(kind), range, page(shape), option::of(any::<bool>()))
        .prop_map(move |(value, range, page, forward)| {
            let mut placeholders = Placeholders::default();
            let mut text = format!("{partition} = {}", placeholders.value(&value));
            if let Some((name, range)) = range {
                text = format!("{text} AND {}", range.text(name, &mut placeholders));
            }
            let mut body = json!({ "TableName": TABLE, "KeyConditionExpression": text });
            let forward = ("ScanIndexForward", forward.map(Json::from));
            merge(&mut body, object([("IndexName", index.map(Json::from)), forward]));
            page.write(&mut body, placeholders);
            Request::new("Query", body)
        })
        .boxed()
}

impl Range {
    fn text(&self, name: &str, to: &mut Placeholders) -> String {
        match self {
            Range::Compare(operator, value) => format!("{name} {operator} {}", to.value(value)),
            Range::Between(low, high) => {
                format!("{name} BETWEEN {} AND {}", to.value(low), to.value(high))
            }
            Range::BeginsWith(prefix) => format!("begins_with({name}, {})", to.value(prefix)),
        }
    }
}

impl Page {
    fn write(self, body: &mut Json, mut placeholders: Placeholders) {
        let filter = self.filter.map(|filter| filter.text(&mut placeholders));
        let paths = self.projection.map(|paths| projection(&paths, &mut placeholders));
        merge(
            body,
            object([
                ("FilterExpression", filter.map(Json::from)),
                ("ProjectionExpression", paths.map(Json::from)),
                ("Select", self.select.map(Json::from)),
                ("Limit", self.limit.map(Json::from)),
                ("ConsistentRead", self.consistent.map(Json::from)),
            ]),
        );
        placeholders.write(body);
    }
}

fn page(shape: Shape) -> impl Strategy<Value = Page> {
    let words =
        ["COUNT", "ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"].to_vec();
    (
        option::weighted(0.3, condition(shape)),
        option::weighted(0.2, paths(shape)),
        option::weighted(0.2, select(words)),
        option::of(1..4_u32),
        option::weighted(0.3, any::<bool>()),
    )
        .prop_map(|(filter, projection, select, limit, consistent)| Page {
            filter,
            projection,
            select,
            limit,
            consistent,
        })
}

/// The table itself, or one of its indexes.
fn index(shape: Shape) -> impl Strategy<Value = Option<&'static str>> {
    let indexes = [shape.global, shape.local].into_iter().flatten().map(|index| Some(index.name));
    select([None].into_iter().chain(indexes).collect::<Vec<_>>())
}

fn range(kind: Kind) -> BoxedStrategy<Range> {
    let value = || value::mostly(kind);
    let operator = select(vec!["=", "<", "<=", ">", ">="]);
    let compare = (operator, value()).prop_map(|(operator, value)| Range::Compare(operator, value));
    let between = (value(), value()).prop_map(|(low, high)| Range::Between(low, high));
    let begins = value().prop_map(Range::BeginsWith);
    match kind {
        Kind::Number => prop_oneof![5 => compare, 3 => between].boxed(),
        Kind::Text | Kind::Bytes => prop_oneof![5 => compare, 3 => between, 3 => begins].boxed(),
    }
}
