//! Connections to DynamoDB, until the server stops.

use std::sync::Arc;

use hyper::service::service_fn;
use tokio::net::TcpListener;

use super::service::DynamoDbService;
use super::tables::Tables;
use crate::accept::accept;
use crate::http::{HEAD_MAX, serve_connection};

/// Serves `tables` to all clients until `stop` completes.
///
/// Requests that are under way then are still answered, within 5 s, and idle connections are
/// closed.
pub async fn serve(listener: TcpListener, tables: Arc<Tables>, stop: impl Future<Output = ()>) {
    let service = DynamoDbService::guarded(tables);
    accept(listener, stop, |stream, _, stopped| {
        let service = service.clone();
        let service = service_fn(move |request| {
            let service = service.clone();
            async move { service.respond(request).await }
        });
        serve_connection(stream, service, Some(HEAD_MAX), stopped)
    })
    .await;
}
