//! Services that an application brings, because the simulator does not have them.

use std::fmt;

pub use stormglass_aws::http::{HttpAnswer, HttpRequest};
pub use stormglass_spec::{Sketch, Time};

/// A service that functions call and that the simulator does not have: an object store, an
/// endpoint of another company.
///
/// It is a state machine without IO: a request and the current time go in, an answer comes out. It
/// must not read a clock, and draw no random number. The simulator delivers requests and answers
/// with the same latencies and faults as those of AWS's services: they get lost, come late, fail
/// before or after the effect.
///
/// ```
/// use stormglass_sim::service::{Call, HttpAnswer, HttpRequest, Service, Sketch, Time};
///
/// /// An endpoint that counts its visitors.
/// #[derive(Debug, Default)]
/// struct Counter {
///     visitors: u64,
/// }
///
/// impl Service for Counter {
///     fn name(&self) -> &str {
///         "counter"
///     }
///
///     fn read(&self, request: &HttpRequest) -> Option<Call> {
///         (request.host() == "counter.example").then(|| Call::new("visit", ""))
///     }
///
///     fn answer(&mut self, _now: Time, _request: &HttpRequest) -> HttpAnswer {
///         self.visitors += 1;
///         HttpAnswer::new(200, "text/plain", self.visitors.to_string())
///     }
///
///     fn sketch(&self, sketch: &mut Sketch) {
///         sketch.number(self.visitors);
///     }
/// }
/// ```
pub trait Service: fmt::Debug {
    /// The name of the service in histories.
    fn name(&self) -> &str;

    /// Reads the operation of a request; `None` if the request is for another service.
    fn read(&self, request: &HttpRequest) -> Option<Call>;

    /// Carries a request out, and answers it.
    fn answer(&mut self, now: Time, request: &HttpRequest) -> HttpAnswer;

    /// Returns the answer of the service when it fails, or has no capacity if it `is_throttled`.
    /// It carries nothing out then.
    ///
    /// By default the answer is a 503 or a 429 without a body.
    fn refuse(&self, _request: &HttpRequest, is_throttled: bool) -> HttpAnswer {
        let status = if is_throttled { 429 } else { 503 };
        HttpAnswer { status, headers: Vec::new(), body: Vec::new() }
    }

    /// Adds the whole state of the service: two states that an exhaustive search may take for one
    /// must answer all further requests alike.
    fn sketch(&self, sketch: &mut Sketch);
}

/// The operation of a request, and the part of the service that the request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The name of the operation.
    pub operation: String,
    /// The part of the service, such as a key of an object store; empty if there is none.
    pub resource: String,
}

impl Call {
    /// Makes a call of an operation on a part of the service.
    pub fn new(operation: impl Into<String>, resource: impl Into<String>) -> Call {
        Call { operation: operation.into(), resource: resource.into() }
    }
}
