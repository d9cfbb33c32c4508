//! Character generator (RFC 864).

use crate::respond::responder::{Answer, Greeting, Responder};

/// Characters of a line, and how many there are to choose from: the printable ones of ASCII.
const LINE: usize = 72;
const RING: usize = 95;
/// Lines made at once.
const LINES: usize = 64;

/// Sends lines without end on a stream; one line for every datagram.
#[derive(Debug, Default)]
pub(super) struct Chargen {
    line: usize,
}

impl Chargen {
    /// Each line begins one character later than the one before.
    fn push(&mut self, out: &mut Vec<u8>) {
        let printable = (0..LINE).map(|at| b' ' + u8::try_from((self.line + at) % RING).unwrap_or_default());
        out.extend(printable);
        out.extend(b"\r\n");
        self.line = (self.line + 1) % RING;
    }
}

impl Responder for Chargen {
    fn greet(&mut self) -> Greeting {
        Greeting::Endless
    }

    fn flow(&mut self, out: &mut Vec<u8>) {
        for _ in 0..LINES {
            self.push(out);
        }
    }

    fn answer(&mut self, _: &mut [u8]) -> Answer {
        let mut line = Vec::with_capacity(LINE + 2);
        self.push(&mut line);
        Answer::Bytes(line.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_rfc() {
        let mut out = Vec::new();
        Chargen::default().flow(&mut out);
        let text = String::from_utf8(out).unwrap();
        let mut lines = text.split("\r\n");
        assert!(lines.next().unwrap().starts_with(" !\"#$%&'()*+"));
        assert!(lines.next().unwrap().starts_with("!\"#$%"));
        assert_eq!(text.len(), LINES * (LINE + 2));
        assert!(lines.nth(40).unwrap().contains("~ !"));
        assert!(matches!(Chargen::default().answer(&mut []), Answer::Bytes(line) if line.len() == LINE + 2));
    }
}
