//! The trees that expressions are parsed into.
//!
//! They know only the shape. Names, values and functions mean something in the modules that read
//! these trees, because AWS reports every syntax error before it looks at them.

use super::lexer::Token;

/// Something that holds or not.
#[derive(Debug)]
pub(super) enum Test<'a> {
    All(Vec<Test<'a>>),
    Any(Vec<Test<'a>>),
    Not(Box<Test<'a>>),
    Compare(Comparator, Operand<'a>, Operand<'a>),
    Between(Operand<'a>, Operand<'a>, Operand<'a>),
    In(Operand<'a>, Vec<Operand<'a>>),
    Call(Call<'a>),
}

/// Something that has a value.
#[derive(Debug)]
pub(super) enum Operand<'a> {
    Path(Vec<Step<'a>>),
    /// A placeholder.
    Value(&'a str),
    Call(Call<'a>),
}

/// A function and its arguments, of which there is at least one.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) function: &'a str,
    pub(super) arguments: Vec<Operand<'a>>,
}

/// One step into an item. The first step of a path is no index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Word(&'a str),
    /// A placeholder.
    Name(&'a str),
    Index(&'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparator {
    /// The comparator as it is written.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Comparator::Equal => "=",
            Comparator::NotEqual => "<>",
            Comparator::Less => "<",
            Comparator::LessOrEqual => "<=",
            Comparator::Greater => ">",
            Comparator::GreaterOrEqual => ">=",
        }
    }

    pub(super) fn parse(token: &Token<'_>) -> Option<Comparator> {
        let all = [
            Comparator::Equal,
            Comparator::NotEqual,
            Comparator::Less,
            Comparator::LessOrEqual,
            Comparator::Greater,
            Comparator::GreaterOrEqual,
        ];
        all.into_iter().find(|comparator| token.is(comparator.symbol()))
    }
}
