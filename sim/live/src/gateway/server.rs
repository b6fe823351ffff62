//! Connections of TCP, until the server is stopped.

use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{Either, select};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use stormglass_sim::App;
use stormglass_sim::gateway::{Api, Gateway, Stage};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{debug, warn};

use super::Settings;
use super::door::{Door, Opening};
use super::driver::Driver;
use super::functions::Functions;
use super::input::{Input, Inputs};
use super::management::Management;
use super::socket::converse;
use super::wire::Wire;
use crate::accept::{DRAIN, accept};
use crate::clock::Clock;
use crate::dynamodb::{self, Tables};
use crate::record::Recorder;

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
pub async fn serve_recorded(
    listener: TcpListener,
    app: &'static dyn App,
    tables: Arc<Tables>,
    settings: Settings,
    recorder: Recorder,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    let api = Api::of(app).map_err(invalid)?;
    let clock = Clock::start();
    let stage = Stage::default();
    let (sender, received) = unbounded_channel();
    let inputs = Inputs::new(sender, recorder);
    let management = Management { stage: stage.clone(), inputs: inputs.clone() };
    let wire = Wire { management: management.clone(), dynamodb: dynamodb::Service::open(tables) };
    let functions = Functions::start(app, settings, wire, clock, inputs.clone())?;
    let gateway = Gateway::new(stage.clone(), api, settings.limits);
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
        Door { from: from.ip(), stage, inputs, management }.serve(stream, stopped)
    })
    .await;
    ended
}

impl Door {
    /// Serves one connection of TCP, as HTTP and then as a WebSocket.
    async fn serve(self, stream: TcpStream, mut stopped: watch::Receiver<()>) {
        let opening = Mutex::new(None);
        let service = service_fn(async |request| {
            let (reply, opened) = self.respond(request).await;
            if opened.is_some() {
                *opening.lock().unwrap_or_else(PoisonError::into_inner) = opened;
            }
            Ok::<_, Infallible>(reply)
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
