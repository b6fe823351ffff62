//! Connections, until the server is stopped.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, FutureExt, select};
use futures_util::select_biased;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use stormglass_sim::dynamodb::DynamoDb;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use super::service::Service;

/// How long a request that is under way at the end may still take.
const DRAIN: Duration = Duration::from_secs(5);

/// How long to wait where the system has no socket left for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `db` to whoever connects until `stop` completes.
///
/// What is under way then is still answered, within 5 s, and idle connections are closed.
pub async fn serve(listener: TcpListener, db: DynamoDb, stop: impl Future<Output = ()>) {
    let service = Arc::new(Service::new(db));
    let (stopping, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop.fuse());
    loop {
        let mut accepting = pin!(listener.accept().fuse());
        select_biased! {
            () = stop => break,
            accepted = accepting => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(Arc::clone(&service), stream, stopped.clone()));
                }
                Err(error) => {
                    warn!(%error, "no connection could be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    stopping.send_replace(());
    let drained = timeout(DRAIN, async { while connections.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        warn!("{} connections were cut off", connections.len());
    }
}

async fn converse(service: Arc<Service>, stream: TcpStream, mut stopped: watch::Receiver<()>) {
    // Without it, every answer of two packets waits for an acknowledgement of the first.
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "a connection ended at once");
        return;
    }
    let service = service_fn(async |request| Ok::<_, Infallible>(service.respond(request).await));
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
