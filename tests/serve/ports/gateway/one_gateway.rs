//! That there is no second gateway: what AWS says and when, is in the simulation's alone.

use std::fs;
use std::path::Path;

/// What the gateway alone knows: its close codes, its words, its limits, and the statuses it gives.
const ITS_OWN: [&str; 26] = [
    "1000",
    "1001",
    "1002",
    "1003",
    "1005",
    "1006",
    "1007",
    "1009",
    "Going away",
    "Closed",
    "Internal server error",
    "Forbidden",
    "timed out\"",
    "Too Many",
    "Exception",
    "401",
    "403",
    "410",
    "413",
    "414",
    "426",
    "429",
    "500",
    "504",
    "600",
    "128 * ",
];

#[test]
fn the_driver_of_sockets_has_no_code_word_or_limit_of_its_own() {
    let folder = Path::new(crate::SERVE).join("src/gateway");
    let mut files = 0;
    for entry in fs::read_dir(folder).expect("the sources of the driver") {
        let path = entry.expect("a file").path();
        let text = fs::read_to_string(&path).expect("a source file");
        files += 1;
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for word in ITS_OWN {
                let is_name = word == "Closed" && !line.contains("Closed\"");
                assert!(
                    is_name || !line.contains(word),
                    "{} has {word} of its own: {line}",
                    path.display()
                );
            }
        }
    }
    assert!(files > 5, "only {files} source files were found");
}
