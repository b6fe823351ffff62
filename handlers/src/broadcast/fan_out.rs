//! The recipients of a broadcast, the order of their posts, and the retries.
//!
//! Rows come page by page, and the next page is fetched while the current one is being posted.
//! Every row gets its first post as soon as a place is free, before any row gets another one. A
//! retry takes no place while it waits, so a recipient that fails costs the others only the time
//! of its attempts. When too many rows wait for a retry or for their removal, no further page is
//! read until some of them are done: no recipient loses its retries to another one, and memory
//! does not grow with the number of connections.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::future::{BoxFuture, Fuse, FusedFuture};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt, select_biased};
use stormglass_spec::quotas::HANDSHAKE_WINDOW;

use super::backoff;
use super::callback::{PostOutcome, post};
use super::deferred_rows::{Attempt, DeferredRows, StaleRow};
use super::job::Job;
use crate::failure::Failure;
use crate::reply::Acknowledgement;
use crate::table::{Page, Row};

/// The least time that must be left for a new post.
///
/// A post takes some 15 ms. A post that is cut off counts as failed, though the gateway may have
/// accepted it.
const POST_TIME_MIN: Duration = Duration::from_millis(200);

/// The largest number of stale rows that are being deleted at once.
const DELETES_CONCURRENT_MAX: usize = 32;

/// The progress of reading the table.
#[derive(Debug)]
enum Scan {
    /// The next page begins after the cursor, or at the beginning of the table.
    Ahead { cursor: Option<String> },
    /// A page is on its way.
    Reading,
    /// The last page has been read.
    Finished,
    /// Some rows will never be read.
    Abandoned,
}

/// The state of a broadcast while it runs.
pub(super) struct FanOut<'a> {
    job: Job<'a>,
    scan: Scan,
    /// The read of a page, which is in flight while `scan` is [`Scan::Reading`].
    fetch: Fuse<BoxFuture<'a, Result<Page, Failure>>>,
    /// Rows of the current page that wait for their first post.
    current: VecDeque<Row>,
    /// Rows of the page after that. No further page is fetched while there are any.
    next: VecDeque<Row>,
    deferred: DeferredRows,
    posts: FuturesUnordered<BoxFuture<'a, (Attempt, PostOutcome)>>,
    deletes: FuturesUnordered<BoxFuture<'a, Result<(), Failure>>>,
    /// The counts of all rows that were read and are in none of the fields above.
    ack: Acknowledgement,
    /// The first failure that no retry made up for.
    cause: Option<Failure>,
}

impl<'a> FanOut<'a> {
    /// A broadcast that has not yet begun.
    pub(super) fn new(job: Job<'a>) -> FanOut<'a> {
        FanOut {
            job,
            scan: Scan::Ahead { cursor: None },
            fetch: Fuse::terminated(),
            current: VecDeque::new(),
            next: VecDeque::new(),
            deferred: DeferredRows::default(),
            posts: FuturesUnordered::new(),
            deletes: FuturesUnordered::new(),
            ack: Acknowledgement::default(),
            cause: None,
        }
    }

    /// Posts to every connection. Returns the counts and the first failure, if there was one.
    ///
    /// # Errors
    ///
    /// No row could be read. The error is the reason.
    pub(super) async fn run(mut self) -> Result<(Acknowledgement, Option<Failure>), Failure> {
        loop {
            if self.job.budget.remaining() < POST_TIME_MIN {
                self.give_up();
            }
            self.start_posts();
            self.start_deletes();
            self.start_fetch();
            if self.is_done() {
                break;
            }
            self.wait().await;
        }
        let finished = matches!(self.scan, Scan::Finished);
        let ack = Acknowledgement { complete: finished && self.ack.failed == 0, ..self.ack };
        match self.cause {
            Some(cause) if !finished && ack == Acknowledgement::default() => Err(cause),
            cause => Ok((ack, cause)),
        }
    }

    fn is_done(&self) -> bool {
        self.fetch.is_terminated()
            && self.posts.is_empty()
            && self.deletes.is_empty()
            && self.current.is_empty()
            && self.next.is_empty()
            && self.deferred.is_empty()
            && matches!(self.scan, Scan::Finished | Scan::Abandoned)
    }

    /// Drops everything that has not begun, and counts the dropped posts as failed.
    ///
    /// Calls in flight go on, and end with the budget at the latest.
    fn give_up(&mut self) {
        let unposted = self.current.len() + self.next.len() + self.deferred.clear();
        self.current.clear();
        self.next.clear();
        self.ack.failed += unposted as u64;
        let unread = !matches!(self.scan, Scan::Finished | Scan::Abandoned);
        if unread {
            self.scan = Scan::Abandoned;
            self.fetch = Fuse::terminated();
        }
        if unread || unposted > 0 {
            self.blame(Failure::new("the time ran out"));
        }
    }

    fn start_posts(&mut self) {
        let places = self.job.settings.posts_concurrent_max.max(1);
        while self.posts.len() < places
            && let Some(attempt) = self.pop_attempt()
        {
            let job = self.job;
            let post = async move {
                let outcome = post(job, &attempt.row.connection_id).await;
                (attempt, outcome)
            };
            self.posts.push(post.boxed());
        }
    }

    /// Takes the next attempt to be made. First attempts come before retries.
    fn pop_attempt(&mut self) -> Option<Attempt> {
        if self.current.is_empty() {
            std::mem::swap(&mut self.current, &mut self.next);
        }
        match self.current.pop_front() {
            Some(row) => Some(Attempt::first(row)),
            None => self.deferred.pop_retry(self.job.budget.clock().now()),
        }
    }

    fn start_deletes(&mut self) {
        while self.deletes.len() < DELETES_CONCURRENT_MAX
            && let Some(stale) = self.deferred.pop_stale()
        {
            let Job { table, budget, .. } = self.job;
            let delete = async move {
                table.delete_stale(&stale.connection_id, stale.connected_at, budget).await
            };
            self.deletes.push(delete.boxed());
        }
    }

    fn start_fetch(&mut self) {
        let has_room = self.next.is_empty()
            && self.deferred.len() < self.job.settings.rows_deferred_max.max(1);
        if let Scan::Ahead { cursor } = &mut self.scan
            && has_room
        {
            let Job { table, budget, .. } = self.job;
            let cursor = cursor.take();
            self.fetch = async move { table.page(cursor, budget).await }.boxed().fuse();
            self.scan = Scan::Reading;
        }
    }

    /// Waits until a call ends or a retry is due.
    ///
    /// Rare events are polled first, so that the many posts cannot delay them.
    async fn wait(&mut self) {
        let mut due = self.until_retry();
        select_biased! {
            page = &mut self.fetch => self.read(page),
            () = due => {}
            deleted = self.deletes.select_next_some() => {
                deleted.unwrap_or_else(|failure| self.blame(failure));
            }
            (attempt, outcome) = self.posts.select_next_some() => self.count(attempt, outcome),
            // Nothing is in flight, and nothing is due: there is nothing left to wait for.
            complete => self.give_up(),
        }
    }

    /// A sleep until the next retry is due, or one without an end if no place is free for it.
    fn until_retry(&self) -> Fuse<aws_smithy_async::rt::sleep::Sleep> {
        let has_place = self.posts.len() < self.job.settings.posts_concurrent_max.max(1);
        match self.deferred.due() {
            Some(due) if has_place => {
                let clock = self.job.budget.clock();
                clock.sleep(due.saturating_sub(clock.now())).fuse()
            }
            _ => Fuse::terminated(),
        }
    }

    /// Takes over the rows of a page, or gives up reading.
    fn read(&mut self, page: Result<Page, Failure>) {
        let page = match page {
            Ok(page) => page,
            Err(failure) => {
                self.scan = Scan::Abandoned;
                return self.blame(failure);
            }
        };
        self.ack.failed += page.unreadable as u64;
        self.next = page.rows.into();
        self.scan = match page.cursor {
            Some(cursor) => Scan::Ahead { cursor: Some(cursor) },
            None => Scan::Finished,
        };
    }

    /// Counts the outcome of an attempt, or retries it.
    fn count(&mut self, attempt: Attempt, outcome: PostOutcome) {
        match outcome {
            PostOutcome::Accepted => self.ack.delivered += 1,
            PostOutcome::Refused(failure) => self.fail(failure),
            PostOutcome::Transient(failure) => self.retry(attempt, failure),
            PostOutcome::Gone => match self.past_handshake(&attempt.row) {
                None => self.ack.pending += 1,
                Some(connected_at) => {
                    self.ack.gone += 1;
                    let connection_id = attempt.row.connection_id;
                    self.deferred.delete(StaleRow { connection_id, connected_at });
                }
            },
        }
    }

    /// Counts a row as failed for good.
    fn fail(&mut self, failure: Failure) {
        self.ack.failed += 1;
        self.blame(failure);
    }

    /// Keeps the failure, unless there was one before.
    fn blame(&mut self, failure: Failure) {
        self.cause.get_or_insert(failure);
    }

    /// Defers the next attempt, unless the attempts or the time are used up.
    fn retry(&mut self, attempt: Attempt, failure: Failure) {
        let Job { settings, budget, request, .. } = self.job;
        let id = &attempt.row.connection_id;
        let delay = backoff::delay(request.request_id, id, attempt.number);
        let is_in_time = delay + POST_TIME_MIN <= budget.remaining();
        if attempt.number < settings.post_attempts_max && is_in_time {
            self.deferred.retry_at(budget.clock().now() + delay, attempt.next());
        } else {
            self.fail(failure);
        }
    }

    /// The time at which the connection of `row` began, if its handshake was over when the client
    /// asked for the broadcast. Both times come from the gateway's clock, so they can be compared.
    ///
    /// Before that, a 410 may mean a connection that is about to open, which would miss every
    /// broadcast if its row were deleted (FACTS 1.10).
    fn past_handshake(&self, row: &Row) -> Option<i64> {
        let connected_at = row.connected_at?;
        let age = u64::try_from(self.job.request.asked_at.saturating_sub(connected_at)).ok()?;
        (Duration::from_millis(age) > HANDSHAKE_WINDOW).then_some(connected_at)
    }
}
