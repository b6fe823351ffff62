//! The streams API on the wire (FACTS 13.16).

use serde_json::{Value as Json, json};

use super::streams::{records, streamed, update};
use super::tables::json;
use super::{Account, message};
use crate::{Answer, Request};

fn ask(account: &mut Account, operation: &str, body: &Json) -> Answer {
    let target = format!("DynamoDBStreams_20120810.{operation}");
    match Request::parse(&target, body.to_string().as_bytes()) {
        Ok(request) => account.db.apply(account.now, &request, account.read),
        Err(refusal) => refusal,
    }
}

fn done(account: &mut Account, operation: &str, body: &Json) -> Json {
    let answer = ask(account, operation, body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    json(&answer)
}

fn arn(account: &Account) -> String {
    account.db.stream_arn("one").expect("the table has a stream").to_owned()
}

fn shard(account: &Account) -> String {
    account.db.stream_shards("one")[0].0.to_owned()
}

/// The members of a request for an iterator of the first shard.
fn iterator_request(account: &Account, kind: &str, number: Option<&str>) -> Json {
    let (arn, shard) = (arn(account), shard(account));
    json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": kind,
        "SequenceNumber": number })
}

fn iterator(account: &mut Account, kind: &str, number: Option<&str>) -> Json {
    let body = iterator_request(account, kind, number);
    done(account, "GetShardIterator", &body)["ShardIterator"].clone()
}

/// The keys of the records behind an iterator, and the next iterator.
fn read(account: &mut Account, iterator: &Json) -> (Vec<String>, Option<Json>) {
    let body = done(account, "GetRecords", &json!({ "ShardIterator": iterator }));
    let records = body["Records"].as_array().expect("an answer has records");
    let key = |record: &Json| record["dynamodb"]["Keys"]["pk"]["S"].as_str().map(str::to_owned);
    (records.iter().filter_map(key).collect(), body.get("NextShardIterator").cloned())
}

#[test]
fn iterators_start_where_the_client_says() {
    let mut account = streamed();
    for key in ["a", "b", "c"] {
        account.hold(&format!("pk=S:{key}"));
    }
    let number = records(&account)[1]["dynamodb"]["SequenceNumber"].clone();
    let number = number.as_str();
    for (kind, number, expected) in [
        ("TRIM_HORIZON", None, &["a", "b", "c"][..]),
        ("AT_SEQUENCE_NUMBER", number, &["b", "c"]),
        ("AFTER_SEQUENCE_NUMBER", number, &["c"]),
        ("LATEST", None, &[]),
    ] {
        let iterator = iterator(&mut account, kind, number);
        assert_eq!(read(&mut account, &iterator).0, expected, "{kind}");
    }
    let latest = iterator(&mut account, "LATEST", None);
    account.hold("pk=S:d");
    let (keys, next) = read(&mut account, &latest);
    assert_eq!(keys, ["d"]);
    assert_eq!(read(&mut account, &next.expect("the shard is open")).0, [""; 0]);
}

#[test]
fn a_record_of_the_api_has_its_own_identity_and_no_source() {
    let mut account = streamed();
    account.done(
        "UpdateTimeToLive",
        r#"{"TableName":"one","TimeToLiveSpecification":{"AttributeName":"t","Enabled":true}}"#,
    );
    account.hold(&format!("pk=S:a t=N:{}", stormglass_spec::EPOCH_MS / 1_000));
    account.db.expire(account.now);
    let iterator = iterator(&mut account, "TRIM_HORIZON", None);
    let body = done(&mut account, "GetRecords", &json!({ "ShardIterator": iterator }));
    let mut expected = records(&account)[1].clone();
    expected["userIdentity"] =
        json!({ "Type": "Service", "PrincipalId": "dynamodb.amazonaws.com" });
    expected.as_object_mut().expect("a record is an object").remove("eventSourceARN");
    assert_eq!(body["Records"][1], expected);
}

#[test]
fn an_answer_has_a_limit_of_records_and_of_bytes() {
    let mut account = streamed();
    let long = "x".repeat(390 * 1024);
    for key in ["a", "b", "c"] {
        account.hold(&format!("pk=S:{key} x=S:{long}"));
    }
    let iterator = iterator(&mut account, "TRIM_HORIZON", None);
    let (keys, next) = read(&mut account, &iterator);
    assert_eq!(keys, ["a", "b"], "1 MB");
    assert_eq!(read(&mut account, &next.expect("the shard is open")).0, ["c"]);
    let body = json!({ "ShardIterator": iterator, "Limit": 1 });
    let records = done(&mut account, "GetRecords", &body)["Records"].clone();
    assert_eq!(records.as_array().map(Vec::len), Some(1));
    for limit in [0, 1_001] {
        let body = json!({ "ShardIterator": iterator, "Limit": limit });
        message("ValidationException", &ask(&mut account, "GetRecords", &body));
    }
}

#[test]
fn an_iterator_expires_and_a_record_goes() {
    let mut account = streamed();
    account.hold("pk=S:a");
    let oldest = iterator(&mut account, "TRIM_HORIZON", None);
    let number = records(&account)[0]["dynamodb"]["SequenceNumber"].clone();
    account.wait_s(15 * 60);
    read(&mut account, &oldest);
    account.wait(1);
    let body = json!({ "ShardIterator": oldest });
    message("ExpiredIteratorException", &ask(&mut account, "GetRecords", &body));
    account.wait_s(24 * 3_600);
    let body = iterator_request(&account, "AT_SEQUENCE_NUMBER", number.as_str());
    let answer = ask(&mut account, "GetShardIterator", &body);
    message("TrimmedDataAccessException", &answer);
    let oldest = iterator(&mut account, "TRIM_HORIZON", None);
    assert_eq!(read(&mut account, &oldest).0, [""; 0]);
}

#[test]
fn what_does_not_exist_is_refused() {
    let mut account = streamed();
    let stream = format!("{}x", arn(&account));
    let answer = ask(&mut account, "DescribeStream", &json!({ "StreamArn": stream }));
    assert_eq!(
        message("ResourceNotFoundException", &answer),
        format!("Requested resource not found: Stream: {stream} not found")
    );
    let mut body = iterator_request(&account, "LATEST", None);
    body["ShardId"] = json!("shardId-00000000000000000000-00000000");
    let answer = ask(&mut account, "GetShardIterator", &body);
    message("ResourceNotFoundException", &answer);
    let answer = ask(&mut account, "GetRecords", &json!({ "ShardIterator": "nonsense" }));
    assert_eq!(message("ValidationException", &answer), "Invalid ShardIterator");
    for (kind, number) in [("LATEST", Some("1".repeat(21))), ("AT_SEQUENCE_NUMBER", None)] {
        let body = iterator_request(&account, kind, number.as_deref());
        message("ValidationException", &ask(&mut account, "GetShardIterator", &body));
    }
    let answer = ask(&mut account, "PutRecords", &json!({}));
    message("UnknownOperationException", &answer);
    message("UnknownOperationException", &account.ask("GetRecords", "{}"));
}

#[test]
fn a_stream_describes_itself_and_its_shards() {
    let mut account = streamed();
    account.db.roll_shards(account.now, "one");
    let arn = arn(&account);
    let describe = |account: &mut Account, more: Json| {
        let mut body = more;
        body["StreamArn"] = json!(arn);
        done(account, "DescribeStream", &body)["StreamDescription"].clone()
    };
    let all = describe(&mut account, json!({}));
    assert_eq!(all["StreamStatus"], "ENABLED");
    assert_eq!(all["KeySchema"], json!([{ "AttributeName": "pk", "KeyType": "HASH" }]));
    let (parent, child) = (&all["Shards"][0], &all["Shards"][1]);
    assert!(parent["SequenceNumberRange"]["EndingSequenceNumber"].is_string());
    assert_eq!(child["SequenceNumberRange"].get("EndingSequenceNumber"), None);
    assert_eq!((child["ParentShardId"]), parent["ShardId"]);
    let first = describe(&mut account, json!({ "Limit": 1 }));
    assert_eq!(first["LastEvaluatedShardId"], parent["ShardId"]);
    let rest = describe(&mut account, json!({ "ExclusiveStartShardId": parent["ShardId"] }));
    assert_eq!((&rest["Shards"], rest.get("LastEvaluatedShardId")), (&json!([child]), None));
}

#[test]
fn a_closed_stream_can_be_read_to_its_end_for_a_day() {
    let mut account = streamed();
    account.hold("pk=S:a");
    let arn = arn(&account);
    let iterator = iterator(&mut account, "TRIM_HORIZON", None);
    update(&mut account, r#""StreamSpecification":{"StreamEnabled":false}"#);
    assert_eq!(read(&mut account, &iterator), (vec!["a".to_owned()], None));
    account.done("DeleteTable", r#"{"TableName":"one"}"#);
    let status = |account: &mut Account| {
        let answer = ask(account, "DescribeStream", &json!({ "StreamArn": arn }));
        json(&answer)["StreamDescription"]["StreamStatus"].clone()
    };
    account.wait_s(24 * 3_600 - 1);
    assert_eq!(status(&mut account), "DISABLED");
    account.wait_s(1);
    assert_eq!(status(&mut account), Json::Null);
}

#[test]
fn the_stream_of_a_deleted_table_is_closed() {
    let mut account = streamed();
    account.hold("pk=S:a");
    let iterator = iterator(&mut account, "TRIM_HORIZON", None);
    account.done("DeleteTable", r#"{"TableName":"one"}"#);
    account.wait(1);
    assert_eq!(read(&mut account, &iterator), (vec!["a".to_owned()], None));
}

#[test]
fn streams_are_listed_page_by_page() {
    let mut account = streamed();
    update(&mut account, r#""StreamSpecification":{"StreamEnabled":false}"#);
    account.wait(1_000);
    let open = r#""StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"}"#;
    update(&mut account, open);
    let arns = |list: &Json| {
        let streams = list["Streams"].as_array().expect("a list of streams");
        streams
            .iter()
            .filter_map(|stream| stream["StreamArn"].as_str())
            .map(str::to_owned)
            .collect()
    };
    let all: Vec<String> = arns(&done(&mut account, "ListStreams", &json!({})));
    assert_eq!(all.len(), 2);
    let first = done(&mut account, "ListStreams", &json!({ "Limit": 1 }));
    assert_eq!(arns(&first), all[..1]);
    let last = &first["LastEvaluatedStreamArn"];
    let body = json!({ "ExclusiveStartStreamArn": last, "TableName": "one" });
    let second = done(&mut account, "ListStreams", &body);
    assert_eq!((arns(&second), second.get("LastEvaluatedStreamArn")), (all[1..].to_vec(), None));
    let other = done(&mut account, "ListStreams", &json!({ "TableName": "other" }));
    assert_eq!(arns(&other), [""; 0]);
}
