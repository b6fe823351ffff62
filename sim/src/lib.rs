//! A deterministic simulator for serverless WebSocket services on AWS.
//!
//! It runs the Lambda handlers that you deploy, through the real AWS SDK, against a modelled API
//! Gateway, Lambda and DynamoDB in virtual time, and judges each run by the promises in
//! [`stormglass_spec`]. One line of text, a [`Case`], says everything that a run needs.
//!
//! ```
//! use aws_sdk_dynamodb::{Client, types::AttributeValue};
//! use lambda_runtime::{Error, LambdaEvent};
//! use serde_json::{Value, json};
//! use stormglass_sim::stack::{Route, Stack, Table};
//! use stormglass_sim::{App, Case, Handler, Sdk, handler, replay};
//! use stormglass_spec::properties;
//!
//! /// Lets clients in even if their row could not be stored.
//! struct Careless;
//!
//! impl App for Careless {
//!     fn name(&self) -> &str { "careless" }
//!     fn stack(&self) -> Stack {
//!         Stack::new()
//!             .route(Route::one_way("$connect", "on-connect"))
//!             .table(Table::new("connections", "connectionId"))
//!     }
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
//! # Your own handlers
//!
//! `sim/examples/rooms` is a small chat that is tested this way; copy from it. Three other kinds of
//! services are in `sim/examples/services`, each in one file. There are four parts:
//!
//! - An [`App`] has a [`Stack`](stack::Stack): its routes, functions and tables, as data. It starts
//!   a function in a sandbox: it builds the function's clients from an [`Sdk`], where `main` builds
//!   them from `aws_config`. All other code is the code that you deploy.
//! - [`App::properties`] lists the promises that must hold: those of
//!   [`stormglass_spec::properties`] and [`stormglass_spec::ready`] that fit, and your own (see
//!   [`stormglass_spec::Property`]).
//!   [`App::vocabulary`] lists the messages that your handlers understand, from which plans are
//!   composed. An application with broadcasts says what they look like ([`App::broadcasts`]).
//! - A program of two lines, `stormglass::main(&[&Chat])` of the crate `stormglass`, has the whole
//!   command line: it explores, replays, shrinks, keeps and verifies.
//! - A test draws cases and checks them. It needs the feature `proptest` of this crate:
//!
#![cfg_attr(feature = "proptest", doc = "```")]
#![cfg_attr(not(feature = "proptest"), doc = "```ignore")]
//! use proptest::prelude::*;
//! use stormglass_sim::{cases, check, kept};
//! # use stormglass_sim::stack::Stack;
//! # use stormglass_sim::{App, Handler, Sdk, handler};
//! # struct Chat;
//! # impl App for Chat {
//! #     fn name(&self) -> &str { "chat" }
//! #     fn stack(&self) -> Stack { Stack::new() }
//! #     fn start(&self, _: &str, _: &Sdk) -> Box<dyn Handler> { unreachable!() }
//! #     fn properties(&self) -> Vec<stormglass_spec::Property> { vec![] }
//! # }
//!
//! proptest! {
//!     #[test]
//!     fn no_promise_is_broken(case in cases(&Chat)) {
//!         check(&Chat, &case)?; // on failure: the shortest story, and the line that replays it
//!     }
//! }
//!
//! #[test]
//! fn what_went_wrong_once_does_not_go_wrong_again() -> Result<(), kept::FolderError> {
//!     kept::replay_all(&Chat, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases")).map(|_| ())
//! }
//! ```
//!
//! ```toml
//! [dev-dependencies]
//! proptest = { version = "1.12", default-features = false, features = ["std"] }
//! stormglass-sim = { version = "0.1", features = ["proptest"] }
//! stormglass-spec = "0.1"
//! ```
//!
//! Before the first release, and for the newest state, write `git =
//! "https://github.com/stormglass-dev/stormglass"` in place of `version`, in both lines.
//!
//! Your crate needs Rust 1.95 or newer, in any edition. It needs the SDK version that the simulator
//! was built with, or a newer one: `aws-sdk-dynamodb` 1.136 and `aws-sdk-apigatewaymanagement`
//! 1.120, with `lambda_runtime` 1.5. Cargo then picks one version of each for both crates, and one
//! of `aws-smithy-types` and `aws-smithy-runtime-api` below them. If a lock file holds an older
//! version, Cargo says ``failed to select a version for `aws-sdk-dynamodb` ``: run `cargo update`.
//! If the tree holds two versions after all, the compiler says ``expected
//! `aws_sdk_dynamodb::config::Builder`, found a different `aws_sdk_dynamodb::config::Builder` ``,
//! and notes the two versions of the crate. `cargo tree --duplicates` shows which crate depends on
//! which version. The simulator needs no feature of the SDK, and works with all of them: the wire,
//! the clock and the sleep come with the [`Sdk`].
//!
//! The builders of an [`Sdk`] have the `BehaviorVersion` `v2026_01_12` set. Deploy with the same
//! one, because retries and timeouts depend on it. The simulator also applies the settings that
//! your code adds to a builder before `build`, such as a `TimeoutConfig` or a `RetryConfig`.
//!
//! Handlers may use `tokio::time`. They must not spawn tasks; the simulator detects it if they do.
//! Each `select!` must be `biased`. Clocks and random numbers that the handlers take from elsewhere
//! escape the schedule.
//!
//! # Map
//!
//! - [`app`], [`stack`]: the application under test, and its deployed parts as data.
//! - [`case`](mod@case): a plan and a schedule, and their text form.
//! - [`faults`]: everything that can go wrong.
//! - [`Vocabulary`], [`generate`]: the messages of an application, and the plan of a seed.
//! - [`client`]: the programs of clients, which reconnect, wait for replies and so on.
//! - [`service`]: services that an application brings.
//! - [`strategy`]: the strategies that choose how a run goes on.
//! - [`search`]: many runs: explorations, exhaustive searches, shrinking.
//! - [`report`]: reports and pictures of a run, and case files.
//! - [`check`](check()) and `cases`: a case as a test, and cases for proptest.
//! - [`translate`]: requests and answers of services in the words of a history.

pub mod app;
pub mod case;
#[cfg(feature = "proptest")]
mod cases;
mod divergence;
pub mod faults;
pub mod generate;
mod outcome;
pub mod report;
mod run;
mod seam;
pub mod search;
pub mod service;
pub mod stack;
pub mod strategy;
pub mod translate;
mod vocabulary;
mod world;

pub use app::{App, Broadcasts, CommandLine, Handler, Invocation, handler};
pub use case::Case;
#[cfg(feature = "proptest")]
pub use cases::{Cases, Simpler, cases};
pub use divergence::{Difference, Divergence};
pub use outcome::{HarnessError, Run};
pub use report::check::{CheckError, check};
pub use report::kept;
pub use run::{replay, run};
pub use seam::{Background, Sdk};
pub use stormglass_aws::gateway::Upgrade;
pub use stormglass_client as client;
pub use vocabulary::Vocabulary;
