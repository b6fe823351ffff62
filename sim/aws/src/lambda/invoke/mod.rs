//! The Invoke API (FACTS 11.1 to 11.11, 11.26).
//!
//! - `request`, `operations`, `limits`, `canonical`: requests, as far as no function is needed.
//! - `answer`, `error_body`: answers with their statuses, headers and bodies.
//! - `failure`: the errors of functions, as callers and records see them.
//!
//! A driver parses a request, asks whether the caller may do [`InvokeRequest::ACTION`] on the
//! function and whether there is such a function, and goes by the mode: it runs the function and
//! waits, accepts an event ([`AsyncEvents::accept`](super::AsyncEvents::accept)), or does nothing.
//! It answers with one of the builders of [`InvokeAnswer`].

mod answer;
mod canonical;
mod error_body;
mod failure;
mod limits;
mod operations;
mod request;

pub use answer::InvokeAnswer;
pub use failure::{FunctionExit, FunctionFailure};
pub use limits::InvokeLimits;
pub use request::{InvocationMode, InvokeRequest};
