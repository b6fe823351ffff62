//! Effects, which a front asks its driver for, and the outcomes of functions, which it waits for.

use super::ClientAnswer;
use crate::gateway::RequestId;

/// An effect that the driver carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrontEffect {
    /// Invoke an authorizer. Its outcome goes to [`super::Front::on_outcome`].
    Authorize {
        /// The request that the outcome belongs to.
        request: RequestId,
        /// The function that is the authorizer.
        function: String,
        /// The event, as JSON.
        event: String,
    },
    /// Invoke the function of a route. Its outcome goes to [`super::Front::on_outcome`].
    Invoke {
        /// The request that the outcome belongs to.
        request: RequestId,
        /// The function.
        function: String,
        /// The event, as JSON.
        event: String,
    },
    /// Answer the client.
    Answer {
        /// The request.
        request: RequestId,
        /// The answer.
        answer: ClientAnswer,
    },
}

/// The outcome of a function that a front invoked. The front never invokes it again (FACTS 16.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The function returned this JSON.
    Response(String),
    /// The function failed: it threw or crashed.
    Error,
    /// The function used up its own time.
    FunctionTimedOut,
    /// The function did not answer in the time of [`super::Front::times_out_after`]. It runs on
    /// (FACTS 16.5).
    TimedOut,
    /// Lambda had no capacity (FACTS 4.9).
    Throttled,
    /// The policy of the function does not let the front invoke it (FACTS 17.24). There is no log
    /// of the function.
    NoPermission,
}
