//! Who is posted to, when, and how often.
//!
//! Rows come page by page, and the next page is fetched while the current one is being posted.
//! Every row gets its first post as soon as a place is free, before any row gets another one. A
//! retry waits outside of the places, so a recipient that fails costs others nothing but the time
//! of its attempts. When too many rows wait for a retry or for their removal, no more are read
//! until that has changed: nobody's retries are dropped for the sake of others, and memory does
//! not grow with the number of connections.

use std::collections::VecDeque;
use std::time::Duration;

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use futures_util::future::{BoxFuture, Fuse, FusedFuture};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt, select_biased};
use stormglass_spec::quotas::HANDSHAKE_WINDOW;

use super::backoff;
use super::callback::{Outcome, post};
use super::deferred::{Attempt, Deferred, Stale};
use crate::budget::Budget;
use crate::failure::Failure;
use crate::reply::Acknowledgement;
use crate::request::Request;
use crate::settings::Settings;
use crate::table::{Page, Row, Table};

/// The least time in which a new post is still worth while.
///
/// A post takes some 15 ms. One that is cut off may have been accepted, and counts as failed all
/// the same.
const POST_TIME_MIN: Duration = Duration::from_millis(200);

/// How many stale rows are deleted at once.
const DELETES_CONCURRENT_MAX: usize = 32;

/// All that a broadcast needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job<'a> {
    pub(super) settings: &'a Settings,
    pub(super) table: &'a Table,
    pub(super) callback: &'a Client,
    pub(super) budget: &'a Budget,
    pub(super) request: &'a Request<'a>,
    pub(super) data: &'a Blob,
}

/// How far the table has been read.
#[derive(Debug)]
enum Scan {
    /// The next page begins at the cursor, or at the table's beginning.
    Ahead { cursor: Option<String> },
    /// A page is on its way.
    Reading,
    /// The last page has been read.
    Finished,
    /// There are rows that will not be read.
    Abandoned,
}

/// A broadcast that is under way.
pub(super) struct FanOut<'a> {
    job: Job<'a>,
    scan: Scan,
    /// In flight while `scan` is [`Scan::Reading`].
    fetch: Fuse<BoxFuture<'a, Result<Page, Failure>>>,
    /// Rows of the current page that wait for their first post.
    current: VecDeque<Row>,
    /// The page after that. No further page is fetched while there is one.
    next: VecDeque<Row>,
    deferred: Deferred,
    posts: FuturesUnordered<BoxFuture<'a, (Attempt, Outcome)>>,
    deletes: FuturesUnordered<BoxFuture<'a, Result<(), Failure>>>,
    /// Counts every row that has been read and is in none of the places above.
    ack: Acknowledgement,
    /// The first thing that went wrong and that no retry made good.
    cause: Option<Failure>,
}

impl<'a> FanOut<'a> {
    pub(super) fn new(job: Job<'a>) -> FanOut<'a> {
        FanOut {
            job,
            scan: Scan::Ahead { cursor: None },
            fetch: Fuse::terminated(),
            current: VecDeque::new(),
            next: VecDeque::new(),
            deferred: Deferred::default(),
            posts: FuturesUnordered::new(),
            deletes: FuturesUnordered::new(),
            ack: Acknowledgement::default(),
            cause: None,
        }
    }

    /// Posts to every connection, and says what went wrong on the way, if anything did.
    ///
    /// # Errors
    ///
    /// Not one row could be read.
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

    /// Starts nothing any more. What is in flight goes on, and ends with the budget at the latest.
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

    /// First attempts come before retries.
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

    /// Waits until there is something new to do.
    ///
    /// What rarely happens is looked at first, so that the many posts cannot keep it waiting.
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

    /// A sleep until the next retry is due, if there is a place for it.
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

    fn count(&mut self, attempt: Attempt, outcome: Outcome) {
        match outcome {
            Outcome::Accepted => self.ack.delivered += 1,
            Outcome::Refused(failure) => self.fail(failure),
            Outcome::Transient(failure) => self.retry(attempt, failure),
            Outcome::Gone => match self.past_handshake(&attempt.row) {
                None => self.ack.pending += 1,
                Some(connected_at) => {
                    self.ack.gone += 1;
                    let connection_id = attempt.row.connection_id;
                    self.deferred.delete(Stale { connection_id, connected_at });
                }
            },
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.ack.failed += 1;
        self.blame(failure);
    }

    fn blame(&mut self, failure: Failure) {
        self.cause.get_or_insert(failure);
    }

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

    /// When the connection of `row` began, if its handshake was over when the broadcast was asked
    /// for. Both times are the gateway's, so no other clock can be wrong about it.
    ///
    /// Until then a 410 may mean a connection that is about to open, and that would miss every
    /// broadcast if its row were deleted (FACTS 1.10).
    fn past_handshake(&self, row: &Row) -> Option<i64> {
        let connected_at = row.connected_at?;
        let age = u64::try_from(self.job.request.asked_at.saturating_sub(connected_at)).ok()?;
        (Duration::from_millis(age) > HANDSHAKE_WINDOW).then_some(connected_at)
    }
}
