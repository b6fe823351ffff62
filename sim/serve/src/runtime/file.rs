//! The file of a project: its functions, the routes that lead to them, the tables that they find,
//! and the first rows of these. `FUNCTIONS.md` has every key, and `examples` has files that work.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use stormglass_sim::report::numbers::parse_positive_time;
use stormglass_sim::stack::{Function, Route, Stack, Table};
use toml::Spanned;

use super::error::{Advice, Mistake, ProjectError};
use super::function::FunctionProcess;
use super::program;
use super::row::{RowEntry, read_rows};
use super::table::TableEntry;
use super::template::{Template, Variables};

/// The limits of Lambda.
const TIMEOUT_MAX: Duration = Duration::from_secs(15 * 60);
const NAME_CHARS_MAX: usize = 64;

/// The routes that the gateway itself selects (FACTS 2.16).
const PREDEFINED: [&str; 3] = ["$connect", "$disconnect", "$default"];

/// An application whose functions are programs, as a file of TOML describes it.
///
#[doc = include_str!("../../FUNCTIONS.md")]
#[derive(Clone, Debug)]
pub struct Project {
    pub(super) name: String,
    pub(super) file: PathBuf,
    /// All that is deployed, but for the variables of its functions: the URLs in their values are
    /// those of a server.
    pub(super) stack: Stack,
    /// The processes of the functions, in the order of the stack.
    pub(super) processes: Vec<FunctionProcess>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ProjectFile {
    #[serde(default = "by_action")]
    route_selection: Spanned<String>,
    authorizer: Option<Spanned<String>>,
    #[serde(default, rename = "function")]
    functions: Vec<Spanned<FunctionEntry>>,
    #[serde(default, rename = "route")]
    routes: Vec<Spanned<RouteEntry>>,
    #[serde(default, rename = "table")]
    tables: Vec<Spanned<TableEntry>>,
    #[serde(default, rename = "row")]
    rows: Vec<Spanned<RowEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
struct FunctionEntry {
    name: Spanned<String>,
    command: Option<Spanned<CommandEntry>>,
    port: Option<Spanned<u16>>,
    handler: Option<String>,
    #[serde(default)]
    environment: BTreeMap<String, Spanned<String>>,
    timeout: Option<Spanned<String>>,
    memory: Option<Spanned<u32>>,
    folder: Option<Spanned<PathBuf>>,
}

/// The words of a command, or a string of them with spaces between.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a command is a string or an array of strings")]
enum CommandEntry {
    Text(String),
    Words(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
struct RouteEntry {
    key: Spanned<String>,
    function: Spanned<String>,
    #[serde(default)]
    two_way: bool,
}

fn by_action() -> Spanned<String> {
    Spanned::new(0..0, "$request.body.action".to_owned())
}

impl Project {
    /// Reads a file. Folders in it are relative to its own folder.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or something in it is wrong.
    pub fn read(path: &Path) -> Result<Project, ProjectError> {
        if path.is_dir() {
            return Err(ProjectError::Folder(path.to_owned()));
        }
        let bytes = fs::read(path)
            .map_err(|source| ProjectError::Unreadable { path: path.to_owned(), source })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..valid]);
            Mistake::new(valid, "the file is no UTF-8 here").within(path, &before)
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        // An empty path names no folder that could be entered.
        let folder = Path::new(".").join(folder);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let base = Base { folder, advice: Advice::new(path, &text) };
        let parsed = Project::parse(&text, name, path.to_owned(), &base);
        parsed.map_err(|mistake| mistake.within(path, &text))
    }

    /// Returns the name of the project, which is that of its file.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn parse(text: &str, name: String, path: PathBuf, base: &Base) -> Result<Project, Mistake> {
        let file: ProjectFile = toml::from_str(text).map_err(|error| Mistake::of_parser(&error))?;
        let (functions, processes) = read_functions(file.functions, base)?;
        if let Some(authorizer) = &file.authorizer {
            check_function(&functions, authorizer)?;
        }
        let selection = file.route_selection;
        let mut stack = Stack {
            routes: read_routes(file.routes, &functions)?,
            functions,
            route_selection: selection.get_ref().clone(),
            authorizer: file.authorizer.map(Spanned::into_inner),
            tables: read_tables(file.tables)?,
            ..Stack::new()
        };
        stack.api().map_err(|error| Mistake::new(selection.span().start, error.to_string()))?;
        stack.rows = read_rows(file.rows, &stack.tables)?;
        Ok(Project { name, file: path, stack, processes })
    }
}

/// The place of a file, from which its functions are found.
struct Base {
    folder: PathBuf,
    advice: Advice,
}

fn read_functions(
    entries: Vec<Spanned<FunctionEntry>>,
    base: &Base,
) -> Result<(Vec<Function>, Vec<FunctionProcess>), Mistake> {
    let (mut functions, mut processes): (Vec<Function>, Vec<FunctionProcess>) = Default::default();
    for entry in entries {
        let entry = entry.into_inner();
        let at = entry.name.span().start;
        let port_at = entry.port.as_ref().map_or(at, |port| port.span().start);
        let (function, process) = entry.read(base)?;
        if functions.iter().any(|known| known.name == function.name) {
            let what = format!("a second function is called `{}`; rename it", function.name);
            return Err(Mistake::new(at, what));
        }
        let port = process.port;
        if port != 0 && processes.iter().any(|known| known.port == port) {
            let what = format!("a second function has the port {port}; choose another one");
            return Err(Mistake::new(port_at, what));
        }
        functions.push(function);
        processes.push(process);
    }
    if functions.is_empty() {
        return Err(Mistake::new(0, "there is no function; add one as a `[[function]]`"));
    }
    Ok((functions, processes))
}

impl FunctionEntry {
    fn read(self, base: &Base) -> Result<(Function, FunctionProcess), Mistake> {
        let (at, name) = (self.name.span().start, self.name.into_inner());
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > NAME_CHARS_MAX || !name.chars().all(is_plain) {
            let what = "a name of a function is 1 to 64 letters, digits, hyphens and underscores";
            return Err(Mistake::new(at, what));
        }
        if let (Some(_), Some(port)) = (&self.command, &self.port) {
            let what = "a function with a `command` needs no `port`: remove one of them";
            return Err(Mistake::new(port.span().start, what));
        }
        let path = self.environment.get("PATH").map(|path| path.get_ref().clone());
        let variables = read_variables(self.environment)?;
        let folder = self.folder.map_or(Ok(base.folder.clone()), |own| read_folder(base, own))?;
        let command = self.command.map(|command| {
            let at = command.span().start;
            let words = read_command(command)?;
            program::check(&folder, &words[0], path.as_deref())
                .map_err(|what| Mistake::new(at, format!("{what}{}", base.advice)))?;
            Ok(words)
        });
        let mut function = Function::new(&name);
        function.timeout = self.timeout.map_or(Ok(function.timeout), read_timeout)?;
        function.memory_mb = self.memory.map_or(Ok(function.memory_mb), read_memory)?;
        let process = FunctionProcess {
            command: command.transpose()?,
            port: self.port.map_or(0, Spanned::into_inner),
            handler: self.handler.unwrap_or(name),
            variables,
            folder,
            advice: base.advice.clone(),
        };
        Ok((function, process))
    }
}

/// Returns the words of a command, of which there is at least one.
fn read_command(command: Spanned<CommandEntry>) -> Result<Vec<String>, Mistake> {
    let at = command.span().start;
    let words = match command.into_inner() {
        CommandEntry::Text(text) => text.split_whitespace().map(str::to_owned).collect(),
        CommandEntry::Words(words) => words,
    };
    if words.first().is_none_or(String::is_empty) {
        let what = "the command names no program; without any `command`, you start it by hand";
        return Err(Mistake::new(at, what));
    }
    Ok(words)
}

fn read_variables(entries: BTreeMap<String, Spanned<String>>) -> Result<Variables, Mistake> {
    let read = |(name, value): (String, Spanned<String>)| {
        let at = value.span().start;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.starts_with(|c: char| !c.is_ascii_digit()) || !name.chars().all(is_plain) {
            let what = format!(
                "`{name}` is no name of a variable: letters, digits and underscores, no digit first"
            );
            return Err(Mistake::new(at, what));
        }
        let template = Template::parse(value.get_ref()).map_err(|what| Mistake::new(at, what))?;
        Ok((name, template))
    };
    entries.into_iter().map(read).collect()
}

fn read_timeout(text: Spanned<String>) -> Result<Duration, Mistake> {
    let timeout = parse_positive_time(text.get_ref());
    let timeout = timeout.map_err(|what| Mistake::new(text.span().start, what))?;
    if timeout > TIMEOUT_MAX {
        return Err(Mistake::new(text.span().start, "Lambda allows no timeout over 15m"));
    }
    Ok(timeout)
}

fn read_memory(memory: Spanned<u32>) -> Result<u32, Mistake> {
    match *memory.get_ref() {
        memory @ 128..=10_240 => Ok(memory),
        _ => Err(Mistake::new(memory.span().start, "Lambda allows a memory of 128 to 10240 MB")),
    }
}

fn read_folder(base: &Base, folder: Spanned<PathBuf>) -> Result<PathBuf, Mistake> {
    let path = base.folder.join(folder.get_ref());
    if !path.is_dir() {
        let what = format!("there is no folder {}", path.display());
        return Err(Mistake::new(folder.span().start, what));
    }
    Ok(path)
}

fn read_routes(
    entries: Vec<Spanned<RouteEntry>>,
    functions: &[Function],
) -> Result<Vec<Route>, Mistake> {
    let mut routes: Vec<Route> = Vec::new();
    for entry in entries {
        let RouteEntry { key, function, two_way } = entry.into_inner();
        check_function(functions, &function)?;
        let (at, key) = (key.span().start, key.into_inner());
        if key.is_empty() {
            return Err(Mistake::new(at, "the key of a route is empty"));
        }
        if routes.iter().any(|known| known.key == key) {
            return Err(Mistake::new(at, format!("a second route has the key `{key}`")));
        }
        if key.starts_with('$') && !PREDEFINED.contains(&key.as_str()) {
            let what = format!("`{key}` is none of {}", PREDEFINED.join(", "));
            return Err(Mistake::new(at, what));
        }
        if two_way && ["$connect", "$disconnect"].contains(&key.as_str()) {
            let what = format!("nothing can be sent back by `{key}`: remove its `two-way`");
            return Err(Mistake::new(at, what));
        }
        routes.push(Route { key, function: function.into_inner(), is_two_way: two_way });
    }
    if routes.is_empty() {
        return Err(Mistake::new(0, "there is no route; add one as a `[[route]]`"));
    }
    Ok(routes)
}

fn read_tables(entries: Vec<Spanned<TableEntry>>) -> Result<Vec<Table>, Mistake> {
    let mut names = BTreeSet::new();
    let mut tables = Vec::new();
    for entry in entries {
        let (at, entry) = (entry.span().start, entry.into_inner());
        if !names.insert(entry.name.clone()) {
            let what = format!("a second table is called `{}`", entry.name);
            return Err(Mistake::new(at, what));
        }
        tables.push(entry.read(at)?);
    }
    Ok(tables)
}

/// Checks that there is a function with this name.
fn check_function(functions: &[Function], name: &Spanned<String>) -> Result<(), Mistake> {
    if functions.iter().any(|function| function.name == *name.get_ref()) {
        return Ok(());
    }
    let names: Vec<&str> = functions.iter().map(|function| function.name.as_str()).collect();
    let what =
        format!("there is no function `{}`; there are: {}", name.get_ref(), names.join(", "));
    Err(Mistake::new(name.span().start, what))
}
