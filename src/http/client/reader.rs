//! Reads an answer while it arrives, whatever it is.

use crate::{
    http::message::{
        chunks::Chunks,
        head::{self, Head},
    },
    model::Page,
    words::{Phrase, exact_size, phrase},
};

/// The longest head that is waited for.
const HEAD: usize = 256 << 10;
/// Interim answers (1xx) before the answer itself.
const INTERIM: usize = 20;
/// How many bytes are waited for to tell what is spoken where it is not HTTP.
const GUESS: usize = 8;
/// What is kept of what comes after the end of an answer.
const SURPLUS: usize = Page::SURPLUS;
/// What is said about one answer at most; a hostile one could be wrong in a million ways.
const REMARKS: usize = 24;

#[derive(Debug)]
enum State {
    Head,
    /// So many bytes are still to come.
    Length(u64),
    Chunks(Chunks),
    /// The end of the connection is the end of the body.
    ToEnd,
    Done,
}

/// An answer that is coming in.
#[derive(Debug)]
pub struct Reader {
    state: State,
    is_head_only: bool,
    /// Bytes that are no body yet: the beginning of a head.
    pending: Vec<u8>,
    looked: usize,
    head: Option<Head>,
    remarks: Vec<Phrase>,
    interim: usize,
    head_length: usize,
    /// Length of the body so far, as it goes over the wire without chunks.
    body: u64,
    promised: Option<u64>,
    /// Bytes after the end of the body.
    surplus: u64,
    surplus_start: Vec<u8>,
    cut: bool,
}

impl Reader {
    /// Reads the answer to one request; after HEAD it has no body.
    #[must_use]
    pub fn new(is_head_only: bool) -> Self {
        Self {
            state: State::Head,
            is_head_only,
            pending: Vec::new(),
            looked: 0,
            head: None,
            remarks: Vec::new(),
            interim: 0,
            head_length: 0,
            body: 0,
            promised: None,
            surplus: 0,
            surplus_start: Vec::new(),
            cut: false,
        }
    }

    /// Takes bytes as they came; what of them is body goes to the end of `body`.
    pub fn feed(&mut self, bytes: &[u8], body: &mut Vec<u8>) {
        if !matches!(self.state, State::Head) {
            return self.body(bytes, body);
        }
        self.pending.extend_from_slice(bytes);
        while matches!(self.state, State::Head) {
            let lead = self.pending.len() - self.pending.trim_ascii_start().len();
            let start = self.pending.get(lead..).unwrap_or_default();
            if !is_http(start) {
                // A few bytes more tell what it may be.
                if self.pending.len() >= GUESS {
                    self.no_head(body);
                }
                return;
            }
            let Some(end) = head::end(start, self.looked).map(|end| lead + end) else {
                self.looked = start.len();
                if self.pending.len() > HEAD {
                    self.remark(phrase!(
                        "the head is longer than {limit} and has no end; it is shown as it came",
                        limit = exact_size(HEAD as u64)
                    ));
                    return self.as_it_came(body);
                }
                return;
            };
            let rest = self.pending.split_off(end);
            let raw = std::mem::replace(&mut self.pending, rest);
            self.looked = 0;
            self.head_length += raw.len();
            if lead > 0 {
                self.remark(phrase!("there is an empty line before the status line"));
            }
            self.head_ended(raw.get(lead..).unwrap_or_default());
        }
        let rest = std::mem::take(&mut self.pending);
        self.body(&rest, body);
    }

    /// The connection has ended, or nothing came for too long.
    pub fn end(&mut self, body: &mut Vec<u8>) {
        match &self.state {
            State::Head if self.pending.is_empty() && self.interim > 0 => {
                self.cut = true;
                self.remark(phrase!("only an interim answer (1xx) came, and never the answer itself"));
            }
            State::Head if self.pending.is_empty() => {}
            State::Head if self.pending.trim_ascii_start().len() > 5 && is_http(self.pending.trim_ascii_start()) => {
                self.remark(phrase!("the head never ends: there is no empty line"));
                let raw = std::mem::take(&mut self.pending);
                self.head_length += raw.len();
                self.head_ended(raw.trim_ascii_start());
                self.cut = true;
            }
            State::Head => self.no_head(body),
            State::Length(left) if *left > 0 => {
                let promised = self.body + left;
                self.cut = true;
                self.remark(phrase!(
                    "the body is shorter than Content-Length says: {got} of {length}",
                    got = exact_size(self.body),
                    length = exact_size(promised)
                ));
            }
            State::Chunks(chunks) if !chunks.is_done() => {
                self.cut = true;
                self.remark(if chunks.is_at_trailers() {
                    phrase!("the empty line after the last chunk never came")
                } else {
                    phrase!("the body broke off after {got}: the last chunk never came", got = exact_size(self.body))
                });
            }
            _ => {}
        }
        self.state = State::Done;
        self.tell_surplus();
    }

    /// The head, as soon as it is known that there is one or none.
    #[must_use]
    pub fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// How many bytes came before the body.
    #[must_use]
    pub fn head_length(&self) -> usize {
        self.head_length
    }

    /// True when the answer says itself that it is whole.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// True when less came than the answer promised.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        self.cut
    }

    /// True where only the end of the connection, or silence, ends the body.
    #[must_use]
    pub fn is_open_ended(&self) -> bool {
        matches!(self.state, State::ToEnd)
    }

    /// True when what came is no answer of HTTP.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        match &self.head {
            Some(head) => head.start_line.is_empty(),
            None => !is_http(self.pending.trim_ascii_start()),
        }
    }

    /// What came after the end of the answer, up to a limit.
    #[must_use]
    pub fn surplus(&self) -> &[u8] {
        &self.surplus_start
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn remarks(&self) -> &[Phrase] {
        &self.remarks
    }

    fn remark(&mut self, words: Phrase) {
        if self.remarks.len() < REMARKS {
            self.remarks.push(words);
        } else if self.remarks.len() == REMARKS {
            self.remarks.push(phrase!("and more that is wrong"));
        }
    }

    fn no_head(&mut self, body: &mut Vec<u8>) {
        self.remark(phrase!("the answer has no status line: a server's answer begins with HTTP/1.1 and a number"));
        // The same ones however many came at once.
        if let Some(what) = guess(self.pending.get(..GUESS).unwrap_or(&self.pending)) {
            self.remark(what);
        }
        self.as_it_came(body);
    }

    fn as_it_came(&mut self, body: &mut Vec<u8>) {
        self.head = Some(Head::default());
        self.state = State::ToEnd;
        let rest = std::mem::take(&mut self.pending);
        self.body(&rest, body);
    }

    fn head_ended(&mut self, raw: &[u8]) {
        let mut remarks = Vec::new();
        let head = Head::read(raw, &mut remarks);
        for remark in remarks {
            self.remark(remark);
        }
        if (100..200).contains(&head.status) && head.status != 101 {
            if self.interim < INTERIM {
                self.interim += 1;
                return;
            }
            self.remark(phrase!(
                "{count} interim answers (1xx) came and still more; the next is shown as the answer",
                count = INTERIM
            ));
        }
        if matches!(head.status, 301 | 302 | 303 | 307 | 308) && head.all("location").next().is_none() {
            self.remark(phrase!("the status says that it is elsewhere, and no Location says where"));
        }
        self.state = self.framing(&head);
        self.head = Some(head);
    }

    /// Where the body ends, by RFC 9112 6.3.
    fn framing(&mut self, head: &Head) -> State {
        if self.is_head_only || matches!(head.status, 204 | 304) {
            return State::Done;
        }
        let lengths: Vec<&str> = head.all("content-length").flat_map(|value| value.split(',')).map(str::trim).collect();
        if head.all("transfer-encoding").next().is_some() {
            if !lengths.is_empty() {
                self.remark(phrase!("there are both Transfer-Encoding and Content-Length; the chunks count"));
            }
            if head.lists("transfer-encoding", "chunked") {
                let codings: Vec<&str> = head.all("transfer-encoding").collect();
                if !codings.join(",").trim().eq_ignore_ascii_case("chunked") {
                    let codings = head::quoted(&codings.join(", "));
                    self.remark(phrase!(
                        "of Transfer-Encoding “{codings}” only the chunks are undone",
                        codings = codings
                    ));
                }
                return State::Chunks(Chunks::new());
            }
            self.remark(phrase!(
                "the Transfer-Encoding is not chunked, so only the end of the connection ends the body"
            ));
            return State::ToEnd;
        }
        match lengths.as_slice() {
            [] => {
                let is_plain = head.start_line.starts_with("HTTP/1.0 ") || head.lists("connection", "close");
                if head.status != 101 && !is_plain {
                    self.remark(phrase!("there is no Content-Length, so only the end of the connection ends the body"));
                }
                State::ToEnd
            }
            [first, others @ ..] => {
                if !others.is_empty() {
                    self.remark(phrase!("Content-Length is there {count} times", count = lengths.len()));
                }
                let plain = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
                match first.parse() {
                    Ok(length) if plain && others.iter().all(|other| other == first) => {
                        self.promised = Some(length);
                        if length == 0 { State::Done } else { State::Length(length) }
                    }
                    _ => {
                        self.remark(phrase!(
                            "“{length}” is not a length, so only the end of the connection ends the body",
                            length = head::quoted(&lengths.join(", "))
                        ));
                        State::ToEnd
                    }
                }
            }
        }
    }

    fn body(&mut self, bytes: &[u8], body: &mut Vec<u8>) {
        let before = body.len();
        let mut bare = false;
        let rest = match &mut self.state {
            State::Length(left) => {
                let (part, rest) = bytes.split_at(usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len()));
                body.extend_from_slice(part);
                *left -= part.len() as u64;
                if *left == 0 {
                    self.state = State::Done;
                }
                rest
            }
            State::Chunks(chunks) => match chunks.feed(bytes, body) {
                Ok(rest) => {
                    if chunks.is_done() {
                        bare = chunks.has_bare_ends();
                        self.state = State::Done;
                    }
                    rest
                }
                Err(what) => {
                    self.cut = true;
                    self.state = State::ToEnd;
                    self.remark(phrase!("{what}; from there on the body is shown as it came").saying("what", what));
                    &[]
                }
            },
            State::ToEnd => {
                body.extend_from_slice(bytes);
                &[]
            }
            State::Head | State::Done => bytes,
        };
        if bare {
            self.remark(phrase!("lines between the chunks end with LF alone; HTTP says CRLF"));
        }
        self.body += (body.len() - before) as u64;
        self.surplus += rest.len() as u64;
        let room = SURPLUS.saturating_sub(self.surplus_start.len()).min(rest.len());
        self.surplus_start.extend_from_slice(rest.get(..room).unwrap_or_default());
    }

    fn tell_surplus(&mut self) {
        let surplus = std::mem::take(&mut self.surplus);
        if surplus == 0 {
            return;
        }
        if self.surplus_start.starts_with(b"HTTP/") {
            self.remark(phrase!("a second answer follows, which nobody asked for"));
        } else if let Some(promised) = self.promised {
            self.remark(phrase!(
                "the body is longer than Content-Length says: at least {got} instead of {length}; the rest is no part of it",
                got = exact_size(promised + surplus),
                length = exact_size(promised)
            ));
        } else {
            self.remark(phrase!("more follows after the end of the answer"));
        }
    }
}

/// Whether a status line may begin so.
fn is_http(start: &[u8]) -> bool {
    let start = start.get(..5).unwrap_or(start);
    b"HTTP/".get(..start.len()).is_some_and(|begin| start.eq_ignore_ascii_case(begin))
}

/// What speaks there, by its first bytes.
fn guess(start: &[u8]) -> Option<Phrase> {
    match start {
        [0x15 | 0x16, 0x03, ..] => Some(phrase!("it looks like TLS: this port wants https")),
        [b'S', b'S', b'H', b'-', ..] => Some(phrase!("it looks like an SSH server")),
        [0, 0, _, 4, ..] => Some(phrase!("it looks like HTTP/2, which begins with frames instead of a line")),
        [b'2', b'2', b'0', b' ' | b'-', ..] => Some(phrase!("it looks like a mail or FTP server")),
        _ if start.iter().filter(|byte| **byte == 0 || **byte >= 0x80).count() * 4 > start.len() => {
            Some(phrase!("it is binary, of no protocol that is known here"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads an answer whole, and byte by byte, which must give the same.
    fn read(raw: &[u8], is_head_only: bool) -> (Reader, Vec<u8>) {
        let mut results = [raw.len().max(1), 1].map(|size| {
            let (mut reader, mut body) = (Reader::new(is_head_only), Vec::new());
            for piece in raw.chunks(size) {
                reader.feed(piece, &mut body);
            }
            reader.end(&mut body);
            (reader, body)
        });
        let [(whole, body), (single, slow)] = &results;
        assert_eq!((body, &whole.head, whole.cut), (slow, &single.head, single.cut));
        assert_eq!(whole.remarks, single.remarks);
        std::mem::replace(&mut results[0], (Reader::new(false), Vec::new()))
    }

    fn said(reader: &Reader, part: &str) {
        assert!(reader.remarks.iter().any(|remark| remark.to_string().contains(part)), "{part}: {:?}", reader.remarks);
    }

    #[test]
    fn sound_answers_need_no_remark() {
        for (raw, body) in [
            (&b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"[..], &b"ok"[..]),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\nTrailer: 1\r\n\r\n", b"ok"),
            (b"HTTP/1.0 200 OK\r\n\r\nok", b"ok"),
            (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok", b"ok"),
            (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", b""),
        ] {
            let (reader, got) = read(raw, false);
            assert_eq!((got.as_slice(), reader.remarks.as_slice()), (body, &[][..]));
            assert!(!reader.cut);
        }
        let (reader, body) = read(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true);
        assert!(body.is_empty() && reader.remarks.is_empty() && !reader.cut);
    }

    #[test]
    fn a_hand_written_answer_is_read_and_explained() {
        let (reader, body) = read(b"\nHTTP/1.x 200 OK\nContent-Type: image/jpg\n\n\xff\xd8", false);
        assert_eq!(body, b"\xff\xd8");
        assert_eq!(reader.head.as_ref().map(|head| head.status), Some(200));
        for part in ["empty line", "HTTP/1.x", "LF", "Content-Length"] {
            said(&reader, part);
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_what_came_is_kept() {
        for (raw, body, part, cut) in [
            (&b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"[..], &b"ok"[..], "empty line", false),
            (b"http/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", b"ok", "“http/1.1” is not a version", false),
            (b"HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 2\r\n\r\nok", b"ok", "control", false),
            (b"HTTP/1.1 302 Found\r\nContent-Length: 2\r\n\r\nok", b"ok", "no Location", false),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n", b"ok", "between the chunks", false),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n", b"ok", "empty line after", true),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", b"", "only the chunks", false),
            (b"<h1>a</h1>\n\nb", b"<h1>a</h1>\n\nb", "no status line", false),
            (b"\x16\x03\x01\x02", b"\x16\x03\x01\x02", "TLS", false),
            (b"\x00\xff\x80\x90", b"\x00\xff\x80\x90", "binary", false),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", b"ok", "shorter", true),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nok", b"o", "longer", false),
            (b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", b"ok", "“+2” is not a length", false),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok", b"ok", "2 times", false),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n", b"ok", "second answer", false),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxy\r\nok", b"xy\r\nok", "“xy”", true),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", b"ok", "broke off", true),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok", b"ok", "not chunked", false),
            (b"HTTP/1.1 200 OK\r\nContent-Le", b"", "never ends", true),
        ] {
            let (reader, got) = read(raw, false);
            assert_eq!(got, body, "{part}");
            said(&reader, part);
            assert_eq!(reader.cut, cut, "{part}");
        }
    }

    #[test]
    fn a_head_without_end_and_a_thousand_faults_are_bounded() {
        let (mut reader, mut body) = (Reader::new(false), Vec::new());
        reader.feed(b"HTTP/1.1 200 OK\r\n", &mut body);
        while reader.head().is_none() {
            reader.feed(&b"X: y\r\n".repeat(1000), &mut body);
            assert!(reader.pending.len() < HEAD + 10_000);
        }
        said(&reader, "longer than");
        assert!(body.len() > HEAD);
        let (reader, body) = read(&b"HTTP/1.1 100 Continue\r\n\r\n".repeat(INTERIM + 5), false);
        said(&reader, "still more");
        assert!(!body.is_empty());
        let (reader, _) = read(&[b"HTTP/1.1 200 OK\r\n".as_slice(), &b"bad\r\n".repeat(1000), b"\r\n"].concat(), true);
        assert_eq!(reader.remarks.len(), REMARKS + 1);
    }
}
