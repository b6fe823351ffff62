//! The specification for people says what the code checks.

use stormglass_spec::{Property, document, properties, ready};

#[test]
fn the_document_is_up_to_date() {
    let written = include_str!("../../spec/SPEC.md");
    assert!(
        written == document::markdown(),
        "spec/SPEC.md is not what the code says: cargo sim spec --markdown > spec/SPEC.md"
    );
}

#[test]
fn every_promise_says_what_it_rests_on_in_one_to_three_lines() {
    for Property { id, sources, .. } in properties::ALL.iter().chain(&ready::samples()) {
        assert!((1..=3).contains(&sources.len()), "{id}: {sources:?}");
        for source in *sources {
            let (what, document) = source.split_once(": ").expect("what it is, and what it says");
            assert!(what.starts_with("FACTS ") || what.starts_with("RFC ") || what == "CWE-209");
            assert!(source.len() <= 140 && !source.contains('\n'), "{id}: {source}");
            assert!(what.starts_with("RFC ") || document.ends_with(')'), "{id}: {source}");
        }
    }
}
