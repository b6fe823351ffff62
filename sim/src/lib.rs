//! A deterministic simulator for serverless WebSocket services on AWS.
//!
//! It runs the Lambda handlers that you deploy, through the real AWS SDK, against a modelled API
//! Gateway, Lambda and DynamoDB in virtual time, and holds what happens to the promises in
//! [`stormglass_spec`]. One line of text, a [`Case`], says everything that a run needs.
//!
//! ```
//! use aws_sdk_dynamodb::{Client, types::AttributeValue};
//! use lambda_runtime::{Error, LambdaEvent};
//! use serde_json::{Value, json};
//! use stormglass_sim::{App, Case, Handler, Route, Sdk, Table, handler, replay};
//! use stormglass_spec::properties;
//!
//! /// Lets clients in even if their row could not be stored.
//! struct Careless;
//!
//! impl App for Careless {
//!     fn name(&self) -> &str { "careless" }
//!     fn routes(&self) -> Vec<Route> { vec![Route::one_way("$connect", "on-connect")] }
//!     fn table(&self) -> Table {
//!         Table::new("connections", "connectionId")
//!     }
//!     fn broadcast(&self, data: &str) -> String { data.into() }
//!     fn start(&self, _function: &str, sdk: &Sdk) -> Box<dyn Handler> {
//!         let client = Client::from_conf(sdk.dynamodb().build());
//!         handler(move |event: LambdaEvent<Value>| {
//!             let id = &event.payload["requestContext"]["connectionId"];
//!             let id = AttributeValue::S(id.as_str().unwrap_or_default().to_owned());
//!             let put = client.put_item().table_name("connections").item("connectionId", id);
//!             async move {
//!                 let _ = put.send().await; // the bug
//!                 Ok::<_, Error>(json!({ "statusCode": 200 }))
//!             }
//!         })
//!     }
//! }
//!
//! // The SDK makes three attempts, and each of them fails.
//! let case: Case = "v1 ana:c | ana.c1.put-ana1-1=error ana.c1.put-ana1-2=error \
//!                   ana.c1.put-ana1-3=error".parse().unwrap();
//! let run = replay(&Careless, &case, &properties::ALL).unwrap();
//! assert_eq!(
//!     run.violation.unwrap().because,
//!     "ana1 opened in step 13, but its row had never been stored: no broadcast can find it."
//! );
//! ```
//!
//! - [`app`]: what the simulator needs to know of an application.
//! - [`case`](mod@case): a plan and a schedule, and their text form.
//! - [`faults`]: everything that can go wrong.
//! - [`generate`]: the plan of a seed.
//! - [`strategy`]: who decides where the world goes.
//! - [`explore`]: seed after seed until a promise is broken.
//! - [`exhaust`]: every schedule of a small plan with at most so many deviations.
//! - [`shrink`]: makes the story of a broken promise short.
//! - [`report`]: a broken promise as people read it.
//! - [`kept`]: a case in a file of its own.
//! - [`dynamodb`]: DynamoDB as a state machine. The gateway and Lambda are beside it, and the
//!   world that drives all three.
//! - [`hash`]: the pinned hash behind everything that looks random.
//!
//! Handlers may use `tokio::time`. They must not spawn tasks, which is detected, and `select!`
//! must be `biased`; clocks and random numbers of their own escape the schedule.

pub mod app;
pub mod case;
pub mod dynamodb;
pub mod exhaust;
pub mod explore;
pub mod faults;
mod gateway;
pub mod generate;
pub mod hash;
pub mod kept;
mod lambda;
pub mod report;
mod run;
mod seam;
pub mod shrink;
pub mod strategy;
mod world;

pub use app::{App, Handler, Invocation, Route, Table, TableIndex, handler};
pub use case::Case;
pub use run::{HarnessError, Run, replay, run};
pub use seam::Sdk;

/// The wall clock at the start of every run, in ms since 1970: 2026-01-01T00:00:00Z.
pub const EPOCH_MS: u64 = 1_767_225_600_000;

/// The region of the simulated service.
pub const REGION: &str = "eu-central-1";

/// What every draw that no case decides is hashed with: ids, jitter, base latencies.
const CONSTANT: u64 = 0x5701_2361_a55e_0001;
