//! What may be wrong with a file of functions: where, and what to do about it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::server::{Server, program, refused, write};

/// The line of the mistake in a text that cannot be served, and the message.
fn said(text: &str) -> String {
    let output = refused(text);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    let (place, what) = said.split_once("functions.toml, ").expect("the name of the file");
    assert!(place.starts_with("error: "), "{said}");
    what.trim_end().to_owned()
}

/// Checks that each text is refused with a message that begins like this.
fn assert_refused(cases: &[(&str, &str)]) {
    for (text, wanted) in cases {
        let said = said(text);
        assert!(said.starts_with(wanted), "{text}\n{said}");
    }
}

/// A function, which is three lines.
const FUNCTION: &str = "[[function]]\nname = \"a\"\ncommand = \"sh\"\n";

/// A route to it, which is three lines.
const ROUTE: &str = "[[route]]\nkey = \"go\"\nfunction = \"a\"\n";

/// A table, which is three lines.
const TABLE: &str = "[[table]]\nname = \"tab\"\npartition-key = \"k\"\n";

#[test]
fn a_text_that_is_no_toml_is_told_with_its_line() {
    assert_refused(&[
        ("x", "line 1: key with no value, expected `=`; `cargo serve --help` has every key"),
        ("[[function]\n", "line 1: unclosed array table, expected `]`; `cargo serve --help` has"),
        ("[[function]]\nname = \"a\n", "line 2: invalid basic string, expected `\"`; "),
        ("[[function]]\nname = \"a\"\nname = \"b\"\n", "line 3: duplicate key; "),
    ]);
}

#[test]
fn a_key_that_is_unknown_or_missing_is_told_with_its_line() {
    let route = &format!("{FUNCTION}[[route]]\nkey = \"go\"\n");
    let table = &format!("{FUNCTION}{ROUTE}[[table]]\nname = \"tab\"\n");
    let index = &format!("{FUNCTION}{ROUTE}{TABLE}[[table.index]]\nname = \"idx\"\n");
    assert_refused(&[
        (
            "[[function]]\nnmae = \"a\"\n",
            "line 2: unknown field `nmae`, expected one of `name`, `c",
        ),
        ("[[rout]]\nkey = \"go\"\n", "line 1: unknown field `rout`, expected one of `route-sel"),
        (&format!("{index}sort = \"k\"\n"), "line 12: unknown field `sort`, expected one of `name"),
        (
            "[[function]]\ncommand = \"sh\"\n",
            "line 1: missing field `name`; `cargo serve --help` h",
        ),
        (route, "line 4: missing field `function`; `cargo serve --help` has every key"),
        (table, "line 7: missing field `partition-key`; "),
        (index, "line 10: missing field `partition-key`; "),
    ]);
}

#[test]
fn a_value_of_a_wrong_type_is_told_with_its_line() {
    let function = |line: &str| format!("[[function]]\nname = \"a\"\n{line}\n");
    let list = "expected a list, which a header in double brackets begins: `[[...]]`; ";
    assert_refused(&[
        ("[[function]]\nname = 5\n", "line 2: invalid type: integer `5`, expected a string; `car"),
        ("[function]\nname = \"a\"\n", &format!("line 1: invalid type: table, {list}")),
        ("function = [1]\n", "line 1: invalid type: integer `1`, expected a table; "),
        (&function("command = 1"), "line 3: a command is a string or an array of strings; "),
        (&function("port = 70000"), "line 3: invalid value: integer `70000`, expected a whole num"),
        (&function("memory = 1.5"), "line 3: invalid type: floating point `1.5`, expected a whole"),
        (&function("folder = 3"), "line 3: invalid type: integer `3`, expected a string; "),
        (&function("environment = 3"), "line 3: invalid type: integer `3`, expected a table; "),
        (&function("environment = { A = 1 }"), "line 3: invalid type: integer `1`, expected a str"),
        (
            &format!("{FUNCTION}{ROUTE}two-way = \"yes\"\n"),
            "line 7: invalid type: string \"yes\", expected a boolean; ",
        ),
        (
            &format!("{FUNCTION}{ROUTE}{TABLE}partition-key-type = \"X\"\n"),
            "line 10: unknown variant `X`, expected one of `S`, `N`, `B`; ",
        ),
    ]);
}

#[test]
fn a_mistake_in_a_function_is_told_with_its_line() {
    let function = |line: &str| format!("[[function]]\nname = \"a\"\n{line}\n");
    assert_refused(&[
        ("", "line 1: there is no function; add one as a `[[function]]`"),
        (FUNCTION, "line 1: there is no route; add one as a `[[route]]`"),
        ("[[function]]\nname = \"a b\"\n", "line 2: a name of a function is 1 to 64 letters, digi"),
        (&format!("{FUNCTION}{FUNCTION}"), "line 5: a second function is called `a`; rename it"),
        (&function("command = \" \""), "line 3: the command names no program; without any `comma"),
        (&function("command = []"), "line 3: the command names no program; without any `command`"),
        (&function("folder = \"no\""), "line 3: there is no folder "),
        (&function("folder = \"functions.toml\""), "line 3: there is no folder "),
        (&function("timeout = \"3\""), "line 3: expected a whole number above"),
        (&function("timeout = \"16m\""), "line 3: Lambda allows no timeout over 15m"),
        (&function("memory = 64"), "line 3: Lambda allows a memory of 128 to 10240 MB"),
        (
            &function("command = \"sh\"\nport = 9001"),
            "line 4: a function with a `command` needs no `port`: remove one of them",
        ),
        (
            "[[function]]\nname = \"a\"\nport = 9001\n[[function]]\nname = \"b\"\nport = 9001\n",
            "line 6: a second function has the port 9001; choose another one",
        ),
    ]);
}

#[test]
fn a_program_that_is_not_there_is_told_with_its_line() {
    let function = |line: &str| format!("[[function]]\nname = \"a\"\n{line}\n");
    assert_refused(&[
        (&function("command = \"no-such-program x\""), "line 3: there is no program `no-such-prog"),
        (&function("command = \"bin/no-such\""), "line 3: the program /"),
        (&function("command = [\"./functions.toml\"]"), "line 3: the program /"),
        // Its own PATH is where it is looked for.
        (
            &function("command = \"sh\"\nenvironment = { PATH = \"/no/such/folder\" }"),
            "line 3: there is no program `sh` on the PATH",
        ),
    ]);
    let missing = said(&function("command = \"bin/no-such\""));
    assert!(missing.ends_with("/bin/no-such does not exist"), "{missing}");
    let text = said(&function("command = \"./functions.toml\""));
    assert!(text.ends_with("/functions.toml is no program that may be run"), "{text}");
}

#[test]
fn a_file_that_begins_with_a_comment_may_say_what_to_install() {
    let text = "# npm install\n[[function]]\nname = \"a\"\ncommand = \"bin/no-such\"\n";
    let said = said(text);
    assert!(said.starts_with("line 4: the program /"), "{said}");
    let advice = "does not exist; the first lines of ";
    let (_, file) = said.split_once(advice).expect("advice");
    assert!(file.ends_with("functions.toml may say what to install"), "{said}");
}

#[test]
fn a_mistake_in_a_variable_is_told_with_its_line() {
    let variables = |lines: &str| {
        format!(
            "[[function]]\nname = \"a\"\n[function.environment]\nGOOD = \"{{callback}}\"\n{lines}\n"
        )
    };
    assert_refused(&[
        (
            &variables("BAD = \"{calback}\""),
            "line 5: `{calback}` is no placeholder: there are `{callback}` and `{dynamodb}`; \
             `{{calback}}` stands for the text `{calback}`",
        ),
        (&variables("\"B=\" = \"x\""), "line 5: `B=` is no name of a variable: letters, digits an"),
        (&variables("\"\" = \"x\""), "line 5: `` is no name of a variable: letters, digits and un"),
        (&variables("1B = \"x\""), "line 5: `1B` is no name of a variable: letters, digits and un"),
    ]);
}

#[test]
fn a_mistake_in_a_route_is_told_with_its_line() {
    let route = |key: &str, more: &str| {
        format!("{FUNCTION}[[route]]\nkey = \"{key}\"\nfunction = \"a\"\n{more}\n")
    };
    assert_refused(&[
        (
            &route("go", "").replace("function = \"a\"", "function = \"c\""),
            "line 6: there is no function `c`; there are: a",
        ),
        (&route("", ""), "line 5: the key of a route is empty"),
        (&format!("{FUNCTION}{ROUTE}{ROUTE}"), "line 8: a second route has the key `go`"),
        (&route("$go", ""), "line 5: `$go` is none of $connect, $disconnect, $default"),
        (
            &route("$connect", "two-way = true"),
            "line 5: nothing can be sent back by `$connect`: re",
        ),
        (
            &format!("authorizer = \"b\"\n{FUNCTION}"),
            "line 1: there is no function `b`; there are: a",
        ),
        (
            &format!("route-selection = \"action\"\n{FUNCTION}{ROUTE}"),
            "line 1: it names no part of the message, such as `$requ",
        ),
    ]);
}

/// The tables of the file are created by the very code that serves them, and refused as by AWS.
#[test]
fn a_mistake_in_a_table_is_told_with_its_line() {
    let table = |lines: &str| format!("{FUNCTION}{ROUTE}{TABLE}{lines}\n");
    let index = |lines: &str| table(&format!("[[table.index]]\n{lines}"));
    let short = TABLE.replace("\"tab\"", "\"t\"");
    assert_refused(&[
        (&table(TABLE), "line 10: a second table is called `tab`"),
        (
            &format!("{FUNCTION}{ROUTE}{short}"),
            "line 7: the table `t`: 1 validation error detected: Value 't' at 'tableName' failed",
        ),
        (&table("sort-key = \"k\""), "line 7: `k` is both keys: name another `sort-key`"),
        (&table("sort-key = \"\""), "line 7: the table `tab`: 2 validation errors detected: Value"),
        (&table("sort-key-type = \"N\""), "line 10: there is no `sort-key` of this type: add one"),
        (&table("ttl = \"\""), "line 7: the table `tab`: 1 validation error detected: Value ''"),
        (
            &index("name = \"i\"\npartition-key = \"x\""),
            "line 10: the table `tab`: 1 validation error detected: Value 'i' at 'globalSec",
        ),
        (
            &index("name = \"idx\"\npartition-key = \"k\"\npartition-key-type = \"N\""),
            "line 10: the key `k` is of type N here and of type S before",
        ),
        (
            &index("name = \"idx\"\npartition-key = \"x\"\nsort-key-type = \"N\""),
            "line 13: there is no `sort-key` of this type",
        ),
        (
            &index(
                "name = \"idx\"\npartition-key = \"x\"\n\
                 [[table.index]]\nname = \"idx\"\npartition-key = \"y\"",
            ),
            "line 13: the table `tab`: One or more parameter values were invalid: Duplicate index",
        ),
    ]);
}

#[test]
fn a_table_is_there_from_the_start_as_the_file_says() {
    let text = format!("{FUNCTION}{ROUTE}")
        + "[[table]]\nname = \"rooms\"\npartition-key = \"room\"\nsort-key = \"seat\"\n\
           sort-key-type = \"N\"\nttl = \"until\"\n\
           [[table.index]]\nname = \"by-id\"\npartition-key = \"id\"\n\
           partition-key-type = \"B\"\nsort-key = \"seat\"\nsort-key-type = \"N\"\n";
    let server = Server::start(&text);
    let rooms = json!({"TableName": "rooms"});
    let table = &server.dynamodb("DescribeTable", &rooms)["Table"];
    let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
    let of_type = |name: &str, kind: &str| json!({"AttributeName": name, "AttributeType": kind});
    assert_eq!(table["KeySchema"], json!([key("room", "HASH"), key("seat", "RANGE")]));
    for attribute in [of_type("id", "B"), of_type("room", "S"), of_type("seat", "N")] {
        let defined = table["AttributeDefinitions"].as_array().expect("attributes");
        assert!(defined.contains(&attribute), "{table}");
    }
    let index = &table["GlobalSecondaryIndexes"][0];
    assert_eq!(index["IndexName"], "by-id");
    assert_eq!(index["KeySchema"], json!([key("id", "HASH"), key("seat", "RANGE")]));
    let expiry = server.dynamodb("DescribeTimeToLive", &rooms);
    assert_eq!(expiry["TimeToLiveDescription"]["AttributeName"], "until");
    server.stop();
}

#[test]
fn a_mistake_in_a_row_names_its_line() {
    let row = |lines: &str| format!("{FUNCTION}{ROUTE}{TABLE}[[row]]\n{lines}\n");
    assert_refused(&[
        (
            &format!("{FUNCTION}{ROUTE}[[row]]\ntable = \"tab\"\nitem = {{}}\n"),
            "line 8: there is no table `tab`; add it as a `[[table]]`",
        ),
        (
            &row("table = \"tap\"\nitem = { k = \"a\" }"),
            "line 11: there is no table `tap`; there are: tab",
        ),
        (
            &row("table = \"tab\"\nitem = { k = 1 }"),
            "line 12: a row of `tab`: One or more parameter values were invalid: Type mismatch for",
        ),
        (
            &row("table = \"tab\"\nitem = { k = \"a\", until = 2026-01-01 }"),
            "line 12: `until`: DynamoDB has no times; write a text or a number",
        ),
        (&row("table = \"tab\""), "line 10: missing field `item`"),
        (&row("table = \"tab\"\nitem = 1"), "line 12: invalid type: integer `1`, expected a table"),
    ]);
}

/// The rows of a table are those of the file when the table is new. Later they are those that
/// functions have left.
#[test]
fn a_new_table_begins_with_the_rows_of_the_file() {
    let row =
        "[[row]]\ntable = \"tab\"\nitem = { k = \"a\", seats = 4, tags = { SS = [\"x\"] } }\n";
    let (_folder, file) = write(&format!("{FUNCTION}{ROUTE}{TABLE}{row}"));
    let kept = file.with_file_name("tables.redb");
    let start = || Server::start_by(program(&file).arg("--table").arg(&kept), 0);
    let key = json!({"TableName": "tab", "Key": {"k": {"S": "a"}}});
    let server = start();
    let item = json!({"k": {"S": "a"}, "seats": {"N": "4"}, "tags": {"SS": ["x"]}});
    assert_eq!(server.dynamodb("GetItem", &key)["Item"], item);
    server.dynamodb("DeleteItem", &key);
    server.stop();
    let server = start();
    assert_eq!(server.dynamodb("GetItem", &key)["Item"], Value::Null);
    server.stop();
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_of_one_line() {
    let said = |path: &Path| {
        let output = program(path).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let missing = said(Path::new("no-such-file.toml"));
    assert!(missing.starts_with("error: no-such-file.toml cannot be read: "), "{missing}");
    let (_folder, file) = write("");
    let folder = file.parent().expect("a folder");
    let wanted = format!(
        "error: {} is a folder; name a file in it, such as functions.toml\n",
        folder.display()
    );
    assert_eq!(said(folder), wanted);
    fs::write(&file, b"[[function]]\nname = \"\xff\"\n").expect("a file for a test");
    let wanted = format!("error: {}, line 2: the file is no UTF-8 here\n", file.display());
    assert_eq!(said(&file), wanted);
}

#[test]
fn a_table_that_an_earlier_server_kept_with_other_keys_is_an_error_of_one_line() {
    let (_folder, file) = write(&format!("{FUNCTION}{ROUTE}{TABLE}"));
    let kept = file.with_file_name("tables.redb");
    let with_tables = || {
        let mut command = program(&file);
        command.arg("--table").arg(&kept);
        command
    };
    Server::start_by(&mut with_tables(), 0).stop();
    let other = TABLE.replace("\"k\"", "\"id\"");
    fs::write(&file, format!("{FUNCTION}{ROUTE}{other}")).expect("a file for a test");
    let output = with_tables().output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: a table of functions.toml cannot be created: "), "{said}");
    assert!(said.contains("there is a table \\\"tab\\\" with other keys"), "{said}");
}

#[test]
fn what_a_file_decides_cannot_be_decided_twice() {
    for flag in [["--app", "tutorial"], ["--function-timeout", "3s"]] {
        let output = program(Path::new("functions.toml")).args(flag).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2));
        let start =
            format!("error: the argument '--runtime-api <FILE>' cannot be used with '{}", flag[0]);
        assert!(said.starts_with(&start), "{said}");
    }
}
