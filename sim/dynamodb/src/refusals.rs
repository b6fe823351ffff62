//! Errors that several operations on tables share.

use crate::answer::Answer;
use crate::names;

/// The table does not exist, in the words of the control plane, which names it.
pub(crate) fn table_not_found(name: &str) -> Answer {
    let message = format!("Requested resource not found: Table: {name} not found");
    Answer::error(400, "ResourceNotFoundException", &message)
}

/// A table of this name exists already.
pub(crate) fn table_exists(name: &str) -> Answer {
    in_use(&format!("Table already exists: {name}"))
}

/// Another change of the table is pending.
pub(super) fn in_use(message: &str) -> Answer {
    Answer::error(400, "ResourceInUseException", message)
}

/// A limit of the account or of the table is reached.
pub(super) fn limit(message: &str) -> Answer {
    Answer::error(400, "LimitExceededException", message)
}

/// The members contradict one another, or one of them is not allowed.
pub(super) fn invalid(message: &str) -> Answer {
    Answer::validation(&format!("One or more parameter values were invalid: {message}"))
}

/// The caller has no rights on the resource. `Message` has a capital here, as on AWS.
pub(super) fn access_denied(operation: &str, resource: &str) -> Answer {
    let message = format!(
        "User: arn:aws:iam::{}:user/stormglass is not authorized to perform: \
         dynamodb:{operation} on resource: {resource}",
        names::ACCOUNT
    );
    Answer::error_with(400, "AccessDeniedException", Some(("Message", &message)), "")
}
