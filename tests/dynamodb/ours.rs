//! Our answers where emulators give other ones.

use serde_json::{Value as Json, json};
use stormglass_dynamodb::{DynamoDb, Limits, ReplicaView, Request};
use stormglass_spec::Time;

/// A table with the partition key `p`, a global index on `g` and a local one on `l`.
struct World {
    db: DynamoDb,
}

impl World {
    fn new() -> World {
        let element = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
        let attributes =
            ["p", "s", "g", "l"].map(|name| json!({ "AttributeName": name, "AttributeType": "S" }));
        let mut world = World { db: DynamoDb::new(Limits::default()) };
        let definition = json!({
            "TableName": "table",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes,
            "KeySchema": [element("p", "HASH"), element("s", "RANGE")],
            "GlobalSecondaryIndexes": [{
                "IndexName": "global",
                "KeySchema": [element("g", "HASH")],
                "Projection": { "ProjectionType": "KEYS_ONLY" },
            }],
            "LocalSecondaryIndexes": [{
                "IndexName": "local",
                "KeySchema": [element("p", "HASH"), element("l", "RANGE")],
                "Projection": { "ProjectionType": "KEYS_ONLY" },
            }],
        });
        let (status, answer) = world.ask("CreateTable", definition);
        assert_eq!(status, 200, "{answer}");
        world
    }

    /// A table with one item, of these attributes beside its key.
    fn holding(attributes: Json) -> World {
        let mut world = World::new();
        let mut item = key();
        for (name, value) in attributes.as_object().expect("an object") {
            item[name.as_str()] = value.clone();
        }
        let put = world.ask("PutItem", json!({ "TableName": "table", "Item": item }));
        assert_eq!(put, (200, json!({})));
        world
    }

    fn ask(&mut self, operation: &str, body: Json) -> (u16, Json) {
        let target = format!("DynamoDB_20120810.{operation}");
        let answer = match Request::parse(&target, body.to_string().as_bytes()) {
            Ok(request) => self.db.apply(Time::ZERO, &request, ReplicaView::Fresh),
            Err(refusal) => refusal,
        };
        (answer.status, answer.body.parse().expect("JSON"))
    }

    /// Updates the item, with these members beside its key.
    fn update(&mut self, members: Json) -> (u16, Json) {
        self.ask("UpdateItem", with_key(members))
    }

    fn scan(&mut self, members: Json) -> (u16, Json) {
        self.ask("Scan", with(json!({ "TableName": "table" }), members))
    }
}

fn key() -> Json {
    json!({ "p": { "S": "a" }, "s": { "S": "b" } })
}

fn with_key(members: Json) -> Json {
    with(json!({ "TableName": "table", "Key": key() }), members)
}

fn with(mut body: Json, members: Json) -> Json {
    for (name, value) in members.as_object().expect("an object") {
        body[name.as_str()] = value.clone();
    }
    body
}

fn code((status, body): &(u16, Json)) -> (u16, &str) {
    (*status, body["__type"].as_str().and_then(|name| name.rsplit('#').next()).unwrap_or(""))
}

#[track_caller]
fn assert_invalid(answer: &(u16, Json), message: &str) {
    assert_eq!(code(answer), (400, "ValidationException"), "{}", answer.1);
    let said = answer.1["message"].as_str().unwrap_or_default();
    assert!(said.contains(message), "{said}");
}

#[test]
fn a_member_of_the_wrong_json_type_cannot_be_read() {
    let mut world = World::new();
    let answers = [
        world.ask("DeleteItem", json!({ "TableName": "table", "Key": { "p": "junk" } })),
        world.ask("DeleteItem", json!({ "TableName": "table", "Key": { "p": { "S": true } } })),
    ];
    for answer in answers {
        assert_eq!(code(&answer), (400, "SerializationException"));
    }
}

#[test]
fn numbers_come_back_in_their_plain_form() {
    let mut world = World::holding(json!({ "b": { "L": [{ "N": "007" }, { "N": "-0" }] } }));
    let (_, answer) = world.ask("GetItem", with_key(json!({})));
    assert_eq!(answer["Item"]["b"], json!({ "L": [{ "N": "7" }, { "N": "0" }] }));
    let mut world = World::holding(json!({ "a": { "N": "1.5" } }));
    let (_, answer) = world.update(json!({
        "UpdateExpression": "ADD a :n",
        "ExpressionAttributeValues": { ":n": { "N": "1.5" } },
        "ReturnValues": "UPDATED_NEW",
    }));
    assert_eq!(answer["Attributes"]["a"], json!({ "N": "3" }));
}

#[test]
fn a_transaction_is_cancelled_where_one_of_its_writes_cannot_be_done() {
    let mut world = World::new();
    let update = with_key(json!({ "UpdateExpression": "SET a = b" }));
    let put = json!({ "TableName": "table", "Item": { "p": { "S": "c" }, "s": { "S": "d" } } });
    let writes = json!([{ "Put": put }, { "Update": update }]);
    let answer = world.ask("TransactWriteItems", json!({ "TransactItems": writes }));
    assert_eq!(code(&answer), (400, "TransactionCanceledException"));
    let codes: Vec<_> = answer.1["CancellationReasons"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| &it["Code"])
        .collect();
    assert_eq!(codes, ["None", "ValidationError"]);
}

#[test]
fn an_item_that_a_transaction_names_twice_comes_before_a_false_condition() {
    let mut world = World::new();
    let check = with_key(json!({ "ConditionExpression": "attribute_exists(p)" }));
    let writes = json!([{ "ConditionCheck": check }, { "Delete": with_key(json!({})) }]);
    let answer = world.ask("TransactWriteItems", json!({ "TransactItems": writes }));
    assert_invalid(&answer, "cannot include multiple operations on one item");
}

#[test]
fn an_update_of_a_path_returns_that_path_only() {
    let document = json!({ "M": { "x": { "S": "old" }, "y": { "S": "kept" } } });
    let mut world = World::holding(json!({ "b": document }));
    let (_, answer) = world.update(json!({
        "UpdateExpression": "SET b.x = :new",
        "ExpressionAttributeValues": { ":new": { "S": "new" } },
        "ReturnValues": "UPDATED_NEW",
    }));
    assert_eq!(answer["Attributes"], json!({ "b": { "M": { "x": { "S": "new" } } } }));
}

#[test]
fn an_update_that_finds_nothing_old_returns_nothing() {
    let answer = World::holding(json!({})).update(json!({
        "UpdateExpression": "SET a = :a",
        "ExpressionAttributeValues": { ":a": { "S": "" } },
        "ReturnValues": "UPDATED_OLD",
    }));
    assert_eq!(answer, (200, json!({})));
}

#[test]
fn an_update_must_fit_what_is_there() {
    let mut world = World::holding(json!({ "a": { "S": "text" } }));
    for (update, message) in [
        ("REMOVE b.x", "The document path provided in the update expression is invalid"),
        ("SET b = c", "The provided expression refers to an attribute that does not exist"),
        ("SET a = a + :n", "An operand in the update expression has an incorrect data type"),
    ] {
        let mut members = json!({ "UpdateExpression": update });
        if update.contains(":n") {
            members["ExpressionAttributeValues"] = json!({ ":n": { "N": "1" } });
        }
        assert_invalid(&world.update(members), message);
    }
}

#[test]
fn an_item_without_the_projected_attributes_is_as_good_as_none_in_a_transaction() {
    let get = with_key(json!({ "ProjectionExpression": "a" }));
    let gets = json!({ "TransactItems": [{ "Get": get }] });
    let answer = World::holding(json!({})).ask("TransactGetItems", gets);
    assert_eq!(answer, (200, json!({ "Responses": [{}] })));
}

#[test]
fn operands_of_in_and_if_not_exists_must_be_distinct() {
    let distinct = "The first operand must be distinct from the remaining operands";
    let mut world = World::holding(json!({ "a": { "S": "a" } }));
    assert_invalid(&world.scan(json!({ "FilterExpression": "a IN (b, a)" })), distinct);
    let same = json!({ "UpdateExpression": "SET b = if_not_exists(a, a)" });
    assert_invalid(&world.update(same), distinct);
}

#[test]
fn both_operands_of_if_not_exists_are_looked_up() {
    let mut world = World::holding(json!({ "a": { "S": "a" } }));
    let update = json!({ "UpdateExpression": "SET b = if_not_exists(a, a.x)" });
    let missing = "The provided expression refers to an attribute that does not exist";
    assert_invalid(&world.update(update), missing);
}

#[test]
fn a_key_is_not_updated_even_if_the_condition_is_false() {
    let members = json!({ "UpdateExpression": "REMOVE p", "ConditionExpression": "a = b" });
    assert_invalid(&World::new().update(members), "This attribute is part of the key");
}

#[test]
fn a_condition_that_is_false_comes_before_an_update_that_does_not_fit() {
    let members = json!({ "UpdateExpression": "SET a = b", "ConditionExpression": "a = b" });
    let answer = World::new().update(members);
    assert_eq!(code(&answer), (400, "ConditionalCheckFailedException"));
}

#[test]
fn operands_are_checked_before_anybody_looks_for_the_table() {
    let update = json!({
        "TableName": "nowhere",
        "Key": key(),
        "UpdateExpression": "ADD a :v",
        "ExpressionAttributeValues": { ":v": { "M": {} } },
    });
    assert_invalid(&World::new().ask("UpdateItem", update), "Incorrect operand type");
}

#[test]
fn members_have_to_be_there_and_values_have_to_be_sound() {
    let mut world = World::new();
    let filter = json!({
        "FilterExpression": "a = :a",
        "ExpressionAttributeValues": { ":a": {} },
    });
    assert_invalid(&world.scan(filter), "ExpressionAttributeValues contains invalid value");
    let names = json!({ "ExpressionAttributeNames": { "#c": "c" } });
    let answer = world.ask("GetItem", with_key(names));
    assert_invalid(&answer, "can only be specified when using expressions");
    let path = with_key(json!({ "ProjectionExpression": "#a" }));
    let gets = json!({ "TransactItems": [{ "Get": path }] });
    assert_invalid(
        &world.ask("TransactGetItems", gets),
        "used in the document path is not defined",
    );
    let empty = with_key(json!({
        "ProjectionExpression": "a",
        "ExpressionAttributeNames": {},
    }));
    assert_invalid(&world.ask("GetItem", empty), "ExpressionAttributeNames must not be empty");
    let word = with_key(json!({ "ReturnValues": "" }));
    assert_invalid(&world.ask("DeleteItem", word), "Member must satisfy enum value set");
    let gets = json!({ "TransactItems": [{ "Get": { "Key": key() } }] });
    assert_invalid(&world.ask("TransactGetItems", gets), "failed to satisfy constraint");
}

#[test]
fn a_full_page_has_a_cursor_even_if_nothing_is_left() {
    let (_, answer) = World::holding(json!({})).scan(json!({ "Limit": 1 }));
    assert_eq!(answer["LastEvaluatedKey"], key());
}

#[test]
fn an_expression_is_checked_before_it_is_evaluated() {
    let mut world = World::new();
    for (condition, message) in [
        ("a < :v AND a = b", "Incorrect operand type for operator or function"),
        ("a = a", "The first operand must be distinct from the remaining operands"),
    ] {
        let mut members = json!({ "ConditionExpression": condition });
        if condition.contains(":v") {
            members["ExpressionAttributeValues"] = json!({ ":v": { "L": [] } });
        }
        assert_invalid(&world.ask("DeleteItem", with_key(members)), message);
    }
    let members = json!({ "UpdateExpression": "REMOVE b, b.x" });
    assert_invalid(&world.update(members), "Two document paths overlap with each other");
}

#[test]
fn a_filter_of_a_query_names_no_key() {
    let answer = World::new().ask(
        "Query",
        json!({
            "TableName": "table",
            "KeyConditionExpression": "p = :p",
            "FilterExpression": "attribute_exists(s)",
            "ExpressionAttributeValues": { ":p": { "S": "a" } },
        }),
    );
    assert_invalid(&answer, "Filter Expression can only contain non-primary key attributes");
}

#[test]
fn a_global_index_returns_what_it_holds_and_nothing_else() {
    let mut world = World::holding(json!({ "g": { "S": "g" }, "a": { "S": "a" } }));
    let projects = json!({ "IndexName": "global", "ProjectionExpression": "a" });
    assert_invalid(&world.scan(projects), "does not project [a]");
    let selects = json!({ "IndexName": "global", "Select": "ALL_ATTRIBUTES" });
    assert_invalid(&world.scan(selects), "Select type ALL_ATTRIBUTES is not supported");
    let filters = json!({ "IndexName": "global", "FilterExpression": "attribute_exists(a)" });
    assert_eq!(world.scan(filters).1["Count"], 0);
}

#[test]
fn what_a_local_index_does_not_hold_is_fetched() {
    let mut world = World::holding(json!({ "l": { "S": "l" }, "a": { "S": "a" } }));
    let (_, answer) = world.scan(json!({ "IndexName": "local", "ProjectionExpression": "a" }));
    assert_eq!(answer["Items"], json!([{ "a": { "S": "a" } }]));
}

#[test]
fn nothing_compares_with_what_is_not_there() {
    let mut world = World::holding(json!({ "b": { "L": [{ "S": "a" }] } }));
    for (filter, count) in [
        ("NOT attribute_not_exists(b[1])", 0),
        ("b[1] IN (p)", 0),
        ("c = size(d)", 0),
        // An operand of IN is one value, even if it is a list.
        ("NOT (p IN (b))", 1),
        // A set begins with nothing.
        ("NOT begins_with(b, p)", 1),
    ] {
        let (_, answer) = world.scan(json!({ "FilterExpression": filter }));
        assert_eq!(answer["Count"], count, "{filter}: {answer}");
    }
}

#[test]
fn members_that_no_value_has_are_passed_over() {
    let put = json!({ "p": { "S": "a" }, "s": { "S": "b", "#z": "junk" } });
    let answer = World::new().ask("PutItem", json!({ "TableName": "table", "Item": put }));
    assert_eq!(answer, (200, json!({})));
}
