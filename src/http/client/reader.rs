//! Reads an answer while it arrives, whatever it is.

use crate::{
    http::message::{
        chunks::Chunks,
        head::{self, Head},
        protocol::{Protocol, TELLING},
        slip::{self, Lead, Slip},
    },
    model::Page,
    words::{Phrase, exact_size, phrase},
};

/// The longest head that is waited for.
const HEAD: usize = 256 << 10;
/// Interim answers (1xx) before the answer itself.
const INTERIM: usize = 20;
/// Letters of `HTTP/` that are waited for.
const WORD: usize = 5;
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
    interim: Vec<Head>,
    trailers: Vec<(String, String)>,
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
            interim: Vec::new(),
            trailers: Vec::new(),
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
            let lead = slip::lead(&self.pending);
            let start = self.pending.get(lead.length..).unwrap_or_default();
            // A few bytes more tell what it may be.
            let is_told = start.len() >= if is_http(start) { WORD } else { TELLING };
            if is_told && !is_http(start) {
                return self.no_head(body);
            }
            let Some((length, raw)) = whole(&lead, start, self.looked).filter(|_| is_told) else {
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
            self.cut_head(&lead, length, &raw);
        }
        let rest = std::mem::take(&mut self.pending);
        self.body(&rest, body);
    }

    /// The connection has ended, or nothing came for too long.
    pub fn end(&mut self, body: &mut Vec<u8>) {
        match &self.state {
            State::Head if self.pending.is_empty() && !self.interim.is_empty() => {
                self.cut = true;
                self.remark(phrase!("only an interim answer (1xx) came, and never the answer itself"));
            }
            State::Head if self.pending.is_empty() => {}
            State::Head => self.end_head(body),
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

    /// The interim answers (1xx) that came before it.
    #[must_use]
    pub fn interim(&self) -> &[Head] {
        &self.interim
    }

    /// What came after the last chunk.
    #[must_use]
    pub fn trailers(&self) -> &[(String, String)] {
        &self.trailers
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

    /// How long the body is, by a head that can be believed.
    #[must_use]
    pub fn promised(&self) -> Option<u64> {
        self.promised
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
            None => !is_http(self.pending.get(slip::lead(&self.pending).length..).unwrap_or_default()),
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

    /// Takes the head out of what came: `length` bytes after what stands before it, `raw` as they are meant.
    fn cut_head(&mut self, lead: &Lead, length: usize, raw: &[u8]) {
        let start = self.pending.get(lead.length..).unwrap_or_default();
        // What is in quotes has them for that reason.
        let is_quoted = lead.slips.iter().any(|slip| matches!(slip, Slip::Bytes | Slip::Quotes));
        let written_out = (slip::is_written_out(start) && !is_quoted).then_some(Slip::Backslashes);
        let rest = self.pending.split_off(lead.length + length);
        self.head_length += self.pending.len();
        self.pending = rest;
        self.looked = 0;
        for slip in lead.slips.iter().copied().chain(written_out) {
            self.remark(slip.words());
        }
        if lead.has_empty_line {
            self.remark(phrase!("there is an empty line before the status line"));
        }
        self.head_ended(raw);
    }

    /// Nothing more comes, and the head has not ended.
    fn end_head(&mut self, body: &mut Vec<u8>) {
        let lead = slip::lead(&self.pending);
        let start = self.pending.get(lead.length..).unwrap_or_default();
        if start.len() < WORD || !is_http(start) {
            return self.no_head(body);
        }
        if let Some((length, raw)) = written_out(&lead, start, true) {
            self.cut_head(&lead, length, &raw);
        } else if let Some(at) = head::body_in(start) {
            let raw = start.get(..at).unwrap_or_default().to_vec();
            let line = String::from_utf8_lossy(start.get(at..).unwrap_or_default());
            let line = head::quoted(line.lines().next().unwrap_or_default());
            self.remark(phrase!(
                "there is no empty line between the head and “{line}”: the last header ends with \\r\\n\\r\\n",
                line = line
            ));
            self.cut_head(&lead, at, &raw);
        } else {
            let raw = start.to_vec();
            self.remark(phrase!("the head never ends: there is no empty line"));
            self.cut = true;
            self.cut_head(&lead, raw.len(), &raw);
        }
        let rest = std::mem::take(&mut self.pending);
        if matches!(self.state, State::Head) {
            // An interim answer, and nothing after it.
            self.cut = true;
            return;
        }
        self.body(&rest, body);
        // Whatever else is missing is said as well.
        self.end(body);
    }

    fn no_head(&mut self, body: &mut Vec<u8>) {
        self.remark(phrase!("the answer has no status line: a server's answer begins with HTTP/1.1 and a number"));
        let lead = slip::lead(&self.pending).length;
        if let Some(protocol) = Protocol::of(self.pending.get(lead..).unwrap_or_default()) {
            self.remark(protocol.in_answer());
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
            if self.interim.len() < INTERIM {
                self.interim.push(head);
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
                // Of a head that broke off nobody knows what would have come.
                if head.status != 101 && !is_plain && !self.cut {
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
        let (mut bare, mut trailers) = (false, Vec::new());
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
                        trailers = chunks.trailers().to_vec();
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
        if !trailers.is_empty() {
            let (mut lines, mut remarks) = (Head::default(), Vec::new());
            for line in &trailers {
                lines.line(line, &mut remarks);
            }
            self.trailers = lines.headers;
            for remark in remarks {
                self.remark(remark);
            }
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
        } else if self.is_head_only {
            self.remark(phrase!("an answer to HEAD has no body, and {length} follow", length = exact_size(surplus)));
        } else if let Some(Head { status: status @ (204 | 304), .. }) = self.head {
            self.remark(phrase!(
                "an answer with status {status} has no body, and {length} follow",
                status = status,
                length = exact_size(surplus)
            ));
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

/// Whether a status line may begin so; some write it with a space.
fn is_http(start: &[u8]) -> bool {
    let start = start.get(..WORD).unwrap_or(start);
    let begins = |word: &[u8; WORD]| word.get(..start.len()).is_some_and(|begin| start.eq_ignore_ascii_case(begin));
    begins(b"HTTP/") || begins(b"HTTP ")
}

/// The head in `start`, if it is whole: how long it is there, and what it means. A look ended at `looked` before.
fn whole(lead: &Lead, start: &[u8], looked: usize) -> Option<(usize, Vec<u8>)> {
    if slip::is_written_out(start) {
        return written_out(lead, start, false);
    }
    if lead.indent > 0 {
        let end = slip::indented_end(start)?;
        return Some((end, slip::dedented(start.get(..end)?, lead.indent)));
    }
    let end = head::end(start, looked)?;
    Some((end, start.get(..end)?.to_vec()))
}

/// The same of one whose line ends are written out.
fn written_out(lead: &Lead, start: &[u8], is_all: bool) -> Option<(usize, Vec<u8>)> {
    if !slip::is_written_out(start) {
        return None;
    }
    let (end, raw) = slip::written_out(start, is_all)?;
    Some((end, slip::dedented(&raw, lead.indent)))
}

#[cfg(test)]
mod tests;
