//! Sketches of Scheduler: hashes of the state that can still make a difference.

use stormglass_spec::Sketch;

use super::payload::Execution;
use super::{Scheduler, StoredSchedule};

impl Scheduler {
    /// Adds everything that can still make a difference.
    pub fn sketch(&self, sketch: &mut Sketch) {
        // The settings are the same in all states of a run.
        let Scheduler { settings: _, groups, schedules, invocations } = self;
        sketch.list(groups, |sketch, group| sketch.text(group));
        sketch.list(schedules, |sketch, (arn, stored)| {
            sketch.text(arn);
            stored.sketch(sketch);
        });
        invocations.sketch(sketch, |sketch, execution| {
            let Execution { id, schedule_arn, target, planned } = execution;
            sketch.text(id);
            sketch.text(schedule_arn);
            sketch.debug(target);
            sketch.time(*planned);
        });
    }
}

impl StoredSchedule {
    fn sketch(&self, sketch: &mut Sketch) {
        let StoredSchedule {
            name,
            definition,
            created_at,
            modified_at,
            token,
            planned,
            is_complete,
        } = self;
        sketch.text(name);
        sketch.debug(definition);
        sketch.time(*created_at);
        sketch.time(*modified_at);
        sketch.option(token.as_deref(), Sketch::text);
        sketch.option(*planned, Sketch::time);
        sketch.flag(*is_complete);
    }
}
