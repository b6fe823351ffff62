//! Pages of queries.

use super::Account;
use super::tables::{item_json, query, shown, shown_all};
use crate::Limits;

fn crowd(limits: Limits, count: usize) -> Account {
    let mut account =
        Account::with_limited_table(limits, "pk:S sk:N", &["global by-x x:S KEYS_ONLY"]);
    for partition in ["a", "b"] {
        for number in 0..count {
            account.hold(&format!("pk=S:{partition} sk=N:{number} x=S:same"));
        }
    }
    account
}

/// The items on every page of a query.
fn pages(account: &mut Account, condition: &str, values: &str, more: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut start = String::new();
    loop {
        let body = account.done("Query", &query(condition, values, &format!("{more}{start}")));
        pages.push(shown_all(&body["Items"]));
        match body.get("LastEvaluatedKey") {
            Some(key) => start = format!(r#","ExclusiveStartKey":{key}"#),
            None => return pages,
        }
        assert!(pages.len() < 100, "the pages do not end");
    }
}

fn start(key: &str) -> String {
    format!(r#","ExclusiveStartKey":{}"#, item_json(key))
}

#[test]
fn pages_together_show_every_row_once_in_order() {
    let mut account = crowd(Limits::default(), 10);
    for backward in ["", r#","ScanIndexForward":false"#] {
        for (condition, values, count) in [
            ("pk = :p", ":p=S:a", 10),
            ("pk = :p AND sk BETWEEN :v AND :w", ":p=S:a :v=N:2 :w=N:6", 5),
        ] {
            let all = account.query(condition, values, backward);
            assert_eq!(all.len(), count);
            for limit in 1..=count + 1 {
                let more = format!(r#"{backward},"Limit":{limit}"#);
                let pages = pages(&mut account, condition, values, &more);
                assert_eq!(pages.len(), count / limit + 1);
                assert_eq!(pages.concat(), all);
            }
        }
    }
}

#[test]
fn a_page_of_an_index_goes_on_among_rows_with_equal_keys() {
    let mut account = crowd(Limits::default(), 5);
    for backward in ["", r#","ScanIndexForward":false"#] {
        let index = format!(r#","IndexName":"by-x"{backward}"#);
        let all = account.query("x = :x", ":x=S:same", &index);
        assert_eq!(all.len(), 10);
        for limit in [1, 3, 10] {
            let more = format!(r#"{index},"Limit":{limit}"#);
            assert_eq!(pages(&mut account, "x = :x", ":x=S:same", &more).concat(), all);
        }
    }
}

#[test]
fn a_page_that_stops_names_its_last_row() {
    let mut account = crowd(Limits::default(), 3);
    let request = query("pk = :p", ":p=S:a", r#","Limit":2"#);
    let answer = account.ask("Query", &request);
    assert!(answer.has_more);
    assert_eq!(shown(&account.done("Query", &request)["LastEvaluatedKey"]), "pk=S:a sk=N:1");
    let indexed = query("x = :x", ":x=S:same", r#","Limit":1,"IndexName":"by-x""#);
    let last = &account.done("Query", &indexed)["LastEvaluatedKey"];
    assert_eq!(shown(last), "pk=S:a sk=N:0 x=S:same");
    let all = query("pk = :p", ":p=S:a", r#","Limit":4"#);
    assert_eq!(account.done("Query", &all).get("LastEvaluatedKey"), None);
}

#[test]
fn a_limit_counts_rows_before_the_filter() {
    let mut account = crowd(Limits::default(), 6);
    let more = r#","Limit":2,"FilterExpression":"sk_copy = :none""#;
    let body = account.done("Query", &query("pk = :p", ":p=S:a :none=N:1", more));
    assert_eq!((&body["Count"], &body["ScannedCount"]), (&0.into(), &2.into()));
    assert_eq!(shown(&body["LastEvaluatedKey"]), "pk=S:a sk=N:1");
}

#[test]
fn small_worlds_have_pages_of_queries_too() {
    let mut account = crowd(Limits { page_rows_max: Some(2), ..Limits::default() }, 5);
    let lengths: Vec<_> =
        pages(&mut account, "pk = :p", ":p=S:a", "").iter().map(Vec::len).collect();
    assert_eq!(lengths, [2, 2, 1]);
}

/// The row that reaches 1 MB is still on its page (FACTS 6.1).
#[test]
fn a_page_ends_where_it_reaches_one_megabyte() {
    let mut account = Account::with_table("pk:S sk:N", &[]);
    for number in 1..=5 {
        account.hold(&format!("pk=S:a sk=N:{number} x=S:{}", "x".repeat(350 * 1024)));
    }
    let more = r#","ProjectionExpression":"sk""#;
    assert_eq!(
        pages(&mut account, "pk = :p", ":p=S:a", more),
        [vec!["sk=N:1", "sk=N:2", "sk=N:3"], vec!["sk=N:4", "sk=N:5"]]
    );
    let more = r#","Select":"COUNT","ReturnConsumedCapacity":"TOTAL""#;
    let body = account.done("Query", &query("pk = :p", ":p=S:a", more));
    assert_eq!(body["Count"], 3);
    assert_eq!(body["ConsumedCapacity"]["CapacityUnits"], 131.5);
}

#[test]
fn a_query_goes_on_behind_a_row_that_is_gone() {
    let mut account = crowd(Limits::default(), 4);
    account.drop_row("pk=S:a sk=N:1");
    let forward = start("pk=S:a sk=N:1");
    let found = account.query("pk = :p", ":p=S:a", &format!(r#"{forward},"Limit":1"#));
    assert_eq!(found, ["pk=S:a sk=N:2 x=S:same"]);
    let backward = format!(r#"{forward},"ScanIndexForward":false"#);
    assert_eq!(account.query("pk = :p", ":p=S:a", &backward), ["pk=S:a sk=N:0 x=S:same"]);
}

#[test]
fn a_query_starts_only_where_it_could_have_stopped() {
    let mut account = crowd(Limits::default(), 3);
    let outside =
        "The provided starting key is outside query boundaries based on provided conditions";
    let predicate = "The provided starting key does not match the range key predicate";
    let index = r#","IndexName":"by-x""#;
    for (condition, values, start_key, more, expected) in [
        ("pk = :p", ":p=S:a", "pk=S:b sk=N:1", "", outside),
        ("pk = :p AND sk > :v", ":p=S:a :v=N:1", "pk=S:a sk=N:1", "", predicate),
        ("x = :p", ":p=S:same", "pk=S:a sk=N:1 x=S:other", index, outside),
    ] {
        let more = format!("{}{more}", start(start_key));
        let message = account.refused("Query", &query(condition, values, &more));
        assert_eq!(message, expected, "{condition} {start_key}");
    }
}
