//! A deterministic simulator for serverless WebSocket services on AWS.
//!
//! - [`app`]: what the simulator needs to know of an application.
//! - [`case`](mod@case): a plan and a schedule, and their text form.
//! - [`strategy`]: who decides where the world goes.
//! - [`explore`]: seed after seed until a promise is broken.
//! - [`report`]: a broken promise as people read it.
//! - [`dynamodb`]: DynamoDB as a state machine; the gateway and Lambda are beside it.

pub mod app;
pub mod case;
pub mod dynamodb;
pub mod explore;
mod gateway;
pub mod generate;
pub mod hash;
mod lambda;
pub mod report;
mod run;
mod seam;
pub mod strategy;
mod world;

pub use app::{App, Handler, Invocation, Route, Table, handler};
pub use case::Case;
pub use run::{HarnessError, Run, replay, run};
pub use seam::Sdk;

/// The wall clock at the start of every run, in ms since 1970: 2026-01-01T00:00:00Z.
pub const EPOCH_MS: u64 = 1_767_225_600_000;

/// The region of the simulated service.
pub const REGION: &str = "eu-central-1";

/// What every draw that no case decides is hashed with: ids, jitter, base latencies.
const CONSTANT: u64 = 0x5701_2361_a55e_0001;
