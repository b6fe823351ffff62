//! A patch of the catalogue applies exactly, or the build says why it does not.

#[path = "../../sim/apps/mutants/build/patch.rs"]
#[expect(dead_code, reason = "a build reads whole folders, too")]
mod patch;

use patch::Patch;

const TEXT: &str = "\
Breaks: delivered
Somebody forgot
the second line.

--- a/handlers/src/table.rs
+++ b/handlers/src/table.rs
@@ -1,3 +1,3 @@
 one
-two
+2
 three
";

fn patch() -> Patch {
    Patch::parse("forgotten", TEXT).expect("a patch")
}

#[test]
fn a_patch_says_what_it_breaks_and_what_went_wrong() {
    let patch = patch();
    assert_eq!((&*patch.promise, patch.file()), ("delivered", "handlers/src/table.rs"));
    assert_eq!(patch.mistake, "Somebody forgot the second line.");
}

#[test]
fn a_patch_without_a_promise_a_mistake_or_a_diff_is_refused() {
    for (text, wanted) in [
        ("Somebody forgot.\n\n--- a/x\n", "its first line must be `Breaks: ` and the id of a"),
        ("Breaks: delivered\n\n--- a/x\n", "it does not describe the mistake of a programmer"),
        ("Breaks: delivered\nSomebody forgot.\n", "no diff, which begins with `--- a/`"),
    ] {
        let error = Patch::parse("broken", text).expect_err("it is refused");
        assert!(error.starts_with("the mutation broken: "), "{error}");
        assert!(error.contains(wanted), "{error}");
    }
}

#[test]
fn a_patch_applies_wherever_its_lines_have_gone() {
    let text = "zero\n".repeat(70) + "one\ntwo\nthree\n";
    assert_eq!(patch().apply(&text), Ok("zero\n".repeat(70) + "one\n2\nthree\n"));
}

#[test]
fn a_patch_whose_lines_have_changed_applies_no_longer() {
    let error = patch().apply("one\ntwo\nthree and a half\n").expect_err("no fuzz");
    assert_eq!(
        error,
        "the mutation forgotten no longer applies: the lines that it changes are not there any \
         more (hunk 1, handlers/src/table.rs); write sim/apps/mutations/forgotten.patch anew"
    );
}

#[test]
fn a_patch_that_fits_in_two_places_is_ambiguous() {
    let error = patch().apply("one\ntwo\nthree\none\ntwo\nthree\n").expect_err("which one?");
    assert!(error.contains("is ambiguous"), "{error}");
}
