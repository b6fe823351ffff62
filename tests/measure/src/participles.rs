//! Names that are no nouns: bare participles and pronouns.

/// Participles that neither `-ed` nor `-ing` shows.
const IRREGULAR: &str = "Begun Bought Bound Broken Brought Built Caught Chosen Dealt Done Drawn \
    Driven Fallen Felt Forgotten Found Frozen Given Gone Grown Heard Held Hidden Kept Known Laid \
    Led Left Lent Lost Made Meant Met Paid Proven Risen Said Seen Sent Shown ShrunkCase Sold Spent \
    Spoken Stolen Stood Struck Stuck Sworn Taken Taught Thought Thrown Told Torn Understood Woken \
    Won Worn Written";

/// Pronouns, question words, and the nouns that say no more than one.
const PRONOUNS: &str = "All Anybody Anyone Anything Both Everybody Everyone Everything How It \
    Nobody Nothing Other Others Somebody Someone Something That These This Those Way What When \
    Where Which Who Whom Whose Why";

/// Nouns that end like a participle, each with the reason why it is none.
const NOUNS: [(&str, &str); 21] = [
    ("Billing", "a way to account for costs"),
    ("Drawing", "a picture on paper"),
    ("Embed", "a verb and a noun in its plain form"),
    ("Encoding", "a rule from text to bytes"),
    ("Ending", "the last part of something"),
    ("Feed", "a stream of news"),
    ("Heading", "the title of a section"),
    ("Need", "a noun in its plain form"),
    ("Opening", "the first part of something"),
    ("Padding", "the space that fills a field"),
    ("Reading", "a value that an instrument shows"),
    ("Recording", "a kept copy of events"),
    ("Ring", "a circle"),
    ("Seed", "the number that a random generator starts from"),
    ("Setting", "a value that a user picks"),
    ("Speed", "a distance in a time"),
    ("Spelling", "the letters of a word"),
    ("String", "a text"),
    ("Thing", "an object"),
    ("Throttling", "a limit of requests in a time"),
    ("Timing", "a measured duration"),
];

/// Says whether the whole name is a bare participle or a pronoun.
pub(crate) fn is_participle(name: &str) -> bool {
    let is_one_word = !name.chars().skip(1).any(char::is_uppercase);
    let is_listed = |list: &str| list.split_whitespace().any(|word| word == name);
    let is_regular = name.ends_with("ed") || name.ends_with("ing");
    let is_noun = NOUNS.iter().any(|(noun, _)| *noun == name);
    is_one_word && (is_listed(IRREGULAR) || is_listed(PRONOUNS) || is_regular && !is_noun)
}

#[cfg(test)]
mod tests {
    use super::is_participle;

    #[test]
    fn participles_and_pronouns_are_no_nouns() {
        for name in ["Told", "Asked", "Awaited", "Parting", "What", "Nothing", "Way"] {
            assert!(is_participle(name), "{name}");
        }
    }

    #[test]
    fn nouns_stay_nouns() {
        for name in ["String", "Seed", "Setting", "Event", "KnownBad", "InjectedFault"] {
            assert!(!is_participle(name), "{name}");
        }
    }
}
