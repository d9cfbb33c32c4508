//! What came to an HTTP listener and what was said there, and who it is from. Held within a bound: the oldest goes.

use std::collections::VecDeque;

use crate::{
    journal::{Connection, Seq},
    model::{ConnectionId, Name, SessionId},
    ui::views::{
        conversation::{Post, PostContent},
        shared::peers::Peers,
    },
    words::text,
};

/// As many as a board has for its visitors.
pub(in crate::app) const POSTS: usize = 500;
/// Bytes of their texts.
pub(in crate::app) const TEXT: usize = 8 << 20;

/// All of it, oldest first.
#[derive(Debug, Default)]
pub(in crate::app) struct Board {
    posts: VecDeque<Post>,
    text: usize,
    all: u64,
    voices: Vec<Voice>,
    /// How many have spoken so far: each has a colour of its own.
    came: usize,
    changes: u64,
}

/// One who has brought something that is still held: an address, empty where the peer has none, and a name where one was
/// given.
#[derive(Debug)]
struct Voice {
    /// A visitor comes over many connections, so it is known to the conversation under a number that no connection gets.
    id: ConnectionId,
    address: String,
    name: String,
    place: usize,
    posts: usize,
    /// The number of its newest post.
    last: u64,
}

impl Voice {
    /// A name is what somebody claims; the address is what the system knows.
    fn shown(&self) -> String {
        match (self.name.as_str(), self.address.as_str()) {
            ("", "") => text!("a visitor").to_owned(),
            ("", address) => address.to_owned(),
            (name, "") => name.to_owned(),
            (name, address) => format!("{name} ({address})"),
        }
    }
}

impl Board {
    /// Takes something in; `from` is address and name of a visitor, nobody for what was said on this PC.
    pub(in crate::app) fn add(
        &mut self,
        from: Option<(String, String)>,
        (nanos, record): (u64, Seq),
        content: PostContent,
    ) {
        let from = from.map_or(ConnectionId::NONE, |(address, name)| self.voice(address, name));
        self.all += 1;
        self.text += text_of(&content);
        self.posts.push_back(Post { number: self.all, from, nanos, record, content });
        while self.posts.len() > POSTS || self.text > TEXT && self.posts.len() > 1 {
            self.evict();
        }
    }

    fn evict(&mut self) {
        let Some(oldest) = self.posts.pop_front() else { return };
        self.text -= text_of(&oldest.content);
        if let Some(at) = self.voices.iter().position(|voice| voice.id == oldest.from)
            && let Some(voice) = self.voices.get_mut(at)
        {
            voice.posts -= 1;
            if voice.posts == 0 {
                self.voices.remove(at);
                self.changes += 1;
            }
        }
    }

    /// The number of who speaks.
    fn voice(&mut self, address: String, name: String) -> ConnectionId {
        if let Some(known) = self.voices.iter_mut().find(|voice| voice.address == address && voice.name == name) {
            (known.posts, known.last) = (known.posts + 1, self.all + 1);
            return known.id;
        }
        let place = self.came;
        let id = ConnectionId(u32::MAX.saturating_sub(u32::try_from(place).unwrap_or(u32::MAX)));
        (self.came, self.changes) = (self.came + 1, self.changes + 1);
        self.voices.push(Voice { id, address, name, place, posts: 1, last: self.all + 1 });
        id
    }

    /// What is held.
    pub(in crate::app) fn posts(&self) -> &VecDeque<Post> {
        &self.posts
    }

    /// How much there was, with what is not held any more.
    pub(in crate::app) fn all(&self) -> u64 {
        self.all
    }

    /// Nothing has come or was said.
    pub(in crate::app) fn is_empty(&self) -> bool {
        self.posts.is_empty()
    }

    /// Whether something of that one is still held.
    pub(in crate::app) fn knows(&self, voice: ConnectionId) -> bool {
        self.voices.iter().any(|known| known.id == voice)
    }

    /// The name that somebody at an address gave last; `None` where nobody gave one.
    pub(in crate::app) fn name_of(&self, address: &str) -> Option<&str> {
        let named = self.voices.iter().filter(|voice| voice.address == address && !voice.name.is_empty());
        named.max_by_key(|voice| voice.last).map(|voice| voice.name.as_str())
    }
}

fn text_of(content: &PostContent) -> usize {
    if let PostContent::Text(text) = content { text.len() } else { 0 }
}

/// Where a visitor is: the address without the port, which is another one for each connection; `None` for what has none.
pub(in crate::app) fn address_of(peer: &Name) -> Option<std::net::IpAddr> {
    peer.inet().map(|peer| peer.ip().to_canonical())
}

/// Who has brought something to a site.
#[derive(Clone, Copy)]
pub(in crate::app) struct Visitors<'a> {
    pub(in crate::app) session: SessionId,
    pub(in crate::app) board: &'a Board,
}

impl Visitors<'_> {
    fn voice(&self, id: ConnectionId) -> Option<&Voice> {
        self.board.voices.iter().find(|voice| voice.id == id)
    }
}

impl Peers for Visitors<'_> {
    fn session(&self) -> SessionId {
        self.session
    }

    fn live(&self) -> usize {
        self.board.voices.len()
    }

    fn changes(&self) -> u64 {
        self.board.changes
    }

    /// What somebody brought stays in view when the connection that brought it is gone.
    fn connection(&self, _: ConnectionId) -> Option<&Connection> {
        None
    }

    fn name(&self, peer: ConnectionId) -> Option<String> {
        self.voice(peer).map(Voice::shown)
    }

    fn place(&self, peer: ConnectionId) -> usize {
        self.voice(peer).map_or(0, |voice| voice.place)
    }

    fn each(&self, take: &mut dyn FnMut(ConnectionId, bool) -> bool) {
        for voice in &self.board.voices {
            if !take(voice.id, true) {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(board: &mut Board, from: Option<(&str, &str)>, words: &str) {
        let from = from.map(|(address, name)| (address.to_owned(), name.to_owned()));
        board.add(from, (1, 0), PostContent::Text(words.to_owned()));
    }

    fn voices(board: &Board) -> Vec<(String, usize)> {
        let peers = Visitors { session: SessionId(1), board };
        let mut all = Vec::new();
        peers.each(&mut |id, _| {
            all.push((peers.name(id).unwrap(), peers.place(id)));
            true
        });
        all
    }

    #[test]
    fn an_address_and_a_name_are_one_voice_and_a_name_alone_is_none() {
        let mut board = Board::default();
        for (address, name) in [("10.0.0.2", "Anna"), ("10.0.0.3", "Anna"), ("10.0.0.2", ""), ("10.0.0.2", "Anna")] {
            said(&mut board, Some((address, name)), "hi");
        }
        said(&mut board, None, "all");
        let shown = [("Anna (10.0.0.2)", 0), ("Anna (10.0.0.3)", 1), ("10.0.0.2", 2)];
        assert_eq!(voices(&board), shown.map(|(name, place)| (name.to_owned(), place)));
        let mut unnamed = Board::default();
        said(&mut unnamed, Some(("", "")), "over a path");
        said(&mut unnamed, Some(("", "Eve")), "over a path");
        assert_eq!(voices(&unnamed), [("a visitor".to_owned(), 0), ("Eve".to_owned(), 1)]);
        assert_eq!(board.posts().back().map(|post| post.from), Some(ConnectionId::NONE));
        assert_eq!((board.name_of("10.0.0.2"), board.name_of("10.0.0.9")), (Some("Anna"), None));
        said(&mut board, Some(("10.0.0.2", "Bob")), "hi");
        assert_eq!(board.name_of("10.0.0.2"), Some("Bob"));
        said(&mut board, Some(("10.0.0.2", "Anna")), "hi");
        assert_eq!(board.name_of("10.0.0.2"), Some("Anna"), "the name that was given last");
    }

    #[test]
    fn messages_and_bytes_are_bounded_and_who_has_none_left_is_forgotten() {
        let mut board = Board::default();
        said(&mut board, Some(("10.0.0.2", "")), "first");
        for number in 0..POSTS + 4 {
            said(&mut board, Some(("10.0.0.3", "")), &number.to_string());
        }
        assert_eq!((board.posts().len(), board.all()), (POSTS, POSTS as u64 + 5));
        assert_eq!(board.posts().front().map(|post| post.number), Some(6));
        assert_eq!(voices(&board), [("10.0.0.3".to_owned(), 1)], "with the colour that it had");
        for _ in 0..3 {
            said(&mut board, None, &"x".repeat(TEXT / 2));
        }
        assert_eq!(board.posts().len(), 2, "their bytes count as well");
        said(&mut board, None, &"x".repeat(TEXT + 1));
        assert_eq!(board.posts().len(), 1, "the newest is there, however long it is");
    }
}
