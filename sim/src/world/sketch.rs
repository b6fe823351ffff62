//! The hash that tells two states of the world apart.
//!
//! It leaves out values that follow from others, values that only reports use, and values that are
//! the same in every run of a plan. Times are included: handlers read the clock, and rows hold
//! times.
//!
//! It makes one assumption: if two handlers wait with `tokio::time` for the very same moment, the
//! rest of the state determines the order in which they wake. The SDK's sleeps do not need it.

use stormglass_spec::Sketch;

use super::calls::CallState;
use super::compute::InvocationState;
use super::socket::{ArrivedFrame, Direction, Parcel, Socket};
use super::target::Target;
use super::{Alive, Halt, Occurrence, World};
use crate::seam::{CallId, TimerId};
use crate::strategy::State;
use stormglass_aws::lambda::SandboxId;

impl World<'_> {
    /// Shows the strategy the state that the world has reached.
    pub(super) fn show_state(&mut self) -> Result<(), Halt> {
        let Some(state) = self.state() else { return Ok(()) };
        match self.choices.strategy().arrive(state) {
            std::ops::ControlFlow::Continue(()) => Ok(()),
            std::ops::ControlFlow::Break(()) => Err(Halt::Enough),
        }
    }

    /// The state of the world; `None` if a promise cannot be sketched.
    fn state(&self) -> Option<State> {
        // The pattern has no `..`: a new field must be sketched, or listed here with a reason.
        let World {
            recorder,
            choices,
            closing_step,
            now,
            gateway,
            dynamodb,
            services,
            queues,
            async_events,
            deployment,
            clients,
            sockets,
            // `sketch_queue` and `sketch_sandboxes` add all of these.
            queue: _,
            lambda: _,
            hub: _,
            executor: _,
            invocations: _,
            running: _,
            sandboxes: _,
            calls: _,
            // Every run of a plan has the same values.
            app: _,
            stack: _,
            is_watched: _,
            started: _,
            // The handlers themselves are opaque; their sandboxes hold their inputs.
            handlers: _,
            // A name determines its ids.
            names: _,
            // The roles determine it.
            allowed: _,
            // Counts and notes that only reports and limits need.
            events: _,
            polls: _,
            calls_made: _,
            stays: _,
        } = self;
        let mut sketch = Sketch::default();
        if !recorder.sketch(&mut sketch) {
            return None;
        }
        choices.sketch(&mut sketch);
        sketch.number(u64::from(*closing_step));
        self.sketch_queue(&mut sketch);
        gateway.sketch(*now, &mut sketch);
        dynamodb.sketch(*now, deployment.replica_lag, &mut sketch);
        sketch.list(services, |sketch, service| service.sketch(sketch));
        queues.sketch(&mut sketch);
        async_events.sketch(&mut sketch);
        self.sketch_sandboxes(&mut sketch);
        sketch.list(clients, |sketch, client| client.sketch(sketch));
        let mut sockets: Vec<_> = sockets.iter().collect();
        sockets.sort_unstable_by_key(|(name, _)| *name);
        sketch.list(sockets, |sketch, (name, socket)| {
            sketch.text(name);
            socket.sketch(sketch);
        });
        Some(State(sketch.finish()))
    }

    fn sketch_queue(&self, sketch: &mut Sketch) {
        let World { clients, gateway, executor, hub, invocations, queues, async_events, .. } = self;
        let alive = Alive { clients, gateway, executor, hub, invocations, queues, async_events };
        let planned = self.queue.planned().filter(|(_, _, it)| alive.is_alive(it));
        let planned: Vec<_> = planned.collect();
        let waiting: Vec<_> =
            self.queue.waiting().filter(|(_, _, it)| alive.is_alive(it)).collect();
        // A planned occurrence comes at a fixed time: the present time makes no difference.
        // For a waiting one it does, and also for the next step of the world when nothing is
        // planned.
        let depends_on_now = planned.is_empty() || !waiting.is_empty();
        sketch.option(depends_on_now.then_some(self.now), Sketch::time);
        sketch.list(planned, |sketch, (at, hold, occurrence)| {
            sketch.time(at);
            sketch.number(u64::from(hold));
            self.sketch_happening(sketch, occurrence);
        });
        sketch.list(waiting, |sketch, (waits_for, until, occurrence)| {
            sketch.number(u64::from(waits_for));
            sketch.time(until);
            self.sketch_happening(sketch, occurrence);
        });
        let background = self.queue.in_the_background().filter(|(_, it)| alive.is_alive(it));
        sketch.list(background, |sketch, (at, occurrence)| {
            sketch.time(at);
            self.sketch_happening(sketch, occurrence);
        });
    }

    fn sketch_happening(&self, sketch: &mut Sketch, occurrence: &Occurrence) {
        sketch.hashed(&std::mem::discriminant(occurrence));
        match occurrence {
            Occurrence::Step { client } => self.clients[*client].sketch(sketch),
            Occurrence::Leaves { connection }
            | Occurrence::Resumes { connection }
            | Occurrence::TcpGivesUp { connection }
            | Occurrence::CloseIsDue { connection }
            | Occurrence::Maintenance { connection } => sketch.text(connection),
            Occurrence::Arrives { connection, direction, number, parcel } => {
                sketch.text(connection);
                sketch.flag(*direction == Direction::Up);
                sketch.option(*number, Sketch::number);
                parcel.sketch(sketch);
            }
            Occurrence::EventArrives { invocation }
            | Occurrence::SandboxStarted { invocation }
            | Occurrence::DeadlinePasses { invocation }
            | Occurrence::IntegrationTimesOut { invocation } => {
                self.sketch_invocation(sketch, *invocation);
            }
            Occurrence::OutcomeArrives { invocation, outcome } => {
                self.sketch_invocation(sketch, *invocation);
                sketch.debug(outcome);
            }
            Occurrence::CallArrives { call } | Occurrence::AnswerArrives { call } => {
                self.sketch_call(sketch, *call);
            }
            Occurrence::TimerFires { timer } => self.sketch_timer(sketch, *timer),
            Occurrence::ProgramTimerFires { client, name, .. } => {
                sketch.text(&self.clients[*client].name);
                sketch.text(name);
            }
            Occurrence::MessageIsSeen { queue, message, way, is_twice } => {
                sketch.text(queue);
                sketch.text(message);
                sketch.number(u64::from(*way));
                sketch.flag(*is_twice);
            }
            Occurrence::BatchCloses { mapping } => sketch.count(*mapping),
            Occurrence::BatchIsRetried { mapping, batch } => {
                sketch.count(*mapping);
                sketch.text(batch);
            }
            Occurrence::EventsAreDue | Occurrence::Pause => {}
        }
    }

    /// Adds an invocation with an occurrence still to come. `sketch_sandboxes` adds the running
    /// code.
    fn sketch_invocation(&self, sketch: &mut Sketch, invocation: usize) {
        let state = &self.invocations[invocation];
        let InvocationState {
            name,
            asked_at,
            stage,
            is_awaited,
            fault,
            // The name determines them; a duplicate shares those of the first invocation.
            request: _,
            connection: _,
            messages: _,
            purpose: _,
            lineage: _,
            // Only reports need it.
            cause: _,
            // The polls and calls in the inputs of its sandbox determine both.
            polls: _,
            attempts: _,
            handed: _,
        } = state;
        sketch.text(name);
        sketch.text(stage.event());
        sketch.time(*asked_at);
        sketch.flag(*is_awaited);
        sketch.option(*fault, |sketch, fault| sketch.hashed(fault.name()));
        sketch.flag(stage.handler().is_some());
    }

    fn sketch_call(&self, sketch: &mut Sketch, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        // `sketch_sandboxes` adds the caller.
        let CallState { name, target, fault, answer, arrived_at, invocation: _, sandbox: _ } = call;
        sketch.text(name);
        sketch.option(*arrived_at, Sketch::time);
        match &**target {
            Target::DynamoDb(request) => sketch.text(&request.canonical()),
            Target::Unreadable { answer, refusal: _ } => sketch.text(&answer.body),
            Target::Connection { request, body } => {
                sketch.debug(request);
                sketch.text(body);
            }
            Target::Nowhere(refusal) => sketch.debug(refusal),
            Target::Brought { request, .. } => sketch.debug(request),
            Target::Queue(request) => sketch.text(&request.canonical()),
            Target::Function(request) => sketch.text(&request.canonical()),
            Target::Refused { answer, .. } => sketch.debug(answer),
        }
        sketch.option(*fault, |sketch, fault| sketch.hashed(fault.name()));
        sketch.option(answer.as_ref(), |sketch, (delivery, _)| delivery.sketch(sketch));
        sketch.flag(self.hub.is_awaited(id));
    }

    fn sketch_timer(&self, sketch: &mut Sketch, timer: TimerId) {
        sketch.option(self.sandboxes.timer(timer), |sketch, (sandbox, number)| {
            self.sketch_place(sketch, sandbox);
            sketch.number(number);
        });
    }

    /// Adds the place of a sandbox: the invocation that runs in it, or its index among the idle
    /// ones.
    fn sketch_place(&self, sketch: &mut Sketch, sandbox: SandboxId) {
        let running = self.running.get(&sandbox).map(|invocation| &self.invocations[*invocation]);
        sketch.option(running, |sketch, state| sketch.text(&state.name));
        let mut idle = self.lambda.idle();
        let place = idle.find_map(|(function, idle)| {
            Some((function, idle.iter().position(|known| *known == sandbox)?))
        });
        sketch.option(place, |sketch, (function, place)| {
            sketch.text(function);
            sketch.count(place);
        });
    }

    fn sketch_sandboxes(&self, sketch: &mut Sketch) {
        let mut running: Vec<_> = self.running.iter().collect();
        running.sort_unstable_by_key(|(_, invocation)| &self.invocations[**invocation].name);
        sketch.list(running, |sketch, (sandbox, invocation)| {
            self.sketch_invocation(sketch, *invocation);
            self.sandboxes.sketch(*sandbox, sketch);
        });
        let idle = self.lambda.idle().filter(|(_, idle)| !idle.is_empty());
        sketch.list(idle, |sketch, (function, idle)| {
            sketch.text(function);
            sketch.list(idle, |sketch, sandbox| self.sandboxes.sketch(*sandbox, sketch));
        });
    }
}

impl Socket {
    fn sketch(&self, sketch: &mut Sketch) {
        let Socket {
            end,
            wants_protocol,
            is_leaving,
            is_of_program,
            stalled_until,
            unread,
            unread_close,
            is_repeating,
            up,
            down,
            // The name of the connection determines both.
            client: _,
            link: _,
        } = self;
        sketch.debug(end);
        sketch.flag(*wants_protocol);
        sketch.flag(*is_leaving);
        sketch.flag(*is_of_program);
        sketch.option(*stalled_until, Sketch::time);
        sketch.list(unread, |sketch, arrived| arrived.sketch(sketch));
        sketch.option(*unread_close, |sketch, code| sketch.number(u64::from(code)));
        sketch.flag(*is_repeating);
        for stream in [up, down] {
            let (sent, arrived) = stream.counts();
            sketch.number(sent);
            sketch.number(arrived);
            sketch.list(stream.early(), |sketch, (number, parcel)| {
                sketch.number(number);
                parcel.sketch(sketch);
            });
        }
    }
}

impl ArrivedFrame {
    fn sketch(&self, sketch: &mut Sketch) {
        // Only reports need the cause.
        let ArrivedFrame { body, origin, cause: _ } = self;
        sketch.text(body);
        sketch.debug(origin);
    }
}

impl Parcel {
    fn sketch(&self, sketch: &mut Sketch) {
        match self {
            Parcel::Frame { body, origin } => {
                sketch.text(body);
                sketch.debug(origin);
            }
            other => sketch.debug(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use stormglass_spec::history::Origin;

    use super::super::socket::End;
    use super::*;
    use stormglass_aws::gateway::Upgrade;

    fn frame(body: &str) -> Parcel {
        Parcel::Frame { body: body.into(), origin: Origin::GatewayError { frame: "x".into() } }
    }

    fn after(happens: impl FnOnce(&mut Socket)) -> u128 {
        let mut socket = Socket::new(0, Duration::ZERO, &Upgrade::default());
        happens(&mut socket);
        let mut sketch = Sketch::default();
        socket.sketch(&mut sketch);
        sketch.finish()
    }

    #[test]
    fn everything_about_a_socket_tells_it_apart() {
        let unread = |body: &str| {
            let origin = Origin::GatewayError { frame: "x".into() };
            ArrivedFrame { body: body.into(), origin, cause: None }
        };
        let early = |socket: &mut Socket, body: &str| {
            let numbers = [socket.down.send(), socket.down.send()];
            assert!(socket.down.arrive(numbers[1], frame(body), None).is_empty());
        };
        let different = [
            after(|_| {}),
            after(|it| it.end = End::Attached),
            after(|it| it.end = End::Left),
            after(|it| it.wants_protocol = true),
            after(|it| it.is_leaving = true),
            after(|it| it.is_of_program = true),
            after(|it| it.stalled_until = Some(stormglass_spec::Time::from_millis(1))),
            after(|it| it.unread.push_back(unread("1"))),
            after(|it| it.unread.push_back(unread("2"))),
            after(|it| it.unread_close = Some(1001)),
            after(|it| it.is_repeating = true),
            after(|it| it.wants_protocol = it.up.send() == 0),
            after(|it| it.wants_protocol = it.down.send() == 0),
            after(|it| early(it, "1")),
            after(|it| early(it, "2")),
        ];
        let distinct: std::collections::BTreeSet<u128> = different.into_iter().collect();
        assert_eq!(distinct.len(), different.len());
    }
}
