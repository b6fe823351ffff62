//! Answers to requests for which there is no capacity (FACTS 6.2).

use std::collections::BTreeSet;

use super::tables::{json, query, request, row};
use super::{Account, message};
use crate::{Answer, Throttling};

const CAUSES: [Throttling; 6] = [
    Throttling::KeyRange,
    Throttling::MaxOnDemand,
    Throttling::Account,
    Throttling::Provisioned,
    Throttling::RequestLimit,
    Throttling::Conflict,
];

const TABLE: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/one";

fn write() -> String {
    format!("{{{}}}", row("pk=S:a"))
}

/// The code of an error, and the reason and the resource that it names.
fn parts(answer: &Answer) -> (String, Option<(String, String)>) {
    assert_eq!(answer.status, 400);
    assert_eq!(answer.changes, []);
    let body = json(answer);
    let code = answer.error_type.clone().unwrap_or_default();
    assert!(body["__type"].as_str().is_some_and(|kind| kind.ends_with(&format!("#{code}"))));
    let text = |name: &str| body["throttlingReasons"][0][name].as_str().map(str::to_owned);
    (code, text("reason").zip(text("resource")))
}

#[test]
fn every_cause_has_its_code_and_its_reason() {
    let index = format!("{TABLE}/index/by-x");
    let reads = ["GetItem", "Query", "Scan"];
    for (cause, code, what) in [
        (Throttling::KeyRange, "ThrottlingException", "KeyRangeThroughputExceeded"),
        (Throttling::MaxOnDemand, "ThrottlingException", "MaxOnDemandThroughputExceeded"),
        (Throttling::Account, "ThrottlingException", "AccountLimitExceeded"),
        (
            Throttling::Provisioned,
            "ProvisionedThroughputExceededException",
            "ProvisionedThroughputExceeded",
        ),
        (Throttling::RequestLimit, "RequestLimitExceeded", "AccountLimitExceeded"),
    ] {
        let by_x = r#","IndexName":"by-x""#;
        for (operation, body, place, resource) in [
            ("GetItem", write(), "Table", TABLE),
            ("PutItem", r#"{"TableName":"one","Item":{}}"#.to_owned(), "Table", TABLE),
            ("UpdateItem", write(), "Table", TABLE),
            ("DeleteItem", write(), "Table", TABLE),
            ("Query", query("pk = :p", ":p=S:a", ""), "Table", TABLE),
            ("Query", query("x = :x", ":x=S:x", by_x), "Index", index.as_str()),
            ("Scan", r#"{"TableName":"one"}"#.to_owned(), "Table", TABLE),
            ("Scan", format!(r#"{{"TableName":"one"{by_x}}}"#), "Index", index.as_str()),
        ] {
            let access = if reads.contains(&operation) { "Read" } else { "Write" };
            let reason = (format!("{place}{access}{what}"), resource.to_owned());
            let answer = cause.answer(&request(operation, &body));
            assert_eq!(parts(&answer), (code.to_owned(), Some(reason)), "{operation} {cause:?}");
        }
    }
}

#[test]
fn a_row_that_is_part_of_a_transaction_has_no_throttling_reason() {
    let answer = Throttling::Conflict.answer(&request("UpdateItem", &write()));
    assert_eq!(parts(&answer), ("TransactionConflictException".to_owned(), None));
    assert_eq!(
        answer.body,
        "{\"__type\":\"com.amazonaws.dynamodb.v20120810#TransactionConflictException\",\
         \"message\":\"Transaction is ongoing for the item\"}"
    );
}

#[test]
fn every_cause_has_its_message() {
    let scan = request("Scan", r#"{"TableName":"one"}"#);
    for (cause, start) in [
        (Throttling::KeyRange, "Throughput exceeds the current capacity of your table or index."),
        (Throttling::MaxOnDemand, "Throughput exceeds the current capacity"),
        (Throttling::Account, "Throughput exceeds the current capacity"),
        (Throttling::Provisioned, "The level of configured provisioned throughput for the table"),
        (Throttling::RequestLimit, "Throughput exceeds the current throughput limit for your"),
    ] {
        let answer = cause.answer(&scan);
        let code = answer.error_type.clone().unwrap_or_default();
        assert!(message(&code, &answer).starts_with(start), "{cause:?}");
    }
}

#[test]
fn a_transaction_is_cancelled_by_its_first_action() {
    let key = row("pk=S:a");
    let other = row("pk=S:b");
    let gets = format!(r#"{{"TransactItems":[{{"Get":{{{key}}}}},{{"Get":{{{other}}}}}]}}"#);
    let writes =
        format!(r#"{{"TransactItems":[{{"Delete":{{{key}}}}},{{"Delete":{{{other}}}}}]}}"#);
    for (cause, code) in [
        (Throttling::KeyRange, "ThrottlingError"),
        (Throttling::MaxOnDemand, "ThrottlingError"),
        (Throttling::Account, "ThrottlingError"),
        (Throttling::Provisioned, "ProvisionedThroughputExceeded"),
        (Throttling::Conflict, "TransactionConflict"),
    ] {
        for (operation, body) in [("TransactGetItems", &gets), ("TransactWriteItems", &writes)] {
            let answer = cause.answer(&request(operation, body));
            assert_eq!(
                message("TransactionCanceledException", &answer),
                format!(
                    "Transaction cancelled, please refer cancellation reasons for specific \
                     reasons [{code}, None]"
                )
            );
            let reasons = json(&answer)["CancellationReasons"].clone();
            assert_eq!(reasons[0]["Code"], code);
            assert!(reasons[0]["Message"].as_str().is_some_and(|message| !message.is_empty()));
            assert_eq!(reasons[1].to_string(), r#"{"Code":"None"}"#);
        }
    }
    let answer = Throttling::RequestLimit.answer(&request("TransactGetItems", &gets));
    assert_eq!(parts(&answer).0, "RequestLimitExceeded");
}

#[test]
fn a_draw_meets_every_cause_that_there_can_be() {
    let write = request("UpdateItem", &write());
    let transaction = request(
        "TransactGetItems",
        &format!(r#"{{"TransactItems":[{{"Get":{{{}}}}}]}}"#, row("pk=S:a")),
    );
    let drawn = |request| {
        // Draws are hashes of 64 bits.
        (0..200_u64)
            .map(|number| Throttling::draw(number.wrapping_mul(u64::MAX / 199), request))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(drawn(&transaction), CAUSES.into());
    let without_conflict = CAUSES.into_iter().filter(|cause| *cause != Throttling::Conflict);
    assert_eq!(drawn(&write), without_conflict.collect());
}

#[test]
fn what_is_throttled_is_not_carried_out() {
    let mut account = Account::with_table("pk:S", &[]);
    for number in 0..16_u64 {
        let answer = account.throttle("UpdateItem", &write(), number.wrapping_mul(u64::MAX / 15));
        assert_eq!(answer.status, 400);
    }
    assert_eq!(account.scan_of(""), [""; 0]);
}
