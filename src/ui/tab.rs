//! The views of the centre: one entry each in one table. The row of tabs, the commands and the palette are made from it.

use serde::{Deserialize, Serialize};

use super::icons;
use crate::words::text;

/// The views of the centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Tab {
    /// Messages of one connection, with the send box.
    #[default]
    Conversation,
    /// Every record.
    Journal,
    /// Calls of one connection and what they cause on the wire.
    Ladder,
    /// The bytes of one connection as its calls cut them, and cut anew.
    Stream,
    /// Every picture that went by.
    Pictures,
    /// What an HTTP client got, or what an HTTP listener shows.
    Http,
    /// Who can reach an HTTP listener, what its visitors may do, and what they asked for.
    Site,
}

/// What is selected, as far as it decides which views there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// A connection is chosen, live or ended.
    pub connection: bool,
    /// The chosen session came to nothing, of which there is a ladder all the same.
    pub failed: bool,
    /// There is something to see as HTTP.
    pub http: bool,
    /// An HTTP listener is selected that runs.
    pub site: Option<Visitors>,
}

/// What the visitors of an HTTP listener may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitors {
    /// Write or bring files, or they did so before.
    Speak,
    /// Only look: there is no conversation.
    Look,
}

/// What a view says of itself.
#[derive(Clone, Copy, Debug)]
pub struct TabEntry {
    /// On its tab.
    pub title: &'static str,
    /// On its tab and in the palette.
    pub icon: &'static str,
    /// Its command in the palette.
    pub command: &'static str,
    /// What is seen there, beside the command.
    pub tooltip: &'static str,
    /// Whether there is such a view of what is selected.
    pub fits: fn(Shown) -> bool,
    /// Whether the facts of what is selected stand beside it.
    pub inspector: bool,
}

impl Tab {
    /// Every view, in the order of the tabs.
    pub const ALL: [Self; 7] =
        [Self::Conversation, Self::Site, Self::Journal, Self::Ladder, Self::Stream, Self::Pictures, Self::Http];

    /// The view's row of the table.
    #[must_use]
    pub fn entry(self) -> TabEntry {
        match self {
            Self::Conversation => TabEntry {
                title: text!("Conversation"),
                icon: icons::CHAT_TEXT,
                command: text!("Show the conversation"),
                tooltip: text!("Messages of one connection, of all peers, or of the visitors of a site"),
                fits: |shown| shown.site != Some(Visitors::Look),
                inspector: true,
            },
            Self::Journal => TabEntry {
                title: text!("Journal"),
                icon: icons::ROWS,
                command: text!("Show the journal"),
                tooltip: text!("Every record"),
                fits: |_| true,
                inspector: false,
            },
            Self::Ladder => TabEntry {
                title: text!("Ladder"),
                icon: icons::ARROWS_LEFT_RIGHT,
                command: text!("Show the ladder"),
                tooltip: text!("Calls and what they cause"),
                fits: |shown| shown.connection || shown.failed,
                inspector: true,
            },
            Self::Stream => TabEntry {
                title: text!("Stream"),
                icon: icons::BINARY,
                command: text!("Show the stream"),
                tooltip: text!("The same bytes, cut anew"),
                fits: |shown| shown.connection,
                inspector: false,
            },
            Self::Pictures => TabEntry {
                title: text!("Pictures"),
                icon: icons::IMAGES,
                command: text!("Show the pictures"),
                tooltip: text!("Every picture that went by"),
                fits: |_| true,
                inspector: false,
            },
            Self::Http => TabEntry {
                title: text!("HTTP"),
                icon: icons::GLOBE,
                command: text!("Show the HTTP answer"),
                tooltip: text!("What was asked, and what came"),
                fits: |shown| shown.http,
                inspector: false,
            },
            Self::Site => TabEntry {
                title: text!("Site"),
                icon: icons::BROADCAST,
                command: text!("Show the site"),
                tooltip: text!("Its address, what visitors may do, and what they asked for"),
                fits: |shown| shown.site.is_some(),
                inspector: true,
            },
        }
    }

    /// The view itself, or the one that stands in for it where there is no such view of what is selected.
    #[must_use]
    pub fn or_fitting(self, shown: Shown) -> Self {
        [self, Self::Conversation, Self::Site].into_iter().find(|tab| tab.fits(shown)).unwrap_or(Self::Journal)
    }

    /// Whether there is such a view of what is selected.
    #[must_use]
    pub fn fits(self, shown: Shown) -> bool {
        (self.entry().fits)(shown)
    }
}
