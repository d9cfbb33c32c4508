//! A body in chunks, put together.

use crate::{
    http::message::head::quoted,
    words::{Phrase, phrase},
};

/// The longest line of a chunk's length with its extensions, or of a trailer.
const LINE: usize = 4 << 10;
/// Lines after the last chunk.
const TRAILERS: usize = 100;

#[derive(Debug)]
enum State {
    Length,
    Data(u64),
    /// After the data, before its line end.
    Gap,
    Trailer(usize),
    Done,
}

/// Reads chunks.
#[derive(Debug)]
pub(in crate::http) struct Chunks {
    state: State,
    line: Vec<u8>,
    bare: bool,
    /// Lines after the last chunk, as they came.
    trailers: Vec<String>,
}

impl Chunks {
    pub(in crate::http) fn new() -> Self {
        Self { state: State::Length, line: Vec::new(), bare: false, trailers: Vec::new() }
    }

    pub(in crate::http) fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// True when the last chunk came and only the lines after it are missing.
    pub(in crate::http) fn is_at_trailers(&self) -> bool {
        matches!(self.state, State::Trailer(_))
    }

    /// The lines after the last chunk, without their ends.
    pub(in crate::http) fn trailers(&self) -> &[String] {
        &self.trailers
    }

    /// True when lines ended with LF alone.
    pub(in crate::http) fn has_bare_ends(&self) -> bool {
        self.bare
    }

    /// Appends what `bytes` hold to `body`; gives what follows the last chunk. Where that makes no sense any more all that
    /// is left goes to `body` as it came, and the error says what is wrong.
    pub(in crate::http) fn feed<'a>(&mut self, mut bytes: &'a [u8], body: &mut Vec<u8>) -> Result<&'a [u8], Phrase> {
        while !bytes.is_empty() && !self.is_done() {
            if let State::Data(left) = &mut self.state {
                let (data, rest) = bytes.split_at(usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len()));
                body.extend_from_slice(data);
                *left -= data.len() as u64;
                if *left == 0 {
                    self.state = State::Gap;
                }
                bytes = rest;
                continue;
            }
            let end = memchr::memchr(b'\n', bytes);
            let (part, rest) = bytes.split_at(end.map_or(bytes.len(), |at| at + 1));
            self.line.extend_from_slice(part);
            if end.is_none() && self.line.len() <= LINE {
                return Ok(rest);
            }
            let line = std::mem::take(&mut self.line);
            self.bare |= !line.ends_with(b"\r\n");
            if let Err(what) = self.line(&line) {
                body.extend_from_slice(&line);
                body.extend_from_slice(rest);
                return Err(what);
            }
            bytes = rest;
        }
        Ok(bytes)
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Phrase> {
        let line = String::from_utf8_lossy(line.trim_ascii_end());
        if line.len() > LINE {
            return Err(phrase!("the length of a chunk never ends"));
        }
        self.state = match self.state {
            State::Length => {
                let digits = line.split(';').next().unwrap_or_default().trim();
                let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                match u64::from_str_radix(digits, 16) {
                    Ok(0) if plain => State::Trailer(0),
                    Ok(length) if plain => State::Data(length),
                    _ => return Err(phrase!("“{line}” is not the length of a chunk in hex", line = quoted(&line))),
                }
            }
            State::Gap if line.is_empty() => State::Length,
            State::Gap => return Err(phrase!("a chunk is longer than its length says")),
            State::Trailer(_) if line.is_empty() => State::Done,
            State::Trailer(count) if count < TRAILERS => {
                self.trailers.push(line.into_owned());
                State::Trailer(count + 1)
            }
            State::Trailer(_) => return Err(phrase!("the lines after the last chunk never end")),
            State::Data(_) | State::Done => State::Done,
        };
        Ok(())
    }
}
