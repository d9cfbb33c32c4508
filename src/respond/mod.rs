//! What a listener answers: responders over bytes in, bytes out.
//!
//! Owns the answers of every recipe. Must not know sockets or the runtime: the engine receives, asks, and sends.
//! To add one: a file with one type that implements [`Responder`], a variant of [`Recipe`], and a line in
//! [`Responders::next`].

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
mod upper;

use std::sync::Arc;

pub use responder::{Answer, Greeting, Responder};

use crate::model::{Encoding, Name, Recipe, Unencodable};

/// Makes a responder for every connection of a listener; texts are encoded and patterns compiled once.
#[derive(Debug)]
pub struct Responders {
    recipe: Recipe,
    prepared: Option<Prepared>,
}

/// What is encoded or compiled once for a listener, and shared by its connections.
#[derive(Debug)]
enum Prepared {
    Reply(reply::Reply),
    Dialog(Arc<dialog::Compiled>),
    Page(page::Page),
}

impl Responders {
    /// Makes ready what a recipe needs.
    ///
    /// # Errors
    /// In words, when a rule of a dialog cannot be used, or a text is not in the encoding.
    pub fn new(recipe: &Recipe, encoding: Encoding) -> Result<Self, String> {
        let missing = |error: Unencodable| error.to_string();
        let prepared = match recipe {
            Recipe::Reply { text } => Some(Prepared::Reply(reply::Reply::new(text, encoding).map_err(missing)?)),
            Recipe::Page(page) => Some(Prepared::Page(page::Page::new(page, encoding).map_err(missing)?)),
            Recipe::Dialog(dialog) => {
                let compiled = dialog::Compiled::new(dialog, encoding).map_err(|error| error.to_string())?;
                Some(Prepared::Dialog(Arc::new(compiled)))
            }
            _ => None,
        };
        Ok(Self { recipe: recipe.clone(), prepared })
    }

    /// The responder for one more peer. `None` where nobody answers by bytes: the user types, or HTTP speaks.
    #[must_use]
    pub fn next(&self, peer: &Name) -> Option<Box<dyn Responder>> {
        match &self.prepared {
            Some(Prepared::Reply(reply)) => return Some(Box::new(reply.clone())),
            Some(Prepared::Dialog(dialog)) => return Some(Box::new(dialog::Talk::new(Arc::clone(dialog)))),
            Some(Prepared::Page(page)) => return Some(Box::new(page.clone())),
            None => {}
        }
        match &self.recipe {
            Recipe::Echo => Some(Box::new(echo::Echo)),
            Recipe::Upper => Some(Box::new(upper::Upper)),
            Recipe::Discard => Some(Box::new(discard::Discard)),
            Recipe::Daytime => Some(Box::new(daytime::Daytime)),
            Recipe::SizedFile { folder } => Some(Box::new(sized_file::SizedFile::new(folder))),
            Recipe::Chat => Some(Box::new(chat::Chat::new(peer.to_string()))),
            Recipe::Chargen => Some(Box::new(chargen::Chargen::default())),
            // These are prepared: see above.
            Recipe::Nobody | Recipe::Http(_) | Recipe::Reply { .. } | Recipe::Dialog(_) | Recipe::Page(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::{Insert, RawPage};

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
        assert_eq!(ask(&Recipe::Echo, "abc"), (Answer::Message, "abc".into()));
        assert_eq!(ask(&Recipe::Upper, "abc 哈 é"), (Answer::Message, "ABC 哈 é".into()));
        assert_eq!(ask(&Recipe::Reply { text: "Yes".into() }, "x").0, Answer::Bytes(b"Yes".as_slice().into()));
        assert_eq!(ask(&Recipe::Discard, "x").0, Answer::Nothing);
        assert!(matches!(ask(&Recipe::Daytime, "x").0, Answer::Bytes(time) if time.ends_with(b"\r\n")));
        assert!(matches!(responder(&Recipe::Daytime).unwrap().greet(), Greeting::All(_)));
        assert_eq!(ask(&Recipe::Chat, "hi").0, Answer::Others(b"127.0.0.1:5000: hi\n".as_slice().into()));
        assert!(responder(&Recipe::Nobody).is_none());
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
        assert_eq!(answer(&Recipe::Reply { text: "你好".into() }, b"x".to_vec().as_mut()), b"\xc4\xe3\xba\xc3");
        assert_eq!(answer(&page("页"), b"GET / HTTP/1.0".to_vec().as_mut()), b"\xd2\xb3");
        assert!(answer(&page(""), b"GET /a HTTP/1.0".to_vec().as_mut()).starts_with(b"\xcd\xb7\xff\xd8"));
        for recipe in [Recipe::Reply { text: "é😀".into() }, page("😀")] {
            let words = Responders::new(&recipe, Encoding::Gbk).unwrap_err();
            assert!(words.contains("“😀” is not in GBK"), "{words}");
        }
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
