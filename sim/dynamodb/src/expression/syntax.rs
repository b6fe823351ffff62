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

/// A clause of an update, like `REMOVE a, b`.
#[derive(Debug)]
pub(super) struct Clause<'a> {
    pub(super) verb: Verb,
    pub(super) actions: Vec<Action<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Set,
    Remove,
    Add,
    Delete,
}

/// What an update does to one path.
#[derive(Debug)]
pub(super) struct Action<'a> {
    pub(super) path: Vec<Step<'a>>,
    pub(super) effect: Effect<'a>,
}

#[derive(Debug)]
pub(super) enum Effect<'a> {
    Set(Sum<'a>),
    Remove,
    /// With a placeholder.
    Add(&'a str),
    /// With a placeholder.
    Delete(&'a str),
}

/// What `SET` has behind its equals sign.
#[derive(Debug)]
pub(super) enum Sum<'a> {
    One(Operand<'a>),
    Plus(Operand<'a>, Operand<'a>),
    Minus(Operand<'a>, Operand<'a>),
}

/// What a visitor of a tree returns: nothing, or a complaint that ends the visit.
pub(super) type Visited = Result<(), String>;

impl<'a> Test<'a> {
    /// The tests that are no combination of others, in the order of the text.
    pub(super) fn leaves(&self) -> Vec<&Test<'a>> {
        match self {
            Test::All(tests) | Test::Any(tests) => tests.iter().flat_map(Test::leaves).collect(),
            Test::Not(test) => test.leaves(),
            _ => vec![self],
        }
    }

    /// The operands of a leaf.
    pub(super) fn operands(&self) -> Vec<&Operand<'a>> {
        match self {
            Test::All(_) | Test::Any(_) | Test::Not(_) => Vec::new(),
            Test::Compare(_, one, two) => vec![one, two],
            Test::Between(one, two, three) => vec![one, two, three],
            Test::In(operand, list) => std::iter::once(operand).chain(list).collect(),
            Test::Call(call) => call.arguments.iter().collect(),
        }
    }
}

impl<'a> Operand<'a> {
    /// Visits every call within and then the operand itself, if it is one.
    pub(super) fn each_call(&self, visit: &mut dyn FnMut(&Call<'a>) -> Visited) -> Visited {
        let Operand::Call(call) = self else { return Ok(()) };
        call.arguments.iter().try_for_each(|argument| argument.each_call(visit))?;
        visit(call)
    }

    /// Visits the operand itself if it is no call, and otherwise what is in it.
    pub(super) fn each_leaf(&self, visit: &mut dyn FnMut(&Operand<'a>) -> Visited) -> Visited {
        match self {
            Operand::Call(call) => {
                call.arguments.iter().try_for_each(|argument| argument.each_leaf(visit))
            }
            Operand::Path(_) | Operand::Value(_) => visit(self),
        }
    }
}

impl<'a> Action<'a> {
    /// The operands behind the equals sign.
    pub(super) fn operands(&self) -> Vec<&Operand<'a>> {
        match &self.effect {
            Effect::Set(Sum::One(one)) => vec![one],
            Effect::Set(Sum::Plus(one, two) | Sum::Minus(one, two)) => vec![one, two],
            Effect::Remove | Effect::Add(_) | Effect::Delete(_) => Vec::new(),
        }
    }
}

impl Verb {
    pub(super) const ALL: [Verb; 4] = [Verb::Set, Verb::Remove, Verb::Add, Verb::Delete];

    /// The verb as AWS writes it.
    pub(super) fn keyword(self) -> &'static str {
        match self {
            Verb::Set => "SET",
            Verb::Remove => "REMOVE",
            Verb::Add => "ADD",
            Verb::Delete => "DELETE",
        }
    }
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
