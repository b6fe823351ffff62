//! Tests of the frame of a page and the texts that fill its gaps.

use super::*;

#[test]
fn steps_are_links() {
    assert_eq!(
        linked("the post of step 20 <b>, and step 3"),
        "the post of <a href=\"#step-20\">step 20</a> &lt;b&gt;, and <a href=\"#step-3\">step 3</a>"
    );
}

#[test]
fn a_step_without_a_number_is_no_link() {
    assert_eq!(linked("a step, one step ahead, step "), "a step, one step ahead, step ");
}

#[test]
fn what_fills_a_gap_is_not_looked_through_for_gaps() {
    assert_eq!(fill("a{{x}}b{{y}}c", |gap| format!("{{{{{gap}{gap}}}}}")), "a{{xx}}b{{yy}}c");
    assert_eq!(fill("no {{ gap", |_| "!".to_owned()), "no {{ gap");
}

/// A browser would show the rest of a cut script as text of the page.
#[test]
fn neither_style_nor_script_ends_itself() {
    for part in [STYLE, SCRIPT] {
        assert!(!part.contains("</") && !part.contains("<!--"));
    }
}

/// An element with another name than the script uses would go unnoticed until a reader presses its
/// button.
#[test]
fn whatever_the_script_looks_for_is_in_the_frame() {
    let sought: Vec<&str> =
        SCRIPT.split("find(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(sought.len() > 30, "{sought:?}");
    for id in sought {
        let is_there = FRAME.contains(&format!("id=\"{id}\"")) || ["whole", "past"].contains(&id);
        assert!(is_there, "{id}");
    }
}
