//! `Scan`.

use std::ops::Bound;

use super::page::{PageOptions, PageSource, PendingOptions};
use super::parameters::Parameters;
use super::{Outcome, Reading};
use crate::answer::Answer;
use crate::expression::legacy;
use crate::members::Members;
use crate::rows::Position;
use crate::table::Tables;

/// The largest number of segments of a parallel scan (FACTS 6.7).
const SEGMENTS_MAX: i64 = 1_000_000;

const LIMIT_MAX: i64 = i32::MAX as i64;

/// A `Scan` request.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub(crate) options: PageOptions,
    segment: Option<Segment>,
}

/// One segment of a parallel scan (FACTS 6.7). The index is less than the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    index: u32,
    total: u32,
}

const PARAMETERS: Parameters = Parameters {
    expressions: &["ProjectionExpression", "FilterExpression"],
    legacy: &["AttributesToGet", "ScanFilter", "ConditionalOperator"],
};

impl Scan {
    pub(crate) fn parse(members: &mut Members<'_>) -> Outcome<Scan> {
        let plain =
            PendingOptions::read(members, |members| members.integer("Limit", 1, LIMIT_MAX))?;
        let index = members.integer("Segment", 0, SEGMENTS_MAX - 1)?;
        let total = members.integer("TotalSegments", 1, SEGMENTS_MAX)?;
        PARAMETERS.constrain(members)?;
        members.check()?;
        PARAMETERS.check(members)?;
        let wanted = legacy::attributes_to_get(members)?;
        legacy::check_conditional_operator(members, "ScanFilter")?;
        let filter = legacy::scan_filter(members)?;
        let mut options = plain.with_start()?;
        let segment = Segment::new(index, total)?;
        let mut placeholders = PARAMETERS.placeholders(members)?;
        options.read_expressions(members, &mut placeholders)?;
        options.or_legacy(filter, wanted).map_err(|message| Answer::validation(&message))?;
        Ok(Scan { options, segment })
    }

    /// Answers with one page.
    ///
    /// Rows come in the order of a hash of their keys. A scan visits each key at most once, and
    /// misses a row that is put behind its cursor (FACTS 6.6).
    pub(crate) fn apply(&self, tables: &Tables, reading: Reading) -> Outcome<Answer> {
        let source = self.options.source(tables, reading)?;
        if let (Some(_), Some(start)) = (source.index, &self.options.start) {
            source.check_start_count(start)?;
            let mut parts = source.keys().attributes();
            parts.try_for_each(|attribute| source.check_start_part(start, attribute))?;
        }
        self.options.check_projected(source)?;
        let start = self.start(source)?;
        self.options.check_projection(source)?;
        self.options.check_filter(source)?;
        let is_within = |position: &Position| {
            self.segment.is_none_or(|segment| position.segment(segment.total) == segment.index)
        };
        let rows = source
            .rows()
            .items((start, Bound::Unbounded), source.view())
            .take_while(|(position, _)| is_within(position));
        Ok(self.options.page(source, reading.rows_max, rows))
    }

    fn start(&self, source: PageSource<'_>) -> Outcome<Bound<Position>> {
        let Some(start) = &self.options.start else {
            return Ok(match self.segment {
                Some(segment) => {
                    Bound::Included(Position::segment_start(segment.index, segment.total))
                }
                None => Bound::Unbounded,
            });
        };
        let position = source.position_of(start)?;
        match self.segment {
            Some(Segment { index, total }) if position.segment(total) != index => {
                Err(Answer::validation(&format!(
                    "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use \
                     ExclusiveStartKey with correct Segment. TotalSegments: {total} Segment: \
                     {index}"
                )))
            }
            _ => Ok(Bound::Excluded(position)),
        }
    }
}

impl Segment {
    /// Checks that both members are there or none, and that the index is less than the total
    /// (FACTS 6.7).
    fn new(index: Option<u32>, total: Option<u32>) -> Outcome<Option<Segment>> {
        let message = match (index, total) {
            (None, None) => return Ok(None),
            (Some(index), Some(total)) if index < total => {
                return Ok(Some(Segment { index, total }));
            }
            (Some(index), Some(total)) => format!(
                "The Segment parameter is zero-based and must be less than parameter \
                 TotalSegments: Segment: {index} is not less than TotalSegments: {total}"
            ),
            (Some(_), None) => "The TotalSegments parameter is required but was not present in \
                                the request when Segment parameter is present"
                .to_owned(),
            (None, Some(_)) => "The Segment parameter is required but was not present in the \
                                request when parameter TotalSegments is present"
                .to_owned(),
        };
        Err(Answer::validation(&message))
    }
}
