//! Connections of TCP, until the server is stopped.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, select};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use stormglass_aws::gateway::{Api, Gateway, Stage};
use stormglass_sim::App;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::{debug, warn};

use super::Settings;
use super::door::{Door, Opening};
use super::driver::Driver;
use super::functions::{Functions, Host};
use super::input::{Input, Inputs};
use super::management::Management;
use super::socket::converse;
use super::wire::Wire;
use crate::accept::{DRAIN, accept};
use crate::clock::Clock;
use crate::dynamodb::{self, Tables};
use crate::faults::Lost;
use crate::record::Recorder;
use crate::runtime::Deployed;
use crate::tls::HANDSHAKE;

/// How long a client may take to begin, which is as long as it may take for the head of a request.
const SECURING_MAX: Duration = Duration::from_secs(30);

/// Serves `app` to whoever connects until `stop` completes.
///
/// All sockets are closed then, and what runs may go on for 5 s.
///
/// # Errors
///
/// If the application's route selection expression is none, no thread can be started, or the
/// gateway itself panics.
pub async fn serve(
    listener: TcpListener,
    app: &'static dyn App,
    tables: Arc<Tables>,
    settings: Settings,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_recorded(listener, app, tables, settings, Recorder::none(), stop).await
}

/// The same, and tells `recorder` what happens.
///
/// # Errors
///
/// As for [`serve`].
pub(crate) async fn serve_recorded(
    listener: TcpListener,
    app: &'static dyn App,
    tables: Arc<Tables>,
    settings: Settings,
    recorder: Recorder,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    let api = app.api().map_err(invalid)?;
    let dynamodb = dynamodb::Service::open(tables);
    let entrance = Entrance { listener, stage: Stage::default(), tls: None, recorder };
    let host = |management| Host::threads(app, Wire { management, dynamodb });
    serve_all(entrance, api, host, settings, stop).await
}

/// Serves functions that are processes, by TLS as well: in their events the name of the API is the
/// very address of the gateway, where code that puts `https://` before it finds `@connections`.
///
/// # Errors
///
/// If the gateway itself panics.
pub(crate) async fn serve_processes(
    listener: TcpListener,
    deployed: &Deployed,
    settings: Settings,
    recorder: Recorder,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let host_name = reachable(listener.local_addr()?).to_string();
    let stage = Stage { host: Some(host_name), ..Stage::default() };
    let entrance = Entrance { listener, stage, tls: Some(deployed.acceptor()), recorder };
    let host = |_| Ok(Host::processes(deployed));
    serve_all(entrance, deployed.api(), host, settings, stop).await
}

/// Where connections come in.
struct Entrance {
    listener: TcpListener,
    stage: Stage,
    tls: Option<TlsAcceptor>,
    recorder: Recorder,
}

async fn serve_all(
    entrance: Entrance,
    api: Api,
    host: impl FnOnce(Management) -> io::Result<Host>,
    settings: Settings,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let Entrance { listener, stage, tls, recorder } = entrance;
    let clock = Clock::start();
    let (sender, received) = unbounded_channel();
    let inputs = Inputs::new(sender, settings.faults.clone(), recorder);
    let management = Management { stage: stage.clone(), inputs: inputs.clone() };
    let limits = settings.limits;
    let functions = Functions::new(host(management.clone())?, settings, clock, inputs.clone());
    let gateway = Gateway::new(stage.clone(), api, limits);
    let driver = Driver::new(gateway, clock, functions, inputs.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(driver.run(received));
    let mut ended = Ok(());
    let stop = async {
        let broken = pin!(tasks.join_next());
        match select(pin!(stop), broken).await {
            Either::Left(((), running)) => {
                inputs.tell(Input::Stop);
                if timeout(DRAIN, running).await.is_err() {
                    warn!("functions that still ran were cut off");
                }
            }
            Either::Right((broken, _)) => {
                ended = broken.unwrap_or(Ok(())).map_err(io::Error::other);
            }
        }
    };
    accept(listener, stop, |stream, from, stopped| {
        let (stage, inputs, management) = (stage.clone(), inputs.clone(), management.clone());
        Door { from: from.ip(), stage, inputs, management }.serve(stream, tls.clone(), stopped)
    })
    .await;
    ended
}

/// Where a listener is found from this machine: one that listens everywhere has no address.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

impl Door {
    /// Serves one connection of TCP, by TLS if it begins like it.
    async fn serve(
        self,
        stream: TcpStream,
        tls: Option<TlsAcceptor>,
        mut stopped: watch::Receiver<()>,
    ) {
        let Some(tls) = tls else { return self.converse(stream, stopped).await };
        let securing = async {
            match select(pin!(secured(stream, tls)), pin!(stopped.changed())).await {
                Either::Left((stream, _)) => Some(stream),
                Either::Right(_) => None,
            }
        };
        match securing.await {
            Some(Ok(Stream::Plain(stream))) => self.converse(stream, stopped).await,
            Some(Ok(Stream::Secured(stream))) => self.converse(stream, stopped).await,
            Some(Err(error)) => debug!(%error, "a connection broke"),
            None => {}
        }
    }

    /// Speaks HTTP over a connection, and then as a WebSocket.
    async fn converse<Io>(self, stream: Io, mut stopped: watch::Receiver<()>)
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let opening = Mutex::new(None);
        let service = service_fn(async |request| {
            let (reply, opened) = self.respond(request).await?;
            if opened.is_some() {
                *opening.lock().unwrap_or_else(PoisonError::into_inner) = opened;
            }
            Ok::<_, Lost>(reply)
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new());
        let mut connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let ended = match select(&mut connection, pin!(stopped.changed())).await {
            Either::Left((ended, _)) => ended,
            Either::Right(_) => {
                Pin::new(&mut connection).graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            debug!(%error, "a connection broke");
        }
        let opening = opening.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Opening { attached, upgraded, frames }) = opening
            && let Ok(upgraded) = upgraded.await
        {
            converse(&attached, upgraded, frames).await;
        }
    }
}

/// A connection by TLS or without it.
enum Stream {
    Plain(TcpStream),
    Secured(Box<TlsStream<TcpStream>>),
}

async fn secured(stream: TcpStream, tls: TlsAcceptor) -> io::Result<Stream> {
    let securing = async {
        let mut first = [0];
        stream.peek(&mut first).await?;
        if first != [HANDSHAKE] {
            return Ok(Stream::Plain(stream));
        }
        Ok(Stream::Secured(Box::new(tls.accept(stream).await?)))
    };
    timeout(SECURING_MAX, securing).await?
}
