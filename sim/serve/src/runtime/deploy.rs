//! Functions that are ready to be invoked, with their ports and with a certificate.

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
use super::sandbox::ProcessSandbox;
use super::table::TableEntry;
use crate::accept::reachable;
use crate::clock::Clock;
use crate::tls::{CertificateBundle, LocalCertificate};

/// What keeps functions from being made ready.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// Nobody can listen there.
    #[error("cannot listen on port {port} for the processes of {function}: {source}")]
    Listen {
        /// The function that is started by hand.
        function: String,
        /// The port.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// The machine fails to make one.
    #[error("no certificate can be made: {0}")]
    Certificate(Box<dyn std::error::Error + Send + Sync>),
}

/// The functions of a [`Project`], ready to be invoked, and what they find around them.
pub struct DeployedProject {
    app: &'static ProjectApp,
    api: Api,
    tables: Vec<TableEntry>,
    kinds: BTreeMap<String, ProcessOrigin>,
    site: Arc<LocalEndpoints>,
    acceptor: TlsAcceptor,
    _bundle: CertificateBundle,
    /// What serves the Runtime API of functions that are started by hand.
    _apis: JoinSet<()>,
}

impl std::fmt::Debug for DeployedProject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeployedProject").field("name", &self.app.name).finish_non_exhaustive()
    }
}

/// What processes find on this machine.
#[derive(Debug)]
pub(crate) struct LocalEndpoints {
    /// Where `@connections` is, which a certificate of `bundle` vouches for.
    pub(super) callback: String,
    /// Where DynamoDB is.
    pub(super) dynamodb: String,
    pub(super) bundle: PathBuf,
    pub(super) clock: Clock,
}

/// How a function comes by its sandboxes.
#[derive(Clone, Debug)]
pub(crate) enum ProcessOrigin {
    /// The server starts them.
    Command(Arc<Function>, Vec<String>),
    /// Somebody else starts them.
    ByHand(ByHand),
}

impl ProcessOrigin {
    /// A sandbox of a function that the server starts.
    pub(crate) fn sandbox(&self, site: &Arc<LocalEndpoints>) -> Option<ProcessSandbox> {
        match self {
            ProcessOrigin::Command(function, command) => {
                Some(ProcessSandbox::new(Arc::clone(function), command.clone(), Arc::clone(site)))
            }
            ProcessOrigin::ByHand(_) => None,
        }
    }
}

impl Project {
    /// Makes the functions ready, behind a gateway and beside a DynamoDB at these addresses.
    ///
    /// # Errors
    ///
    /// If a port of a function is taken, or the machine fails to make a certificate.
    pub async fn deploy(
        self,
        gateway: SocketAddr,
        dynamodb: SocketAddr,
    ) -> Result<DeployedProject, DeployError> {
        let gateway = reachable(gateway);
        let LocalCertificate { acceptor, bundle } =
            LocalCertificate::issue(gateway).map_err(DeployError::Certificate)?;
        let site = Arc::new(LocalEndpoints {
            callback: format!("https://{gateway}/{}", Stage::default().name),
            dynamodb: format!("http://{}", reachable(dynamodb)),
            bundle: bundle.path().to_owned(),
            clock: Clock::start(),
        });
        let mut apis = JoinSet::new();
        let mut kinds = BTreeMap::new();
        // It lives as long as the process, as the applications do that are built in.
        let name = self.name().to_owned();
        let programs = ProjectApp { name, routes: self.api.routes().to_vec() };
        let app: &'static ProjectApp = Box::leak(Box::new(programs));
        let Project { api, functions, tables, .. } = self;
        for function in functions {
            let function = Arc::new(function);
            let kind = match &function.command {
                Some(command) => ProcessOrigin::Command(Arc::clone(&function), command.clone()),
                None => ProcessOrigin::ByHand(listen(&function, site.clock, &mut apis).await?),
            };
            kinds.insert(function.name.clone(), kind);
        }
        Ok(DeployedProject {
            app,
            api,
            tables,
            kinds,
            site,
            acceptor,
            _bundle: bundle,
            _apis: apis,
        })
    }
}

async fn listen(
    function: &Arc<Function>,
    clock: Clock,
    apis: &mut JoinSet<()>,
) -> Result<ByHand, DeployError> {
    let (name, port) = (&function.name, function.port);
    let failed = |source| DeployError::Listen { function: name.clone(), port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let endpoint = Endpoint::new(Arc::clone(function), clock, true);
    apis.spawn(api::serve(listener, endpoint.clone()));
    Ok(ByHand::new(endpoint, address))
}

impl DeployedProject {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.app.name
    }

    /// What it is as an application, of which little is known.
    pub fn app(&self) -> &'static dyn App {
        self.app
    }

    /// For each function that somebody has to start, how.
    pub fn hints(&self) -> Vec<String> {
        let hints = self.kinds.values().filter_map(|kind| match kind {
            ProcessOrigin::ByHand(by_hand) => Some(by_hand.hint(&self.site)),
            ProcessOrigin::Command(..) => None,
        });
        hints.collect()
    }

    /// The requests that make its tables, as operations of DynamoDB and the JSON of their bodies.
    pub(crate) fn table_requests(&self) -> Vec<(&'static str, String)> {
        self.tables.iter().flat_map(TableEntry::requests).collect()
    }

    pub(crate) fn api(&self) -> Api {
        self.api.clone()
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    pub(crate) fn kinds(&self) -> BTreeMap<String, ProcessOrigin> {
        self.kinds.clone()
    }

    pub(crate) fn site(&self) -> Arc<LocalEndpoints> {
        Arc::clone(&self.site)
    }
}
