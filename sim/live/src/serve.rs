//! An application with everything that it needs: the gateway, its functions, and its table.

use std::io;
use std::sync::Arc;

use stormglass_sim::App;
use stormglass_sim::dynamodb::{DynamoDb, Limits, ReplicaView, Request};
use stormglass_spec::Time;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::dynamodb::{self, Tables};
use crate::gateway::{self, Settings};

/// The ports to serve at.
#[derive(Debug)]
pub struct Listeners {
    /// For WebSockets and `@connections`.
    pub gateway: TcpListener,
    /// For DynamoDB.
    pub dynamodb: TcpListener,
}

/// What keeps an application from being served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// DynamoDB refuses to make its table.
    #[error("the table of {app} cannot be made: {answer}")]
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

/// Serves `app` until `stop` completes: its clients at one port, its table at the other one.
///
/// Every socket is closed then, and functions that run may go on for 5 s.
///
/// # Errors
///
/// If there is something that keeps the application from being served. Once it is, nothing does.
pub async fn serve(
    app: &'static dyn App,
    listeners: Listeners,
    settings: Settings,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let Listeners { gateway, dynamodb } = listeners;
    let tables = Arc::new(Tables::in_memory(tables_of(app)?));
    let (stopped, stopping) = oneshot::channel();
    let served = async {
        let served = gateway::serve(gateway, app, Arc::clone(&tables), settings, stop).await;
        // Its functions have made their last call.
        drop(stopped);
        served
    };
    let table = dynamodb::serve(dynamodb, Arc::clone(&tables), async {
        let _: Result<(), _> = stopping.await;
    });
    let (served, ()) = futures_util::join!(served, table);
    Ok(served?)
}

fn tables_of(app: &dyn App) -> Result<DynamoDb, ServeError> {
    let mut db = DynamoDb::new(Limits::default());
    for (operation, body) in app.table().requests() {
        let target = format!("DynamoDB_20120810.{operation}");
        // So long ago that the table is ready for use.
        let answer = match Request::parse(&target, body.as_bytes()) {
            Ok(request) => db.apply(Time::ZERO, &request, ReplicaView::Fresh),
            Err(refusal) => refusal,
        };
        if !answer.is_success() {
            let app = app.name().to_owned();
            return Err(ServeError::NoTable { app, answer: answer.body });
        }
    }
    Ok(db)
}
