//! Connections, until the server is stopped.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tracing::debug;

use super::service::Service;
use super::tables::Tables;
use crate::accept::accept;

/// Serves `tables` to whoever connects until `stop` completes.
///
/// What is under way then is still answered, within 5 s, and idle connections are closed.
pub async fn serve(listener: TcpListener, tables: Arc<Tables>, stop: impl Future<Output = ()>) {
    let service = Service::guarded(tables);
    accept(listener, stop, |stream, _, stopped| converse(service.clone(), stream, stopped)).await;
}

async fn converse(service: Service, stream: TcpStream, mut stopped: watch::Receiver<()>) {
    let service = service_fn(async |request| service.respond(request).await);
    let mut connection =
        pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    let ended = match select(connection.as_mut(), pin!(stopped.changed())).await {
        Either::Left((ended, _)) => ended,
        Either::Right(_) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection broke");
    }
}
