//! Small applications, each with one flaw that a test is about.

use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use aws_lambda_events::event::apigw::ApiGatewayWebsocketProxyRequest;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::stack::{Route, Stack, Table};
use stormglass_sim::{App, Broadcasts, Handler, Sdk, handler};
use stormglass_spec::history::{Acknowledgement, Counts};

type Event = LambdaEvent<ApiGatewayWebsocketProxyRequest>;

const TABLE: &str = "connections";

/// The flaw of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// None that these tests are about: it stores, deletes, scans and posts, in the naive way.
    Naive,
    /// `$connect` stores nothing.
    ForgetsToStore,
    /// `broadcast` posts something else than what was sent.
    Embellishes,
    /// `$connect` greets everybody who is there.
    Greets,
    /// Any message that is no broadcast is broadcast all the same, without data.
    Babbles,
    /// `broadcast` answers before it posts, by spawning a task.
    Spawns,
    /// `broadcast` waits with `tokio::time` before it posts.
    Dawdles,
    /// `Dawdles`, and says that nobody here uses `tokio::time`.
    Denies,
    /// `$connect` waits for a time that it draws from the thread's random generator.
    Gambles,
    /// `broadcast` polls in a loop for something that never comes.
    Spins,
    /// `broadcast` never ends.
    NeverEnds,
    /// `broadcast` returns what is no proxy response.
    Malformed,
    /// `broadcast` panics.
    Panics,
    /// `broadcast` posts everything twice.
    Repeats,
    /// `broadcast` has a two-way route and returns no body.
    KeepsQuiet,
    /// `broadcast` says that everybody whose row it read has got the message.
    Boasts,
    /// Any message that is no broadcast runs its sender's disconnect.
    Obeys,
    /// `broadcast` leaves its posts to the sandbox and answers at once.
    Forgets,
    /// `broadcast` leaves work to the sandbox that panics.
    PanicsLater,
    /// `broadcast` stores the row of its sender once more, after a while.
    Refreshes,
    /// `broadcast` closes the connections of everybody but its sender.
    Kicks,
    /// `broadcast` tells everybody what the gateway knows of them.
    LooksUp,
    /// `$disconnect` tells everybody else why somebody left.
    Announces,
}

/// An application of some thirty lines, as one finds them in blogs: it deletes a row on every 410.
#[derive(Clone, Copy, Debug)]
pub struct Small(pub Flaw);

impl App for Small {
    fn name(&self) -> &str {
        "small"
    }

    fn stack(&self) -> Stack {
        let broadcast = match self.0 {
            Flaw::KeepsQuiet => Route::two_way("broadcast", "broadcast"),
            _ => Route::one_way("broadcast", "broadcast"),
        };
        let stack = Stack::new()
            .timeout(Duration::from_secs(30))
            .table(Table::new(TABLE, "connectionId"))
            .route(broadcast)
            .route(Route::one_way("$connect", "$connect"))
            .route(Route::one_way("$disconnect", "$disconnect"));
        match self.0 {
            Flaw::Obeys => stack.route(Route::one_way("$default", "$disconnect")),
            Flaw::Babbles => stack.route(Route::one_way("$default", "broadcast")),
            _ => stack,
        }
    }

    fn uses_tokio_time(&self) -> bool {
        self.0 != Flaw::Denies
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let function_clients = Rc::new(Clients::new(self.0, sdk));
        match function {
            "$connect" => route(function_clients, connect),
            "$disconnect" => route(function_clients, disconnect),
            _ => route(function_clients, broadcast),
        }
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        Some(self)
    }
}

impl Broadcasts for Small {
    fn message(&self, data: &str) -> String {
        format!(r#"{{"action":"broadcast","data":{data}}}"#)
    }

    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
        let delivered = body.and_then(|body| body.parse().ok());
        let counts = delivered.map(|delivered| Counts {
            delivered,
            gone: 0,
            pending: 0,
            failed: 0,
            complete: true,
        });
        (status == 200).then_some(Acknowledgement { counts })
    }
}

#[derive(Clone)]
struct Clients {
    flaw: Flaw,
    sdk: Sdk,
    dynamodb: aws_sdk_dynamodb::Client,
    management: aws_sdk_apigatewaymanagement::config::Builder,
}

impl Clients {
    fn new(flaw: Flaw, sdk: &Sdk) -> Clients {
        let dynamodb = aws_sdk_dynamodb::Client::from_conf(sdk.dynamodb().build());
        Clients { flaw, sdk: sdk.clone(), dynamodb, management: sdk.management() }
    }

    fn management(&self, event: &Event) -> aws_sdk_apigatewaymanagement::Client {
        let context = &event.payload.request_context;
        let endpoint = format!(
            "https://{}/{}",
            context.domain_name.as_deref().unwrap_or_default(),
            context.stage.as_deref().unwrap_or_default()
        );
        let management = self.management.clone().endpoint_url(endpoint).build();
        aws_sdk_apigatewaymanagement::Client::from_conf(management)
    }

    /// The ids in the rows of the table's first page.
    async fn everybody(&self) -> Result<Vec<String>, Error> {
        let page = self.dynamodb.scan().table_name(TABLE).consistent_read(true).send().await?;
        let ids = page.items().iter().filter_map(|row| row.get("connectionId")?.as_s().ok());
        Ok(ids.cloned().collect())
    }
}

fn route<Running>(
    clients: Rc<Clients>,
    run: impl Fn(Rc<Clients>, Event) -> Running + Copy + 'static,
) -> Box<dyn Handler>
where
    Running: Future<Output = Result<Value, Error>> + 'static,
{
    handler(move |event| run(Rc::clone(&clients), event))
}

async fn connect(clients: Rc<Clients>, event: Event) -> Result<Value, Error> {
    let id = connection_id(&event);
    if clients.flaw == Flaw::Greets {
        post_to_all(&clients, &event, "somebody joined").await?;
    }
    if clients.flaw == Flaw::Gambles {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(1..1_000))).await;
    }
    if clients.flaw != Flaw::ForgetsToStore {
        put(&clients, id).await?;
    }
    Ok(json!({ "statusCode": 200 }))
}

async fn disconnect(clients: Rc<Clients>, event: Event) -> Result<Value, Error> {
    delete(&clients, connection_id(&event)).await?;
    if clients.flaw == Flaw::Announces {
        let context = &event.payload.request_context;
        let code = context.disconnect_status_code.unwrap_or_default();
        let reason = context.disconnect_reason.as_deref().unwrap_or_default();
        post_to_all(&clients, &event, &format!("{code} {reason:?}")).await?;
    }
    Ok(json!({ "statusCode": 200 }))
}

async fn broadcast(clients: Rc<Clients>, event: Event) -> Result<Value, Error> {
    let body: Value = serde_json::from_str(event.payload.body.as_deref().unwrap_or("{}"))?;
    let data = body["data"].as_str().unwrap_or_default().to_owned();
    match clients.flaw {
        Flaw::Embellishes => drop(post_to_all(&clients, &event, &format!("{data}!")).await?),
        Flaw::Spawns => spawn_and_forget(),
        Flaw::Dawdles | Flaw::Denies => {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            post_to_all(&clients, &event, &data).await?;
        }
        Flaw::Spins => loop {
            tokio::task::yield_now().await;
        },
        Flaw::NeverEnds => std::future::pending().await,
        Flaw::Malformed => return Ok(Value::Null),
        Flaw::Panics => panic!("a bug"),
        Flaw::Forgets => post_in_the_background(&clients, event, data),
        Flaw::PanicsLater => clients.sdk.spawn(async { panic!("a bug") }),
        Flaw::Refreshes => {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            put(&clients, connection_id(&event)).await?;
        }
        Flaw::Kicks => kick_all(&clients, &event).await?,
        Flaw::LooksUp => look_all_up(&clients, &event).await?,
        Flaw::Boasts => {
            let rows = post_to_all(&clients, &event, &data).await?;
            return Ok(json!({ "statusCode": 200, "body": rows.to_string() }));
        }
        Flaw::Repeats => {
            post_to_all(&clients, &event, &data).await?;
            post_to_all(&clients, &event, &data).await?;
        }
        _ => drop(post_to_all(&clients, &event, &data).await?),
    }
    Ok(json!({ "statusCode": 200 }))
}

#[expect(clippy::disallowed_methods, reason = "the flaw that the simulator must notice")]
fn spawn_and_forget() {
    tokio::spawn(std::future::pending::<()>());
}

fn post_in_the_background(clients: &Clients, event: Event, data: String) {
    let poster = clients.clone();
    clients.sdk.spawn(async move {
        // Nobody waits for it, so nobody hears of its errors.
        let _ = post_to_all(&poster, &event, &data).await;
    });
}

/// Gives the number of rows.
async fn post_to_all(clients: &Clients, event: &Event, data: &str) -> Result<usize, Error> {
    let management = clients.management(event);
    let everybody = clients.everybody().await?;
    for id in &everybody {
        let post = management.post_to_connection().connection_id(id).data(Blob::new(data));
        match post.send().await {
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 410) => {
                delete(clients, id.clone()).await?;
            }
            posted => drop(posted?),
        }
    }
    Ok(everybody.len())
}

async fn kick_all(clients: &Clients, event: &Event) -> Result<(), Error> {
    let management = clients.management(event);
    let sender = connection_id(event);
    for id in clients.everybody().await?.into_iter().filter(|id| *id != sender) {
        management.delete_connection().connection_id(id).send().await?;
    }
    Ok(())
}

async fn look_all_up(clients: &Clients, event: &Event) -> Result<(), Error> {
    let management = clients.management(event);
    for id in clients.everybody().await? {
        let known = management.get_connection().connection_id(&id).send().await?;
        let (Some(connected_at), Some(last_active_at)) =
            (known.connected_at(), known.last_active_at())
        else {
            return Err("the gateway knows its times".into());
        };
        let open_ms = last_active_at.to_millis()? - connected_at.to_millis()?;
        let source_ip = known.identity().and_then(|identity| identity.source_ip());
        let report = format!("{} {open_ms}", source_ip.unwrap_or_default());
        management.post_to_connection().connection_id(id).data(Blob::new(report)).send().await?;
    }
    Ok(())
}

async fn put(clients: &Clients, id: String) -> Result<(), Error> {
    let put = clients.dynamodb.put_item().table_name(TABLE);
    put.item("connectionId", AttributeValue::S(id)).send().await?;
    Ok(())
}

async fn delete(clients: &Clients, id: String) -> Result<(), Error> {
    let delete = clients.dynamodb.delete_item().table_name(TABLE);
    delete.key("connectionId", AttributeValue::S(id)).send().await?;
    Ok(())
}

fn connection_id(event: &Event) -> String {
    event.payload.request_context.connection_id.clone().unwrap_or_default()
}
