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
pub mod sample;
pub mod sized_file;
mod upper;

use std::{path::PathBuf, sync::Arc, time::Duration};

use crate::{
    model::{Encoding, Name, Recipe, Unencodable},
    words::Phrase,
};

/// What goes back to the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing.
    Nothing,
    /// The message itself, as the responder left it.
    Message,
    /// These bytes.
    Bytes(Arc<[u8]>),
    /// These bytes, if any, after a while; then perhaps the end.
    Timed {
        /// What is sent.
        bytes: Option<Arc<[u8]>>,
        /// From now until it is sent.
        delay: Duration,
        /// The connection is closed afterwards.
        ends: bool,
    },
    /// Two messages, one after the other.
    Pair {
        /// Sent first.
        head: Arc<[u8]>,
        /// Between the two.
        pause: Duration,
        /// Sent second.
        body: Arc<[u8]>,
    },
    /// A file, without loading it.
    File {
        /// Sent before it.
        head: Arc<[u8]>,
        /// Between the two.
        pause: Duration,
        /// Which file.
        path: PathBuf,
        /// So many bytes and no more were promised; all that is there without it.
        length: Option<u64>,
        /// The connection is closed afterwards.
        ends: bool,
    },
    /// These bytes, but to all other connections of the listener.
    Others(Arc<[u8]>),
}

impl Answer {
    /// True when the dialog is over once this has been sent.
    #[must_use]
    pub fn ends(&self) -> bool {
        matches!(self, Self::Timed { ends: true, .. } | Self::File { ends: true, .. })
    }
}

/// What is said before the peer has said anything, on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Greeting {
    /// Nothing.
    Nothing,
    /// This, and the dialog goes on.
    Begin(Arc<[u8]>),
    /// This, and the dialog is over.
    All(Arc<[u8]>),
    /// What [`Responder::flow`] makes, until the peer closes; what it sends is thrown away.
    Endless,
}

/// One side of a dialog, one per connection or datagram peer.
pub trait Responder: Send + Sync {
    /// Asked once, at the start of a stream.
    fn greet(&mut self) -> Greeting {
        Greeting::Nothing
    }

    /// Appends the next bytes of [`Greeting::Endless`].
    fn flow(&mut self, _: &mut Vec<u8>) {}

    /// Answers what one `recv` or `recvfrom` brought; may change it in place. Never empty.
    fn answer(&mut self, message: &mut [u8]) -> Answer;

    /// True when answering may take longer than a blink, because it looks at files or searches much text.
    fn is_slow(&self) -> bool {
        false
    }
}

/// Makes a responder for every connection of a listener; texts are encoded and patterns compiled once.
#[derive(Debug)]
pub struct Responders {
    recipe: Recipe,
    written: Option<Written>,
}

/// What a person wrote, ready to be sent.
#[derive(Debug)]
enum Written {
    Reply(reply::Reply),
    Dialog(Arc<dialog::Compiled>),
    Page(page::Page),
}

/// Why a recipe cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub enum RecipeError {
    /// A text is not in the encoding of the listener.
    Unencodable(#[from] Unencodable),
    /// A dialog, or one of its rules.
    Dialog(#[from] dialog::DialogError),
}

impl RecipeError {
    /// What is wrong, as a text that is still to be worded.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Unencodable(error) => error.phrase(),
            Self::Dialog(error) => error.phrase(),
        }
    }
}

impl Responders {
    /// Makes ready what a recipe needs.
    ///
    /// # Errors
    /// When a rule of a dialog cannot be used, or a text is not in the encoding.
    pub fn new(recipe: &Recipe, encoding: Encoding) -> Result<Self, RecipeError> {
        let written = match recipe {
            Recipe::Reply { text } => Some(Written::Reply(reply::Reply::new(text, encoding)?)),
            Recipe::Page(page) => Some(Written::Page(page::Page::new(page, encoding)?)),
            Recipe::Dialog(dialog) => {
                let compiled = dialog::Compiled::new(dialog, encoding)?;
                Some(Written::Dialog(Arc::new(compiled)))
            }
            _ => None,
        };
        Ok(Self { recipe: recipe.clone(), written })
    }

    /// The responder for one more peer. `None` where nobody answers by bytes: the user types, or HTTP speaks.
    #[must_use]
    pub fn next(&self, peer: &Name) -> Option<Box<dyn Responder>> {
        match &self.written {
            Some(Written::Reply(reply)) => return Some(Box::new(reply.clone())),
            Some(Written::Dialog(dialog)) => return Some(Box::new(dialog::Talk::new(Arc::clone(dialog)))),
            Some(Written::Page(page)) => return Some(Box::new(page.clone())),
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
            // What is written was answered for above.
            Recipe::Nobody | Recipe::Http(_) | Recipe::Reply { .. } | Recipe::Dialog(_) | Recipe::Page(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
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
            let words = Responders::new(&recipe, Encoding::Gbk).unwrap_err().to_string();
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
