//! The figures of an exploration, for programs: one JSON object per line.

use serde_json::{Value, json};
use stormglass_sim::explore::Summary;
use stormglass_sim::report::replay_line;
use stormglass_sim::{App, Run};
use stormglass_spec::Violation;

use super::Figures;

impl Figures<'_> {
    /// The finds, then the summary; `confirmed` says whether every find broke again.
    pub(crate) fn as_json(&self, confirmed: bool) -> Vec<Value> {
        let finds = self.summary.finds.iter().map(|find| {
            let mut object = broken_as_json(self.app, &find.run, &find.violation);
            object["strategy"] = self.search.to_string().into();
            object["seed"] = find.seed.into();
            object["confirmed"] = confirmed.into();
            object
        });
        finds.chain([self.summary_as_json()]).collect()
    }

    fn summary_as_json(&self) -> Value {
        let (summary, vacuity) = (self.summary, self.vacuity);
        json!({
            "kind": "summary",
            "app": self.app.name(),
            "strategy": self.search.to_string(),
            "seeds": summary.seeds,
            "repeated": summary.repeated,
            "finds": summary.finds.len(),
            "promises": summary.verdicts,
            "witnesses": summary.witnesses,
            "families": families_as_json(summary),
            "faults": faults_as_json(summary),
            "pairs": summary.coverage.pairs(),
            "last_new_pair": summary.coverage.last_new_seed(),
            "judged": vacuity.is_judged,
            "unseen": vacuity.unseen,
            "vacuous": vacuity.untested,
            "idle": vacuity.idle,
            "calls": summary.calls,
            "events": summary.events,
            "deviations": summary.deviations,
            "virtual_ms": u64::try_from(summary.virtual_us / 1_000).unwrap_or(u64::MAX),
            "wall_ms": u64::try_from(self.wall.as_millis()).unwrap_or(u64::MAX),
        })
    }
}

/// Every family of deviations, with how often it was offered and made.
fn families_as_json(summary: &Summary) -> Value {
    let families = summary.families.iter().map(|(family, metric)| {
        let counts = json!({ "offered": metric.offered, "made": metric.made });
        (family.name().to_owned(), counts)
    });
    Value::Object(families.collect())
}

/// Every fault that the schedule was asked for, with its counts.
fn faults_as_json(summary: &Summary) -> Vec<Value> {
    let offered = summary.faults.iter().filter(|(_, count)| count.offered > 0);
    let faults = offered.map(|(entry, count)| {
        json!({
            "site": entry.site.name(),
            "fault": entry.fault.name(),
            "family": entry.fault.family().name(),
            "offered": count.offered,
            "met": count.met,
            "mattered": count.mattered,
        })
    });
    faults.collect()
}

/// A broken promise as one JSON object.
pub(crate) fn broken_as_json(app: &dyn App, run: &Run, violation: &Violation) -> Value {
    json!({
        "kind": "find",
        "app": app.name(),
        "property": violation.property,
        "because": violation.because,
        "pending": violation.pending,
        "step": violation.event,
        "case": run.case.to_string(),
        "replay": replay_line(run, app.name()),
        "trace": format!("{:016x}", run.trace_hash),
    })
}
