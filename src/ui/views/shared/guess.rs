//! Which encoding bytes look like, when they make no sense in the one that was chosen. A guess is offered, never taken.

use crate::model::Encoding;

/// Bytes that are looked at.
const LOOKED_AT: usize = 2 << 10;
/// Characters that any Chinese text has many of, in both scripts, and what machines say.
const COMMON: &str = "的一是不了在人有我他这這中大来來上国國个個到说說们們为為子和你地出道也时時年得就那要下以生会會自着去之过過家学學对對\
可她里裡后後小么麼心多天而能好都然没沒日于於起还還发發成事只作当當想看文无無开開手十用主行方又如前所本见見经經头頭面公同三已老\
从從动動两兩长長知民样樣现現分将將外但身些与與高意进進把法此实實回答二理美点點月明其种種声聲全工己话話儿者向情部正名定女问問力机機\
给給等几幾很业業最间間新什打便位因重被走电電四第门門相次东東政海口使教西再平真听聽世气氣信北少关關并內内加化由却代军軍产產入先山五\
太水万萬市眼体體别別处處总總才场場师師书書比住员員九性通目报報立命安表原车車白应應路期常提感金何更反合放做系计計或司利受光果界及今\
务務制解各任至清物台象记記边邊共接它许許八特直服題题建南度统統色字请請交让讓认認算百科元社术術结結六功指思非流每管连連远遠资資带帶\
快条條变變联聯言权權往展该該领領传傳近留红紅决決保达達办辦运運半必城步完区區即求品量空技程告语語式息写寫识識收钱錢未持取设設始版双雙\
温溫错錯误誤败敗败数數据據关闭閉启啟动状狀态態线線网網号號码碼值测測试試读讀您谢謝再见欢歡迎继續续收到";

/// The encoding, if there is a better one than `chosen`; `whole`: the bytes do not end within something.
pub(in crate::ui::views) fn encoding(bytes: &[u8], chosen: Encoding, whole: bool) -> Option<Encoding> {
    let part = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let whole = whole && part.len() == bytes.len();
    if part.is_ascii() && !part.contains(&0) {
        return None;
    }
    if let Some((text, 0)) = read(part, Encoding::Utf8, whole)
        && text.chars().filter(|char| !char.is_ascii()).count() > 1
        && !text.contains('\0')
    {
        return Some(Encoding::Utf8).filter(|found| *found != chosen);
    }
    if chosen != Encoding::Utf8 && chosen != Encoding::Latin1 && fits(part, chosen, whole) > 0 {
        return None;
    }
    let wide = wide(part);
    if wide.is_some() {
        return wide.filter(|found| *found != chosen);
    }
    let fitting =
        [Encoding::Gbk, Encoding::Big5, Encoding::ShiftJis].map(|encoding| (fits(part, encoding, whole), encoding));
    // Of equal ones the first.
    let best = fitting.into_iter().rev().max_by_key(|(fit, _)| *fit)?;
    Some(best.1).filter(|found| best.0 > 0 && *found != chosen)
}

/// The text, and how many of its bytes make no sense.
fn read(bytes: &[u8], encoding: Encoding, whole: bool) -> Option<(String, usize)> {
    let (mut text, mut wrong) = (String::new(), 0);
    let open = encoding.decode(bytes, &mut text, |_, bytes| wrong += bytes.len());
    if whole {
        wrong += open;
    }
    Some((text, wrong)).filter(|(text, _)| !text.is_empty())
}

/// How many of a hundred characters beyond ASCII are such as texts in this encoding have; 0 where it is no such text.
fn fits(bytes: &[u8], encoding: Encoding, whole: bool) -> usize {
    let Some((text, 0)) = read(bytes, encoding, whole) else { return 0 };
    if text.chars().any(|char| char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\x01'..='\x1f')) {
        return 0;
    }
    let (mut all, mut common) = (0, 0);
    for char in text.chars().filter(|char| !char.is_ascii()) {
        all += 1;
        let kana = encoding == Encoding::ShiftJis && matches!(char, '\u{3041}'..='\u{30fe}');
        if kana
            || matches!(char, '\u{3001}'..='\u{3011}' | '\u{ff01}'..='\u{ff1f}' | '℃' | '°')
            || COMMON.contains(char)
        {
            common += 1;
        }
    }
    // One character beside much else is chance.
    if all < 2 {
        return 0;
    }
    let share = common * 100 / all;
    if share < 25 { 0 } else { share }
}

/// Text of ASCII, with a zero in every second byte.
fn wide(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xff, 0xfe, _, _, ..] => return Some(Encoding::Utf16Le),
        [0xfe, 0xff, _, _, ..] => return Some(Encoding::Utf16Be),
        _ => {}
    }
    let pairs = bytes.len() / 2;
    let printed = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let count = |take: &dyn Fn(&[u8]) -> bool| bytes.chunks_exact(2).filter(|pair| take(pair)).count();
    let low = count(&|pair| matches!(pair, [char, 0] if printed(*char)));
    let high = count(&|pair| matches!(pair, [0, char] if printed(*char)));
    if pairs < 2 {
        None
    } else if low * 10 >= pairs * 7 {
        Some(Encoding::Utf16Le)
    } else if high * 10 >= pairs * 7 {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_known_by_their_bytes() {
        for (text, encoding) in [
            ("不要回答", Encoding::Gbk),
            ("你好", Encoding::Gbk),
            ("温度=21.5℃ 状态正常\r\n", Encoding::Gbk),
            ("溫度正常，請繼續傳送資料", Encoding::Big5),
            ("こんにちは、テストです", Encoding::ShiftJis),
            ("hello", Encoding::Utf16Le),
            ("hello", Encoding::Utf16Be),
        ] {
            let bytes = encoding.encode(text).unwrap();
            assert_eq!(super::encoding(&bytes, Encoding::Utf8, true), Some(encoding), "{text}");
            assert_eq!(super::encoding(&bytes, encoding, true), None, "{text} is read as it should be");
        }
        let utf8 = "不要回答".as_bytes();
        assert_eq!(encoding(utf8, Encoding::Gbk, true), Some(Encoding::Utf8));
        assert_eq!(encoding(utf8, Encoding::Latin1, true), Some(Encoding::Utf8));
        assert_eq!(encoding(utf8.get(..7).unwrap(), Encoding::Utf8, false), None);
    }

    #[test]
    fn what_is_no_text_is_like_no_encoding() {
        let modbus = b"\x01\x03\x00\x00\x00\x02\xc4\x0b";
        let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\x01\0H\0H\0\0";
        let random: Vec<u8> = (1..=400_u32).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
        for bytes in [&modbus[..], jpeg, &random, b"plain", b"", b"\xff", b"caf\xe9"] {
            for chosen in Encoding::ALL {
                assert_eq!(encoding(bytes, chosen, true), None, "{chosen} {bytes:02x?}");
            }
        }
    }
}
