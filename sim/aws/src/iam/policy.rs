//! Policies of a role.

use std::fmt;

use super::statement::{Effect, Selection, Statement};

/// A policy: statements that allow or deny actions.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub(super) statements: Vec<Statement>,
}

/// One action that a statement allows, with its resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The place of the action in its policy.
    pub place: PermissionPlace,
    /// The `Sid` of the statement, if it has one.
    pub sid: Option<String>,
    /// The action as the policy writes it. For a `NotAction`, a text that names the exceptions.
    pub action: String,
    /// The resources as the policy writes them. For a `NotResource`, one text that names the
    /// exceptions.
    pub resources: Vec<String>,
}

/// The place of an action in a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PermissionPlace {
    /// The index of the statement.
    pub statement: usize,
    /// The index of the action in the statement. All that a `NotAction` allows has the index 0.
    pub action: usize,
}

impl Policy {
    /// Returns every single action that the policy allows, statement by statement.
    pub fn permissions(&self) -> Vec<Permission> {
        let statements = self.statements.iter().enumerate();
        let allowing = statements.filter(|(_, statement)| statement.effect == Effect::Allow);
        allowing.flat_map(|(index, statement)| statement.permissions(index)).collect()
    }

    /// Returns the policy without one of its permissions. A statement that allows nothing more is
    /// left out, so that the places after it change.
    ///
    /// # Panics
    ///
    /// If the permission is none of this policy.
    pub fn without(&self, permission: &Permission) -> Policy {
        assert!(self.permissions().contains(permission), "`{permission}` is not in the policy");
        let PermissionPlace { statement: index, action } = permission.place;
        let mut policy = self.clone();
        let actions = &mut policy.statements[index].actions;
        actions.patterns.remove(action);
        if actions.is_inverted || actions.patterns.is_empty() {
            policy.statements.remove(index);
        }
        policy
    }
}

impl Statement {
    fn permissions(&self, index: usize) -> Vec<Permission> {
        let actions = self.actions.texts().into_iter().enumerate();
        let permission = |(action_index, action)| Permission {
            place: PermissionPlace { statement: index, action: action_index },
            sid: self.sid.clone(),
            action,
            resources: self.resources.texts(),
        };
        actions.map(permission).collect()
    }
}

impl Selection {
    fn texts(&self) -> Vec<String> {
        let texts = self.patterns.iter().map(|pattern| pattern.text().to_owned());
        if self.is_inverted {
            vec![format!("all but {}", texts.collect::<Vec<_>>().join(", "))]
        } else {
            texts.collect()
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.action, self.resources.join(", "))
    }
}
