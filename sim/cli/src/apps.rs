//! The applications of a command line, and the option `--app`, which names one of them.

use std::fmt;

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use stormglass_sim::App;
use stormglass_spec::{Property, properties};

use crate::known_bad::Catalogue;

/// The name of the option.
const APP: &str = "app";

/// The applications that a command line knows by name.
#[derive(Clone)]
pub struct Apps {
    /// The applications that help texts and errors list. The first is the default of `--app`.
    listed: Vec<&'static dyn App>,
    /// Applications that are known by name, but not listed.
    unlisted: Vec<&'static dyn App>,
    /// The words that stand for the unlisted applications in help texts and errors.
    unlisted_in_words: Option<&'static str>,
    /// The known bugs of these applications, if the caller has a catalogue of them.
    known_bugs: Option<Catalogue>,
}

impl Apps {
    /// Creates a list of applications. The first is the default of `--app`.
    ///
    /// # Panics
    ///
    /// If the list is empty.
    pub fn new(listed: &[&'static dyn App]) -> Apps {
        assert!(!listed.is_empty(), "a command line needs an application to run");
        Apps {
            listed: listed.to_vec(),
            unlisted: Vec::new(),
            unlisted_in_words: None,
            known_bugs: None,
        }
    }

    /// Adds applications that are known by name, but not listed. Help texts and errors describe
    /// them `in_words` instead, such as `a mutation`.
    #[must_use]
    pub fn with_unlisted(self, unlisted: &[&'static dyn App], in_words: &'static str) -> Apps {
        Apps { unlisted: unlisted.to_vec(), unlisted_in_words: Some(in_words), ..self }
    }

    /// Offers the command `known-bad`, which hunts the bugs of this catalogue.
    #[must_use]
    pub fn with_known_bugs(self, catalogue: Catalogue) -> Apps {
        Apps { known_bugs: Some(catalogue), ..self }
    }

    /// Returns the catalogue of known bugs, if there is one.
    pub(crate) fn known_bugs(&self) -> Option<&Catalogue> {
        self.known_bugs.as_ref()
    }

    /// Returns the application that runs unless `--app` names another one.
    pub(crate) fn default_app(&self) -> &'static dyn App {
        self.listed[0]
    }

    /// Completes the option `--app` with its default, its help text and its parser. Leaves every
    /// other argument as it is.
    pub(crate) fn complete(&self, argument: Arg) -> Arg {
        if argument.get_id() != APP {
            return argument;
        }
        let apps = self.clone();
        argument
            .default_value(self.default_app().name())
            .help(format!("The application to run: {}", self.in_words()))
            .value_parser(move |name: &str| apps.parse(name))
    }

    fn parse(&self, name: &str) -> Result<&'static dyn App, String> {
        self.find(name)
            .ok_or_else(|| format!("there is no application of that name: use {}", self.in_words()))
    }

    /// Returns the application of this name, listed or not.
    fn find(&self, name: &str) -> Option<&'static dyn App> {
        let mut apps = self.listed.iter().chain(&self.unlisted);
        apps.find(|app| app.name() == name).copied()
    }

    /// Returns the promises of the application of this name, or those of the specification if an
    /// older version of the program had that application.
    pub(crate) fn promises_of(&self, name: &str) -> Vec<Property> {
        self.find(name).map_or_else(|| properties::ALL.to_vec(), App::properties)
    }

    /// Returns the choice of applications in words: `a`, `a or b`, `a, b or c`.
    fn in_words(&self) -> String {
        let listed = self.listed.iter().map(|app| app.name());
        let mut names: Vec<&str> = listed.chain(self.unlisted_in_words).collect();
        let last = names.pop().unwrap_or_default();
        if names.is_empty() { last.to_owned() } else { format!("{} or {last}", names.join(", ")) }
    }
}

impl fmt::Debug for Apps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.listed.iter().map(|app| app.name())).finish_non_exhaustive()
    }
}

/// The option `--app`. [`Apps::complete`] adds everything that depends on the applications.
#[derive(Clone, Copy)]
pub(crate) struct AppArgument {
    /// The application of that name.
    pub(crate) app: &'static dyn App,
}

impl Args for AppArgument {
    fn augment_args(command: Command) -> Command {
        command.arg(Arg::new(APP).long(APP).value_name("APP"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        AppArgument::augment_args(command)
    }
}

impl FromArgMatches for AppArgument {
    fn from_arg_matches(matches: &ArgMatches) -> Result<AppArgument, clap::Error> {
        let app = matches.get_one::<&'static dyn App>(APP).copied();
        let app = app.ok_or_else(|| clap::Error::new(ErrorKind::MissingRequiredArgument))?;
        Ok(AppArgument { app })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = AppArgument::from_arg_matches(matches)?;
        Ok(())
    }
}

impl fmt::Debug for AppArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.app.name())
    }
}

#[cfg(test)]
mod tests {
    use stormglass_apps::{AwsSample, CANARY, Tutorial};

    use super::*;
    use crate::arguments::{Arguments, Command as Subcommand};
    use crate::known_bad::Canary;

    fn app_of(apps: &Apps, words: &[&str]) -> Result<&'static dyn App, String> {
        let words = ["cargo sim", "replay", "1"].iter().chain(words);
        match Arguments::parse_from(apps, words).map(|arguments| arguments.command) {
            Ok(Subcommand::Replay(arguments)) => Ok(arguments.app.app),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn the_first_application_is_the_default_and_each_is_found_by_its_name() {
        let apps = Apps::new(&[&AwsSample, &Tutorial]).with_unlisted(&[&CANARY], "a bird");
        assert_eq!(app_of(&apps, &[]).map(App::name), Ok("aws-sample"));
        for name in ["aws-sample", "tutorial", "canary"] {
            assert_eq!(app_of(&apps, &["--app", name]).map(App::name), Ok(name));
        }
    }

    #[test]
    fn an_error_lists_the_applications_that_are_listed() {
        let apps = Apps::new(&[&AwsSample, &Tutorial]).with_unlisted(&[&CANARY], "a bird");
        let error = app_of(&apps, &["--app", "nope"]).map(App::name).expect_err("no such app");
        assert!(error.contains("of that name: use aws-sample, tutorial or a bird\n"), "{error}");
        let error = app_of(&Apps::new(&[&Tutorial]), &["--app", "nope"]).map(App::name);
        assert!(error.expect_err("no such app").contains("of that name: use tutorial\n"));
    }

    #[test]
    fn known_bugs_are_offered_only_where_the_catalogue_is_about_the_applications() {
        let apps = Apps::new(&[&Tutorial]);
        let help = |apps: &Apps| {
            let parsed = Arguments::parse_from(apps, ["cargo sim", "--help"]);
            parsed.expect_err("a help text").to_string()
        };
        assert!(!help(&apps).contains("known-bad"));
        let canary = Canary { app: &CANARY, fails_on: |_| false };
        let catalogue = Catalogue { bugs: &[], canary };
        assert!(help(&apps.clone().with_known_bugs(catalogue)).contains("known-bad"));
        let arguments =
            Arguments::parse_from(&apps, ["cargo sim", "known-bad"]).expect("a command");
        let error = crate::commands::run(&arguments.command, &apps).expect_err("no catalogue");
        assert!(error.to_string().contains("no catalogue of known bugs"), "{error}");
    }
}
