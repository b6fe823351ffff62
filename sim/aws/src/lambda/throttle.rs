//! The reasons for which Lambda throttles an invocation (FACTS 11.9).

/// The reason for which Lambda throttles an invocation (FACTS 11.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThrottleReason {
    /// The account runs as many invocations as it may, beside those that functions reserve.
    Account,
    /// The function runs as many invocations as it reserves.
    Reserved,
    /// The function has more requests per second than its share allows.
    Rate,
    /// The function has more requests per second than its reservation allows.
    ReservedRate,
    /// The caller sends too many requests per second.
    Caller,
}

impl ThrottleReason {
    /// Returns the name that the answer of Invoke has for the reason.
    pub fn name(self) -> &'static str {
        match self {
            ThrottleReason::Account => "ConcurrentInvocationLimitExceeded",
            ThrottleReason::Reserved => "ReservedFunctionConcurrentInvocationLimitExceeded",
            ThrottleReason::Rate => "FunctionInvocationRateLimitExceeded",
            ThrottleReason::ReservedRate => "ReservedFunctionInvocationRateLimitExceeded",
            ThrottleReason::Caller => "CallerRateLimitExceeded",
        }
    }
}
