//! The lines between the chunks of a body, as strictly as RFC 9112 has them: two readers that forgive different things in
//! them do not agree where the next request begins.

use crate::{
    model::is_token,
    words::{Phrase, phrase},
};

/// What is wrong with the lengths and extensions in as much of a body as is there; `None` where nothing is seen to be.
pub(super) fn fault(mut body: &[u8]) -> Option<Phrase> {
    loop {
        let end = memchr::memchr(b'\n', body)?;
        let (line, rest) = body.split_at_checked(end + 1)?;
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return Some(phrase!("The line with the length of a chunk ends in LF alone; it has to end in CR LF."));
        };
        let mut parts = line.splitn(2, |byte| *byte == b';');
        let (digits, extensions) = (parts.next().unwrap_or_default(), parts.next());
        if digits.iter().any(|byte| matches!(byte, b' ' | b'\t')) {
            return Some(phrase!("There is a space beside the length of a chunk."));
        }
        let length =
            std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(length) = length.and_then(|length| usize::from_str_radix(length, 16).ok()) else {
            return Some(phrase!("The length of a chunk is no number in hex."));
        };
        if extensions.is_some_and(|extensions| !are_extensions(extensions)) {
            return Some(phrase!("What follows the length of a chunk is not “;name=value”, without spaces."));
        }
        if length == 0 {
            return None;
        }
        body = rest.get(length..)?.strip_prefix(b"\r\n")?;
    }
}

/// What stands behind the first semicolon: `name`, `name=token` or `name="text"`, more of them behind more semicolons.
fn are_extensions(mut rest: &[u8]) -> bool {
    loop {
        let name = rest.iter().position(|byte| matches!(byte, b';' | b'=')).unwrap_or(rest.len());
        let Some((name, after)) = rest.split_at_checked(name) else { return false };
        if !is_token(name) {
            return false;
        }
        rest = match after {
            [b'=', b'"', text @ ..] => match quoted_end(text) {
                Some(after) => after,
                None => return false,
            },
            [b'=', value @ ..] => {
                let end = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
                match value.split_at_checked(end) {
                    Some((value, after)) if is_token(value) => after,
                    _ => return false,
                }
            }
            after => after,
        };
        match rest {
            [] => return true,
            [b';', more @ ..] => rest = more,
            _ => return false,
        }
    }
}

/// What follows the closing quotation mark.
fn quoted_end(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text;
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Some(after),
            [b'\\', _, after @ ..] => after,
            [byte, after @ ..] if !byte.is_ascii_control() || *byte == b'\t' => after,
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_everybody_reads_alike_pass() {
        for sound in [
            &b""[..],
            b"5",
            b"5\r\nabcde\r\n0\r\n\r\n",
            b"a;x\r\n0123456789\r\n0;y=z;w=\"a \\\" b\"\r\n\r\n",
            b"0005;a=b\r\nab",
            b"5\r\nabcdeX",
            b"0\r\nX: y z\r\n\r\nGET",
        ] {
            assert_eq!(fault(sound), None, "{}", String::from_utf8_lossy(sound));
        }
        for wrong in [
            &b"5 \r\nabcde\r\n"[..],
            b" 5\r\n",
            b"5\t;x\r\n",
            b"5; x\r\n",
            b"5;x =y\r\n",
            b"5;x= y\r\n",
            b"5;\r\n",
            b"5;x=\r\n",
            b"5;x=\"a\r\n",
            b"5;x=\"a\"b\r\n",
            b"5;x;;y\r\n",
            b"5;x\0\r\n",
            b"5;x\ry\r\n",
            b"5\nabcde",
            b"+5\r\n",
            b"0x5\r\n",
            b"\r\n",
            b"5\r\nabcde\r\n5 \r\n",
            b"fffffffffffffffff\r\n",
        ] {
            assert!(fault(wrong).is_some(), "{}", String::from_utf8_lossy(wrong));
        }
    }
}
