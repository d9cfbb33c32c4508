//! Which records a person wants to see: `peer:127.0.0.1 length>16 "JFIF"`.

use memchr::{memchr2_iter, memmem};

use super::{Block, Row, Seq};
use crate::model::{ConnectionId, Direction, Encoding, Names, SessionId};

/// The coarse choice above the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kinds {
    /// Everything.
    #[default]
    All,
    /// `recv` only.
    In,
    /// `send` only.
    Out,
    /// Everything but `recv` and `send`.
    Events,
}

/// Why a filter text makes no sense. Words for the person who typed it are made where they are shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// What stands behind `length>` is no number of bytes.
    #[error("{0:?} is not a length")]
    Length(String),
    /// No condition has this name.
    #[error("{0:?} is not a condition")]
    Key(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// Part of the local name.
    Local(String),
    /// Part of the peer's name.
    Peer(String),
    /// Part of the event's word.
    Event(String),
    /// Comparison with the true length.
    Length(std::cmp::Ordering, u32),
    /// Bytes in what was kept of the payload, ASCII letters in either case; or part of one of the names or of the event's
    /// word. The first is UTF-8, the others are the same text in other encodings.
    Text(Vec<Vec<u8>>),
}

/// What the terms say to the names of one socket.
struct Named {
    /// Those about names hold.
    wanted: bool,
    /// Of each term, whether it is a text that one of the names holds.
    texts: Vec<bool>,
}

/// All conditions that a record must meet. An empty one takes every record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The coarse choice.
    pub kinds: Kinds,
    /// Only records of this session.
    pub session: Option<SessionId>,
    /// Only records of this connection.
    pub connection: Option<ConnectionId>,
    terms: Vec<Term>,
}

impl Filter {
    /// Reads the text of the filter box; text in it is looked for as UTF-8.
    ///
    /// # Errors
    /// An unknown word before a colon, or a length that is no number.
    pub fn parse(kinds: Kinds, text: &str) -> Result<Self, FilterError> {
        Self::parse_in(kinds, text, &[])
    }

    /// [`Self::parse`] that looks for text in the encodings of `also` as well.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_in(kinds: Kinds, text: &str, also: &[Encoding]) -> Result<Self, FilterError> {
        let terms = split(text).into_iter().map(|word| term(&word, also)).collect::<Result<_, _>>()?;
        Ok(Self { kinds, terms, ..Self::default() })
    }

    /// True when every record is taken, so that no list of matches is needed.
    #[must_use]
    pub fn takes_all(&self) -> bool {
        *self == Self::default()
    }

    /// Adds the numbers of the matching records of a block, from `from` on, to `out`.
    pub fn matches(&self, block: &Block, from: Seq, out: &mut Vec<Seq>) {
        // Names are compared once a block, not once a record.
        let named: Vec<Named> = block.all_names().iter().map(|names| self.look_at(names)).collect();
        for row in block.rows().filter(|row| row.seq >= from) {
            let named = named.get(Block::names_index(row.head));
            if named.is_some_and(|named| named.wanted && self.row_matches(&row, &named.texts)) {
                out.push(row.seq);
            }
        }
    }

    fn look_at(&self, names: &Names) -> Named {
        let (local, peer) = (names.local.to_string(), names.peer.to_string());
        let wanted = self.terms.iter().all(|term| match term {
            Term::Local(part) => local.contains(part.as_str()),
            Term::Peer(part) => peer.contains(part.as_str()),
            Term::Event(_) | Term::Length(..) | Term::Text(_) => true,
        });
        let has = |needle: &Vec<u8>| contains(local.as_bytes(), needle) || contains(peer.as_bytes(), needle);
        let texts =
            self.terms.iter().map(|term| matches!(term, Term::Text(needles) if needles.first().is_some_and(has)));
        Named { wanted, texts: texts.collect() }
    }

    /// `in_names` says of each term whether it is a text that one of the names holds.
    fn row_matches(&self, row: &Row<'_>, in_names: &[bool]) -> bool {
        let kind = match self.kinds {
            Kinds::All => true,
            Kinds::In => row.head.event.direction() == Some(Direction::Inbound),
            Kinds::Out => row.head.event.direction() == Some(Direction::Outbound),
            Kinds::Events => row.head.event.direction().is_none(),
        };
        kind && self.session.is_none_or(|session| session == row.head.session)
            && self.connection.is_none_or(|connection| connection == row.head.connection)
            && self.terms.iter().zip(in_names).all(|(term, in_names)| match term {
                Term::Local(_) | Term::Peer(_) => true,
                Term::Event(part) => row.head.event.word().contains(part.as_str()),
                Term::Length(order, limit) => row.head.length.cmp(limit) == *order,
                Term::Text(needles) => {
                    *in_names
                        || needles.iter().any(|needle| {
                            contains(row.payload, needle) || contains(row.head.event.word().as_bytes(), needle)
                        })
                }
            })
    }
}

/// Words at spaces; `"…"` keeps spaces and means text.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for char in text.chars() {
        match char {
            '"' => {
                word.push('"');
                quoted = !quoted;
            }
            char if char.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            char => word.push(char),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// A text as bytes; an encoding that writes it as another one does, or not at all, adds nothing.
fn needles(text: &str, also: &[Encoding]) -> Term {
    let mut needles = vec![text.as_bytes().to_vec()];
    for needle in also.iter().filter_map(|encoding| encoding.encode(text).ok()) {
        if !needles.contains(&needle) {
            needles.push(needle);
        }
    }
    Term::Text(needles)
}

fn term(word: &str, also: &[Encoding]) -> Result<Term, FilterError> {
    if let Some(quoted) = word.strip_prefix('"') {
        return Ok(needles(quoted.trim_end_matches('"'), also));
    }
    for (sign, order) in
        [('>', std::cmp::Ordering::Greater), ('<', std::cmp::Ordering::Less), ('=', std::cmp::Ordering::Equal)]
    {
        if let Some(number) = word.strip_prefix("length").and_then(|rest| rest.strip_prefix(sign)) {
            let limit = number.parse().map_err(|_| FilterError::Length(number.to_owned()))?;
            return Ok(Term::Length(order, limit));
        }
    }
    match word.split_once(':') {
        Some(("peer", part)) => Ok(Term::Peer(part.to_owned())),
        Some(("local", part)) => Ok(Term::Local(part.to_owned())),
        Some(("event", part)) => Ok(Term::Event(part.to_owned())),
        Some((key, _)) if key.chars().all(|char| char.is_ascii_alphabetic()) && !key.is_empty() => {
            Err(FilterError::Key(key.to_owned()))
        }
        _ => Ok(needles(word, also)),
    }
}

/// Whether `needle` is in `hay`, ASCII letters in either case.
fn contains(hay: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return true };
    if needle.iter().all(|byte| !byte.is_ascii_alphabetic()) {
        return memmem::find(hay, needle).is_some();
    }
    memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), hay)
        .any(|at| hay.get(at..at + needle.len()).is_some_and(|part| part.eq_ignore_ascii_case(needle)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_found_in_either_case_and_bytes_exactly() {
        assert!(contains(b"xxGET /", b"get"));
        assert!(contains(b"\0\x01JFIF", b"jfif"));
        assert!(!contains(b"GE", b"get"));
        assert!(contains("不要回答".as_bytes(), "要回".as_bytes()));
        assert!(contains(b"anything", b""));
    }

    #[test]
    fn a_filter_is_read_or_explained() {
        let filter = Filter::parse(Kinds::All, "peer:127.0.0.1 length>16 \"two words\" plain").unwrap();
        assert_eq!(filter.terms.len(), 4);
        assert!(Filter::parse(Kinds::All, "  ").unwrap().takes_all());
        assert!(!Filter::parse(Kinds::In, "").unwrap().takes_all());
        assert_eq!(Filter::parse(Kinds::All, "length>x"), Err(FilterError::Length("x".to_owned())));
        assert_eq!(Filter::parse(Kinds::All, "colour:red"), Err(FilterError::Key("colour".to_owned())));
        // An IPv6 address or a time is text, not an unknown key.
        assert!(Filter::parse(Kinds::All, "127.0.0.1:8000").is_ok());
        let filter = Filter::parse_in(Kinds::All, "不", &[Encoding::Gbk, Encoding::Latin1]).unwrap();
        assert_eq!(filter.terms, [Term::Text(vec!["不".as_bytes().to_vec(), b"\xb2\xbb".to_vec()])]);
    }
}
