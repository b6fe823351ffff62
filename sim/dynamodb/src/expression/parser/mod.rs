//! Parses tokens into trees, with the syntax errors of AWS.
//!
//! | module | contents |
//! |---|---|
//! | `condition` | conditions and filters |
//! | `update` | updates |

mod condition;
mod update;

pub(super) use condition::condition;
pub(super) use update::update;

use super::lexer::{self, Token, TokenKind};
use super::syntax::{Call, OperandNode, StepNode};

/// The largest depth of parentheses and `NOT`. AWS does not publish its limit.
const DEPTH_MAX: usize = 100;

/// The largest number of operators and functions, by the quotas of the developer guide.
const OPERATORS_MAX: usize = 300;

/// Parses the paths of a projection.
pub(super) fn paths(text: &str) -> Result<Vec<Vec<StepNode<'_>>>, String> {
    let mut parser = Parser::new(text, &[]);
    let mut paths = vec![parser.path()?];
    while parser.takes(",") {
        paths.push(parser.path()?);
    }
    parser.finish(paths)
}

#[derive(Debug)]
struct Parser<'a> {
    text: &'a str,
    /// The tokens. The last one is the end.
    tokens: Vec<Token<'a>>,
    /// The words that are no names in this kind of expression.
    keywords: &'static [&'static str],
    at: usize,
    depth: usize,
    operators: usize,
    /// True after parentheses directly within parentheses.
    redundant: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, keywords: &'static [&'static str]) -> Parser<'a> {
        let tokens = lexer::tokens(text);
        Parser { text, tokens, keywords, at: 0, depth: 0, operators: 0, redundant: false }
    }

    fn finish<T>(self, parsed: T) -> Result<T, String> {
        if self.token().kind != TokenKind::End {
            return Err(self.error());
        }
        if self.redundant {
            return Err("The expression has redundant parentheses;".to_owned());
        }
        Ok(parsed)
    }

    /// Parses a function with its arguments, if one is next.
    fn call(
        &mut self,
        argument: fn(&mut Parser<'a>) -> Result<OperandNode<'a>, String>,
    ) -> Result<Option<Call<'a>>, String> {
        let token = self.token();
        let calls = self.tokens.get(self.at + 1).is_some_and(|next| next.is("("));
        if token.kind != TokenKind::Word || !calls || self.is_at_keyword() {
            return Ok(None);
        }
        self.advance();
        self.count_operator()?;
        let arguments = self.list(argument)?;
        Ok(Some(Call { function: token.text, arguments }))
    }

    /// Parses operands in parentheses, with commas between them.
    fn list(
        &mut self,
        operand: fn(&mut Parser<'a>) -> Result<OperandNode<'a>, String>,
    ) -> Result<Vec<OperandNode<'a>>, String> {
        self.expect("(")?;
        let mut operands = vec![self.deeper(operand)?];
        while self.takes(",") {
            operands.push(self.deeper(operand)?);
        }
        self.expect(")")?;
        Ok(operands)
    }

    fn path(&mut self) -> Result<Vec<StepNode<'a>>, String> {
        let first = self.name()?;
        self.path_from(vec![first])
    }

    /// Parses the rest of a path that begins with these steps.
    fn path_from(&mut self, mut steps: Vec<StepNode<'a>>) -> Result<Vec<StepNode<'a>>, String> {
        loop {
            if self.takes(".") {
                steps.push(self.name()?);
            } else if self.takes("[") {
                let index = self.token();
                if index.kind != TokenKind::Index {
                    return Err(self.error());
                }
                self.advance();
                steps.push(StepNode::Index(index.text));
                self.expect("]")?;
            } else {
                return Ok(steps);
            }
        }
    }

    fn name(&mut self) -> Result<StepNode<'a>, String> {
        let token = self.token();
        let step = match token.kind {
            TokenKind::Word if !self.is_at_keyword() => StepNode::Word(token.text),
            TokenKind::Name => StepNode::Name(token.text),
            _ => return Err(self.error()),
        };
        self.advance();
        Ok(step)
    }

    /// Parses a nested part, and refuses a depth that could exhaust the stack.
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

    fn count_operator(&mut self) -> Result<(), String> {
        self.operators += 1;
        if self.operators > OPERATORS_MAX {
            return Err(format!(
                "The expression contains too many operators; operator count: {}",
                self.operators
            ));
        }
        Ok(())
    }

    fn token(&self) -> Token<'a> {
        *self.tokens.get(self.at).expect("the parser never moves behind the end")
    }

    fn is_at_keyword(&self) -> bool {
        self.keywords.iter().any(|keyword| self.token().is_keyword(keyword))
    }

    fn advance(&mut self) {
        if self.token().kind != TokenKind::End {
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

    fn takes_keyword(&mut self, keyword: &str) -> bool {
        let takes = self.token().is_keyword(keyword);
        if takes {
            self.advance();
        }
        takes
    }

    fn takes_value(&mut self) -> Option<&'a str> {
        let token = self.token();
        (token.kind == TokenKind::Value).then(|| {
            self.advance();
            token.text
        })
    }

    fn expect(&mut self, symbol: &str) -> Result<(), String> {
        if self.takes(symbol) { Ok(()) } else { Err(self.error()) }
    }

    /// The error for the next token, with its neighbours.
    fn error(&self) -> String {
        let token = self.token();
        let name = if token.kind == TokenKind::End { "<EOF>" } else { token.text };
        // AWS shows the token before and the token behind, with the text between them.
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let after = self.tokens.get(self.at + 1).filter(|next| next.kind != TokenKind::End);
        let from = before.map_or(token.start, |before| before.start);
        let to = match (before, after) {
            (_, Some(after)) => after.end(),
            (Some(before), None) if token.kind == TokenKind::End => before.end(),
            _ => token.end(),
        };
        let near = &self.text[from..to];
        format!("Syntax error; token: \"{name}\", near: \"{near}\"")
    }
}
