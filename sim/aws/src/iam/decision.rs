//! Requests for access, and the decisions about them.

use super::context::{Context, is_known};
use super::role::RolePermission;

/// The access that one call needs: every action on its resource, in one context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessRequest {
    pub(super) pairs: Vec<(String, String)>,
    pub(super) context: Context,
}

/// A decision about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessDecision {
    /// Every action is allowed.
    Allowed {
        /// All permissions of the role that match an action, in their order, each once.
        by: Vec<RolePermission>,
    },
    /// An action is not allowed.
    Denied(Denial),
}

/// The first action of a request that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The action, like `dynamodb:PutItem`.
    pub action: String,
    /// The ARN of the resource.
    pub resource: String,
    /// The reason.
    pub kind: DenialKind,
}

/// The reason of a denial (FACTS 17.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DenialKind {
    /// No statement allows the action on the resource.
    NoAllow,
    /// A statement denies it.
    ExplicitDeny,
}

impl AccessRequest {
    /// Creates a request for one action on one resource.
    pub fn new(action: impl Into<String>, resource: impl Into<String>) -> AccessRequest {
        let pairs = vec![(action.into(), resource.into())];
        AccessRequest { pairs, context: Context::default() }
    }

    /// Adds the actions and the context of another request. A pair that is there already, and a
    /// value that its key has already, are not added twice.
    pub fn and(mut self, other: AccessRequest) -> AccessRequest {
        for pair in other.pairs {
            if !self.pairs.contains(&pair) {
                self.pairs.push(pair);
            }
        }
        self.context.merge(other.context);
        self
    }

    /// Adds values of a condition key, like `dynamodb:LeadingKeys` (FACTS 17.14).
    ///
    /// # Panics
    ///
    /// If the key is none that a request can have here: the parser warns of conditions with it.
    pub fn with<V: Into<String>>(
        mut self,
        key: &str,
        values: impl IntoIterator<Item = V>,
    ) -> AccessRequest {
        assert!(is_known(&key.to_ascii_lowercase()), "no request has the key `{key}`");
        self.context.add(key, values.into_iter().map(Into::into));
        self
    }

    /// Returns the pairs of actions and resources, in their order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }
}

impl AccessDecision {
    /// Reports whether every action is allowed.
    pub fn is_allowed(&self) -> bool {
        matches!(self, AccessDecision::Allowed { .. })
    }
}
