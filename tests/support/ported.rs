//! The simulated DynamoDB on a port of this machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use futures_util::FutureExt;
use stormglass_dynamodb::DynamoDb;
use stormglass_serve::Guard;
use stormglass_serve::dynamodb::{self, Tables};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that lives as long as this.
#[derive(Debug)]
pub struct PortedDynamoDb {
    address: SocketAddr,
    runtime: Runtime,
    server: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl PortedDynamoDb {
    /// Serves `db` on a free port of the loopback interface.
    ///
    /// # Panics
    ///
    /// If the machine has no such port.
    pub fn start(db: DynamoDb) -> PortedDynamoDb {
        let runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = { runtime }.worker_threads(1).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.expect("a port on the loopback interface");
        let address = listener.local_addr().expect("a listener has an address");
        let (stop, stopped) = oneshot::channel();
        let tables = Arc::new(Tables::in_memory(db));
        let server = async move {
            dynamodb::serve(listener, &Guard::default(), tables, stopped.map(|_| ())).await;
        };
        let server = runtime.spawn(server);
        PortedDynamoDb { address, runtime, server, stop }
    }

    /// The address of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs a client beside the server.
    pub fn block_on<T>(&self, client: impl Future<Output = T>) -> T {
        self.runtime.block_on(client)
    }

    /// Stops the server, and waits until it has drained.
    ///
    /// # Panics
    ///
    /// If the server panicked.
    pub fn stop(self) {
        // If nobody listens, the server has ended already.
        let _ = self.stop.send(());
        self.runtime.block_on(self.server).expect("the server does not panic");
    }
}
