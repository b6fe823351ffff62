//! What the task that owns the gateway can be told, and how.

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
use crate::faults::Faults;
use crate::record::Recorder;
use crate::runtime::InvocationEnd;

/// How many messages of clients may wait for the gateway. Who sends more has to wait itself.
const MESSAGES_WAITING_MAX: usize = 1_024;

/// Room for one message.
type Permit = OwnedSemaphorePermit;

/// Something that happened outside of the gateway.
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
    /// A client sent a ping.
    Ping { id: ConnectionId },
    /// A client has been sent one message.
    FrameSent { id: ConnectionId },
    /// The close frame of a client arrived.
    ClientClosed { id: ConnectionId, code: u16, reason: String },
    /// A client broke the rules of its socket.
    ClientBreach { id: ConnectionId, breach: Breach },
    /// The socket of a client is gone.
    ClientLeft { id: ConnectionId },
    /// Somebody calls `@connections`.
    Manage {
        request: ManagementRequest,
        body: Bytes,
        /// The number of the call, if it is a function's.
        call: Option<u64>,
        answer: oneshot::Sender<ManagementOutcome>,
    },
    /// An invocation came to its end.
    InvocationEnded { sandbox: SandboxId, request: RequestId, end: InvocationEnd },
    /// The server stops: the gateway comes to its end when no function runs any more.
    Stop,
}

/// What becomes of an upgrade request.
#[derive(Debug)]
pub(super) enum UpgradeAnswer {
    /// The connection is open.
    Opened { protocol: Option<String>, frames: FrameQueue },
    /// There is no connection, for the reason that this HTTP status gives.
    Refused { status: u16 },
}

/// What the gateway has for a client.
#[derive(Debug)]
pub(super) struct FrameQueue {
    pub(super) queue: mpsc::UnboundedReceiver<OutgoingFrame>,
    /// Ends when the gateway is done with the connection, whatever is still in the queue.
    pub(super) over: oneshot::Receiver<()>,
}

/// Something to send to a client.
#[derive(Debug)]
pub(super) enum OutgoingFrame {
    /// A message.
    Text(String),
    /// The end of the connection.
    Close { code: u16, reason: String },
}

/// The way to the task that owns the gateway. Clones lead to the same one.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    pub(super) sender: mpsc::UnboundedSender<Input>,
    pub(super) ids: Arc<IdSource>,
    /// What goes wrong on purpose.
    pub(super) faults: Faults,
    /// What everybody tells what happens.
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

    /// After the end of the gateway, nobody cares.
    pub(super) fn send(&self, input: Input) {
        let _ = self.sender.send(input);
    }

    /// Waits until there is room for one more message.
    pub(super) async fn send_message(&self, id: &ConnectionId, message: ClientMessage) {
        let is_throttled = self.arrives(id, "message", Site::Message).await;
        if let Ok(permit) = Arc::clone(&self.room).acquire_owned().await {
            self.send(Input::Message { id: id.clone(), message, is_throttled, permit });
        }
    }

    /// Something of a client arrives, late if it has to: whether it is refused for lack of room.
    pub(super) async fn arrives(&self, id: &ConnectionId, what: &str, site: Site) -> bool {
        let Some(injected) = self.faults.inject(id, what, site, true) else { return false };
        if let Some(delay) = injected.delay() {
            sleep(delay).await;
        }
        injected.fault() == Some(Fault::Throttled)
    }
}

/// A client at the other end of a socket. When it is dropped, the gateway learns that the client
/// left, which means nothing once the connection is closed.
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
