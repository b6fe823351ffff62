//! Functions of a stack.

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_aws::iam::Role;
use stormglass_aws::lambda::{AsyncSettings, function_arn};
use stormglass_spec::REGION;

/// The timeout and the memory of a function whose deployment sets none, as on AWS.
pub(super) const TIMEOUT: Duration = Duration::from_secs(3);
const MEMORY_MB: u32 = 128;

/// A function of a stack.
///
/// ```
/// use stormglass_sim::stack::Function;
///
/// let connect = Function::new("connect").memory_mb(256).environment("TABLE_NAME", "connections");
/// let variables = connect.variables();
/// assert_eq!(variables["TABLE_NAME"], "connections");
/// assert_eq!(variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "256");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// The name of the function.
    pub name: String,
    /// The longest time that an invocation may take.
    pub timeout: Duration,
    /// The memory, in MB. The function can read it in its environment, and nothing enforces it.
    pub memory_mb: u32,
    /// The variables of its environment besides those that Lambda sets.
    pub environment: BTreeMap<String, String>,
    /// The settings of its asynchronous invocations (FACTS 11.12, 11.17).
    pub asynchronous: AsyncSettings,
    /// The concurrency that is reserved for it, which it never exceeds (FACTS 11.18).
    pub reserved_concurrency: Option<u32>,
    /// The role that says which calls it may make; without one it may make every call (FACTS 17).
    pub role: Option<Role>,
}

impl Function {
    /// Makes a function with AWS's own timeout of 3 s and memory of 128 MB.
    pub fn new(name: &str) -> Function {
        Function {
            name: name.to_owned(),
            timeout: TIMEOUT,
            memory_mb: MEMORY_MB,
            environment: BTreeMap::new(),
            asynchronous: AsyncSettings::default(),
            reserved_concurrency: None,
            role: None,
        }
    }

    /// Sets the longest time that an invocation may take.
    pub fn timeout(self, timeout: Duration) -> Function {
        Function { timeout, ..self }
    }

    /// Sets the memory, in MB.
    pub fn memory_mb(self, memory_mb: u32) -> Function {
        Function { memory_mb, ..self }
    }

    /// Sets a variable of the environment.
    pub fn environment(mut self, name: &str, value: &str) -> Function {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Replaces the settings of its asynchronous invocations.
    pub fn asynchronous(self, asynchronous: AsyncSettings) -> Function {
        Function { asynchronous, ..self }
    }

    /// Reserves a part of the account's concurrency for the function.
    pub fn reserved_concurrency(self, concurrency: u32) -> Function {
        Function { reserved_concurrency: Some(concurrency), ..self }
    }

    /// Lets the function make only the calls that a role allows. Services refuse all others as on
    /// AWS.
    pub fn role(self, role: Role) -> Function {
        Function { role: Some(role), ..self }
    }

    /// Returns the ARN of the function.
    pub fn arn(&self) -> String {
        function_arn(&self.name)
    }

    /// Returns all variables of the environment: those that Lambda sets for every function, and the
    /// function's own, which go before them.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let of_lambda = [
            ("AWS_LAMBDA_FUNCTION_NAME", self.name.clone()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", self.memory_mb.to_string()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", self.name)),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "local".to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("TZ", ":UTC".to_owned()),
            ("LANG", "en_US.UTF-8".to_owned()),
        ];
        let of_lambda = of_lambda.map(|(name, value)| (name.to_owned(), value));
        let mut variables = BTreeMap::from(of_lambda);
        variables.extend(self.environment.clone());
        variables
    }
}
