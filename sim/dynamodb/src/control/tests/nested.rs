//! Members in other members: their shapes and their constraints.

use super::{code, create_refusal, message, refusal};
use crate::control::{CreateTable, UpdateTable};

#[test]
fn the_shape_of_every_member_comes_before_everything_else() {
    for (request, expected) in [
        (r#"{"KeySchema":"x"}"#, "Unexpected field type"),
        (r#"{"KeySchema":{}}"#, "Start of structure or map found where not expected"),
        (r#"{"KeySchema":["x"]}"#, "Unexpected value type in payload"),
        (
            r#"{"KeySchema":[[]]}"#,
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.KeySchemaElement",
        ),
        (r#"{"KeySchema":[{"KeyType":1}]}"#, "NUMBER_VALUE cannot be converted to String"),
        (r#"{"ProvisionedThroughput":"x"}"#, "Unexpected field type"),
        (
            r#"{"ProvisionedThroughput":[]}"#,
            "Unrecognized collection type class \
             com.amazonaws.dynamodb.v20120810.ProvisionedThroughput",
        ),
        (
            r#"{"ProvisionedThroughput":{"ReadCapacityUnits":"1"}}"#,
            "STRING_VALUE cannot be converted to Long",
        ),
        (
            r#"{"LocalSecondaryIndexes":[{"Projection":{"NonKeyAttributes":[true]}}]}"#,
            "TRUE_VALUE cannot be converted to String",
        ),
        (r#"{"GlobalSecondaryIndexes":[{"ProvisionedThroughput":1}]}"#, "Unexpected field type"),
        (r#"{"BillingMode":[]}"#, "Unrecognized collection type class java.lang.String"),
    ] {
        let answer = refusal(CreateTable::parse, request);
        assert_eq!(code(&answer), "SerializationException", "{request}");
        assert_eq!(message(&answer), expected, "{request}");
    }
    let request = r#"{"GlobalSecondaryIndexUpdates":[{"Create":{"KeySchema":[{"KeyType":[]}]}}]}"#;
    let answer = refusal(UpdateTable::parse, request);
    assert_eq!(message(&answer), "Unrecognized collection type class java.lang.String");
}

#[test]
fn a_violation_names_the_place_of_its_member() {
    assert_eq!(
        create_refusal(
            r#""AttributeDefinitions":[{"AttributeType":"SS"}],"BillingMode":"A",
            "ProvisionedThroughput":{"WriteCapacityUnits":-1},
            "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},null]"#
        ),
        "6 validation errors detected: Value null at 'attributeDefinitions.1.member.attributeName' \
         failed to satisfy constraint: Member must not be null; Value 'SS' at \
         'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member must \
         satisfy enum value set: [B, N, S]; Value 'A' at 'billingMode' failed to satisfy \
         constraint: Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]; Value \
         '-1' at 'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: Member \
         must have value greater than or equal to 1; Value null at \
         'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must not \
         be null; Value null at 'keySchema.2.member' failed to satisfy constraint: Member must not \
         be null"
    );
}

#[test]
fn what_is_wrong_with_a_list_comes_before_what_is_wrong_with_its_elements() {
    assert_eq!(
        create_refusal(
            r#""AttributeDefinitions":[],"KeySchema":[{"AttributeName":"a","KeyType":"HASH"},
            {"AttributeName":"b","KeyType":"RANGE"},{"AttributeName":"c","KeyType":"OTHER"}]"#
        ),
        "2 validation errors detected: Value '[KeySchemaElement(attributeName=a, keyType=HASH), \
         KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c, \
         keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length \
         less than or equal to 2; Value 'OTHER' at 'keySchema.3.member.keyType' failed to satisfy \
         constraint: Member must satisfy enum value set: [HASH, RANGE]"
    );
}

#[test]
fn no_more_than_ten_violations_are_reported() {
    let members = r#""AttributeDefinitions":[],"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
        "GlobalSecondaryIndexes":[{},{},{},{},{}]"#;
    let message = create_refusal(members);
    assert!(message.starts_with("10 validation errors detected: Value null at "), "{message}");
    let last = "; Value null at 'globalSecondaryIndexes.4.member.indexName' failed to satisfy \
                constraint: Member must not be null";
    assert!(message.ends_with(last), "{message}");
}

#[test]
fn the_members_of_an_index_have_constraints_of_their_own() {
    assert_eq!(
        create_refusal(
            r#""AttributeDefinitions":[],"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
            "LocalSecondaryIndexes":[{"IndexName":"h;","KeySchema":[],
            "Projection":{"ProjectionType":"abc","NonKeyAttributes":[]}}]"#
        ),
        "5 validation errors detected: Value 'h;' at 'localSecondaryIndexes.1.member.indexName' \
         failed to satisfy constraint: Member must satisfy regular expression pattern: \
         [a-zA-Z0-9_.-]+; Value 'h;' at 'localSecondaryIndexes.1.member.indexName' failed to \
         satisfy constraint: Member must have length greater than or equal to 3; Value '[]' at \
         'localSecondaryIndexes.1.member.keySchema' failed to satisfy constraint: Member must have \
         length greater than or equal to 1; Value 'abc' at \
         'localSecondaryIndexes.1.member.projection.projectionType' failed to satisfy constraint: \
         Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]; Value '[]' at \
         'localSecondaryIndexes.1.member.projection.nonKeyAttributes' failed to satisfy \
         constraint: Member must have length greater than or equal to 1"
    );
}
