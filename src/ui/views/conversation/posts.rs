//! What visitors brought to a site and what was said there, as messages: handed in by the caller, not read from the journal,
//! where they stand in pieces between heads and bodies.

use std::collections::{BTreeSet, VecDeque};

use egui::{Frame, Margin, Panel, RichText, Ui};

use super::{
    message::{Body, File, Message, Saved},
    timeline::Timeline,
};
use crate::{
    journal::{Objects, Seq},
    model::{ConnectionId, Direction, ObjectId, SaidPicture, TransferId},
    ui::{
        theme::{self, Palette, SPACE_SMALL},
        views::shared::moving::{self, Moving},
    },
    words::{counted, text},
};

/// Files on their way that are shown above the messages; of more the number.
const MOVING: usize = 3;

/// Something that was brought or said.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    /// Counts up from 1.
    pub number: u64,
    /// Which of the peers it is from; none of them for what was said on this PC.
    pub from: ConnectionId,
    /// When, in nanoseconds since 1970.
    pub nanos: u64,
    /// The record that it came with; 0 for what was said on this PC.
    pub record: Seq,
    /// What it is.
    pub content: PostContent,
}

/// What a post is.
#[derive(Clone, Debug, PartialEq)]
pub enum PostContent {
    /// A text.
    Text(String),
    /// A picture on the board.
    Picture(SaidPicture),
    /// A file that was saved on this PC.
    File {
        /// Its own name, on one line.
        name: String,
        /// Its bytes.
        length: u64,
        /// Where it is, for whoever shows its folder.
        transfer: TransferId,
        /// The picture that it is.
        picture: Option<ObjectId>,
    },
}

impl PostContent {
    fn picture(&self) -> Option<ObjectId> {
        match self {
            Self::Text(_) => None,
            Self::Picture(picture) => picture.object,
            Self::File { picture, .. } => *picture,
        }
    }
}

/// What is there to show.
#[derive(Clone, Copy, Debug)]
pub struct Posts<'a> {
    /// Oldest first.
    pub held: &'a VecDeque<Post>,
    /// How many there were, with those that are not held any more.
    pub all: u64,
    /// What is on its way.
    pub moving: &'a [Moving],
}

impl Posts<'_> {
    /// The text of one; `None` for what is no text, or not held any more.
    pub(super) fn text(&self, number: u64) -> Option<&str> {
        let at = self.held.binary_search_by_key(&number, |post| post.number).ok()?;
        match &self.held.get(at)?.content {
            PostContent::Text(text) => Some(text),
            PostContent::Picture(_) | PostContent::File { .. } => None,
        }
    }

    /// Whether there is a picture among them.
    pub(super) fn have_pictures(&self) -> bool {
        self.held.iter().any(|post| post.content.picture().is_some())
    }

    /// The numbers of the first and the last one.
    pub(super) fn ends(&self) -> (u64, u64) {
        let number = |post: Option<&Post>| post.map_or(0, |post| post.number);
        (number(self.held.front()), number(self.held.back()))
    }
}

/// The files on their way, above the messages.
pub(super) fn strip(ui: &mut Ui, moving: &[Moving]) {
    if moving.is_empty() {
        return;
    }
    let frame = Frame::new().fill(Palette::of(ui).panel).inner_margin(Margin::symmetric(12, 6));
    Panel::top(ui.scope_id().with("on its way")).resizable(false).frame(frame).show(ui, |ui| {
        moving::rows(ui, moving.iter().take(MOVING));
        if moving.len() > MOVING {
            ui.add_space(SPACE_SMALL);
            let words = counted!("{n} more on their way", n = (moving.len() - MOVING) as u64);
            ui.label(RichText::new(words).font(theme::label()).color(Palette::of(ui).muted));
        }
    });
}

/// Puts those after number `after` behind what is there; those of the peers in `only` alone, where there are some.
pub(super) fn fill(
    timeline: &mut Timeline,
    posts: Posts<'_>,
    (only, after): (&BTreeSet<ConnectionId>, u64),
    objects: &Objects,
) {
    let from = posts.held.partition_point(|post| post.number <= after);
    for post in posts.held.range(from..) {
        // What this PC says is for all, so it is part of what was talked with each.
        if only.is_empty() || !post.from.is_some() || only.contains(&post.from) {
            timeline.put(post.from, message(post, objects));
        }
    }
}

fn message(post: &Post, objects: &Objects) -> Message {
    let direction = if post.from.is_some() { Direction::Inbound } else { Direction::Outbound };
    let stored = post.content.picture().and_then(|id| objects.get(id));
    let mut saved = None;
    let (body, length) = match (&post.content, stored) {
        (PostContent::Text(text), _) => (Body::Bytes, text.len() as u64),
        (PostContent::Picture(picture), Some(object)) => (Body::Picture(object), picture.length),
        (PostContent::Picture(picture), None) => {
            let name = text!("Picture").to_owned();
            let file = File { name, total: picture.length, over: true, ..File::default() };
            (Body::File(Box::new(file)), picture.length)
        }
        (PostContent::File { name, length, transfer, .. }, stored) => {
            saved = Some(Box::new(Saved { name: name.clone(), transfer: *transfer }));
            let body = match stored {
                Some(object) => Body::Picture(object),
                None => Body::File(Box::new(File {
                    transfer: *transfer,
                    name: name.clone(),
                    total: *length,
                    over: true,
                    picture: None,
                })),
            };
            (body, *length)
        }
    };
    let mut message = Message::new(post.record, post.nanos, direction, 0, body);
    (message.at, message.calls, message.saved) = (post.number, 0, saved);
    match &post.content {
        PostContent::Text(text) => message.take(text.as_bytes(), length, false),
        PostContent::Picture(_) | PostContent::File { .. } => message.bytes = length,
    }
    message
}
