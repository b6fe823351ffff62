//! Sketches of the queues: hashes of the state that can still make a difference.
//!
//! Each one takes its type apart field by field, so that a new field cannot be left out unseen.

use stormglass_spec::Sketch;

use super::Sqs;
use super::message::Message;
use super::state::QueueState;

impl Sqs {
    /// Adds everything that can still make a difference.
    pub fn sketch(&self, sketch: &mut Sketch) {
        // The settings are the same in all states of a run.
        let Sqs { settings: _, queues } = self;
        sketch.list(queues, |sketch, (name, state)| {
            sketch.text(name);
            state.sketch(sketch);
        });
    }
}

impl Message {
    pub(super) fn sketch(&self, sketch: &mut Sketch) {
        let Message {
            content,
            visible_at,
            receives,
            receives_elsewhere,
            first_received_at,
            last_received_at,
        } = self;
        sketch.hashed(content);
        sketch.time(*visible_at);
        sketch.number(u64::from(*receives));
        sketch.number(u64::from(*receives_elsewhere));
        sketch.option(*first_received_at, Sketch::time);
        sketch.option(*last_received_at, Sketch::time);
    }
}

impl QueueState {
    fn sketch(&self, sketch: &mut Sketch) {
        sketch.debug(&self.queue);
        sketch.time(self.created_at);
        sketch.option(self.purged_at, Sketch::time);
        self.sketch_messages(sketch);
        sketch.number(self.stored);
        sketch.hashed(&self.deduplication);
        sketch.hashed(&self.attempts);
        sketch.hashed(&self.throughput);
    }
}
