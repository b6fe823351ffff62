//! A page that shows a server at work, on a port of its own: connections, rows of tables,
//! invocations with their logs, and a drawing of the last events. It has a small client as well.
//!
//! The page changes nothing. A request must name an address of this server, and no page of another
//! origin gets an answer: see `guard`.
//!
//! | module | content |
//! |---|---|
//! | `guard` | the requests that are answered |
//! | `routes` | one request of HTTP, and its answer |
//! | `data` | the data of the page, as JSON |
//! | `live` | the stream that announces changes |
//! | `reply` | the headers that every answer has |
//! | `page/` | the page itself |

mod data;
mod guard;
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
    /// A host name by which browsers may ask for the page, besides `localhost` and addresses.
    pub(crate) host_name: String,
}

/// Serves the page until `stop` completes.
pub(crate) async fn serve(
    listener: TcpListener,
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
        serve_connection(stream, service, Some(HEAD_MAX), stopped)
    })
    .await;
}
