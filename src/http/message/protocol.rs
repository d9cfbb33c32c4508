//! What is spoken where HTTP was expected, by the first bytes of it.

use crate::words::{Phrase, phrase};

/// So many bytes tell; the same ones however many came at once.
pub(in crate::http) const TELLING: usize = 8;

/// Something else than HTTP/1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Protocol {
    Tls,
    Ssh,
    /// Frames, or the line that a client of it begins with.
    Http2,
    /// SMTP and FTP greet with the same number.
    Mail,
    Pop3,
    Imap,
    Redis,
    MySql,
    Telnet,
    Rtsp,
    Sip,
    /// An internet radio of the old kind.
    Icecast,
    Socks,
    /// A request of HTTP.
    Request,
    /// An answer of HTTP.
    Answer,
    /// Data without any head.
    Json,
    Page,
    Picture,
    Utf16,
    Binary,
}

impl Protocol {
    /// What begins so; `None` for text of no known kind.
    pub(in crate::http) fn of(bytes: &[u8]) -> Option<Self> {
        let start = bytes.get(..TELLING).unwrap_or(bytes);
        Some(match start {
            [0x15 | 0x16, 3, 0..=4, ..] => Self::Tls,
            [b'S', b'S', b'H', b'-', ..] => Self::Ssh,
            [0, 0, _, 4, ..] | [b'P', b'R', b'I', b' ', b'*', b' ', b'H', b'T', ..] => Self::Http2,
            [b'2', b'2', b'0', b' ' | b'-', ..] => Self::Mail,
            [b'+', b'O', b'K', ..] => Self::Pop3,
            [b'*', b' ', b'O', b'K', ..] => Self::Imap,
            [b'-', b'E', b'R', b'R', ..] => Self::Redis,
            [_, _, 0, 0, 10, b'0'..=b'9', ..] => Self::MySql,
            [0xff, 0xfb..=0xfd, ..] => Self::Telnet,
            [b'R', b'T', b'S', b'P', b'/', ..] => Self::Rtsp,
            [b'S', b'I', b'P', b'/', ..] => Self::Sip,
            [b'I', b'C', b'Y', b' ', ..] => Self::Icecast,
            [b'H', b'T', b'T', b'P', b'/', ..] => Self::Answer,
            [b'G', b'E', b'T', b' ', ..]
            | [b'P', b'O', b'S', b'T', b' ', ..]
            | [b'H', b'E', b'A', b'D', b' ', ..]
            | [b'P', b'U', b'T', b' ', ..] => Self::Request,
            [b'{' | b'[', ..] => Self::Json,
            [b'<', ..] => Self::Page,
            [0xff, 0xd8, 0xff, ..] | [0x89, b'P', b'N', b'G', ..] | [b'G', b'I', b'F', b'8', ..] => Self::Picture,
            [0xff, 0xfe, _, 0, ..] | [0xfe, 0xff, 0, ..] | [b' '..=b'~', 0, b' '..=b'~', 0, ..] => Self::Utf16,
            [5, methods, rest @ ..] if rest.len() == usize::from(*methods) => Self::Socks,
            [4, 1 | 2, _, _, _, _, _, _, ..] => Self::Socks,
            _ if !is_text(start) => Self::Binary,
            _ => return None,
        })
    }

    /// What to say of it where an answer was expected.
    pub(in crate::http) fn in_answer(self) -> Phrase {
        match self {
            Self::Tls => phrase!("it looks like TLS: this port wants https"),
            Self::Ssh => phrase!("it looks like an SSH server: take `ssh` for it"),
            Self::Http2 => phrase!("it looks like HTTP/2, which begins with frames instead of a line"),
            Self::Mail => phrase!("it looks like a mail or FTP server, which greets with 220 and waits for a command"),
            Self::Pop3 | Self::Imap => phrase!("it looks like a mail server that one reads mail from"),
            Self::Redis => phrase!("it looks like Redis: a request of HTTP is an error to it"),
            Self::MySql => phrase!("it looks like MySQL or MariaDB: this is a port of a database"),
            Self::Telnet => phrase!("it looks like Telnet, which negotiates a terminal first"),
            Self::Rtsp => phrase!("it looks like RTSP: a player takes rtsp:// with this host and port"),
            Self::Sip => phrase!("it looks like SIP, which telephones speak"),
            Self::Icecast => phrase!("it looks like an internet radio (ICY): a player takes this URL"),
            Self::Socks => phrase!("it looks like SOCKS"),
            Self::Request => phrase!("it is a request and no answer: an echo server sends back what it gets"),
            Self::Answer => phrase!("it is an answer of HTTP"),
            Self::Json => phrase!(
                "it is JSON without a head: send HTTP/1.1 200 OK, Content-Type: application/json and an empty line before it"
            ),
            Self::Page => phrase!("it is a page without a head: send HTTP/1.1 200 OK and an empty line before it"),
            Self::Picture => {
                phrase!("it is a picture without a head: send HTTP/1.1 200 OK and an empty line before it")
            }
            Self::Utf16 => phrase!("it is text in UTF-16: encode it as UTF-8"),
            Self::Binary => phrase!("it is binary, of no protocol that is known here"),
        }
    }
}

/// Whether it may be the beginning of a text in UTF-8, or in what is mostly ASCII.
fn is_text(start: &[u8]) -> bool {
    let utf8 = std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    let odd = start.iter().filter(|byte| **byte == 0 || !utf8 && **byte >= 0x80).count();
    odd * 4 <= start.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_who_speaks() {
        for (bytes, protocol) in [
            (&b"\x15\x03\x01\x00\x02\x02\x28"[..], Some(Protocol::Tls)),
            (b"SSH-2.0-OpenSSH_9.2\r\n", Some(Protocol::Ssh)),
            (b"220-mail ready", Some(Protocol::Mail)),
            (b"* OK IMAP4rev1", Some(Protocol::Imap)),
            (b"\x4a\0\0\0\x0a8.0.36", Some(Protocol::MySql)),
            (b"\xff\xfd\x18\xff\xfd\x20", Some(Protocol::Telnet)),
            (b"H\0T\0T\0P\0/\0", Some(Protocol::Utf16)),
            (b"GET / HTTP/1.1\r\n", Some(Protocol::Request)),
            (b"{\"a\": 1}", Some(Protocol::Json)),
            (b"\xff\xd8\xff\xe0", Some(Protocol::Picture)),
            (b"\x00\xff\x80\x90", Some(Protocol::Binary)),
            (b"hello", None),
            ("你好，世界".as_bytes(), None),
        ] {
            assert_eq!(Protocol::of(bytes), protocol, "{}", bytes.escape_ascii());
        }
    }
}
