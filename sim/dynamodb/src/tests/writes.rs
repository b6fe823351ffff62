//! `PutItem` and `DeleteItem`.

use super::{Account, described, flat, message};

#[test]
fn a_put_writes_a_row_and_says_so() {
    let mut account = Account::new();
    let body = r#"{"TableName":"conns","Item":{"id":{"S":"a"},"n":{"N":"1.0"}}}"#;
    for _ in 0..2 {
        let answer = account.ask("PutItem", body);
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
        assert_eq!(answer.error_type, None);
        assert_eq!(described(&answer.changes), ["+conns/a"]);
    }
    assert_eq!(account.db.keys("conns"), ["a"]);
}

#[test]
fn a_put_replaces_the_whole_row_and_returns_the_old_one_if_asked() {
    let mut account = Account::holding(r#","x":{"S":"old"}"#);
    let put = r#"{"TableName":"conns","Item":{"id":{"S":"a"}},"ReturnValues":"ALL_OLD"}"#;
    let old = r#"{"Attributes":{"id":{"S":"a"},"x":{"S":"old"}}}"#;
    assert_eq!(account.ask("PutItem", put).body, old);
    assert_eq!(account.ask("PutItem", put).body, r#"{"Attributes":{"id":{"S":"a"}}}"#);
}

#[test]
fn the_first_put_has_no_old_row_to_return() {
    let put = r#"{"TableName":"conns","Item":{"id":{"S":"a"}},"ReturnValues":"ALL_OLD"}"#;
    assert_eq!(Account::new().ask("PutItem", put).body, "{}");
}

#[test]
fn a_delete_removes_a_row_once_and_succeeds_every_time() {
    let mut account = Account::holding("");
    let delete = r#"{"TableName":"conns","Key":{"id":{"S":"a"}},"ReturnValues":"ALL_OLD"}"#;
    let answer = account.ask("DeleteItem", delete);
    assert_eq!(answer.body, r#"{"Attributes":{"id":{"S":"a"}}}"#);
    assert_eq!(described(&answer.changes), ["-conns/a"]);
    let answer = account.ask("DeleteItem", delete);
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    assert_eq!(answer.changes, []);
    assert_eq!(account.db.keys("conns"), Vec::<String>::new());
}

#[test]
fn a_false_condition_changes_nothing_and_shows_the_row_if_asked() {
    let mut account = Account::holding(r#","n":{"N":"1"}"#);
    let put = |more: &str| {
        format!(
            r#"{{"TableName":"conns","Item":{{"id":{{"S":"a"}}}},
                "ConditionExpression":"attribute_not_exists(id)"{more}}}"#
        )
    };
    let answer = account.ask("PutItem", &put(""));
    assert_eq!(
        answer.body,
        flat(
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
            "message":"The conditional request failed"}"#
        )
    );
    assert_eq!(answer.changes, []);
    let asked = r#","ReturnValuesOnConditionCheckFailure":"ALL_OLD""#;
    assert_eq!(
        account.ask("PutItem", &put(asked)).body,
        flat(
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
            "message":"The conditional request failed",
            "Item":{"id":{"S":"a"},"n":{"N":"1"}}}"#
        )
    );
    assert_eq!(account.scan("").matches(r#""n":{"N":"1"}"#).count(), 1);
}

#[test]
fn a_conditional_delete_of_nothing_fails_without_an_item() {
    let delete = r#"{"TableName":"conns","Key":{"id":{"S":"a"}},
        "ConditionExpression":"attribute_exists(id)",
        "ReturnValuesOnConditionCheckFailure":"ALL_OLD"}"#;
    let answer = Account::new().ask("DeleteItem", delete);
    assert_eq!(
        message("ConditionalCheckFailedException", &answer),
        "The conditional request failed"
    );
    assert!(!answer.body.contains("Item"));
}

#[test]
fn a_row_that_was_not_older_is_left_alone() {
    let mut account = Account::holding(r#","connectedAt":{"N":"1000"}"#);
    let delete = |before: u32| {
        format!(
            r##"{{"TableName":"conns","Key":{{"id":{{"S":"a"}}}},
                "ConditionExpression":"#at < :before",
                "ExpressionAttributeNames":{{"#at":"connectedAt"}},
                "ExpressionAttributeValues":{{":before":{{"N":"{before}"}}}}}}"##
        )
    };
    let young = account.ask("DeleteItem", &delete(1000));
    assert_eq!(young.error_type.as_deref(), Some("ConditionalCheckFailedException"));
    let answer = account.ask("DeleteItem", &delete(1001));
    assert_eq!(described(&answer.changes), ["-conns/a"]);
}

#[test]
fn the_key_of_an_item_must_be_a_string_with_something_in_it() {
    let long = format!(r#"{{"id":{{"S":"{}"}}}}"#, "k".repeat(2049));
    for (item, expected) in [
        ("{}", "One or more parameter values were invalid: Missing the key id in the item"),
        (
            r#"{"id":{"N":"1"}}"#,
            "One or more parameter values were invalid: Type mismatch for key id expected: S \
             actual: N",
        ),
        (
            r#"{"id":{"S":""}}"#,
            "One or more parameter values are not valid. The AttributeValue for a key attribute \
             cannot contain an empty string value. Key: id",
        ),
        (
            long.as_str(),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum \
             size limit of2048 bytes",
        ),
    ] {
        let put = format!(r#"{{"TableName":"conns","Item":{item}}}"#);
        let answer = Account::new().ask("PutItem", &put);
        assert_eq!(message("ValidationException", &answer), expected);
    }
}

#[test]
fn a_key_is_the_key_and_nothing_else() {
    for key in
        ["{}", r#"{"x":{"S":"a"}}"#, r#"{"id":{"N":"1"}}"#, r#"{"id":{"S":"a"},"x":{"S":"a"}}"#]
    {
        let delete = format!(r#"{{"TableName":"conns","Key":{key}}}"#);
        assert_eq!(
            message("ValidationException", &Account::holding("").ask("DeleteItem", &delete)),
            "The provided key element does not match the schema"
        );
    }
}

#[test]
fn an_empty_key_is_refused() {
    let delete = r#"{"TableName":"conns","Key":{"id":{"S":""}}}"#;
    assert_eq!(
        message("ValidationException", &Account::new().ask("DeleteItem", delete)),
        "One or more parameter values are not valid. The AttributeValue for a key attribute \
         cannot contain an empty string value. Key: id"
    );
}

#[test]
fn an_item_measures_at_most_400_kb() {
    let put = |bytes: usize| {
        format!(
            r#"{{"TableName":"conns","Item":{{"id":{{"S":"a"}},"x":{{"S":"{}"}}}}}}"#,
            "x".repeat(bytes)
        )
    };
    let others = "id".len() + "a".len() + "x".len();
    assert_eq!(Account::new().ask("PutItem", &put(400 * 1024 - others)).status, 200);
    assert_eq!(
        message(
            "ValidationException",
            &Account::new().ask("PutItem", &put(400 * 1024 - others + 1))
        ),
        "Item size has exceeded the maximum allowed size"
    );
}

#[test]
fn a_table_that_does_not_exist_is_not_found() {
    for (operation, body) in [
        ("PutItem", r#"{"TableName":"other","Item":{"id":{"S":"a"}}}"#),
        ("DeleteItem", r#"{"TableName":"other","Key":{"id":{"S":"a"}}}"#),
        ("Scan", r#"{"TableName":"other"}"#),
    ] {
        assert_eq!(
            Account::new().ask(operation, body).body,
            flat(
                r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
                "message":"Requested resource not found"}"#
            )
        );
    }
    assert_eq!(Account::new().db.keys("other"), Vec::<String>::new());
}

#[test]
fn every_type_of_value_comes_back_as_it_was_but_in_its_normal_form() {
    let mut account = Account::holding(
        r#",
        "b":{"B":"aGk="},
        "bool":{"BOOL":false},
        "bs":{"BS":["Yg==","YQ=="]},
        "l":{"L":[{"S":""},{"L":[]}]},
        "m":{"M":{"z":{"NULL":true},"y":{"S":"é\"\n"}}},
        "n":{"N":"01.50E3"},
        "ns":{"NS":["10","9"]},
        "ss":{"SS":["b","a"]}"#,
    );
    assert_eq!(
        account.scan(""),
        flat(
            r#"{"Count":1,"Items":[{
            "b":{"B":"aGk="},
            "bool":{"BOOL":false},
            "bs":{"BS":["YQ==","Yg=="]},
            "id":{"S":"a"},
            "l":{"L":[{"S":""},{"L":[]}]},
            "m":{"M":{"y":{"S":"é\"\n"},"z":{"NULL":true}}},
            "n":{"N":"1500"},
            "ns":{"NS":["9","10"]},
            "ss":{"SS":["a","b"]}}],"ScannedCount":1}"#
        )
    );
}

#[test]
fn consumed_capacity_is_told_if_asked() {
    let mut account = Account::new();
    let body = format!(
        r#"{{"TableName":"conns","Item":{{"id":{{"S":"a"}},"x":{{"S":"{}"}}}},
            "ReturnConsumedCapacity":"TOTAL"}}"#,
        "x".repeat(1024)
    );
    let consumed = r#"{"ConsumedCapacity":{"CapacityUnits":2.0,"TableName":"conns"}}"#;
    assert_eq!(account.ask("PutItem", &body).body, consumed);
    let delete = r#"{"TableName":"conns","Key":{"id":{"S":"a"}},"ReturnConsumedCapacity":"TOTAL"}"#;
    assert_eq!(account.ask("DeleteItem", delete).body, consumed);
}

#[test]
fn an_update_leaves_room_for_its_actions_but_not_for_its_key() {
    let update = |key: &str, expression: &str, bytes: usize| {
        let big = "x".repeat(bytes);
        format!(
            r#"{{"TableName":"conns","Key":{{"id":{{"S":"{key}"}}}},
            "UpdateExpression":"{expression}",
            "ExpressionAttributeValues":{{":b":{{"S":"{big}"}}}}}}"#
        )
    };
    let long = "k".repeat(40);
    for (key, expression, most) in [
        ("a", "SET b = :b", 409_600 - 3 - 19 - 1),
        ("a", "SET b = :b REMOVE c", 409_600 - 3 - 19 - 2 - 1),
        // A long key does not raise the limit of the item itself.
        (long.as_str(), "SET b = :b", 409_600 - 42 - 1),
    ] {
        let mut account = Account::new();
        assert_eq!(account.ask("UpdateItem", &update(key, expression, most)).body, "{}");
        assert_eq!(
            message(
                "ValidationException",
                &account.ask("UpdateItem", &update(key, expression, most + 1))
            ),
            "Item size to update has exceeded the maximum allowed size"
        );
    }
    let in_transaction = format!(
        r#"{{"TransactItems":[{{"Update":{}}}]}}"#,
        update("a", "SET b = :b", 409_600 - 3 - 1)
    );
    assert_eq!(Account::new().ask("TransactWriteItems", &in_transaction).body, "{}");
}

#[test]
fn a_batch_does_not_say_which_part_of_a_key_is_missing() {
    let body = r#"{"RequestItems":{"conns":[{"PutRequest":{"Item":{"x":{"S":"a"}}}}]}}"#;
    assert_eq!(
        message("ValidationException", &Account::new().ask("BatchWriteItem", body)),
        "The provided key element does not match the schema"
    );
}

#[test]
fn the_type_of_an_index_key_is_checked_before_the_row_is_looked_at_and_after() {
    let mut account = Account::new();
    let answer = account.ask(
        "CreateTable",
        r#"{"TableName":"aged","BillingMode":"PAY_PER_REQUEST",
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},
        {"AttributeName":"c","AttributeType":"S"},{"AttributeName":"d","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "GlobalSecondaryIndexes":[{"IndexName":"by-c","Projection":{"ProjectionType":"ALL"},
        "KeySchema":[{"AttributeName":"c","KeyType":"HASH"},
        {"AttributeName":"d","KeyType":"RANGE"}]}]}"#,
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
    let put = r#"{"TableName":"aged","Item":{"id":{"S":"a"},"n":{"N":"1"}}}"#;
    assert_eq!(account.ask("PutItem", put).body, "{}");
    let mismatch = "One or more parameter values were invalid: Type mismatch for Index Key c \
                    Expected: S Actual: N IndexName: by-c";
    for (expression, expected) in [
        ("SET d.x = n ADD c :v", mismatch),
        ("SET c = n + :v, e = c[1]", mismatch),
        (
            "SET c = n, e = :v",
            "The update expression attempted to update the secondary index key to unsupported type",
        ),
    ] {
        let body = format!(
            r#"{{"TableName":"aged","Key":{{"id":{{"S":"a"}}}},"UpdateExpression":"{expression}",
            "ExpressionAttributeValues":{{":v":{{"N":"1"}}}}}}"#
        );
        let answer = account.ask("UpdateItem", &body);
        assert_eq!(message("ValidationException", &answer), expected);
    }
}

#[test]
fn a_batch_may_name_a_table_by_its_arn_and_is_answered_in_the_same_words() {
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/conns";
    let mut account = Account::new();
    let put = format!(
        r#"{{"RequestItems":{{"{arn}":[{{"PutRequest":{{"Item":{{"id":{{"S":"a"}}}}}}}}]}},
        "ReturnConsumedCapacity":"TOTAL"}}"#
    );
    assert_eq!(
        account.ask("BatchWriteItem", &put).body,
        format!(
            "{{\"ConsumedCapacity\":[{{\"CapacityUnits\":1.0,\"TableName\":\"{arn}\"}}],\
             \"UnprocessedItems\":{{}}}}"
        )
    );
    let get = format!(
        r#"{{"RequestItems":{{"{arn}":{{"Keys":[{{"id":{{"S":"a"}}}}]}}}},
        "ReturnConsumedCapacity":"TOTAL"}}"#
    );
    assert_eq!(
        account.ask("BatchGetItem", &get).body,
        format!(
            "{{\"ConsumedCapacity\":[{{\"CapacityUnits\":0.5,\"TableName\":\"{arn}\"}}],\
             \"Responses\":{{\"{arn}\":[{{\"id\":{{\"S\":\"a\"}}}}]}},\"UnprocessedKeys\":{{}}}}"
        )
    );
}
