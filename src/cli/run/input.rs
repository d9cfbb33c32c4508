//! Standard input on its way to a peer: as it comes, with other line ends, or line by line as escapes or hex.
//!
//! Reads on the thread that calls it, which cannot be interrupted: the command never waits for it.

use std::io::{self, BufRead, BufReader, Read};

use bytes::Bytes;

use crate::{
    cli::plan::{Form, Lines, NotBytes},
    model::LineEnd,
};

/// How much is read at once …
const PIECE: usize = 64 << 10;
/// … and as one datagram, of which none may be larger than 65507 bytes.
const DATAGRAM_PIECE: usize = 16 << 10;
/// The longest line that is taken as one.
const LINE: u64 = 16 << 20;

/// Why reading stopped before the end of the input.
#[derive(Debug)]
pub(super) enum Stopped<E> {
    /// Whoever was given the pieces takes no more.
    Taker(E),
    /// The input cannot be read.
    Unreadable(io::Error),
}

/// Something about a line that was not sent.
#[derive(Debug)]
pub(super) enum BadLine {
    /// It cannot be made into bytes.
    NotBytes(NotBytes),
    /// It is longer than 16 MiB.
    TooLong,
}

/// Reads to the end and hands over each piece; a line that makes no sense goes to `bad`, and the next one is read.
pub(super) fn pump<E>(
    input: impl Read,
    form: Form,
    datagrams: bool,
    mut give: impl FnMut(Bytes) -> Result<(), E>,
    bad: impl FnMut(BadLine),
) -> Result<(), Stopped<E>> {
    if form.needs_lines() || datagrams && !form.is_plain() {
        return lines(BufReader::new(input), form, give, bad);
    }
    let mut ends = Ends { end: form.line_end, after_return: false, within_line: false };
    pieces(input, if datagrams { DATAGRAM_PIECE } else { PIECE }, |piece| {
        let piece = ends.convert(piece);
        if piece.is_empty() { Ok(()) } else { give(piece) }
    })?;
    let rest = ends.finish();
    if rest.is_empty() { Ok(()) } else { give(rest).map_err(Stopped::Taker) }
}

fn pieces<E>(
    mut input: impl Read,
    size: usize,
    mut give: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    let mut buffer = vec![0; size];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => give(buffer.get(..length).unwrap_or_default()).map_err(Stopped::Taker)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Stopped::Unreadable(error)),
        }
    }
}

fn lines<E>(
    mut input: impl BufRead,
    form: Form,
    mut give: impl FnMut(Bytes) -> Result<(), E>,
    mut bad: impl FnMut(BadLine),
) -> Result<(), Stopped<E>> {
    let mut line = Vec::new();
    let mut reader = Lines::new(form);
    loop {
        line.clear();
        let read = input.by_ref().take(LINE).read_until(b'\n', &mut line);
        if read.map_err(Stopped::Unreadable)? == 0 {
            return Ok(());
        }
        if line.len() as u64 == LINE && line.last() != Some(&b'\n') {
            bad(BadLine::TooLong);
            skip_line(&mut input).map_err(Stopped::Unreadable)?;
            continue;
        }
        match reader.line(&line) {
            Ok(bytes) if bytes.is_empty() => {}
            Ok(bytes) => give(bytes.into()).map_err(Stopped::Taker)?,
            Err(error) => bad(BadLine::NotBytes(error)),
        }
    }
}

/// Reads to the end of a line without keeping it.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (length, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(length);
        if ended {
            return Ok(());
        }
    }
}

/// Puts other ends behind lines, however they are cut into pieces.
struct Ends {
    /// `None` leaves all as it is.
    end: Option<LineEnd>,
    /// The last byte was a carriage return, which may belong to an end.
    after_return: bool,
    /// Something came after the last end.
    within_line: bool,
}

impl Ends {
    fn convert(&mut self, piece: &[u8]) -> Bytes {
        let Some(end) = self.end else { return Bytes::copy_from_slice(piece) };
        let mut out = Vec::with_capacity(piece.len() + piece.len() / 16);
        for byte in piece {
            let after_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            self.within_line = *byte != b'\n';
            match byte {
                b'\n' => out.extend_from_slice(end.text().as_bytes()),
                b'\r' if after_return => out.push(b'\r'),
                b'\r' => {}
                _ if after_return => out.extend_from_slice(&[b'\r', *byte]),
                _ => out.push(*byte),
            }
        }
        out.into()
    }

    /// The end of the input: a carriage return that was no end after all, and the end of a last line that has none.
    fn finish(&self) -> Bytes {
        let carriage_return = if self.after_return { "\r" } else { "" };
        let end = self.end.filter(|_| self.within_line).map_or("", LineEnd::text);
        [carriage_return, end].concat().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::compose::Notation;

    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            let (now, later) = self.0.split_at(length);
            buffer[..length].copy_from_slice(now);
            self.0 = later;
            Ok(length)
        }
    }

    fn sent(typed: &[u8], step: usize, form: Form, datagrams: bool) -> (Vec<Vec<u8>>, usize) {
        let (mut pieces, mut bad) = (Vec::new(), 0);
        let give = |piece: Bytes| -> Result<(), ()> {
            pieces.push(piece.to_vec());
            Ok(())
        };
        pump(Slow(typed, step), form, datagrams, give, |_| bad += 1).unwrap();
        (pieces, bad)
    }

    #[test]
    fn line_ends_are_put_in_wherever_the_input_is_cut() {
        let typed = b"a\nb\r\n\r\n\rc\r\r\nd\r";
        for (end, expected) in [
            (LineEnd::CrLf, &b"a\r\nb\r\n\r\n\rc\r\r\nd\r\r\n"[..]),
            (LineEnd::Lf, b"a\nb\n\n\rc\r\nd\r\n"),
            (LineEnd::None, b"ab\rc\rd\r"),
        ] {
            for step in 1..=typed.len() {
                let form = Form { line_end: Some(end), ..Form::default() };
                assert_eq!(sent(typed, step, form, false).0.concat(), expected, "{step} bytes at a time");
                assert_eq!(sent(typed, step, Form::default(), false).0.concat(), typed);
            }
        }
    }

    #[test]
    fn hex_goes_by_lines_and_a_wrong_one_is_left_out() {
        let form = Form { notation: Notation::Hex, ..Form::default() };
        for step in 1..30 {
            let (pieces, bad) = sent(b"ff d8\n\nnope\n0x00", step, form, false);
            assert_eq!((pieces, bad), (vec![b"\xff\xd8".to_vec(), b"\0".to_vec()], 1));
        }
    }

    #[test]
    fn each_line_is_one_datagram_where_lines_are_looked_at() {
        let form = Form { line_end: Some(LineEnd::None), ..Form::default() };
        assert_eq!(sent(b"one\ntwo\n", 100, form, true).0, [b"one".to_vec(), b"two".to_vec()]);
        assert_eq!(sent(b"one\ntwo\n", 100, Form::default(), true).0, [b"one\ntwo\n".to_vec()]);
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let mut typed = vec![b'a'; usize::try_from(LINE).unwrap() + 100];
        typed.extend_from_slice(b"\nff\n");
        let form = Form { notation: Notation::Hex, ..Form::default() };
        assert_eq!(sent(&typed, PIECE, form, false), (vec![vec![0xff]], 1));
    }
}
