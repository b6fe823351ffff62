//! Pictures of a run: who did what when, and what led to a broken promise.
//!
//! Lanes for the clients, the gateway, the functions and the table; an arrow for everything that
//! goes from one to another, numbered as in the text of the run; a bar for everything that lasts;
//! deviations and the broken promise accented. The bytes of a picture depend on its run alone.
//!
//! - `scene`: what all of them show, made of `lanes`, `shapes`, `bars` and `labels`.
//! - `svg`: to look at, measured by `layout`, coloured by `style`.
//! - `text`: its twin for terminals and logs.
//! - `mermaid`: for issues and pull requests.
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
    /// What a run was made of; what is no run has no schedule.
    run: Option<&'a Run>,
    violation: Option<&'a Violation>,
    app: &'a str,
    replay: Option<&'a str>,
}

/// Of a run that breaks a promise with more steps than this, a still picture shows what led there
/// and leaves the others out.
const STEPS_MAX: usize = 150;

impl<'a> Picture<'a> {
    /// The picture of a run of the application with this name.
    pub fn of(run: &'a Run, app: &'a str) -> Picture<'a> {
        let (history, violation) = (&run.history, run.violation.as_ref());
        Picture { history, run: Some(run), violation, app, replay: None }
    }

    /// The picture of what happened elsewhere than in a run, such as on a server. Events that are
    /// not kept any more are counted as left out.
    pub fn of_history(history: &'a History, app: &'a str) -> Picture<'a> {
        Picture { history, run: None, violation: None, app, replay: None }
    }

    /// The picture with the command that replays its run, instead of its bare case.
    pub fn replayed_by(self, command: &'a str) -> Picture<'a> {
        Picture { replay: Some(command), ..self }
    }

    /// A sequence diagram as SVG. Every step has its full text as a `<title>`, which browsers show
    /// when somebody points at it.
    pub fn svg(&self) -> String {
        svg::svg(self, &self.still())
    }

    /// The sequence diagram as two images for a page that has [`Picture::style`]: the lanes' names,
    /// which can stay in sight, and what is below them. The id of a step is `event-` and its
    /// number.
    pub fn drawing(&self) -> String {
        html::drawing(self, &self.still(), "event")
    }

    /// The style of a [`Picture::drawing`], which follows the `color-scheme` of its page.
    pub fn style() -> String {
        style::paged()
    }

    /// The same in characters, for terminals and logs: 100 columns wide, wider only if there are
    /// many lanes.
    pub fn text(&self) -> String {
        text::text(self, &self.still())
    }

    /// A Mermaid diagram, which fits into an issue: what led to the broken promise, or the whole
    /// run where none was broken.
    pub fn mermaid(&self) -> String {
        mermaid::mermaid(self, &Scene::folded(self))
    }

    /// A page to step through the run, with what was so at each step: one file that needs no
    /// network and no other file.
    pub fn html(&self) -> String {
        html::html(self)
    }

    /// What can be looked at as a whole.
    fn still(&self) -> Scene<'a> {
        match self.history.events.len() > STEPS_MAX {
            true => Scene::folded(self),
            false => Scene::whole(self),
        }
    }

    /// How to come to the run again, and what that is called.
    fn replay(&self) -> (&'static str, String) {
        match self.replay {
            Some(command) => ("replay", command.to_owned()),
            None => ("case", self.run.map(|run| run.case.to_string()).unwrap_or_default()),
        }
    }

    /// The verdict in a line.
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
