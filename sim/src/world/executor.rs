//! The futures of running handlers, and the queue of those that want to be polled.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use tokio::sync::Notify;

use crate::seam::Background;
use stormglass_aws::lambda::SandboxId;

/// The id of a future: a handler at work on an event, or work that a handler left to its sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TaskId(u64);

impl TaskId {
    /// The number of futures that were started after an earlier one, up to this one.
    pub(super) fn since(self, earlier: TaskId) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The answer of a handler that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The handler returned this JSON.
    Response(String),
    /// The handler failed with an error.
    Error(String),
    /// The handler panicked, which takes its sandbox down.
    Crash(String),
}

/// The result of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PollOutcome {
    /// Nothing has ended yet.
    Pending,
    /// The handler ended.
    Ended(Answer),
}

/// The future of a task.
enum Work {
    Handler(Pin<Box<dyn Future<Output = Result<String, String>>>>),
    Background(Background),
}

struct Task {
    invocation: usize,
    sandbox: SandboxId,
    work: Work,
    waker: Waker,
}

/// Polls the futures of running handlers, one at a time, in the order in which they were woken.
///
/// The futures of a frozen sandbox are not polled until the sandbox is thawed (FACTS 4.11).
#[derive(Default)]
pub(super) struct Executor {
    last: u64,
    tasks: BTreeMap<TaskId, Task>,
    frozen: BTreeSet<SandboxId>,
    /// The futures that were woken while their sandbox was frozen.
    asleep: BTreeSet<TaskId>,
    woken: Arc<WakeQueue>,
}

/// The futures that want to be polled.
#[derive(Default)]
struct WakeQueue {
    queue: Mutex<WakeOrder>,
    notify: Notify,
}

#[derive(Default)]
struct WakeOrder {
    order: VecDeque<TaskId>,
    known: BTreeSet<TaskId>,
}

impl WakeQueue {
    fn lock(&self) -> MutexGuard<'_, WakeOrder> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, task: TaskId) {
        let mut waiting = self.lock();
        // A future that is woken twice before its poll is polled once.
        if waiting.known.insert(task) {
            waiting.order.push_back(task);
        }
        self.notify.notify_one();
    }

    fn pop(&self) -> Option<TaskId> {
        let mut waiting = self.lock();
        let task = waiting.order.pop_front()?;
        waiting.known.remove(&task);
        Some(task)
    }
}

struct TaskWaker {
    task: TaskId,
    woken: Arc<WakeQueue>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.woken.push(self.task);
    }
}

impl Executor {
    /// Starts the future of a handler, which is to be polled soon.
    pub(super) fn start(
        &mut self,
        invocation: usize,
        sandbox: SandboxId,
        future: impl Future<Output = Result<String, String>> + 'static,
    ) -> TaskId {
        self.add(invocation, sandbox, Work::Handler(Box::pin(future)))
    }

    /// Starts work that a handler leaves to its sandbox.
    pub(super) fn start_background(
        &mut self,
        invocation: usize,
        sandbox: SandboxId,
        work: Background,
    ) {
        self.add(invocation, sandbox, Work::Background(work));
    }

    fn add(&mut self, invocation: usize, sandbox: SandboxId, work: Work) -> TaskId {
        self.last += 1;
        let id = TaskId(self.last);
        let waker = Waker::from(Arc::new(TaskWaker { task: id, woken: Arc::clone(&self.woken) }));
        self.tasks.insert(id, Task { invocation, sandbox, work, waker });
        self.woken.push(id);
        id
    }

    /// Drops all futures of a sandbox.
    pub(super) fn drop_sandbox(&mut self, sandbox: SandboxId) {
        self.frozen.remove(&sandbox);
        self.tasks.retain(|_, task| task.sandbox != sandbox);
    }

    /// Stops all futures of a sandbox.
    pub(super) fn freeze(&mut self, sandbox: SandboxId) {
        self.frozen.insert(sandbox);
    }

    /// Lets the futures of a sandbox go on.
    pub(super) fn thaw(&mut self, sandbox: SandboxId) {
        self.frozen.remove(&sandbox);
        let tasks = &self.tasks;
        let is_there = |id: &TaskId| tasks.get(id).is_some_and(|task| task.sandbox == sandbox);
        let (awake, asleep) = std::mem::take(&mut self.asleep).into_iter().partition(is_there);
        self.asleep = asleep;
        // The order of the ids makes the next polls deterministic.
        let awake: BTreeSet<TaskId> = awake;
        for task in awake {
            self.woken.push(task);
        }
    }

    /// True if a sandbox has any future left, running or frozen.
    pub(super) fn is_busy(&self, sandbox: SandboxId) -> bool {
        self.tasks.values().any(|task| task.sandbox == sandbox)
    }

    /// The invocations that have a future in a sandbox, running or frozen.
    pub(super) fn invocations_in(&self, sandbox: SandboxId) -> Vec<usize> {
        let here = self.tasks.values().filter(|task| task.sandbox == sandbox);
        let mut invocations: Vec<usize> = here.map(|task| task.invocation).collect();
        invocations.sort_unstable();
        invocations.dedup();
        invocations
    }

    /// True if this future is still running.
    pub(super) fn is_running(&self, task: TaskId) -> bool {
        self.tasks.contains_key(&task)
    }

    /// The invocation and the sandbox of a future.
    pub(super) fn owner(&self, task: TaskId) -> Option<(usize, SandboxId)> {
        self.tasks.get(&task).map(|task| (task.invocation, task.sandbox))
    }

    /// The next future that wants to be polled and is not frozen.
    pub(super) fn next_woken(&mut self) -> Option<TaskId> {
        while let Some(id) = self.woken.pop() {
            match self.tasks.get(&id) {
                // A wake-up of a frozen future must not get lost: the thaw needs it.
                Some(task) if self.frozen.contains(&task.sandbox) => {
                    self.asleep.insert(id);
                }
                Some(_) => return Some(id),
                None => {}
            }
        }
        None
    }

    /// Waits until some future wants to be polled.
    pub(super) async fn woken(&self) {
        loop {
            let is_empty = self.woken.lock().order.is_empty();
            if !is_empty {
                return;
            }
            self.woken.notify.notified().await;
        }
    }

    /// Polls a future once. A panic ends it, as a crash ends a deployed function.
    pub(super) fn poll(&mut self, id: TaskId) -> PollOutcome {
        let Some(task) = self.tasks.get_mut(&id) else { return PollOutcome::Pending };
        let mut context = Context::from_waker(&task.waker);
        let polled = catch_unwind(AssertUnwindSafe(|| match &mut task.work {
            Work::Handler(future) => future.as_mut().poll(&mut context).map(Some),
            Work::Background(future) => future.as_mut().poll(&mut context).map(|()| None),
        }));
        let polled = match polled {
            Ok(Poll::Pending) => return PollOutcome::Pending,
            // The end of background work ends no invocation.
            Ok(Poll::Ready(None)) => PollOutcome::Pending,
            Ok(Poll::Ready(Some(Ok(json)))) => PollOutcome::Ended(Answer::Response(json)),
            Ok(Poll::Ready(Some(Err(error)))) => PollOutcome::Ended(Answer::Error(error)),
            Err(panic) => PollOutcome::Ended(Answer::Crash(panic_message(&*panic))),
        };
        self.tasks.remove(&id);
        polled
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    match text {
        Some(text) => format!("the function panicked: {text}"),
        None => "the function panicked".to_owned(),
    }
}
