//! The cost of each operation, beside that of the same operation in another DynamoDB.
//!
//! ```sh
//! cargo bench --manifest-path tests/benches/rival/Cargo.toml --target-dir target/rival
//! ```
//! Both read the same JSON text and write JSON text, in one process and one run: compare figures
//! of the same run only. The table holds 1,000 items of about 150 bytes, 25 to a partition.

use std::cell::RefCell;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use serde_json::{Value as Json, json};
use stormglass_rival::{Dynoxide, Rival, Stormglass};

const PARTITIONS: u64 = 40;
const ITEMS_PER_PARTITION: u64 = 25;

/// Names one rival, and starts it.
type Start = (&'static str, fn() -> Box<dyn Rival>);

const RIVALS: [Start; 2] =
    [("stormglass", || Box::new(Stormglass::new())), ("dynoxide", || Box::new(Dynoxide::new()))];

/// An operation and the body of its nth request.
type Operation = (&'static str, fn(u64) -> Json);

const OPERATIONS: [Operation; 6] = [
    ("PutItem", |nth| json!({ "TableName": "bench", "Item": item(nth) })),
    ("GetItem", |nth| json!({ "TableName": "bench", "Key": key(nth) })),
    ("UpdateItem", update),
    ("Query", |nth| {
        json!({
            "TableName": "bench",
            "KeyConditionExpression": "p = :p",
            "ExpressionAttributeValues": { ":p": key(nth)["p"] },
        })
    }),
    ("Scan", |nth| json!({ "TableName": "bench", "Limit": 25, "ExclusiveStartKey": key(nth) })),
    ("TransactWriteItems", |nth| {
        let put = json!({ "TableName": "bench", "Item": item(nth) });
        json!({ "TransactItems": [{ "Put": put }, { "Update": update(nth + 1) }] })
    }),
];

fn key(nth: u64) -> Json {
    let partition = nth % PARTITIONS;
    let sort = nth / PARTITIONS % ITEMS_PER_PARTITION;
    json!({ "p": { "S": format!("partition-{partition}") }, "s": { "S": format!("sort-{sort}") } })
}

fn item(nth: u64) -> Json {
    let mut item = key(nth);
    item["count"] = json!({ "N": nth.to_string() });
    item["text"] = json!({ "S": "a string of about sixty bytes, as a message or a name may be." });
    item["tags"] = json!({ "SS": ["red", "green", "blue"] });
    item["open"] = json!({ "BOOL": true });
    item
}

fn update(nth: u64) -> Json {
    json!({
        "TableName": "bench",
        "Key": key(nth),
        "UpdateExpression": "SET #n = #n + :one, seen = :text",
        "ConditionExpression": "attribute_exists(p)",
        "ExpressionAttributeNames": { "#n": "count" },
        "ExpressionAttributeValues": { ":one": { "N": "1" }, ":text": { "S": "today" } },
    })
}

/// A table with all of its items.
fn filled(start: fn() -> Box<dyn Rival>) -> Box<dyn Rival> {
    let mut rival = start();
    let attribute = |name| json!({ "AttributeName": name, "AttributeType": "S" });
    let element = |name, kind| json!({ "AttributeName": name, "KeyType": kind });
    let table = json!({
        "TableName": "bench",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [attribute("p"), attribute("s")],
        "KeySchema": [element("p", "HASH"), element("s", "RANGE")],
    });
    rival.ask("CreateTable", &table.to_string());
    for nth in 0..PARTITIONS * ITEMS_PER_PARTITION {
        put(&mut *rival, nth);
    }
    rival
}

fn put(rival: &mut dyn Rival, nth: u64) {
    let body = json!({ "TableName": "bench", "Item": item(nth) });
    rival.ask("PutItem", &body.to_string());
}

fn operations(criterion: &mut Criterion) {
    for (operation, body) in OPERATIONS {
        let bodies: Vec<_> =
            (0..PARTITIONS * ITEMS_PER_PARTITION).map(|nth| body(nth).to_string()).collect();
        let mut group = criterion.benchmark_group(operation);
        for (name, start) in RIVALS {
            let mut rival = filled(start);
            check(&mut *rival, operation, &bodies[0]);
            let mut next = bodies.iter().cycle();
            group.bench_function(name, |bench| {
                bench.iter(|| next.next().map(|body| rival.ask(operation, body)));
            });
        }
        group.finish();
    }
}

/// Sees to it that both read as many items.
fn check(rival: &mut dyn Rival, operation: &str, body: &str) {
    let answer: Json = rival.ask(operation, body).parse().expect("JSON");
    if let Some(count) = answer.get("Count") {
        assert_eq!(*count, ITEMS_PER_PARTITION, "{operation} {body}");
    }
}

/// An item has to be there before it is deleted.
fn delete(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("DeleteItem");
    for (name, start) in RIVALS {
        let rival = RefCell::new(filled(start));
        let mut nth = 0;
        let mut setup = || {
            nth = (nth + 1) % (PARTITIONS * ITEMS_PER_PARTITION);
            put(&mut **rival.borrow_mut(), nth);
            json!({ "TableName": "bench", "Key": key(nth) }).to_string()
        };
        group.bench_function(name, |bench| {
            let delete = |body: String| rival.borrow_mut().ask("DeleteItem", &body);
            bench.iter_batched(&mut setup, delete, BatchSize::NumIterations(500));
        });
    }
    group.finish();
}

criterion_group!(benches, operations, delete);
criterion_main!(benches);
