//! The meanings of deviations, in plain words.

use crate::case::{Choice, Schedule};
use crate::faults::Fault;

/// Returns the meaning of the deviation `key=choice`; an empty text if the schedule has no such
/// key.
pub(super) fn meaning(text: &str, schedule: &Schedule) -> String {
    let Some((key, _)) = text.split_once('=') else { return String::new() };
    match schedule.deviations.get(key) {
        None => String::new(),
        Some(Choice::After(1)) => {
            format!("{} until the next event has happened, at most 2 s.", waits(key))
        }
        Some(Choice::After(events)) => {
            format!("{} until the next {events} events have happened, at most 2 s.", waits(key))
        }
        Some(late @ Choice::Late(_)) => {
            let late = late.to_string();
            let delay = late.trim_start_matches("late");
            format!("{} {delay} longer than usual.", takes(key))
        }
        Some(Choice::Fault(fault)) => went_wrong(*fault).to_owned(),
    }
}

fn waits(key: &str) -> String {
    format!("{} waits", leg(key))
}

fn takes(key: &str) -> String {
    format!("{} takes", leg(key))
}

/// Names the leg of a message or a call that a key stands for.
fn leg(key: &str) -> String {
    let Some((whose, leg)) = key.rsplit_once('.') else { return key.to_owned() };
    match leg {
        "up" => format!("What the client sends as {whose}, on its way to the gateway,"),
        "down" => format!("What the gateway sends for {whose}, on its way to the client,"),
        "start" => format!("The event of {whose}, on its way to the function,"),
        "init" => format!("The start of a new sandbox for {whose}"),
        "answer" => format!("What {whose} gives back, on its way to the gateway,"),
        "send" => format!("The request {whose}, on its way to the service,"),
        "reply" => format!("The answer to {whose}, on its way to the function,"),
        "seen" => format!("The message {whose}, on its way from its queue,"),
        "removal" => format!("The removal of {whose} from its queue"),
        "entries" => format!("An entry of the batch of {whose}"),
        "leaves" => format!("The leaving of the client of {whose}"),
        "left" | "fails" => {
            format!("The word that the client of {whose} is gone, on its way to the gateway,")
        }
        _ => format!("The step {key} of the plan"),
    }
}

fn went_wrong(fault: Fault) -> &'static str {
    match fault {
        Fault::Throttled => "It is refused for lack of capacity, with the error that says so.",
        Fault::ThrottledBare => {
            "It is refused with a 429 without an error type, which the SDK does not retry."
        }
        Fault::Error => "It fails before anything is done.",
        Fault::ErrorAfter => "It is carried out, but the caller is told that it failed.",
        Fault::RequestLost => "The connection breaks before the request arrives.",
        Fault::ReplyLost => "It is carried out, but the answer is lost on its way back.",
        Fault::Hang => "The request never arrives, and no answer ever comes.",
        Fault::HangAfter => "It is carried out, but no answer ever comes.",
        Fault::Reset => {
            "The system of the client that vanished resets the connection: the gateway knows."
        }
        Fault::Unnoticed => "The gateway does not notice that the client left.",
        Fault::Stale => "This eventually consistent read sees an older state of the table.",
        Fault::Crash => "The process of the function dies.",
        Fault::Duplicate => "The event arrives twice.",
        Fault::Cold => "The platform starts a new sandbox although another is idle.",
        Fault::Dropped => "The event never reaches its function.",
        Fault::Fires => "The gateway delivers a $disconnect event for a handshake that failed.",
        Fault::Maintenance => "The gateway closes the connection for maintenance.",
        Fault::Bare => "The 410 comes without its error type.",
        Fault::Partial => "An entry of the batch fails, and the call as a whole succeeds.",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::case::Key;

    fn meaning_of(key: &str, choice: Choice) -> String {
        let deviations = [(Key::new(key), choice)].into_iter().collect();
        meaning(&format!("{key}={choice}"), &Schedule { deviations })
    }

    #[test]
    fn a_late_leg_is_said_to_take_longer() {
        assert_eq!(
            meaning_of("eve.c1.put-eve1-1.reply", Choice::Late(Duration::from_secs(1))),
            "The answer to eve.c1.put-eve1-1, on its way to the function, takes 1s longer than \
             usual."
        );
    }

    #[test]
    fn what_waits_is_said_to_wait_for_so_many_events() {
        assert_eq!(
            meaning_of("ana.c1.up", Choice::After(1)),
            "What the client sends as ana.c1, on its way to the gateway, waits until the next \
             event has happened, at most 2 s."
        );
        assert!(meaning_of("ana.c1.init", Choice::After(7)).ends_with(
            "The start of a new sandbox for ana.c1 waits until the next 7 events have happened, \
             at most 2 s."
        ));
    }

    #[test]
    fn every_leg_is_named() {
        let late = Choice::Late(Duration::from_millis(70));
        let legs = ["up", "down", "start", "init", "answer", "send", "reply", "leaves", "left"];
        for leg in legs {
            let meaning = meaning_of(&format!("ana.c1.{leg}"), late);
            assert!(meaning.contains(" ana.c1"), "{meaning}");
            assert!(!meaning.contains("ana.c1."), "{meaning}");
            assert!(meaning.ends_with(" takes 70ms longer than usual."), "{meaning}");
        }
        let meaning = meaning_of("ana.t1", late);
        assert_eq!(meaning, "The step ana.t1 of the plan takes 70ms longer than usual.");
    }

    #[test]
    fn every_fault_has_a_meaning_of_its_own() {
        let mut meanings = Fault::ALL.map(|fault| meaning_of("ana.c1", Choice::Fault(fault)));
        meanings.sort_unstable();
        assert!(meanings.windows(2).all(|pair| pair[0] != pair[1]), "{meanings:?}");
    }

    #[test]
    fn a_deviation_that_no_schedule_has_means_nothing() {
        assert_eq!(meaning("ana.c1=crash", &Schedule::default()), "");
        assert_eq!(meaning("ana.c1", &Schedule::default()), "");
    }
}
