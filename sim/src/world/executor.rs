//! The futures of running handlers, and which of them want to be polled.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use tokio::sync::Notify;

/// Which invocation a future belongs to.
pub(super) type TaskId = usize;

/// How a handler came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It returned this JSON.
    Response(String),
    /// It failed with an error.
    Error(String),
    /// It panicked, which takes its sandbox down.
    Crash(String),
}

type Task = Pin<Box<dyn Future<Output = Result<String, String>>>>;

/// Polls the futures of running handlers, one at a time, in the order in which they were woken.
#[derive(Default)]
pub(super) struct Executor {
    tasks: BTreeMap<TaskId, Task>,
    woken: Arc<Woken>,
}

/// The futures that want to be polled.
#[derive(Default)]
struct Woken {
    queue: Mutex<VecDeque<TaskId>>,
    notify: Notify,
}

struct TaskWaker {
    task: TaskId,
    woken: Arc<Woken>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let mut queue = self.woken.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if !queue.contains(&self.task) {
            queue.push_back(self.task);
        }
        self.woken.notify.notify_one();
    }
}

impl Executor {
    /// Takes on a future, to be polled soon.
    pub(super) fn start(
        &mut self,
        task: TaskId,
        future: impl Future<Output = Result<String, String>> + 'static,
    ) {
        self.tasks.insert(task, Box::pin(future));
        Arc::new(TaskWaker { task, woken: Arc::clone(&self.woken) }).wake();
    }

    /// Drops a future where it stands.
    pub(super) fn kill(&mut self, task: TaskId) {
        self.tasks.remove(&task);
    }

    /// Whether this future is still running.
    pub(super) fn is_running(&self, task: TaskId) -> bool {
        self.tasks.contains_key(&task)
    }

    /// The next future that wants to be polled.
    pub(super) fn next_woken(&self) -> Option<TaskId> {
        self.woken.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Waits until some future wants to be polled.
    pub(super) async fn woken(&self) {
        loop {
            let is_empty =
                self.woken.queue.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
            if !is_empty {
                return;
            }
            self.woken.notify.notified().await;
        }
    }

    /// Polls a future once. A panic ends it, as a crash ends a deployed function.
    pub(super) fn poll(&mut self, task: TaskId) -> Poll<Answer> {
        let Some(future) = self.tasks.get_mut(&task) else { return Poll::Pending };
        let waker = Waker::from(Arc::new(TaskWaker { task, woken: Arc::clone(&self.woken) }));
        let mut context = Context::from_waker(&waker);
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context)));
        let polled = match polled {
            Ok(polled) => polled.map(|answer| answer.map_or_else(Answer::Error, Answer::Response)),
            Err(panic) => Poll::Ready(Answer::Crash(panic_message(&*panic))),
        };
        if polled.is_ready() {
            self.tasks.remove(&task);
        }
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
