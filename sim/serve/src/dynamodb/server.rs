//! Connections to DynamoDB, until the server stops.

use std::sync::Arc;

use hyper::service::service_fn;
use tokio::net::TcpListener;

use super::service::DynamoDbService;
use super::tables::Tables;
use crate::accept::accept;
use crate::guard::{Guard, Port};
use crate::http::{HEAD_MAX, serve_connection};

/// Serves `tables` to all clients that the guard lets in, until `stop` completes.
///
/// Requests that are under way then are still answered, within 5 s, and idle connections are
/// closed.
pub async fn serve(
    listener: TcpListener,
    guard: &Guard,
    tables: Arc<Tables>,
    stop: impl Future<Output = ()>,
) {
    let guard = guard.at(Port::DynamoDb);
    let service = DynamoDbService::guarded(tables);
    accept(listener, stop, |stream, _, stopped| {
        let (guard, service) = (guard.clone(), service.clone());
        let service = service_fn(move |request| {
            let service = service.clone();
            async move { service.respond(request).await }
        });
        async move {
            let refuse = |request: &_| guard.refuse(request);
            serve_connection(stream, refuse, service, HEAD_MAX, stopped).await;
        }
    })
    .await;
}
