//! The bundled Chinese font: packed in the program, unpacked when the first of its characters is to be shown.

use std::{io::Read, sync::LazyLock};

use brotli_decompressor::Decompressor;
use egui::{
    FontData, FontTweak,
    epaint::text::{FallbackRequest, FontInsert, FontProvider},
};
use encoding_rs::GBK;

/// Noto's row is not centred on its characters, hence the offset (see `fonts.rs`).
static NOTO: LazyLock<FontData> = LazyLock::new(|| {
    let packed = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/fonts/NotoSansSC-Regular.otf.br"));
    let mut font = Vec::new();
    // A font that is not whole is refused by egui; the tests show that it is.
    let _ = Decompressor::new(packed.as_slice(), 1 << 16).read_to_end(&mut font);
    FontData::from_owned(font).tweak(FontTweak { y_offset_factor: -0.055, ..FontTweak::default() })
});

/// Gives the font for what it has, to every family; asked before the system's fonts, which may draw Japanese forms.
pub(super) struct Chinese;

impl FontProvider for Chinese {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let has = request.cluster.chars().next().is_some_and(has);
        has.then(|| FontInsert { name: "cjk".to_owned(), data: NOTO.clone(), families: Vec::new() })
    }
}

/// The characters that `assets/README.md` puts into the font: GB 2312, and the signs that go with them.
fn has(char: char) -> bool {
    match char {
        '\u{2460}'..='\u{249b}'
        | '\u{3000}'..='\u{30ff}'
        | '\u{3105}'..='\u{3129}'
        | '\u{ff01}'..='\u{ff5e}'
        | '\u{ffe0}'..='\u{ffe6}' => true,
        '\u{4e00}'..='\u{9fa5}' => {
            let mut bytes = [0; 4];
            let (code, ..) = GBK.encode(char.encode_utf8(&mut bytes));
            matches!(*code, [0xb0..=0xf7, 0xa1..=0xfe])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_is_whole_and_asked_for_its_own_characters_only() {
        assert_eq!(NOTO.bytes().get(..4), Some(b"OTTO".as_slice()));
        assert_eq!(NOTO.bytes().len(), 1_548_800);
        assert!(['中', '齄', '。', '①', 'あ', '！'].into_iter().all(has));
        // Traditional, Korean, Greek, Latin.
        assert!(!['龘', '漢', '한', 'Ω', 'é', 'a'].into_iter().any(has));
    }
}
