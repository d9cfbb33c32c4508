//! The encoding that an answer names for its text: in its head, at the start of its body, or in the page itself.

use crate::{
    model::{Encoding, Page},
    ui::views::shared::wording,
    words::text,
};

/// How far into a page its own `<meta charset>` is looked for, as browsers do.
const META: usize = 1024;

/// What an answer says of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Charset {
    /// As it was written.
    name: String,
    /// What that is; `None` for a name that is not known here: the text is read as UTF-8.
    pub(super) encoding: Option<Encoding>,
}

impl Charset {
    /// What is named; `None` where nothing is, or UTF-8.
    pub(super) fn of(page: &Page, body: &[u8]) -> Option<Self> {
        let named = match body {
            [0xff, 0xfe, ..] => Some("utf-16le".to_owned()),
            [0xfe, 0xff, ..] => Some("utf-16be".to_owned()),
            _ => page.header("content-type").and_then(parameter).or_else(|| meta(body)),
        };
        let name = named?;
        let encoding = match name.to_ascii_lowercase().as_str() {
            // What the names of browsers mean (WHATWG).
            "us-ascii" | "ascii" => Some(Encoding::Utf8),
            "utf-16" => Some(Encoding::Utf16Le),
            "iso8859-1" | "iso-8859-1" | "windows-1252" | "cp1252" => Some(Encoding::Latin1),
            "big5-hkscs" => Some(Encoding::Big5),
            "x-gbk" | "chinese" => Some(Encoding::Gbk),
            "windows-31j" | "x-sjis" => Some(Encoding::ShiftJis),
            other => other.parse().ok(),
        };
        (encoding != Some(Encoding::Utf8)).then_some(Self { name, encoding })
    }

    /// In two words, for the facts of an answer.
    pub(super) fn words(&self) -> String {
        if let Some(encoding) = self.encoding {
            return encoding.name().to_owned();
        }
        let name = wording::escape(self.name.as_bytes(), 40);
        text!("charset {name} is not known here: read as UTF-8", name = name)
    }
}

/// `charset=…` of a `Content-Type`.
fn parameter(value: &str) -> Option<String> {
    let mut parameters = value.split(';').skip(1).filter_map(|part| part.split_once('='));
    let (_, name) = parameters.find(|(key, _)| key.trim().eq_ignore_ascii_case("charset"))?;
    let name = name.trim().trim_matches(['"', '\'']).to_owned();
    (!name.is_empty()).then_some(name)
}

/// `<meta charset=…>`, or the same in `http-equiv`.
fn meta(body: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(body.get(..META).unwrap_or(body)).to_ascii_lowercase();
    let at = start.find("<meta").and_then(|at| Some(at + start.get(at..)?.find("charset=")?))?;
    let rest = start.get(at + "charset=".len()..)?.trim_start_matches(['"', '\'', ' ']);
    let end = rest.find(|char: char| !(char.is_ascii_alphanumeric() || "-_".contains(char))).unwrap_or(rest.len());
    rest.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, body: &[u8]) -> Option<(String, Option<Encoding>)> {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Charset::of(&Page { headers, ..Page::default() }, body).map(|charset| (charset.name, charset.encoding))
    }

    #[test]
    fn the_head_counts_before_the_page_and_a_mark_before_both() {
        let named = |name: &str, encoding| Some((name.to_owned(), Some(encoding)));
        assert_eq!(of("text/html; charset=GBK", b"<meta charset=big5>"), named("GBK", Encoding::Gbk));
        assert_eq!(of("text/html;a=b; Charset = \"Shift_JIS\" ", b""), named("Shift_JIS", Encoding::ShiftJis));
        assert_eq!(of("text/html", b"<html><META CHARSET='big5'>"), named("big5", Encoding::Big5));
        let equiv = b"<meta http-equiv=content-type content=\"text/html; charset=gb2312\">";
        assert_eq!(of("text/html", equiv), named("gb2312", Encoding::Gbk));
        assert_eq!(of("text/plain; charset=gbk", b"\xff\xfea\0"), named("utf-16le", Encoding::Utf16Le));
        assert_eq!(of("text/plain; charset=utf-8", b""), None);
        assert_eq!(of("text/plain", b"x"), None);
        assert_eq!(of("text/plain; charset=koi8-r", b""), Some(("koi8-r".to_owned(), None)));
    }
}
