//! The specification for people says what the code checks.

use stormglass_spec::document;

#[test]
fn the_document_is_up_to_date() {
    let written = include_str!("../../spec/SPEC.md");
    assert!(
        written == document::markdown(),
        "spec/SPEC.md is not what the code says: cargo sim spec --markdown > spec/SPEC.md"
    );
}
