//! The functions of expressions, and the checks of their arguments.

use super::condition::Predicate;
use super::operand::Operand;
use super::path::Path;
use super::placeholders::Placeholders;
use super::syntax::{self, Call, CheckResult};

const TYPES: [&str; 10] = ["S", "N", "B", "NULL", "SS", "BOOL", "L", "BS", "NS", "M"];

/// A function of conditions or of updates. Its name is in lower case only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    AttributeExists,
    AttributeNotExists,
    AttributeType,
    BeginsWith,
    Contains,
    Size,
    IfNotExists,
    ListAppend,
}

/// The functions of updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UpdateFunction {
    IfNotExists,
    ListAppend,
}

/// Refuses functions that do not exist, then those in a wrong place.
pub(super) fn check_calls(leaves: &[&syntax::ConditionNode<'_>]) -> CheckResult {
    for leaf in leaves {
        each_call(leaf, &mut |call| Function::for_condition(call.function).map(drop))?;
    }
    for leaf in leaves {
        for operand in leaf.operands() {
            operand.each_call(&mut |call| match call.function {
                "size" => Ok(()),
                name => Err(misused(name)),
            })?;
        }
        if let syntax::ConditionNode::Call(Call { function: "size", .. }) = leaf {
            return Err(misused("size"));
        }
    }
    Ok(())
}

/// Resolves a function that is a condition, which [`check_calls`] has accepted.
pub(super) fn predicate(
    call: &Call<'_>,
    placeholders: &mut Placeholders,
) -> Result<Predicate, String> {
    let name = call.function;
    let function = Function::for_condition(name)?;
    let operands = call.arguments.iter().map(|operand| Operand::resolve(operand, placeholders));
    let operands = operands.collect::<Result<Vec<_>, _>>()?;
    match function {
        Function::AttributeExists => Ok(Predicate::Exists(path(name, operands)?)),
        Function::AttributeNotExists => Ok(Predicate::NotExists(path(name, operands)?)),
        Function::AttributeType => {
            let [operand, wanted] = two(name, operands)?;
            Ok(Predicate::HasType(operand, wanted_type(name, &wanted)?))
        }
        Function::BeginsWith => {
            let [operand, prefix] = two(name, operands)?;
            for operand in [&operand, &prefix] {
                check_type(name, operand.type_name(), |name| matches!(name, "S" | "B"))?;
            }
            Ok(Predicate::BeginsWith(operand, prefix))
        }
        Function::Contains => {
            let [operand, part] = two(name, operands)?;
            Ok(Predicate::Contains(operand, part))
        }
        Function::Size | Function::IfNotExists | Function::ListAppend => {
            unreachable!("{name} is no condition and has been refused")
        }
    }
}

/// Resolves a function that is an operand, which [`check_calls`] has accepted.
pub(super) fn operand(call: &Call<'_>, placeholders: &mut Placeholders) -> Result<Operand, String> {
    let name = call.function;
    assert_eq!(name, "size", "any other operand has been refused");
    let operands = call.arguments.iter().map(|operand| Operand::resolve(operand, placeholders));
    let [operand] = exactly(name, operands.collect::<Result<_, _>>()?)?;
    Ok(Operand::Size(Box::new(operand)))
}

/// Returns the arguments of a function, and refuses any other number of them.
pub(super) fn exactly<T, const N: usize>(
    function: &str,
    arguments: Vec<T>,
) -> Result<[T; N], String> {
    <[T; N]>::try_from(arguments).map_err(|arguments| {
        format!(
            "Incorrect number of operands for operator or function; operator or function: \
             {function}, number of operands: {}",
            arguments.len()
        )
    })
}

/// Refuses an operand whose type is known not to fit.
pub(super) fn check_type(
    operator: &str,
    type_name: Option<&str>,
    is_right: impl FnOnce(&str) -> bool,
) -> CheckResult {
    match type_name {
        Some(name) if !is_right(name) => Err(wrong_type(operator, name)),
        _ => Ok(()),
    }
}

/// Refuses the comparison of a path with itself.
pub(super) fn check_distinct(operator: &str, one: &Operand, two: &Operand) -> CheckResult {
    match (one, two) {
        (Operand::Path(one), Operand::Path(two)) => check_paths_distinct(operator, one, two),
        _ => Ok(()),
    }
}

/// Refuses a path twice among the operands.
pub(super) fn check_paths_distinct(operator: &str, one: &Path, two: &Path) -> CheckResult {
    if one != two {
        return Ok(());
    }
    Err(format!(
        "The first operand must be distinct from the remaining operands for this operator or \
         function; operator: {operator}, first operand: {}",
        one.list()
    ))
}

/// The error for an argument that is no path.
pub(super) fn needs_path(function: &str) -> String {
    format!("Operator or function requires a document path; operator or function: {function}")
}

impl Function {
    /// Parses a function of conditions.
    fn for_condition(name: &str) -> Result<Function, String> {
        match Function::parse(name)? {
            Function::IfNotExists | Function::ListAppend => Err(format!(
                "The function is not allowed in a condition expression; function: {name}"
            )),
            function => Ok(function),
        }
    }

    fn parse(name: &str) -> Result<Function, String> {
        Ok(match name {
            "attribute_exists" => Function::AttributeExists,
            "attribute_not_exists" => Function::AttributeNotExists,
            "attribute_type" => Function::AttributeType,
            "begins_with" => Function::BeginsWith,
            "contains" => Function::Contains,
            "size" => Function::Size,
            "if_not_exists" => Function::IfNotExists,
            "list_append" => Function::ListAppend,
            _ => return Err(format!("Invalid function name; function: {name}")),
        })
    }
}

impl UpdateFunction {
    /// Parses a function of updates.
    pub(super) fn parse(name: &str) -> Result<UpdateFunction, String> {
        match Function::parse(name)? {
            Function::IfNotExists => Ok(UpdateFunction::IfNotExists),
            Function::ListAppend => Ok(UpdateFunction::ListAppend),
            _ => Err(format!(
                "The function is not allowed in an update expression; function: {name}"
            )),
        }
    }
}

fn each_call(
    leaf: &syntax::ConditionNode<'_>,
    visit: &mut dyn FnMut(&Call<'_>) -> CheckResult,
) -> CheckResult {
    for operand in leaf.operands() {
        operand.each_call(visit)?;
    }
    match leaf {
        syntax::ConditionNode::Call(call) => visit(call),
        _ => Ok(()),
    }
}

fn path(function: &str, operands: Vec<Operand>) -> Result<Path, String> {
    let [operand] = exactly(function, operands)?;
    operand.check_types()?;
    match operand {
        Operand::Path(path) => Ok(path),
        Operand::Value(_) | Operand::Size(_) => Err(needs_path(function)),
    }
}

fn two(function: &str, operands: Vec<Operand>) -> Result<[Operand; 2], String> {
    let [one, two] = exactly(function, operands)?;
    check_distinct(function, &one, &two)?;
    one.check_types()?;
    two.check_types()?;
    Ok([one, two])
}

/// Returns the type in an `attribute_type`, which only a placeholder can name.
fn wanted_type(function: &str, wanted: &Operand) -> Result<String, String> {
    let name = match wanted {
        Operand::Value(value) => value.as_str(),
        Operand::Path(_) | Operand::Size(_) => None,
    };
    let Some(name) = name else {
        let found = wanted.type_name().unwrap_or("{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
        return Err(wrong_type(function, found));
    };
    if !TYPES.contains(&name) {
        return Err(format!(
            "Invalid attribute type name found; type: {name}, valid types: \
             {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}"
        ));
    }
    Ok(name.to_owned())
}

fn wrong_type(operator: &str, found: &str) -> String {
    format!(
        "Incorrect operand type for operator or function; operator or function: {operator}, \
         operand type: {found}"
    )
}

fn misused(function: &str) -> String {
    format!(
        "The function is not allowed to be used this way in an expression; function: {function}"
    )
}
