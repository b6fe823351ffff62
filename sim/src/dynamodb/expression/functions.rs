//! The functions of conditions and filters, and what their arguments must be.

use super::condition::{Operand, Test};
use super::path::Path;
use super::placeholders::Placeholders;
use super::syntax::{self, Call};

const TYPES: [&str; 10] = ["S", "N", "B", "NULL", "SS", "BOOL", "L", "BS", "NS", "M"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    AttributeExists,
    AttributeNotExists,
    AttributeType,
    BeginsWith,
    Contains,
    Size,
}

/// A function that holds or not.
pub(super) fn test(call: &Call<'_>, placeholders: &mut Placeholders) -> Result<Test, String> {
    let name = call.function;
    let arguments = |placeholders: &mut Placeholders| two(call, placeholders);
    Ok(match Function::parse(name)? {
        Function::AttributeExists => Test::Exists(path(call, placeholders)?),
        Function::AttributeNotExists => Test::NotExists(path(call, placeholders)?),
        Function::AttributeType => {
            let [operand, wanted] = arguments(placeholders)?;
            Test::HasType(operand, wanted_type(name, &wanted)?)
        }
        Function::BeginsWith => {
            let [operand, prefix] = arguments(placeholders)?;
            for operand in [&operand, &prefix] {
                check_type(name, operand, |name| matches!(name, "S" | "B"))?;
            }
            Test::BeginsWith(operand, prefix)
        }
        Function::Contains => {
            let [operand, part] = arguments(placeholders)?;
            Test::Contains(operand, part)
        }
        Function::Size => return Err(misused(name)),
    })
}

/// A function that has a value, of which there is one.
pub(super) fn operand(call: &Call<'_>, placeholders: &mut Placeholders) -> Result<Operand, String> {
    if Function::parse(call.function)? != Function::Size {
        return Err(misused(call.function));
    }
    let [argument] = call.arguments.as_slice() else { return Err(wrong_count(call)) };
    let argument = Operand::resolve(argument, placeholders)?;
    check_type(call.function, &argument, |name| !matches!(name, "N" | "BOOL" | "NULL"))?;
    Ok(Operand::Size(Box::new(argument)))
}

/// Refuses an operand whose type is known and wrong.
pub(super) fn check_type(
    operator: &str,
    operand: &Operand,
    is_right: impl FnOnce(&str) -> bool,
) -> Result<(), String> {
    match operand.type_name() {
        Some(name) if !is_right(name) => Err(wrong_type(operator, name)),
        _ => Ok(()),
    }
}

/// Refuses to compare a path with itself.
pub(super) fn check_distinct(operator: &str, one: &Operand, two: &Operand) -> Result<(), String> {
    match (one, two) {
        (Operand::Path(one), Operand::Path(two)) if one == two => Err(format!(
            "The first operand must be distinct from the remaining operands for this operator or \
             function; operator: {operator}, first operand: {}",
            one.list()
        )),
        _ => Ok(()),
    }
}

impl Function {
    /// Names are written exactly so, in lower case.
    fn parse(name: &str) -> Result<Function, String> {
        Ok(match name {
            "attribute_exists" => Function::AttributeExists,
            "attribute_not_exists" => Function::AttributeNotExists,
            "attribute_type" => Function::AttributeType,
            "begins_with" => Function::BeginsWith,
            "contains" => Function::Contains,
            "size" => Function::Size,
            // The functions of updates are known, but have no place here.
            "if_not_exists" | "list_append" => return Err(misused(name)),
            _ => return Err(format!("Invalid function name; function: {name}")),
        })
    }
}

fn path(call: &Call<'_>, placeholders: &mut Placeholders) -> Result<Path, String> {
    match call.arguments.as_slice() {
        [syntax::Operand::Path(steps)] => Path::resolve(steps, placeholders),
        [_] => Err(format!(
            "Operator or function requires a document path; operator or function: {}",
            call.function
        )),
        _ => Err(wrong_count(call)),
    }
}

fn two(call: &Call<'_>, placeholders: &mut Placeholders) -> Result<[Operand; 2], String> {
    let [one, two] = call.arguments.as_slice() else { return Err(wrong_count(call)) };
    let one = Operand::resolve(one, placeholders)?;
    let two = Operand::resolve(two, placeholders)?;
    check_distinct(call.function, &one, &two)?;
    Ok([one, two])
}

/// The type that `attribute_type` asks for, which only a placeholder can name.
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

fn wrong_count(call: &Call<'_>) -> String {
    format!(
        "Incorrect number of operands for operator or function; operator or function: {}, number \
         of operands: {}",
        call.function,
        call.arguments.len()
    )
}

fn misused(function: &str) -> String {
    format!(
        "The function is not allowed to be used this way in an expression; function: {function}"
    )
}
