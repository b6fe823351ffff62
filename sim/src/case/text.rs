//! The text form of a case.
//!
//! ```text
//! case      = "v1" { " " setting } { " " client } [ " |" { " " deviation } ]
//! setting   = "page=" number | "lag=" duration | "timeout=" duration | "concurrency=" number
//! client    = name ":" [ step { "," step } ]
//! step      = action [ "#" ordinal ]
//! action    = "c" [ object ]          connect, with headers and query
//!           | "b" json                broadcast this value
//!           | "t" string              send this text
//!           | "x" hex                 send these bytes as a binary message
//!           | "i" duration            be idle
//!           | "q" [ code ]            close
//!           | "v"                     vanish without a close
//! deviation = key "=" choice
//! choice    = "after" number | "late" duration | fault
//! duration  = number ( "us" | "ms" | "s" )
//! ```
//!
//! `ordinal` stands only where it isn't the last one of its kind plus one. There is no seed: a
//! case says everything that a run needs.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::cursor::Cursor;
use super::plan::{CLOSER, Ordinals};
use super::{Action, Case, Choice, Client, Deployment, Fault, Key, Plan, Schedule, Step, Upgrade};

/// The version of the text form. Another version may mean another run.
pub const VERSION: u32 = 1;

/// A text that is no case.
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
        return read_setting(cursor, word, &mut plan.deployment);
    }
    cursor.expect(":")?;
    if plan.clients.iter().any(|client| client.name.as_ref() == word) {
        return Err(CaseError::new(format!("there are two clients named `{word}`")));
    }
    if word == CLOSER {
        return Err(CaseError::new(format!("`{word}` is the simulator's own client")));
    }
    let steps = read_steps(cursor)?;
    plan.clients.push(Client { name: word.into(), steps });
    Ok(())
}

fn read_setting(
    cursor: &mut Cursor<'_>,
    name: &str,
    deployment: &mut Deployment,
) -> Result<(), CaseError> {
    match name {
        "page" => deployment.page_rows_max = Some(at_least_one(cursor, "rows on a page")?),
        "lag" => deployment.replica_lag = read_duration(cursor)?,
        "timeout" => deployment.lambda_timeout = read_timeout(cursor)?,
        "concurrency" => {
            deployment.lambda_concurrency = Some(at_least_one(cursor, "invocations")?);
        }
        _ => {
            return Err(CaseError::new(format!(
                "there is no setting `{name}`; there are page, lag, timeout and concurrency"
            )));
        }
    }
    Ok(())
}

fn at_least_one(cursor: &mut Cursor<'_>, what: &str) -> Result<u32, CaseError> {
    match cursor.number(what)? {
        0 => Err(cursor.error(format!("the number of {what} is at least 1"))),
        number => Ok(number),
    }
}

/// Lambda's own limits: 1 s to 900 s.
fn read_timeout(cursor: &mut Cursor<'_>) -> Result<Duration, CaseError> {
    let timeout = read_duration(cursor)?;
    if (Duration::from_secs(1)..=Duration::from_secs(900)).contains(&timeout) {
        return Ok(timeout);
    }
    Err(cursor.error("the timeout of a function is 1s to 900s"))
}

fn read_steps(cursor: &mut Cursor<'_>) -> Result<Vec<Step>, CaseError> {
    let mut steps = Vec::new();
    let mut ordinals = Ordinals::default();
    if cursor.is_at_end() || cursor.rest().starts_with(char::is_whitespace) {
        return Ok(steps);
    }
    loop {
        let action = read_action(cursor)?;
        let natural = ordinals.natural(&action);
        let ordinal =
            if cursor.eat("#") { at_least_one(cursor, "the step's ordinal")? } else { natural };
        if ordinal < natural {
            return Err(cursor.error(format!("steps of a kind count up: at least {natural}")));
        }
        ordinals.used(&action, ordinal);
        steps.push(Step { ordinal, action });
        if !cursor.eat(",") {
            return Ok(steps);
        }
    }
}

fn read_action(cursor: &mut Cursor<'_>) -> Result<Action, CaseError> {
    match ["c", "b", "t", "x", "i", "q", "v"].into_iter().find(|kind| cursor.eat(kind)) {
        Some(kind) => read_argument(cursor, kind),
        None => Err(cursor.error("expected a step (c, b, t, x, i, q or v)")),
    }
}

fn read_argument(cursor: &mut Cursor<'_>, kind: &str) -> Result<Action, CaseError> {
    Ok(match kind {
        "c" => Action::Connect(read_upgrade(cursor)?),
        "b" => Action::Broadcast(cursor.json()?.to_owned()),
        "t" => {
            let text = cursor.json()?;
            let text = serde_json::from_str(text)
                .map_err(|_| CaseError::new(format!("`t` takes a string, not {text}")))?;
            Action::Text(text)
        }
        "x" => Action::Binary(read_hex(cursor)?),
        "i" => Action::Idle(read_duration(cursor)?),
        "q" => Action::Close(read_close_code(cursor)?),
        _ => Action::Vanish,
    })
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

/// The codes that a client may send (RFC 6455, 7.4).
fn read_close_code(cursor: &mut Cursor<'_>) -> Result<Option<u16>, CaseError> {
    if !cursor.rest().starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(None);
    }
    let code = u16::try_from(cursor.number("a close code")?).unwrap_or(0);
    match code {
        1000..=1003 | 1007..=1014 | 3000..=4999 => Ok(Some(code)),
        _ => Err(cursor.error("a client closes with 1000-1003, 1007-1014 or 3000-4999")),
    }
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

fn read_duration(cursor: &mut Cursor<'_>) -> Result<Duration, CaseError> {
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
        write_deployment(f, &self.plan.deployment)?;
        for client in &self.plan.clients {
            write!(f, " {}:", client.name)?;
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

fn write_deployment(f: &mut fmt::Formatter<'_>, deployment: &Deployment) -> fmt::Result {
    let usual = Deployment::default();
    if let Some(rows) = deployment.page_rows_max {
        write!(f, " page={rows}")?;
    }
    if deployment.replica_lag != usual.replica_lag {
        f.write_str(" lag=")?;
        write_duration(f, deployment.replica_lag)?;
    }
    if deployment.lambda_timeout != usual.lambda_timeout {
        f.write_str(" timeout=")?;
        write_duration(f, deployment.lambda_timeout)?;
    }
    if let Some(invocations) = deployment.lambda_concurrency {
        write!(f, " concurrency={invocations}")?;
    }
    Ok(())
}

fn write_steps(f: &mut fmt::Formatter<'_>, steps: &[Step]) -> fmt::Result {
    let mut ordinals = Ordinals::default();
    for (index, step) in steps.iter().enumerate() {
        if index > 0 {
            f.write_str(",")?;
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
        f.write_str(self.kind())?;
        match self {
            Action::Connect(upgrade) if upgrade.is_default() => Ok(()),
            Action::Connect(upgrade) => {
                f.write_str(&serde_json::to_string(upgrade).map_err(|_| fmt::Error)?)
            }
            Action::Broadcast(data) => f.write_str(data),
            Action::Text(text) => {
                f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
            }
            Action::Binary(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Action::Idle(duration) => write_duration(f, *duration),
            Action::Close(code) => code.map_or(Ok(()), |code| write!(f, "{code}")),
            Action::Vanish => Ok(()),
        }
    }
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
