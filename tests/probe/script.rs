//! What the clients of a run saw, written down by hand.

use std::sync::Arc;
use std::time::Duration;

use stormglass_probe::{
    Assumptions, MessageFormat, Observation, ObservationKind, ProbeRun, PropertyVerdict, RollCall,
    RunId, Surplus,
};
use stormglass_spec::Time;
use stormglass_spec::history::Content;

use super::{NOTHING_ASSUMED, verdicts, words};

const RUN: RunId = RunId(1);

/// Clients and what they see, a line each.
#[derive(Default)]
pub(super) struct HistoryBuilder {
    observations: Vec<Observation>,
    now: Time,
}

impl HistoryBuilder {
    pub(super) fn see(mut self, connection: &str, kind: ObservationKind) -> HistoryBuilder {
        self.now = self.now + Duration::from_millis(1);
        self.observations.push(Observation { at: self.now, connection: connection.into(), kind });
        self
    }

    pub(super) fn wait(self, time: Duration) -> HistoryBuilder {
        HistoryBuilder { now: self.now + time, ..self }
    }

    pub(super) fn connect(self, connection: &str) -> HistoryBuilder {
        self.see(connection, ObservationKind::Requested).see(connection, ObservationKind::Opened)
    }

    /// A broadcast whose data is its mark.
    pub(super) fn broadcast(self, connection: &str, number: u32) -> HistoryBuilder {
        let client = connection.trim_end_matches(|c: char| c.is_ascii_digit());
        let content = Content::Broadcast { data: mark(number), text: mark(number) };
        let message = format!("{client}.b{number}").into();
        self.see(connection, ObservationKind::Sent { message, number: Some(number), content })
    }

    pub(super) fn get(self, connection: &str, number: u32) -> HistoryBuilder {
        self.see(connection, ObservationKind::Received(mark(number)))
    }

    pub(super) fn text(self, connection: &str, text: &str) -> HistoryBuilder {
        self.see(connection, ObservationKind::Received(text.into()))
    }

    pub(super) fn acknowledge(self, connection: &str, number: u32) -> HistoryBuilder {
        let ack = r#"{"delivered":2,"gone":0,"pending":0,"failed":0,"complete":true}"#;
        let text = format!(r#"{{"ack":{ack},"id":"{}"}}"#, mark(number));
        self.text(connection, &text)
    }

    pub(super) fn judged_by(
        self,
        format: &MessageFormat,
        assumptions: Assumptions,
    ) -> Vec<PropertyVerdict> {
        let roll_call = RollCall::default();
        let surplus = Surplus::default();
        let (observations, id) = (self.observations, RUN);
        let seen = ProbeRun { observations, surplus, id, roll_call, is_whole: true };
        verdicts(&seen, format, assumptions)
    }

    pub(super) fn judged(self) -> Vec<PropertyVerdict> {
        self.judged_by(&MessageFormat::default(), NOTHING_ASSUMED)
    }
}

pub(super) fn mark(number: u32) -> Arc<str> {
    format!("m{:08x}n{number}e", RUN.0).into()
}

pub(super) fn two() -> HistoryBuilder {
    HistoryBuilder::default().connect("ana1").connect("bob1")
}

pub(super) fn assert_found(verdicts: &[PropertyVerdict], broken: &[&str], suspect: &[&str]) {
    assert_eq!(words(verdicts, "broken"), broken);
    assert_eq!(words(verdicts, "suspect"), suspect);
}
