//! The refusal of a schedule expression.

/// The mistake in a schedule expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{expression} is no schedule expression: {problem}")]
pub struct ScheduleError {
    /// The whole expression.
    pub expression: String,
    /// The problem, and the form that would be right.
    pub problem: String,
}
