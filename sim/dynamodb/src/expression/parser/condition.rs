//! Conditions and filters.

use super::Parser;
use crate::expression::syntax::{Comparator, Operand, Step, Test};

/// A condition or a filter.
pub(crate) fn test(text: &str) -> Result<Test<'_>, String> {
    let mut parser = Parser::new(text, &["AND", "OR", "NOT", "BETWEEN", "IN"]);
    let parsed = parser.any()?;
    let test = parser.test(parsed)?;
    parser.finish(test)
}

/// What was parsed where either could stand.
#[derive(Debug)]
enum Parsed<'a> {
    Test(Test<'a>),
    Operand(Operand<'a>),
    /// Either in parentheses.
    Group(Box<Parsed<'a>>),
}

impl<'a> Parser<'a> {
    /// Tests with `OR` between them, or less.
    fn any(&mut self) -> Result<Parsed<'a>, String> {
        let first = self.all()?;
        if !self.token().is_keyword("OR") {
            return Ok(first);
        }
        let mut tests = vec![self.test(first)?];
        while self.takes_keyword("OR") {
            self.count_operator()?;
            let next = self.all()?;
            tests.push(self.test(next)?);
        }
        Ok(Parsed::Test(Test::Any(tests)))
    }

    /// Tests with `AND` between them, or less.
    fn all(&mut self) -> Result<Parsed<'a>, String> {
        let first = self.not()?;
        if !self.token().is_keyword("AND") {
            return Ok(first);
        }
        let mut tests = vec![self.test(first)?];
        while self.takes_keyword("AND") {
            self.count_operator()?;
            let next = self.not()?;
            tests.push(self.test(next)?);
        }
        Ok(Parsed::Test(Test::All(tests)))
    }

    fn not(&mut self) -> Result<Parsed<'a>, String> {
        if !self.takes_keyword("NOT") {
            return self.comparison();
        }
        self.count_operator()?;
        let inner = self.deeper(Parser::not)?;
        let test = self.test(inner)?;
        Ok(Parsed::Test(Test::Not(Box::new(test))))
    }

    fn comparison(&mut self) -> Result<Parsed<'a>, String> {
        let left = self.primary()?;
        let token = self.token();
        if let Some(comparator) = Comparator::parse(&token) {
            let left = self.compared(left)?;
            let right = self.operand()?;
            return Ok(Parsed::Test(Test::Compare(comparator, left, right)));
        }
        if token.is_keyword("BETWEEN") {
            let left = self.compared(left)?;
            let lower = self.operand()?;
            if !self.takes_keyword("AND") {
                return Err(self.error());
            }
            let upper = self.operand()?;
            return Ok(Parsed::Test(Test::Between(left, lower, upper)));
        }
        if token.is_keyword("IN") {
            let left = self.compared(left)?;
            let list = self.list(Parser::operand)?;
            return Ok(Parsed::Test(Test::In(left, list)));
        }
        Ok(left)
    }

    /// What stands before the operator at hand, which is passed.
    fn compared(&mut self, left: Parsed<'a>) -> Result<Operand<'a>, String> {
        let left = self.operand_of(left)?;
        self.advance();
        self.count_operator()?;
        Ok(left)
    }

    fn primary(&mut self) -> Result<Parsed<'a>, String> {
        if self.takes("(") {
            let inner = self.deeper(Parser::any)?;
            self.expect(")")?;
            self.redundant |= matches!(inner, Parsed::Group(_));
            return self.group(inner);
        }
        if let Some(value) = self.takes_value() {
            return Ok(Parsed::Operand(Operand::Value(value)));
        }
        if let Some(call) = self.call(Parser::operand)? {
            return Ok(Parsed::Operand(Operand::Call(call)));
        }
        Ok(Parsed::Operand(Operand::Path(self.path()?)))
    }

    /// What was in parentheses; a path goes on behind them.
    fn group(&mut self, inner: Parsed<'a>) -> Result<Parsed<'a>, String> {
        let goes_on = self.token().is(".") || self.token().is("[");
        match inner.into_path() {
            Ok(steps) if goes_on => Ok(Parsed::Operand(Operand::Path(self.path_from(steps)?))),
            Ok(steps) => Ok(Parsed::Group(Box::new(Parsed::Operand(Operand::Path(steps))))),
            Err(inner) => Ok(Parsed::Group(Box::new(inner))),
        }
    }

    fn operand(&mut self) -> Result<Operand<'a>, String> {
        let parsed = self.primary()?;
        self.operand_of(parsed)
    }

    /// The test that was parsed; a bare value is an error at what should have followed it.
    fn test(&self, parsed: Parsed<'a>) -> Result<Test<'a>, String> {
        match parsed {
            Parsed::Test(test) => Ok(test),
            Parsed::Operand(Operand::Call(call)) => Ok(Test::Call(call)),
            Parsed::Operand(_) => Err(self.error()),
            Parsed::Group(inner) => self.test(*inner),
        }
    }

    /// The value that was parsed; a test has none.
    fn operand_of(&self, parsed: Parsed<'a>) -> Result<Operand<'a>, String> {
        match parsed {
            Parsed::Operand(operand) => Ok(operand),
            Parsed::Test(_) => Err(self.error()),
            Parsed::Group(inner) => self.operand_of(*inner),
        }
    }
}

impl<'a> Parsed<'a> {
    /// The steps of a path, or what was parsed as it is.
    fn into_path(self) -> Result<Vec<Step<'a>>, Parsed<'a>> {
        match self {
            Parsed::Operand(Operand::Path(steps)) => Ok(steps),
            Parsed::Group(inner) => {
                inner.into_path().map_err(|inner| Parsed::Group(Box::new(inner)))
            }
            other => Err(other),
        }
    }
}
