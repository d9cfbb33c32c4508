//! Bytes on the clipboard, in the forms in which other programs take them.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use egui::{Response, Ui};

use crate::{
    ui::{action::Action, icons, kit, views::shared::wording},
    words::{size, text},
};

/// More than this is no matter for a clipboard.
pub(in crate::ui::views) const MOST: usize = 4 << 20;

/// A form of bytes on the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum As {
    /// `FF D8 FF E0`, 16 a line.
    Hex,
    /// `GET /\r\n\xff`, as the send box reads it.
    Escaped,
    /// `unsigned char data[2] = {0x47, 0x45};`, 12 a line.
    C,
    /// `b'GET /\r\n\xff'`.
    Python,
    /// RFC 4648, with padding, on one line.
    Base64,
}

impl As {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 5] = [Self::Hex, Self::Escaped, Self::C, Self::Python, Self::Base64];

    /// In the menu.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Hex => text!("Hex"),
            Self::Escaped => text!("Escaped text"),
            Self::C => text!("C array"),
            Self::Python => text!("Python bytes"),
            Self::Base64 => text!("Base64"),
        }
    }

    /// The bytes in this form.
    #[must_use]
    pub fn write(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => wording::hex(bytes),
            Self::Escaped => escaped(bytes),
            Self::C => c_array(bytes),
            Self::Python => python(bytes),
            Self::Base64 => BASE64_STANDARD.encode(bytes),
        }
    }
}

fn escaped(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        escape(*byte, &mut out);
    }
    out
}

/// A printable character as it is, every other byte as Python and the send box write it.
fn escape(byte: u8, out: &mut String) {
    match byte {
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        b'\\' => out.push_str("\\\\"),
        0x20..=0x7e => out.push(char::from(byte)),
        _ => {
            out.push_str("\\x");
            out.extend(wording::hex_digits(byte, false));
        }
    }
}

/// `b'GET / HTTP/1.1\r\n\xff'`, in the quotes that have to be escaped less.
fn python(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = String::with_capacity(bytes.len() + 8);
    out.extend(['b', quote]);
    for byte in bytes {
        if char::from(*byte) == quote {
            out.push('\\');
        }
        escape(*byte, &mut out);
    }
    out.push(quote);
    out
}

fn c_array(bytes: &[u8]) -> String {
    let mut out = format!("unsigned char data[{}] = {{", bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        out.push_str(if at % 12 == 0 { "\n    0x" } else { " 0x" });
        out.extend(wording::hex_digits(*byte, false));
        out.push(',');
    }
    out.push_str("\n};\n");
    out
}

/// The button with its menu; it means the chosen bytes, or all of them where none are chosen. `more` adds rows of its own.
pub(in crate::ui::views) fn menu(
    ui: &mut Ui,
    bytes: &[u8],
    chosen: Option<std::ops::Range<usize>>,
    actions: &mut Vec<Action>,
    more: impl FnOnce(&mut Ui, &mut Vec<Action>),
) -> Response {
    let part = chosen.and_then(|range| bytes.get(range));
    let words = if part.is_some() { text!("Copy chosen bytes as…") } else { text!("Copy bytes as…") };
    let button = ui.add(kit::Button::quiet(icons::COPY, words));
    kit::popup_menu(&button, |ui| {
        let bytes = part.unwrap_or(bytes);
        for form in As::ALL {
            if kit::menu_item(ui, icons::BINARY, form.title(), "").clicked() {
                actions.push(if bytes.len() > MOST {
                    let most = size(MOST as u64);
                    Action::Complain(text!("More than {most}: save the bytes to a file, or choose fewer", most = most))
                } else {
                    Action::Copy(form.write(bytes))
                });
            }
        }
        more(ui, actions);
    });
    button
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Encoding, compose};

    #[test]
    fn each_form_is_what_its_reader_takes() {
        let bytes: Vec<u8> = (0..=255).collect();
        let typed = compose::escaped_bytes(&As::Escaped.write(&bytes), Encoding::Utf8);
        assert_eq!(typed.unwrap(), bytes, "the send box reads it back");
        assert_eq!(As::Hex.write(b"\xff\x0a"), "FF 0A");
        assert_eq!(As::Escaped.write(b"\x02T=1\\\x03\r\n\xff"), "\\x02T=1\\\\\\x03\\r\\n\\xff");
        assert_eq!(As::C.write(&[0; 13]).lines().count(), 4);
        assert_eq!(As::C.write(b"GE"), "unsigned char data[2] = {\n    0x47, 0x45,\n};\n");
        assert_eq!(As::Base64.write(b"GET"), "R0VU");
        assert_eq!(As::Base64.write(b"\xff"), "/w==");
        assert_eq!(As::Python.write(b"'\xff"), "b\"'\\xff\"");
        assert_eq!(As::Python.write(b"it's\n\xff\\"), "b\"it's\\n\\xff\\\\\"");
        assert_eq!(As::Python.write(b"'\""), "b'\\'\"'");
    }
}
