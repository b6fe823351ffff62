//! The report for programs: one object per line.

use serde_json::{Value, json};

use super::ProbeReport;
use crate::verdict::PropertyVerdict;

impl ProbeReport<'_> {
    /// Returns an object for each promise, one for the figures, and one for the whole.
    pub fn json(&self) -> Vec<Value> {
        let mut objects: Vec<Value> = self.verdicts.iter().map(promise).collect();
        let mut figures = json!(self.figures);
        figures["kind"] = "figures".into();
        objects.push(figures);
        objects.push(json!({
            "kind": "summary",
            "verdict": self.word(),
            "address": self.address,
            "seed": self.settings.seed,
            "clients": self.settings.clients,
            "messages": self.settings.messages,
            "whole": self.is_whole,
            "again": self.again,
        }));
        objects
    }
}

fn promise(verdict: &PropertyVerdict) -> Value {
    let mut object = json!({
        "kind": "promise",
        "promise": verdict.judged.property.id,
        "verdict": verdict.word(),
        "tested": verdict.tested(),
    });
    if let Some(found) = &verdict.evidence {
        object["found"] = found.times.into();
        object["because"] = found.violation.because.as_str().into();
        object["involved"] = found.violation.involved.iter().map(|name| &**name).collect();
    }
    object
}
