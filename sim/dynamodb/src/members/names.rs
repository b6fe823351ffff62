//! Members that are names, and other texts with a rule.

use super::Members;
use crate::answer::Answer;
use crate::names::{
    self, NAME, TABLE_LENGTH_MAX, TableArn, TextRule, length_at_least, length_at_most,
};

const ARN_LENGTH_MAX: usize = 1024;

/// The rule for the table of an operation on items, whose name may be of one character.
const TABLE: TextRule = TextRule { is_name: true, least: 1, most: TABLE_LENGTH_MAX };

impl<'a> Members<'a> {
    /// Reads the name of the table of an operation on items.
    ///
    /// Notes a violation and returns an empty name if there is none.
    pub(crate) fn table(&mut self) -> Result<String, Answer> {
        let Some(text) = self.string("TableName")? else {
            self.missing("TableName");
            return Ok(String::new());
        };
        self.table_named(text)
    }

    /// Returns the name of the table that a text names, perhaps by its ARN.
    ///
    /// AWS reports an empty name alone, without the other violations.
    pub(crate) fn table_named(&mut self, text: &str) -> Result<String, Answer> {
        if text.is_empty() {
            return Err(names::wrong_length(text, &length_at_least(1)));
        }
        match self.table_arn(text) {
            Some(arn) if !arn.is_ours() => Err(Answer::table_not_found()),
            Some(arn) => Ok(arn.table.to_owned()),
            None => {
                self.check_text("TableName", text, TABLE);
                Ok(text.to_owned())
            }
        }
    }

    /// Parses the ARN of a table, and notes a violation if it is too long.
    pub(crate) fn table_arn<'b>(&mut self, text: &'b str) -> Option<TableArn<'b>> {
        let arn = TableArn::parse(text)?;
        if text.len() > ARN_LENGTH_MAX {
            self.violate("TableName", Some(text), &length_at_most(ARN_LENGTH_MAX));
        }
        Some(arn)
    }

    /// Reads the table as the request names it, perhaps by its ARN, for the answer to repeat.
    pub(crate) fn shown_table(&self) -> Result<String, Answer> {
        Ok(self.string("TableName")?.unwrap_or_default().to_owned())
    }

    /// Reads the name of an index.
    pub(crate) fn index(&mut self) -> Result<Option<String>, Answer> {
        Ok(self.text("IndexName", NAME)?.map(str::to_owned))
    }

    /// Reads a text, and notes the violations of its rule.
    pub(crate) fn text(&mut self, name: &str, rule: TextRule) -> Result<Option<&'a str>, Answer> {
        let text = self.string(name)?;
        if let Some(text) = text {
            self.check_text(name, text, rule);
        }
        Ok(text)
    }

    /// Reads a text that must be there.
    ///
    /// Notes a violation and returns an empty text if it is not.
    pub(crate) fn require_text(&mut self, name: &str, rule: TextRule) -> Result<&'a str, Answer> {
        let text = self.text(name, rule)?;
        if text.is_none() {
            self.missing(name);
        }
        Ok(text.unwrap_or_default())
    }

    /// Notes the rules that a text violates.
    pub(crate) fn check_text(&mut self, name: &str, text: &str, rule: TextRule) {
        for constraint in rule.violations(text) {
            self.violate(name, Some(text), &constraint);
        }
    }

    /// Reads one of some words that must be there.
    ///
    /// Notes a violation and returns an empty text if it is not.
    pub(crate) fn require_one_of(&mut self, name: &str, words: &[&str]) -> Result<&'a str, Answer> {
        let word = self.one_of(name, words)?;
        if word.is_none() {
            self.missing(name);
        }
        Ok(word.unwrap_or_default())
    }
}
