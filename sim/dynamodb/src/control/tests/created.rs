//! `CreateTable`.

use std::time::Duration;

use super::{INDEXED, PROVISIONED, SMALL, TestTable, code, create_refusal, message};
use crate::refusals::table_exists;
use crate::schema::{IndexProjection, KeyType, Scope};
use crate::state::TableState;

#[test]
fn a_new_table_is_described_in_full() {
    let table = TestTable::new(PROVISIONED);
    let id = table.created["TableId"].as_str().expect("a table has an id");
    assert_eq!((id.len(), id.get(14..15)), (36, Some("4")), "{id}");
    let mut created = table.created.clone();
    created["TableId"] = "the id".into();
    assert_eq!(
        created,
        serde_json::json!({
            "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
            "TableName": "conns",
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            "TableStatus": "CREATING",
            "CreationDateTime": 1_767_225_600.0,
            "ProvisionedThroughput": {
                "NumberOfDecreasesToday": 0, "ReadCapacityUnits": 1, "WriteCapacityUnits": 1
            },
            "TableSizeBytes": 0,
            "ItemCount": 0,
            "TableArn": "arn:aws:dynamodb:eu-central-1:123456789012:table/conns",
            "TableId": "the id"
        })
    );
}

#[test]
fn the_id_of_a_table_depends_on_nothing_but_its_name_and_its_time() {
    assert_eq!(
        TestTable::new(SMALL).created["TableId"],
        TestTable::new(PROVISIONED).created["TableId"]
    );
}

#[test]
fn an_on_demand_table_has_no_throughput_and_says_since_when() {
    let table = TestTable::new(SMALL);
    let summary = serde_json::json!({"BillingMode": "PAY_PER_REQUEST"});
    assert_eq!(table.created["BillingModeSummary"], summary);
    let mode = serde_json::json!({"TableThroughputMode": "PAY_PER_REQUEST"});
    assert_eq!(table.created["TableThroughputModeSummary"], mode);
    let none = serde_json::json!(
        {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    );
    assert_eq!(table.created["ProvisionedThroughput"], none);
    let since = &table.describe()["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"];
    assert_eq!(*since, 1_767_225_600.0);
}

#[test]
fn a_table_is_being_created_until_its_time_has_come() {
    let mut table = TestTable::slow(INDEXED, Duration::from_secs(5));
    for (wait, status, serves) in
        [(0, "CREATING", false), (4, "CREATING", false), (1, "ACTIVE", true)]
    {
        table.wait(Duration::from_secs(wait));
        let description = table.describe();
        assert_eq!(description["TableStatus"], status);
        assert_eq!(description["GlobalSecondaryIndexes"][0]["IndexStatus"], status);
        assert_eq!(table.state.serves(table.now), serves);
    }
}

#[test]
fn the_answer_says_creating_even_if_that_takes_no_time() {
    let table = TestTable::new(INDEXED);
    assert_eq!(table.created["TableStatus"], "CREATING");
    assert_eq!(table.created["GlobalSecondaryIndexes"][0]["IndexStatus"], "CREATING");
    assert_eq!(table.describe()["TableStatus"], "ACTIVE");
    assert!(table.state.serves(table.now));
}

#[test]
fn a_table_that_was_there_before_is_like_one_that_was_created_on_demand() {
    let mut table = TestTable::new(INDEXED);
    let described = table.describe();
    table.state = TableState::ready(table.now);
    assert!(table.state.serves(table.now));
    assert_eq!(table.describe(), described);
    let members = r#""BillingMode":"PROVISIONED",
        "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},
        "GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"by-b",
        "ProvisionedThroughput":{"ReadCapacityUnits":2,"WriteCapacityUnits":2}}}]"#;
    let answer = table.update(members).expect("it can leave on-demand billing");
    let index = &answer["GlobalSecondaryIndexes"][0];
    assert_eq!(index["ProvisionedThroughput"]["ReadCapacityUnits"], 2);
}

#[test]
fn a_definition_holds_keys_and_indexes_with_their_types() {
    let table = TestTable::new(
        r#""AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},
        {"AttributeName":"b","AttributeType":"N"},{"AttributeName":"c","AttributeType":"B"}],
        "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},
        {"AttributeName":"b","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST",
        "LocalSecondaryIndexes":[{"IndexName":"by-c","Projection":{"ProjectionType":"KEYS_ONLY"},
        "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},
        {"AttributeName":"c","KeyType":"RANGE"}]}],
        "GlobalSecondaryIndexes":[{"IndexName":"all-c","Projection":{"ProjectionType":"INCLUDE",
        "NonKeyAttributes":["x","d"]},"KeySchema":[{"AttributeName":"c","KeyType":"HASH"}]}]"#,
    );
    let definition = &table.definition;
    let kinds: Vec<_> = definition.keys.attributes().map(|key| (&*key.name, key.kind)).collect();
    assert_eq!(kinds, [("a", KeyType::S), ("b", KeyType::N)]);
    let [local, global] = &*definition.indexes else { panic!("there are two indexes") };
    assert_eq!(
        (&*local.name, local.scope, &local.projection),
        ("by-c", Scope::Local, &IndexProjection::KeysOnly)
    );
    assert_eq!(local.keys.range.as_ref().map(|key| key.kind), Some(KeyType::B));
    assert_eq!((&*global.name, global.scope, &global.keys.range), ("all-c", Scope::Global, &None));
    let included = ["d", "x"].map(str::to_owned).into();
    assert_eq!(global.projection, IndexProjection::Include(included));
    let description = table.describe();
    assert_eq!(
        description["GlobalSecondaryIndexes"][0]["Projection"],
        serde_json::json!({"ProjectionType": "INCLUDE", "NonKeyAttributes": ["d", "x"]})
    );
    assert_eq!(
        description["LocalSecondaryIndexes"],
        serde_json::json!([{
            "IndexName": "by-c",
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"},
                {"AttributeName": "c", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
            "IndexSizeBytes": 0,
            "ItemCount": 0,
            "IndexArn": "arn:aws:dynamodb:eu-central-1:123456789012:table/conns/index/by-c"
        }])
    );
}

#[test]
fn classes_keys_and_protection_are_shown_where_they_were_asked_for() {
    let table = TestTable::new(&format!(
        r#"{SMALL},"TableClass":"STANDARD_INFREQUENT_ACCESS","DeletionProtectionEnabled":true,
        "SSESpecification":{{"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"mine"}}"#
    ));
    assert_eq!(table.created["TableClassSummary"]["TableClass"], "STANDARD_INFREQUENT_ACCESS");
    assert_eq!(table.created["DeletionProtectionEnabled"], true);
    assert_eq!(
        table.created["SSEDescription"],
        serde_json::json!({
            "Status": "ENABLED",
            "SSEType": "KMS",
            "KMSMasterKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/mine"
        })
    );
    assert_eq!(TestTable::new(SMALL).describe()["DeletionProtectionEnabled"], false);
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    for (members, expected) in [
        (
            r#""SSESpecification":{"SSEType":"KMS"}"#,
            "One or more parameter values were invalid: SSEType can not be specified if Enabled is \
             false",
        ),
        (
            r#""SSESpecification":{"Enabled":true,"SSEType":"AES256"}"#,
            "One or more parameter values were invalid: SSEType AES256 is not supported",
        ),
        (
            r#""TableClass":"COLD""#,
            "Invalid table-class parameter provided. Please try again with a valid table-class \
             value: [STANDARD, STANDARD_INFREQUENT_ACCESS].",
        ),
        (
            r#""StreamSpecification":{"StreamEnabled":false,"StreamViewType":"KEYS_ONLY"}"#,
            "One or more parameter values were invalid: Table is being created with a stream \
             disabled, UpdateViewType should not be specified",
        ),
        (
            r#""StreamSpecification":{"StreamEnabled":true}"#,
            "One or more parameter values were invalid: Table is being created with a stream \
             enabled, UpdateViewType should be specified",
        ),
        (
            r#""Tags":[{"Key":"k","Value":"1"},{"Key":"k","Value":"2"}]"#,
            "Duplicate Tag Keys provided as input: Duplicate Tag Key found k",
        ),
    ] {
        assert_eq!(create_refusal(&format!("{SMALL},{members}")), expected);
    }
}

#[test]
fn a_stream_that_is_off_is_as_good_as_none() {
    let off = format!(r#"{SMALL},"StreamSpecification":{{"StreamEnabled":false}}"#);
    let table = TestTable::new(&off);
    assert_eq!(table.created.get("StreamSpecification"), None);
    assert_eq!(table.created.get("LatestStreamArn"), None);
}

#[test]
fn a_table_cannot_be_created_twice() {
    let answer = table_exists("conns");
    assert_eq!(code(&answer), "ResourceInUseException");
    assert_eq!(message(&answer), "Table already exists: conns");
}
