//! Events that other services than the gateway send to functions, and their outcomes.

use stormglass_spec::history::EventKind;
use stormglass_spec::name::MessageName;

use super::compute::{FunctionOutcome, InvocationState, Purpose, Sender};
use super::{Halt, World};
use crate::faults::Site;
use crate::outcome::HarnessError;

impl World<'_> {
    /// Lets something outside reach a part of the stack. Returns the number of its event.
    pub(super) fn emit(
        &mut self,
        step: MessageName,
        target: &str,
        payload: String,
    ) -> Result<u32, Halt> {
        if self.stack.has_function(target) {
            return self.invoke_later(step, target, payload, None);
        }
        let (app, step) = (self.app.name().to_owned(), step.to_string());
        Err(Halt::Harness(HarnessError::NoTarget { app, step, target: target.to_owned() }))
    }

    /// Takes an event that Lambda hands to a function later. Returns the number of its event.
    fn invoke_later(
        &mut self,
        message: MessageName,
        function: &str,
        event: String,
        cause: Option<u32>,
    ) -> Result<u32, Halt> {
        let (place, text) = (function.into(), event.as_str().into());
        let stored = EventKind::MessageStored { message: message.clone(), place, text };
        let cause = self.record(cause, stored)?;
        let name = message.invocation();
        let request = self.names.request(&name);
        let function = function.to_owned();
        let purpose = Purpose::Event { function, sender: Sender::Lambda };
        let mut state = InvocationState::new(name, request, purpose, self.now, event);
        state.messages = vec![message];
        self.invoke(state, Site::Invocation, Some(cause));
        Ok(cause)
    }

    /// Gives the outcome of a function to the service that sent the event.
    pub(super) fn sender_learns(
        &mut self,
        sender: Sender,
        invocation: usize,
        outcome: FunctionOutcome,
        cause: Option<u32>,
    ) -> Result<(), Halt> {
        let _ = (sender, invocation, outcome, cause);
        Ok(())
    }
}
