//! IAM: the policies of roles, their decisions, and the refusals of each service (FACTS 17).
//!
//! Nothing here has a state but [`Usage`]. A driver reads the policies of each function's role,
//! asks the role before each call of the function, and answers a denied call with [`refusal`]:
//!
//! ```
//! use serde_json::json;
//! use stormglass_aws::iam::{AccessDecision, AwsService, Policy, Role, actions, refusal};
//!
//! let document = json!({
//!     "Version": "2012-10-17",
//!     "Statement": {
//!         "Effect": "Allow",
//!         "Action": "dynamodb:*Item",
//!         "Resource": "arn:aws:dynamodb:*:*:table/connections",
//!     },
//! });
//! let (policy, warnings) = Policy::parse(&document).unwrap();
//! assert!(warnings.is_empty());
//! let role = Role { name: "broadcast-role".to_owned(), policies: vec![policy] };
//!
//! let put = actions::table("eu-central-1", "PutItem", "connections", None);
//! assert!(role.decide(&put).is_allowed());
//!
//! let scan = actions::table("eu-central-1", "Scan", "connections", None);
//! let AccessDecision::Denied(denial) = role.decide(&scan) else { panic!("a scan is allowed") };
//! let answer = refusal(AwsService::DynamoDb, &denial, "broadcast", &role.name);
//! assert_eq!(answer.status, 400);
//! ```
//!
//! - `parse`, `operator`: from a policy document to a policy, with errors and warnings.
//! - `policy`, `statement`, `condition`: policies, their statements, and the conditions of those.
//! - `pattern`, `variable`, `context`: wildcards, variables, and the values of condition keys.
//! - `role`, `decision`, `usage`: requests, decisions, and the permissions that a run used.
//! - `actions`, `arn`: the actions and the resources that each call needs.
//! - `refusal`: the answer of each service to a call that is denied.
//! - `function_policy`: the services that may invoke a function.

pub mod actions;
mod arn;
mod condition;
mod context;
mod decision;
mod function_policy;
mod operator;
mod parse;
mod pattern;
mod policy;
mod refusal;
mod role;
mod statement;
mod usage;
mod variable;

pub use arn::{authorizer_arn, route_arn};
pub use decision::{AccessDecision, AccessRequest, Denial, DenialKind};
pub use function_policy::{FunctionPolicy, InvokePermission};
pub use parse::{PolicyError, PolicyWarning, WarningReason};
pub(crate) use pattern::wildcards_fit;
pub use policy::{Permission, PermissionPlace, Policy};
pub use refusal::{AwsService, refusal};
pub use role::{Role, RolePermission};
pub use usage::Usage;
