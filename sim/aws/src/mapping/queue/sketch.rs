//! Sketches of the pollers: hashes of the state that can still make a difference.
//!
//! Each one takes its type apart field by field, so that a new field cannot be left out unseen.

use stormglass_spec::Sketch;

use super::QueuePollers;

impl QueuePollers {
    /// Adds everything that can still make a difference.
    pub fn sketch(&self, sketch: &mut Sketch) {
        let QueuePollers {
            // Deployed once, and the same in all states of a run.
            mapping: _,
            queue_arn: _,
            is_fifo: _,
            visibility: _,
            concurrency,
            open,
            running,
        } = self;
        sketch.hashed(concurrency);
        sketch.hashed(open);
        sketch.hashed(running);
    }
}
