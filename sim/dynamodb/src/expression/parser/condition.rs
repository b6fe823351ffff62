//! Parses conditions and filters.

use super::Parser;
use crate::expression::syntax::{Comparator, ConditionNode, OperandNode, StepNode};

/// Parses a condition or a filter.
pub(crate) fn condition(text: &str) -> Result<ConditionNode<'_>, String> {
    let mut parser = Parser::new(text, &["AND", "OR", "NOT", "BETWEEN", "IN"]);
    let parsed = parser.any()?;
    let condition = parser.condition(parsed)?;
    parser.finish(condition)
}

/// A piece of a condition in a place where both kinds are allowed.
#[derive(Debug)]
enum Fragment<'a> {
    Condition(ConditionNode<'a>),
    Operand(OperandNode<'a>),
    /// A condition or an operand in parentheses.
    Group(Box<Fragment<'a>>),
}

impl<'a> Parser<'a> {
    /// Parses conditions with `OR` between them, or a single one.
    fn any(&mut self) -> Result<Fragment<'a>, String> {
        let first = self.all()?;
        if !self.token().is_keyword("OR") {
            return Ok(first);
        }
        let mut conditions = vec![self.condition(first)?];
        while self.takes_keyword("OR") {
            self.count_operator()?;
            let next = self.all()?;
            conditions.push(self.condition(next)?);
        }
        Ok(Fragment::Condition(ConditionNode::Any(conditions)))
    }

    /// Parses conditions with `AND` between them, or a single one.
    fn all(&mut self) -> Result<Fragment<'a>, String> {
        let first = self.not()?;
        if !self.token().is_keyword("AND") {
            return Ok(first);
        }
        let mut conditions = vec![self.condition(first)?];
        while self.takes_keyword("AND") {
            self.count_operator()?;
            let next = self.not()?;
            conditions.push(self.condition(next)?);
        }
        Ok(Fragment::Condition(ConditionNode::All(conditions)))
    }

    fn not(&mut self) -> Result<Fragment<'a>, String> {
        if !self.takes_keyword("NOT") {
            return self.comparison();
        }
        self.count_operator()?;
        let inner = self.deeper(Parser::not)?;
        let condition = self.condition(inner)?;
        Ok(Fragment::Condition(ConditionNode::Not(Box::new(condition))))
    }

    fn comparison(&mut self) -> Result<Fragment<'a>, String> {
        let left = self.primary()?;
        let token = self.token();
        if let Some(comparator) = Comparator::parse(&token) {
            let left = self.compared(left)?;
            let right = self.operand()?;
            return Ok(Fragment::Condition(ConditionNode::Compare(comparator, left, right)));
        }
        if token.is_keyword("BETWEEN") {
            let left = self.compared(left)?;
            let lower = self.operand()?;
            if !self.takes_keyword("AND") {
                return Err(self.error());
            }
            let upper = self.operand()?;
            return Ok(Fragment::Condition(ConditionNode::Between(left, lower, upper)));
        }
        if token.is_keyword("IN") {
            let left = self.compared(left)?;
            let list = self.list(Parser::operand)?;
            return Ok(Fragment::Condition(ConditionNode::In(left, list)));
        }
        Ok(left)
    }

    /// Returns the operand before an operator, and moves behind the operator.
    fn compared(&mut self, left: Fragment<'a>) -> Result<OperandNode<'a>, String> {
        let left = self.operand_of(left)?;
        self.advance();
        self.count_operator()?;
        Ok(left)
    }

    fn primary(&mut self) -> Result<Fragment<'a>, String> {
        if self.takes("(") {
            let inner = self.deeper(Parser::any)?;
            self.expect(")")?;
            self.redundant |= matches!(inner, Fragment::Group(_));
            return self.group(inner);
        }
        if let Some(value) = self.takes_value() {
            return Ok(Fragment::Operand(OperandNode::Value(value)));
        }
        if let Some(call) = self.call(Parser::operand)? {
            return Ok(Fragment::Operand(OperandNode::Call(call)));
        }
        Ok(Fragment::Operand(OperandNode::Path(self.path()?)))
    }

    /// Parses the text behind parentheses, where a path can continue.
    fn group(&mut self, inner: Fragment<'a>) -> Result<Fragment<'a>, String> {
        let goes_on = self.token().is(".") || self.token().is("[");
        match inner.into_path() {
            Ok(steps) if goes_on => {
                Ok(Fragment::Operand(OperandNode::Path(self.path_from(steps)?)))
            }
            Ok(steps) => Ok(Fragment::Group(Box::new(Fragment::Operand(OperandNode::Path(steps))))),
            Err(inner) => Ok(Fragment::Group(Box::new(inner))),
        }
    }

    fn operand(&mut self) -> Result<OperandNode<'a>, String> {
        let parsed = self.primary()?;
        self.operand_of(parsed)
    }

    /// Returns a fragment as a condition.
    ///
    /// For an operand, the error is at the token behind it, where AWS expects a comparison.
    fn condition(&self, parsed: Fragment<'a>) -> Result<ConditionNode<'a>, String> {
        match parsed {
            Fragment::Condition(condition) => Ok(condition),
            Fragment::Operand(OperandNode::Call(call)) => Ok(ConditionNode::Call(call)),
            Fragment::Operand(_) => Err(self.error()),
            Fragment::Group(inner) => self.condition(*inner),
        }
    }

    /// Returns a fragment as an operand.
    fn operand_of(&self, parsed: Fragment<'a>) -> Result<OperandNode<'a>, String> {
        match parsed {
            Fragment::Operand(operand) => Ok(operand),
            Fragment::Condition(_) => Err(self.error()),
            Fragment::Group(inner) => self.operand_of(*inner),
        }
    }
}

impl<'a> Fragment<'a> {
    /// Returns the steps of a path, or the fragment itself if it is none.
    fn into_path(self) -> Result<Vec<StepNode<'a>>, Fragment<'a>> {
        match self {
            Fragment::Operand(OperandNode::Path(steps)) => Ok(steps),
            Fragment::Group(inner) => {
                inner.into_path().map_err(|inner| Fragment::Group(Box::new(inner)))
            }
            other => Err(other),
        }
    }
}
