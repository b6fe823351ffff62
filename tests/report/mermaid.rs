//! Mermaid tells a good diagram from a bad one.

use stormglass_tests::browser::Browser;
use stormglass_tests::mermaid::{is_installed, problem};

#[test]
fn a_diagram_that_can_be_drawn_has_no_problem() {
    let Some(browser) = Browser::start() else { return };
    assert_eq!(problem(&browser, "sequenceDiagram\n  ana->>bob: hi\n  Note over ana: ok\n"), None);
    assert_eq!(browser.errors(), [""; 0]);
}

#[test]
fn a_text_that_is_no_diagram_has_one() {
    let Some(browser) = Browser::start() else { return };
    for text in ["sequenceDiagram\n  ana->>", "nonsense", "sequenceDiagram\n  end\n"] {
        let found = problem(&browser, text);
        assert!(found.is_some() == is_installed(), "{text}: {found:?}");
    }
}
