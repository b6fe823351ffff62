//! An application with everything that it needs: the gateway, its functions, and its table.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::{Value, json};
use stormglass_dynamodb::Answer;
use stormglass_sim::App;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::dynamodb::{self, Tables};
use crate::gateway::{self, Settings};
use crate::record::Recorder;
use crate::runtime::Deployed;
use crate::status::{self, Status};

/// The ports to serve at.
#[derive(Debug)]
pub struct Listeners {
    /// For WebSockets and `@connections`.
    pub gateway: TcpListener,
    /// For DynamoDB.
    pub dynamodb: TcpListener,
}

/// How what happens is shown.
#[derive(Debug)]
pub struct StatusPage {
    /// What keeps it.
    pub recorder: Recorder,
    /// The port of the page, if there is one.
    pub listener: Option<TcpListener>,
    /// A name that the page may be called by, besides `localhost` and addresses.
    pub host: String,
}

/// What keeps an application from being served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// DynamoDB refuses to make one of its tables.
    #[error("a table of {app} cannot be made: {answer}")]
    NoTable {
        /// The application.
        app: String,
        /// What DynamoDB says.
        answer: String,
    },
    /// A port or a thread cannot be had, or the routes of the application make no API.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Serves `app` until `stop` completes: its clients at one port, its table, which is made unless it
/// is among `tables`, at the other one.
///
/// Every socket is closed then, and functions that run may go on for 5 s.
///
/// # Errors
///
/// If there is something that keeps the application from being served. Once it is, nothing does.
pub async fn serve(
    app: &'static dyn App,
    listeners: Listeners,
    tables: Tables,
    settings: Settings,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let unseen = StatusPage { recorder: Recorder::none(), listener: None, host: String::new() };
    serve_with_status(app, listeners, tables, settings, unseen, stop).await
}

/// The same, keeps a record of what happens, and shows it on a page.
///
/// # Errors
///
/// As for [`serve`].
pub async fn serve_with_status(
    app: &'static dyn App,
    listeners: Listeners,
    tables: Tables,
    settings: Settings,
    page: StatusPage,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    prepare(&tables, app.name(), app.table().requests()).await?;
    let tables = watched(tables, &page, &settings);
    let (recorder, address) = (page.recorder.clone(), listeners.gateway.local_addr()?);
    let Listeners { gateway, dynamodb } = listeners;
    let of_app = Arc::clone(&tables);
    let served = gateway::serve_recorded(gateway, app, of_app, settings, recorder, stop);
    serve_beside(dynamodb, tables, address, page, served).await
}

/// Serves functions that are processes, as [`serve_with_status`] serves an application.
///
/// # Errors
///
/// If there is something that keeps them from being served. Once they are, nothing does.
pub async fn serve_processes(
    deployed: &Deployed,
    listeners: Listeners,
    tables: Tables,
    settings: Settings,
    page: StatusPage,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    prepare(&tables, deployed.name(), deployed.table_requests()).await?;
    let tables = watched(tables, &page, &settings);
    let (recorder, address) = (page.recorder.clone(), listeners.gateway.local_addr()?);
    let Listeners { gateway, dynamodb } = listeners;
    let served = gateway::serve_processes(gateway, deployed, settings, recorder, stop);
    serve_beside(dynamodb, tables, address, page, served).await
}

/// Tables that are recorded from here on, and that faults strike.
fn watched(tables: Tables, page: &StatusPage, settings: &Settings) -> Arc<Tables> {
    Arc::new(tables.recorded_by(page.recorder.clone()).struck_by(settings.faults.clone()))
}

/// Serves tables, and the page, as long as the gateway at an address is served.
async fn serve_beside(
    dynamodb: TcpListener,
    tables: Arc<Tables>,
    address: SocketAddr,
    page: StatusPage,
    gateway: impl Future<Output = io::Result<()>>,
) -> Result<(), ServeError> {
    let StatusPage { recorder, listener, host } = page;
    let (stopped, stopping) = oneshot::channel();
    let stopping = stopping.map(|_: Result<(), _>| ()).shared();
    let status = Status { recorder, tables: Arc::clone(&tables), gateway: address, host };
    let served = async {
        let served = gateway.await;
        // Its functions have made their last call.
        drop(stopped);
        served
    };
    let table = dynamodb::serve(dynamodb, tables, stopping.clone());
    let page = async {
        if let Some(listener) = listener {
            status::serve(listener, status, stopping).await;
        }
    };
    let (served, (), ()) = futures_util::join!(served, table, page);
    Ok(served?)
}

/// Makes the tables of `app` by these requests, those that are not there from an earlier time.
async fn prepare(
    tables: &Tables,
    app: &str,
    requests: impl IntoIterator<Item = (&'static str, String)>,
) -> Result<(), ServeError> {
    for (operation, body) in requests {
        let answer = ask(tables, operation, &body).await;
        let answer = match answer.error_type.as_deref() {
            // It was made by an earlier process, which may not have come to the next request.
            Some("ResourceInUseException") => matching(tables, &body).await,
            Some("ValidationException") if answer.body.contains("already enabled") => continue,
            _ => answer,
        };
        if !answer.is_success() {
            return Err(ServeError::NoTable { app: app.to_owned(), answer: answer.body });
        }
    }
    Ok(())
}

async fn ask(tables: &Tables, operation: &str, body: &str) -> Answer {
    tables.apply(&format!("DynamoDB_20120810.{operation}"), body.as_bytes()).await
}

/// The description of the table that a request would have made, if it has the same keys.
async fn matching(tables: &Tables, create: &str) -> Answer {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let wanted = json(create);
    let name = json!({ "TableName": wanted["TableName"] }).to_string();
    let described = ask(tables, "DescribeTable", &name).await;
    if json(&described.body)["Table"]["KeySchema"] == wanted["KeySchema"] {
        return described;
    }
    let message = format!("there is a table {} with other keys", wanted["TableName"]);
    Answer::error(400, "ValidationException", &message)
}
