//! Errors that several operations share.

use crate::answer::Answer;
use crate::names;

/// There is no such table, said by the control plane, which names it.
pub(crate) fn table_not_found(name: &str) -> Answer {
    let message = format!("Requested resource not found: Table: {name} not found");
    Answer::error(400, "ResourceNotFoundException", &message)
}

/// There is such a table already.
pub(crate) fn table_exists(name: &str) -> Answer {
    in_use(&format!("Table already exists: {name}"))
}

/// Something else is being done with the table.
pub(super) fn in_use(message: &str) -> Answer {
    Answer::error(400, "ResourceInUseException", message)
}

/// A limit of the account or of the table.
pub(super) fn limit(message: &str) -> Answer {
    Answer::error(400, "LimitExceededException", message)
}

/// Something is wrong with what the members say together.
pub(super) fn invalid(message: &str) -> Answer {
    Answer::validation(&format!("One or more parameter values were invalid: {message}"))
}

/// The caller has no rights there; the name of the message has a capital, as on AWS.
pub(super) fn access_denied(operation: &str, resource: &str) -> Answer {
    let message = format!(
        "User: arn:aws:iam::{}:user/stormglass is not authorized to perform: \
         dynamodb:{operation} on resource: {resource}",
        names::ACCOUNT
    );
    Answer::error_with(400, "AccessDeniedException", Some(("Message", &message)), "")
}
