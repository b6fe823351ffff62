//! Rows of every shape that applications have, and the names that a history gives them.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::{Client, Error as SdkError};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::stack::{KeyAttribute, Route, Stack, Table};
use stormglass_sim::{App, Handler, Sdk, handler};
use stormglass_spec::history::EventKind;
use stormglass_tests::{pick, play_to_the_end};

/// A shape of rows.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// The id is the key.
    Key,
    /// The id follows a prefix in the key.
    PrefixedKey,
    /// The id is the sort key.
    SortKey,
    /// The id is an attribute of a row with a number as its key.
    Attribute,
    /// The id is one of a set, beside a second table.
    Set,
}

impl Shape {
    fn tables(self) -> Vec<Table> {
        match self {
            Shape::Key | Shape::PrefixedKey => vec![Table::new("rows", "pk")],
            Shape::SortKey => vec![Table::new("rows", "room").sorted_by("pk")],
            Shape::Attribute => vec![Table::new("rows", KeyAttribute::number("seat"))],
            Shape::Set => vec![Table::new("rows", "pk"), Table::new("games", "game")],
        }
    }

    async fn store(self, table: Client, id: String) -> Result<(), SdkError> {
        let put = table.put_item().table_name("rows");
        let put = match self {
            Shape::Key => put.item("pk", AttributeValue::S(id)),
            Shape::PrefixedKey => put.item("pk", AttributeValue::S(format!("CONN#{id}"))),
            Shape::SortKey => put
                .item("room", AttributeValue::S("the red one".to_owned()))
                .item("pk", AttributeValue::S(id)),
            Shape::Attribute => put
                .item("seat", AttributeValue::N("7".to_owned()))
                .item("id", AttributeValue::S(id)),
            Shape::Set => put
                .item("pk", AttributeValue::S("red".to_owned()))
                .item("members", AttributeValue::Ss(vec![id, "a computer".to_owned()])),
        };
        put.send().await?;
        Ok(())
    }
}

impl App for Shape {
    fn name(&self) -> &str {
        "shape"
    }

    fn stack(&self) -> Stack {
        let stack = Stack::new().route(Route::one_way("$connect", "connect"));
        self.tables().into_iter().fold(stack, Stack::table)
    }

    fn start(&self, _: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let (shape, table) = (*self, Client::from_conf(sdk.dynamodb().build()));
        handler(move |event: LambdaEvent<Value>| {
            let id = event.payload["requestContext"]["connectionId"].as_str();
            let store = shape.store(table.clone(), id.unwrap_or_default().to_owned());
            async move {
                store.await?;
                Ok::<_, Error>(json!({ "statusCode": 200 }))
            }
        })
    }
}

#[test]
fn a_row_has_the_name_of_its_key_and_names_its_connection_wherever_the_id_stands() {
    for (shape, row) in [
        (Shape::Key, "ana1"),
        (Shape::PrefixedKey, "CONN#ana1"),
        (Shape::SortKey, "the%20red%20one/ana1"),
        (Shape::Attribute, "7"),
        (Shape::Set, "rows/red"),
    ] {
        let run = play_to_the_end(&shape, "v1 ana:c");
        let written = pick(&run, |what| match what {
            EventKind::RowWritten { row, connections } => {
                Some((row.to_string(), connections.clone()))
            }
            _ => None,
        });
        assert_eq!(written[0], (row.to_owned(), vec!["ana1".into()]), "{shape:?}");
    }
}

#[test]
fn a_call_is_named_by_its_row_and_a_case_can_deviate_there() {
    let case = "v1 ana:c | ana.c1.put-the%20red%20one/ana1-1=error";
    let run = play_to_the_end(&Shape::SortKey, case);
    assert_eq!(run.case.to_string(), case);
    let calls = pick(&run, |what| match what {
        EventKind::CallSent { call, .. } => Some(call.to_string()),
        _ => None,
    });
    let put = |attempt: u32| format!("ana.c1.put-the%20red%20one/ana1-{attempt}");
    assert_eq!(calls[..2], [put(1), put(2)]);
}
