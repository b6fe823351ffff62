//! The gateway on its port, until the server stops.

use std::io;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use stormglass_aws::gateway::{Api, Gateway, Stage};
use stormglass_sim::stack::Stack;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tracing::warn;

use super::connector::LocalConnector;
use super::door::Door;
use super::driver::Driver;
use super::functions::{Functions, Platform};
use super::input::{Input, Inputs};
use super::management::Management;
use crate::accept::{DRAIN, accept, reachable};
use crate::clock::Clock;
use crate::dynamodb::{DynamoDbService, Tables};
use crate::guard::{Guard, Port};
use crate::host::Host;
use crate::record::Recorder;
use crate::settings::ServerSettings;

/// The port of a gateway, and its settings.
#[derive(Debug)]
pub(crate) struct Entrance {
    pub(crate) listener: TcpListener,
    pub(crate) guard: Guard,
    pub(crate) settings: ServerSettings,
    pub(crate) recorder: Recorder,
}

impl Entrance {
    /// Serves the functions of a host to all clients until `stop` completes. All sockets are closed
    /// then, and functions that run have 5 s to end.
    ///
    /// # Errors
    ///
    /// If the route selection expression of the application is invalid, no thread can be started,
    /// or the gateway itself panics.
    pub(crate) async fn serve(
        self,
        host: Host<'_>,
        tables: Arc<Tables>,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let Entrance { listener, guard, settings, recorder } = self;
        let guard = guard.at(Port::Gateway);
        let Front { api, stage, tls } = Front::new(host, &listener)?;
        let clock = Clock::start();
        let (sender, received) = unbounded_channel();
        let inputs = Inputs::new(sender, settings.faults.clone(), recorder);
        let management = Management { stage: stage.clone(), inputs: inputs.clone() };
        let platform = match host {
            Host::App(app) => {
                let dynamodb = DynamoDbService::open(tables);
                let connector = LocalConnector { management: management.clone(), dynamodb };
                Platform::threads(app, connector)?
            }
            Host::Project(project) => Platform::processes(project, &settings),
        };
        let limits = settings.limits;
        let (stack, concurrency_max) = (deployed(host, &settings), settings.concurrency_max);
        let functions = Functions::new(stack, platform, concurrency_max, clock, inputs.clone());
        let gateway = Gateway::new(stage.clone(), api, limits);
        let driver = Driver::new(gateway, clock, functions, inputs.clone());
        let mut restarting = JoinSet::new();
        if let Host::Project(project) = host {
            let (restarts, inputs) = (project.restarts(), inputs.clone());
            restarting.spawn(async move {
                loop {
                    restarts.notified().await;
                    inputs.send(Input::Restart);
                }
            });
        }
        let mut tasks = JoinSet::new();
        tasks.spawn(driver.run(received));
        let mut ended = Ok(());
        let stop = async {
            let broken = pin!(tasks.join_next());
            match select(pin!(stop), broken).await {
                Either::Left(((), running)) => {
                    inputs.send(Input::Stop);
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
            let guard = guard.clone();
            let door = Door { from: from.ip(), stage, inputs, management, guard };
            door.serve(stream, tls.clone(), stopped)
        })
        .await;
        ended
    }
}

/// Returns the deployed parts of a host. The settings may replace the timeouts of an application.
fn deployed(host: Host<'_>, settings: &ServerSettings) -> Stack {
    let mut stack = host.stack();
    if let (Host::App(_), Some(timeout)) = (host, settings.function_timeout) {
        stack.timeout = timeout;
        for function in &mut stack.functions {
            function.timeout = timeout;
        }
    }
    stack
}

/// The part of a gateway that clients see: its routes, its name, and its certificate.
struct Front {
    api: Api,
    stage: Stage,
    tls: Option<TlsAcceptor>,
}

impl Front {
    fn new(host: Host<'_>, listener: &TcpListener) -> io::Result<Front> {
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let api = host.stack().api().map_err(invalid)?;
        let Host::Project(project) = host else {
            return Ok(Front { api, stage: Stage::default(), tls: None });
        };
        // In the events of a project, the name of the API is the very address of the gateway: code
        // that puts `https://` before it finds `@connections` there.
        let address = reachable(listener.local_addr()?).to_string();
        let stage = Stage { host: Some(address), ..Stage::default() };
        Ok(Front { api, stage, tls: Some(project.acceptor()) })
    }
}
