//! The data of the page, as JSON. The length of each list in it is limited, however many clients
//! there are.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use stormglass_sim::App;
use stormglass_spec::Name;
use stormglass_spec::history::Event;

use super::PageSource;
use crate::record::{ConnectionView, InvocationView, TextLimit};

const CONNECTIONS_MAX: usize = 100;
const EVENTS_MAX: usize = 100;
const INVOCATIONS_MAX: usize = 50;
const ROWS_MAX: usize = 50;

/// The most characters of each text of an event.
const TEXT_MAX: usize = 300;

/// The most bytes of a row, of which items may have 400 KB.
const ITEM_BYTES_MAX: usize = 4_000;

/// A string that no message has by accident.
const PLACE: &str = "\"@stormglass-data@\"";

/// All data but rows and logs.
#[derive(Debug, Serialize)]
pub(super) struct StateData {
    app: String,
    /// The start of the record, in milliseconds since 1970. Times count from it, and it tells
    /// servers apart.
    server: u64,
    now_ms: u64,
    gateway_port: u16,
    /// The texts before and after the data of a broadcast, if broadcasts look like that.
    broadcast: Option<[String; 2]>,
    connections: ListPart<ConnectionView>,
    invocations: ListPart<InvocationView>,
    events: ListPart<EventData>,
    tables: Vec<TableData>,
}

/// The first entries of a list, and the length of the whole list.
#[derive(Debug, Serialize)]
struct ListPart<T> {
    some: Vec<T>,
    all: u64,
}

#[derive(Debug, Serialize)]
struct EventData {
    number: u32,
    at_us: u64,
    cause: Option<u32>,
    who: String,
    what: String,
    result: String,
    /// The names in the event, each with its id.
    ids: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
struct TableData {
    name: String,
    rows: usize,
}

/// Some rows of a table.
#[derive(Debug, Serialize)]
pub(super) struct RowsData {
    rows: Vec<RowData>,
    /// The key after which the next page begins.
    next: Option<Value>,
    all: usize,
}

#[derive(Debug, Serialize)]
struct RowData {
    key: String,
    item: String,
}

/// The log of an invocation.
#[derive(Debug, Serialize)]
pub(super) struct LogData {
    lines: Vec<String>,
    left_out: u64,
}

pub(super) fn state(source: &PageSource) -> StateData {
    let PageSource { recorder, tables, gateway, .. } = source;
    let (connections, connected) = recorder.connections(CONNECTIONS_MAX);
    let (invocations, invoked) = recorder.invocations(INVOCATIONS_MAX);
    let history = recorder.last(EVENTS_MAX, TextLimit::Cut(TEXT_MAX));
    let last = history.events.last().map_or(0, |event| u64::from(event.number));
    let tables = tables.names().into_iter().map(|name| {
        let rows = tables.count(&name).unwrap_or_default();
        TableData { name, rows }
    });
    StateData {
        app: recorder.app().map_or("", App::name).to_owned(),
        server: recorder.started_ms(),
        now_ms: recorder.elapsed().millis(),
        gateway_port: gateway.port(),
        broadcast: recorder.app().and_then(broadcast),
        connections: ListPart { some: connections, all: count(connected) },
        invocations: ListPart { some: invocations, all: invoked },
        events: ListPart { some: events(source, &history.events), all: last },
        tables: tables.collect(),
    }
}

/// Returns the texts around the data of an application's broadcast.
fn broadcast(app: &'static dyn App) -> Option<[String; 2]> {
    let written = app.broadcasts()?.message(PLACE);
    let (before, after) = written.split_once(PLACE)?;
    Some([before.to_owned(), after.to_owned()])
}

/// Returns events for the page, the latest first.
fn events(source: &PageSource, events: &[Event]) -> Vec<EventData> {
    let names: Vec<Vec<Name>> = events.iter().map(names).collect();
    let all: Vec<Name> = names.iter().flatten().cloned().collect();
    let mut ids = source.recorder.ids(&all).into_iter();
    let rows = events.iter().zip(names).map(|(event, names)| {
        let line = event.line();
        let ids = names.into_iter().zip(ids.by_ref());
        EventData {
            number: event.number,
            at_us: event.at.micros(),
            cause: event.cause,
            who: line.who,
            what: line.what,
            result: line.result,
            ids: ids.filter_map(|(name, id)| Some((name.to_string(), id?))).collect(),
        }
    });
    let mut rows: Vec<EventData> = rows.collect();
    rows.reverse();
    rows
}

/// Returns the first names in an event, which may stand for ids.
fn names(event: &Event) -> Vec<Name> {
    event.names().into_iter().take(4).map(Name::from).collect()
}

/// Returns the first rows of a table, or those after a key; `None` if there is no such table or
/// key.
pub(super) fn rows(source: &PageSource, table: &str, after: Option<&str>) -> Option<RowsData> {
    let after: Option<Value> = match after {
        Some(after) => Some(serde_json::from_str(after).ok()?),
        None => None,
    };
    let keys = source.tables.keys(table);
    let page = source.tables.page(table, ROWS_MAX, after.as_ref())?;
    let rows = page.items.iter().map(|item| row(&keys, item)).collect();
    Some(RowsData { rows, next: page.next, all: source.tables.count(table)? })
}

fn row(keys: &[String], item: &RawValue) -> RowData {
    let attributes: Map<String, Value> = serde_json::from_str(item.get()).unwrap_or_default();
    let values = keys.iter().filter_map(|key| attributes.get(key)?.as_object()?.values().next());
    let values = values.map(|value| value.as_str().map_or_else(|| value.to_string(), cut));
    RowData { key: values.collect::<Vec<_>>().join(" | "), item: cut(item.get()) }
}

/// Returns the log of an invocation; `None` if it is not kept any more.
pub(super) fn log(source: &PageSource, number: u64) -> Option<LogData> {
    let (lines, left_out) = source.recorder.log_of(number)?;
    Some(LogData { lines, left_out })
}

fn cut(text: &str) -> String {
    if text.len() <= ITEM_BYTES_MAX {
        return text.to_owned();
    }
    let kept = &text[..text.floor_char_boundary(ITEM_BYTES_MAX)];
    format!("{kept}\u{2026} ({} bytes)", text.len())
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
