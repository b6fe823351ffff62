//! Contradictions between members of `CreateTable`, in the order of AWS.

use super::create_refusal;

const INVALID: &str = "One or more parameter values were invalid: ";
const UNITS: &str = r#""ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}"#;

/// Definitions of string attributes with names of one letter.
fn attributes(names: &str) -> String {
    let one = |name| format!(r#"{{"AttributeName":"{name}","AttributeType":"S"}}"#);
    let list: Vec<_> = names.chars().map(one).collect();
    format!(r#""AttributeDefinitions":[{}]"#, list.join(","))
}

/// A key schema in which `a` is a partition key and `B` a sort key.
fn keys(names: &str) -> String {
    let one = |name: char| {
        let kind = if name.is_ascii_lowercase() { "HASH" } else { "RANGE" };
        let name = name.to_ascii_lowercase();
        format!(r#"{{"AttributeName":"{name}","KeyType":"{kind}"}}"#)
    };
    let list: Vec<_> = names.chars().map(one).collect();
    format!(r#""KeySchema":[{}]"#, list.join(","))
}

fn index(name: &str, key: &str, projection: &str) -> String {
    format!(r#"{{"IndexName":"{name}",{},"Projection":{{{projection}}},{UNITS}}}"#, keys(key))
}

const ALL: &str = r#""ProjectionType":"ALL""#;

fn of_keys(defined: &str, key: &str) -> String {
    create_refusal(&format!("{},{},{UNITS}", attributes(defined), keys(key)))
}

fn of_local(defined: &str, key: &str, indexes: &[String]) -> String {
    let (attributes, keys) = (attributes(defined), keys(key));
    let indexes = indexes.join(",");
    create_refusal(&format!(r#"{attributes},{keys},{UNITS},"LocalSecondaryIndexes":[{indexes}]"#))
}

fn of_global(defined: &str, key: &str, indexes: &[String]) -> String {
    let (attributes, keys) = (attributes(defined), keys(key));
    let indexes = indexes.join(",");
    create_refusal(&format!(r#"{attributes},{keys},{UNITS},"GlobalSecondaryIndexes":[{indexes}]"#))
}

#[test]
fn the_throughput_comes_before_the_keys() {
    let rest = format!("{},{}", attributes(""), keys("a"));
    let units = |read: u64, write: u64| {
        format!(
            r#""ProvisionedThroughput":{{"ReadCapacityUnits":{read},"WriteCapacityUnits":{write}}}"#
        )
    };
    let far = 1_000_000_000_001;
    for (billing, expected) in [
        (
            r#""BillingMode":"PROVISIONED""#.to_owned(),
            "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits \
             must both be specified when BillingMode is PROVISIONED",
        ),
        (
            format!(r#""BillingMode":"PAY_PER_REQUEST",{}"#, units(1, 1)),
            "One or more parameter values were invalid: Neither ReadCapacityUnits nor \
             WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        ),
        (units(far, far), "Given value 1000000000001 for ReadCapacityUnits is out of bounds"),
        (units(far - 1, far), "Given value 1000000000001 for WriteCapacityUnits is out of bounds"),
    ] {
        assert_eq!(create_refusal(&format!("{rest},{billing}")), expected);
    }
}

#[test]
fn the_key_of_a_table_is_checked_in_this_order() {
    let undefined = "Invalid KeySchema: Some index key attribute have no definition";
    let same = "Both the Hash Key and the Range Key element in the KeySchema have the same name";
    let missing = "Some index key attributes are not defined in AttributeDefinitions. Keys: ";
    let count = "Number of attributes in KeySchema does not exactly match number of attributes \
                 defined in AttributeDefinitions";
    for (defined, key, expected) in [
        ("aa", "a", "Attribute Name is duplicated: a"),
        ("", "a", undefined),
        ("a", "aA", undefined),
        ("b", "aB", undefined),
        ("b", "a", &format!("{INVALID}{missing}[a], AttributeDefinitions: [b]")),
        ("ac", "aB", &format!("{INVALID}{missing}[a, b], AttributeDefinitions: [a, c]")),
        ("ab", "aa", same),
        ("ab", "aA", same),
        ("ab", "AB", "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
        ("ab", "ab", "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"),
        ("ab", "a", &format!("{INVALID}{count}")),
        ("abc", "aB", &format!("{INVALID}{count}")),
    ] {
        assert_eq!(of_keys(defined, key), expected, "{defined} {key}");
    }
}

#[test]
fn local_indexes_are_checked_in_this_order() {
    let no_range = "Table KeySchema does not have a range key, which is required when specifying a \
                    LocalSecondaryIndex";
    for (key, index_key, projection, expected) in [
        ("a", "aC", "", no_range),
        (
            "aB",
            "CD",
            "",
            "Some index key attributes are not defined in AttributeDefinitions. Keys: [c, d], \
             AttributeDefinitions: [a, b]",
        ),
        ("aB", "b", "", "Index KeySchema does not have a range key for index: abc"),
        (
            "aB",
            "bA",
            "",
            "Index KeySchema does not have the same leading hash key as table KeySchema for index: \
             abc. index hash key: b, table hash key: a",
        ),
        ("aB", "aB", "", "Unknown ProjectionType: null"),
    ] {
        let message = of_local("ab", key, &[index("abc", index_key, projection)]);
        assert_eq!(message, format!("{INVALID}{expected}"));
    }
    assert_eq!(
        of_local("ab", "a", &[]),
        format!("{INVALID}List of LocalSecondaryIndexes is empty")
    );
    assert_eq!(
        of_local("ab", "aB", &[index("abc", "aA", "")]),
        "Both the Hash Key and the Range Key element in the KeySchema have the same name"
    );
}

#[test]
fn projections_must_fit_their_type() {
    for (projection, expected) in [
        (r#""NonKeyAttributes":["x"]"#, "Unknown ProjectionType: null"),
        (
            r#""ProjectionType":"ALL","NonKeyAttributes":["x"]"#,
            "ProjectionType is ALL, but NonKeyAttributes is specified",
        ),
        (
            r#""ProjectionType":"KEYS_ONLY","NonKeyAttributes":["x"]"#,
            "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
        ),
        (
            r#""ProjectionType":"INCLUDE""#,
            "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
        ),
        (
            r#""ProjectionType":"INCLUDE","NonKeyAttributes":["x","y","x"]"#,
            "Duplicate element in NonKeyAttributes: x",
        ),
    ] {
        for message in [
            of_local("ab", "aB", &[index("abc", "aB", projection)]),
            of_global("ab", "aB", &[index("abc", "b", projection)]),
        ] {
            assert_eq!(message, format!("{INVALID}{expected}"), "{projection}");
        }
    }
}

#[test]
fn there_are_at_most_five_local_and_twenty_global_indexes_of_distinct_names() {
    let many = |count: usize| -> Vec<_> {
        (0..count).map(|number| index(&format!("index-{number}"), "aB", ALL)).collect()
    };
    assert_eq!(
        of_local("ab", "aB", &many(6)),
        format!("{INVALID}Number of LocalSecondaryIndexes exceeds per-table limit of 5")
    );
    assert_eq!(
        of_global("ab", "aB", &many(21)),
        format!("{INVALID}GlobalSecondaryIndex count exceeds the per-table limit of 20")
    );
    let twice = [index("abc", "aB", ALL), index("abc", "aB", ALL)];
    let expected = format!("{INVALID}Duplicate index name: abc");
    assert_eq!(of_local("ab", "aB", &twice), expected);
    assert_eq!(of_global("ab", "aB", &twice), expected);
    let one = index("abc", "aB", ALL);
    let both = format!(
        r#"{},{},{UNITS},"LocalSecondaryIndexes":[{one}],"GlobalSecondaryIndexes":[{one}]"#,
        attributes("ab"),
        keys("aB")
    );
    assert_eq!(create_refusal(&both), expected);
}

#[test]
fn the_throughput_of_an_index_must_fit_the_billing_of_its_table() {
    let table = format!("{},{}", attributes("ab"), keys("a"));
    let with = index("abc", "b", ALL);
    let without = with.replace(&format!(",{UNITS}"), "");
    assert_eq!(
        create_refusal(&format!(
            r#"{table},"BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexes":[{with}]"#
        )),
        format!(
            "{INVALID}ProvisionedThroughput should not be specified for index: abc when \
             BillingMode is PAY_PER_REQUEST"
        )
    );
    assert_eq!(
        create_refusal(&format!(r#"{table},{UNITS},"GlobalSecondaryIndexes":[{without}]"#)),
        format!("{INVALID}ProvisionedThroughput is not specified for index: abc")
    );
}

#[test]
fn every_attribute_that_is_defined_must_be_part_of_a_key() {
    assert_eq!(
        of_global("abc", "a", &[index("abc", "b", ALL)]),
        format!(
            "{INVALID}Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c], \
             keys used: [a, b]"
        )
    );
}
