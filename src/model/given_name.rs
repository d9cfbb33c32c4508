//! What a stranger claims to be called, made harmless: one short line that neither hides nor reorders anything.

use crate::words::is_hidden;

/// Characters of a name.
const MOST: usize = 40;

/// A name as it may stand beside others: characters that are not seen, or that move others, are left out, and runs of
/// blanks are one.
#[must_use]
pub fn given_name(claimed: &str) -> String {
    // What is longer by far is no name, and is not gone through.
    let seen = claimed.chars().take(4 * MOST).filter(|char| char.is_whitespace() || !is_hidden(*char));
    let seen: String = seen.collect();
    let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(MOST).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_is_one_short_line_that_moves_nothing() {
        assert_eq!(given_name(" Anna  Müller\t"), "Anna Müller");
        assert_eq!(given_name("a\u{202e}gnp.exe\u{200b}\u{feff}"), "agnp.exe");
        assert_eq!(given_name("one\r\nGET / HTTP/1.1\n"), "one GET / HTTP/1.1");
        assert_eq!(given_name(&"深".repeat(10_000)).chars().count(), MOST);
        assert_eq!(given_name("\u{202e}\n\0"), "");
    }
}
