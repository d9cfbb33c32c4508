//! What libraries say of files and addresses, in words of ours.
//!
//! Their errors are sentences, in English and for programmers. The common ones are taken apart here and said anew; what
//! is not known stays as it is. They are phrases: what is wrong may be recorded before it is read.

use url::ParseError;

use super::{Phrase, phrase, text};

/// What is wrong with a TOML file, and the line, counted from 1, where there is one.
#[must_use]
pub fn toml_error(toml: &str, error: &toml::de::Error) -> (Option<usize>, Phrase) {
    let line = error.span().map(|span| line_of(toml, span.start));
    let said = error.message().trim();
    let broken = toml::de::DeTable::parse(toml).is_err();
    (line, if broken { syntax(said) } else { value(said).unwrap_or_else(|| Phrase::verbatim(said)) })
}

/// The line of a place in a text, counted from 1.
#[must_use]
pub fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).matches('\n').count() + 1
}

/// What is wrong, with its line before it where there is one.
#[must_use]
pub fn in_line(line: Option<usize>, wrong: Phrase) -> Phrase {
    match line {
        Some(line) => phrase!("line {line}: {message}", line = line).saying("message", wrong),
        None => wrong,
    }
}

fn syntax(said: &str) -> Phrase {
    if said == "duplicate key" {
        return phrase!("this name stands here twice");
    }
    if said.starts_with("string values must be quoted") {
        return phrase!("write a number, true, false, or a text in quotes");
    }
    if let Some(sign) = said.rsplit_once(", expected `").and_then(|(_, rest)| rest.strip_suffix('`'))
        && sign.chars().count() == 1
    {
        return phrase!("a {sign} is missing here", sign = sign);
    }
    phrase!("this is not written as TOML is ({detail})", detail = said)
}

/// The sentences of serde and of what it reads with.
fn value(said: &str) -> Option<Phrase> {
    let named = |start| said.strip_prefix(start)?.split_once('`').map(|(name, rest)| (name, choices(rest)));
    if let Some((name, _)) = named("missing field `") {
        return Some(phrase!("“{name}” is missing", name = name));
    }
    if let Some((name, _)) = named("duplicate field `") {
        return Some(phrase!("“{name}” stands here twice", name = name));
    }
    if let Some((name, choices)) = named("unknown variant `") {
        return Some(phrase!("“{value}” is none of these: {choices}", value = name, choices = choices));
    }
    if let Some((name, choices)) = named("unknown field `") {
        return Some(phrase!("“{name}” is not known here; known are {choices}", name = name, choices = choices));
    }
    if let Some((name, known)) =
        said.strip_prefix("unexpected keys in table: ").and_then(|rest| rest.split_once(", available keys: "))
    {
        return Some(phrase!("“{name}” is not known here; known are {choices}", name = name, choices = known));
    }
    if said.starts_with("wanted exactly 1 element") {
        return Some(phrase!("exactly one name has to stand in this table"));
    }
    if said == "invalid socket address syntax" {
        return Some(no_address());
    }
    let (found, expected) = said
        .strip_prefix("invalid type: ")
        .or_else(|| said.strip_prefix("invalid value: "))?
        .split_once(", expected ")?;
    Some(
        phrase!("{expected} belongs here, not {found}").saying("expected", kind(expected)).saying("found", kind(found)),
    )
}

/// The names between the quotation marks of a sentence.
fn choices(rest: &str) -> String {
    rest.split('`').skip(1).step_by(2).collect::<Vec<_>>().join(", ")
}

/// What was found, or what was expected.
fn kind(said: &str) -> Phrase {
    let whole = |low: &str, high: &str| phrase!("a whole number from {low} to {high}", low = low, high = high);
    match said {
        "u8" => whole("0", "255"),
        "u16" => whole("0", "65535"),
        "u32" => whole("0", "4294967295"),
        "u64" | "usize" | "i64" | "any valid TOML value" => phrase!("a whole number"),
        "f32" | "f64" => phrase!("a number"),
        "a boolean" => phrase!("true or false"),
        "a string" | "path string" => phrase!("a text in quotes"),
        "a sequence" | "sequence" => phrase!("a list"),
        "a map" | "map" => phrase!("a table"),
        _ if said.contains("struct") => phrase!("a table"),
        _ if said.contains("tuple") => phrase!("a list"),
        // A value as it stands: integer `3`, string "x".
        _ => {
            let shown = |mark| Some((said.find(mark)?, said.rfind(mark)?));
            match shown('"').or_else(|| shown('`')) {
                Some((from, to)) if from < to => {
                    Phrase::verbatim(said.get(from..=to).unwrap_or(said).trim_matches('`'))
                }
                _ => Phrase::verbatim(said),
            }
        }
    }
}

/// What is wrong with an address that has to have a port.
#[must_use]
pub fn no_address() -> Phrase {
    phrase!("that is no address with a port, such as 192.168.1.5:8000")
}

/// What is wrong with a URL.
#[must_use]
pub fn url_error(error: ParseError) -> Phrase {
    match error {
        ParseError::EmptyHost => phrase!("it names no host"),
        ParseError::InvalidPort => phrase!("its port is no number from 0 to 65535"),
        ParseError::InvalidIpv4Address => phrase!("its IPv4 address makes no sense"),
        ParseError::InvalidIpv6Address => phrase!("its IPv6 address makes no sense"),
        ParseError::InvalidDomainCharacter | ParseError::IdnaError => {
            phrase!("its host has characters that no name has")
        }
        _ => Phrase::verbatim(error),
    }
}

/// What is wrong with a regular expression, by the library's sentence.
#[must_use]
pub fn regex_error(said: &str) -> Phrase {
    let ours = [
        ("unclosed group", phrase!("a ( has no )")),
        ("unopened group", phrase!("a ) has no (")),
        ("unclosed character class", phrase!("a [ has no ]")),
        ("unclosed counted repetition", phrase!("a { has no }")),
        ("repetition operator missing expression", phrase!("a * + ? or { has nothing before it to repeat")),
        ("unrecognized escape sequence", phrase!("after a \\ stands a character that means nothing there")),
        ("incomplete escape sequence", phrase!("nothing stands after the last \\")),
        ("look-around", phrase!("look-ahead and look-behind are not known here")),
        ("backreferences", phrase!("references back to a group are not known here")),
        ("invalid character class range", phrase!("a range in [ ] ends before it begins")),
        ("duplicate capture group name", phrase!("two groups have the same name")),
    ];
    let known = ours.into_iter().find(|(theirs, _)| said.starts_with(theirs));
    known.map_or_else(|| Phrase::verbatim(said), |(_, words)| words)
}

/// What a decoder of pictures found wrong with the data, by the library's sentence: what kind of thing it is.
#[must_use]
pub fn decoder_error(said: &str) -> &str {
    let small = said.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| small.contains(word));
    if has(&["deflate", "zlib"]) {
        text!("its compressed data (deflate) makes no sense")
    } else if has(&["lzw"]) {
        text!("its compressed data (LZW) makes no sense")
    } else if has(&["huffman"]) {
        text!("its Huffman tables make no sense")
    } else if has(&["bitstream"]) {
        text!("its compressed data makes no sense")
    } else if has(&["crc error"]) {
        text!("a checksum is wrong")
    } else if has(&["filter method"]) {
        text!("a row has an unknown filter")
    } else if has(&["quantization", "dqt"]) {
        text!("its quantization tables make no sense")
    } else if has(&["signature", "magic", "illegal start bytes"]) {
        text!("its first bytes are wrong")
    } else if has(&["fill whole buffer", "end of file", "premature end"]) {
        text!("its data ends too early")
    } else if has(&["sof ", "sos ", "component", "sampling factor"]) {
        text!("its frame header makes no sense")
    } else if has(&["chunk"]) {
        text!("one of its parts makes no sense")
    } else if has(&["soft limit", "width limit", "height limit"]) {
        text!("its size cannot be right")
    } else if has(&["header", "dimension", "preamble"]) {
        text!("its header cannot be read")
    } else {
        said
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct File {
        port: u16,
        #[serde(default)]
        kind: Option<Kind>,
        #[serde(default)]
        on: bool,
        #[serde(default)]
        list: Vec<String>,
        #[serde(default)]
        peer: Option<std::net::SocketAddr>,
    }

    #[derive(Deserialize)]
    enum Kind {
        One,
        #[expect(dead_code, reason = "only read")]
        Two {
            name: String,
        },
    }

    #[test]
    fn the_common_mistakes_in_a_file_are_said_in_our_words() {
        for (toml, line, words) in [
            ("on = true", 1, "“port” is missing"),
            ("port = 1\n\nkind = 'Three'", 3, "“Three” is none of these: One, Two"),
            ("port = 1\nprot = 2", 2, "“prot” is not known here; known are port, kind, on, list, peer"),
            ("port = 1\nkind = { Two = { nam = 'x' } }", 2, "“nam” is not known here; known are name"),
            ("port = 1\nkind = { One = 1, Two = 2 }", 2, "exactly one name has to stand in this table"),
            ("port = 70000", 1, "a whole number from 0 to 65535 belongs here, not 70000"),
            ("port = 'a \"b\"'", 1, "a whole number from 0 to 65535 belongs here, not \"a \\\"b\\\"\""),
            ("port = 1\non = 1.5", 2, "true or false belongs here, not 1.5"),
            ("port = 1\nlist = 'x'", 2, "a list belongs here, not \"x\""),
            ("port = 1\nlist = [['x']]", 2, "a text in quotes belongs here, not a list"),
            ("port = 1\npeer = 'x'", 2, "that is no address with a port, such as 192.168.1.5:8000"),
            ("port = 1\nport = 1", 2, "this name stands here twice"),
            ("port = one", 1, "write a number, true, false, or a text in quotes"),
            ("port = 1\nlist = [", 2, "a ] is missing here"),
            (
                "port = 1\n= 2",
                2,
                "this is not written as TOML is (unquoted keys cannot be empty, expected letters, numbers, `-`, `_`)",
            ),
        ] {
            let error = toml::from_str::<File>(toml).err().unwrap();
            let (at, said) = toml_error(toml, &error);
            assert_eq!((at, said.to_string()), (Some(line), words.to_owned()), "{error}");
        }
    }

    #[test]
    fn the_common_mistakes_in_urls_and_expressions_are_said_in_our_words() {
        for wrong in ["http://", "http://x:y/", "http://1.2.3.4.5/", "http://[::1", "http://a b/"] {
            let error = url::Url::parse(wrong).unwrap_err();
            assert_ne!(url_error(error).to_string(), error.to_string(), "{wrong}");
        }
        for wrong in ["(", ")", "[", "a{2", "*", "\\y", "\\", "(?=a)", "(a)\\1", "[b-a]", "(?<n>a)(?<n>b)"] {
            let error = regex::Regex::new(wrong).unwrap_err().to_string();
            let last = error.rsplit("error: ").next().unwrap().trim();
            assert_ne!(regex_error(last).to_string(), last, "{wrong}");
        }
    }
}
