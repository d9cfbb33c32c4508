//! What a listener answers: responders over bytes in, bytes out.
//!
//! Owns the answers of every recipe. Must not know sockets or the runtime: the engine receives, asks, and sends.
//! To add one: a file with one type that implements [`Responder`], a variant of [`Recipe`], and a line in [`responder`].

mod daytime;
mod discard;
mod echo;
pub mod labs;
mod reply;
mod upper;

use std::sync::Arc;

use crate::model::Recipe;

/// What goes back to the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing.
    Nothing,
    /// The message itself, as the responder left it.
    Message,
    /// These bytes.
    Bytes(Arc<[u8]>),
}

/// One side of a dialog, one per connection or datagram peer.
pub trait Responder: Send + Sync {
    /// What is said before the peer has said anything, on a stream; `Some` ends the dialog after it.
    fn greet(&mut self) -> Option<Arc<[u8]>> {
        None
    }

    /// Answers what one `recv` or `recvfrom` brought; may change it in place. Never empty.
    fn answer(&mut self, message: &mut [u8]) -> Answer;
}

/// The responder of a recipe. `None` where nobody answers by bytes: the user types, or HTTP speaks.
#[must_use]
pub fn responder(recipe: &Recipe) -> Option<Box<dyn Responder>> {
    match recipe {
        Recipe::Echo => Some(Box::new(echo::Echo)),
        Recipe::Upper => Some(Box::new(upper::Upper)),
        Recipe::Reply { text } => Some(Box::new(reply::Reply::new(text))),
        Recipe::Discard => Some(Box::new(discard::Discard)),
        Recipe::Daytime => Some(Box::new(daytime::Daytime)),
        Recipe::Nobody | Recipe::Http(_) => None,
        Recipe::Dialog(_) | Recipe::Page(_) | Recipe::SizedFile { .. } | Recipe::Chat | Recipe::Chargen => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(responder(&Recipe::Daytime).unwrap().greet().is_some());
        assert!(responder(&Recipe::Nobody).is_none());
    }
}
