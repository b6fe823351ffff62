//! The resources of a stack that is created with given parameters.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::template;

/// The parameters that turn the authorizer on.
pub(crate) const GUARDED: [(&str, &str); 3] =
    [("JwtSecret", "secret"), ("JwtIssuer", "https://issuer.example"), ("JwtAudience", "chat")];

/// A stack, with its conditions decided. Everything else is as the template has it.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) resources: BTreeMap<String, Value>,
    pub(crate) outputs: BTreeMap<String, Value>,
    /// The reasons for which the rules of the template would refuse the parameters.
    pub(crate) refusals: Vec<String>,
}

impl Stack {
    /// The stack that the template's own defaults give.
    pub(crate) fn by_default() -> Stack {
        Stack::with(&[])
    }

    /// The stack that these parameters give.
    pub(crate) fn with(parameters: &[(&str, &str)]) -> Stack {
        let template = template::parsed();
        let evaluation = template.with("storm", parameters).expect("the template has them");
        let members = |section| {
            let members = evaluation.members(section).expect("conditions that can be decided");
            members.into_iter().map(|(id, member)| (id, member.to_json())).collect()
        };
        Stack {
            resources: members("Resources"),
            outputs: members("Outputs"),
            refusals: evaluation.refusals().expect("rules that can be decided"),
        }
    }

    /// The properties of the resource with this logical id.
    pub(crate) fn properties(&self, id: &str) -> &Value {
        let resource = self.resources.get(id);
        &resource.unwrap_or_else(|| panic!("the stack has no {id}"))["Properties"]
    }

    /// The logical ids of the resources of this type.
    pub(crate) fn ids(&self, kind: &str) -> Vec<&str> {
        let of_kind = self.resources.iter().filter(|(_, resource)| resource["Type"] == kind);
        of_kind.map(|(id, _)| id.as_str()).collect()
    }
}
