//! The stream of a table, as its owner has declared it (FACTS 13.3, 13.4).

use std::time::Duration;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use stormglass_spec::{EPOCH_MS, Time};

use super::{ChangeSpan, Viewpoint};

/// The time for which a stream keeps a record, and for which a closed stream can be read.
pub(crate) const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

/// The images that the records of a stream hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamView {
    KeysOnly,
    NewImage,
    OldImage,
    NewAndOldImages,
}

/// A stream of a table: the latest one, which may be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamDeclaration {
    pub(crate) view: StreamView,
    /// The time that the label shows. No two streams of a table have the same.
    pub(crate) labelled_at: Time,
    pub(crate) opened: ChangeSpan,
    pub(crate) closed: Option<ChangeSpan>,
}

impl StreamView {
    /// Every view, in the order in which AWS lists the words.
    pub(crate) const ALL: [StreamView; 4] = [
        StreamView::NewImage,
        StreamView::OldImage,
        StreamView::NewAndOldImages,
        StreamView::KeysOnly,
    ];

    /// The word of requests and answers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            StreamView::KeysOnly => "KEYS_ONLY",
            StreamView::NewImage => "NEW_IMAGE",
            StreamView::OldImage => "OLD_IMAGE",
            StreamView::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }

    /// True if records hold the item before the change.
    pub(crate) fn has_old(self) -> bool {
        matches!(self, StreamView::OldImage | StreamView::NewAndOldImages)
    }

    /// True if records hold the item after the change.
    pub(crate) fn has_new(self) -> bool {
        matches!(self, StreamView::NewImage | StreamView::NewAndOldImages)
    }
}

impl StreamDeclaration {
    /// A stream that opens during `opened`, after the `earlier` one of the table.
    pub(crate) fn new(
        view: StreamView,
        opened: ChangeSpan,
        earlier: Option<&StreamDeclaration>,
    ) -> StreamDeclaration {
        // A label shows milliseconds, and tells the streams of a table apart.
        let after = |earlier: &StreamDeclaration| earlier.labelled_at + Duration::from_millis(1);
        let labelled_at = opened.requested_at.max(earlier.map(after).unwrap_or_default());
        StreamDeclaration { view, labelled_at, opened, closed: None }
    }

    /// The label, such as `2016-12-01T00:00:00.000`.
    pub(crate) fn label(&self) -> String {
        let millis = EPOCH_MS + self.labelled_at.millis();
        let second = DateTime::from_secs((millis / 1_000).cast_signed());
        let second = second.fmt(Format::DateTime).expect("the year has four digits");
        format!("{}.{:03}", second.trim_end_matches('Z'), millis % 1_000)
    }

    /// True if a change at `now` has a record.
    pub(crate) fn is_on(&self, now: Time) -> bool {
        self.opened.done_at <= now && self.closed.is_none_or(|closed| now < closed.done_at)
    }

    /// True once the stream is deleted: a day after it was closed.
    pub(crate) fn is_gone(&self, now: Time) -> bool {
        self.closed.is_some_and(|closed| closed.done_at + RETENTION <= now)
    }

    /// The status, as DescribeStream shows it.
    pub(crate) fn status(&self, view: Viewpoint) -> &'static str {
        match self.closed {
            Some(closed) if view.is_pending(closed) => "DISABLING",
            Some(_) => "DISABLED",
            None if view.is_pending(self.opened) => "ENABLING",
            None => "ENABLED",
        }
    }
}
