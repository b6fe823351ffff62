//! Targets of rules, with their input and their retries.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::input_path::InputPath;
use super::retry::RetryPolicy;

/// A target of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The id of the target, unique in its rule.
    pub id: String,
    /// The ARN of the function, the queue or the topic.
    pub arn: String,
    /// The part of an event that the target gets.
    pub input: TargetInput,
    /// The limits of retries.
    pub retry: RetryPolicy,
    /// The ARN of the queue for events that were not delivered, if there is one.
    pub dead_letter: Option<String>,
}

/// The input of a target.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetInput {
    /// The whole event.
    Event,
    /// This JSON, whatever the event is: `Input`.
    Constant(String),
    /// A part of the event: `InputPath`.
    Path(InputPath),
}

/// The reason for which a target is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// The JSON of the target has another shape.
    #[error("target: {0}")]
    Shape(String),
    /// A member has a value that AWS refuses.
    #[error("target {id}: {problem}")]
    Member {
        /// The id of the target.
        id: String,
        /// The problem in words.
        problem: String,
    },
    /// The model lacks a member that AWS has.
    #[error("target {id}: {member} is not modelled by the simulator")]
    Unsupported {
        /// The id of the target.
        id: String,
        /// The name of the member.
        member: String,
    },
}

/// The JSON of a target, as `PutTargets` and templates have it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TargetJson {
    id: String,
    arn: String,
    input: Option<String>,
    input_path: Option<String>,
    #[serde(default)]
    retry_policy: RetryPolicyJson,
    dead_letter_config: Option<DeadLetterJson>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// The JSON of a retry policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RetryPolicyJson {
    maximum_retry_attempts: Option<u32>,
    maximum_event_age_in_seconds: Option<u32>,
}

/// The JSON of a dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeadLetterJson {
    arn: Option<String>,
}

impl RetryPolicyJson {
    /// Returns the policy, or the problem in words.
    fn policy(self) -> Result<RetryPolicy, String> {
        let default = RetryPolicy::default();
        RetryPolicy::new(
            self.maximum_retry_attempts.unwrap_or(default.attempts_max()),
            self.maximum_event_age_in_seconds.unwrap_or(default.age_s_max()),
        )
    }
}

impl Target {
    /// Makes a target that gets whole events, with the retries of AWS and no dead-letter queue.
    pub fn new(id: impl Into<String>, arn: impl Into<String>) -> Target {
        Target {
            id: id.into(),
            arn: arn.into(),
            input: TargetInput::Event,
            retry: RetryPolicy::default(),
            dead_letter: None,
        }
    }

    /// Parses the JSON of a target, as `PutTargets` and templates have it.
    ///
    /// # Errors
    ///
    /// If AWS refuses the target, or if the model lacks a member of it.
    pub fn parse(target: &Value) -> Result<Target, TargetError> {
        let target = TargetJson::deserialize(target);
        let target = target.map_err(|error| TargetError::Shape(error.to_string()))?;
        let id = target.id;
        if let Some((member, _)) = target.others.into_iter().next() {
            return Err(TargetError::Unsupported { id, member });
        }
        let input = input(target.input, target.input_path.as_deref());
        let parts = input.and_then(|input| Ok((input, target.retry_policy.policy()?)));
        let (input, retry) = match parts {
            Ok(parts) => parts,
            Err(problem) => return Err(TargetError::Member { id, problem }),
        };
        let dead_letter = target.dead_letter_config.and_then(|config| config.arn);
        Ok(Target { id, arn: target.arn, input, retry, dead_letter })
    }
}

impl TargetInput {
    /// Returns the text that the target gets for an event.
    pub(super) fn of(&self, event: &str) -> String {
        match self {
            TargetInput::Event => event.to_owned(),
            TargetInput::Constant(json) => json.clone(),
            TargetInput::Path(path) => {
                let event: Value = serde_json::from_str(event).expect("an event is JSON");
                path.select(&event).to_string()
            }
        }
    }
}

fn input(input: Option<String>, path: Option<&str>) -> Result<TargetInput, String> {
    match (input, path) {
        (Some(_), Some(_)) => Err("only one of Input and InputPath can be set".to_owned()),
        (Some(input), None) if serde_json::from_str::<Value>(&input).is_err() => {
            Err("Input is no JSON".to_owned())
        }
        (Some(input), None) => Ok(TargetInput::Constant(input)),
        (None, Some(path)) => InputPath::parse(path).map(TargetInput::Path),
        (None, None) => Ok(TargetInput::Event),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_target_has_an_input_and_retries() {
        let parsed = Target::parse(&json!({
            "Id": "t", "Arn": "arn:f", "InputPath": "$.detail",
            "RetryPolicy": { "MaximumRetryAttempts": 3 },
            "DeadLetterConfig": { "Arn": "arn:q" },
        }));
        let target = parsed.unwrap();
        assert_eq!(target.input.of(r#"{"detail":{"a":1}}"#), r#"{"a":1}"#);
        assert_eq!((target.retry.attempts_max(), target.retry.age_s_max()), (3, 86_400));
        assert_eq!(target.dead_letter.as_deref(), Some("arn:q"));

        let constant = json!({ "Id": "t", "Arn": "arn:f", "Input": "{\"b\": 2}" });
        assert_eq!(Target::parse(&constant).unwrap().input.of("{}"), r#"{"b": 2}"#);
        let plain = json!({ "Id": "t", "Arn": "arn:f" });
        assert_eq!(Target::parse(&plain), Ok(Target::new("t", "arn:f")));
    }

    #[test]
    fn other_targets_are_refused_by_name() {
        for (more, words) in [
            (json!({ "InputTransformer": {} }), "t: InputTransformer is not modelled"),
            (json!({ "SqsParameters": {} }), "t: SqsParameters is not modelled"),
            (json!({ "Input": "{" }), "t: Input is no JSON"),
            (json!({ "Input": "1", "InputPath": "$" }), "only one of Input and InputPath"),
            (json!({ "InputPath": "detail" }), "InputPath detail must be"),
            (json!({ "RetryPolicy": { "MaximumRetryAttempts": 186 } }), "0 to 185"),
            (json!({ "Arn": 1 }), "target: invalid type"),
        ] {
            let mut target = json!({ "Id": "t", "Arn": "arn:f" });
            for (name, value) in more.as_object().unwrap() {
                target[name] = value.clone();
            }
            let error = Target::parse(&target).unwrap_err().to_string();
            assert!(error.contains(words), "{target}: {error}");
        }
    }
}
