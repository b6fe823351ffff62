//! `cargo sim spec`: lists the promises, and how often the last exploration tested each.

use stormglass_sim::CommandLine;
use stormglass_sim::report::numbers::count;
use stormglass_spec::{Property, document, witnesses};

use crate::arguments::SpecArguments;
use crate::outcome::{Outcome, SimError};
use crate::output::{print, say};
use crate::program::command_line;
use crate::record::ExplorationRecord;
use crate::store::Store;

/// The width of a line.
const WIDTH: usize = 100;

/// Lists the promises and the witnesses, with their counts in the last exploration.
pub(super) fn spec(arguments: &SpecArguments) -> Result<Outcome, SimError> {
    if arguments.markdown {
        print(format_args!("{}", document::markdown()));
        return Ok(Outcome::Held);
    }
    let app = arguments.app.app;
    let last = Store::find().and_then(|store| store.exploration());
    let last = LastExploration(last.as_ref());
    wrap("", &last.title(&command_line(app)));
    wrap("Sources: ", document::ON_SOURCES);
    for property in &app.properties() {
        print_promise(property, &last);
    }
    say!("\nAn exploration that is not asleep sometimes sees:");
    for witness in &witnesses::ALL {
        let heading = format!("    {:<13}", witness.id);
        wrap(&heading, &format!("{}{}", witness.sentence, last.seen(witness.id)));
    }
    Ok(Outcome::Held)
}

fn print_promise(property: &Property, last: &LastExploration<'_>) {
    let Property { id, kind, promise, reason, sources, .. } = property;
    say!("\n{id}  ({kind})");
    wrap("    ", promise);
    wrap("    Why:     ", reason);
    let mut heading = "    Sources: ";
    for source in *sources {
        wrap(heading, source);
        heading = "             ";
    }
    if let Some(tested) = last.tested(id) {
        wrap("    Tested:  ", &tested);
    }
}

/// Prints a heading and a text beside it. Further lines of the text begin below its first.
fn wrap(heading: &str, text: &str) {
    let indent = " ".repeat(heading.len());
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(heading)
        .subsequent_indent(&indent)
        // The name of a document must stay whole, so that readers can find the document.
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    say!("{}", textwrap::fill(text, options));
}

/// The record of the last exploration, if there is one.
struct LastExploration<'a>(Option<&'a ExplorationRecord>);

impl LastExploration<'_> {
    fn title(&self, command_line: &CommandLine) -> String {
        match self.0 {
            Some(last) => {
                format!("Last exploration: {}: {}.", last.title(), last.verdict().word)
            }
            None => format!(
                "There is no record of an exploration that tested these promises: run `{}`.",
                command_line.line("explore")
            ),
        }
    }

    /// Returns the number of tests of a promise, in words.
    fn tested(&self, id: &str) -> Option<String> {
        let last = self.0?;
        Some(match last.tested(id) {
            Some(0) => "never in the last exploration".to_owned(),
            Some(times) => {
                format!("{} in the last exploration: {}", count(times, "time"), last.title())
            }
            None => format!("not at all: app {} declares no such promise", last.app),
        })
    }

    /// Returns the number of times that a witness was seen, to follow its sentence.
    fn seen(&self, id: &str) -> String {
        let Some(last) = self.0 else { return String::new() };
        match last.seen(id) {
            Some(0) => ": never seen".to_owned(),
            Some(times) => format!(": seen {}", count(times, "time")),
            None => format!(": not declared by app {}", last.app),
        }
    }
}
