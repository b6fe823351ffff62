//! The turns of processes that are started: as many at once as the machine has cores. More would
//! only slow each other down, until none begins within its time.

use std::collections::VecDeque;
use std::num::NonZero;
use std::thread;

use stormglass_aws::lambda::SandboxId;

use super::input::{Input, Inputs};
use super::sandbox::SandboxJob;

/// The turns, and the events that wait for one.
#[derive(Debug)]
pub(super) struct Starts {
    inputs: Inputs,
    running: usize,
    running_max: usize,
    waiting: VecDeque<WaitingStart>,
}

/// An event that waits until a process can be started for it.
#[derive(Debug)]
pub(super) struct WaitingStart {
    pub(super) sandbox: SandboxId,
    pub(super) job: SandboxJob,
    /// True if no process of an earlier event may take it.
    pub(super) must_be_new: bool,
}

/// The turn of one process. Dropping it tells the gateway that the next one can be started.
#[derive(Debug)]
pub(super) struct StartTurn {
    inputs: Inputs,
}

impl Starts {
    /// Returns the turns of a machine on which nothing is started yet.
    pub(super) fn new(inputs: Inputs) -> Starts {
        let running_max = thread::available_parallelism().map_or(1, NonZero::get);
        Starts { inputs, running: 0, running_max, waiting: VecDeque::new() }
    }

    /// Returns the first event that waits and its turn, if there is an event and a turn for it.
    pub(super) fn next(&mut self) -> Option<(WaitingStart, StartTurn)> {
        if self.running == self.running_max {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.running += 1;
        Some((next, StartTurn { inputs: self.inputs.clone() }))
    }

    /// Adds an event, which waits behind all others.
    pub(super) fn wait(&mut self, start: WaitingStart) {
        self.waiting.push_back(start);
    }

    /// Returns the first event for a process of this function that is free now.
    pub(super) fn take(&mut self, function: &str) -> Option<WaitingStart> {
        let fits = |start: &WaitingStart| start.job.function == function && !start.must_be_new;
        let place = self.waiting.iter().position(fits)?;
        self.waiting.remove(place)
    }

    /// Takes a turn back.
    pub(super) fn end_turn(&mut self) {
        self.running -= 1;
    }
}

impl Drop for StartTurn {
    fn drop(&mut self) {
        self.inputs.send(Input::StartOver);
    }
}

#[cfg(test)]
mod tests {
    use lambda_runtime::{Context, LambdaEvent};
    use stormglass_aws::lambda::{Lambda, Placement};
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;
    use crate::faults::Faults;
    use crate::record::Recorder;

    fn starts(running_max: usize) -> (Starts, UnboundedReceiver<Input>) {
        let (sender, received) = unbounded_channel();
        let inputs = Inputs::new(sender, Faults::none(), Recorder::none());
        (Starts { running_max, ..Starts::new(inputs) }, received)
    }

    /// Adds events of these functions, one for each letter. An event of a capital must be alone.
    fn wait(starts: &mut Starts, functions: &str) {
        let mut lambda = Lambda::new(100);
        for function in functions.chars() {
            let Placement::Cold(sandbox) = lambda.place("any", true) else {
                panic!("a sandbox is not new");
            };
            let event = LambdaEvent::new(String::new(), Context::default());
            let must_be_new = function.is_uppercase();
            let function = function.to_lowercase().to_string();
            let job = SandboxJob { request: function.as_str().into(), function, event, turn: None };
            starts.wait(WaitingStart { sandbox, job, must_be_new });
        }
    }

    #[test]
    fn no_more_processes_than_cores_are_started_at_once() {
        let (mut starts, mut received) = starts(2);
        wait(&mut starts, "abc");
        let (first, turn) = starts.next().expect("a turn");
        let second = starts.next().expect("a turn");
        assert_eq!((&*first.job.function, &*second.0.job.function), ("a", "b"));
        assert!(starts.next().is_none(), "a third is started at once");
        drop(turn);
        assert!(matches!(received.try_recv(), Ok(Input::StartOver)));
        starts.end_turn();
        assert_eq!(starts.next().expect("a turn").0.job.function, "c");
    }

    #[test]
    fn a_process_that_is_free_takes_the_first_event_of_its_function() {
        let (mut starts, _received) = starts(1);
        wait(&mut starts, "aBbb");
        let taken = starts.take("b").expect("an event");
        assert!(!taken.must_be_new);
        assert_eq!(starts.waiting.len(), 3);
        assert!(starts.take("c").is_none());
    }
}
