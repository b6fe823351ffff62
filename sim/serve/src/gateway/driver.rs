//! The task that owns the gateway: it tells it what happened and when, and carries out what the
//! gateway wants done.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hyper::StatusCode;
use hyper::body::Bytes;
use stormglass_aws::gateway::{
    ConnectionId, Gateway, GatewayEffect, IntegrationOutcome, ManagementOperation,
    ManagementOutcome, ManagementRequest, MessageOrigin, RequestId,
};
use stormglass_aws::lambda::SandboxId;
use stormglass_sim::Route;
use stormglass_sim::faults::{Fault, Site};
use stormglass_spec::Time;
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;
use tokio::select;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::sleep;
use tracing::{debug, info, warn};

use super::functions::Functions;
use super::input::{FrameQueue, Input, Inputs, OutgoingFrame, UpgradeAnswer};
use crate::clock::Clock;
use crate::faults::InjectedFault;
use crate::runtime::InvocationEnd;

/// Why the answer of a function is none.
const LOST: &str = "its answer got lost";

/// How soon after its opening a connection is closed for maintenance, if it is on purpose.
const MAINTENANCE_WITHIN_MS: u64 = 30_000;

/// The owner of a gateway.
pub(super) struct Driver {
    gateway: Gateway,
    clock: Clock,
    functions: Functions,
    inputs: Inputs,
    /// Who waits for a handshake.
    asking: BTreeMap<ConnectionId, oneshot::Sender<UpgradeAnswer>>,
    open: BTreeMap<ConnectionId, ClientLine>,
    running: BTreeMap<RequestId, RunningInvocation>,
    /// What is to start late.
    late: BTreeMap<RequestId, PendingInvocation>,
    due: BTreeSet<(Time, Deadline)>,
    is_stopping: bool,
}

/// The way to a client. When it is dropped, the gateway is done with the client.
struct ClientLine {
    queue: UnboundedSender<OutgoingFrame>,
    _over: oneshot::Sender<()>,
}

/// An invocation that has not come to its end.
struct RunningInvocation {
    connection: ConnectionId,
    /// The key of its route, or what else it is for.
    route: String,
    since: Time,
}

/// An event for a function.
struct PendingInvocation {
    request: RequestId,
    connection: ConnectionId,
    function: String,
    event: String,
}

/// Something to look after at a certain time.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deadline {
    /// A connection may have been silent, or open, for too long.
    Close(ConnectionId),
    /// The gateway has waited long enough for a function.
    GiveUp(RequestId),
    /// A function starts late.
    Start(RequestId),
    /// The host of a connection is taken down.
    Maintain(ConnectionId),
}

impl Driver {
    pub(super) fn new(
        gateway: Gateway,
        clock: Clock,
        functions: Functions,
        inputs: Inputs,
    ) -> Driver {
        Driver {
            gateway,
            clock,
            functions,
            inputs,
            asking: BTreeMap::new(),
            open: BTreeMap::new(),
            running: BTreeMap::new(),
            late: BTreeMap::new(),
            due: BTreeSet::new(),
            is_stopping: false,
        }
    }

    /// Goes on until the server stops, and no function runs any more.
    pub(super) async fn run(mut self, mut inputs: UnboundedReceiver<Input>) {
        while !self.is_done() {
            let next = self.due.first().map(|(at, _)| at.since(self.clock.now()));
            let input = match next {
                None => inputs.recv().await,
                Some(wait) => select! {
                    biased;
                    input = inputs.recv() => input,
                    () = sleep(wait) => {
                        self.look_after(self.clock.now());
                        continue;
                    }
                },
            };
            let Some(input) = input else { break };
            let now = self.clock.now();
            self.take(now, input);
            self.look_after(now);
        }
        self.functions.stop().await;
    }

    fn is_done(&self) -> bool {
        self.is_stopping && self.running.is_empty()
    }

    fn take(&mut self, now: Time, input: Input) {
        let disconnect = self.inputs.ids.request();
        let recorder = &self.inputs.recorder;
        recorder.begin_input();
        let effects = match input {
            Input::Upgrade { id, from, upgrade, is_throttled, answer } => {
                info!("{id} asks to connect from {from}");
                recorder.on_upgrade(&id, from);
                self.asking.insert(id.clone(), answer);
                if is_throttled {
                    let status = StatusCode::TOO_MANY_REQUESTS.as_u16();
                    vec![GatewayEffect::Refused { connection: id, status }]
                } else {
                    let requests = (self.inputs.ids.request(), disconnect);
                    let from = from.to_string().into();
                    self.gateway.on_upgrade_from(from, now, id, requests, &upgrade)
                }
            }
            Input::Message { id, message, is_throttled, permit } => {
                drop(permit);
                let requests = (self.inputs.ids.request(), disconnect);
                recorder.on_message(&id, &requests.0, &message);
                match is_throttled {
                    true => self.gateway.on_throttled_message(now, &id, requests.0),
                    false => self.gateway.on_message(now, &id, requests, message),
                }
            }
            Input::Ping { id } => {
                recorder.on_ping(&id);
                self.gateway.on_ping(now, &id);
                Vec::new()
            }
            Input::FrameSent { id } => {
                recorder.on_frame_sent(&id);
                self.gateway.on_frame_read(&id);
                Vec::new()
            }
            Input::ClientClosed { id, code, reason } => {
                recorder.on_client_close(&id, code);
                self.gateway.on_client_closed(now, &id, code, &reason, disconnect)
            }
            Input::ClientBreach { id, breach } => {
                self.gateway.on_client_breach(now, &id, breach, disconnect)
            }
            Input::ClientLeft { id } => {
                recorder.on_client_left(&id);
                self.gateway.on_client_left(now, &id, disconnect)
            }
            Input::Manage { request, body, call, answer } => {
                let (managed, effects) = self.manage(now, &request, &body, disconnect);
                self.inputs.recorder.on_management(call, &request, &body, &managed);
                let _ = answer.send(managed);
                effects
            }
            Input::InvocationEnded { sandbox, request, end } => {
                self.end(now, sandbox, &request, end)
            }
            Input::Stop => {
                self.is_stopping = true;
                let open: Vec<ConnectionId> = self.open.keys().cloned().collect();
                open.iter().flat_map(|id| self.close(now, id)).collect()
            }
        };
        self.carry_out(now, effects);
    }

    fn manage(
        &mut self,
        now: Time,
        request: &ManagementRequest,
        body: &Bytes,
        disconnect: RequestId,
    ) -> (ManagementOutcome, Vec<GatewayEffect>) {
        let (managed, effects) = self.gateway.on_management_request(now, request, disconnect);
        let ManagementRequest { id, operation } = request;
        match operation {
            // One line for each of those who get a broadcast would hide all others.
            ManagementOperation::Post { bytes } if managed == ManagementOutcome::Accepted => {
                debug!("{id} post of {bytes} bytes");
            }
            ManagementOperation::Post { bytes } => info!("{id} post of {bytes} bytes: {managed:?}"),
            ManagementOperation::Get => debug!("{id} get: {managed:?}"),
            ManagementOperation::Delete => info!("{id} delete: {managed:?}"),
        }
        if managed == ManagementOutcome::Accepted {
            self.send(id, OutgoingFrame::Text(String::from_utf8_lossy(body).into_owned()));
        }
        (managed, effects)
    }

    /// An invocation came to its end, by itself or not.
    fn end(
        &mut self,
        now: Time,
        sandbox: SandboxId,
        request: &RequestId,
        end: InvocationEnd,
    ) -> Vec<GatewayEffect> {
        let (outcome, said) = match end {
            InvocationEnd::Returned(_) if self.is_answer_lost(request) => {
                self.inputs.recorder.on_kill(request, LOST);
                (IntegrationOutcome::Error, LOST.to_owned())
            }
            InvocationEnd::Returned(json) => {
                self.inputs.recorder.on_return(&self.gateway, request, &json);
                let said = status_of(&json);
                (IntegrationOutcome::Response(json), said)
            }
            InvocationEnd::Failed(error) => {
                self.inputs.recorder.on_failure(request, &error);
                (IntegrationOutcome::from_error(&error), error)
            }
            InvocationEnd::Killed(reason) => {
                self.inputs.recorder.on_kill(request, &reason);
                self.functions.take_down(sandbox);
                return self.finish(now, request, &IntegrationOutcome::Error, &reason);
            }
        };
        self.functions.release(sandbox);
        self.finish(now, request, &outcome, &said)
    }

    /// Whether what a function gave back does not reach the gateway.
    fn is_answer_lost(&self, request: &RequestId) -> bool {
        let running = self.running.get(request).filter(|running| running.route != "$disconnect");
        let strike = |running: &RunningInvocation| {
            let what = format!("{}.answer", running.route);
            self.inputs.faults.inject(&running.connection, &what, Site::Answer, false)
        };
        running.and_then(strike).is_some()
    }

    fn finish(
        &mut self,
        now: Time,
        request: &RequestId,
        outcome: &IntegrationOutcome,
        said: &str,
    ) -> Vec<GatewayEffect> {
        if let Some(RunningInvocation { connection, route, since }) = self.running.remove(request) {
            let took_ms = now.since(since).as_millis();
            match outcome {
                IntegrationOutcome::Response(_) => {
                    info!("{connection} {route}: {said}, {took_ms} ms")
                }
                _ => warn!("{connection} {route} failed: {said}, {took_ms} ms"),
            }
            self.due.remove(&(since + INTEGRATION_TIMEOUT, Deadline::GiveUp(request.clone())));
        }
        self.gateway.on_integration(now, request, outcome)
    }

    /// Does what was to be done at a time that has come.
    fn look_after(&mut self, now: Time) {
        while let Some((at, _)) = self.due.first()
            && *at <= now
            && let Some((_, due)) = self.due.pop_first()
        {
            self.inputs.recorder.begin_input();
            let effects = match due {
                Deadline::Close(id) => {
                    let request = self.inputs.ids.request();
                    let effects = self.gateway.close_if_due(now, &id, request);
                    self.watch(id);
                    effects
                }
                Deadline::Start(request) => {
                    if let Some(asked) = self.late.remove(&request) {
                        self.start(now, asked, None);
                    }
                    continue;
                }
                Deadline::Maintain(id) => self.close(now, &id),
                Deadline::GiveUp(request) => {
                    if self.gateway.is_pending(&request) {
                        warn!("request {request} is not waited for any longer");
                    }
                    self.gateway.on_integration(now, &request, &IntegrationOutcome::TimedOut)
                }
            };
            self.carry_out(now, effects);
        }
    }

    /// Plans to look whether a connection has to be closed, if it is open.
    fn watch(&mut self, id: ConnectionId) {
        if let Some(at) = self.gateway.closes_at(&id) {
            self.due.insert((at, Deadline::Close(id)));
        }
    }

    fn close(&mut self, now: Time, id: &ConnectionId) -> Vec<GatewayEffect> {
        let request = self.inputs.ids.request();
        self.gateway.close_for_maintenance(now, id, request)
    }

    fn carry_out(&mut self, now: Time, effects: Vec<GatewayEffect>) {
        let recorder = self.inputs.recorder.clone();
        for effect in effects {
            match effect {
                GatewayEffect::Authorize { request, connection, function, event } => {
                    recorder.on_authorizer_start(&request, &connection, &function);
                    let injected = self.start_of(&connection, "authorizer");
                    let event = PendingInvocation { request, connection, function, event };
                    self.invoke(now, "authorizer", event, injected);
                }
                GatewayEffect::Invoke { request, connection, route, event } => {
                    let injected = self.start_of(&connection, &route.key);
                    if injected.and_then(InjectedFault::fault) == Some(Fault::Dropped) {
                        self.gateway.on_integration(now, &request, &IntegrationOutcome::Error);
                        continue;
                    }
                    recorder.on_start(&request, &connection, &route);
                    let Route { key, function, .. } = route;
                    let event = PendingInvocation { request, connection, function, event };
                    self.invoke(now, &key, event, injected);
                }
                GatewayEffect::Upgraded { connection, protocol } => {
                    recorder.on_opened(&connection);
                    self.opened(now, connection, protocol);
                }
                GatewayEffect::Aborted { connection } => {
                    info!("{connection} left before it was open");
                    recorder.on_aborted(&connection);
                    self.asking.remove(&connection);
                    self.failed(now, &connection);
                }
                GatewayEffect::Refused { connection, status } => {
                    info!("{connection} refused with {status}");
                    recorder.on_refused(&connection, status);
                    self.answer(&connection, UpgradeAnswer::Refused { status });
                    self.failed(now, &connection);
                }
                GatewayEffect::Send { connection, text, origin } => {
                    if matches!(origin, MessageOrigin::Error(_)) {
                        info!("{connection} gets an error: {text}");
                    }
                    recorder.on_send(&connection, &text, &origin);
                    self.send(&connection, OutgoingFrame::Text(text));
                }
                GatewayEffect::Dropped { connection, origin } => {
                    recorder.on_dropped_answer(&origin);
                    warn!("{connection} does not read, and misses an answer");
                }
                GatewayEffect::Closed { connection, code, reason, by_client } => {
                    recorder.on_closed(&connection, by_client, code);
                    // A reason of the client's own is none of a log's business.
                    if by_client {
                        info!("{connection} closed by its client: {code}");
                    } else {
                        info!("{connection} closed by the gateway: {code} {reason}");
                        self.send(&connection, OutgoingFrame::Close { code, reason });
                    }
                    self.open.remove(&connection);
                    self.gateway.forget(&connection);
                }
            }
        }
    }

    fn invoke(
        &mut self,
        now: Time,
        route: &str,
        asked: PendingInvocation,
        injected: Option<InjectedFault>,
    ) {
        let PendingInvocation { request, connection, .. } = &asked;
        let running = RunningInvocation {
            connection: connection.clone(),
            route: route.to_owned(),
            since: now,
        };
        self.running.insert(request.clone(), running);
        self.due.insert((now + INTEGRATION_TIMEOUT, Deadline::GiveUp(request.clone())));
        if let Some(delay) = injected.and_then(InjectedFault::delay) {
            self.due.insert((now + delay, Deadline::Start(request.clone())));
            self.late.insert(request.clone(), asked);
            return;
        }
        let (outcome, said) = match injected.and_then(InjectedFault::fault) {
            Some(Fault::Throttled) => (IntegrationOutcome::Throttled, "no capacity"),
            Some(Fault::Error) => (IntegrationOutcome::Error, "an error of the platform"),
            Some(Fault::Crash) => (IntegrationOutcome::Error, "Runtime.ExitError"),
            fault => return self.start(now, asked, fault),
        };
        self.give_up(now, &asked.request, &outcome, said);
    }

    /// Sends an event to its function: to a new sandbox, or twice, if fate wants it so.
    fn start(&mut self, now: Time, asked: PendingInvocation, fault: Option<Fault>) {
        let PendingInvocation { request, function, event, .. } = asked;
        let now_ms = self.gateway.stage().epoch_ms + now.millis();
        if fault == Some(Fault::Duplicate) {
            // What becomes of it, nobody asks.
            self.functions.invoke(now_ms, &function, request.clone(), event.clone(), false);
        }
        let is_cold = fault == Some(Fault::Cold);
        if !self.functions.invoke(now_ms, &function, request.clone(), event, is_cold) {
            self.give_up(now, &request, &IntegrationOutcome::Throttled, "no capacity");
        }
    }

    /// A function never runs.
    fn give_up(
        &mut self,
        now: Time,
        request: &RequestId,
        outcome: &IntegrationOutcome,
        said: &str,
    ) {
        self.inputs.recorder.on_kill(request, said);
        let effects = self.finish(now, request, outcome, said);
        self.carry_out(now, effects);
    }

    /// What goes wrong with the start of a function.
    fn start_of(&self, connection: &str, route: &str) -> Option<InjectedFault> {
        let site = if route == "$disconnect" { Site::Disconnect } else { Site::Invocation };
        self.inputs.faults.inject(connection, route, site, true)
    }

    /// A handshake has failed: `$disconnect` may be told so all the same.
    fn failed(&mut self, now: Time, id: &ConnectionId) {
        if self.inputs.faults.inject(id, "failed", Site::Refusal, false).is_some() {
            let request = self.inputs.ids.request();
            let effects = self.gateway.disconnect_anyway(now, id, request);
            self.carry_out(now, effects);
        }
        self.gateway.forget(id);
    }

    fn opened(&mut self, now: Time, id: ConnectionId, protocol: Option<String>) {
        info!("{id} open");
        let (line, frames) = line();
        self.open.insert(id.clone(), line);
        self.answer(&id, UpgradeAnswer::Opened { protocol, frames });
        self.watch(id.clone());
        if let Some(injected) = self.inputs.faults.inject(&id, "host", Site::Connection, false) {
            let at = now + Duration::from_millis(injected.draw % MAINTENANCE_WITHIN_MS);
            self.due.insert((at, Deadline::Maintain(id.clone())));
        }
        if self.is_stopping {
            let effects = self.close(now, &id);
            self.carry_out(now, effects);
        }
    }

    /// Whoever asked may have left.
    fn answer(&mut self, id: &ConnectionId, answer: UpgradeAnswer) {
        if let Some(asking) = self.asking.remove(id) {
            let _ = asking.send(answer);
        }
    }

    /// The socket may be gone, of which the gateway is yet to learn.
    fn send(&self, id: &ConnectionId, frame: OutgoingFrame) {
        if let Some(line) = self.open.get(id) {
            let _ = line.queue.send(frame);
        }
    }
}

fn line() -> (ClientLine, FrameQueue) {
    let (sender, queue) = unbounded_channel();
    let (_over, over) = oneshot::channel();
    (ClientLine { queue: sender, _over }, FrameQueue { queue, over })
}

/// What an invocation returned, in a word.
fn status_of(json: &str) -> String {
    let answer: Option<serde_json::Value> = serde_json::from_str(json).ok();
    let status = answer.and_then(|answer| answer.get("statusCode").map(ToString::to_string));
    status.unwrap_or_else(|| "an answer without a status".to_owned())
}
