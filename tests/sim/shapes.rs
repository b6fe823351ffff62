//! Applications of other shapes than ours: where rows name their connections, the types of keys,
//! the forms of handlers.

use std::rc::Rc;
use std::sync::OnceLock;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, Request, RequestExt, Response, Service, service_fn};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::stack::{KeyAttribute, Route, Stack, Table};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Case, Handler, HarnessError, Sdk, Vocabulary, handler, replay};
use stormglass_spec::{Property, properties};
use stormglass_tests::{play_to_the_end, received};

const TABLE: &str = "presence";

/// The place where a row names its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The partition key is the id.
    Key,
    /// The partition key is the id behind a prefix; the sort key is a word.
    PrefixedKey,
    /// The sort key is the id, and the partition key a word.
    SortKey,
    /// An attribute, in a table whose keys are binary and a number.
    Attribute,
    /// A set of all connections in one row.
    Set,
}

const PLACES: [Place; 5] =
    [Place::Key, Place::PrefixedKey, Place::SortKey, Place::Attribute, Place::Set];

/// A mistake of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lapse {
    /// `$connect` stores nothing.
    Forgets,
    /// Any message removes the row of its sender.
    Loses,
}

/// A service that keeps a row for each connection, or one for all of them.
#[derive(Clone, Copy, Debug)]
struct Presence {
    place: Place,
    lapse: Option<Lapse>,
}

impl App for Presence {
    fn name(&self) -> &str {
        "presence"
    }

    fn stack(&self) -> Stack {
        let table = match self.place {
            Place::Key => Table::new(TABLE, "id"),
            Place::PrefixedKey => Table::new(TABLE, "pk").sorted_by("sk"),
            Place::SortKey => Table::new(TABLE, "room").sorted_by("id"),
            Place::Attribute => Table::new(TABLE, KeyAttribute::binary("hash"))
                .sorted_by(KeyAttribute::number("at")),
            Place::Set => Table::new(TABLE, "room"),
        };
        let routes = ["$connect", "$disconnect", "$default"].map(|key| Route::one_way(key, key));
        routes.into_iter().fold(Stack::new(), Stack::route).table(table)
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new().message(1, "hello")
    }

    fn properties(&self) -> Vec<Property> {
        vec![properties::ROW_BEFORE_OPEN, properties::REGISTERED]
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let Presence { place, lapse } = *self;
        let table = Rc::new(Client::from_conf(sdk.dynamodb().build()));
        let function = function.to_owned();
        handler(move |event: LambdaEvent<Value>| {
            let (function, table) = (function.clone(), Rc::clone(&table));
            async move {
                match function.as_str() {
                    "$connect" if lapse == Some(Lapse::Forgets) => {}
                    "$connect" => store(&table, place, &event).await?,
                    "$default" if lapse != Some(Lapse::Loses) => {}
                    _ => remove(&table, place, &event).await?,
                }
                Ok::<_, Error>(json!({ "statusCode": 200 }))
            }
        })
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// Returns the keys of the row of a connection, and its other attributes.
fn row(place: Place, event: &LambdaEvent<Value>) -> [Vec<(&'static str, AttributeValue)>; 2] {
    let context = &event.payload["requestContext"];
    let id = context["connectionId"].as_str().unwrap_or_default();
    let hash = AttributeValue::B(Blob::new(id.bytes().rev().collect::<Vec<u8>>()));
    let at = AttributeValue::N(context["connectedAt"].to_string());
    match place {
        Place::Key => [vec![("id", text(id))], Vec::new()],
        Place::PrefixedKey => {
            [vec![("pk", text(&format!("CONN#{id}"))), ("sk", text("META"))], Vec::new()]
        }
        Place::SortKey => [vec![("room", text("red")), ("id", text(id))], Vec::new()],
        Place::Attribute => [vec![("hash", hash), ("at", at)], vec![("connection", text(id))]],
        Place::Set => {
            let ids = AttributeValue::Ss(vec![id.to_owned()]);
            [vec![("room", text("red"))], vec![("ids", ids)]]
        }
    }
}

async fn store(table: &Client, place: Place, event: &LambdaEvent<Value>) -> Result<(), Error> {
    if place == Place::Set {
        return update(table, "ADD", event).await;
    }
    let [keys, others] = row(place, event);
    let put = table.put_item().table_name(TABLE);
    let put = keys.into_iter().chain(others).fold(put, |put, (name, value)| put.item(name, value));
    put.send().await?;
    Ok(())
}

async fn remove(table: &Client, place: Place, event: &LambdaEvent<Value>) -> Result<(), Error> {
    if place == Place::Set {
        return update(table, "DELETE", event).await;
    }
    let [keys, _] = row(place, event);
    let delete = table.delete_item().table_name(TABLE);
    keys.into_iter().fold(delete, |delete, (name, value)| delete.key(name, value)).send().await?;
    Ok(())
}

async fn update(table: &Client, verb: &str, event: &LambdaEvent<Value>) -> Result<(), Error> {
    let [keys, others] = row(Place::Set, event);
    let update = table.update_item().table_name(TABLE);
    let update = keys.into_iter().fold(update, |update, (name, value)| update.key(name, value));
    let update = update.update_expression(format!("{verb} ids :ids"));
    let values = others.into_iter().map(|(_, ids)| ids);
    values
        .fold(update, |update, ids| update.expression_attribute_values(":ids", ids))
        .send()
        .await?;
    Ok(())
}

/// Returns the promises that some seed breaks.
fn broken(app: Presence) -> Vec<&'static str> {
    let runs = (0..60).map(|seed| run_seed(&app, seed, Families::ALL).expect("it runs"));
    let mut broken: Vec<_> = runs.filter_map(|run| Some(run.violation?.property)).collect();
    broken.sort_unstable();
    broken.dedup();
    broken
}

#[test]
fn a_row_is_known_wherever_it_names_its_connection() {
    for place in PLACES {
        assert_eq!(broken(Presence { place, lapse: None }), [""; 0], "{place:?}");
        let case: Case = "v1 ana:c,i1s,q bob:c".parse().expect("a case");
        let app = Presence { place, lapse: None };
        let run = replay(&app, &case, &app.properties()).expect("it runs");
        let vacuous = run.verdicts.iter().filter(|(_, times)| *times == 0);
        assert_eq!(vacuous.count(), 0, "{place:?}");
    }
}

#[test]
fn a_row_that_is_missing_is_missed_wherever_it_would_name_its_connection() {
    for place in PLACES {
        let app = |lapse| Presence { place, lapse: Some(lapse) };
        assert_eq!(broken(app(Lapse::Forgets)), ["row-before-open"], "{place:?}");
        assert_eq!(broken(app(Lapse::Loses)), ["registered"], "{place:?}");
    }
}

/// A service of `lambda_http`: it greets the room of the query, and repeats what it gets.
#[derive(Debug)]
struct Web;

async fn greet(request: Request) -> Result<Response<Body>, Error> {
    let parameters = request.query_string_parameters();
    let room = parameters.first("room").unwrap_or("nobody").to_owned();
    let Body::Text(text) = request.into_body() else { return Ok(Response::new(Body::Empty)) };
    Ok(Response::new(Body::Text(format!("{room}: {text}"))))
}

impl App for Web {
    fn name(&self) -> &str {
        "web"
    }

    fn stack(&self) -> Stack {
        Stack::new().route(Route::two_way("$default", "greet"))
    }

    fn start(&self, _: &str, _: &Sdk) -> Box<dyn Handler> {
        let adapter = Adapter::from(service_fn(greet));
        handler(move |event: LambdaEvent<LambdaRequest>| adapter.clone().call(event))
    }
}

#[test]
fn a_handler_of_lambda_http_is_one_through_its_adapter() {
    let run = play_to_the_end(&Web, r#"v1 ana:c,t"hello""#);
    assert_eq!(received(&run), [("ana1", "nobody: hello")]);
}

/// A service whose client is in a `static`, as a function on Lambda may have it.
#[derive(Debug)]
struct Static;

static CLIENT: OnceLock<Client> = OnceLock::new();

impl App for Static {
    fn name(&self) -> &str {
        "static"
    }

    fn stack(&self) -> Stack {
        let stack = Stack::new().route(Route::one_way("$connect", "connect"));
        stack.table(Table::new(TABLE, "id"))
    }

    fn start(&self, _: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let client = CLIENT.get_or_init(|| Client::from_conf(sdk.dynamodb().build()));
        handler(move |event: LambdaEvent<Value>| async move {
            store(client, Place::Key, &event).await?;
            Ok::<_, Error>(json!({ "statusCode": 200 }))
        })
    }
}

#[test]
fn a_client_that_outlives_its_run_is_an_error_that_says_what_to_do() {
    let case: Case = "v1 ana:c".parse().expect("a case");
    assert!(replay(&Static, &case, &[]).expect("the first run builds it").violation.is_none());
    let error = replay(&Static, &case, &[]).expect_err("the second run finds it");
    assert!(matches!(error, HarnessError::OldClient { .. }), "{error}");
    let expected = "ana.c1 uses an SDK client of another run, perhaps from a `static`: build the";
    assert!(error.to_string().starts_with(expected), "{error}");
}
