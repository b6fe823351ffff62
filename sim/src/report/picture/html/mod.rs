//! A page to step through a run: one file that needs no network and no other file.
//!
//! - `html/page.html`: the frame of the page. This module fills its gaps.
//! - `html/page.css`: the style of this page. `picture/page.css` has the rules that it shares.
//! - `html/script/`: the script of the page, in parts that are put together.
//! - `data`: the data of the run for the script, with the changes of each step (`state`), every
//!   event as it is (`raw`), and the meanings of its deviations (`deviation`).

mod data;
mod deviation;
mod policy;
mod state;

use std::borrow::Cow;
use std::fmt::{self, Write};

use stormglass_spec::Violation;

use super::Picture;
use super::layout::Layout;
use super::scene::Scene;
use super::style;
use super::svg::{escape, write_body, write_head};
use data::data;

const FRAME: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// The one script of a page. Each part may use the parts above it.
const SCRIPT: &str = concat!(
    include_str!("script/model.js"),
    include_str!("script/diagram.js"),
    include_str!("script/panels.js"),
    include_str!("script/filter.js"),
    include_str!("script/controls.js"),
);

/// Returns the page of a run.
pub(super) fn html(picture: &Picture<'_>) -> String {
    let whole = Scene::whole(picture);
    let folded = picture.violation.map(|_| Scene::folded(picture));
    let folded = folded.filter(|folded| folded.steps.len() < whole.steps.len());
    let style = format!("{}{STYLE}", style::paged());
    fill(FRAME, |gap| match gap {
        "policy" => escape(&policy::policy(&style, SCRIPT)),
        "title" => escape(&picture.verdict()),
        "style" => style.clone(),
        "head" => head(picture),
        "replay" => escape(&picture.replay().1),
        "replay-label" => picture.replay().0.to_owned(),
        "drawings" => drawings(picture, &whole, folded.as_ref()),
        "steps" => whole.steps.len().to_string(),
        "data" => data(picture, &whole),
        "script" => SCRIPT.to_owned(),
        _ => String::new(),
    })
}

/// Fills the gaps of a frame, `{{like this}}`. The filled text is not searched for gaps.
fn fill(frame: &str, with: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    let mut rest = frame;
    while let Some((before, gap, after)) = next_gap(rest) {
        text.push_str(before);
        text.push_str(&with(gap));
        rest = after;
    }
    text.push_str(rest);
    text
}

fn next_gap(frame: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = frame.split_once("{{")?;
    let (gap, after) = rest.split_once("}}")?;
    Some((before, gap, after))
}

/// Writes the verdict, with its reasons.
fn head(picture: &Picture<'_>) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_verdict(&mut text, picture);
    let reasons = reasons(picture);
    if reasons.is_empty() {
        return text;
    }
    text.push_str("<dl>\n");
    for (term, said) in reasons {
        let _ = writeln!(text, "<dt>{term}</dt><dd class=\"{term}\">{}</dd>", linked(&said));
    }
    text.push_str("</dl>");
    text
}

fn write_verdict(f: &mut String, picture: &Picture<'_>) -> fmt::Result {
    let steps = picture.history.events.len();
    let app = escape(picture.app);
    match picture.violation {
        None => writeln!(
            f,
            "<h1><span class=\"verdict held\">HELD</span> every promise \
             <small>app {app}, {steps} steps</small></h1>"
        ),
        Some(Violation { property, kind, event, .. }) => writeln!(
            f,
            "<h1><span class=\"verdict failed\">FAILED</span> {} \
             <small>{kind}, app {app}, step {event} of {steps}</small></h1>",
            escape(property)
        ),
    }
}

/// Returns the property, the reason for its violation, the other promises that broke with it, and
/// the things that are still pending.
fn reasons(picture: &Picture<'_>) -> Vec<(&'static str, String)> {
    let mut reasons = Vec::new();
    if let Some(violation) = picture.violation {
        reasons.push(("promise", violation.promise.to_owned()));
        reasons.push(("because", violation.because.clone()));
        if !violation.also.is_empty() {
            reasons.push(("also", format!("broken by this step: {}", violation.also.join(", "))));
        }
        reasons.extend(violation.pending.iter().map(|line| ("pending", line.clone())));
    }
    reasons
}

/// Writes a text with its steps as links: `step 19`.
fn linked(text: &str) -> String {
    let mut linked = String::new();
    let mut rest = text;
    while let Some(found) = rest.find("step ") {
        let (before, after) = rest.split_at(found);
        let digits = after["step ".len()..].chars().take_while(char::is_ascii_digit).count();
        let (step, after) = after.split_at("step ".len() + digits);
        linked.push_str(&escape(before));
        linked.push_str(&link(step));
        rest = after;
    }
    linked.push_str(&escape(rest));
    linked
}

fn link(step: &str) -> Cow<'_, str> {
    match step.trim_start_matches("step ") {
        "" => Cow::Borrowed(step),
        number => Cow::Owned(format!("<a href=\"#step-{number}\">{step}</a>")),
    }
}

fn drawings(picture: &Picture<'_>, whole: &Scene<'_>, folded: Option<&Scene<'_>>) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_drawing(&mut text, picture, whole, "whole", folded.is_some());
    if let Some(folded) = folded {
        let _ = write_drawing(&mut text, picture, folded, "past", false);
    }
    text
}

/// Writes a drawing that stands in a page by itself.
pub(super) fn drawing(picture: &Picture<'_>, scene: &Scene<'_>, name: &str) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_drawing(&mut text, picture, scene, name, false);
    text
}

/// Writes a drawing, with the names of the lanes in a separate image that stays in sight.
fn write_drawing(
    f: &mut String,
    picture: &Picture<'_>,
    scene: &Scene<'_>,
    name: &str,
    is_hidden: bool,
) -> fmt::Result {
    let layout = Layout::of(scene);
    let hidden = if is_hidden { " hidden" } else { "" };
    writeln!(f, "<div class=\"drawing\" id=\"{name}\"{hidden}>")?;
    write_open(f, "names", &layout, layout.head)?;
    write_head(f, scene, &layout)?;
    writeln!(f, "</svg>")?;
    write_open(f, "lanes", &layout, layout.height)?;
    write_body(f, picture, scene, &layout, name)?;
    writeln!(f, "</svg>\n</div>")
}

/// Opens an image. Screen readers skip it: the words of the page give the names and numbers as
/// well.
fn write_open(f: &mut String, class: &str, layout: &Layout, height: u32) -> fmt::Result {
    let width = layout.width;
    writeln!(
        f,
        "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" aria-hidden=\"true\">"
    )?;
    writeln!(f, "<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>")
}

#[cfg(test)]
mod tests;
