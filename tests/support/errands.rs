//! An application that runs an errand for each message: a request, or a few, that services refuse
//! or that touch a row.

use std::rc::Rc;

use aws_lambda_events::event::apigw::ApiGatewayWebsocketProxyRequest;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, DeleteRequest, Get, KeysAndAttributes, Put, TransactGetItem,
    TransactWriteItem, WriteRequest,
};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::stack::{Route, Stack, Table};
use stormglass_sim::{App, Handler, Sdk, handler};

type Event = LambdaEvent<ApiGatewayWebsocketProxyRequest>;

/// The two tables of the application.
const GAMES: &str = "games";
const SEATS: &str = "seats";

/// A name that no table has.
const MISSING: &str = "Old.Games";

/// The application. Its clients send the name of an errand, and a number where the errand has one:
/// `{"errand":"batch-write","number":26}`.
#[derive(Clone, Copy, Debug)]
pub struct Errands;

impl App for Errands {
    fn name(&self) -> &str {
        "errands"
    }

    fn stack(&self) -> Stack {
        Stack::new()
            .table(Table::new(GAMES, "game"))
            .table(Table::new(SEATS, "seat"))
            .route(Route::one_way("$connect", "$connect"))
            .route(Route::one_way("$default", "errand"))
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let is_errand = function == "errand";
        let runner = Rc::new(Runner {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(sdk.dynamodb().build()),
            management: sdk.management(),
            sdk: sdk.clone(),
        });
        handler(move |event: Event| {
            let runner = Rc::clone(&runner);
            async move {
                if is_errand {
                    runner.run(&event).await?;
                }
                Ok::<Value, Error>(json!({ "statusCode": 200 }))
            }
        })
    }
}

/// The message that asks for an errand.
pub fn errand(name: &str, number: usize) -> String {
    json!({ "errand": name, "number": number }).to_string()
}

#[derive(Clone)]
struct Runner {
    dynamodb: aws_sdk_dynamodb::Client,
    management: aws_sdk_apigatewaymanagement::config::Builder,
    sdk: Sdk,
}

impl Runner {
    async fn run(&self, event: &Event) -> Result<(), Error> {
        let message = event.payload.body.as_deref().unwrap_or("{}");
        let message: Value = serde_json::from_str(message)?;
        let number = message["number"].as_u64().and_then(|it| usize::try_from(it).ok());
        // The services refuse most errands, and that is all that the tests look at.
        let _ = self.run_errand(&message["errand"], number.unwrap_or(1)).await;
        Ok(())
    }

    async fn run_errand(&self, errand: &Value, number: usize) -> Result<(), Error> {
        match errand.as_str().unwrap_or_default() {
            "describe" => drop(self.dynamodb.describe_table().table_name(GAMES).send().await?),
            "put" => self.put(number).await?,
            "put-once" => self.put_once(number).await?,
            "put-missing" => {
                let put = self.dynamodb.put_item().table_name(MISSING);
                put.item("game", text("red")).send().await?;
            }
            "scan-missing" => drop(self.dynamodb.scan().table_name(MISSING).send().await?),
            "put-invalid" => {
                let put = self.dynamodb.put_item().table_name(GAMES).item("game", game(number));
                put.condition_expression("size(").send().await?;
            }
            "book" => self.book(number).await?,
            "batch-write" => self.batch_write(number).await?,
            "batch-get" => self.batch_get(number).await?,
            "transact-write" => self.transact_write(number).await?,
            "transact-get" => self.transact_get(number).await?,
            "post-nowhere" => self.post("no id", "prod").await?,
            "post-astray" => self.post("AAAAAAAAAAAAAAA=", "elsewhere").await?,
            "later" => {
                let runner = self.clone();
                self.sdk.spawn(async move { drop(runner.put(number).await) });
            }
            _ => {}
        }
        Ok(())
    }

    async fn put(&self, number: usize) -> Result<(), Error> {
        self.dynamodb.put_item().table_name(GAMES).item("game", game(number)).send().await?;
        Ok(())
    }

    async fn put_once(&self, number: usize) -> Result<(), Error> {
        let put = self.dynamodb.put_item().table_name(GAMES).item("game", game(number));
        put.condition_expression("attribute_not_exists(game)").send().await?;
        Ok(())
    }

    /// Takes a seat in a game that must be new.
    async fn book(&self, number: usize) -> Result<(), Error> {
        let seat = Put::builder().table_name(SEATS).item("seat", text("one")).build()?;
        let game = Put::builder()
            .table_name(GAMES)
            .item("game", game(number))
            .condition_expression("attribute_not_exists(game)")
            .build()?;
        let transaction = self.dynamodb.transact_write_items();
        let transaction =
            transaction.transact_items(TransactWriteItem::builder().put(seat).build());
        transaction.transact_items(TransactWriteItem::builder().put(game).build()).send().await?;
        Ok(())
    }

    async fn batch_write(&self, number: usize) -> Result<(), Error> {
        let writes: Result<Vec<_>, Error> = (1..=number)
            .map(|it| {
                let delete = DeleteRequest::builder().key("game", game(it)).build()?;
                Ok(WriteRequest::builder().delete_request(delete).build())
            })
            .collect();
        self.dynamodb.batch_write_item().request_items(GAMES, writes?).send().await?;
        Ok(())
    }

    async fn batch_get(&self, number: usize) -> Result<(), Error> {
        let keys = (1..=number).fold(KeysAndAttributes::builder(), |keys, it| {
            keys.keys([("game".to_owned(), game(it))].into())
        });
        self.dynamodb.batch_get_item().request_items(GAMES, keys.build()?).send().await?;
        Ok(())
    }

    async fn transact_write(&self, number: usize) -> Result<(), Error> {
        let mut transaction = self.dynamodb.transact_write_items();
        for it in 1..=number {
            let delete = Delete::builder().table_name(GAMES).key("game", game(it)).build()?;
            transaction =
                transaction.transact_items(TransactWriteItem::builder().delete(delete).build());
        }
        transaction.send().await?;
        Ok(())
    }

    async fn transact_get(&self, number: usize) -> Result<(), Error> {
        let mut transaction = self.dynamodb.transact_get_items();
        for it in 1..=number {
            let get = Get::builder().table_name(GAMES).key("game", game(it)).build()?;
            transaction = transaction.transact_items(TransactGetItem::builder().get(get).build());
        }
        transaction.send().await?;
        Ok(())
    }

    /// Posts to a connection by way of a stage.
    async fn post(&self, id: &str, stage: &str) -> Result<(), Error> {
        let own = self.sdk.management_endpoint();
        let host = own.rsplit_once('/').map_or(own.as_str(), |(host, _)| host);
        let management = self.management.clone().endpoint_url(format!("{host}/{stage}")).build();
        let management = aws_sdk_apigatewaymanagement::Client::from_conf(management);
        management.post_to_connection().connection_id(id).data(Blob::new("hi")).send().await?;
        Ok(())
    }
}

fn game(number: usize) -> AttributeValue {
    text(&format!("g{number}"))
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}
