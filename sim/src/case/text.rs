//! The text form of a case.
//!
//! ```text
//! case      = "v1" { " " setting } { " " client } [ " |" { " " deviation } ]
//! setting   = name "=" value          see [`settings`](super::settings)
//! client    = name [ "*" copies ] ":" [ step { "," step } ]
//! step      = [ "+" ] action [ "#" ordinal ]
//! action    = "c" [ kind ] [ object ] connect, with headers and query
//!           | "a" [ kind ] [ object ] ask for a connection, and be gone
//!           | "r" string                run the program of this name
//!           | "b" json                broadcast this value
//!           | "h" number              broadcast a string of so many letters
//!           | "m" object              send this JSON object, as it stands here
//!           | "t" string              send this text
//!           | "f" number              send so many letters in one frame
//!           | "x" hex                 send these bytes as a binary message
//!           | "p"                     ping
//!           | "i" duration            be idle
//!           | "w" duration            be idle for a while of its own, at most so long
//!           | "s" duration            read nothing for so long
//!           | "q" [ code [ string ] ] close, with a code and a reason
//!           | "v"                     vanish without a close
//!           | "e" string json         from outside: an event for this function, queue or route
//! kind      = string                  of handshake, as the application names it
//! deviation = key "=" choice
//! choice    = "after" number | "late" duration | fault
//! duration  = number ( "us" | "ms" | "s" )
//! ```
//!
//! `+` stands before a step that follows the one before it without a pause. `ordinal` is written
//! only if it isn't the last one of its kind plus one. The client `world` is none: it takes the
//! steps `e`, and waits between them. There is no seed: a case says everything that a run needs.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_json::value::RawValue;
use stormglass_aws::gateway::Upgrade;
use stormglass_spec::name::ClientName;

use super::cursor::Cursor;
use super::plan::{CLOSER, Ordinals};
use super::settings;
use super::{
    Action, Case, Choice, Client, Close, Fault, Handshake, Key, Plan, Schedule, Step, WORLD,
};

/// The version of the text form. Another version may mean another run.
pub const VERSION: u32 = 1;

/// The letters that steps begin with.
const KINDS: &str = "carbhmtfxpiwsqve";

/// The most copies of a client.
const COPIES_MAX: u32 = 1_000_000;

/// The longest message that a step can send, several times the limit of AWS (FACTS 3.1).
const LETTERS_MAX: u32 = 1024 * 1024;

/// The longest reason that fits into a close frame beside its code (RFC 6455, 5.5).
const REASON_BYTES_MAX: usize = 123;

/// An error in the text of a case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CaseError {
    message: String,
}

impl CaseError {
    pub(super) fn new(message: impl Into<String>) -> CaseError {
        CaseError { message: message.into() }
    }
}

impl FromStr for Case {
    type Err = CaseError;

    fn from_str(text: &str) -> Result<Case, CaseError> {
        let mut cursor = Cursor::new(text.trim());
        read_version(&mut cursor)?;
        let mut case = Case::default();
        loop {
            cursor.skip_spaces();
            if cursor.is_at_end() {
                return Ok(case);
            }
            if cursor.eat("|") {
                case.schedule = read_schedule(&mut cursor)?;
                return Ok(case);
            }
            read_setting_or_client(&mut cursor, &mut case.plan)?;
        }
    }
}

fn read_version(cursor: &mut Cursor<'_>) -> Result<(), CaseError> {
    if !cursor.eat("v") {
        return Err(cursor.error(format!("a case starts with its version, `v{VERSION}`")));
    }
    let version = cursor.number("the version of the case")?;
    if version == VERSION {
        return Ok(());
    }
    Err(CaseError::new(format!(
        "this case is of version {version}, but this stormglass reads version {VERSION}; run it \
         with the stormglass that wrote it"
    )))
}

fn read_setting_or_client(cursor: &mut Cursor<'_>, plan: &mut Plan) -> Result<(), CaseError> {
    let start = cursor.error("expected a setting (`page=2`) or a client (`ana:c`)");
    let word = cursor.take_while(|c| c.is_ascii_lowercase());
    if word.is_empty() {
        return Err(start);
    }
    if cursor.eat("=") {
        return settings::read(cursor, word, &mut plan.deployment);
    }
    let copies = if cursor.eat("*") { read_copies(cursor)? } else { 1 };
    cursor.expect(":")?;
    if word == CLOSER {
        return Err(CaseError::new(format!("`{word}` is the simulator's own client")));
    }
    let client = Client { name: word.into(), copies, steps: read_steps(cursor)? };
    check_actor(&client)?;
    if let Some(name) = shared_name(plan, &client) {
        return Err(CaseError::new(format!("there are two clients named `{name}`")));
    }
    plan.clients.push(client);
    Ok(())
}

/// Checks that the world takes its own steps only, and that no client takes them.
fn check_actor(client: &Client) -> Result<(), CaseError> {
    if client.is_world() && client.copies > 1 {
        return Err(CaseError::new(format!("there is one `{WORLD}`: it has no copies")));
    }
    for step in &client.steps {
        let is_of_world = matches!(step.action, Action::Emit { .. });
        let is_wait = matches!(step.action, Action::Idle(_) | Action::Within(_));
        if is_of_world != client.is_world() && !is_wait {
            return Err(CaseError::new(format!(
                "`{}:{}` is no step: `{WORLD}` takes the steps `e`, `i` and `w`, and a client all \
                 but `e`",
                client.name, step.action
            )));
        }
    }
    Ok(())
}

/// Reads the number of copies of a client.
///
/// The limit catches slips of the pen: no machine has memory for more clients.
fn read_copies(cursor: &mut Cursor<'_>) -> Result<u32, CaseError> {
    match at_least_one(cursor, "copies")? {
        copies @ 1..=COPIES_MAX => Ok(copies),
        _ => Err(cursor.error(format!("a client has at most {COPIES_MAX} copies"))),
    }
}

/// Returns a name of `client` that the plan already has, as the name of a client or of a copy.
fn shared_name(plan: &Plan, client: &Client) -> Option<ClientName> {
    let taken: BTreeSet<ClientName> = plan.clients.iter().flat_map(Client::names).collect();
    client.names().into_iter().find(|name| taken.contains(name))
}

pub(super) fn at_least_one(cursor: &mut Cursor<'_>, what: &str) -> Result<u32, CaseError> {
    match cursor.number(what)? {
        0 => Err(cursor.error(format!("the number of {what} is at least 1"))),
        number => Ok(number),
    }
}

fn read_steps(cursor: &mut Cursor<'_>) -> Result<Vec<Step>, CaseError> {
    let mut steps = Vec::new();
    let mut ordinals = Ordinals::default();
    if cursor.is_at_end() || cursor.rest().starts_with(char::is_whitespace) {
        return Ok(steps);
    }
    loop {
        let at_once = cursor.eat("+");
        let action = read_action(cursor)?;
        if at_once && matches!(action, Action::Idle(_) | Action::Within(_)) {
            return Err(cursor.error("`+` stands before a step that does something"));
        }
        let natural = ordinals.natural(&action);
        let ordinal =
            if cursor.eat("#") { at_least_one(cursor, "the step's ordinal")? } else { natural };
        if ordinal < natural {
            return Err(cursor.error(format!("steps of a kind count up: at least {natural}")));
        }
        ordinals.used(&action, ordinal);
        steps.push(Step { ordinal, at_once, action });
        if !cursor.eat(",") {
            return Ok(steps);
        }
    }
}

fn read_action(cursor: &mut Cursor<'_>) -> Result<Action, CaseError> {
    let kind = cursor.rest().chars().next().filter(|kind| KINDS.contains(*kind));
    let Some(kind) = kind else {
        return Err(cursor.error(format!("expected a step (one of {KINDS})")));
    };
    cursor.expect(kind.encode_utf8(&mut [0; 4]))?;
    Ok(match kind {
        'c' => Action::Connect(read_handshake(cursor)?),
        'a' => Action::Abandon(read_handshake(cursor)?),
        'r' => Action::Run(read_string(cursor, "r")?),
        'b' => Action::Broadcast(cursor.json()?.to_owned()),
        'h' => Action::BroadcastOf(read_letters(cursor)?),
        'm' => Action::Text(read_object(cursor)?),
        't' => Action::Text(read_string(cursor, "t")?),
        'f' => Action::Frame(read_letters(cursor)?),
        'x' => Action::Binary(read_hex(cursor)?),
        'p' => Action::Ping,
        'i' => Action::Idle(read_duration(cursor)?),
        'w' => Action::Within(read_duration(cursor)?),
        's' => Action::Stall(read_duration(cursor)?),
        'q' => Action::Close(read_close(cursor)?),
        'e' => {
            let target = read_string(cursor, "e")?;
            Action::Emit { target, payload: cursor.json()?.to_owned() }
        }
        _ => Action::Vanish,
    })
}

/// Reads the length of a message.
///
/// Messages of more than a few times the limit of AWS would show nothing new.
fn read_letters(cursor: &mut Cursor<'_>) -> Result<u32, CaseError> {
    match cursor.number("a number of letters")? {
        letters @ 0..=LETTERS_MAX => Ok(letters),
        _ => Err(cursor.error(format!("a message has at most {LETTERS_MAX} letters here"))),
    }
}

fn read_string(cursor: &mut Cursor<'_>, kind: &str) -> Result<String, CaseError> {
    let text = cursor.json()?;
    serde_json::from_str(text)
        .map_err(|_| CaseError::new(format!("`{kind}` takes a string, not {text}")))
}

fn read_object(cursor: &mut Cursor<'_>) -> Result<String, CaseError> {
    let start = cursor.error("`m` takes a JSON object; `t` takes any text, as a string");
    if cursor.rest().starts_with('{') { cursor.json().map(str::to_owned) } else { Err(start) }
}

fn read_handshake(cursor: &mut Cursor<'_>) -> Result<Handshake, CaseError> {
    let has_kind = cursor.rest().starts_with('"');
    let kind = if has_kind { Some(read_string(cursor, "c")?) } else { None };
    Ok(Handshake { kind, changes: read_upgrade(cursor)? })
}

fn read_upgrade(cursor: &mut Cursor<'_>) -> Result<Upgrade, CaseError> {
    if !cursor.rest().starts_with('{') {
        return Ok(Upgrade::default());
    }
    let object = cursor.json()?;
    serde_json::from_str(object).map_err(|error| {
        CaseError::new(format!(
            "`c` takes {{\"headers\":{{..}},\"query\":{{..}}}} with strings as values: {error}"
        ))
    })
}

fn read_hex(cursor: &mut Cursor<'_>) -> Result<Vec<u8>, CaseError> {
    let digits = cursor.take_while(|c| c.is_ascii_hexdigit());
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect::<Option<Vec<u8>>>().ok_or_else(|| cursor.error("expected pairs of hex digits"))
}

/// Reads a code that a client may send (RFC 6455, 7.4), and a reason that fits into a close frame.
fn read_close(cursor: &mut Cursor<'_>) -> Result<Option<Close>, CaseError> {
    if !cursor.rest().starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(None);
    }
    let code = u16::try_from(cursor.number("a close code")?).unwrap_or(0);
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Err(cursor.error("a client closes with 1000-1003, 1007-1014 or 3000-4999"));
    }
    let has_reason = cursor.rest().starts_with('"');
    let reason = if has_reason { read_string(cursor, "q")? } else { String::new() };
    if reason.len() > REASON_BYTES_MAX {
        return Err(cursor.error(format!("a reason has at most {REASON_BYTES_MAX} bytes")));
    }
    Ok(Some(Close { code, reason }))
}

fn read_schedule(cursor: &mut Cursor<'_>) -> Result<Schedule, CaseError> {
    let mut schedule = Schedule::default();
    loop {
        cursor.skip_spaces();
        if cursor.is_at_end() {
            return Ok(schedule);
        }
        let start = cursor.error("expected a deviation (`ana.c1.answer=after1`)");
        let key = cursor.take_while(|c| c != '=' && !c.is_whitespace());
        if key.is_empty() {
            return Err(start);
        }
        cursor.expect("=")?;
        let choice = read_choice(cursor)?;
        if schedule.deviations.insert(Key::new(key), choice).is_some() {
            return Err(CaseError::new(format!("there are two deviations for `{key}`")));
        }
    }
}

fn read_choice(cursor: &mut Cursor<'_>) -> Result<Choice, CaseError> {
    let start = cursor.error("expected a deviation (`after2`, `late500ms` or a fault)");
    if cursor.eat("after") {
        let events = at_least_one(cursor, "events to wait for")?;
        let events = u16::try_from(events).map_err(|_| start)?;
        return Ok(Choice::After(events));
    }
    if cursor.eat("late") {
        return read_duration(cursor).map(Choice::Late);
    }
    let name = cursor.take_while(|c| !c.is_whitespace());
    Fault::named(name).map(Choice::Fault).ok_or(start)
}

pub(super) fn read_duration(cursor: &mut Cursor<'_>) -> Result<Duration, CaseError> {
    let number = u64::from(cursor.number("a duration such as 500ms")?);
    if cursor.eat("us") {
        return Ok(Duration::from_micros(number));
    }
    if cursor.eat("ms") {
        return Ok(Duration::from_millis(number));
    }
    cursor.expect("s")?;
    Ok(Duration::from_secs(number))
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{VERSION}")?;
        settings::write(f, &self.plan.deployment)?;
        for client in &self.plan.clients {
            write!(f, " {}", client.name)?;
            if client.copies > 1 {
                write!(f, "*{}", client.copies)?;
            }
            f.write_str(":")?;
            write_steps(f, &client.steps)?;
        }
        if self.schedule.deviations.is_empty() {
            return Ok(());
        }
        f.write_str(" |")?;
        for (key, choice) in &self.schedule.deviations {
            write!(f, " {key}={choice}")?;
        }
        Ok(())
    }
}

fn write_steps(f: &mut fmt::Formatter<'_>, steps: &[Step]) -> fmt::Result {
    let mut ordinals = Ordinals::default();
    for (index, step) in steps.iter().enumerate() {
        if index > 0 {
            f.write_str(",")?;
        }
        if step.at_once {
            f.write_str("+")?;
        }
        write!(f, "{}", step.action)?;
        if step.ordinal != ordinals.natural(&step.action) {
            write!(f, "#{}", step.ordinal)?;
        }
        ordinals.used(&step.action, step.ordinal);
    }
    Ok(())
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Connect(handshake) => write_handshake(f, "c", handshake),
            Action::Abandon(handshake) => write_handshake(f, "a", handshake),
            Action::Run(program) => write!(f, "r{}", serde_json::Value::from(program.as_str())),
            Action::Broadcast(data) => write!(f, "b{data}"),
            Action::BroadcastOf(letters) => write!(f, "h{letters}"),
            Action::Text(text) if is_object(text) => write!(f, "m{text}"),
            Action::Text(text) => write!(f, "t{}", serde_json::Value::from(text.as_str())),
            Action::Frame(letters) => write!(f, "f{letters}"),
            Action::Binary(bytes) => {
                f.write_str("x")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Action::Ping => f.write_str("p"),
            Action::Idle(duration) => write_step(f, "i", *duration),
            Action::Within(duration) => write_step(f, "w", *duration),
            Action::Stall(duration) => write_step(f, "s", *duration),
            Action::Close(None) => f.write_str("q"),
            Action::Close(Some(Close { code, reason })) if reason.is_empty() => {
                write!(f, "q{code}")
            }
            Action::Close(Some(Close { code, reason })) => {
                write!(f, "q{code}{}", serde_json::Value::from(reason.as_str()))
            }
            Action::Vanish => f.write_str("v"),
            Action::Emit { target, payload } => {
                write!(f, "e{}{payload}", serde_json::Value::from(target.as_str()))
            }
        }
    }
}

fn write_handshake(f: &mut fmt::Formatter<'_>, step: &str, handshake: &Handshake) -> fmt::Result {
    let Handshake { kind, changes } = handshake;
    f.write_str(step)?;
    if let Some(kind) = kind {
        write!(f, "{}", serde_json::Value::from(kind.as_str()))?;
    }
    if changes.is_default() {
        return Ok(());
    }
    f.write_str(&serde_json::to_string(changes).map_err(|_| fmt::Error)?)
}

/// True if a text is a JSON object and nothing else, on one line, so that it can stand in a case as
/// it is.
fn is_object(text: &str) -> bool {
    let is_plain = text.starts_with('{') && !text.contains(char::is_control);
    let value: Option<&RawValue> = serde_json::from_str(text).ok().filter(|_| is_plain);
    value.is_some_and(|value| value.get() == text)
}

fn write_step(f: &mut fmt::Formatter<'_>, kind: &str, duration: Duration) -> fmt::Result {
    f.write_str(kind)?;
    write_duration(f, duration)
}

/// Writes a duration in the largest unit that has no fraction.
pub(super) fn write_duration(f: &mut fmt::Formatter<'_>, duration: Duration) -> fmt::Result {
    let micros = duration.as_micros();
    if micros.is_multiple_of(1_000_000) {
        write!(f, "{}s", micros / 1_000_000)
    } else if micros.is_multiple_of(1_000) {
        write!(f, "{}ms", micros / 1_000)
    } else {
        write!(f, "{micros}us")
    }
}
