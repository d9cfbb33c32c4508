//! What a listener answers: responders over bytes in, bytes out.
//!
//! Owns the answers of every recipe. Must not know sockets or the runtime: the engine receives, asks, and sends.
//! To add one that needs nothing set: its file with one type that implements [`Responder`], its row in [`RESPONDERS`], and
//! the Chinese of its words. The command line, the form, the inspector and session files read the table.

mod chargen;
mod chat;
mod daytime;
pub mod dialog;
mod discard;
mod echo;
mod page;
mod reply;
mod responder;
pub mod sample;
pub mod sized_file;
mod table;
mod upper;

pub use responder::{Answer, Greeting, Responder};
pub use table::{Info, Needs, RESPONDERS, Responders, Unusable, info};

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::{
        Encoding, Insert, Name, RawPage, Recipe,
        compose::{Checksum, Options},
    };

    fn responder(recipe: &Recipe) -> Option<Box<dyn Responder>> {
        Responders::new(recipe, Encoding::Utf8).unwrap().next(&Name::parse("127.0.0.1:5000"))
    }

    fn ask(recipe: &Recipe, message: &str) -> (Answer, String) {
        let mut bytes = message.as_bytes().to_vec();
        let answer = responder(recipe).unwrap().answer(&mut bytes);
        (answer, String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn each_recipe_answers_as_it_says() {
        assert_eq!(ask(&Recipe::ECHO, "abc"), (Answer::Message, "abc".into()));
        assert_eq!(ask(&Recipe::UPPER, "abc 哈 é"), (Answer::Message, "ABC 哈 é".into()));
        assert_eq!(ask(&Recipe::reply("Yes"), "x").0, Answer::Bytes(b"Yes".as_slice().into()));
        assert_eq!(ask(&Recipe::DISCARD, "x").0, Answer::Nothing);
        assert!(matches!(ask(&Recipe::DAYTIME, "x").0, Answer::Bytes(time) if time.ends_with(b"\r\n")));
        assert!(matches!(responder(&Recipe::DAYTIME).unwrap().greet(), Greeting::All(_)));
        assert_eq!(ask(&Recipe::CHAT, "hi").0, Answer::Others(b"127.0.0.1:5000: hi\n".as_slice().into()));
        assert!(responder(&Recipe::Nobody).is_none());
    }

    #[test]
    fn the_table_makes_each_recipe_and_names_it() {
        let mut ids: Vec<_> = RESPONDERS.iter().map(|info| info.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RESPONDERS.len(), "an id stands once");
        for info in RESPONDERS.iter().filter(|info| info.needs == Needs::Nothing) {
            let recipe = info.recipe().unwrap();
            assert_eq!(super::info(&recipe).map(|info| info.id), Some(info.id));
            assert!(responder(&recipe).is_some(), "{}", info.id);
        }
        let unknown = Recipe::Plain(crate::model::Plain::new("nonsense"));
        assert!(matches!(Responders::new(&unknown, Encoding::Utf8), Err(Unusable::Unknown(_))));
    }

    #[test]
    fn what_is_written_is_sent_in_its_encoding_or_refused() {
        let insert = Insert { path: "/a".into(), head: "头".into(), file: PathBuf::new() };
        let page = |text: &str| Recipe::Page(RawPage { text: text.into(), insert: Some(insert.clone()) });
        let answer = |recipe: &Recipe, message: &mut [u8]| {
            let mut responder = Responders::new(recipe, Encoding::Gbk).unwrap().next(&Name::parse("x")).unwrap();
            match responder.answer(message) {
                Answer::Bytes(bytes) | Answer::Timed { bytes: Some(bytes), .. } => bytes.to_vec(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(answer(&Recipe::reply("你好"), b"x".to_vec().as_mut()), b"\xc4\xe3\xba\xc3");
        assert_eq!(answer(&page("页"), b"GET / HTTP/1.0".to_vec().as_mut()), b"\xd2\xb3");
        assert!(answer(&page(""), b"GET /a HTTP/1.0".to_vec().as_mut()).starts_with(b"\xcd\xb7\xff\xd8"));
        for recipe in [Recipe::reply("é😀"), page("😀")] {
            let words = Responders::new(&recipe, Encoding::Gbk).unwrap_err().to_string();
            assert!(words.contains("“😀” is not in GBK"), "{words}");
        }
    }

    #[test]
    fn a_reply_is_typed_as_what_is_sent_is() {
        let typed = |text: &str| Recipe::Reply {
            text: text.to_owned(),
            options: Options { escapes: true, fields: true, checksum: Checksum::Xor8, ..Options::default() },
        };
        let peer = Name::parse("127.0.0.1:5000");
        let responders = Responders::new(&typed(r"\xff{counter}\n"), Encoding::Utf8).unwrap();
        let mut one = responders.next(&peer).unwrap();
        let ask = |responder: &mut Box<dyn Responder>| responder.answer(b"x".to_vec().as_mut());
        assert_eq!(ask(&mut one), Answer::Bytes([0xff, b'1', b'\n', 0xff ^ b'1' ^ b'\n'].as_slice().into()));
        assert_eq!(ask(&mut one), Answer::Bytes([0xff, b'2', b'\n', 0xff ^ b'2' ^ b'\n'].as_slice().into()));
        let mut other = responders.next(&peer).unwrap();
        assert!(matches!(ask(&mut other), Answer::Bytes(bytes) if bytes[1] == b'1'), "each peer is counted for itself");
        assert_eq!(
            super::tests::ask(&Recipe::reply(r"\xff{counter}"), "x").0,
            Answer::Bytes(br"\xff{counter}"[..].into())
        );
        let wrong = Responders::new(&typed("ok {time:nonsense}"), Encoding::Utf8).unwrap_err();
        assert!(matches!(wrong, Unusable::Typed(_)) && wrong.to_string().contains("column 4"), "{wrong}");
    }

    #[test]
    fn a_page_answers_one_path_with_its_file() {
        let insert = Insert { path: "/a".into(), head: "h".into(), file: "f".into() };
        let page = Recipe::Page(RawPage { text: "t".into(), insert: Some(insert) });
        assert!(matches!(ask(&page, "GET /a HTTP/1.1\r\n\r\n").0, Answer::File { ends: true, .. }));
        for other in ["GET / HTTP/1.1\r\n\r\n", "", "x", "GET /ab HTTP/1.1"] {
            let answer = ask(&page, other).0;
            assert!(answer.ends() && matches!(answer, Answer::Timed { .. }), "{other}");
        }
    }
}
