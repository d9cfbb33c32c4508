//! What can be chosen as the answer of a listener: the rows of the table of responders, HTTP in three forms.

use serde::Deserialize;

use crate::{
    model::{Plain, Recipe},
    respond::{self, Info, Needs, RESPONDERS},
    ui::forms::listen_form::ResponderKind,
    words::text,
};

impl Default for ResponderKind {
    fn default() -> Self {
        Self::Plain(Plain::new("echo"))
    }
}

impl ResponderKind {
    /// All that can be chosen, each with its words.
    #[must_use]
    pub fn choices() -> Vec<(Self, &'static str)> {
        let mut choices = Vec::with_capacity(RESPONDERS.len() + 2);
        for info in RESPONDERS {
            choices.extend(Self::of(info).map(|answer| (answer, (info.choice)())));
            if info.needs == Needs::Site {
                choices.push((Self::Folder, text!("HTTP folder: serve its files")));
                choices.push((Self::Routes, text!("HTTP routes: a table to edit while it runs")));
            }
        }
        choices
    }

    fn of(info: &Info) -> Option<Self> {
        Some(match info.id {
            "reply" => Self::Reply,
            "none" => Self::Nobody,
            "http" => Self::Picture,
            "dialog" => Self::Dialog,
            "page" => Self::Page,
            "sized-file" => Self::SizedFile,
            _ => match info.recipe()? {
                Recipe::Plain(plain) => Self::Plain(plain),
                _ => return None,
            },
        })
    }

    fn info(self) -> Option<&'static Info> {
        match self {
            Self::Plain(plain) => respond::info(&Recipe::Plain(plain)),
            other => RESPONDERS.iter().find(|info| Self::of(info) == Some(other)),
        }
    }

    /// Whether a number of answers after which the connection is closed means anything.
    #[must_use]
    pub fn counts(self) -> bool {
        self.info().is_some_and(|info| info.counts)
    }

    /// Whether a person writes what is answered, so that it has an encoding.
    #[must_use]
    pub fn is_written(self) -> bool {
        matches!(self, Self::Reply | Self::Dialog | Self::Page)
    }

    /// Whether it takes many lines to write, for which a dialog has more room.
    #[must_use]
    pub fn is_long(self) -> bool {
        matches!(self, Self::Dialog | Self::Page)
    }

    /// Whether HTTP is spoken, which chooses the size of each `recv` itself.
    #[must_use]
    pub fn is_http(self) -> bool {
        matches!(self, Self::Picture | Self::Folder | Self::Routes)
    }

    /// Whether it is for streams alone.
    #[must_use]
    pub fn needs_stream(self) -> bool {
        self.is_http() || self.info().is_some_and(|info| !info.datagrams)
    }
}

/// An answer as settings hold it: the first version wrote the plain ones as words of their own.
#[derive(Deserialize)]
pub(super) enum Stored {
    Echo,
    Upper,
    Discard,
    Daytime,
    Chat,
    Chargen,
    Plain(Plain),
    Reply,
    Nobody,
    Picture,
    Folder,
    Routes,
    Dialog,
    Page,
    SizedFile,
}

impl From<Stored> for ResponderKind {
    fn from(stored: Stored) -> Self {
        let plain = |id| Self::Plain(Plain::new(id));
        match stored {
            Stored::Echo => plain("echo"),
            Stored::Upper => plain("upper"),
            Stored::Discard => plain("discard"),
            Stored::Daytime => plain("daytime"),
            Stored::Chat => plain("chat"),
            Stored::Chargen => plain("chargen"),
            Stored::Plain(plain) => Self::Plain(plain),
            Stored::Reply => Self::Reply,
            Stored::Nobody => Self::Nobody,
            Stored::Picture => Self::Picture,
            Stored::Folder => Self::Folder,
            Stored::Routes => Self::Routes,
            Stored::Dialog => Self::Dialog,
            Stored::Page => Self::Page,
            Stored::SizedFile => Self::SizedFile,
        }
    }
}
