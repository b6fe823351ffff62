//! IAM: the policies of roles, and their decisions (FACTS 17).
//!
//! Nothing here has a state but [`Usage`]. A driver reads the policies of each function's role, and
//! asks the role before each call of the function:
//!
//! ```
//! use serde_json::json;
//! use stormglass_aws::iam::{Policy, Role, actions};
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
//! assert!(!role.decide(&scan).is_allowed());
//! ```
//!
//! - `parse`, `operator`: from a policy document to a policy, with errors and warnings.
//! - `policy`, `statement`, `condition`: policies, their statements, and the conditions of those.
//! - `pattern`, `variable`, `context`: wildcards, variables, and the values of condition keys.
//! - `role`, `decision`, `usage`: requests, decisions, and the permissions that a run used.
//! - `actions`, `arn`: the actions and the resources that each call needs.
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
mod role;
mod statement;
mod usage;
mod variable;

pub use arn::{authorizer_arn, route_arn};
pub use decision::{AccessDecision, AccessRequest, Denial, DenialKind};
pub use function_policy::{FunctionPolicy, InvokePermission};
pub use parse::{PolicyError, PolicyWarning, WarningReason};
pub use policy::{Permission, PermissionPlace, Policy};
pub use role::{Role, RolePermission};
pub use usage::Usage;
