//! An open WebSocket: frames of the client go to the gateway, and frames of the gateway go out.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use stormglass_aws::gateway::{Breach, ClientMessage, NO_CODE};
use stormglass_spec::quotas::{FRAME_BYTES_MAX, MESSAGE_BYTES_MAX};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tracing::debug;

use super::input::{AttachedClient, FrameQueue, Input, OutgoingFrame};

/// The time that a client has to read its last frames, and to close its end, once the gateway is
/// done with the connection.
const PARTING: Duration = Duration::from_secs(3);

/// The size of the buffers of every connection, however little goes over it.
const BUFFER_BYTES: usize = 4 * 1_024;

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// The way out, for messages and for the pongs that reading calls for.
type SharedSink = Mutex<SplitSink<Socket, Message>>;

/// Serves a socket until it is closed at both ends.
pub(super) async fn serve(client: &AttachedClient, upgraded: Upgraded, frames: FrameQueue) {
    let io = TokioIo::new(upgraded);
    let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config())).await;
    let (sink, stream) = socket.split();
    let FrameQueue { queue, over } = frames;
    let exchange = pin!(exchange(client, sink, stream, queue));
    let patience = pin!(async {
        let _ = over.await;
        sleep(PARTING).await;
    });
    select(exchange, patience).await;
}

/// Returns the limits of a socket. A frame or a message that is too big is not read to its end: the
/// gateway would close the connection because of it in any case.
fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_frame_size(Some(FRAME_BYTES_MAX))
        .max_message_size(Some(MESSAGE_BYTES_MAX))
}

async fn exchange(
    client: &AttachedClient,
    sink: SplitSink<Socket, Message>,
    stream: SplitStream<Socket>,
    queue: UnboundedReceiver<OutgoingFrame>,
) {
    let sink = SharedSink::new(sink);
    let (stream, end) = {
        let reading = pin!(read(client, stream, &sink));
        let writing = pin!(write(client, &sink, queue));
        match select(reading, writing).await {
            Either::Left((read, writing)) => {
                writing.await;
                read
            }
            Either::Right(((), reading)) => reading.await,
        }
    };
    if end == ReadEnd::Unreadable
        && let Ok(socket) = sink.into_inner().reunite(stream)
    {
        linger(socket).await;
    }
}

/// The reason why reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadEnd {
    /// The client sends nothing more.
    NoMore,
    /// The rest cannot be understood.
    Unreadable,
}

async fn read(
    client: &AttachedClient,
    mut stream: SplitStream<Socket>,
    sink: &SharedSink,
) -> (SplitStream<Socket>, ReadEnd) {
    let AttachedClient { id, inputs } = client;
    while let Some(received) = stream.next().await {
        match received {
            Ok(Message::Text(text)) => {
                inputs.send_message(id, ClientMessage::text(text.to_string())).await;
            }
            Ok(Message::Binary(bytes)) => {
                inputs.send_message(id, ClientMessage::Binary(bytes.to_vec())).await;
            }
            Ok(Message::Ping(_)) => {
                inputs.send_ping(id).await;
                // Nothing more is read until the pong is on its way: a client that does not read
                // would fill the memory with pongs otherwise.
                if let Err(error) = sink.lock().await.flush().await {
                    debug!(%id, %error, "a socket refused a pong");
                    break;
                }
            }
            Ok(Message::Pong(_) | Message::Frame(_)) => {}
            Ok(Message::Close(frame)) => {
                let (code, reason) = match frame {
                    Some(CloseFrame { code, reason }) => (code.into(), reason.to_string()),
                    None => (NO_CODE, String::new()),
                };
                inputs.send(Input::ClientClosed { id: id.clone(), code, reason });
            }
            Err(Error::Capacity(_)) => {
                inputs.send_message(id, ClientMessage::TooBig).await;
                return (stream, ReadEnd::Unreadable);
            }
            Err(error) => {
                debug!(%id, %error, "a socket ended");
                let Some(breach) = breach_of(&error) else { break };
                inputs.send(Input::ClientBreach { id: id.clone(), breach });
                return (stream, ReadEnd::Unreadable);
            }
        }
    }
    inputs.send(Input::ClientLeft { id: id.clone() });
    (stream, ReadEnd::NoMore)
}

/// Returns the rule that the client broke, unless the socket itself broke.
fn breach_of(error: &Error) -> Option<Breach> {
    match error {
        Error::Utf8(_) => Some(Breach::NotUtf8),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) => Some(Breach::Protocol),
        _ => None,
    }
}

async fn write(
    client: &AttachedClient,
    sink: &SharedSink,
    mut queue: UnboundedReceiver<OutgoingFrame>,
) {
    let AttachedClient { id, inputs } = client;
    while let Some(frame) = queue.recv().await {
        let (message, is_last) = match frame {
            OutgoingFrame::Text(text) => (Message::text(text), false),
            OutgoingFrame::Close { code, reason } => {
                let frame = CloseFrame { code: code.into(), reason: reason.into() };
                (Message::Close(Some(frame)), true)
            }
        };
        if let Err(error) = sink.lock().await.send(message).await {
            debug!(%id, %error, "a socket refused a frame");
            inputs.send(Input::ClientLeft { id: id.clone() });
            break;
        }
        if is_last {
            break;
        }
        inputs.send(Input::FrameSent { id: id.clone() });
    }
}

/// Reads on and drops everything: a socket that is closed with something unread in it resets the
/// connection, and the client might never see the close frame.
async fn linger(mut socket: Socket) {
    let io = socket.get_mut();
    let _ = io.shutdown().await;
    let mut dropped = [0; BUFFER_BYTES];
    while let Ok(1..) = io.read(&mut dropped).await {}
}
