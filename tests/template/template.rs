//! The template as JSON, with every intrinsic function in its long form.

use std::fs;
use std::path::Path;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// A file of the repository.
pub(crate) fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `handlers/template.yaml`, as it is written but for the short forms.
pub(crate) fn read() -> Value {
    let text = file("handlers/template.yaml");
    let documents = Yaml::load_from_str(&text).expect("the template is YAML");
    let [document] = documents.as_slice() else { panic!("the template is one document") };
    long_form(document)
}

fn long_form(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => json!(value),
            Scalar::Integer(value) => json!(value),
            Scalar::FloatingPoint(value) => json!(value.into_inner()),
            Scalar::String(value) => json!(value),
        },
        Yaml::Sequence(items) => items.iter().map(long_form).collect(),
        Yaml::Mapping(entries) => {
            let entry = |(key, value): (&Yaml<'_>, &Yaml<'_>)| {
                (key.as_str().expect("keys are strings").to_owned(), long_form(value))
            };
            Value::Object(entries.iter().map(entry).collect())
        }
        Yaml::Tagged(tag, value) => intrinsic(&tag.suffix, long_form(value)),
        other => panic!("CloudFormation does not read this: {other:?}"),
    }
}

/// `!Sub x` is `{"Fn::Sub": x}`, and so on.
fn intrinsic(name: &str, argument: Value) -> Value {
    let (name, argument) = match (name, argument) {
        ("Ref" | "Condition", argument) => (name.to_owned(), argument),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').expect("a resource's attribute");
            ("Fn::GetAtt".to_owned(), json!([resource, attribute]))
        }
        (_, argument) => (format!("Fn::{name}"), argument),
    };
    Value::Object(Map::from_iter([(name, argument)]))
}
