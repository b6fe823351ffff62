//! From tokens to trees, or to what is wrong with the syntax.

use super::lexer::{self, Kind, Token};
use super::syntax::{Call, Comparator, Operand, Step, Test};

/// How deep parentheses and `NOT` may be nested; AWS keeps its own limit to itself.
const DEPTH_MAX: usize = 100;

/// A condition or a filter.
pub(super) fn test(text: &str) -> Result<Test<'_>, String> {
    let mut parser = Parser::new(text);
    let parsed = parser.any()?;
    let test = parser.test(parsed)?;
    parser.finish(test)
}

/// The paths of a projection.
pub(super) fn paths(text: &str) -> Result<Vec<Vec<Step<'_>>>, String> {
    let mut parser = Parser::new(text);
    let mut paths = vec![parser.path()?];
    while parser.takes(",") {
        paths.push(parser.path()?);
    }
    parser.finish(paths)
}

/// What was parsed where either could stand.
#[derive(Debug)]
enum Parsed<'a> {
    Test(Test<'a>),
    Operand(Operand<'a>),
    /// Either in parentheses.
    Group(Box<Parsed<'a>>),
}

#[derive(Debug)]
struct Parser<'a> {
    text: &'a str,
    /// The last one is the end.
    tokens: Vec<Token<'a>>,
    at: usize,
    depth: usize,
    /// There were parentheses right within parentheses.
    redundant: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Parser<'a> {
        Parser { text, tokens: lexer::tokens(text), at: 0, depth: 0, redundant: false }
    }

    fn finish<T>(mut self, parsed: T) -> Result<T, String> {
        if self.token().kind != Kind::End {
            return Err(self.error());
        }
        if std::mem::take(&mut self.redundant) {
            return Err("The expression has redundant parentheses;".to_owned());
        }
        Ok(parsed)
    }

    /// Tests with `OR` between them, or less.
    fn any(&mut self) -> Result<Parsed<'a>, String> {
        let first = self.all()?;
        if self.token().kind != Kind::Or {
            return Ok(first);
        }
        let mut tests = vec![self.test(first)?];
        while self.takes_kind(Kind::Or) {
            let next = self.all()?;
            tests.push(self.test(next)?);
        }
        Ok(Parsed::Test(Test::Any(tests)))
    }

    /// Tests with `AND` between them, or less.
    fn all(&mut self) -> Result<Parsed<'a>, String> {
        let first = self.not()?;
        if self.token().kind != Kind::And {
            return Ok(first);
        }
        let mut tests = vec![self.test(first)?];
        while self.takes_kind(Kind::And) {
            let next = self.not()?;
            tests.push(self.test(next)?);
        }
        Ok(Parsed::Test(Test::All(tests)))
    }

    fn not(&mut self) -> Result<Parsed<'a>, String> {
        if !self.takes_kind(Kind::Not) {
            return self.comparison();
        }
        let inner = self.deeper(Parser::not)?;
        let test = self.test(inner)?;
        Ok(Parsed::Test(Test::Not(Box::new(test))))
    }

    fn comparison(&mut self) -> Result<Parsed<'a>, String> {
        let left = self.primary()?;
        if let Some(comparator) = Comparator::parse(&self.token()) {
            let left = self.operand_of(left)?;
            self.advance();
            let right = self.operand()?;
            return Ok(Parsed::Test(Test::Compare(comparator, left, right)));
        }
        match self.token().kind {
            Kind::Between => {
                let left = self.operand_of(left)?;
                self.advance();
                let lower = self.operand()?;
                self.expect_kind(Kind::And)?;
                let upper = self.operand()?;
                Ok(Parsed::Test(Test::Between(left, lower, upper)))
            }
            Kind::In => {
                let left = self.operand_of(left)?;
                self.advance();
                let list = self.operands()?;
                Ok(Parsed::Test(Test::In(left, list)))
            }
            _ => Ok(left),
        }
    }

    fn primary(&mut self) -> Result<Parsed<'a>, String> {
        let token = self.token();
        if self.takes("(") {
            let inner = self.deeper(Parser::any)?;
            self.expect(")")?;
            self.redundant |= matches!(inner, Parsed::Group(_));
            return Ok(Parsed::Group(Box::new(inner)));
        }
        if self.takes_kind(Kind::Value) {
            return Ok(Parsed::Operand(Operand::Value(token.text)));
        }
        let calls = self.tokens.get(self.at + 1).is_some_and(|next| next.is("("));
        if token.kind == Kind::Word && calls {
            self.advance();
            let arguments = self.operands()?;
            let call = Call { function: token.text, arguments };
            return Ok(Parsed::Operand(Operand::Call(call)));
        }
        Ok(Parsed::Operand(Operand::Path(self.path()?)))
    }

    fn operand(&mut self) -> Result<Operand<'a>, String> {
        let parsed = self.primary()?;
        self.operand_of(parsed)
    }

    /// Operands in parentheses and with commas between them.
    fn operands(&mut self) -> Result<Vec<Operand<'a>>, String> {
        self.expect("(")?;
        let mut operands = vec![self.deeper(Parser::operand)?];
        while self.takes(",") {
            operands.push(self.deeper(Parser::operand)?);
        }
        self.expect(")")?;
        Ok(operands)
    }

    fn path(&mut self) -> Result<Vec<Step<'a>>, String> {
        let mut steps = vec![self.name()?];
        loop {
            if self.takes(".") {
                steps.push(self.name()?);
            } else if self.takes("[") {
                let index = self.token().text;
                self.expect_kind(Kind::Index)?;
                steps.push(Step::Index(index));
                self.expect("]")?;
            } else {
                return Ok(steps);
            }
        }
    }

    fn name(&mut self) -> Result<Step<'a>, String> {
        let token = self.token();
        let step = match token.kind {
            Kind::Word => Step::Word(token.text),
            Kind::Name => Step::Name(token.text),
            _ => return Err(self.error()),
        };
        self.advance();
        Ok(step)
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

    /// Parses what is nested, so that no expression can exhaust the stack.
    fn deeper<T>(
        &mut self,
        parse: impl FnOnce(&mut Parser<'a>) -> Result<T, String>,
    ) -> Result<T, String> {
        if self.depth == DEPTH_MAX {
            return Err("The expression has too many nested operators or parentheses".to_owned());
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn token(&self) -> Token<'a> {
        // The position never passes the end, which is always there.
        let end = Token { kind: Kind::End, text: "", start: self.text.len() };
        self.tokens.get(self.at).copied().unwrap_or(end)
    }

    fn advance(&mut self) {
        if self.token().kind != Kind::End {
            self.at += 1;
        }
    }

    fn takes(&mut self, symbol: &str) -> bool {
        let takes = self.token().is(symbol);
        if takes {
            self.advance();
        }
        takes
    }

    fn takes_kind(&mut self, kind: Kind) -> bool {
        let takes = self.token().kind == kind;
        if takes {
            self.advance();
        }
        takes
    }

    fn expect(&mut self, symbol: &str) -> Result<(), String> {
        if self.takes(symbol) { Ok(()) } else { Err(self.error()) }
    }

    fn expect_kind(&mut self, kind: Kind) -> Result<(), String> {
        if self.takes_kind(kind) { Ok(()) } else { Err(self.error()) }
    }

    /// The complaint about the token at hand, with its neighbours.
    fn error(&self) -> String {
        let token = self.token();
        let name = if token.kind == Kind::End { "<EOF>" } else { token.text };
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let after = self.tokens.get(self.at + 1).filter(|next| next.kind != Kind::End);
        let from = before.map_or(token.start, |before| before.start);
        let to = match (before, after) {
            (_, Some(after)) => after.end(),
            (Some(before), None) if token.kind == Kind::End => before.end(),
            _ => token.end(),
        };
        let near = self.text.get(from..to).unwrap_or_default();
        format!("Syntax error; token: \"{name}\", near: \"{near}\"")
    }
}
