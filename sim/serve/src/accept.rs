//! Connections of TCP, accepted until the server is stopped.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use futures_util::future::FutureExt;
use futures_util::select_biased;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

/// The time that connections have to end once the server stops.
pub(crate) const DRAIN: Duration = Duration::from_secs(5);

/// The pause after the system had no socket left for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves every connection until `stop` completes. Each connection learns that from its receiver,
/// and is cut off if it goes on for more than 5 s.
pub(crate) async fn accept<Served>(
    listener: TcpListener,
    stop: impl Future<Output = ()>,
    serve: impl Fn(TcpStream, SocketAddr, watch::Receiver<()>) -> Served,
) where
    Served: Future<Output = ()> + Send + 'static,
{
    let (stopping, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop.fuse());
    loop {
        let mut accepting = pin!(listener.accept().fuse());
        select_biased! {
            () = stop => break,
            accepted = accepting => match accepted {
                // Without it, an answer of two packets waits for an acknowledgement of the first.
                Ok((stream, from)) => match stream.set_nodelay(true) {
                    Ok(()) => {
                        connections.spawn(serve(stream, from, stopped.clone()));
                    }
                    Err(error) => debug!(%error, "a connection ended at once"),
                },
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

/// Returns the address at which this machine finds a listener: one that listens everywhere has no
/// address of its own.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
