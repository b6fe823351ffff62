//! Streams: the record of each change (FACTS 13.1 to 13.6, 13.17).

use std::collections::BTreeMap;
use std::num::NonZeroU8;
use std::time::Duration;

use serde_json::{Value as Json, json};
use stormglass_spec::{EPOCH_MS, Sketch, Time};

use super::Account;
use super::tables::{declaration, item_json, json, row, shown};
use crate::{Limits, StreamRecord};

const OPEN: &str = r#""StreamSpecification":{"StreamEnabled":true,"StreamViewType":"VIEW"}"#;
const CLOSE: &str = r#""StreamSpecification":{"StreamEnabled":false}"#;

/// An account without tables.
fn empty(limits: Limits) -> Account {
    let db = crate::DynamoDb::new(limits);
    Account { db, now: Time::ZERO, read: crate::ReplicaView::Fresh }
}

fn sharded(shards: u8) -> Limits {
    let stream_shards = NonZeroU8::new(shards).expect("there is a shard");
    Limits { stream_shards, ..Limits::default() }
}

/// The table `one` with the key `pk` and a stream with this view.
pub(super) fn streamed_in(limits: Limits, view: &str) -> Account {
    let mut account = empty(limits);
    let body = declaration("one", "pk:S", &[]);
    let open = OPEN.replace("VIEW", view);
    account.done("CreateTable", &format!("{},{open}}}", &body[..body.len() - 1]));
    account
}

pub(super) fn streamed() -> Account {
    streamed_in(Limits::default(), "NEW_AND_OLD_IMAGES")
}

pub(super) fn update(account: &mut Account, members: &str) -> Json {
    account.done("UpdateTable", &format!(r#"{{"TableName":"one",{members}}}"#))
}

fn records_at(account: &Account, shard: &str) -> Vec<StreamRecord> {
    account.db.records_after(account.now, "one", shard, None)
}

/// The records of all shards, as JSON.
pub(super) fn records(account: &Account) -> Vec<Json> {
    let shards = account.db.stream_shards("one");
    let records = shards.into_iter().flat_map(|(shard, _)| records_at(account, shard));
    let read = |record: StreamRecord| {
        serde_json::from_str(&record.event_json()).expect("a record is JSON")
    };
    records.map(read).collect()
}

/// The records, each as the name of its event and its images.
fn told(account: &Account) -> Vec<String> {
    let image = |record: &Json, name: &str| record["dynamodb"].get(name).map(shown);
    let tell = |record: &Json| {
        let name = record["eventName"].as_str().expect("an event has a name").to_owned();
        let keys = image(record, "Keys").expect("a record has keys");
        let old = image(record, "OldImage").map(|item| format!(" old({item})"));
        let new = image(record, "NewImage").map(|item| format!(" new({item})"));
        format!("{name} {keys}{}{}", old.unwrap_or_default(), new.unwrap_or_default())
    };
    records(account).iter().map(tell).collect()
}

#[test]
fn a_record_has_the_members_of_aws() {
    let mut account = streamed();
    account.wait(1_500);
    account.hold("pk=S:a n=N:1");
    let record = &records(&account)[0];
    let (id, number) = (&record["eventID"], &record["dynamodb"]["SequenceNumber"]);
    assert_eq!(id.as_str().map(str::len), Some(32));
    assert_eq!(number.as_str().map(str::len), Some(25));
    assert_eq!(
        *record,
        json!({
            "eventID": id,
            "eventName": "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1",
            "dynamodb": {
                "ApproximateCreationDateTime": EPOCH_MS / 1_000 + 1,
                "Keys": { "pk": { "S": "a" } },
                "NewImage": { "pk": { "S": "a" }, "n": { "N": "1" } },
                "SequenceNumber": number,
                "SizeBytes": 9,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
            "eventSourceARN": account.db.stream_arn("one"),
        })
    );
}

#[test]
fn sizes_are_those_of_the_sample_in_the_guide_of_lambda() {
    let mut account = empty(Limits::default());
    let body = declaration("one", "Id:N", &[]);
    let open = OPEN.replace("VIEW", "NEW_AND_OLD_IMAGES");
    account.done("CreateTable", &format!("{},{open}}}", &body[..body.len() - 1]));
    for text in ["New item!", "This item has changed"] {
        let item = format!(r#"{{"Id":{{"N":"101"}},"Message":{{"S":"{text}"}}}}"#);
        account.done("PutItem", &format!(r#"{{"TableName":"one","Item":{item}}}"#));
    }
    account.drop_row("Id=N:101");
    let sizes: Vec<_> =
        records(&account).iter().map(|record| record["dynamodb"]["SizeBytes"].as_u64()).collect();
    assert_eq!(sizes, [Some(26), Some(59), Some(38)]);
}

#[test]
fn every_kind_of_write_leaves_a_record() {
    let mut account = streamed();
    account.hold("pk=S:a");
    account.change("pk=S:a", "SET n = :n", ":n=N:1");
    account.drop_row("pk=S:a");
    let put = format!(r#"{{"PutRequest":{{"Item":{}}}}}"#, item_json("pk=S:b"));
    account.done("BatchWriteItem", &format!(r#"{{"RequestItems":{{"one":[{put}]}}}}"#));
    let actions = format!(
        r#"{{"Delete":{{{}}}}},{{"Put":{{"TableName":"one","Item":{}}}}}"#,
        row("pk=S:b"),
        item_json("pk=S:c")
    );
    account.done("TransactWriteItems", &format!(r#"{{"TransactItems":[{actions}]}}"#));
    assert_eq!(
        told(&account),
        [
            "INSERT pk=S:a new(pk=S:a)",
            "MODIFY pk=S:a old(pk=S:a) new(n=N:1 pk=S:a)",
            "REMOVE pk=S:a old(n=N:1 pk=S:a)",
            "INSERT pk=S:b new(pk=S:b)",
            "REMOVE pk=S:b old(pk=S:b)",
            "INSERT pk=S:c new(pk=S:c)",
        ]
    );
}

#[test]
fn a_write_that_changes_nothing_leaves_none() {
    let mut account = streamed();
    account.hold("pk=S:a n=N:1");
    account.hold("pk=S:a n=N:1.0");
    account.change("pk=S:a", "SET n = :n", ":n=N:1");
    account.drop_row("pk=S:b");
    let check = format!(
        r#"{{"ConditionCheck":{{{},"ConditionExpression":"attribute_exists(pk)"}}}}"#,
        row("pk=S:a")
    );
    account.done("TransactWriteItems", &format!(r#"{{"TransactItems":[{check}]}}"#));
    assert_eq!(told(&account), ["INSERT pk=S:a new(n=N:1 pk=S:a)"]);
}

#[test]
fn a_view_says_which_images_there_are() {
    for (view, expected) in [
        ("KEYS_ONLY", "MODIFY pk=S:a"),
        ("NEW_IMAGE", "MODIFY pk=S:a new(n=N:2 pk=S:a)"),
        ("OLD_IMAGE", "MODIFY pk=S:a old(n=N:1 pk=S:a)"),
        ("NEW_AND_OLD_IMAGES", "MODIFY pk=S:a old(n=N:1 pk=S:a) new(n=N:2 pk=S:a)"),
    ] {
        let mut account = streamed_in(Limits::default(), view);
        account.hold("pk=S:a n=N:1");
        account.hold("pk=S:a n=N:2");
        assert_eq!(told(&account)[1], expected);
        assert_eq!(records(&account)[1]["dynamodb"]["StreamViewType"], view);
    }
}

#[test]
fn the_end_of_a_row_that_expired_names_the_service() {
    let mut account = streamed();
    account.done(
        "UpdateTimeToLive",
        r#"{"TableName":"one","TimeToLiveSpecification":{"AttributeName":"t","Enabled":true}}"#,
    );
    account.hold(&format!("pk=S:a t=N:{}", EPOCH_MS / 1_000 + 1));
    account.hold("pk=S:b");
    account.drop_row("pk=S:b");
    account.wait(1_000);
    account.db.expire(account.now);
    let records = records(&account);
    let expected = json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" });
    let removals = records.iter().filter(|record| record["eventName"] == "REMOVE");
    let identities: Vec<_> = removals.map(|record| record.get("userIdentity")).collect();
    assert_eq!(identities, [None, Some(&expected)]);
}

#[test]
fn a_stream_that_is_opened_later_sees_what_happens_from_then_on() {
    let limits = Limits { table_change_time: Duration::from_secs(5), ..Limits::default() };
    let mut account = Account::with_limited_table(limits, "pk:S", &[]);
    account.wait_s(5);
    account.hold("pk=S:before");
    update(&mut account, &OPEN.replace("VIEW", "KEYS_ONLY"));
    account.wait(4_999);
    account.hold("pk=S:soon");
    account.wait(1);
    account.hold("pk=S:after");
    update(&mut account, CLOSE);
    account.wait(4_999);
    account.hold("pk=S:last");
    account.wait(1);
    account.hold("pk=S:too-late");
    assert_eq!(told(&account), ["INSERT pk=S:after", "INSERT pk=S:last"]);
}

#[test]
fn records_last_a_day() {
    let mut account = streamed();
    account.hold("pk=S:a");
    account.wait_s(3_600);
    account.hold("pk=S:b");
    account.wait_s(23 * 3_600);
    assert_eq!(told(&account), ["INSERT pk=S:b new(pk=S:b)"]);
    account.wait_s(3_600);
    assert_eq!(told(&account), [""; 0]);
}

#[test]
fn keys_are_spread_over_shards_and_a_key_stays_in_its_own() {
    let mut account = streamed_in(sharded(4), "KEYS_ONLY");
    for round in 0..3 {
        for key in 0..20 {
            account.hold(&format!("pk=S:k{key} n=N:{round}"));
        }
    }
    let mut shard_of = BTreeMap::new();
    let mut numbers = Vec::new();
    let shards = account.db.stream_shards("one");
    assert_eq!(shards.len(), 4);
    for (shard, parent) in shards {
        assert_eq!(parent, None);
        let records = records_at(&account, shard);
        assert!(!records.is_empty(), "every shard has some of 20 keys");
        let of_shard: Vec<_> = records.iter().map(StreamRecord::sequence_number).collect();
        assert!(of_shard.is_sorted(), "{of_shard:?}");
        numbers.extend(of_shard);
        for record in records {
            let earlier = shard_of.insert(record.partition_key().to_owned(), shard);
            assert!(earlier.is_none_or(|earlier| earlier == shard));
        }
    }
    assert_eq!((shard_of.len(), numbers.len()), (20, 60));
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 60, "no two records have one number");
}

#[test]
fn a_reader_asks_for_what_is_new() {
    let mut account = streamed_in(sharded(2), "KEYS_ONLY");
    let news = |account: &Account, positions: &BTreeMap<String, String>| {
        let shards = account.db.shards_with_news(account.now, "one", positions);
        shards.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut positions = BTreeMap::new();
    assert_eq!(news(&account, &positions), [""; 0]);
    account.hold("pk=S:a");
    let [shard] = &news(&account, &positions)[..] else { panic!("one shard has a record") };
    let shard = shard.clone();
    let newest = account.db.latest_position("one", &shard).expect("the shard exists");
    positions.insert(shard.clone(), newest.clone());
    assert_eq!(news(&account, &positions), [""; 0]);
    account.hold("pk=S:a n=N:1");
    account.hold("pk=S:a n=N:2");
    assert_eq!(news(&account, &positions), [shard.as_str()]);
    let records = account.db.records_after(account.now, "one", &shard, Some(&newest));
    assert_eq!(records.len(), 2);
    assert!(records[0].sequence_number() > newest);
    positions.insert(shard.clone(), "nonsense".to_owned());
    assert_eq!(news(&account, &positions), [shard.as_str()], "nonsense is the start");
}

#[test]
fn a_shard_that_rolls_has_a_child_in_which_its_keys_go_on() {
    let mut account = streamed_in(sharded(2), "KEYS_ONLY");
    account.hold("pk=S:a");
    account.db.roll_shards(account.now, "one");
    account.db.roll_shards(account.now, "one");
    account.hold("pk=S:a n=N:1");
    let shards = account.db.stream_shards("one");
    let parents: BTreeMap<_, _> = shards.iter().copied().collect();
    assert_eq!(parents.len(), 6, "no two shards have one id");
    let with_records: Vec<_> =
        shards.iter().filter(|(shard, _)| !records_at(&account, shard).is_empty()).collect();
    let [(first, None), (last, Some(middle))] = with_records[..] else {
        panic!("{with_records:?}");
    };
    assert_eq!(parents[middle], Some(*first));
    let number = |shard: &str| records_at(&account, shard)[0].sequence_number();
    assert!(number(first) < number(last));
    account.wait_s(24 * 3_600);
    account.scan_of("");
    assert_eq!(account.db.stream_shards("one").len(), 2, "only open shards are left");
}

#[test]
fn a_table_without_a_stream_has_none_and_knows_nothing() {
    let mut account = Account::with_table("pk:S", &[]);
    account.hold("pk=S:a");
    account.db.roll_shards(account.now, "one");
    assert_eq!(account.db.stream_arn("one"), None);
    assert_eq!(account.db.stream_shards("one"), []);
    assert_eq!(account.db.latest_position("one", "shard"), None);
    assert_eq!(account.db.records_after(account.now, "none", "shard", None), []);
}

#[test]
fn rows_that_a_new_process_restores_are_no_changes() {
    let mut account = streamed();
    let entry = crate::JournalEntry::Row {
        table: "one".to_owned(),
        key: "1:a".to_owned(),
        item: Some(r#"{"pk":{"S":"a"}}"#.to_owned()),
    };
    account.db.restore(account.now, &entry).expect("the entry is sound");
    assert_eq!((account.scan_of("").len(), told(&account).len()), (1, 0));
}

#[test]
fn the_records_of_a_stream_tell_accounts_apart() {
    let sketch = |account: &Account| {
        let mut sketch = Sketch::default();
        account.db.sketch(account.now, Duration::ZERO, &mut sketch);
        sketch.finish()
    };
    let after = |writes: &[&str]| {
        let mut account = streamed();
        for write in writes {
            account.hold(write);
        }
        account.wait(1);
        sketch(&account)
    };
    assert_ne!(after(&["pk=S:a n=N:1"]), after(&["pk=S:a", "pk=S:a n=N:1"]));
    assert_eq!(after(&["pk=S:a", "pk=S:a"]), after(&["pk=S:a"]));
}

#[test]
fn a_table_describes_its_latest_stream() {
    let mut account = streamed();
    let described = |account: &mut Account| {
        account.done("DescribeTable", r#"{"TableName":"one"}"#)["Table"].clone()
    };
    let first = described(&mut account);
    let specification = json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" });
    assert_eq!(first["StreamSpecification"], specification);
    let label = first["LatestStreamLabel"].as_str().expect("a stream has a label");
    assert_eq!((label.len(), &label[10..11], &label[19..20]), (23, "T", "."), "{label}");
    let arn = format!("{}/stream/{label}", first["TableArn"].as_str().expect("an ARN"));
    assert_eq!(first["LatestStreamArn"], arn.as_str());
    let closed = update(&mut account, CLOSE)["TableDescription"].clone();
    assert_eq!(closed.get("StreamSpecification"), None);
    assert_eq!(closed["LatestStreamArn"], arn.as_str());
    let second = update(&mut account, &OPEN.replace("VIEW", "KEYS_ONLY"));
    let second = second["TableDescription"]["LatestStreamArn"].clone();
    assert_ne!(second, arn.as_str());
    assert_eq!(described(&mut account)["LatestStreamArn"], second);
}

#[test]
fn a_stream_is_opened_and_closed_once() {
    let mut account = streamed();
    let refused = |account: &mut Account, members: &str| {
        account.refused("UpdateTable", &format!(r#"{{"TableName":"one",{members}}}"#))
    };
    let other = OPEN.replace("VIEW", "KEYS_ONLY");
    let expected = "Table already has an enabled stream: TableName: one";
    assert_eq!(refused(&mut account, &other), expected);
    update(&mut account, CLOSE);
    let expected = "Table has no stream to disable: TableName: one";
    assert_eq!(refused(&mut account, CLOSE), expected);
    let viewless = r#""StreamSpecification":{"StreamEnabled":true}"#;
    assert_eq!(
        refused(&mut account, viewless),
        "One or more parameter values were invalid: If stream is being enabled then \
         UpdateViewType is required"
    );
    let unclear = OPEN.replace("VIEW", "ALL");
    assert!(refused(&mut account, &unclear).contains("NEW_AND_OLD_IMAGES, KEYS_ONLY]"));
}

#[test]
fn a_throttled_request_to_a_stream_is_over_a_limit() {
    let body = br#"{"ShardIterator":"x"}"#;
    let request = crate::Request::parse("DynamoDBStreams_20120810.GetRecords", body);
    let request = request.expect("the request is sound");
    let mut account = streamed();
    let answer = account.db.throttle(account.now, &request, account.read, 7);
    assert_eq!(answer.error_type.as_deref(), Some("LimitExceededException"));
    assert!(json(&answer)["message"].is_string());
}
