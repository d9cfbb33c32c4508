//! A message as a screen reader says it: what a person who sees the bubble reads in it and below it.

use std::fmt;

use super::{
    card,
    message::{Body, Message},
    scene::{Scene, Who},
};
use crate::{
    model::Direction,
    ui::views::shared::{thumbnail, wording},
    words::{clock, exact_size, grouped, text},
};

/// Characters of a text that are said.
const SAID: usize = 300;
/// Bytes that are said where there is no text.
const BYTES: usize = 16;

/// Put into words only when somebody listens.
pub(super) struct Spoken<'a> {
    pub(super) message: &'a Message,
    pub(super) scene: &'a Scene<'a>,
}

impl Spoken<'_> {
    fn peer(&self) -> String {
        match self.scene.who {
            Some(Who { others: 0, name, .. }) => name.clone(),
            Some(Who { others, .. }) => text!("{n} peers", n = grouped(*others as u64 + 1)),
            None if self.scene.posts.is_some() => text!("all visitors").to_owned(),
            None => match self.scene.connection.map(|connection| &connection.identity().names.peer) {
                Some(name) if !name.is_unnamed() => name.to_string(),
                _ => text!("the peer").to_owned(),
            },
        }
    }

    fn what(&self) -> String {
        let Self { message, scene } = self;
        if scene.is_card(message) {
            return card::name(message);
        }
        if let Some(saved) = &message.saved {
            return saved.name.clone();
        }
        match &message.body {
            Body::Picture(object) => object.content.picture.as_ref().map(thumbnail::kind).unwrap_or_default(),
            Body::Echo(_) => text!("the same picture, echoed").to_owned(),
            Body::Bytes | Body::File(_) if message.bytes == 0 => text!("empty").to_owned(),
            Body::Bytes | Body::File(_) => match message.text(scene.reader) {
                Some(text) => cut(text.spoken().trim_end(), SAID),
                None => cut(&wording::hex(message.head().get(..BYTES).unwrap_or(message.head())), SAID),
            },
        }
    }
}

fn cut(words: &str, most: usize) -> String {
    let mut said: String = words.chars().take(most).collect();
    if said.len() < words.len() {
        said.push('…');
    }
    said
}

impl fmt::Display for Spoken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (peer, what) = (self.peer(), self.what());
        let (time, size) = (clock(self.message.start), exact_size(self.message.bytes));
        f.write_str(&match self.message.direction {
            Direction::Inbound => {
                text!(
                    "received from {peer} at {time}: {what}, {size}",
                    peer = peer,
                    time = time,
                    what = what,
                    size = size
                )
            }
            Direction::Outbound => {
                text!("sent to {peer} at {time}: {what}, {size}", peer = peer, time = time, what = what, size = size)
            }
        })
    }
}
