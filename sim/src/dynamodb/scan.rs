//! `Scan`.

use std::ops::Bound;

use stormglass_spec::{Time, quotas};

use super::answer::Answer;
use super::capacity::{self, Capacity};
use super::expression::{Condition, Projection};
use super::item::Item;
use super::json;
use super::table::{self, Position, Table};
use super::{Limits, ReplicaView};

/// A `Scan` request.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) start: Option<Item>,
    pub(super) limit: Option<usize>,
    pub(super) filter: Option<Condition>,
    pub(super) projection: Option<Projection>,
    /// `Select` is `COUNT`.
    pub(super) counts_only: bool,
    pub(super) consistent: bool,
    pub(super) segment: Option<Segment>,
    pub(super) capacity: Capacity,
}

/// A share of a parallel scan (FACTS 6.7); the index is less than the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) index: u32,
    pub(super) total: u32,
}

/// One page in the making.
#[derive(Debug, Default)]
struct Page {
    /// The items as they go over the wire, with commas between them.
    items: String,
    count: usize,
    scanned: usize,
    bytes: usize,
    /// The keys of the items.
    rows: Vec<String>,
    /// The key of the last row that was looked at, if the page stopped at a limit.
    last: Option<String>,
}

/// Answers with one page (FACTS 6.1).
///
/// Rows come in the order of a hash of their keys, so each key is visited at most once, and a row
/// put behind the cursor is missed (FACTS 6.6).
pub(super) fn scan(
    table: &Table,
    now: Time,
    scan: &Scan,
    read: ReplicaView,
    limits: Limits,
) -> Result<Answer, Answer> {
    if let Some(filter) = &scan.filter {
        filter.check_key(table.partition_key())?;
    }
    if let Some(projection) = &scan.projection {
        projection.check_key(table.partition_key())?;
    }
    let start = start(table, scan)?;
    let time = match read {
        ReplicaView::Behind(lag) if !scan.consistent => Some(table::seen_at(now, lag)),
        ReplicaView::Behind(_) | ReplicaView::Fresh => None,
    };
    let rows_max = [scan.limit, limits.page_rows_max].into_iter().flatten().min();
    let page = read_page(table, scan, start, time, rows_max);
    let answer = Answer::success(body(table, scan, &page));
    Ok(Answer { has_more: page.last.is_some(), rows: page.rows, ..answer })
}

fn start(table: &Table, scan: &Scan) -> Result<Bound<Position>, Answer> {
    let Some(start) = &scan.start else {
        return Ok(match scan.segment {
            Some(segment) => Bound::Included(Position::first_of(segment.index, segment.total)),
            None => Bound::Unbounded,
        });
    };
    let invalid =
        |why: String| Answer::validation(&format!("The provided starting key is invalid: {why}"));
    let position = Position::of(table.key_alone(start).map_err(invalid)?);
    match scan.segment {
        Some(Segment { index, total }) if position.segment(total) != index => {
            Err(invalid(format!(
                "Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. \
                 TotalSegments: {total} Segment: {index}"
            )))
        }
        _ => Ok(Bound::Excluded(position)),
    }
}

fn read_page(
    table: &Table,
    scan: &Scan,
    start: Bound<Position>,
    time: Option<Time>,
    rows_max: Option<usize>,
) -> Page {
    let mut page = Page::default();
    for (position, item) in table.items_from(start, time) {
        if scan.segment.is_some_and(|segment| position.segment(segment.total) != segment.index) {
            break;
        }
        page.add(scan, position.key(), item);
        // The item that reaches 1 MB is still on the page, as it is on AWS. A page that stops at a
        // limit says so even if nothing is left behind it, which is how a last page can be empty
        // (FACTS 6.1).
        let is_long = rows_max.is_some_and(|max| page.scanned >= max);
        if is_long || page.bytes >= quotas::SCAN_PAGE_BYTES_MAX {
            page.last = Some(position.key().to_owned());
            break;
        }
    }
    page
}

impl Page {
    fn add(&mut self, scan: &Scan, key: &str, item: &Item) {
        self.scanned += 1;
        self.bytes += item.bytes();
        if scan.filter.as_ref().is_some_and(|filter| !filter.holds(Some(item))) {
            return;
        }
        self.count += 1;
        if scan.counts_only {
            return;
        }
        self.rows.push(key.to_owned());
        if self.count > 1 {
            self.items.push(',');
        }
        match &scan.projection {
            Some(projection) => projection.write(&mut self.items, item),
            None => self.items.push_str(item.wire()),
        }
    }
}

fn body(table: &Table, scan: &Scan, page: &Page) -> String {
    let mut body = String::with_capacity(page.items.len() + 160);
    body.push('{');
    let consumed = capacity::of_read(page.bytes, scan.consistent);
    if let Some(capacity) = scan.capacity.member(table.name(), consumed) {
        body.push_str(&capacity);
        body.push(',');
    }
    body.push_str(&format!("\"Count\":{}", page.count));
    if !scan.counts_only {
        body.push_str(",\"Items\":[");
        body.push_str(&page.items);
        body.push(']');
    }
    if let Some(key) = &page.last {
        body.push_str(",\"LastEvaluatedKey\":{");
        json::write_string(&mut body, table.partition_key());
        body.push_str(":{\"S\":");
        json::write_string(&mut body, key);
        body.push_str("}}");
    }
    body.push_str(&format!(",\"ScannedCount\":{}}}", page.scanned));
    body
}
