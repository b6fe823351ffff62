//! Variables in policies: `${key}` and `${key, 'default'}`.

use super::context::Keys;

/// A variable of a policy, which stands for the value of a condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// The name of the key, as the policy writes it.
    pub(super) key: String,
    default: Option<String>,
}

impl Variable {
    /// Parses the variable at the beginning of a text. Returns it with its length in bytes. `None`
    /// if no variable begins there. All of a malformed one is its key, so that it has no value.
    pub(super) fn parse(text: &str) -> Option<(Variable, usize)> {
        let inside = text.strip_prefix("${")?;
        let Some(end) = inside.find('}') else {
            return Some((Variable { key: text.to_owned(), default: None }, text.len()));
        };
        let inside = &inside[..end];
        let with_default = inside.split_once(',').and_then(|(key, default)| {
            let default = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            Some((key, Some(default.to_owned())))
        });
        let (key, default) = with_default.unwrap_or((inside, None));
        Some((Variable { key: key.trim().to_owned(), default }, end + 3))
    }

    /// Returns the character that the variable stands for, if it is `${*}`, `${?}` or `${$}`.
    pub(super) fn escaped(&self) -> Option<char> {
        match self.key.as_str() {
            "*" => Some('*'),
            "?" => Some('?'),
            "$" => Some('$'),
            _ => None,
        }
    }

    /// Returns the value in a request. `None` if the key is missing or has several values, and the
    /// variable has no default.
    pub(super) fn value(&self, keys: &Keys<'_>) -> Option<String> {
        match keys.values(&self.key.to_ascii_lowercase()).as_deref() {
            Some([value]) => Some(value.clone()),
            _ => self.default.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_has_a_key_and_may_have_a_default() {
        let parse = |text| Variable::parse(text).map(|(variable, length)| (variable.key, length));
        assert_eq!(parse("${aws:SourceArn}x"), Some(("aws:SourceArn".to_owned(), 16)));
        assert_eq!(parse("${ aws:a , 'b c' }"), Some(("aws:a".to_owned(), 18)));
        assert_eq!(parse("$aws:a}"), None);
        // Malformed ones.
        assert_eq!(parse("${aws:a, b}c"), Some(("aws:a, b".to_owned(), 11)));
        assert_eq!(parse("${aws:a"), Some(("${aws:a".to_owned(), 7)));
        let (variable, _) = Variable::parse("${aws:a, 'b c'}").unwrap();
        assert_eq!(variable.default.as_deref(), Some("b c"));
    }
}
