//! Policies of functions: the services that may invoke them (FACTS 17.23).

use super::pattern::{Pattern, Syntax};
use crate::ACCOUNT;

/// The policy of a function: the permissions of services to invoke it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FunctionPolicy {
    permissions: Vec<InvokePermission>,
}

/// The permission of a service to invoke a function, as `AWS::Lambda::Permission` gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvokePermission {
    /// The service, like `apigateway.amazonaws.com`, or `*` for all.
    pub principal: String,
    /// The pattern of the ARNs on whose behalf the service may invoke; without it, on any.
    pub source_arn: Option<String>,
    /// The account of those ARNs; without it, any.
    pub source_account: Option<String>,
}

impl FunctionPolicy {
    /// Creates the policy of a function. Without permissions, no service may invoke it.
    pub fn new(permissions: Vec<InvokePermission>) -> FunctionPolicy {
        FunctionPolicy { permissions }
    }

    /// Reports whether a service may invoke the function on behalf of an ARN of the account, like
    /// that of a [route](super::route_arn).
    pub fn allows(&self, principal: &str, source_arn: &str) -> bool {
        self.permissions.iter().any(|permission| permission.allows(principal, source_arn))
    }
}

impl InvokePermission {
    fn allows(&self, principal: &str, source_arn: &str) -> bool {
        let is_principal = self.principal == "*" || self.principal == principal;
        let is_account = self.source_account.as_ref().is_none_or(|account| account == ACCOUNT);
        // Lambda compares the pattern as ArnLike does.
        let fits = |pattern: &str| Pattern::new(pattern, Syntax::Arn, false).fits_alone(source_arn);
        is_principal && is_account && self.source_arn.as_deref().is_none_or(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{authorizer_arn, route_arn};

    const GATEWAY: &str = "apigateway.amazonaws.com";

    fn policy(source_arn: Option<&str>, source_account: Option<&str>) -> FunctionPolicy {
        FunctionPolicy::new(vec![InvokePermission {
            principal: GATEWAY.to_owned(),
            source_arn: source_arn.map(str::to_owned),
            source_account: source_account.map(str::to_owned),
        }])
    }

    #[test]
    fn a_route_needs_a_permission_that_covers_it() {
        let connect = route_arn("eu-west-1", "abc", "prod", "$connect");
        let api = "arn:aws:execute-api:eu-west-1:123456789012:abc";
        assert_eq!(connect, format!("{api}/prod/$connect"));
        for (source_arn, is_allowed) in [
            (format!("{api}/prod/$connect"), true),
            (format!("{api}/*/$connect"), true),
            (format!("{api}/*"), true),
            (format!("{api}/*/*"), true),
            ("arn:aws:execute-api:*:*:*".to_owned(), true),
            (format!("{api}/prod/$disconnect"), false),
            (format!("{api}/dev/*"), false),
            ("arn:aws:execute-api:eu-west-1:123456789012:other/*".to_owned(), false),
            ("arn:aws:execute-api:*".to_owned(), false),
            (format!("{api}/prod"), false),
        ] {
            let policy = policy(Some(&source_arn), None);
            assert_eq!(policy.allows(GATEWAY, &connect), is_allowed, "{source_arn}");
        }
    }

    #[test]
    fn a_permission_is_for_its_principal_and_its_account() {
        let source = authorizer_arn("eu-west-1", "abc", "xyz");
        assert_eq!(source, "arn:aws:execute-api:eu-west-1:123456789012:abc/authorizers/xyz");
        assert!(policy(None, None).allows(GATEWAY, &source));
        assert!(!policy(None, None).allows("sns.amazonaws.com", &source));
        assert!(policy(None, Some("123456789012")).allows(GATEWAY, &source));
        assert!(!policy(None, Some("210987654321")).allows(GATEWAY, &source));
        assert!(!FunctionPolicy::default().allows(GATEWAY, &source));
        let everyone =
            InvokePermission { principal: "*".to_owned(), source_arn: None, source_account: None };
        assert!(FunctionPolicy::new(vec![everyone]).allows("sns.amazonaws.com", &source));
    }

    #[test]
    fn one_permission_of_several_is_enough() {
        let [first, second] = ["$connect", "chat"].map(|key| InvokePermission {
            principal: GATEWAY.to_owned(),
            source_arn: Some(route_arn("eu-west-1", "abc", "*", key)),
            source_account: None,
        });
        let policy = FunctionPolicy::new(vec![first, second]);
        assert!(policy.allows(GATEWAY, &route_arn("eu-west-1", "abc", "prod", "chat")));
        assert!(!policy.allows(GATEWAY, &route_arn("eu-west-1", "abc", "prod", "$default")));
    }
}
