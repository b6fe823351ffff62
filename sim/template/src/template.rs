//! A template as it is written.

use serde_json::Value;

use crate::node::Node;
use crate::problem::{Mistake, Problem};
use crate::yaml;

/// The sections that a template may have.
const SECTIONS: [&str; 11] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

/// The transforms that the reader knows. Others may add resources.
const TRANSFORMS: [&str; 2] = ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"];

/// A template of SAM or CloudFormation, with every intrinsic function in its long form.
#[derive(Clone, Debug)]
pub struct Template {
    pub(crate) file: String,
    root: Node,
}

impl Template {
    /// Parses the text of a template, YAML or JSON. Problems name it `file`.
    ///
    /// # Errors
    ///
    /// If the text is no YAML, has a section that templates do not have, or transforms itself by a
    /// macro.
    pub fn parse(file: &str, text: &str) -> Result<Template, Problem> {
        let parsed = yaml::parse(text).and_then(|root| {
            check(&root)?;
            Ok(Template { file: file.to_owned(), root })
        });
        parsed.map_err(|mistake| mistake.of_template(file))
    }

    /// Returns the entries of a section, and none if there is no such section.
    pub fn section(&self, name: &str) -> &[(String, Node)] {
        self.root.get(name).map_or(&[], Node::entries)
    }

    /// Returns the whole template as JSON.
    pub fn to_json(&self) -> Value {
        self.root.to_json()
    }
}

fn check(root: &Node) -> Result<(), Mistake> {
    for (name, section) in root.entries() {
        if !SECTIONS.contains(&name.as_str()) {
            let what = format!("`{name}` is no section of a template");
            return Err(Mistake::new(section.line, what));
        }
    }
    if root.get("Resources").is_none() {
        return Err(Mistake::new(root.line, "the template has no `Resources`"));
    }
    let Some(transform) = root.get("Transform") else { return Ok(()) };
    let names = transform.text().into_iter().chain(transform.items().iter().filter_map(Node::text));
    match names.into_iter().find(|name| !TRANSFORMS.contains(name)) {
        Some(name) => Err(Mistake::new(transform.line, format!("the macro {name} is not read"))),
        None => Ok(()),
    }
}
