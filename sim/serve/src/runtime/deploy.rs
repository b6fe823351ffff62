//! Functions that are deployed: ready to be invoked, with their ports and a certificate.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use stormglass_aws::gateway::Stage;
use stormglass_sim::App;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tracing::{info, warn};

use super::api;
use super::app::ProjectApp;
use super::by_hand::ByHand;
use super::endpoint::Endpoint;
use super::file::Project;
use super::function::Function;
use super::template::Urls;
use super::watch::{WatchedFiles, absolute};
use crate::accept::reachable;
use crate::clock::Clock;
use crate::guard::{Guard, Port, PortGuard};
use crate::tls::{CertificateBundle, LocalCertificate};

/// The reason why a project cannot be deployed.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The port of a function is taken.
    #[error(
        "cannot listen on port {port} for the processes of {function}: {source}; its `port` in \
         the file chooses another one"
    )]
    Listen {
        /// The function, which is started by hand.
        function: String,
        /// The port.
        port: u16,
        /// The error of the machine.
        source: io::Error,
    },
    /// The machine fails to make a certificate.
    #[error("no certificate can be made: {0}")]
    Certificate(Box<dyn std::error::Error + Send + Sync>),
}

/// The functions of a [`Project`], ready to be invoked, with the endpoints and the certificate that
/// their processes find.
pub struct DeployedProject {
    app: &'static ProjectApp,
    origins: BTreeMap<String, ProcessOrigin>,
    endpoints: Arc<LocalEndpoints>,
    file: PathBuf,
    restarts: Arc<Notify>,
    acceptor: TlsAcceptor,
    _bundle: CertificateBundle,
    /// The servers of the Runtime API for functions that are started by hand.
    _apis: JoinSet<()>,
}

impl std::fmt::Debug for DeployedProject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeployedProject").field("name", &self.app.name).finish_non_exhaustive()
    }
}

/// The endpoints that processes find on this machine.
#[derive(Debug)]
pub(crate) struct LocalEndpoints {
    /// The URL of `@connections`. A certificate in `bundle` vouches for it.
    pub(super) callback: String,
    /// The URL of DynamoDB.
    pub(super) dynamodb: String,
    pub(super) bundle: PathBuf,
    /// The guard of every Runtime API.
    pub(super) guard: PortGuard,
    pub(super) clock: Clock,
}

/// The origin of the processes of a function.
#[derive(Clone, Debug)]
pub(crate) enum ProcessOrigin {
    /// The server starts them by this command.
    Command(Arc<Function>, Vec<String>),
    /// A person starts them by hand.
    ByHand(ByHand),
}

impl ProcessOrigin {
    fn function(&self) -> &Function {
        match self {
            ProcessOrigin::Command(function, _) => function,
            ProcessOrigin::ByHand(by_hand) => by_hand.function(),
        }
    }
}

impl Project {
    /// Deploys the functions, behind a gateway and beside a DynamoDB at these addresses. The guard
    /// is for the ports at which their processes ask for events.
    ///
    /// # Errors
    ///
    /// If a port of a function is taken, or the machine fails to make a certificate.
    pub async fn deploy(
        self,
        gateway: SocketAddr,
        dynamodb: SocketAddr,
        guard: &Guard,
    ) -> Result<DeployedProject, DeployError> {
        let gateway = reachable(gateway);
        let LocalCertificate { acceptor, bundle } =
            LocalCertificate::issue(gateway).map_err(DeployError::Certificate)?;
        let endpoints = Arc::new(LocalEndpoints {
            callback: format!("https://{gateway}/{}", Stage::default().name),
            dynamodb: format!("http://{}", reachable(dynamodb)),
            bundle: bundle.path().to_owned(),
            guard: guard.at(Port::RuntimeApi),
            clock: Clock::start(),
        });
        let mut apis = JoinSet::new();
        let mut origins = BTreeMap::new();
        let Project { name, file, mut stack, processes } = self;
        let urls = Urls { callback: &endpoints.callback, dynamodb: &endpoints.dynamodb };
        for (settings, process) in stack.functions.iter_mut().zip(processes) {
            let variables = process.variables.iter();
            settings.environment =
                variables.map(|(name, value)| (name.clone(), value.fill(urls))).collect();
            let function = Arc::new(Function { settings: settings.clone(), process });
            let origin = match &function.process.command {
                Some(command) => ProcessOrigin::Command(Arc::clone(&function), command.clone()),
                None => ProcessOrigin::ByHand(listen(&function, &endpoints, &mut apis).await?),
            };
            origins.insert(settings.name.clone(), origin);
        }
        // The application lives as long as this process, as built-in ones do.
        let app: &'static ProjectApp = Box::leak(Box::new(ProjectApp { name, stack }));
        Ok(DeployedProject {
            app,
            origins,
            endpoints,
            file,
            restarts: Arc::default(),
            acceptor,
            _bundle: bundle,
            _apis: apis,
        })
    }
}

async fn listen(
    function: &Arc<Function>,
    endpoints: &LocalEndpoints,
    apis: &mut JoinSet<()>,
) -> Result<ByHand, DeployError> {
    let (name, port) = (&function.settings.name, function.process.port);
    let failed = |source| DeployError::Listen { function: name.clone(), port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let endpoint = Endpoint::new(Arc::clone(function), endpoints.clock, true);
    apis.spawn(api::serve(listener, endpoints.guard.clone(), endpoint.clone()));
    Ok(ByHand::new(endpoint, address))
}

impl DeployedProject {
    /// Returns the name of the project.
    pub fn name(&self) -> &str {
        &self.app.name
    }

    /// Returns the project as an application, of which little is known.
    pub fn app(&self) -> &'static dyn App {
        self.app
    }

    /// Returns a line for each function that has to be started by hand: how to start it.
    pub fn hints(&self) -> Vec<String> {
        let hints = self.origins.values().filter_map(|kind| match kind {
            ProcessOrigin::ByHand(by_hand) => Some(by_hand.hint(&self.endpoints)),
            ProcessOrigin::Command(..) => None,
        });
        hints.collect()
    }

    /// Starts all functions again, each with its next event. Processes that have an event finish it
    /// first. Those that were started by hand go on, and the log says so.
    pub fn restart(&self) {
        for (name, origin) in &self.origins {
            if matches!(origin, ProcessOrigin::ByHand(_)) {
                info!("{name} is started by hand: end its processes and start them again");
            }
        }
        self.restarts.notify_one();
    }

    /// Notes the files of the functions as they are. The future that it returns restarts the
    /// functions whenever one of them changes. The server itself writes `ignored`.
    pub async fn watch(&self, ignored: Option<&Path>) -> impl Future<Output = Infallible> {
        let functions = self.origins.values().map(ProcessOrigin::function).cloned().collect();
        let project = absolute(&self.file);
        let files = WatchedFiles::new(functions, &project, ignored).await;
        self.restart_on_change(files, project)
    }

    async fn restart_on_change(&self, mut files: WatchedFiles, project: PathBuf) -> Infallible {
        loop {
            let changed = files.changed().await;
            if changed.contains(&project) {
                warn!(
                    "{} has changed: end the server and start it again, for it reads this file \
                     only once",
                    project.display()
                );
            }
            if let Some(file) = changed.iter().find(|file| **file != project) {
                info!("{} has changed", file.display());
                self.restart();
            }
        }
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    pub(crate) fn origins(&self) -> BTreeMap<String, ProcessOrigin> {
        self.origins.clone()
    }

    /// Returns a notification for each restart.
    pub(crate) fn restarts(&self) -> Arc<Notify> {
        Arc::clone(&self.restarts)
    }

    pub(crate) fn endpoints(&self) -> Arc<LocalEndpoints> {
        Arc::clone(&self.endpoints)
    }
}
