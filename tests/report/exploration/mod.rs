//! The page of an exploration: the same bytes for the same figures, and nothing from elsewhere.

mod figures;

use stormglass::record::{ExplorationRecord, HuntRecord};
use stormglass_spec::properties;
use stormglass_tests::assert_snapshot;

use self::figures::{broken, held, hunted, spread};

/// Returns the page of an exploration of an application with the promises of the specification.
fn page(exploration: &ExplorationRecord, hunt: Option<&HuntRecord>) -> String {
    stormglass::page::page(exploration, &properties::ALL, hunt)
}

/// Returns a page for each of the invented figures.
fn pages() -> Vec<String> {
    let hunted = hunted();
    let nothing = HuntRecord::new(Vec::new());
    vec![
        page(&held(), None),
        page(&held(), Some(&hunted)),
        page(&held(), Some(&nothing)),
        page(&broken(), Some(&hunted)),
    ]
}

#[test]
fn equal_figures_give_the_same_page() {
    assert_eq!(pages(), pages());
    assert_snapshot!("page-held", page(&held(), Some(&hunted())));
    assert_snapshot!("page-broken", page(&broken(), None));
}

#[test]
fn a_page_loads_nothing_and_has_no_links() {
    for page in pages() {
        for reference in
            ["http:", "https:", "//", "src=", "href", "url(", "@import", "<link", "<script"]
        {
            assert!(!page.contains(reference), "{reference}");
        }
        assert!(page.contains("default-src 'none'"), "the browser is told so as well");
    }
}

#[test]
fn markup_in_the_figures_is_escaped() {
    let page = page(&broken(), Some(&hunted()));
    assert!(!page.contains("<b>"), "{page}");
    assert!(page.contains("got &lt;b&gt;&quot;hi&quot; &amp; bye&lt;/b&gt;"), "{page}");
}

#[test]
fn every_element_is_closed_and_every_drawing_has_a_title() {
    for page in pages() {
        assert_eq!(unclosed(&page), Vec::<String>::new());
        let drawings = page.matches("<svg").count() - page.matches("aria-hidden").count();
        assert_eq!(page.matches("<title>").count(), drawings + 1, "and the page has one");
        assert_eq!(page.matches("role=\"img\" aria-label=").count(), drawings);
    }
}

#[test]
fn a_page_has_one_heading_of_each_part() {
    let page = page(&held(), Some(&hunted()));
    assert_eq!(page.matches("<h1>").count(), 1);
    for title in [
        "Coverage over time",
        "Events per run",
        "Broadcast latency by fan-out",
        "Seeds to find each known bug",
        "Promises",
        "Witnesses",
        "Faults",
        "Strategy",
        "Slowest seeds",
    ] {
        assert_eq!(page.matches(&format!(">{title}</h2>")).count(), 1, "{title}");
    }
}

#[test]
fn a_page_without_a_hunt_has_no_part_for_one() {
    let page = page(&held(), None);
    assert!(!page.contains("Seeds to find each known bug"), "{page}");
}

#[test]
fn a_bug_that_was_not_found_says_so_and_comes_first() {
    let page = page(&held(), Some(&hunted()));
    assert!(page.contains(">\nnot found\n</text>"), "{page}");
    let place = |name: &str| page.find(name).unwrap_or_else(|| panic!("no {name}"));
    assert!(place("never-found") < place("slowly-found"));
    assert!(place("slowly-found") < place("quickly-found"));
    assert!(!page.contains("hidden-one"), "no search can find it");
}

#[test]
fn a_record_is_read_as_it_was_written() {
    for exploration in [held(), broken()] {
        let read = ExplorationRecord::parse(&exploration.to_text()).expect("what it wrote");
        assert_eq!(read, exploration);
    }
}

#[test]
fn an_exploration_of_nothing_has_a_page_as_well() {
    let nothing = ExplorationRecord {
        seeds: 0,
        pairs: 0,
        coverage: Vec::new(),
        events_per_run: spread([0; 6]),
        runs_by_events: Vec::new(),
        broadcasts: Vec::new(),
        ..held()
    };
    let page = page(&nothing, None);
    assert!(page.contains("There was no broadcast."), "{page}");
    assert_eq!(page.matches("Nothing was run.").count(), 2, "{page}");
    assert!(!page.contains("role=\"img\""), "there is nothing to draw: {page}");
}

#[test]
fn latencies_that_nobody_measured_are_no_drawing() {
    let mut exploration = held();
    for fan_out in &mut exploration.broadcasts {
        fan_out.acknowledged_us = spread([0; 6]);
    }
    let page = page(&exploration, None);
    assert!(page.contains("No broadcast was acknowledged."), "{page}");
    assert!(!page.contains("Until the acknowledgement: median"), "{page}");
    assert!(page.contains("Until the last arrival: median"), "{page}");
}

/// Returns the elements that are opened and not closed, or closed and not opened.
fn unclosed(page: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    for tag in page.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|it| it.0)) {
        let name = tag.split_whitespace().next().unwrap_or_default();
        if let Some(closed) = name.strip_prefix('/') {
            match open.pop() {
                Some(opened) if opened == closed => {}
                other => return vec![format!("</{closed}> after {other:?}")],
            }
        } else if !tag.ends_with('/') && !["!doctype", "meta"].contains(&name) {
            open.push(name.to_owned());
        }
    }
    open
}
