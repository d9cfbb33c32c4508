//! What kind of file bytes begin, where its first bytes say so.

use crate::words::text;

/// In a word or two; `None` for what is not known.
pub(in crate::ui::views) fn of(head: &[u8]) -> Option<&'static str> {
    Some(match head {
        [b'P', b'K', 3 | 5, ..] => text!("ZIP archive"),
        [0x1f, 0x8b, 8, ..] => text!("gzip file"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => text!("xz file"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => text!("Zstandard file"),
        [b'7', b'z', 0xbc, 0xaf, ..] => text!("7-Zip archive"),
        [b'R', b'a', b'r', b'!', ..] => text!("RAR archive"),
        [b'%', b'P', b'D', b'F', b'-', ..] => text!("PDF document"),
        [0x7f, b'E', b'L', b'F', ..] | [b'M', b'Z', ..] => text!("Program"),
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => text!("SQLite database"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] | [0x1a, 0x45, 0xdf, 0xa3, ..] => text!("Video"),
        [b'O', b'g', b'g', b'S', ..]
        | [b'I', b'D', b'3', ..]
        | [b'f', b'L', b'a', b'C', ..]
        | [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => text!("Audio"),
        head if head.get(257..262) == Some(b"ustar") => text!("tar archive"),
        _ => return None,
    })
}
