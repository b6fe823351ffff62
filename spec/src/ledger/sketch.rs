//! What of a ledger can still make a difference.

use super::{Call, Connection, Invocation, Ledger};
use crate::history::{Effect, Name, Request};
use crate::sketch::Sketch;

impl Ledger {
    /// Adds all that a promise may still ask of what has happened so far.
    ///
    /// Of what is over, much is nobody's business any more: when the calls of a function that has
    /// ended were sent and answered, whether rows that are gone had been there. A promise that
    /// asks for it all the same must not be sketched (see
    /// [`Monitor::sketch`](crate::Monitor::sketch)). What a message holds is left out as well: its
    /// name tells, within one plan.
    pub fn sketch(&self, sketch: &mut Sketch) {
        let mut connections: Vec<_> = self.connections.iter().collect();
        connections.sort_unstable_by_key(|(name, _)| *name);
        sketch.list(connections, |sketch, (name, connection)| {
            sketch.text(name);
            connection.sketch(sketch);
        });
        sketch.list(&self.rows, |sketch, (name, row)| {
            sketch.text(name);
            sketch.time(row.stored.at);
        });
        let mut frames: Vec<_> = self.frames.iter().collect();
        frames.sort_unstable_by_key(|(name, _)| *name);
        sketch.list(frames, |sketch, (name, frame)| {
            sketch.text(name);
            sketch.event(frame.sent.event);
            sketch.time(frame.sent.at);
            sketch.text(&frame.connection);
            sketch.list(&frame.invocations, |sketch, name| sketch.text(name));
        });
        let mut invocations: Vec<_> = self.invocations.iter().collect();
        invocations.sort_unstable_by_key(|(name, _)| *name);
        sketch.list(invocations, |sketch, (name, invocation)| {
            sketch.text(name);
            self.sketch_invocation(sketch, name, invocation);
        });
    }

    fn sketch_invocation(&self, sketch: &mut Sketch, name: &Name, invocation: &Invocation) {
        sketch.event(invocation.started.event);
        sketch.text(&invocation.route);
        sketch.text(&invocation.connection);
        sketch.option(invocation.body.as_deref(), Sketch::text);
        sketch.option(invocation.acknowledged.as_ref(), |sketch, (mark, said)| {
            sketch.event(mark.event);
            sketch.flag(said.is_complete());
            sketch.number(said.failed());
        });
        let is_over = invocation.ended.is_some();
        sketch.flag(is_over);
        if !is_over {
            sketch.time(invocation.started.at);
            sketch.time(invocation.due);
            let scans = invocation.scans.iter().filter_map(|scan| self.calls.get(scan));
            sketch.list(scans, |sketch, call| call.sketch(sketch));
        }
        let mut attempts: Vec<_> =
            self.attempts.iter().filter(|((caller, _), _)| caller == name).collect();
        attempts.sort_unstable_by_key(|(key, _)| *key);
        sketch.list(attempts, |sketch, ((_, target), calls)| {
            sketch.text(target);
            let calls = calls.iter().filter_map(|call| self.calls.get(call));
            sketch.list(calls, |sketch, call| match is_over {
                true => call.sketch_outcome(sketch),
                false => call.sketch(sketch),
            });
        });
    }
}

impl Connection {
    fn sketch(&self, sketch: &mut Sketch) {
        sketch.option(self.asked, |sketch, mark| sketch.time(mark.at));
        sketch.option(self.opened, |sketch, mark| sketch.event(mark.event));
        sketch.flag(self.closed.is_some());
        sketch.flag(self.left.is_some());
        sketch.flag(self.stored);
        sketch.list(&self.arrivals, |sketch, (name, _)| sketch.text(name));
    }
}

impl Call {
    /// A call of a function that is still at work.
    fn sketch(&self, sketch: &mut Sketch) {
        sketch.event(self.sent.event);
        sketch.time(self.sent.at);
        sketch.option(self.applied.as_ref(), |sketch, (event, effect)| {
            sketch.event(*event);
            match effect {
                Effect::Read { rows, stale, more } => {
                    sketch.list(rows, |sketch, row| sketch.text(row));
                    sketch.flag(*stale);
                    sketch.flag(*more);
                }
                _ => sketch.debug(effect),
            }
        });
        sketch.option(self.answered.as_ref(), |sketch, (mark, answer)| {
            sketch.event(mark.event);
            sketch.time(mark.at);
            sketch.debug(answer);
        });
    }

    /// A call of a function that has ended: only what became of a post can still matter.
    fn sketch_outcome(&self, sketch: &mut Sketch) {
        let is_post = matches!(self.request, Request::Post { .. });
        sketch.flag(is_post);
        if is_post {
            sketch.flag(self.is_ambiguous());
            sketch.flag(matches!(self.applied, Some((_, Effect::Accepted))));
        }
    }
}
