//! Roles: the policies that say which calls a function may make.

use stormglass_sim::stack::{Policy, Role};

use super::{Reader, Resource};
use crate::node::Node;
use crate::problem::Mistake;
use crate::values::ROLE;

/// The resources that give roles further policies.
const POLICIES: [&str; 3] = ["AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy"];

impl<'a> Reader<'a> {
    /// Returns the role of a function, if it is one of the template.
    pub(super) fn role_of(&mut self, function: Resource<'a>) -> Result<Option<Role>, Mistake> {
        let Some(given) = function.property("Role") else { return Ok(None) };
        let roles = self.of_kind(ROLE);
        let Some(role) = roles.into_iter().find(|role| is_of(given, role.id)) else {
            let what = "the role is not one of the template, so the function may make every call";
            self.warn(function, Mistake::new(given.line, what));
            return Ok(None);
        };
        if let Some(line) = self.further_policies(role) {
            let what = format!(
                "the role `{}` has policies beside its own, which are not read, so the function \
                 may make every call",
                role.id
            );
            self.warn(function, Mistake::new(line, what));
            return Ok(None);
        }
        let name = self.evaluation.name_of(role.id, role.node.line)?;
        let inline = role.property("Policies").map_or(&[][..], Node::items);
        let documents = inline.iter().filter_map(|policy| policy.get("PolicyDocument"));
        let mut policies = Vec::new();
        for document in documents {
            let json = self.evaluation.json(document)?;
            let (policy, warnings) = Policy::parse(&json)
                .map_err(|error| Mistake::new(document.line, error.to_string()))?;
            policies.push(policy);
            for warning in warnings {
                self.warn(role, Mistake::new(document.line, warning.to_string()));
            }
        }
        Ok(Some(Role { name, policies }))
    }
}

impl<'a> Reader<'a> {
    /// Returns the line of the first policy that a role has beside its own, if there is one.
    fn further_policies(&self, role: Resource<'a>) -> Option<usize> {
        if let Some(managed) = role.property("ManagedPolicyArns") {
            return Some(managed.line);
        }
        let policies = POLICIES.iter().flat_map(|kind| self.of_kind(kind));
        let mut of_role = policies.filter(|policy| {
            let roles = policy.property("Roles").map_or(&[][..], Node::items);
            let role_name = policy.property("RoleName");
            roles.iter().chain(role_name).any(|it| it.refers_to(role.id))
        });
        of_role.next().map(|policy| policy.node.line)
    }
}

/// Reports whether a value is the ARN of a resource of the template.
fn is_of(value: &Node, id: &str) -> bool {
    match value.intrinsic() {
        Some(("Fn::GetAtt", argument)) => argument.items().first().and_then(Node::text) == Some(id),
        _ => false,
    }
}
