//! Sketches of EventBridge: hashes of the state that can still make a difference.

use stormglass_spec::Sketch;

use super::EventBridge;
use super::dispatch::Parcel;
use super::rule::DeployedRule;

impl EventBridge {
    /// Adds everything that can still make a difference.
    pub fn sketch(&self, sketch: &mut Sketch) {
        // The settings are the same in all states of a run.
        let EventBridge { settings: _, buses, rules, deliveries } = self;
        sketch.list(buses.keys(), |sketch, name| sketch.text(name));
        sketch.list(rules, |sketch, ((bus, name), deployed)| {
            let DeployedRule { rule, created_at, planned } = deployed;
            sketch.text(bus);
            sketch.text(name);
            sketch.debug(rule);
            sketch.time(*created_at);
            sketch.option(*planned, Sketch::time);
        });
        deliveries.sketch(sketch, |sketch, parcel| {
            let Parcel { rule_arn, target_arn, dead_letter, input, event } = parcel;
            sketch.text(rule_arn);
            sketch.text(target_arn);
            sketch.option(dead_letter.as_deref(), Sketch::text);
            sketch.text(input);
            sketch.text(event);
        });
    }
}
