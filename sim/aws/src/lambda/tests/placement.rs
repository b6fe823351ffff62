use super::*;

#[test]
fn a_sandbox_is_used_again_once_it_is_free() {
    let mut lambda = Lambda::new(1_000);
    assert_eq!(lambda.place("f", false), Placement::Cold(SandboxId(1)));
    assert_eq!(lambda.place("f", false), Placement::Cold(SandboxId(2)));
    lambda.release(SandboxId(1));
    assert_eq!(lambda.place("g", false), Placement::Cold(SandboxId(3)));
    assert_eq!(lambda.place("f", false), Placement::Warm(SandboxId(1)));
}

#[test]
fn a_sandbox_that_was_taken_down_does_not_come_back() {
    let mut lambda = Lambda::new(1_000);
    lambda.place("f", false);
    lambda.take_down(SandboxId(1));
    assert_eq!(lambda.place("f", false), Placement::Cold(SandboxId(2)));
}

#[test]
fn an_idle_sandbox_can_be_taken_down() {
    let mut lambda = Lambda::new(1_000);
    lambda.place("f", false);
    lambda.release(SandboxId(1));
    lambda.take_down(SandboxId(1));
    assert_eq!(lambda.place("f", false), Placement::Cold(SandboxId(2)));
}

#[test]
#[should_panic(expected = "only once")]
fn a_sandbox_cannot_be_taken_down_twice() {
    let mut lambda = Lambda::new(1_000);
    lambda.place("f", false);
    lambda.take_down(SandboxId(1));
    lambda.take_down(SandboxId(1));
}

#[test]
fn a_new_sandbox_can_be_asked_for_though_another_is_idle() {
    let mut lambda = Lambda::new(1_000);
    lambda.place("f", false);
    lambda.release(SandboxId(1));
    assert_eq!(lambda.place("f", true), Placement::Cold(SandboxId(2)));
}

#[test]
fn invocations_over_the_limit_are_throttled() {
    let mut lambda = Lambda::new(1);
    lambda.place("f", false);
    assert_eq!(lambda.place("g", false), Placement::Throttled);
    lambda.release(SandboxId(1));
    assert_eq!(lambda.place("g", false), Placement::Cold(SandboxId(2)));
}

fn with_reserved(concurrency_max: u32, reserved: u32) -> Lambda {
    Lambda::new(concurrency_max).with_reserved("f", reserved).expect("the account has as much")
}

#[test]
fn a_reservation_is_a_cap_and_a_guarantee() {
    let mut lambda = with_reserved(3, 1);
    assert_eq!(lambda.place("g", false), Placement::Cold(SandboxId(1)));
    assert_eq!(lambda.place("h", false), Placement::Cold(SandboxId(2)));
    assert_eq!(lambda.throttle("g"), Some(ThrottleReason::Account));
    assert_eq!(lambda.place("g", false), Placement::Throttled);
    assert_eq!(lambda.throttle("f"), None, "the others cannot take what it reserves");
    assert_eq!(lambda.place("f", false), Placement::Cold(SandboxId(3)));
    assert_eq!(lambda.throttle("f"), Some(ThrottleReason::Reserved));
    assert_eq!(lambda.place("f", false), Placement::Throttled);
}

#[test]
fn a_reserved_place_is_free_again_after_a_release_and_after_the_end_of_its_sandbox() {
    let mut lambda = with_reserved(2, 1);
    assert_eq!(lambda.place("f", false), Placement::Cold(SandboxId(1)));
    lambda.release(SandboxId(1));
    assert_eq!(lambda.place("f", true), Placement::Cold(SandboxId(2)));
    lambda.take_down(SandboxId(2));
    assert_eq!(lambda.place("f", false), Placement::Warm(SandboxId(1)));
}

#[test]
fn a_reservation_counts_what_runs_already() {
    let mut lambda = Lambda::new(2);
    lambda.place("f", false);
    let lambda = lambda.with_reserved("f", 1).expect("the account has as much");
    assert_eq!(lambda.throttle("f"), Some(ThrottleReason::Reserved));
    assert_eq!(lambda.throttle("g"), None);
}

#[test]
fn a_function_that_reserves_nothing_is_disabled() {
    let mut lambda = with_reserved(2, 0);
    assert!(lambda.is_disabled("f"));
    assert!(!lambda.is_disabled("g"));
    assert_eq!(lambda.place("f", false), Placement::Throttled);
    assert_eq!(lambda.throttle("f"), Some(ThrottleReason::Reserved));
}

#[test]
fn functions_cannot_reserve_more_than_the_account_has() {
    let error = with_reserved(10, 6).with_reserved("g", 5).expect_err("10 are less than 11");
    assert_eq!(
        error.to_string(),
        "the function g cannot reserve a concurrency of 5: the account has 4 that no other \
         function reserves"
    );
    with_reserved(10, 6).with_reserved("f", 10).expect("a later reservation replaces the former");
}

#[test]
fn sandboxes_tell_two_platforms_apart() {
    let mut lambda = Lambda::new(9);
    let mut sketches = vec![sketch(|it| lambda.sketch(it))];
    lambda.place("f", false);
    sketches.push(sketch(|it| lambda.sketch(it)));
    lambda.release(SandboxId(1));
    sketches.push(sketch(|it| lambda.sketch(it)));
    lambda.take_down(SandboxId(1));
    sketches.push(sketch(|it| lambda.sketch(it)));
    assert_distinct(&sketches);
}
