//! All services of an application on their ports: the gateway, its functions, and its tables.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::{Value, json};
use stormglass_dynamodb::Answer;
use stormglass_sim::stack::Table;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::dynamodb::{self, Tables};
use crate::gateway::Entrance;
use crate::guard::{Guard, Port};
use crate::host::Host;
use crate::record::Recorder;
use crate::settings::ServerSettings;
use crate::status::{self, PageSource};

/// A server that is ready to serve the functions of a [`Host`].
#[derive(Debug)]
pub struct Server {
    /// The ports of the services.
    pub listeners: Listeners,
    /// The tables. Those that the host asks for and that are missing are created.
    pub tables: Tables,
    /// The settings of the gateway and of the functions.
    pub settings: ServerSettings,
    /// The recorder of all that happens.
    pub recorder: Recorder,
    /// The port of the page that shows the record, if there is one.
    pub status_page: Option<TcpListener>,
    /// The guard of all ports.
    pub guard: Guard,
}

/// The ports of the services.
#[derive(Debug)]
pub struct Listeners {
    /// The port of WebSockets and of `@connections`.
    pub gateway: TcpListener,
    /// The port of DynamoDB.
    pub dynamodb: TcpListener,
}

/// The reason why a host cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// DynamoDB refuses to create one of the tables.
    #[error("a table of {app} cannot be created: {answer}")]
    NoTable {
        /// The name of the application or of the project.
        app: String,
        /// The answer of DynamoDB.
        answer: String,
    },
    /// The machine lacks a port or a thread, or the routes of the application make no API.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Server {
    /// Returns a server with the default settings and guard, without a record and without a status
    /// page.
    pub fn new(listeners: Listeners, tables: Tables) -> Server {
        Server {
            listeners,
            tables,
            settings: ServerSettings::default(),
            recorder: Recorder::none(),
            status_page: None,
            guard: Guard::default(),
        }
    }

    /// Serves the functions of a host until `stop` completes. Every socket is closed then, and
    /// functions that run have 5 s to end.
    ///
    /// # Errors
    ///
    /// If the host cannot be served at all. Once it is served, no client can end the server.
    pub async fn serve(
        self,
        host: Host<'_>,
        stop: impl Future<Output = ()>,
    ) -> Result<(), ServeError> {
        let Server { listeners, tables, settings, recorder, status_page, guard } = self;
        let Listeners { gateway, dynamodb } = listeners;
        create_tables(&tables, &host).await?;
        let tables = tables.with_recorder(recorder.clone()).with_faults(settings.faults.clone());
        let tables = Arc::new(tables);
        let address = gateway.local_addr()?;
        let (stopped, stopping) = oneshot::channel();
        let stopping = stopping.map(|_: Result<(), _>| ()).shared();
        let entrance = Entrance {
            listener: gateway,
            guard: guard.clone(),
            settings,
            recorder: recorder.clone(),
        };
        let gateway = async {
            let served = entrance.serve(host, Arc::clone(&tables), stop).await;
            // Only now have the functions made their last call to a table.
            drop(stopped);
            served
        };
        let dynamodb = dynamodb::serve(dynamodb, &guard, Arc::clone(&tables), stopping.clone());
        let page = async {
            if let Some(listener) = status_page {
                let tables = Arc::clone(&tables);
                let source = PageSource { recorder, tables, gateway: address };
                status::serve(listener, guard.at(Port::StatusPage), source, stopping).await;
            }
        };
        let (served, (), ()) = futures_util::join!(gateway, dynamodb, page);
        Ok(served?)
    }
}

/// Creates the tables of a host that are not there from an earlier time, with their first rows.
async fn create_tables(tables: &Tables, host: &Host<'_>) -> Result<(), ServeError> {
    let refused = |answer| ServeError::NoTable { app: host.name().to_owned(), answer };
    let mut stack = host.stack();
    let mut kept = BTreeSet::new();
    for table in &stack.tables {
        if !create(tables, table).await.map_err(refused)? {
            kept.insert(table.name.clone());
        }
    }
    // A table that was kept has the rows that functions left in it.
    stack.rows.retain(|(table, _)| !kept.contains(table));
    for (operation, body) in stack.row_requests() {
        let answer = ask(tables, operation, &body).await;
        if !answer.is_success() {
            return Err(refused(answer.body));
        }
    }
    Ok(())
}

/// Creates a table. Returns false if it is there from an earlier time.
///
/// # Errors
///
/// The answer that refuses the table.
async fn create(tables: &Tables, table: &Table) -> Result<bool, String> {
    let mut is_new = true;
    for (operation, body) in table.requests() {
        let answer = ask(tables, operation, &body).await;
        let answer = match answer.error_type.as_deref() {
            // An earlier process created it, which may have ended before the next request.
            Some("ResourceInUseException") => {
                is_new = false;
                matching(tables, &body).await
            }
            Some("ValidationException") if answer.body.contains("already enabled") => continue,
            _ => answer,
        };
        if !answer.is_success() {
            return Err(answer.body);
        }
    }
    Ok(is_new)
}

async fn ask(tables: &Tables, operation: &str, body: &str) -> Answer {
    tables.apply(&format!("DynamoDB_20120810.{operation}"), body.as_bytes()).await
}

/// Returns the description of the table that a request would have created, or a refusal if the
/// table has other keys.
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
