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
