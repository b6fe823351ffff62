//! A page that shows a server at work, on a port of its own: connections, rows of tables,
//! invocations with their logs, and a drawing of the last events. It has a small client as well.
//!
//! The page changes nothing, and no page of another origin gets an answer: see `crate::guard`.
//!
//! | module | content |
//! |---|---|
//! | `routes` | one request of HTTP, and its answer |
//! | `data` | the data of the page, as JSON |
//! | `live` | the stream that announces changes |
//! | `reply` | the headers that every answer has |
//! | `page/` | the page itself |

mod data;
mod live;
mod reply;
mod routes;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::service::service_fn;
use tokio::net::TcpListener;

use crate::accept::accept;
use crate::dynamodb::Tables;
use crate::guard::PortGuard;
use crate::http::{HEAD_MAX, serve_connection};
use crate::record::Recorder;

/// The source of all that the page shows.
#[derive(Debug)]
pub(crate) struct PageSource {
    /// The record of the last events.
    pub(crate) recorder: Recorder,
    /// The tables.
    pub(crate) tables: Arc<Tables>,
    /// The address of the gateway.
    pub(crate) gateway: SocketAddr,
}

/// Serves the page until `stop` completes.
pub(crate) async fn serve(
    listener: TcpListener,
    guard: PortGuard,
    source: PageSource,
    stop: impl Future<Output = ()>,
) {
    let source = Arc::new(source);
    accept(listener, stop, |stream, _, stopped| {
        let (source, until) = (Arc::clone(&source), stopped.clone());
        let service = service_fn(move |request| {
            let answer = routes::respond(&source, &request, until.clone());
            async { Ok::<_, Infallible>(answer) }
        });
        let guard = guard.clone();
        async move {
            let refuse = |request: &_| guard.refuse(request);
            serve_connection(stream, refuse, service, HEAD_MAX, stopped).await;
        }
    })
    .await;
}
