//! Which records a person wants to see: `peer:127.0.0.1 length>16 "JFIF"`.

use std::ops::Range;

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

/// What of a record is shown where, for marking what was found in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The local name.
    Local,
    /// The peer's name.
    Peer,
    /// The event's word.
    Event,
    /// The text of its bytes.
    Content,
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
        let terms = split(text).into_iter().map(|(_, word)| term(&word, also)).collect::<Result<_, _>>()?;
        Ok(Self { kinds, terms, ..Self::default() })
    }

    /// Which part of a filter text makes no sense, by its bytes; `None` where all of it does.
    #[must_use]
    pub fn fault(text: &str) -> Option<Range<usize>> {
        split(text).into_iter().find(|(_, word)| term(word, &[]).is_err()).map(|(place, _)| place)
    }

    /// Where in what is shown of a record its terms are found: in order, without overlaps, at most `most`.
    #[must_use]
    pub fn marks(&self, column: Column, shown: &str, most: usize) -> Vec<Range<usize>> {
        let needles = self.terms.iter().filter_map(|term| match (term, column) {
            (Term::Local(part), Column::Local)
            | (Term::Peer(part), Column::Peer)
            | (Term::Event(part), Column::Event) => Some((part.as_bytes(), true)),
            (Term::Text(needles), _) => needles.first().map(|needle| (needle.as_slice(), false)),
            _ => None,
        });
        found(shown.as_bytes(), needles, most)
    }

    /// Where in a payload its texts are found, in every encoding that they are looked for in: in order, without overlaps,
    /// at most `most`.
    #[must_use]
    pub fn marks_in(&self, payload: &[u8], most: usize) -> Vec<Range<usize>> {
        let needles = self.terms.iter().flat_map(|term| match term {
            Term::Text(needles) => needles.as_slice(),
            _ => &[],
        });
        found(payload, needles.map(|needle| (needle.as_slice(), false)), most)
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

/// Where any of the needles is; the second of each says whether it has to be found as it is written.
fn found<'a>(hay: &[u8], needles: impl Iterator<Item = (&'a [u8], bool)>, most: usize) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for (needle, exact) in needles.filter(|(needle, _)| !needle.is_empty()) {
        let places = places(hay, needle).filter(|at| !exact || hay.get(*at..*at + needle.len()) == Some(needle));
        all.extend(places.take(most).map(|at| at..at + needle.len()));
    }
    all.sort_by_key(|range| (range.start, range.end));
    let mut end = 0;
    all.retain(|range| {
        let apart = range.start >= end;
        if apart {
            end = range.end;
        }
        apart
    });
    all.truncate(most);
    all
}

/// Words at spaces, each with where it stands; `"…"` keeps spaces and means text.
fn split(text: &str) -> Vec<(Range<usize>, String)> {
    let mut words: Vec<(Range<usize>, String)> = Vec::new();
    let mut start = None;
    let mut quoted = false;
    for (at, char) in text.char_indices().chain([(text.len(), ' ')]) {
        let over = at == text.len() || char.is_whitespace() && !quoted;
        match (start, over) {
            (Some(from), true) => {
                words.extend(text.get(from..at).map(|word| (from..at, word.to_owned())));
                start = None;
            }
            (None, false) => start = Some(at),
            _ => {}
        }
        quoted ^= char == '"';
    }
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
        // `localhost:8000`, `http://…` and the time of day are what they say.
        Some((_, rest)) if !rest.is_empty() && rest.starts_with(|char: char| char.is_ascii_digit() || char == '/') => {
            Ok(needles(word, also))
        }
        Some((key, _)) if key.chars().all(|char| char.is_ascii_alphabetic()) && !key.is_empty() => {
            Err(FilterError::Key(key.to_owned()))
        }
        _ => Ok(needles(word, also)),
    }
}

/// Every place of `needle` in `hay` at which the one before is over, ASCII letters in either case.
fn places<'a>(hay: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let mut next = 0;
    std::iter::from_fn(move || {
        let rest = hay.get(next..)?;
        let at = next + first_place(rest, needle)?;
        next = at + needle.len().max(1);
        Some(at)
    })
}

fn first_place(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle.first()?;
    if needle.iter().all(|byte| !byte.is_ascii_alphabetic()) {
        return memmem::find(hay, needle);
    }
    memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), hay)
        .find(|at| hay.get(*at..*at + needle.len()).is_some_and(|part| part.eq_ignore_ascii_case(needle)))
}

/// Whether `needle` is in `hay`, ASCII letters in either case.
fn contains(hay: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || first_place(hay, needle).is_some()
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
    fn what_was_found_is_marked_where_it_is_shown() {
        let filter = Filter::parse_in(Kinds::All, "peer:10.0 get 8000 event:Re 不", &[Encoding::Gbk]).unwrap();
        assert_eq!(filter.marks(Column::Peer, "10.0.10.0:8000", 9), [0..4, 5..9, 10..14]);
        assert_eq!(
            filter.marks(Column::Local, "10.0.10.0:8000", 9),
            std::iter::once(10..14).collect::<Vec<_>>(),
            "another name's term"
        );
        assert!(filter.marks(Column::Event, "recv", 9).is_empty(), "a term of a field is exact");
        assert_eq!(filter.marks(Column::Content, "GET getget 8000", 3), [0..3, 4..7, 7..10]);
        assert_eq!(filter.marks_in(b"Get\xb2\xbb\xe4\xb8\x8d", 9), [0..3, 3..5, 5..8]);
        assert!(Filter::default().marks_in(b"x", 9).is_empty());
    }

    #[test]
    fn a_filter_is_read_or_explained() {
        let filter = Filter::parse(Kinds::All, "peer:127.0.0.1 length>16 \"two words\" plain").unwrap();
        assert_eq!(filter.terms.len(), 4);
        assert!(Filter::parse(Kinds::All, "  ").unwrap().takes_all());
        assert!(!Filter::parse(Kinds::In, "").unwrap().takes_all());
        assert_eq!(Filter::parse(Kinds::All, "length>x"), Err(FilterError::Length("x".to_owned())));
        assert_eq!(Filter::parse(Kinds::All, "colour:red"), Err(FilterError::Key("colour".to_owned())));
        // A name with its port, an address, a URL or a time is text, not an unknown key.
        for plain in ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "http://h/", "12:30:05", "fe80::1"] {
            assert!(matches!(Filter::parse(Kinds::All, plain).unwrap().terms[..], [Term::Text(_)]), "{plain}");
        }
        assert_eq!(Filter::fault("peer:a  length>x \"b:\" c:d"), Some(8..16));
        assert_eq!(Filter::fault("你 c:d"), Some(4..7));
        assert_eq!(Filter::fault("你 \"c:d e"), None);
        let filter = Filter::parse_in(Kinds::All, "不", &[Encoding::Gbk, Encoding::Latin1]).unwrap();
        assert_eq!(filter.terms, [Term::Text(vec!["不".as_bytes().to_vec(), b"\xb2\xbb".to_vec()])]);
    }
}
