//! The commands in the README.

use std::collections::BTreeSet;

use crate::cargo_lambda::binaries;
use crate::stack::Stack;
use crate::template::file;

/// The commands in the section about deploying, word by word and without their comments.
fn commands() -> Vec<Vec<String>> {
    let readme = file("README.md");
    let section = readme.split("\n## ").find(|section| section.starts_with("Deploying\n"));
    let section = section.expect("the README says how to deploy");
    let words = |line: &str| {
        let words = line.split_whitespace().take_while(|word| *word != "#");
        words.map(String::from).collect()
    };
    // A command is a line of a block, or stands between backticks.
    section.split('`').flat_map(str::lines).map(words).collect()
}

/// The rest of each command that begins with these words.
fn after_words(begin: &str) -> Vec<Vec<String>> {
    let begin: Vec<String> = begin.split(' ').map(String::from).collect();
    let rest = |words: Vec<String>| words.strip_prefix(begin.as_slice()).map(<[String]>::to_vec);
    let found: Vec<Vec<String>> = commands().into_iter().filter_map(rest).collect();
    assert!(!found.is_empty(), "the README does not say {begin:?}");
    found
}

/// The word that follows `flag`.
fn after<'a>(words: &'a [String], flag: &str) -> &'a str {
    let at = words.iter().position(|word| word == flag);
    let value = at.and_then(|at| words.get(at + 1));
    value.unwrap_or_else(|| panic!("{words:?} has no {flag}"))
}

#[test]
fn sam_deploys_the_template() {
    for words in after_words("sam deploy") {
        assert_eq!(after(&words, "--template-file"), "handlers/template.yaml");
        assert_eq!(after(&words, "--capabilities"), "CAPABILITY_IAM");
        assert!(words.iter().any(|word| word == "--resolve-s3"));
    }
}

#[test]
fn every_function_is_built_first() {
    assert_eq!(after_words("cargo lambda build")[0], ["--release"]);
}

#[test]
fn one_handler_is_deployed_to_its_own_function() {
    let stack_name = after(&after_words("sam deploy")[0], "--stack-name").to_owned();
    for words in after_words("cargo lambda deploy") {
        let binary = after(&words, "--binary-name");
        assert!(binaries().contains(binary), "there is no binary {binary}");
        assert_eq!(words, ["--binary-name", binary, &format!("{stack_name}-{binary}")]);
    }
}

#[test]
fn the_parameters_exist() {
    let words: Vec<String> = commands().concat();
    let given: Vec<(&str, &str)> = words
        .iter()
        .filter_map(|word| word.split_once('='))
        .filter(|(name, _)| name.starts_with(char::is_uppercase))
        .collect();
    let names: BTreeSet<&str> = given.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["JwtAudience", "JwtIssuer", "JwtSecret"].into());
    assert_eq!(Stack::with(&given).refusals, [""; 0]);
}
