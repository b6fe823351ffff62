//! Diagrams of runs: as SVG, in characters, as Mermaid.

use roxmltree::{Document, Node};
use stormglass_apps::STORMGLASS;
use stormglass_apps::{AwsSample, Tutorial};
use stormglass_sim::report::picture::Picture;
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Run};
use stormglass_tests::browser::Browser;
use stormglass_tests::mermaid::problem;
use stormglass_tests::{assert_binary_snapshot, assert_snapshot, play};

use crate::page::STALE_READ;

/// A broadcast meets a handshake whose row is visible already (FACTS 1.10), and dies of it.
pub(crate) const HANDSHAKE_RACE: &str =
    r##"v1 cyd:c,b"x"#2 eve:c | eve.c1.put-eve1-1.reply=late1s"##;

/// The width of a character, as the drawing has it.
const CHARACTER_WIDTH: f64 = 7.22;

/// Runs of many kinds: broken and not, with faults and awkward messages.
fn runs() -> Vec<(&'static dyn App, Run)> {
    let apps: [&dyn App; 3] = [&STORMGLASS, &Tutorial, &AwsSample];
    let run = |app, seed| (app, run_seed(app, seed, Families::ALL).expect("the harness works"));
    apps.into_iter().flat_map(|app| (0..25).map(move |seed| run(app, seed))).collect()
}

fn pictures(mut each: impl FnMut(&Picture<'_>, &Run)) {
    for (app, run) in runs() {
        each(&Picture::of(&run, app.name()), &run);
    }
}

/// The groups of a drawing that stand for a step.
fn steps<'a>(svg: &'a Document<'a>) -> Vec<Node<'a, 'a>> {
    let is_step = |node: &Node<'_, '_>| {
        let id = node.attribute("id").unwrap_or_default();
        node.has_tag_name((SVG, "g")) && id.starts_with("step-")
    };
    svg.descendants().filter(is_step).collect()
}

const SVG: &str = "http://www.w3.org/2000/svg";

#[test]
fn the_handshake_race_is_drawn() {
    let run = play(&Tutorial, HANDSHAKE_RACE);
    let picture = Picture::of(&run, "tutorial");
    assert!(picture.svg().contains(">v1 cyd:c,b"), "the bare case, where no command is known");
    let command = Tutorial.command_line().expect("a command line").replay(&run.case);
    let picture = picture.replayed_by(&command);
    assert_snapshot!("picture-svg", picture.svg());
    assert_snapshot!("picture-text", picture.text());
    assert_snapshot!("picture-mermaid", picture.mermaid());
}

/// The README links to this file.
#[test]
fn the_failure_in_the_readme_is_drawn() {
    let run = play(&Tutorial, STALE_READ);
    let command = Tutorial.command_line().expect("a command line").replay(&run.case);
    let svg = Picture::of(&run, "tutorial").replayed_by(&command).svg();
    assert_binary_snapshot!("delivered.svg", svg.into_bytes());
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(readme).expect("the README");
    assert!(readme.contains(&format!("$ {command}\n")));
    assert!(readme.contains("(snapshots/delivered.snap.svg)"));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let draw = || {
        let run = run_seed(&STORMGLASS, 7, Families::ALL).expect("the harness works");
        let picture = Picture::of(&run, "stormglass");
        [picture.svg(), picture.text(), picture.mermaid(), picture.html()]
    };
    assert_eq!(draw(), draw());
}

#[test]
fn every_step_is_drawn_with_its_number_and_its_full_text() {
    let run = play(&STORMGLASS, r#"v1 ana:c,b"x" bob:c,t"</svg>&\u0001""#);
    let text = Picture::of(&run, "stormglass").svg();
    let svg = Document::parse(&text).expect("XML");
    let steps = steps(&svg);
    assert_eq!(steps.len(), run.history.events.len());
    for (step, event) in steps.iter().zip(&run.history.events) {
        assert_eq!(step.attribute("id"), Some(format!("step-{}", event.number).as_str()));
        let title = step.children().find(|node| node.has_tag_name((SVG, "title")));
        let title = title.and_then(|title| title.text()).expect("a title");
        let start = format!("{} {}us", event.number, event.at.micros());
        assert!(title.starts_with(&start), "{title}");
    }
}

#[test]
fn drawings_are_well_formed_whatever_clients_and_functions_say() {
    pictures(|picture, run| {
        let text = picture.svg();
        if let Err(error) = Document::parse(&text) {
            panic!("{error}: {}", run.case);
        }
    });
}

#[test]
fn nothing_is_written_beyond_the_edges() {
    pictures(|picture, run| {
        let text = picture.svg();
        let svg = Document::parse(&text).expect("XML");
        let width: f64 = number(&svg.root_element(), "width");
        let words = svg.descendants().filter(|node| node.has_tag_name((SVG, "text")));
        for node in words.filter(|node| node.has_attribute("x")) {
            let said = node.text().unwrap_or_default();
            let wide = CHARACTER_WIDTH * f64::from(u32::try_from(said.chars().count()).unwrap());
            let x: f64 = number(&node, "x");
            let (start, end) = match node.attribute("text-anchor") {
                Some("start") => (x, x + wide),
                Some("middle") => (x - wide / 2.0, x + wide / 2.0),
                _ => (x - wide, x),
            };
            assert!(start >= 0.0 && end <= width, "{said} from {start} to {end}: {}", run.case);
        }
    });
}

fn number(node: &Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|text| text.parse().ok()).expect("a number")
}

#[test]
fn what_led_to_a_broken_promise_stands_out() {
    let run = play(&Tutorial, STALE_READ);
    let text = Picture::of(&run, "tutorial").svg();
    let svg = Document::parse(&text).expect("XML");
    let of_class = |class: &str| -> Vec<&str> {
        let has = |node: &&Node<'_, '_>| {
            node.attribute("class").is_some_and(|classes| classes.split(' ').any(|c| c == class))
        };
        steps(&svg).iter().filter(has).filter_map(|step| step.attribute("id")).collect()
    };
    assert_eq!(of_class("deviant"), ["step-19"]);
    assert_eq!(of_class("broken"), ["step-25"]);
    let outside: Vec<String> = (1..=9).filter(|n| *n != 2).map(|n| format!("step-{n}")).collect();
    assert_eq!(of_class("outside"), outside, "bob's own handshake is beside the point");
    let involved = svg.descendants().filter(|node| {
        node.attribute("class").is_some_and(|classes| classes.ends_with(" involved"))
    });
    let names: Vec<&str> =
        involved.filter_map(|bar| bar.first_element_child()?.text()?.split(':').next()).collect();
    assert_eq!(names, ["ana1", "ana1", "bob.b1"], "pending, then open; and the broadcast");
}

#[test]
fn a_long_run_that_breaks_a_promise_is_drawn_without_what_is_beside_the_point() {
    let case = r#"v1 page=20 ana:i1s,c,i3s,b"x" herd*30:c"#;
    let run = play(&Tutorial, case);
    assert!(run.violation.is_some() && run.history.events.len() > 150);
    let text = Picture::of(&run, "tutorial").svg();
    let svg = Document::parse(&text).expect("XML");
    assert!(steps(&svg).len() < 60, "{}", steps(&svg).len());
    assert!(text.contains(" other steps"), "{text}");
}

#[test]
fn time_that_passes_is_cut_out_and_marked() {
    let run = play(&STORMGLASS, "v1 ana:c,i60s,q");
    let picture = Picture::of(&run, "stormglass");
    assert!(picture.svg().contains(">1 min 0 s pass</text>"), "{}", picture.text());
    assert!(picture.text().contains("1 min 0 s pass\n"), "{}", picture.text());
    assert!(picture.mermaid().contains(": 1 min 0 s pass\n"), "{}", picture.mermaid());
}

#[test]
fn twenty_clients_have_their_names_side_by_side_and_two_hundred_a_lane_each() {
    let lanes = |clients: &str| {
        let run = play(&STORMGLASS, &format!(r#"v1 ana:c,i3s,b"x" herd*{clients}:c"#));
        let text = Picture::of(&run, "stormglass").svg();
        let svg = Document::parse(&text).expect("XML");
        let lines = svg.descendants().filter(|node| node.attribute("class") == Some("lane"));
        let lanes: Vec<f64> = lines.map(|line| number(&line, "x1")).collect();
        let gaps = lanes.windows(2).map(|pair| pair[1] - pair[0]);
        (text.contains("rotate(-70)"), lanes.len(), gaps.fold(f64::MAX, f64::min))
    };
    let (is_aslant, _, gap) = lanes("20");
    assert!(!is_aslant && gap >= 48.0, "{gap}");
    let (is_aslant, count, gap) = lanes("199");
    assert!(is_aslant && count >= 203 && gap >= 20.0, "{count} {gap}");
}

#[test]
fn the_twin_in_characters_fits_a_terminal() {
    pictures(|picture, run| {
        let text = picture.text();
        let clients = run.case.plan.clients.iter().map(|client| client.copies).sum::<u32>();
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        let width = if clients <= 8 { 100 } else { 60 + 3 * 60 };
        assert!(widest <= width, "{widest}: {}\n{text}", run.case);
        assert!(text.lines().all(|line| line.trim_end() == line));
    });
}

#[test]
fn the_twin_has_the_numbers_of_the_report() {
    let run = play(&Tutorial, HANDSHAKE_RACE);
    let text = Picture::of(&run, "tutorial").text();
    let numbers = text.lines().filter_map(|line| {
        line.trim_start_matches(['*', '\u{2717}']).split_whitespace().next()?.parse().ok()
    });
    let numbers: Vec<u32> = numbers.collect();
    let last = u32::try_from(run.history.events.len()).expect("few");
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
}

#[test]
fn a_mermaid_diagram_is_never_too_long_to_be_drawn() {
    for app in [&STORMGLASS as &dyn App, &Tutorial] {
        let run = play(app, r#"v1 ana:c,i3s,b"x" herd*199:c"#);
        let mermaid = Picture::of(&run, app.name()).mermaid();
        assert!(mermaid.chars().count() < 50_000, "{}", mermaid.len());
    }
}

#[test]
fn mermaid_draws_its_diagrams_whatever_clients_and_functions_say() {
    let Some(browser) = Browser::start() else { return };
    for (app, run) in runs().into_iter().step_by(3) {
        let mermaid = Picture::of(&run, app.name()).mermaid();
        assert_eq!(problem(&browser, &mermaid), None, "{}\n{mermaid}", run.case);
    }
}
