//! Execution roles of functions, and their decisions.

use super::context::Keys;
use super::decision::{AccessDecision, AccessRequest, Denial, DenialKind};
use super::policy::{Permission, PermissionPlace, Policy};
use super::statement::Effect;

/// The execution role of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// The name of the role, without a path.
    pub name: String,
    /// The policies of the role.
    pub policies: Vec<Policy>,
}

/// The place of a permission in a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RolePermission {
    /// The index of the policy in the role.
    pub policy: usize,
    /// The place in the policy.
    pub place: PermissionPlace,
}

impl Role {
    /// Decides about a request: every pair of action and resource needs an Allow, and none may have
    /// a Deny (FACTS 17.10). The first pair that fails is the denial.
    pub fn decide(&self, request: &AccessRequest) -> AccessDecision {
        let keys = Keys { role: self, context: &request.context };
        let mut by = Vec::new();
        for (action, resource) in &request.pairs {
            let deny = |kind| {
                let (action, resource) = (action.clone(), resource.clone());
                AccessDecision::Denied(Denial { action, resource, kind })
            };
            if !self.matching(Effect::Deny, action, resource, &keys).is_empty() {
                return deny(DenialKind::ExplicitDeny);
            }
            let allows = self.matching(Effect::Allow, action, resource, &keys);
            if allows.is_empty() {
                return deny(DenialKind::NoAllow);
            }
            by.extend(allows);
        }
        by.sort_unstable();
        by.dedup();
        AccessDecision::Allowed { by }
    }

    /// Returns every single action that the role allows, with its place.
    pub fn permissions(&self) -> Vec<(RolePermission, Permission)> {
        let policies = self.policies.iter().enumerate();
        let permissions = policies.flat_map(|(policy, one)| {
            let permissions = one.permissions().into_iter();
            permissions.map(move |permission| {
                (RolePermission { policy, place: permission.place }, permission)
            })
        });
        permissions.collect()
    }

    fn matching(
        &self,
        effect: Effect,
        action: &str,
        resource: &str,
        keys: &Keys<'_>,
    ) -> Vec<RolePermission> {
        let mut places = Vec::new();
        for (policy, one) in self.policies.iter().enumerate() {
            let statements = one.statements.iter().enumerate();
            for (index, statement) in statements.filter(|(_, one)| one.effect == effect) {
                let actions = statement.matching(action, resource, keys).into_iter();
                places.extend(actions.map(|action| RolePermission {
                    policy,
                    place: PermissionPlace { statement: index, action },
                }));
            }
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::iam::actions::{self, TransactionItem};

    const REGION: &str = "eu-west-1";
    const ROOMS: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/rooms";

    fn role(statements: Value) -> Role {
        let document = json!({ "Version": "2012-10-17", "Statement": statements });
        let (policy, warnings) = Policy::parse(&document).unwrap();
        assert_eq!(warnings, []);
        Role { name: "app".to_owned(), policies: vec![policy] }
    }

    fn allow(action: &str, resource: &str) -> Value {
        json!({ "Effect": "Allow", "Action": action, "Resource": resource })
    }

    fn deny(action: &str, resource: &str) -> Value {
        json!({ "Effect": "Deny", "Action": action, "Resource": resource })
    }

    fn place(policy: usize, statement: usize, action: usize) -> RolePermission {
        RolePermission { policy, place: PermissionPlace { statement, action } }
    }

    #[test]
    fn one_allow_is_enough_and_one_deny_is_too_much() {
        use DenialKind::{ExplicitDeny, NoAllow};
        for (statements, expected) in [
            (json!([allow("dynamodb:Scan", ROOMS)]), None),
            (json!([allow("DynamoDB:scan", ROOMS)]), None),
            (json!([allow("dynamodb:S*n", "*")]), None),
            (json!([allow("dynamodb:Sca?", ROOMS)]), None),
            (json!([allow("*", "arn:aws:dynamodb:*")]), None),
            (json!([allow("dynamodb:PutItem", ROOMS)]), Some(NoAllow)),
            (json!([allow("dynamodb:Scan", "arn:aws:dynamodb:*:*:table/Rooms")]), Some(NoAllow)),
            (json!([allow("dynamodb:Scan", &format!("{ROOMS}/index/*"))]), Some(NoAllow)),
            (json!([allow("*", "*"), deny("dynamodb:*", "*")]), Some(ExplicitDeny)),
            (json!([deny("dynamodb:*", "*")]), Some(ExplicitDeny)),
            (json!([allow("*", "*"), deny("sqs:*", "*")]), None),
            (json!([allow("*", "*"), deny("*", "arn:aws:dynamodb:*:*:table/logs")]), None),
            (json!([{ "Effect": "Allow", "NotAction": "dynamodb:Put*", "Resource": ROOMS }]), None),
            (
                json!([{ "Effect": "Allow", "NotAction": "dynamodb:S*", "Resource": ROOMS }]),
                Some(NoAllow),
            ),
            // A NotAction denies nothing (FACTS 17.12).
            (
                json!([
                    { "Effect": "Allow", "NotAction": "dynamodb:S*", "Resource": ROOMS },
                    allow("dynamodb:Scan", ROOMS),
                ]),
                None,
            ),
            (json!([{ "Effect": "Allow", "Action": "*", "NotResource": [ROOMS] }]), Some(NoAllow)),
            (
                json!([{
                    "Effect": "Allow",
                    "Action": "*",
                    "NotResource": "arn:aws:dynamodb:*:*:table/logs",
                }]),
                None,
            ),
        ] {
            let decision =
                role(statements.clone()).decide(&actions::table(REGION, "Scan", "rooms", None));
            let kind = match decision {
                AccessDecision::Allowed { .. } => None,
                AccessDecision::Denied(denial) => {
                    assert_eq!((&*denial.action, &*denial.resource), ("dynamodb:Scan", ROOMS));
                    Some(denial.kind)
                }
            };
            assert_eq!(kind, expected, "{statements}");
        }
    }

    #[test]
    fn a_scan_slips_through_a_condition_on_partition_keys() {
        let role = role(json!([{
            "Effect": "Allow",
            "Action": ["dynamodb:GetItem", "dynamodb:Scan"],
            "Resource": ROOMS,
            "Condition": { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["ana"] } },
        }]));
        let get = |keys: &[&str]| {
            let call = actions::table(REGION, "GetItem", "rooms", None);
            call.with("dynamodb:LeadingKeys", keys.iter().copied())
        };
        assert!(role.decide(&get(&["ana"])).is_allowed());
        assert!(!role.decide(&get(&["bob"])).is_allowed());
        assert!(!role.decide(&get(&["ana"]).and(get(&["bob"]))).is_allowed());
        assert!(role.decide(&actions::table(REGION, "Scan", "rooms", None)).is_allowed());
        assert!(role.decide(&get(&[])).is_allowed());
    }

    #[test]
    fn a_call_names_its_region_and_the_service_that_gets_a_role() {
        let conditional = |action: &str, key: &str, value: &str| {
            let condition = json!({ "StringEquals": { key: value } });
            json!({ "Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition })
        };
        let role = role(json!([
            conditional("scheduler:*", "aws:RequestedRegion", REGION),
            conditional("iam:PassRole", "iam:PassedToService", "scheduler.amazonaws.com"),
        ]));
        let create = |region| {
            let call = actions::schedule(region, "CreateSchedule", "default", "wake");
            call.and(actions::pass_role_to_scheduler("arn:aws:iam::123456789012:role/wake"))
        };
        assert!(role.decide(&create(REGION)).is_allowed());
        assert!(!role.decide(&create("us-east-1")).is_allowed());
    }

    #[test]
    fn every_pair_of_a_call_needs_an_allow() {
        let role = role(json!([allow("dynamodb:PutItem", ROOMS)]));
        let put = actions::transaction(REGION, TransactionItem::Put, "rooms");
        let check = actions::transaction(REGION, TransactionItem::ConditionCheck, "rooms");
        assert!(role.decide(&put).is_allowed());
        let AccessDecision::Denied(denial) = role.decide(&put.and(check)) else {
            panic!("a condition check is allowed")
        };
        assert_eq!(denial.action, "dynamodb:ConditionCheckItem");
    }

    #[test]
    fn a_decision_names_every_permission_that_matches() {
        let mut role = role(json!([
            deny("sqs:*", "*"),
            { "Effect": "Allow", "Action": ["sqs:*", "dynamodb:*", "*"], "Resource": "*" },
        ]));
        role.policies.push(role.policies[0].clone());
        let call = actions::table(REGION, "PutItem", "a", None);
        let call = call.and(actions::table(REGION, "PutItem", "b", None));
        let by = vec![place(0, 1, 1), place(0, 1, 2), place(1, 1, 1), place(1, 1, 2)];
        assert_eq!(role.decide(&call), AccessDecision::Allowed { by });
    }

    #[test]
    fn each_permission_can_be_taken_away() {
        let role = role(json!([
            deny("sqs:*", "*"),
            {
                "Sid": "Rows",
                "Effect": "Allow",
                "Action": ["dynamodb:PutItem", "dynamodb:Scan"],
                "Resource": [ROOMS, "arn:aws:dynamodb:*:*:table/logs"],
            },
            { "Effect": "Allow", "NotAction": ["dynamodb:*", "sqs:*"], "NotResource": ROOMS },
        ]));
        let permissions = role.permissions();
        let texts: Vec<String> = permissions.iter().map(|(_, one)| one.to_string()).collect();
        let tables = format!("{ROOMS}, arn:aws:dynamodb:*:*:table/logs");
        assert_eq!(
            texts,
            [
                format!("dynamodb:PutItem on {tables}"),
                format!("dynamodb:Scan on {tables}"),
                format!("all but dynamodb:*, sqs:* on all but {ROOMS}"),
            ]
        );
        let places: Vec<_> = permissions.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, [place(0, 1, 0), place(0, 1, 1), place(0, 2, 0)]);
        assert_eq!(permissions[0].1.sid.as_deref(), Some("Rows"));

        let calls = [
            actions::table(REGION, "PutItem", "rooms", None),
            actions::table(REGION, "Scan", "logs", None),
            actions::publish(REGION, "news"),
        ];
        for (index, (place, permission)) in permissions.iter().enumerate() {
            let less = role.policies[place.policy].without(permission);
            let less = Role { name: role.name.clone(), policies: vec![less] };
            let left: Vec<bool> = calls.iter().map(|call| less.decide(call).is_allowed()).collect();
            let expected: Vec<bool> = (0..calls.len()).map(|other| other != index).collect();
            assert_eq!(left, expected, "without {permission}");
        }
    }

    #[test]
    fn the_last_action_of_a_statement_takes_the_statement_with_it() {
        let role = role(json!([allow("sqs:SendMessage", "*"), allow("sns:Publish", "*")]));
        let policy = &role.policies[0];
        let less = policy.without(&policy.permissions()[0]);
        let [publish] = &less.permissions()[..] else { panic!("{less:?}") };
        assert_eq!(publish.place, PermissionPlace { statement: 0, action: 0 });
        assert_eq!(less.without(publish).permissions(), []);
    }
}
