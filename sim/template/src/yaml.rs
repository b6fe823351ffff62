//! The parser: YAML, of which JSON is a part, with the short forms of intrinsic functions.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

use crate::node::{Content, Node};
use crate::problem::Mistake;

/// The most levels of lists and maps, so that no text makes the reader run out of stack.
const DEPTH_MAX: usize = 100;

/// The size of the largest template that CloudFormation takes.
const BYTES_MAX: usize = 1 << 20;

/// Parses the one document of a text.
pub(crate) fn parse(text: &str) -> Result<Node, Mistake> {
    check_size(text)?;
    let documents = MarkedYaml::load_from_str(text)
        .map_err(|error| Mistake::new(error.marker().line(), error.info()))?;
    match documents.as_slice() {
        [document] => long_form(document, 0),
        [] => Err(Mistake::new(1, "the file is empty")),
        [_, second, ..] => {
            Err(Mistake::new(second.span.start.line(), "a template is one document of YAML"))
        }
    }
}

/// Checks that the parser can take a text: lists may begin lists on one line.
fn check_size(text: &str) -> Result<(), Mistake> {
    if text.len() > BYTES_MAX {
        return Err(Mistake::new(1, "CloudFormation takes no template of more than 1 MiB"));
    }
    let begins = |word: &&str| ["-", "?"].contains(word);
    let depth = |line: &str| line.split_whitespace().take_while(begins).count();
    match text.lines().position(|line| depth(line) > DEPTH_MAX / 4) {
        Some(before) => Err(too_deep(before + 1)),
        None => Ok(()),
    }
}

fn too_deep(line: usize) -> Mistake {
    Mistake::new(line, "too many lists and maps are inside of each other")
}

fn long_form(yaml: &MarkedYaml<'_>, depth: usize) -> Result<Node, Mistake> {
    let line = yaml.span.start.line();
    if depth > DEPTH_MAX {
        return Err(too_deep(line));
    }
    let inner = |yaml: &MarkedYaml<'_>| long_form(yaml, depth + 1);
    let content = match &yaml.data {
        YamlData::Value(scalar) => of_scalar(scalar),
        YamlData::Sequence(items) => {
            Content::List(items.iter().map(inner).collect::<Result<_, _>>()?)
        }
        YamlData::Mapping(entries) => {
            let entry = |(key, value): (&MarkedYaml<'_>, &MarkedYaml<'_>)| {
                let name = match &key.data {
                    YamlData::Value(scalar) => Node { line, content: of_scalar(scalar) }.scalar(),
                    _ => None,
                };
                let no_text = || Mistake::new(key.span.start.line(), "the key is no text");
                Ok((name.ok_or_else(no_text)?, inner(value)?))
            };
            Content::Map(entries.iter().map(entry).collect::<Result<_, _>>()?)
        }
        YamlData::Tagged(tag, value) => {
            // The parser knows the place of the tag, and not of what follows it.
            let argument = Node { line, ..inner(value)? };
            intrinsic(&tag.suffix, argument, line)?
        }
        YamlData::Representation(..) | YamlData::Alias(_) | YamlData::BadValue => {
            return Err(Mistake::new(line, "CloudFormation does not read this value"));
        }
    };
    Ok(Node { line, content })
}

fn of_scalar(scalar: &Scalar<'_>) -> Content {
    match scalar {
        Scalar::Null => Content::Null,
        Scalar::Boolean(value) => Content::Boolean(*value),
        Scalar::Integer(value) => Content::Integer(*value),
        Scalar::FloatingPoint(value) => Content::Float(value.into_inner()),
        Scalar::String(value) => Content::Text(value.to_string()),
    }
}

/// Returns the long form of a function: `{"Fn::Sub": x}` of `!Sub x`, and so on.
fn intrinsic(tag: &str, argument: Node, line: usize) -> Result<Content, Mistake> {
    let (name, argument) = match tag {
        "Ref" | "Condition" => (tag.to_owned(), argument),
        "GetAtt" => ("Fn::GetAtt".to_owned(), attribute(argument)?),
        _ if tag.is_empty() => return Err(Mistake::new(line, "the tag has no name")),
        _ => (format!("Fn::{tag}"), argument),
    };
    Ok(Content::Map(vec![(name, argument)]))
}

/// Returns the two arguments of `!GetAtt Resource.Attribute`.
fn attribute(argument: Node) -> Result<Node, Mistake> {
    let line = argument.line;
    let Some(path) = argument.text() else { return Ok(argument) };
    let no_attribute = || Mistake::new(line, format!("`{path}` names no attribute of a resource"));
    let (resource, attribute) = path.split_once('.').ok_or_else(no_attribute)?;
    let part = |text: &str| Node { line, content: Content::Text(text.to_owned()) };
    Ok(Node { line, content: Content::List(vec![part(resource), part(attribute)]) })
}
