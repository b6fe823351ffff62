//! The page to step through a run, as a file.

use std::collections::BTreeSet;

use serde_json::Value;
use stormglass_apps::STORMGLASS;
use stormglass_apps::Tutorial;
use stormglass_sim::report::picture::Picture;
use stormglass_tests::{assert_snapshot, play};

use crate::drawings::HANDSHAKE_RACE;

/// A broadcast misses a row that its read did not see yet. Steps 1 and 3 to 9, another handshake,
/// have no part in it; step 19 deviates, and the promise breaks in step 25.
pub(crate) const STALE_READ: &str = r#"v1 ana:c bob:c,i200ms,b"hi" | bob.b1.scan-1=stale"#;

/// A case with texts that end scripts and elements if they are not escaped.
pub(crate) const HOSTILE: &str = concat!(
    r#"v1 ana:c,b"</script><script>alert(1)</script><!--]]>\u2028\u2029\"'\u0001"#,
    "\u{1f4a5}{{data}}",
    r#"" bob:c"#
);

fn page(case: &str) -> String {
    Picture::of(&play(&STORMGLASS, case), "stormglass").html()
}

/// A page with two drawings.
fn stale_read() -> String {
    Picture::of(&play(&Tutorial, STALE_READ), "tutorial").html()
}

/// Returns the text between the first `start` and the next `end`.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).expect("the start");
    rest.split_once(end).expect("the end").0
}

fn data(page: &str) -> Value {
    serde_json::from_str(between(page, r#"id="data">"#, "</script>")).expect("JSON")
}

/// The texts of all attributes of this name.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Style, script and the hashes of both are the same in every page, and change with every word.
#[test]
fn a_small_run_makes_a_small_page() {
    let page = page("v1 ana:c");
    let policy = between(&page, "content=\"default-src", "\">");
    let text = page.replace(policy, "...");
    let text = text.replace(between(&text, "<style>", "</style>"), "...");
    let text = text.replace(between(&text, "</script>\n<script>", "</script>"), "...");
    assert_snapshot!("picture-html", text);
}

/// The requests of functions may hold addresses; they are text.
#[test]
fn a_page_needs_no_other_file() {
    let page = stale_read();
    let is_inside = |target: &&str| target.starts_with("#step-") || *target == "data:,";
    assert!(attributes(&page, "href").iter().all(is_inside));
    assert_eq!(attributes(&page, "src"), [""; 0]);
    let style = between(&page, "<style>", "</style>");
    let script = between(&page, "</script>\n<script>", "</script>");
    for outside in ["http:", "https:", "url(", "@import", "fetch(", "import("] {
        assert!(!style.contains(outside) && !script.contains(outside), "{outside}");
    }
}

#[test]
fn no_id_is_given_twice() {
    let page = stale_read();
    let ids = attributes(&page, "id");
    let mut seen = BTreeSet::new();
    assert!(ids.iter().all(|id| seen.insert(id)), "{ids:?}");
    assert!(seen.contains(&"whole-9") && seen.contains(&"past-10"));
    assert!(!seen.contains(&"past-9"), "it has no part in what led to the broken promise");
}

#[test]
fn a_run_that_breaks_nothing_has_one_drawing() {
    let page = page("v1 ana:c");
    assert!(page.contains(r#"id="whole-1""#) && !page.contains(r#"id="past-1""#));
    assert!(page.contains("HELD</span> every promise"));
}

#[test]
fn what_is_pending_is_said_with_the_verdict() {
    let page = Picture::of(&play(&Tutorial, "v1 ana:a"), "tutorial").html();
    let pending = "<dt>pending</dt><dd class=\"pending\">the row of ana1, stored in \
                   <a href=\"#step-6\">step 6</a>, has no open connection</dd>";
    assert!(page.contains(pending), "{}", between(&page, "<dl>", "</dl>"));
}

#[test]
fn a_page_knows_every_event_of_its_run() {
    let run = play(&Tutorial, HANDSHAKE_RACE);
    let data = data(&Picture::of(&run, "tutorial").html());
    let steps = data["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), run.history.events.len());
    for (step, event) in steps.iter().zip(&run.history.events) {
        let line = event.line();
        assert_eq!(step["number"], event.number);
        assert_eq!(step["raw"]["at_us"], event.at.micros());
        assert_eq!((&step["who"], &step["what"]), (&line.who.into(), &line.what.into()));
        let result = step["result"].as_str().unwrap_or_default();
        assert!(result.starts_with(&line.result), "the sandbox may follow: {result}");
    }
    assert_eq!(data["broken"], 24);
    assert_eq!(data["clients"], serde_json::json!(["eve", "cyd"]));
    let deviation = &steps[4]["deviations"][0];
    assert_eq!(deviation["text"], "eve.c1.put-eve1-1.reply=late1s");
    assert!(deviation["meaning"].as_str().is_some_and(|meaning| meaning.contains(" 1s longer ")));
}

#[test]
fn what_a_client_says_ends_no_script() {
    let page = page(HOSTILE);
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert!(!page.contains("<!--") && !page.contains("<script>alert"));
    let data = data(&page);
    let steps = data["steps"].as_array().expect("steps");
    let sent = steps.iter().find(|step| step["raw"]["kind"] == "FrameSent").expect("a message");
    let said = "</script><script>alert(1)</script><!--]]>\u{2028}\u{2029}\"'\u{1}\u{1f4a5}{{data}}";
    assert_eq!(sent["raw"]["content"]["Broadcast"]["data"], said);
}
