//! Syntax trees of expressions.
//!
//! A tree has the shape of an expression and no more. Other modules look up its names, values and
//! functions, because AWS reports every syntax error before it does so.

use super::lexer::Token;

/// A condition, or a part of one that holds or does not.
#[derive(Debug)]
pub(super) enum ConditionNode<'a> {
    All(Vec<ConditionNode<'a>>),
    Any(Vec<ConditionNode<'a>>),
    Not(Box<ConditionNode<'a>>),
    Compare(Comparator, OperandNode<'a>, OperandNode<'a>),
    Between(OperandNode<'a>, OperandNode<'a>, OperandNode<'a>),
    In(OperandNode<'a>, Vec<OperandNode<'a>>),
    Call(Call<'a>),
}

/// An operand of a condition or of an update.
#[derive(Debug)]
pub(super) enum OperandNode<'a> {
    Path(Vec<StepNode<'a>>),
    /// A placeholder of a value.
    Value(&'a str),
    Call(Call<'a>),
}

/// A function and its arguments, of which there is at least one.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) function: &'a str,
    pub(super) arguments: Vec<OperandNode<'a>>,
}

/// One step into an item. The first step of a path is no index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StepNode<'a> {
    Word(&'a str),
    /// A placeholder of a name.
    Name(&'a str),
    Index(&'a str),
}

/// A comparison of two operands.
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
    pub(super) actions: Vec<ActionNode<'a>>,
}

/// The keyword of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Set,
    Remove,
    Add,
    Delete,
}

/// An action of an update on one path.
#[derive(Debug)]
pub(super) struct ActionNode<'a> {
    pub(super) path: Vec<StepNode<'a>>,
    pub(super) effect: EffectNode<'a>,
}

/// The effect of an action.
#[derive(Debug)]
pub(super) enum EffectNode<'a> {
    Set(Sum<'a>),
    Remove,
    /// Adds the value of a placeholder.
    Add(&'a str),
    /// Deletes the members in the value of a placeholder.
    Delete(&'a str),
}

/// The right side of an action of `SET`.
#[derive(Debug)]
pub(super) enum Sum<'a> {
    One(OperandNode<'a>),
    Plus(OperandNode<'a>, OperandNode<'a>),
    Minus(OperandNode<'a>, OperandNode<'a>),
}

/// The result of a check of a tree. An error ends the check.
pub(super) type CheckResult = Result<(), String>;

impl<'a> ConditionNode<'a> {
    /// The conditions that do not combine others, in the order of the text.
    pub(super) fn leaves(&self) -> Vec<&ConditionNode<'a>> {
        match self {
            ConditionNode::All(conditions) | ConditionNode::Any(conditions) => {
                conditions.iter().flat_map(ConditionNode::leaves).collect()
            }
            ConditionNode::Not(condition) => condition.leaves(),
            _ => vec![self],
        }
    }

    /// The operands of a leaf.
    pub(super) fn operands(&self) -> Vec<&OperandNode<'a>> {
        match self {
            ConditionNode::All(_) | ConditionNode::Any(_) | ConditionNode::Not(_) => Vec::new(),
            ConditionNode::Compare(_, one, two) => vec![one, two],
            ConditionNode::Between(one, two, three) => vec![one, two, three],
            ConditionNode::In(operand, list) => std::iter::once(operand).chain(list).collect(),
            ConditionNode::Call(call) => call.arguments.iter().collect(),
        }
    }
}

impl<'a> OperandNode<'a> {
    /// Visits every call in the arguments, then the operand itself if it is a call.
    pub(super) fn each_call(&self, visit: &mut dyn FnMut(&Call<'a>) -> CheckResult) -> CheckResult {
        let OperandNode::Call(call) = self else { return Ok(()) };
        call.arguments.iter().try_for_each(|argument| argument.each_call(visit))?;
        visit(call)
    }

    /// Visits the operand if it is no call, and else every such operand in its arguments.
    pub(super) fn each_leaf(
        &self,
        visit: &mut dyn FnMut(&OperandNode<'a>) -> CheckResult,
    ) -> CheckResult {
        match self {
            OperandNode::Call(call) => {
                call.arguments.iter().try_for_each(|argument| argument.each_leaf(visit))
            }
            OperandNode::Path(_) | OperandNode::Value(_) => visit(self),
        }
    }
}

impl<'a> ActionNode<'a> {
    /// The operands on the right side of an action of `SET`.
    pub(super) fn operands(&self) -> Vec<&OperandNode<'a>> {
        match &self.effect {
            EffectNode::Set(Sum::One(one)) => vec![one],
            EffectNode::Set(Sum::Plus(one, two) | Sum::Minus(one, two)) => vec![one, two],
            EffectNode::Remove | EffectNode::Add(_) | EffectNode::Delete(_) => Vec::new(),
        }
    }
}

impl Verb {
    /// All verbs.
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
    /// The comparator in the text of an expression.
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

    /// Parses a comparator.
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
