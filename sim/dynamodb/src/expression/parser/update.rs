//! Parses updates.

use super::Parser;
use crate::expression::lexer::TokenKind;
use crate::expression::syntax::{ActionNode, Clause, EffectNode, OperandNode, Sum, Verb};

/// Parses the clauses of an update.
pub(crate) fn update(text: &str) -> Result<Vec<Clause<'_>>, String> {
    let mut parser = Parser::new(text, &["SET", "REMOVE", "ADD", "DELETE"]);
    let mut clauses = vec![parser.clause()?];
    while parser.token().kind != TokenKind::End {
        clauses.push(parser.clause()?);
    }
    parser.finish(clauses)
}

/// A sum, with a flag that is true for a sum in parentheses.
type Term<'a> = (Sum<'a>, bool);

impl<'a> Parser<'a> {
    fn clause(&mut self) -> Result<Clause<'a>, String> {
        let token = self.token();
        let Some(verb) = Verb::ALL.into_iter().find(|verb| token.is_keyword(verb.keyword())) else {
            return Err(self.error());
        };
        self.advance();
        let mut actions = vec![self.action(verb)?];
        while self.takes(",") {
            actions.push(self.action(verb)?);
        }
        Ok(Clause { verb, actions })
    }

    fn action(&mut self, verb: Verb) -> Result<ActionNode<'a>, String> {
        let path = self.path()?;
        let effect = match verb {
            Verb::Set => {
                self.expect("=")?;
                let (sum, _) = self.sum()?;
                EffectNode::Set(sum)
            }
            Verb::Remove => EffectNode::Remove,
            Verb::Add => EffectNode::Add(self.expect_value()?),
            Verb::Delete => EffectNode::Delete(self.expect_value()?),
        };
        Ok(ActionNode { path, effect })
    }

    fn expect_value(&mut self) -> Result<&'a str, String> {
        self.takes_value().ok_or_else(|| self.error())
    }

    /// Parses an operand, or two with a plus or a minus between them.
    fn sum(&mut self) -> Result<Term<'a>, String> {
        let left = self.term()?;
        let make = match self.token() {
            token if token.is("+") => Sum::Plus,
            token if token.is("-") => Sum::Minus,
            _ => return Ok(left),
        };
        let left = self.only_one(left)?;
        self.advance();
        self.count_operator()?;
        let right = self.term()?;
        let right = self.only_one(right)?;
        Ok((make(left, right), false))
    }

    /// Parses a sum in parentheses, or an operand.
    fn term(&mut self) -> Result<Term<'a>, String> {
        if !self.takes("(") {
            return Ok((Sum::One(self.update_operand()?), false));
        }
        let (sum, is_grouped) = self.deeper(Parser::sum)?;
        self.expect(")")?;
        self.redundant |= is_grouped;
        Ok((sum, true))
    }

    /// Returns the operand of a term, and refuses a sum: sums have two operands at most.
    fn only_one(&self, (sum, _): Term<'a>) -> Result<OperandNode<'a>, String> {
        match sum {
            Sum::One(operand) => Ok(operand),
            Sum::Plus(..) | Sum::Minus(..) => Err(self.error()),
        }
    }

    fn argument(&mut self) -> Result<OperandNode<'a>, String> {
        let term = self.term()?;
        self.only_one(term)
    }

    fn update_operand(&mut self) -> Result<OperandNode<'a>, String> {
        if let Some(value) = self.takes_value() {
            return Ok(OperandNode::Value(value));
        }
        if let Some(call) = self.call(Parser::argument)? {
            return Ok(OperandNode::Call(call));
        }
        Ok(OperandNode::Path(self.path()?))
    }
}
