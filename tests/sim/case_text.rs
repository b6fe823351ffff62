//! The text form of a case.

use proptest::prelude::*;
use stormglass_sim::Case;
use stormglass_tests::plans;

proptest! {
    #[test]
    fn a_case_survives_being_written_down(case in plans::cases()) {
        let text = case.to_string();
        prop_assert_eq!(text.parse::<Case>(), Ok(case), "{}", text);
    }

    #[test]
    fn any_text_is_a_case_or_an_error(text in "v1 [-a-z0-9:,=|\"{}# ]{0,40}") {
        if let Ok(case) = text.parse::<Case>() {
            prop_assert_eq!(case.to_string().parse::<Case>(), Ok(case));
        }
    }
}

fn error(text: &str) -> String {
    text.parse::<Case>().expect_err("no case").to_string()
}

#[test]
fn an_error_says_what_and_where() {
    for (text, message) in [
        ("", "a case starts with its version, `v1` at column 1, found the end"),
        (
            "v2 ana:c",
            "this case is of version 2, but this stormglass reads version 1; run it with the \
             stormglass that wrote it",
        ),
        ("v1 ana:z", "expected a step (one of carbhmtfxpiwsqve) at column 8, found `z`"),
        ("v1 ana:c ana:c", "there are two clients named `ana`"),
        ("v1 closer:c", "`closer` is the simulator's own client"),
        ("v1 ana:b{", "expected a JSON value at column 9, found `{`"),
        ("v1 ana:t5", "`t` takes a string, not 5"),
        ("v1 ana:x0", "expected pairs of hex digits at column 10, found the end"),
        (
            "v1 ana:q999",
            "a client closes with 1000-1003, 1007-1014 or 3000-4999 at column 12, found the end",
        ),
        (
            "v1 speed=3",
            "there is no setting `speed`; there are page, lag, expiry, timeout, concurrency, rate, \
             burst, connects, buffer, tcp, reserved, pings, frames",
        ),
        ("v1 reserved=yes", "expected `no` at column 13, found `yes`"),
        ("v1 herd*0:c", "the number of copies is at least 1 at column 10, found `:c`"),
        ("v1 herdb:c herd*2:c", "there are two clients named `herdb`"),
        (
            "v1 ana:c,+i1s",
            "`+` stands before a step that does something at column 14, found the end",
        ),
        (
            "v1 ana:h9999999",
            "a message has at most 1048576 letters here at column 16, found the end",
        ),
        ("v1 page=0", "the number of rows on a page is at least 1 at column 10, found the end"),
        ("v1 timeout=0s", "the timeout of a function is 1s to 900s at column 14, found the end"),
        ("v1 ana:c#3,c#2", "steps of a kind count up: at least 4 at column 15, found the end"),
        (
            "v1 ana:c | ana.c1=soon",
            "expected a deviation (`after2`, `late500ms` or a fault) at column 19, found `soon`",
        ),
        (
            "v1 | =after1",
            "expected a deviation (`ana.c1.answer=after1`) at column 6, found `=after1`",
        ),
        ("v1 | a=after1 a=after1", "there are two deviations for `a`"),
    ] {
        assert_eq!(error(text), message, "{text}");
    }
}

#[test]
fn an_ordinal_is_written_only_where_it_is_not_the_natural_one() {
    let text = r##"v1 page=2 lag=1s timeout=3s concurrency=4 ana:c,b"x"#3,+b"y",i5ms,q1001 bob:c{"query":{"a":"b"}},t"hi",x00ff,v herd*3:w2s,a,h9,f9,p,s1s,q4000"bye" | ana.b3.answer=after2 bob.c1=late1500ms"##;
    let case: Case = text.parse().expect("a case");
    assert_eq!(case.to_string(), text);
    let ordinals: Vec<u32> = case.plan.clients[0].steps.iter().map(|step| step.ordinal).collect();
    assert_eq!(ordinals, [1, 3, 4, 1, 1]);
}
