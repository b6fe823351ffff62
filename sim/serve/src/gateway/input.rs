//! The inputs of the task that owns the gateway, and the way to send them.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::Bytes;
use stormglass_aws::gateway::{
    Breach, ClientMessage, ConnectionId, ManagementOutcome, ManagementRequest, RequestId,
};
use stormglass_aws::lambda::SandboxId;
use stormglass_sim::Upgrade;
use stormglass_sim::faults::{Fault, Site};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::sleep;

use super::id::IdSource;
use super::sandbox::SandboxJob;
use crate::faults::Faults;
use crate::record::Recorder;
use crate::runtime::InvocationEnd;

/// The most messages and pings of clients that wait for the gateway. A client that sends more has
/// to wait.
const MESSAGES_WAITING_MAX: usize = 1_024;

/// The room that one message or ping takes.
type Permit = OwnedSemaphorePermit;

/// An event outside of the gateway.
#[derive(Debug)]
pub(super) enum Input {
    /// A client asks for a WebSocket.
    Upgrade {
        id: ConnectionId,
        from: IpAddr,
        upgrade: Upgrade,
        is_throttled: bool,
        answer: oneshot::Sender<UpgradeAnswer>,
    },
    /// A client sent a message; the permit is given back when the gateway has it.
    Message { id: ConnectionId, message: ClientMessage, is_throttled: bool, permit: Permit },
    /// A client sent a ping; the permit is as for a message.
    Ping { id: ConnectionId, permit: Permit },
    /// One message went out to a client.
    FrameSent { id: ConnectionId },
    /// The close frame of a client arrived.
    ClientClosed { id: ConnectionId, code: u16, reason: String },
    /// A client broke the rules of its socket.
    ClientBreach { id: ConnectionId, breach: Breach },
    /// The socket of a client is gone.
    ClientLeft { id: ConnectionId },
    /// A caller asks for an operation of `@connections`.
    Manage {
        request: ManagementRequest,
        body: Bytes,
        /// The number of the call, if it is a function's.
        call: Option<u64>,
        answer: oneshot::Sender<ManagementOutcome>,
    },
    /// An invocation ended.
    InvocationEnded { sandbox: SandboxId, request: RequestId, end: InvocationEnd },
    /// A process that was started has its first event, or has failed.
    StartOver,
    /// The process of a sandbox ended before it took an event.
    EventReturned { sandbox: SandboxId, job: Box<SandboxJob> },
    /// A sandbox was idle for too long, or its process ended between two events.
    SandboxIdle { sandbox: SandboxId },
    /// The functions start again with their next events.
    Restart,
    /// The server stops. The driver ends when no function runs any more.
    Stop,
}

/// The answer to an upgrade request.
#[derive(Debug)]
pub(super) enum UpgradeAnswer {
    /// The connection is open.
    Opened { protocol: Option<String>, frames: FrameQueue },
    /// The connection is refused with this HTTP status.
    Refused { status: u16 },
}

/// The frames that the gateway has for a client.
#[derive(Debug)]
pub(super) struct FrameQueue {
    pub(super) queue: mpsc::UnboundedReceiver<OutgoingFrame>,
    /// Completes when the gateway is done with the connection, whatever is still in the queue.
    pub(super) over: oneshot::Receiver<()>,
}

/// A frame on its way to a client.
#[derive(Debug)]
pub(super) enum OutgoingFrame {
    /// A message.
    Text(String),
    /// The end of the connection.
    Close { code: u16, reason: String },
}

/// The way to the task that owns the gateway. Clones lead to the same task.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    pub(super) sender: mpsc::UnboundedSender<Input>,
    pub(super) ids: Arc<IdSource>,
    /// The faults that are injected.
    pub(super) faults: Faults,
    /// The record of all that happens.
    pub(super) recorder: Recorder,
    room: Arc<Semaphore>,
}

impl Inputs {
    pub(super) fn new(
        sender: mpsc::UnboundedSender<Input>,
        faults: Faults,
        recorder: Recorder,
    ) -> Inputs {
        let room = Arc::new(Semaphore::new(MESSAGES_WAITING_MAX));
        Inputs { sender, ids: Arc::new(IdSource::new()), faults, recorder, room }
    }

    /// Sends an input, which is dropped if the gateway has ended.
    pub(super) fn send(&self, input: Input) {
        let _ = self.sender.send(input);
    }

    /// Sends a message as soon as there is room for it.
    pub(super) async fn send_message(&self, id: &ConnectionId, message: ClientMessage) {
        let is_throttled = self.arrives(id, "message", Site::Message).await;
        if let Ok(permit) = Arc::clone(&self.room).acquire_owned().await {
            self.send(Input::Message { id: id.clone(), message, is_throttled, permit });
        }
    }

    /// Sends a ping as soon as there is room for it.
    pub(super) async fn send_ping(&self, id: &ConnectionId) {
        if let Ok(permit) = Arc::clone(&self.room).acquire_owned().await {
            self.send(Input::Ping { id: id.clone(), permit });
        }
    }

    /// Waits as long as a fault makes a handshake or a message of a client late. Returns true if it
    /// is refused for lack of capacity.
    pub(super) async fn arrives(&self, id: &ConnectionId, action: &str, site: Site) -> bool {
        let Some(injected) = self.faults.inject(id, action, site, true) else { return false };
        if let Some(delay) = injected.delay() {
            sleep(delay).await;
        }
        injected.fault() == Some(Fault::Throttled)
    }
}

/// A client at the other end of a socket. Dropping it tells the gateway that the client left, which
/// has no effect once the connection is closed.
#[derive(Debug)]
pub(super) struct AttachedClient {
    pub(super) id: ConnectionId,
    pub(super) inputs: Inputs,
}

impl Drop for AttachedClient {
    fn drop(&mut self) {
        self.inputs.send(Input::ClientLeft { id: self.id.clone() });
    }
}
