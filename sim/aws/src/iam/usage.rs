//! The permissions that a run used, for reports of those that are allowed and never used.

use std::collections::{BTreeMap, BTreeSet};

use super::{AccessDecision, Permission, Role, RolePermission};

/// The permissions that were used, for each role by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage(BTreeMap<String, BTreeSet<RolePermission>>);

impl Usage {
    /// Adds the permissions that a decision of a role used. A denial uses none.
    pub fn record(&mut self, role: &Role, decision: &AccessDecision) {
        let AccessDecision::Allowed { by } = decision else { return };
        self.permissions_of(&role.name).extend(by);
    }

    /// Adds the permissions that another run used.
    pub fn merge(&mut self, other: &Usage) {
        for (role, permissions) in &other.0 {
            self.permissions_of(role).extend(permissions);
        }
    }

    /// Returns the permissions of a role that were never used, in their order.
    pub fn unused(&self, role: &Role) -> Vec<(RolePermission, Permission)> {
        let used = self.0.get(&role.name);
        let mut permissions = role.permissions();
        permissions.retain(|(place, _)| used.is_none_or(|used| !used.contains(place)));
        permissions
    }

    fn permissions_of(&mut self, role: &str) -> &mut BTreeSet<RolePermission> {
        // Most calls are of a role that is there, and need no copy of its name.
        if !self.0.contains_key(role) {
            self.0.insert(role.to_owned(), BTreeSet::new());
        }
        self.0.get_mut(role).expect("the role was just added")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::iam::{Policy, actions};

    fn role() -> Role {
        let document = json!({
            "Version": "2012-10-17",
            "Statement": [
                { "Effect": "Deny", "Action": "sqs:*", "Resource": "*" },
                {
                    "Effect": "Allow",
                    "Action": ["dynamodb:*", "dynamodb:Scan", "dynamodb:PutItem"],
                    "Resource": "arn:aws:dynamodb:*:*:table/rooms",
                },
                { "Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*" },
            ],
        });
        let (policy, _) = Policy::parse(&document).unwrap();
        Role { name: "app".to_owned(), policies: vec![policy] }
    }

    fn unused(usage: &Usage) -> Vec<String> {
        let unused = usage.unused(&role()).into_iter();
        unused.map(|(_, permission)| permission.to_string()).collect()
    }

    #[test]
    fn a_permission_is_unused_until_a_call_needs_it() {
        let (role, mut usage) = (role(), Usage::default());
        let rooms = "arn:aws:dynamodb:*:*:table/rooms";
        let (all, scan, put) = (
            format!("dynamodb:* on {rooms}"),
            format!("dynamodb:Scan on {rooms}"),
            format!("dynamodb:PutItem on {rooms}"),
        );
        let send = "sqs:SendMessage on *".to_owned();
        assert_eq!(unused(&usage), [all, scan.clone(), put.clone(), send.clone()]);

        // A call that is denied uses nothing, and another role's calls are its own.
        usage.record(&role, &role.decide(&actions::queue("eu-west-1", "SendMessage", "work")));
        let other = Role { name: "other".to_owned(), ..role.clone() };
        let get = actions::table("eu-west-1", "GetItem", "rooms", None);
        usage.record(&other, &other.decide(&get));
        assert_eq!(unused(&usage).len(), 4);

        let query = actions::table("eu-west-1", "Query", "rooms", None);
        usage.record(&role, &role.decide(&query));
        assert_eq!(unused(&usage), [scan.clone(), put.clone(), send.clone()]);

        let mut another_run = Usage::default();
        let scan_call = actions::table("eu-west-1", "Scan", "rooms", None);
        another_run.record(&role, &role.decide(&scan_call));
        usage.merge(&another_run);
        assert_eq!(unused(&usage), [put, send]);
    }
}
