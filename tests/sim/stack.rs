//! Stacks: tables with keys of every type, their first rows, and the settings of functions.

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

/// A service of three kinds of functions: one reads what its stack began with, two sleep for 5 s,
/// and two answer with what they find around them.
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
            .function(Function::new("look").memory_mb(256).environment("TABLE_NAME", "books"))
            .route(Route::one_way("$connect", "read"))
            .route(Route::one_way("sleep", "sleep"))
            .route(Route::one_way("doze", "doze"))
            .route(Route::one_way("look", "look"))
            .route(Route::one_way("glance", "glance"))
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
        match function {
            "read" => {}
            "look" | "glance" => return surroundings(sdk.clone()),
            _ => {
                return handler(|_: LambdaEvent<Value>| async {
                    tokio::time::sleep(Duration::from_secs(5)).await;
                    Ok::<_, Error>(json!({ "statusCode": 200 }))
                });
            }
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

/// Returns a handler that answers with its environment and the names of its place. It also returns
/// those that its event has, which must be the same.
fn surroundings(sdk: Sdk) -> Box<dyn Handler> {
    handler(move |event: LambdaEvent<Value>| {
        let variables = sdk.environment();
        let variables = ["TABLE_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_REGION"]
            .map(|name| variables.get(name).cloned());
        let names = json!([sdk.region(), sdk.account(), sdk.table_arn("books")]);
        let function = [sdk.function_arn(), event.context.invoked_function_arn];
        let stage = &event.payload["requestContext"];
        let (host, stage) = (stage["domainName"].as_str(), stage["stage"].as_str());
        let url = format!("https://{}/{}", host.unwrap_or_default(), stage.unwrap_or_default());
        let body = json!([variables, names, function, [sdk.management_endpoint(), url]]);
        async move { Ok::<_, Error>(json!({ "statusCode": 200, "body": body.to_string() })) }
    })
}

/// Returns the bodies that functions returned.
fn bodies(case: &str) -> Vec<String> {
    pick(&play_to_the_end(&LIBRARY, case), |what| match what {
        EventKind::InvocationEnded { outcome: Outcome::Returned { body, .. }, .. } => {
            body.as_ref().map(|body| body.to_string())
        }
        _ => None,
    })
}

#[test]
fn functions_find_the_first_rows_by_keys_of_every_type_and_through_a_projection() {
    // The index holds the keys and the title, and not the pages.
    assert_eq!(bodies("v1 ana:c")[0], r#"["book", "colour", "shelf", "title"] true"#);
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

#[test]
fn a_function_finds_the_environment_of_its_stack_and_the_names_of_its_place() {
    let found = |action: &str| -> Value {
        let case = format!(r#"v1 ana:c,t"{{\"action\":\"{action}\"}}""#);
        serde_json::from_str(&bodies(&case)[1]).expect("JSON")
    };
    let (region, account) = ("eu-central-1", "123456789012");
    let names = [region, account, "arn:aws:dynamodb:eu-central-1:123456789012:table/books"];
    let url = "https://s7ormg1ass.execute-api.eu-central-1.amazonaws.com/prod";
    let expected = |function: &str, variables: Value| {
        let arn = format!("arn:aws:lambda:{region}:{account}:function:{function}");
        json!([variables, names, [arn, arn], [url, url]])
    };
    assert_eq!(found("look"), expected("look", json!(["books", "256", region])));
    assert_eq!(found("glance"), expected("glance", json!([null, "128", region])));
}
