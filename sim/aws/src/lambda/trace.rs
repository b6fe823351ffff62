//! The header that carries traces from service to service.

use std::fmt;

use stormglass_spec::{CONSTANT, EPOCH_MS, Time, hash};

use super::lineage::Lineage;

/// The header `X-Amzn-Trace-Id`: `Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=a87bd80c:1`.
///
/// Lambda passes it to a function in the header `lambda-runtime-trace-id`. The runtime sets the
/// variable `_X_AMZN_TRACE_ID` from it, and the SDK sends that variable with each of its requests
/// (FACTS 11.20). A driver that runs functions as processes closes the circle:
///
/// 1. A request comes with a header, which it parses, or without, and then it starts a trace.
/// 2. Before the function runs, it extends the [`Lineage`] by the function.
/// 3. It passes the header with that lineage to the function.
///
/// The lineage has the documented form. AWS also writes `Lineage=1:a87bd80c:0`, whose numbers it
/// does not explain; such a lineage counts as empty.
///
/// Functions that share a process share the variable as well. A driver that runs them so keeps the
/// lineage of each invocation itself, and gives it to the requests that the invocation sends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceHeader {
    /// The id of the trace.
    pub root: String,
    /// The id of the segment that sent the header.
    pub parent: Option<String>,
    /// The decision to record the trace: `0`, `1` or `?`.
    pub sampled: Option<String>,
    /// The functions that have run so far.
    pub lineage: Lineage,
}

impl TraceHeader {
    /// Starts a trace that is not recorded. `key` tells it apart from all others.
    pub fn start(now: Time, key: &str) -> TraceHeader {
        let seconds = (EPOCH_MS + now.millis()) / 1_000;
        let high = hash::keyed_for(CONSTANT, key, "trace");
        let low = hash::keyed_for(CONSTANT, key, "trace-end") >> 32;
        TraceHeader {
            root: format!("1-{seconds:08x}-{high:016x}{low:08x}"),
            parent: None,
            sampled: Some("0".to_owned()),
            lineage: Lineage::default(),
        }
    }

    /// Parses the value of the header. Fields that this type lacks are left out.
    ///
    /// Returns `None` if the trace has no id.
    pub fn parse(text: &str) -> Option<TraceHeader> {
        let field = |name: &str| {
            let mut fields = text.split(';').filter_map(|field| field.trim().split_once('='));
            fields.find_map(|(other, value)| (other == name).then(|| value.to_owned()))
        };
        Some(TraceHeader {
            root: field("Root")?,
            parent: field("Parent"),
            sampled: field("Sampled"),
            lineage: field("Lineage").map(|text| Lineage::parse(&text)).unwrap_or_default(),
        })
    }
}

impl fmt::Display for TraceHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TraceHeader { root, parent, sampled, lineage } = self;
        write!(f, "Root={root}")?;
        if let Some(parent) = parent {
            write!(f, ";Parent={parent}")?;
        }
        if let Some(sampled) = sampled {
            write!(f, ";Sampled={sampled}")?;
        }
        if !lineage.is_empty() {
            write!(f, ";Lineage={lineage}")?;
        }
        Ok(())
    }
}
