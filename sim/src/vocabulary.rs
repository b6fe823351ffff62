//! The messages that the clients of an application send, as data.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stormglass_spec::hash::Draws;

use crate::stack::Stack;
use crate::translate::connection_id;

/// The names of the holes that every vocabulary fills by itself.
const HOLES: [&str; 5] = ["me", "other", "connection", "number", "text"];

/// Numbers on both sides of limits that services often have.
const NUMBERS: [i64; 8] = [0, 1, 2, 3, 7, -1, 100, 1_000_000_007];

/// Texts that services often spoil, as they stand inside of a JSON string.
const AWKWARD_TEXTS: [&str; 5] =
    ["", r#"a \"quote\" and a \\"#, r"\u00e9\ud83c\udf29", r"two\nlines", " padded "];

/// The messages that clients send, the handshakes with which they come, the programs that they run,
/// and the events that come from outside, each with a weight.
///
/// A generated plan is composed of them. A message is a template: a text with holes.
///
/// | hole           | filled with                                                            |
/// |----------------|------------------------------------------------------------------------|
/// | `{me}`         | the name of the client that sends the message                          |
/// | `{other}`      | the name of another client of the plan, or its own if it is alone      |
/// | `{connection}` | the id of the first connection of such a client                        |
/// | `{number}`     | a whole number, mostly a small one                                     |
/// | `{text}`       | a text that no other message has, or now and then an awkward one       |
/// | `{room}`       | one of the values that [`Vocabulary::hole`] gives to `room`            |
///
/// ```
/// use stormglass_sim::Vocabulary;
///
/// let vocabulary = Vocabulary::new()
///     .hole("room", &["red", "blue"])
///     .message(3, r#"{"action":"say","room":"{room}","text":"{text}"}"#)
///     .message(1, r#"{"action":"leave"}"#)
///     .handshake(1, "guest");
/// assert!(!vocabulary.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    holes: BTreeMap<String, Vec<String>>,
    messages: Vec<(u64, Template)>,
    handshakes: Vec<(u64, String)>,
    programs: Vec<(u64, String)>,
    /// The events that come from outside: the part of the stack that each reaches, and its payload.
    events: Vec<(u64, OutsideEvent)>,
}

/// An event that comes from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OutsideEvent {
    target: String,
    payload: Template,
}

/// A text with holes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Hole(String),
}

/// The client that sends a message, among the others of its plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speaker<'a> {
    pub(crate) name: &'a str,
    /// The names of all clients of the plan.
    pub(crate) everybody: &'a [&'a str],
    /// The number of the message among those of this client.
    pub(crate) ordinal: u32,
}

impl Vocabulary {
    /// Makes a vocabulary without any words.
    pub fn new() -> Vocabulary {
        Vocabulary::default()
    }

    /// Gives the values of a hole, of which each message draws one. Messages that are added later
    /// can have the hole.
    ///
    /// # Panics
    ///
    /// If there is no value, or if the name is not made of lower-case letters.
    #[must_use]
    pub fn hole(mut self, name: &str, values: &[&str]) -> Vocabulary {
        assert!(is_name(name), "the name of a hole has lower-case letters only, and not `{name}`");
        assert!(!values.is_empty(), "the hole `{name}` has no value");
        let values = values.iter().map(|value| String::from(*value)).collect();
        self.holes.insert(name.to_owned(), values);
        self
    }

    /// Adds a message, which is sent the more often the larger its weight is.
    ///
    /// A hole is a name of lower-case letters between braces. All other text stays as it is, the
    /// braces of JSON as well.
    ///
    /// # Panics
    ///
    /// If the message has a hole that is not known.
    #[must_use]
    pub fn message(mut self, weight: u32, template: &str) -> Vocabulary {
        let template = self.template(template);
        self.messages.push((weight.into(), template));
        self
    }

    /// Adds a kind of handshake beside the usual one, which has the weight 10.
    ///
    /// [`App::handshake`](crate::App::handshake) has its headers and query.
    #[must_use]
    pub fn handshake(mut self, weight: u32, kind: &str) -> Vocabulary {
        self.handshakes.push((weight.into(), kind.to_owned()));
        self
    }

    /// Adds a program that clients run, beside the clients without a program, whose weight is 10.
    ///
    /// [`App::program`](crate::App::program) has the program of this name.
    #[must_use]
    pub fn program(mut self, weight: u32, name: &str) -> Vocabulary {
        self.programs.push((weight.into(), name.to_owned()));
        self
    }

    /// Adds an event that comes neither from a client nor from a function.
    ///
    /// `target` is the part of the stack that it reaches: a function, which Lambda then invokes
    /// asynchronously, or a queue. `payload` is a template of a JSON value with holes. For a queue
    /// a string is the text of the message, and any other value is the message itself.
    ///
    /// # Panics
    ///
    /// If the payload has a hole that is not known, or is no JSON.
    #[must_use]
    pub fn event(mut self, weight: u32, target: &str, payload: &str) -> Vocabulary {
        let payload = self.template(payload);
        let filled = payload.fill(|_| "1".to_owned());
        let is_json = serde_json::from_str::<Value>(&filled).is_ok();
        assert!(is_json, "the payload of an event for {target} is no JSON: {filled}");
        self.events.push((weight.into(), OutsideEvent { target: target.to_owned(), payload }));
        self
    }

    fn template(&self, text: &str) -> Template {
        let template = Template::parse(text);
        for name in template.holes() {
            assert!(
                HOLES.contains(&name) || self.holes.contains_key(name),
                "a message has the hole `{{{name}}}`: give its values with `Vocabulary::hole`"
            );
        }
        template
    }

    /// Reports whether the vocabulary has no messages.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Returns a vocabulary with a message for each route that clients can select by a member of a
    /// JSON object. The messages have nothing but that member.
    pub fn of_routes(stack: &Stack) -> Vocabulary {
        let path = stack.route_selection.strip_prefix("$request.body.").unwrap_or_default();
        let is_path = |name: &str| !name.is_empty() && name.chars().all(char::is_alphanumeric);
        if !path.split('.').all(is_path) {
            return Vocabulary::new();
        }
        let keys = stack.routes.iter().map(|route| &route.key).filter(|key| !key.starts_with('$'));
        keys.fold(Vocabulary::new(), |vocabulary, key| {
            let message =
                path.rsplit('.').fold(json!(key), |value: Value, name| json!({ name: value }));
            let template = Template(vec![Part::Text(message.to_string())]);
            let messages = vocabulary.messages.into_iter().chain([(1, template)]).collect();
            Vocabulary { messages, ..vocabulary }
        })
    }

    /// Draws a message; `None` if the vocabulary has none.
    pub(crate) fn draw_message(&self, draws: &mut Draws, speaker: Speaker<'_>) -> Option<String> {
        let template = pick(draws, &self.messages, 0)?;
        Some(template.fill(|hole| self.fill(hole, draws, speaker)))
    }

    /// Returns one message of each kind, in the order in which they were added.
    pub(crate) fn every_message(&self, speaker: Speaker<'_>) -> Vec<String> {
        let mut draws = Draws::new(stormglass_spec::CONSTANT, speaker.name);
        let templates = self.messages.iter().map(|(_, template)| template);
        templates.map(|it| it.fill(|hole| self.fill(hole, &mut draws, speaker))).collect()
    }

    /// Draws an event that comes from outside, as a target and a payload; `None` if there is none.
    pub(crate) fn draw_event(
        &self,
        draws: &mut Draws,
        speaker: Speaker<'_>,
    ) -> Option<(String, String)> {
        let event = pick(draws, &self.events, 0)?;
        let payload = event.payload.fill(|hole| self.fill(hole, draws, speaker));
        Some((event.target.clone(), payload))
    }

    /// Returns one event of each kind that comes from outside, in the order in which they were
    /// added.
    pub(crate) fn every_event(&self, speaker: Speaker<'_>) -> Vec<(String, String)> {
        let mut draws = Draws::new(stormglass_spec::CONSTANT, speaker.name);
        let events = self.events.iter().map(|(_, event)| event);
        let filled = events.map(|event| {
            let payload = event.payload.fill(|hole| self.fill(hole, &mut draws, speaker));
            (event.target.clone(), payload)
        });
        filled.collect()
    }

    /// Draws the kind of a handshake; `None` is the usual one.
    pub(crate) fn draw_handshake(&self, draws: &mut Draws) -> Option<&str> {
        draw_name(draws, &self.handshakes)
    }

    /// Draws the program of a client; `None` is a client without one.
    pub(crate) fn draw_program(&self, draws: &mut Draws) -> Option<&str> {
        draw_name(draws, &self.programs)
    }

    fn fill(&self, hole: &str, draws: &mut Draws, speaker: Speaker<'_>) -> String {
        match hole {
            "me" => speaker.name.to_owned(),
            "other" => speaker.other(draws).to_owned(),
            "connection" => connection_id(&format!("{}1", speaker.other(draws))),
            "number" => draws.pick(&NUMBERS).to_string(),
            "text" if draws.chance(100) => draws.pick(&AWKWARD_TEXTS).to_owned(),
            "text" => format!("{} {}", speaker.name, speaker.ordinal),
            word => draws.pick(&self.holes[word]),
        }
    }
}

impl Speaker<'_> {
    fn other(&self, draws: &mut Draws) -> &str {
        let others: Vec<&str> =
            self.everybody.iter().copied().filter(|name| *name != self.name).collect();
        if others.is_empty() { self.name } else { draws.pick(&others) }
    }
}

impl Template {
    fn parse(text: &str) -> Template {
        let mut parts = Vec::new();
        let mut rest = text;
        let mut searched = 0;
        while let Some(open) = rest[searched..].find('{').map(|place| searched + place) {
            let name = rest[open + 1..].split('}').next().unwrap_or_default();
            let end = open + 1 + name.len();
            if !is_name(name) || end == rest.len() {
                searched = open + 1;
                continue;
            }
            parts.push(Part::Text(rest[..open].to_owned()));
            parts.push(Part::Hole(name.to_owned()));
            rest = &rest[end + 1..];
            searched = 0;
        }
        parts.push(Part::Text(rest.to_owned()));
        Template(parts)
    }

    fn holes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Hole(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    fn fill(&self, mut value: impl FnMut(&str) -> String) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Hole(name) => value(name),
        });
        parts.collect()
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase())
}

/// Draws one of several names by their weights; `None` is the usual one.
fn draw_name<'a>(draws: &mut Draws, names: &'a [(u64, String)]) -> Option<&'a str> {
    const USUAL: u64 = 10;
    if names.is_empty() { None } else { pick(draws, names, USUAL).map(String::as_str) }
}

/// Draws one of several values by their weights; `None` has the weight `of_none`.
fn pick<'a, T>(draws: &mut Draws, values: &'a [(u64, T)], of_none: u64) -> Option<&'a T> {
    let total: u64 = values.iter().map(|(weight, _)| weight).sum();
    if total + of_none == 0 {
        return None;
    }
    let mut draw = draws.below(total + of_none);
    for (weight, value) in values {
        if draw < *weight {
            return Some(value);
        }
        draw -= weight;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::Route;

    const BOB: Speaker<'_> = Speaker { name: "bob", everybody: &["ana", "bob"], ordinal: 3 };

    fn drawn(vocabulary: &Vocabulary, seed: u64) -> Option<String> {
        vocabulary.draw_message(&mut Draws::new(seed, "test"), BOB)
    }

    #[test]
    fn every_hole_is_filled_and_json_keeps_its_braces() {
        let vocabulary = Vocabulary::new().hole("room", &["red"]).message(
            1,
            r#"{"a":{"me":"{me}","to":"{other}","room":"{room}"},"n":{number},"none":{}}"#,
        );
        let text = drawn(&vocabulary, 1).expect("a message");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["a"], json!({ "me": "bob", "to": "ana", "room": "red" }));
        assert!(value["n"].is_i64());
        assert_eq!(value["none"], json!({}));
    }

    #[test]
    fn a_message_names_another_client_by_the_id_of_its_first_connection() {
        let vocabulary = Vocabulary::new().message(1, "{connection}");
        assert_eq!(drawn(&vocabulary, 1), Some(connection_id("ana1")));
    }

    #[test]
    fn each_message_is_drawn_by_its_weight() {
        let vocabulary = Vocabulary::new().message(9, "often").message(1, "seldom");
        let seldom =
            (0..1_000).filter(|seed| drawn(&vocabulary, *seed).as_deref() == Some("seldom"));
        assert!((60..140).contains(&seldom.count()));
        assert_eq!(drawn(&Vocabulary::new(), 1), None);
        assert_eq!(drawn(&Vocabulary::new().message(0, "never"), 1), None);
    }

    #[test]
    #[should_panic(expected = "the hole `{room}`: give its values")]
    fn a_hole_without_values_is_refused() {
        let _ = Vocabulary::new().message(1, "{room}");
    }

    #[test]
    fn routes_give_messages_that_select_them() {
        let stack = Stack::new()
            .selecting("$request.body.do.what")
            .route(Route::one_way("$connect", "connect"))
            .route(Route::two_way("move", "move"));
        let vocabulary = Vocabulary::of_routes(&stack);
        assert_eq!(drawn(&vocabulary, 1).as_deref(), Some(r#"{"do":{"what":"move"}}"#));
        let stack = stack.selecting("${request.body.a}/x");
        assert!(Vocabulary::of_routes(&stack).is_empty());
    }
}
