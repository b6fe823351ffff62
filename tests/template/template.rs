//! The template, and other files of the repository.

use std::fs;
use std::path::Path;

use serde_json::Value;
use stormglass_template::Template;

/// A file of the repository.
pub(crate) fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `handlers/template.yaml`.
pub(crate) fn parsed() -> Template {
    let path = "handlers/template.yaml";
    Template::parse(path, &file(path)).expect("the template can be read")
}

/// `handlers/template.yaml` as JSON, as it is written but for the short forms.
pub(crate) fn read() -> Value {
    parsed().to_json()
}
