//! Sketches of the queue: hashes of the state that can still make a difference.
//!
//! Each one takes its type apart field by field, so that a new field cannot be left out unseen.

use stormglass_spec::Sketch;

use super::AsyncEvents;
use super::event::{AsyncInvocation, QueuedEvent};

impl AsyncEvents {
    /// Adds the events of the queue.
    pub fn sketch(&self, sketch: &mut Sketch) {
        let AsyncEvents {
            // Configured once, and the same in all states of a run.
            settings: _,
            events,
            // Each event has the time at which it is due.
            waiting: _,
        } = self;
        sketch.list(events, |sketch, (id, event)| {
            sketch.hashed(id);
            event.sketch(sketch);
        });
    }
}

impl QueuedEvent {
    fn sketch(&self, sketch: &mut Sketch) {
        let QueuedEvent { invocation, accepted_at, due, runs, attempts } = self;
        let AsyncInvocation { function, payload, lineage } = invocation;
        sketch.hashed(function);
        sketch.text(payload);
        lineage.sketch(sketch);
        sketch.time(*accepted_at);
        sketch.option(*due, Sketch::time);
        sketch.number((*runs).into());
        sketch.number((*attempts).into());
    }
}
