//! Tags of tables.

use super::{SMALL, TestTable, code, message, parsed, refusal};
use crate::answer::Answer;
use crate::control::{ListTags, TagResource, UntagResource};

const ARN: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/conns";

impl TestTable {
    fn tag(&mut self, tags: &str) -> Result<Answer, Answer> {
        let request = format!(r#"{{"ResourceArn":"{ARN}","Tags":[{tags}]}}"#);
        parsed(TagResource::parse, &request).apply(&mut self.state)
    }

    fn untag(&mut self, keys: &str) -> Answer {
        let request = format!(r#"{{"ResourceArn":"{ARN}","TagKeys":[{keys}]}}"#);
        parsed(UntagResource::parse, &request).apply(&mut self.state)
    }

    fn tags(&self) -> String {
        let request = format!(r#"{{"ResourceArn":"{ARN}"}}"#);
        parsed(ListTags::parse, &request).apply(&self.state).body
    }
}

#[test]
fn tags_are_added_replaced_and_removed() {
    let mut table = TestTable::new(&format!(r#"{SMALL},"Tags":[{{"Key":"env","Value":"test"}}]"#));
    assert_eq!(table.tags(), r#"{"Tags":[{"Key":"env","Value":"test"}]}"#);
    let answer = table.tag(r#"{"Key":"env","Value":"live"},{"Key":"app","Value":""}"#);
    assert_eq!(answer.map(|answer| answer.body), Ok(String::new()));
    assert_eq!(table.tags(), r#"{"Tags":[{"Key":"app","Value":""},{"Key":"env","Value":"live"}]}"#);
    assert_eq!(table.untag(r#""env","none""#).body, "");
    assert_eq!(table.tags(), r#"{"Tags":[{"Key":"app","Value":""}]}"#);
}

#[test]
fn a_table_has_at_most_fifty_tags() {
    let mut table = TestTable::new(SMALL);
    let tag = |number: usize| format!(r#"{{"Key":"k{number}","Value":"v"}}"#);
    let fifty: Vec<_> = (0..50).map(tag).collect();
    table.tag(&fifty.join(",")).expect("there is room for fifty");
    table.tag(&tag(49)).expect("a tag can be replaced");
    let refusal = table.tag(&tag(50)).expect_err("there is no room for more");
    assert_eq!(
        message(&refusal),
        "Number of Tags exceed the current limit for the provided ResourceArn"
    );
}

#[test]
fn the_arn_of_a_resource_is_checked_in_this_order() {
    let short = ARN.replace("conns", "ab");
    for (arn, rest, expected) in [
        ("null".to_owned(), "", "Invalid TableArn"),
        (
            r#""a""#.to_owned(),
            "",
            "1 validation error detected: Value null at 'tags' failed to satisfy constraint: \
             Member must not be null",
        ),
        (
            r#""not-an-arn""#.to_owned(),
            r#","Tags":[]"#,
            "One or more parameter values were invalid: ARNs must start with 'arn:': not-an-arn",
        ),
        (
            format!("{short:?}"),
            r#","Tags":[]"#,
            "Invalid TableArn: Invalid ResourceArn provided as input \
             arn:aws:dynamodb:eu-central-1:123456789012:table/ab",
        ),
        (format!("{ARN:?}"), r#","Tags":[]"#, "Atleast one Tag needs to be provided as Input."),
        (
            format!("{ARN:?}"),
            r#","Tags":[{"Key":"aws:x","Value":""}]"#,
            "Tag Key cannot be prefixed with aws:, Key: aws:x",
        ),
    ] {
        let answer = refusal(TagResource::parse, &format!(r#"{{"ResourceArn":{arn}{rest}}}"#));
        assert_eq!(code(&answer), "ValidationException");
        assert_eq!(message(&answer), expected);
    }
    let request = format!(r#"{{"ResourceArn":"{ARN}","TagKeys":[]}}"#);
    let answer = refusal(UntagResource::parse, &request);
    assert_eq!(message(&answer), "Atleast one Tag Key needs to be provided as Input.");
}

#[test]
fn tables_of_other_accounts_are_out_of_reach() {
    let arn = ARN.replace("123456789012", "000000000000");
    let answer = refusal(ListTags::parse, &format!(r#"{{"ResourceArn":"{arn}"}}"#));
    assert_eq!(
        answer.body,
        format!(
            "{{\"__type\":\"com.amazon.coral.service#AccessDeniedException\",\"Message\":\"User: \
             arn:aws:iam::123456789012:user/stormglass is not authorized to perform: \
             dynamodb:ListTagsOfResource on resource: {arn}\"}}"
        )
    );
}

#[test]
fn a_resource_that_is_not_there_is_named_by_its_arn() {
    let request = format!(r#"{{"ResourceArn":"{ARN}","Tags":[{{"Key":"a","Value":"b"}}]}}"#);
    let (tag, list) = (parsed(TagResource::parse, &request), parsed(ListTags::parse, &request));
    assert_eq!((tag.table(), list.table()), ("conns", "conns"));
    for answer in [tag.not_found(), list.not_found()] {
        assert_eq!(code(&answer), "ResourceNotFoundException");
        assert_eq!(
            message(&answer),
            format!("Requested resource not found: ResourcArn: {ARN} not found")
        );
    }
}

#[test]
fn resources_of_other_services_are_out_of_reach() {
    let answer = refusal(ListTags::parse, r#"{"ResourceArn":"arn:aws:s3:::bucket"}"#);
    assert_eq!(code(&answer), "AccessDeniedException");
}
