//! `cargo sim spec`.

use stormglass::record::Exploration;
use stormglass_sim::report::numbers::count;
use stormglass_spec::{Property, document, properties, witnesses};

use crate::arguments::SpecArguments;
use crate::output::{print, say};
use crate::store::Store;
use crate::{CommandError, Ending};

/// As wide as a line gets.
const WIDTH: usize = 100;

/// Lists the promises and the witnesses, each with how often the last exploration came to it.
pub(crate) fn spec(arguments: &SpecArguments) -> Result<Ending, CommandError> {
    if arguments.markdown {
        print(format_args!("{}", document::markdown()));
        return Ok(Ending::Held);
    }
    let last = Store::find().and_then(|store| store.exploration());
    let last = Last(last.as_ref());
    wrap("", &last.title());
    wrap("Sources: ", document::ON_SOURCES);
    for property in &properties::ALL {
        print_promise(property, &last);
    }
    say!("\nAn exploration that is not asleep sometimes sees:");
    for witness in &witnesses::ALL {
        let heading = format!("    {:<13}", witness.id);
        wrap(&heading, &format!("{}{}", witness.sentence, last.seen(witness.id)));
    }
    Ok(Ending::Held)
}

fn print_promise(property: &Property, last: &Last<'_>) {
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

/// Prints a text behind a heading, its further lines below its first.
fn wrap(heading: &str, text: &str) {
    let indent = " ".repeat(heading.len());
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(heading)
        .subsequent_indent(&indent)
        // The name of a document can only be followed as long as it is whole.
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    say!("{}", textwrap::fill(text, options));
}

/// The last exploration, if there was one.
struct Last<'a>(Option<&'a Exploration>);

impl Last<'_> {
    fn title(&self) -> String {
        match self.0 {
            Some(last) => {
                format!("Last exploration: {}: {}.", last.title(), last.verdict().word)
            }
            None => "No exploration is on record that would have tested any of this: `cargo sim \
                     explore` makes one."
                .to_owned(),
        }
    }

    /// How often a promise was tested.
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

    /// How often a witness was seen, behind what it is.
    fn seen(&self, id: &str) -> String {
        let Some(last) = self.0 else { return String::new() };
        match last.seen(id) {
            Some(0) => ": never seen".to_owned(),
            Some(times) => format!(": seen {}", count(times, "time")),
            None => format!(": not declared by app {}", last.app),
        }
    }
}
