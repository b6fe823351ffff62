//! Reads a case's text from left to right.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::CaseError;

/// A place in a case's text.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    pub(super) fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Steps over `token` if the rest begins with it; returns true if it does.
    pub(super) fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Steps over `token`, with which the rest must begin.
    pub(super) fn expect(&mut self, token: &str) -> Result<(), CaseError> {
        if self.eat(token) { Ok(()) } else { Err(self.error(format!("expected `{token}`"))) }
    }

    /// Takes the longest run of characters for which `belongs` is true.
    pub(super) fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Takes a whole number.
    pub(super) fn number(&mut self, what: &str) -> Result<u32, CaseError> {
        let digits = self.take_while(|c| c.is_ascii_digit());
        digits.parse().map_err(|_| self.error(format!("expected {what}, a whole number")))
    }

    /// Takes one JSON value, and returns its text unchanged.
    pub(super) fn json(&mut self) -> Result<&'a str, CaseError> {
        let rest = self.rest();
        let starts_here = !rest.starts_with(char::is_whitespace);
        // The deserializer's iterator would need a delimiter after a number, but `#` may follow.
        let mut reader = serde_json::Deserializer::from_str(rest);
        match <&RawValue>::deserialize(&mut reader) {
            Ok(value) if starts_here => {
                self.at += value.get().len();
                Ok(value.get())
            }
            _ => Err(self.error("expected a JSON value")),
        }
    }

    /// Makes an error that names the current column and the word that stands there.
    pub(super) fn error(&self, message: impl Into<String>) -> CaseError {
        let column = self.text[..self.at].chars().count() + 1;
        let found = match self.rest().split_whitespace().next() {
            Some(word) => format!("`{}`", word.chars().take(20).collect::<String>()),
            None => "the end".to_owned(),
        };
        CaseError::new(format!("{} at column {column}, found {found}", message.into()))
    }
}
