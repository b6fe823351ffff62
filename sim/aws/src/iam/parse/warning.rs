//! Warnings about policies.

use std::fmt;

/// A part of a policy that AWS may read in another way than the model does, or that cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWarning {
    /// The place in the document, like `Statement[0].Condition.IpAddress.aws:SourceIp`.
    pub place: String,
    /// The reason.
    pub reason: WarningReason,
}

/// The reason of a warning about a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WarningReason {
    /// AWS has the operator, and the model lacks it. Its key counts as missing (FACTS 17.13).
    OperatorNotModelled,
    /// AWS has no such operator. Its key counts as missing.
    UnknownOperator,
    /// The model knows no value of the key, so it counts as missing.
    UnknownKey,
    /// The model knows no value of the variable with this key. Unless it has a default, it fits
    /// nothing.
    UnknownVariable(String),
    /// The text holds `${`, and the version of the policy has no variables.
    VersionWithoutVariables,
    /// The key has several values, and the operator begins with neither `ForAllValues:` nor
    /// `ForAnyValue:`. AWS does not say how it reads that.
    NoQuantifier,
    /// The pattern is no ARN of six parts, so it fits none.
    NoArn,
}

impl fmt::Display for PolicyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        match &self.reason {
            WarningReason::OperatorNotModelled => {
                f.write_str("the operator is not simulated; its key counts as missing")
            }
            WarningReason::UnknownOperator => {
                f.write_str("IAM has no such operator; its key counts as missing")
            }
            WarningReason::UnknownKey => {
                f.write_str("the key is not simulated; it counts as missing")
            }
            WarningReason::UnknownVariable(key) => {
                write!(f, "the variable `${{{key}}}` is not simulated; it has no value")
            }
            WarningReason::VersionWithoutVariables => f.write_str(
                "variables are plain text in this version; write \"Version\": \"2012-10-17\"",
            ),
            WarningReason::NoQuantifier => f.write_str(
                "the key has several values; write ForAllValues: or ForAnyValue: before the \
                 operator",
            ),
            WarningReason::NoArn => f.write_str("the pattern is no ARN of six parts; it fits none"),
        }
    }
}
