//! The names of functions: plain, in part of an ARN, in an ARN, each with a qualifier or without.

use std::fmt;

use stormglass_spec::REGION;
use thiserror::Error;

use super::function_arn;
use crate::ACCOUNT;

/// The longest name of a function, in characters.
const NAME_CHARACTERS_MAX: usize = 64;
/// The longest qualifier, in characters.
const QUALIFIER_CHARACTERS_MAX: usize = 128;
/// The version that runs unless a call names another.
pub(super) const LATEST: &str = "$LATEST";

/// A function, and the version or alias of it that a call names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionReference {
    /// The name of the function.
    pub name: String,
    /// The version or the alias, if one is named.
    pub qualifier: Option<String>,
}

/// A text that names no function of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FunctionReferenceError {
    /// The text has none of the forms of a name.
    #[error(
        "a function is named by its name, its ARN, or the end of its ARN from the account on, each \
         with a qualifier after a colon or without"
    )]
    Malformed,
    /// The text is the ARN of a function of another account or region.
    #[error("the function belongs to another account or region")]
    Foreign,
}

impl FunctionReference {
    /// Names a function without a qualifier.
    pub fn new(name: &str) -> FunctionReference {
        FunctionReference { name: name.to_owned(), qualifier: None }
    }

    /// Parses `notify`, `notify:live`, `123456789012:function:notify`, or an ARN (FACTS 11.1).
    ///
    /// # Errors
    ///
    /// If the text has another form, or names an account or a region that is not the simulated
    /// one.
    pub fn parse(text: &str) -> Result<FunctionReference, FunctionReferenceError> {
        let rest = text.strip_prefix("arn:aws:lambda:").unwrap_or(text);
        let parts: Vec<&str> = rest.split(':').collect();
        let mut parts = parts.as_slice();
        let region = take_prefix(&mut parts, is_region);
        let account = take_prefix(&mut parts, is_account);
        take_prefix(&mut parts, |part| part == "function");
        let (name, qualifier) = match parts {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some(*qualifier)),
            _ => return Err(FunctionReferenceError::Malformed),
        };
        if !is_name(name) || !qualifier.is_none_or(is_qualifier) {
            return Err(FunctionReferenceError::Malformed);
        }
        if region.is_some_and(|it| it != REGION) || account.is_some_and(|it| it != ACCOUNT) {
            return Err(FunctionReferenceError::Foreign);
        }
        Ok(FunctionReference { name: name.to_owned(), qualifier: qualifier.map(str::to_owned) })
    }

    /// Returns the ARN that the call names, with its qualifier if it has one.
    pub fn arn(&self) -> String {
        let arn = function_arn(&self.name);
        match &self.qualifier {
            Some(qualifier) => format!("{arn}:{qualifier}"),
            None => arn,
        }
    }

    /// Returns the ARN with the version that runs, as the records of asynchronous invocations have
    /// it (FACTS 11.17).
    pub fn arn_of_version(&self) -> String {
        format!("{}:{}", function_arn(&self.name), self.version())
    }

    /// Returns the version or alias that runs.
    pub fn version(&self) -> &str {
        self.qualifier.as_deref().unwrap_or(LATEST)
    }
}

impl fmt::Display for FunctionReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.qualifier.as_ref().map_or(Ok(()), |qualifier| write!(f, ":{qualifier}"))
    }
}

/// Reports whether a text is a version or an alias, as the query of a call names it.
pub(super) fn is_qualifier(text: &str) -> bool {
    let is_plain = is_plain(text) && text.len() <= QUALIFIER_CHARACTERS_MAX;
    is_plain || text == LATEST
}

/// Takes the first part of a name if it has the right form and is not the last one.
fn take_prefix<'a>(parts: &mut &[&'a str], is_right: impl Fn(&str) -> bool) -> Option<&'a str> {
    let (first, rest) = parts.split_first()?;
    if rest.is_empty() || !is_right(first) {
        return None;
    }
    *parts = rest;
    Some(first)
}

fn is_name(text: &str) -> bool {
    is_plain(text) && text.len() <= NAME_CHARACTERS_MAX
}

fn is_plain(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reports whether a text has the form of a region: `eu-central-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|it| it.is_ascii_lowercase());
    let Some((number, words)) = parts.split_last() else { return false };
    let is_number = number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (2..=3).contains(&words.len()) && words.iter().all(is_word)
}
