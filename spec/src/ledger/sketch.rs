//! The part of a ledger that can still make a difference.

use super::{Call, Connection, Frame, Invocation, Ledger, Row};
use crate::history::{Effect, Request};
use crate::name::{ConnectionName, InvocationName, RowName};
use crate::sketch::Sketch;

impl Ledger {
    /// Adds everything that a promise may still need from the events so far.
    ///
    /// Much of the past cannot matter any more: the times at which a function that has ended sent
    /// its calls and got the answers, or rows that were in the table once. A promise that does need
    /// them must not be sketched (see [`Monitor::sketch`](crate::Monitor::sketch)). The content of
    /// a message is left out as well: within one plan, the name of the message determines it.
    pub fn sketch(&self, sketch: &mut Sketch) {
        let Ledger {
            connections,
            rows,
            frames,
            invocations,
            // `sketch_invocation` adds calls and attempts.
            calls: _,
            attempts: _,
            // The connections and their arrivals determine both.
            pending: _,
            orders: _,
            // A read that was behind can still show rows that are gone.
            removed_rows,
            // The monitors have seen it.
            unregistered: _,
        } = self;
        // A hash map keeps the order of arrival, which may differ between two equal states.
        let mut connections: Vec<_> = connections.iter().collect();
        connections.sort_unstable_by_key(|(name, _)| *name);
        sketch.list(connections, |sketch, (name, connection)| {
            sketch.text(name);
            connection.sketch(sketch);
        });
        sketch.list(rows, |sketch, (name, row)| {
            let Row { stored, connections, registered } = row;
            sketch.text(name);
            sketch.time(stored.at);
            sketch.list(connections, |sketch, name| {
                sketch.text(name);
                sketch.flag(registered.contains(name));
            });
        });
        // Rows that named the connection in their name say nothing new.
        let removed =
            removed_rows.iter().filter(|(row, connections)| !names_itself(row, connections));
        sketch.list(removed, |sketch, (row, connections)| {
            sketch.text(row);
            sketch.list(connections, |sketch, name| sketch.text(name));
        });
        let mut frames: Vec<_> = frames.iter().collect();
        frames.sort_unstable_by_key(|(name, _)| *name);
        sketch.list(frames, |sketch, (name, frame)| {
            // The name determines the content; the promise that needs replies adds them itself.
            let Frame { sent, connection, invocations, content: _, replied: _ } = frame;
            sketch.text(name);
            sketch.event(sent.event);
            sketch.time(sent.at);
            sketch.text(connection);
            sketch.list(invocations, |sketch, name| sketch.text(name));
        });
        let mut invocations: Vec<_> = invocations.iter().collect();
        invocations.sort_unstable_by_key(|(name, _)| *name);
        sketch.list(invocations, |sketch, (name, invocation)| {
            sketch.text(name);
            self.sketch_invocation(sketch, name, invocation);
        });
    }

    fn sketch_invocation(
        &self,
        sketch: &mut Sketch,
        name: &InvocationName,
        invocation: &Invocation,
    ) {
        let Invocation {
            started,
            ended,
            due,
            route,
            connection,
            body,
            acknowledged,
            scans,
            // The route determines it.
            two_way: _,
        } = invocation;
        sketch.event(started.event);
        sketch.text(route);
        sketch.option(connection.as_deref(), Sketch::text);
        sketch.option(body.as_deref(), Sketch::text);
        sketch.option(acknowledged.as_ref(), |sketch, (mark, said)| {
            sketch.event(mark.event);
            sketch.flag(said.is_complete());
            sketch.number(said.failed());
        });
        let is_over = ended.is_some();
        sketch.flag(is_over);
        if !is_over {
            sketch.time(started.at);
            sketch.time(*due);
            let scans = scans.iter().filter_map(|scan| self.calls.get(scan));
            sketch.list(scans, |sketch, call| call.sketch(sketch));
        }
        let mut attempts: Vec<_> =
            self.attempts.iter().filter(|((caller, _), _)| caller == name).collect();
        attempts.sort_unstable_by_key(|(key, _)| *key);
        sketch.list(attempts, |sketch, ((_, target), calls)| {
            sketch.text(target);
            let calls = calls.iter().filter_map(|call| self.calls.get(call));
            sketch.list(calls, |sketch, call| {
                if is_over {
                    call.sketch_outcome(sketch);
                } else {
                    call.sketch(sketch);
                }
            });
        });
    }
}

impl Connection {
    fn sketch(&self, sketch: &mut Sketch) {
        // The rows determine both counts, and only explanations need the last event.
        let Connection {
            asked,
            opened,
            closed,
            left,
            stored,
            arrivals,
            rows: _,
            registrations: _,
            unnamed: _,
        } = self;
        sketch.option(*asked, |sketch, mark| sketch.time(mark.at));
        sketch.option(*opened, |sketch, mark| sketch.event(mark.event));
        sketch.flag(closed.is_some());
        sketch.flag(left.is_some());
        sketch.flag(*stored);
        sketch.list(arrivals, |sketch, (name, _)| sketch.text(name));
    }
}

impl Call {
    /// Adds a call of a function that is still at work.
    fn sketch(&self, sketch: &mut Sketch) {
        // The caller lists the call under a name that determines both its invocation and its
        // request.
        let Call { sent, applied, answered, invocation: _, request: _ } = self;
        sketch.event(sent.event);
        sketch.time(sent.at);
        sketch.option(applied.as_ref(), |sketch, (event, effect)| {
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
        sketch.option(answered.as_ref(), |sketch, (mark, answer)| {
            sketch.event(mark.event);
            sketch.time(mark.at);
            sketch.debug(answer);
        });
    }

    /// Adds a call of a function that has ended: only the outcome of a post can still matter.
    fn sketch_outcome(&self, sketch: &mut Sketch) {
        let Call { request, applied, sent: _, answered: _, invocation: _ } = self;
        let is_post = matches!(request, Request::Post { .. });
        sketch.flag(is_post);
        if is_post {
            sketch.flag(self.is_ambiguous());
            sketch.flag(matches!(applied, Some((_, Effect::Accepted))));
        }
    }
}

/// True if a row has the name of the only connection that it names.
fn names_itself(row: &RowName, connections: &[ConnectionName]) -> bool {
    matches!(connections, [connection] if **connection == **row)
}
