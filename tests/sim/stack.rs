//! Stacks: tables with keys of every type, their first rows, and the timeouts of functions.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::stack::{Function, KeyAttribute, Projection, Route, Stack, Table, TableIndex};
use stormglass_sim::{App, Case, Handler, HarnessError, Sdk, Vocabulary, handler, replay};
use stormglass_spec::history::{EventKind, Outcome};
use stormglass_tests::{pick, play_to_the_end};

/// A service of two functions: one reads what its stack began with, one sleeps for 5 s.
struct Library {
    /// The first rows of the table of books.
    rows: &'static [(i64, &'static str)],
    sleeper_timeout: Duration,
}

const LIBRARY: Library =
    Library { rows: &[(1, "red"), (2, "blue")], sleeper_timeout: Duration::from_secs(10) };

impl App for Library {
    fn name(&self) -> &str {
        "library"
    }

    fn stack(&self) -> Stack {
        let by_colour =
            TableIndex::new("by-colour", "colour").sorted_by(KeyAttribute::number("shelf"));
        let books = Table::new("books", KeyAttribute::number("book"))
            .indexed(by_colour.projecting(Projection::Include(vec!["title".to_owned()])));
        let scans = Table::new("scans", KeyAttribute::binary("page"));
        let stack = Stack::new()
            .function(Function::new("sleep").timeout(self.sleeper_timeout))
            .route(Route::one_way("$connect", "read"))
            .route(Route::one_way("sleep", "sleep"))
            .route(Route::one_way("doze", "doze"))
            .table(books)
            .table(scans)
            .row("scans", json!({"page": {"B": "AQI="}}));
        self.rows.iter().fold(stack, |stack, (book, colour)| {
            let item = json!({
                "book": {"N": book.to_string()},
                "colour": {"S": colour},
                "shelf": {"N": "7"},
                "title": {"S": "a title"},
                "pages": {"N": "300"},
            });
            stack.row("books", item)
        })
    }

    /// Its clients send what a case has, and nothing else.
    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new()
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let client = Client::from_conf(sdk.dynamodb().build());
        if function != "read" {
            return handler(|_: LambdaEvent<Value>| async {
                tokio::time::sleep(Duration::from_secs(5)).await;
                Ok::<_, Error>(json!({ "statusCode": 200 }))
            });
        }
        handler(move |_: LambdaEvent<Value>| {
            let client = client.clone();
            async move {
                let query = client.query().table_name("books").index_name("by-colour");
                let query = query.key_condition_expression("colour = :c AND shelf = :s");
                let query =
                    query.expression_attribute_values(":c", AttributeValue::S("red".into()));
                let query = query.expression_attribute_values(":s", AttributeValue::N("7".into()));
                let found = query.send().await?;
                let page = AttributeValue::B(Blob::new([1, 2]));
                let scan = client.get_item().table_name("scans").key("page", page).send().await?;
                let mut names: Vec<&String> =
                    found.items().iter().flat_map(|item| item.keys()).collect();
                names.sort_unstable();
                let body = format!("{names:?} {}", scan.item().is_some());
                Ok::<_, Error>(json!({ "statusCode": 200, "body": body }))
            }
        })
    }
}

#[test]
fn functions_find_the_first_rows_by_keys_of_every_type_and_through_a_projection() {
    let run = play_to_the_end(&LIBRARY, "v1 ana:c");
    let bodies = pick(&run, |what| match what {
        EventKind::InvocationEnded { outcome: Outcome::Returned { body, .. }, .. } => body.clone(),
        _ => None,
    });
    // The index holds the keys and the title, and not the pages.
    assert_eq!(*bodies[0], *r#"["book", "colour", "shelf", "title"] true"#);
}

#[test]
fn a_first_row_that_dynamodb_refuses_is_a_failure_of_the_harness() {
    struct InvalidRow;
    impl App for InvalidRow {
        fn name(&self) -> &str {
            "invalid-row"
        }
        fn stack(&self) -> Stack {
            LIBRARY.stack().row("books", json!({"book": {"S": "no number"}}))
        }
        fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
            LIBRARY.start(function, sdk)
        }
    }
    let case: Case = "v1 ana:c".parse().expect("a case");
    let error = replay(&InvalidRow, &case, &[]).expect_err("no such row");
    assert!(matches!(error, HarnessError::NoTable { .. }), "{error}");
    assert!(error.to_string().contains("Type mismatch for key book"), "{error}");
}

/// Returns the reasons for which functions were killed.
fn kills(app: &Library, case: &str) -> Vec<String> {
    pick(&play_to_the_end(app, case), |what| match what {
        EventKind::InvocationKilled { reason, .. } => Some(reason.to_string()),
        _ => None,
    })
}

#[test]
fn each_function_has_its_own_timeout_which_a_case_can_only_shorten() {
    let sleep = r#"t"{\"action\":\"sleep\"}""#;
    let doze = r#"t"{\"action\":\"doze\"}""#;
    let after_3_s = ["Task timed out after 3.00 seconds"];
    assert_eq!(kills(&LIBRARY, &format!("v1 ana:c,{sleep}")), [""; 0]);
    assert_eq!(kills(&LIBRARY, &format!("v1 ana:c,{doze}")), after_3_s, "as by default on AWS");
    assert_eq!(kills(&LIBRARY, &format!("v1 timeout=3s ana:c,{sleep}")), after_3_s);
    assert_eq!(kills(&LIBRARY, &format!("v1 timeout=60s ana:c,{doze}")), after_3_s);
}
