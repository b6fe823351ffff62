//! The command line that started this process, for the lines that a reader can copy.

use std::path::Path;

use stormglass_sim::{App, CommandLine};

/// Returns the command line that runs an application: its own, or that of this program.
pub(crate) fn command_line(app: &dyn App) -> CommandLine {
    app.command_line().unwrap_or_else(|| CommandLine::new(this_program()).with_app(app.name()))
}

/// Returns the command that starts this program.
fn this_program() -> String {
    let path = std::env::args_os().next().unwrap_or_default();
    command_of(Path::new(&path))
}

/// Returns the command that starts the program at a path: by Cargo if the program lies where Cargo
/// puts programs, or else by the path itself.
fn command_of(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut folders = path.ancestors().skip(1).filter_map(Path::file_name);
    let folder = folders.next().unwrap_or_default();
    let is_example = folder == "examples";
    let profile = if is_example { folders.next().unwrap_or_default() } else { folder };
    let option = match profile.to_str() {
        Some("debug") => "",
        Some("release") => " --release",
        _ => return path.display().to_string(),
    };
    let kind = if is_example { "example" } else { "bin" };
    format!("cargo run --quiet{option} --{kind} {name} --")
}

#[cfg(test)]
mod tests {
    use stormglass_apps::Tutorial;
    use stormglass_sim::stack::Stack;
    use stormglass_sim::{Handler, Sdk};

    use super::*;

    struct Chess;

    impl App for Chess {
        fn name(&self) -> &str {
            "chess"
        }

        fn stack(&self) -> Stack {
            Stack::new()
        }

        fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
            Tutorial.start(function, sdk)
        }
    }

    #[test]
    fn a_program_is_started_by_cargo_if_cargo_has_built_it() {
        for (path, command) in [
            ("target/debug/chess", "cargo run --quiet --bin chess --"),
            ("/home/ana/target/release/chess", "cargo run --quiet --release --bin chess --"),
            ("target/debug/examples/explore", "cargo run --quiet --example explore --"),
            ("/usr/local/bin/chess", "/usr/local/bin/chess"),
            ("chess", "chess"),
        ] {
            assert_eq!(command_of(Path::new(path)), command);
        }
    }

    #[test]
    fn an_application_without_a_command_line_is_run_by_this_program() {
        let line = command_line(&Chess).line("spec");
        assert!(line.ends_with(" spec --app chess"), "{line}");
        assert_eq!(command_line(&Tutorial).line("spec"), "cargo sim spec --app tutorial");
    }
}
