//! Pictures of a run: the steps on the lanes of their actors, and the way to a violation.
//!
//! A picture has lanes for the clients, the gateway, the functions and the table. It has a numbered
//! arrow for everything that goes from one lane to another, with the number in the text of the run,
//! and a bar for everything that lasts. Deviations and the violation are accented. The bytes of a
//! picture depend on its run alone.
//!
//! - `scene`: the content that all of them share, made of `lanes`, `shapes`, `bars` and `labels`.
//! - `svg`: an image, measured by `layout` and coloured by `style`.
//! - `text`: the same diagram for terminals and logs.
//! - `mermaid`: the same diagram for issues and pull requests.
//! - `html`: a page to step through a run.

mod bars;
mod html;
mod labels;
mod lanes;
pub mod layout;
mod mermaid;
mod scene;
mod shapes;
mod style;
mod svg;
mod text;

use stormglass_spec::{History, Violation};

use crate::outcome::Run;
use scene::Scene;

/// A run to be drawn.
///
/// ```
/// use stormglass_sim::report::picture::Picture;
/// # fn draw(run: &stormglass_sim::Run) {
/// let picture = Picture::of(run, "chat");
/// std::fs::write("chat.svg", picture.svg()).unwrap();
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    history: &'a History,
    /// The run. A history from elsewhere has none, and so no schedule.
    run: Option<&'a Run>,
    violation: Option<&'a Violation>,
    app: &'a str,
    replay: Option<&'a str>,
}

/// The largest number of steps that a still picture shows of a run with a violation. Above it, the
/// picture shows the steps that led to the violation and leaves the others out.
const STEPS_MAX: usize = 150;

impl<'a> Picture<'a> {
    /// Returns the picture of a run of the application with this name.
    pub fn of(run: &'a Run, app: &'a str) -> Picture<'a> {
        let (history, violation) = (&run.history, run.violation.as_ref());
        Picture { history, run: Some(run), violation, app, replay: None }
    }

    /// Returns the picture of a history that is no run, such as a server's. Events that are not
    /// kept any more are counted as left out.
    pub fn of_history(history: &'a History, app: &'a str) -> Picture<'a> {
        Picture { history, run: None, violation: None, app, replay: None }
    }

    /// Replaces the bare case in the picture by the command that replays its run.
    pub fn replayed_by(self, command: &'a str) -> Picture<'a> {
        Picture { replay: Some(command), ..self }
    }

    /// Draws a sequence diagram as SVG. Every step has its full text as a `<title>`, which browsers
    /// show under the pointer.
    pub fn svg(&self) -> String {
        svg::svg(self, &self.still())
    }

    /// Draws the sequence diagram as two images for a page that has [`Picture::style`]: the names
    /// of the lanes, which can stay in sight, and the part below them. The id of a step is `event-`
    /// and its number.
    pub fn drawing(&self) -> String {
        html::drawing(self, &self.still(), "event")
    }

    /// Returns the style of a page that shows a [`Picture::drawing`], and of the drawing. Both
    /// follow the `color-scheme` of the page.
    pub fn style() -> String {
        style::paged()
    }

    /// Draws the diagram in characters, for terminals and logs: 100 columns wide, wider only if
    /// there are many lanes.
    pub fn text(&self) -> String {
        text::text(self, &self.still())
    }

    /// Draws a Mermaid diagram, which fits into an issue: the steps that led to the violation, or
    /// the whole run if there is none.
    pub fn mermaid(&self) -> String {
        mermaid::mermaid(self, &Scene::folded(self))
    }

    /// Writes a page to step through the run, with the state at each step: one file that needs no
    /// network and no other file.
    pub fn html(&self) -> String {
        html::html(self)
    }

    /// Returns the scene of a still picture: the whole run, unless it is too long.
    fn still(&self) -> Scene<'a> {
        if self.history.events.len() > STEPS_MAX { Scene::folded(self) } else { Scene::whole(self) }
    }

    /// Returns the command or case that gives the run again, after the word for it.
    fn replay(&self) -> (&'static str, String) {
        match self.replay {
            Some(command) => ("replay", command.to_owned()),
            None => ("case", self.run.map(|run| run.case.to_string()).unwrap_or_default()),
        }
    }

    /// Writes the verdict in a line.
    fn verdict(&self) -> String {
        let steps = self.history.events.len();
        match self.violation {
            None if self.run.is_none() => format!("app {}   {steps} steps", self.app),
            None => format!("HELD  every promise   app {}   {steps} steps", self.app),
            Some(Violation { property, kind, event, .. }) => {
                format!("FAILED  {property}  ({kind})   app {}   step {event} of {steps}", self.app)
            }
        }
    }
}
