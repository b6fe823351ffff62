//! AWS services beside DynamoDB, as state machines without IO.
//!
//! - [`gateway`]: API Gateway for WebSocket APIs.
//! - [`lambda`]: the sandboxes of Lambda.

pub mod gateway;
pub mod lambda;
