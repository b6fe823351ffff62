//! Expressions against a calendar. The weekdays of the dates are those of a printed calendar: the
//! first of January 2026 is a Thursday.

use stormglass_spec::Time;

use super::{Calendar, Schedule};

const CALENDAR: Calendar = Calendar { epoch_ms: 1_767_225_600_000 };

fn time(text: &str) -> Time {
    let at = Schedule::parse(&format!("at({text})")).unwrap();
    at.one_time(CALENDAR).unwrap()
}

/// The first planned times from midnight of January 1st, 2026 on.
fn first(expression: &str, count: usize) -> Vec<String> {
    let schedule = Schedule::parse(expression).unwrap();
    let next = |after: &Time| schedule.next_after(CALENDAR, *after, Time::ZERO);
    let times = std::iter::successors(next(&Time::ZERO), next);
    times.take(count).map(|time| CALENDAR.iso_8601(time).replace(":00Z", "")).collect()
}

#[test]
fn cron_fires_at_the_minutes_of_its_fields() {
    for (fields, times) in [
        // The examples of the documentation.
        ("0 10 * * ? *", &["2026-01-01T10:00", "2026-01-02T10:00"][..]),
        ("15 12 * * ? *", &["2026-01-01T12:15", "2026-01-02T12:15"]),
        ("0 18 ? * MON-FRI *", &["2026-01-01T18:00", "2026-01-02T18:00", "2026-01-05T18:00"]),
        ("0 8 1 * ? *", &["2026-01-01T08:00", "2026-02-01T08:00"]),
        (
            "0/15 * * * ? *",
            &["2026-01-01T00:15", "2026-01-01T00:30", "2026-01-01T00:45", "2026-01-01T01:00"],
        ),
        ("0/10 * ? * MON-FRI *", &["2026-01-01T00:10", "2026-01-01T00:20"]),
        ("0/5 8-17 ? * MON-FRI *", &["2026-01-01T08:00", "2026-01-01T08:05"]),
        ("1/10 * * * ? *", &["2026-01-01T00:01", "2026-01-01T00:11", "2026-01-01T00:21"]),
        ("15 10 ? * 6L 2019-2027", &["2026-01-30T10:15", "2026-02-27T10:15"]),
        ("0 9 ? * 2#1 *", &["2026-01-05T09:00", "2026-02-02T09:00"]),
        // Stars, lists, ranges and steps.
        ("* * * * ? *", &["2026-01-01T00:01", "2026-01-01T00:02"]),
        ("*/20 * * * ? *", &["2026-01-01T00:20", "2026-01-01T00:40", "2026-01-01T01:00"]),
        (
            "10-30/10 5 * * ? *",
            &["2026-01-01T05:10", "2026-01-01T05:20", "2026-01-01T05:30", "2026-01-02T05:10"],
        ),
        (
            "5,1,3 0 * * ? *",
            &["2026-01-01T00:01", "2026-01-01T00:03", "2026-01-01T00:05", "2026-01-02T00:01"],
        ),
        ("0 0 * JAN,MAR ? 2027", &["2027-01-01T00:00"]),
        ("0 0 1 jan-mar ? *", &["2026-02-01T00:00", "2026-03-01T00:00", "2027-01-01T00:00"]),
        ("0 0 1 1/6 ? *", &["2026-07-01T00:00", "2027-01-01T00:00"]),
        (
            "0 0 1/10 * ? *",
            &["2026-01-11T00:00", "2026-01-21T00:00", "2026-01-31T00:00", "2026-02-01T00:00"],
        ),
        ("0 0 1 1 ? 2028/2", &["2028-01-01T00:00", "2030-01-01T00:00"]),
        ("0 0 1 1 ? 2025", &[]),
        // Days that not every month has.
        ("0 0 31 * ? *", &["2026-01-31T00:00", "2026-03-31T00:00", "2026-05-31T00:00"]),
        ("0 0 29 2 ? *", &["2028-02-29T00:00", "2032-02-29T00:00"]),
        ("0 0 30 2 ? *", &[]),
        // The last day, and the nearest weekday, in the same month.
        ("0 0 L * ? *", &["2026-01-31T00:00", "2026-02-28T00:00", "2026-03-31T00:00"]),
        ("0 0 L 2 ? 2028", &["2028-02-29T00:00"]),
        ("0 0 3W * ? *", &["2026-01-02T00:00", "2026-02-03T00:00"]),
        (
            "0 0 1W * ? *",
            &["2026-02-02T00:00", "2026-03-02T00:00", "2026-04-01T00:00", "2026-05-01T00:00"],
        ),
        ("0 0 1W 8 ? *", &["2026-08-03T00:00"]),
        ("0 0 31W 5 ? 2026", &["2026-05-29T00:00"]),
        ("0 0 31W 1-4 ? 2026", &["2026-01-30T00:00", "2026-03-31T00:00"]),
        // Days of the week; 1 is Sunday.
        ("0 0 ? * 1 *", &["2026-01-04T00:00", "2026-01-11T00:00"]),
        ("0 0 ? * SAT,sun *", &["2026-01-03T00:00", "2026-01-04T00:00", "2026-01-10T00:00"]),
        ("0 0 ? * L *", &["2026-01-03T00:00", "2026-01-10T00:00"]),
        ("0 0 ? * FRIL *", &["2026-01-30T00:00", "2026-02-27T00:00"]),
        ("0 0 ? * TUE#2 *", &["2026-01-13T00:00", "2026-02-10T00:00"]),
        ("0 0 ? * 5#5 *", &["2026-01-29T00:00", "2026-04-30T00:00"]),
    ] {
        assert_eq!(first(&format!("cron({fields})"), times.len().max(1)), times, "{fields}");
    }
}

#[test]
fn cron_that_aws_refuses_is_refused() {
    for (fields, words) in [
        ("", "it has 0"),
        ("* * * * *", "it has 5"),
        ("0 0 1 * ? * *", "it has 7"),
        ("* * * * * *", "one of day-of-month and day-of-week must be ?"),
        ("* * 1 * 2 *", "one of day-of-month and day-of-week must be ?"),
        ("* * ? * ? *", "cannot both be ?"),
        ("60 * * * ? *", "minutes cannot be \"60\""),
        ("* 24 * * ? *", "hours cannot be \"24\""),
        ("* * 0 * ? *", "day-of-month cannot be \"0\""),
        ("* * 32 * ? *", "day-of-month cannot be \"32\""),
        ("* * * 13 ? *", "month cannot be \"13\""),
        ("* * * JANUARY ? *", "it is 1 to 12 or JAN to DEC"),
        ("* * ? * 0 *", "day-of-week cannot be \"0\""),
        ("* * ? * 8 *", "it is 1 to 7 or SUN to SAT"),
        ("* * * * ? 1969", "year cannot be \"1969\""),
        ("* * * * ? 2200", "year cannot be \"2200\""),
        ("? * * * ? *", "minutes cannot be \"?\""),
        ("0/0 * * * ? *", "the step of minutes must be 1 to 59"),
        ("0/60 * * * ? *", "the step of minutes must be 1 to 59"),
        ("0/+5 * * * ? *", "the step of minutes must be 1 to 59"),
        ("0/ * * * ? *", "the step of minutes must be 1 to 59"),
        ("* * ? * 1/2 *", "day-of-week takes no slash"),
        ("30-10 * * * ? *", "the range runs backwards"),
        ("0 22-2 * * ? *", "the range runs backwards"),
        ("1,,2 * * * ? *", "minutes cannot be \"\""),
        ("-5 * * * ? *", "minutes cannot be \"\""),
        ("+5 * * * ? *", "minutes cannot be \"+5\""),
        ("* * LW * ? *", "day-of-month cannot be \"L\""),
        ("* * 1,L * ? *", "day-of-month cannot be \"L\""),
        ("* * 32W * ? *", "day-of-month cannot be \"32\""),
        ("* * ? * 3#6 *", "after # stands 1 to 5"),
        ("* * ? * 3#1,6#3 *", "after # stands 1 to 5"),
        ("* * ? * 8L *", "day-of-week cannot be \"8\""),
        ("* * ? * W *", "day-of-week cannot be \"W\""),
    ] {
        let error = Schedule::parse(&format!("cron({fields})")).expect_err(fields);
        assert!(error.problem.contains(words), "{error}");
    }
}

#[test]
fn an_expression_is_rate_cron_or_at() {
    for text in ["", "rate", "rate(5 minutes", "every(5 minutes)", "5 minutes", "RATE(5 minutes)"] {
        let error = Schedule::parse(text).expect_err(text);
        assert!(error.to_string().contains("rate(...), cron(...) or at(...)"), "{error}");
    }
    assert_eq!(Schedule::parse("rate(1 hour)").unwrap().text(), "rate(1 hour)");
}

#[test]
fn at_fires_once() {
    let at = Schedule::parse("at(2026-11-20T13:00:00)").unwrap();
    let noon = time("2026-11-20T13:00:00");
    assert_eq!(at.next_after(CALENDAR, Time::ZERO, Time::ZERO), Some(noon));
    assert_eq!(at.next_after(CALENDAR, noon, Time::ZERO), None);
    assert_eq!(at.one_time(CALENDAR), Some(noon));
    assert_eq!(Schedule::parse("rate(1 day)").unwrap().one_time(CALENDAR), None);
}

#[test]
fn a_planned_minute_is_never_skipped_nor_repeated() {
    let cron = Schedule::parse("cron(* * * * ? *)").unwrap();
    let minute = Time::from_millis(60_000);
    for after in [Time::ZERO, Time::from_micros(1), Time::from_micros(59_999_999)] {
        assert_eq!(cron.next_after(CALENDAR, after, Time::ZERO), Some(minute), "{after}");
    }
    let next = cron.next_after(CALENDAR, minute, Time::ZERO);
    assert_eq!(next, Some(Time::from_millis(120_000)));
    for from in [Time::ZERO, minute] {
        assert_eq!(cron.next_from(CALENDAR, from, Time::ZERO), Some(from));
    }
    // The last minute that the years reach.
    let last = time("2199-12-31T23:59:00");
    assert_eq!(cron.next_after(CALENDAR, last, Time::ZERO), None);
}
