//! API Gateway for WebSocket APIs, and the sandboxes of Lambda, as state machines without IO.
//!
//! A service here is plain data. An input and the current time go in, and effects come out, which
//! a driver carries out. There is no socket, no clock and no executor inside, so one gateway can
//! serve a simulation in virtual time and browsers on a real port. Each behaviour cites its fact:
//! `FACTS 1.7` is row 1.7 of `spec/FACTS.md`, which has the source.
//!
//! The crate can be used alone, for one question to API Gateway or for a driver of your own:
//!
//! ```
//! use stormglass_aws::gateway::{
//!     Api, Gateway, GatewayEffect, Limits, ManagementOperation, ManagementRequest, Route, Stage,
//!     Upgrade, connection_id, request_id,
//! };
//! use stormglass_spec::Time;
//!
//! let at = |ms| Time::from_millis(ms);
//! let routes = vec![Route::one_way("$disconnect", "on-disconnect")];
//! let api = Api::new(routes, "$request.body.action", None).unwrap();
//! let mut gateway = Gateway::new(Stage::default(), api, Limits::default());
//!
//! // Without a `$connect` route, a connection opens at once (FACTS 1.3).
//! let ana = connection_id([1; 5]);
//! let (authorize, connect) = (request_id([2; 5]), request_id([3; 5]));
//! let effects = gateway.on_upgrade(at(0), ana.clone(), authorize, connect, &Upgrade::default());
//! assert_eq!(effects, [GatewayEffect::Upgraded { connection: ana.clone(), protocol: None }]);
//!
//! // A post is accepted. The driver has the message, and sends it.
//! let operation = ManagementOperation::Post { bytes: 5 };
//! let post = ManagementRequest { id: ana.clone(), operation };
//! let (outcome, effects) = gateway.on_management_request(at(5), &post, request_id([4; 5]));
//! assert_eq!((outcome.response().status, effects), (200, vec![]));
//!
//! // The client breaks off: the connection closes, and then `$disconnect` runs (FACTS 1.15).
//! let effects = gateway.on_client_left(at(9), &ana, request_id([5; 5]));
//! let [GatewayEffect::Closed { code: 1006, .. }, GatewayEffect::Invoke { route, .. }] =
//!     &effects[..]
//! else {
//!     panic!("expected a close and an invocation, got {effects:?}");
//! };
//! assert_eq!(route.function, "on-disconnect");
//!
//! // From the close on, a post gets 410 (FACTS 4.6).
//! let (outcome, _) = gateway.on_management_request(at(9), &post, request_id([6; 5]));
//! assert_eq!(outcome.response().status, 410);
//! ```
//!
//! # Three kinds of methods
//!
//! - Inputs begin with `on_`: something happened, and the driver reports it
//!   ([`on_message`](gateway::Gateway::on_message)).
//! - Commands are verbs: the driver decides it ([`close_if_due`](gateway::Gateway::close_if_due),
//!   [`place`](lambda::Lambda::place)).
//! - Queries take `&self` and change nothing ([`closes_at`](gateway::Gateway::closes_at)).
//!
//! # Map
//!
//! - [`domain`]: custom domains, which map paths to stages.
//! - [`eventbridge`]: EventBridge: events, rules, and deliveries to targets.
//! - [`front`]: HTTP in front of Lambda: HTTP APIs, REST APIs and function URLs.
//! - [`gateway`]: API Gateway for WebSocket APIs: handshakes, routes, closes, `@connections`.
//! - [`http`]: requests and answers on the wire.
//! - [`iam`]: policies of roles and functions, and the refusals of each service.
//! - [`lambda`]: Lambda's placement of invocations in sandboxes.
//! - [`lambda`]: Lambda: sandboxes, the Invoke API, and the queue of asynchronous invocations.
//! - [`mapping`]: event source mappings: Lambda reads queues and streams.
//! - [`pattern`]: event patterns of EventBridge, and the filters of event source mappings.
//! - [`schedule`]: schedule expressions: `rate`, `cron` and `at`.
//! - [`scheduler`]: EventBridge Scheduler: schedules that clients create, and their invocations.
//! - [`sns`]: SNS: topics that deliver to functions and queues.
//! - [`sqs`]: Amazon SQS: queues, their messages, and requests to them.

pub mod domain;
pub mod eventbridge;
mod form;
pub mod front;
pub mod gateway;
pub mod http;
pub mod iam;
pub mod lambda;
pub mod mapping;
pub mod pattern;
pub mod schedule;
pub mod scheduler;
pub mod sns;
pub mod sqs;
mod uuid;

/// The id of the account in every ARN of a simulated service.
pub const ACCOUNT: &str = "123456789012";
