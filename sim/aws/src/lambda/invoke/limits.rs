//! The sizes that Invoke allows.

/// The sizes that Invoke allows (FACTS 11.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvokeLimits {
    /// The largest payload of a synchronous invocation, in bytes.
    pub request_bytes_max: usize,
    /// The largest payload of an asynchronous invocation, in bytes. It was a quarter of today's.
    pub event_bytes_max: usize,
    /// The largest response of a function, in bytes.
    pub response_bytes_max: usize,
}

impl Default for InvokeLimits {
    fn default() -> InvokeLimits {
        InvokeLimits {
            request_bytes_max: 6 * 1024 * 1024,
            event_bytes_max: 1024 * 1024,
            response_bytes_max: 6 * 1024 * 1024,
        }
    }
}
