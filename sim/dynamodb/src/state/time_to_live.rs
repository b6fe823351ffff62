//! The attribute by which rows expire.

use stormglass_spec::Time;

use super::ChangeSpan;

/// The attribute that holds the expiry of a row, and its last change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TimeToLive {
    pub(crate) attribute: Option<String>,
    /// The last change, and the attribute before it.
    pub(crate) change: Option<(ChangeSpan, Option<String>)>,
}

impl TimeToLive {
    /// The attribute by which rows expire at `now`: the earlier one until the change is done.
    pub(crate) fn attribute(&self, now: Time) -> Option<&str> {
        match &self.change {
            Some((span, before)) if now < span.done_at => before.as_deref(),
            _ => self.attribute.as_deref(),
        }
    }
}
