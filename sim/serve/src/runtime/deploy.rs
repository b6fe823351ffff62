//! Functions that are deployed: ready to be invoked, with their ports and a certificate.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use stormglass_aws::gateway::{Api, Stage};
use stormglass_sim::App;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::api;
use super::app::ProjectApp;
use super::by_hand::ByHand;
use super::endpoint::Endpoint;
use super::file::Project;
use super::function::Function;
use super::table::TableEntry;
use crate::accept::reachable;
use crate::clock::Clock;
use crate::guard::{Guard, Port, PortGuard};
use crate::tls::{CertificateBundle, LocalCertificate};

/// The reason why a project cannot be deployed.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The port of a function is taken.
    #[error("cannot listen on port {port} for the processes of {function}: {source}")]
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
    api: Api,
    tables: Vec<TableEntry>,
    origins: BTreeMap<String, ProcessOrigin>,
    endpoints: Arc<LocalEndpoints>,
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
        // The application lives as long as this process, as built-in ones do.
        let name = self.name().to_owned();
        let app = ProjectApp { name, routes: self.api.routes().to_vec() };
        let app: &'static ProjectApp = Box::leak(Box::new(app));
        let Project { api, functions, tables, .. } = self;
        for function in functions {
            let function = Arc::new(function);
            let origin = match &function.command {
                Some(command) => ProcessOrigin::Command(Arc::clone(&function), command.clone()),
                None => ProcessOrigin::ByHand(listen(&function, &endpoints, &mut apis).await?),
            };
            origins.insert(function.name.clone(), origin);
        }
        Ok(DeployedProject {
            app,
            api,
            tables,
            origins,
            endpoints,
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
    let (name, port) = (&function.name, function.port);
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

    /// Returns the requests that create its tables: operations of DynamoDB, and the JSON of their
    /// bodies.
    pub(crate) fn table_requests(&self) -> Vec<(&'static str, String)> {
        self.tables.iter().flat_map(TableEntry::requests).collect()
    }

    pub(crate) fn api(&self) -> Api {
        self.api.clone()
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    pub(crate) fn origins(&self) -> BTreeMap<String, ProcessOrigin> {
        self.origins.clone()
    }

    pub(crate) fn endpoints(&self) -> Arc<LocalEndpoints> {
        Arc::clone(&self.endpoints)
    }
}
