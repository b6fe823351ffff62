//! The task that owns the gateway: it feeds the gateway inputs with their times, and carries out
//! its effects.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hyper::StatusCode;
use hyper::body::Bytes;
use stormglass_aws::gateway::{
    ConnectionId, Gateway, GatewayEffect, IntegrationOutcome, ManagementOperation,
    ManagementOutcome, ManagementRequest, MessageOrigin, RequestId, Route, Upgrade,
};
use stormglass_aws::lambda::SandboxId;
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
use crate::http::quoted;
use crate::runtime::InvocationEnd;

/// The reason in the record when a fault takes the answer of a function.
const LOST: &str = "its answer got lost";

/// The time after its opening within which a connection is closed for maintenance, if that fault
/// strikes.
const MAINTENANCE_WITHIN_MS: u64 = 30_000;

/// The owner of a gateway.
pub(super) struct Driver {
    gateway: Gateway,
    clock: Clock,
    functions: Functions,
    inputs: Inputs,
    /// The upgrade requests that wait for their answer.
    handshakes: BTreeMap<ConnectionId, oneshot::Sender<UpgradeAnswer>>,
    open: BTreeMap<ConnectionId, ClientLine>,
    running: BTreeMap<RequestId, RunningInvocation>,
    /// The invocations that a fault starts late.
    late: BTreeMap<RequestId, PendingInvocation>,
    due: BTreeSet<(Time, Deadline)>,
    is_stopping: bool,
}

/// The way to a client. Dropping it tells the socket that the gateway is done with the client.
struct ClientLine {
    queue: UnboundedSender<OutgoingFrame>,
    _over: oneshot::Sender<()>,
}

/// An invocation that has not ended.
struct RunningInvocation {
    connection: ConnectionId,
    /// The key of its route, or `authorizer`.
    route: String,
    since: Time,
}

/// An event on its way to a function.
struct PendingInvocation {
    request: RequestId,
    connection: ConnectionId,
    function: String,
    event: String,
}

/// A task of the driver at a certain time.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deadline {
    /// Close a connection if it has been silent, or open, for too long.
    Close(ConnectionId),
    /// Wait for a function no longer.
    StopWaiting(RequestId),
    /// Start an invocation late.
    Start(RequestId),
    /// Close a connection because its host is taken down.
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
            handshakes: BTreeMap::new(),
            open: BTreeMap::new(),
            running: BTreeMap::new(),
            late: BTreeMap::new(),
            due: BTreeSet::new(),
            is_stopping: false,
        }
    }

    /// Runs until the server has stopped and no function runs any more.
    pub(super) async fn run(mut self, mut inputs: UnboundedReceiver<Input>) {
        while !self.is_done() {
            let next = self.due.first().map(|(at, _)| at.since(self.clock.now()));
            let input = match next {
                None => inputs.recv().await,
                // An input goes first, so that a flood of deadlines cannot hold inputs back.
                Some(wait) => select! {
                    biased;
                    input = inputs.recv() => input,
                    () = sleep(wait) => {
                        self.do_what_is_due(self.clock.now());
                        continue;
                    }
                },
            };
            let Some(input) = input else { break };
            let now = self.clock.now();
            self.handle(now, input);
            // A flood of inputs must not hold deadlines back either.
            self.do_what_is_due(now);
        }
        self.functions.stop().await;
    }

    fn is_done(&self) -> bool {
        self.is_stopping && self.running.is_empty()
    }

    fn handle(&mut self, now: Time, input: Input) {
        // Each input may end a connection, whose `$disconnect` event then needs a request id.
        let disconnect = self.inputs.ids.request();
        let recorder = &self.inputs.recorder;
        recorder.begin_input();
        let effects = match input {
            Input::Upgrade { id, from, upgrade, is_throttled, answer } => {
                info!("{id} asks for a connection from {from}{}", by_page(&upgrade));
                recorder.on_upgrade(&id, from);
                self.handshakes.insert(id.clone(), answer);
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
                if is_throttled {
                    self.gateway.on_throttled_message(now, &id, requests.0)
                } else {
                    self.gateway.on_message(now, &id, requests, message)
                }
            }
            Input::Ping { id, permit } => {
                drop(permit);
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
            Input::StartOver => {
                self.functions.end_start();
                Vec::new()
            }
            Input::EventReturned { sandbox, job } => {
                self.functions.place_again(sandbox, *job);
                Vec::new()
            }
            Input::SandboxIdle { sandbox } => {
                self.functions.reclaim(sandbox);
                Vec::new()
            }
            Input::Restart => {
                self.functions.restart();
                Vec::new()
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
            // One line for each receiver of a broadcast would hide all others.
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

    /// Takes the end of an invocation.
    fn end(
        &mut self,
        now: Time,
        sandbox: SandboxId,
        request: &RequestId,
        end: InvocationEnd,
    ) -> Vec<GatewayEffect> {
        let (outcome, reading) = match end {
            InvocationEnd::Returned(_) if self.is_answer_lost(request) => {
                self.inputs.recorder.on_kill(request, LOST);
                (IntegrationOutcome::Error, Err(LOST.to_owned()))
            }
            InvocationEnd::Returned(json) => {
                self.inputs.recorder.on_return(&self.gateway, request, &json);
                let reading = self.gateway.reading(request, &json);
                let reading = reading.map_err(|mistake| format!("malformed response: {mistake}"));
                (IntegrationOutcome::Response(json), reading)
            }
            InvocationEnd::Failed(error) => {
                self.inputs.recorder.on_failure(request, &error);
                (IntegrationOutcome::from_error(&error), Err(error))
            }
            InvocationEnd::Killed(reason) => {
                self.inputs.recorder.on_kill(request, &reason);
                self.functions.take_down(sandbox);
                return self.finish(now, request, &IntegrationOutcome::Error, Err(reason));
            }
        };
        self.functions.release(sandbox);
        self.finish(now, request, &outcome, reading)
    }

    /// Returns true if a fault keeps the answer of a function from the gateway.
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
        reading: Result<String, String>,
    ) -> Vec<GatewayEffect> {
        if let Some(RunningInvocation { connection, route, since }) = self.running.remove(request) {
            let took_ms = now.since(since).as_millis();
            match reading {
                Ok(status) => info!("{connection} {route}: {status}, {took_ms} ms"),
                Err(reason) => warn!("{connection} {route} failed: {reason}, {took_ms} ms"),
            }
            self.due.remove(&(since + INTEGRATION_TIMEOUT, Deadline::StopWaiting(request.clone())));
        }
        self.gateway.on_integration(now, request, outcome)
    }

    /// Does everything that is due.
    fn do_what_is_due(&mut self, now: Time) {
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
                    let invocation = self.late.remove(&request);
                    let invocation = invocation.expect("a late invocation waits for its start");
                    self.start(now, invocation, None);
                    continue;
                }
                Deadline::Maintain(id) => self.close(now, &id),
                Deadline::StopWaiting(request) => {
                    if self.gateway.is_pending(&request) {
                        warn!("the gateway stops waiting for request {request}");
                    }
                    self.gateway.on_integration(now, &request, &IntegrationOutcome::TimedOut)
                }
            };
            self.carry_out(now, effects);
        }
    }

    /// Schedules the time at which a connection has to be closed, if it is open.
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
                    let timeout = self.functions.timeout_of(&function);
                    recorder.on_authorizer_start(&request, &connection, &function, timeout);
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
                    let timeout = self.functions.timeout_of(&route.function);
                    recorder.on_start(&request, &connection, &route, timeout);
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
                    self.handshakes.remove(&connection);
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
                    warn!("{connection} does not read: an answer is dropped");
                }
                GatewayEffect::Closed { connection, code, reason, by_client } => {
                    recorder.on_closed(&connection, by_client, code);
                    // The reason may hold anything of the client's, so it is not logged.
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
        invocation: PendingInvocation,
        injected: Option<InjectedFault>,
    ) {
        let PendingInvocation { request, connection, .. } = &invocation;
        let running = RunningInvocation {
            connection: connection.clone(),
            route: route.to_owned(),
            since: now,
        };
        self.running.insert(request.clone(), running);
        self.due.insert((now + INTEGRATION_TIMEOUT, Deadline::StopWaiting(request.clone())));
        if let Some(delay) = injected.and_then(InjectedFault::delay) {
            self.due.insert((now + delay, Deadline::Start(request.clone())));
            self.late.insert(request.clone(), invocation);
            return;
        }
        let (outcome, summary) = match injected.and_then(InjectedFault::fault) {
            Some(Fault::Throttled) => (IntegrationOutcome::Throttled, "no capacity"),
            Some(Fault::Error) => (IntegrationOutcome::Error, "an error of the platform"),
            Some(Fault::Crash) => (IntegrationOutcome::Error, "Runtime.ExitError"),
            fault => return self.start(now, invocation, fault),
        };
        self.give_up(now, &invocation.request, &outcome, summary);
    }

    /// Sends an event to its function: to a new sandbox, or twice, if a fault says so.
    fn start(&mut self, now: Time, invocation: PendingInvocation, fault: Option<Fault>) {
        let PendingInvocation { request, function, event, .. } = invocation;
        let now_ms = self.gateway.stage().epoch_ms + now.millis();
        if fault == Some(Fault::Duplicate) {
            // The gateway waits for the other one only.
            self.functions.invoke(now_ms, &function, request.clone(), event.clone(), false);
        }
        let is_cold = fault == Some(Fault::Cold);
        if !self.functions.invoke(now_ms, &function, request.clone(), event, is_cold) {
            self.give_up(now, &request, &IntegrationOutcome::Throttled, "no capacity");
        }
    }

    /// Ends an invocation that never ran.
    fn give_up(
        &mut self,
        now: Time,
        request: &RequestId,
        outcome: &IntegrationOutcome,
        summary: &str,
    ) {
        self.inputs.recorder.on_kill(request, summary);
        let effects = self.finish(now, request, outcome, Err(summary.to_owned()));
        self.carry_out(now, effects);
    }

    /// Returns the fault that strikes the start of a function, if there is one.
    fn start_of(&self, connection: &str, route: &str) -> Option<InjectedFault> {
        let site = if route == "$disconnect" { Site::Disconnect } else { Site::Invocation };
        self.inputs.faults.inject(connection, route, site, true)
    }

    /// Forgets a failed handshake. A fault may send its `$disconnect` event all the same.
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
        let previous = self.open.insert(id.clone(), line);
        assert!(previous.is_none(), "the id {id} is of two connections");
        self.answer(&id, UpgradeAnswer::Opened { protocol, frames });
        self.watch(id.clone());
        if let Some(injected) = self.inputs.faults.inject(&id, "host", Site::Connection, false) {
            let at = now + Duration::from_millis(injected.draw % MAINTENANCE_WITHIN_MS);
            self.due.insert((at, Deadline::Maintain(id.clone())));
        }
        // Its handshake was under way when the server began to stop.
        if self.is_stopping {
            let effects = self.close(now, &id);
            self.carry_out(now, effects);
        }
    }

    /// Answers an upgrade request, whose client may have left.
    fn answer(&mut self, id: &ConnectionId, answer: UpgradeAnswer) {
        if let Some(handshake) = self.handshakes.remove(id) {
            let _ = handshake.send(answer);
        }
    }

    /// Sends a frame. The socket may be gone without the gateway knowing it yet.
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

/// Returns the end of a line of the log about a request that a browser sent for a page.
fn by_page(upgrade: &Upgrade) -> String {
    let origin = upgrade.headers.get("Origin");
    origin.map(|origin| format!(" for a page of {}", quoted(origin))).unwrap_or_default()
}
