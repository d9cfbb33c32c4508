//! The table of responders, and how one is made for each connection.

use std::{fmt, sync::Arc};

use super::{
    chargen::Chargen,
    chat::Chat,
    daytime::Daytime,
    dialog::{Compiled, DialogError, Talk},
    discard::Discard,
    echo::Echo,
    page::Page,
    reply::Reply,
    responder::Responder,
    sized_file::SizedFile,
    upper::Upper,
};
use crate::{
    model::{Encoding, Name, Plain, Recipe, Unencodable, compose::ComposeError},
    words::{Phrase, phrase, text},
};

/// What a responder needs to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: its id is all.
    Nothing,
    /// A text to answer with.
    Text,
    /// A greeting and rules.
    Rules,
    /// A folder.
    Folder,
    /// What an HTTP site shows.
    Site,
    /// A person who types.
    Person,
}

/// One row: all that is known of a responder without making one.
#[derive(Debug)]
pub struct Info {
    /// On the command line and in files: `echo`.
    pub id: &'static str,
    /// What is answered, for the help of the command line: English, and the key of the catalogue.
    pub help: &'static str,
    /// Two words for a list, in the language that is set.
    pub title: fn() -> &'static str,
    /// The same and what it does, for a form.
    pub choice: fn() -> &'static str,
    /// What is answered, for a panel.
    pub does: fn() -> &'static str,
    /// What has to be set.
    pub needs: Needs,
    /// It makes sense for datagrams as well.
    pub datagrams: bool,
    /// It answers one message after the other, so that the connection can be closed after a number of them.
    pub counts: bool,
    make: Make,
}

/// What makes the responders of one listener; `Ok(None)` where nobody answers by bytes.
type Make = fn(&Recipe, Encoding) -> Result<Option<Maker>, Unusable>;
type Maker = Box<dyn Fn(&Name) -> Box<dyn Responder> + Send + Sync>;

impl Info {
    /// The recipe of one that needs nothing set.
    #[must_use]
    pub fn recipe(&self) -> Option<Recipe> {
        (self.needs == Needs::Nothing).then(|| Recipe::Plain(Plain::new(self.id)))
    }
}

/// All of them, in the order of a form.
pub static RESPONDERS: &[Info] = &[
    Info {
        id: "echo",
        help: "The same bytes back",
        title: || text!("Echo"),
        choice: || text!("Echo: send back what comes"),
        does: || text!("the same bytes (echo)"),
        needs: Needs::Nothing,
        datagrams: true,
        counts: true,
        make: |_, _| each(|_| Echo),
    },
    Info {
        id: "upper",
        help: "The same bytes with a-z as A-Z",
        title: || text!("Upper case"),
        choice: || text!("Upper case: a–z as A–Z"),
        does: || text!("the same in capitals"),
        needs: Needs::Nothing,
        datagrams: true,
        counts: true,
        make: |_, _| each(|_| Upper),
    },
    Info {
        id: "reply",
        help: "Always --reply TEXT",
        title: || text!("Fixed reply"),
        choice: || text!("Fixed reply"),
        does: || text!("always the same"),
        needs: Needs::Text,
        datagrams: true,
        counts: true,
        make: |recipe, encoding| {
            let Recipe::Reply { text, options } = recipe else { return Ok(None) };
            let reply = Reply::new(text, *options, encoding)?;
            each(move |_| reply.clone())
        },
    },
    Info {
        id: "dialog",
        help: "A greeting and rules from --script FILE",
        title: || text!("Dialog"),
        choice: || text!("Dialog: a greeting and rules"),
        does: || text!("a dialog by rules"),
        needs: Needs::Rules,
        datagrams: true,
        counts: true,
        make: |recipe, encoding| {
            let Recipe::Dialog(dialog) = recipe else { return Ok(None) };
            let compiled = Arc::new(Compiled::new(dialog, encoding)?);
            each(move |_| Talk::new(Arc::clone(&compiled)))
        },
    },
    Info {
        id: "none",
        help: "Nobody answers; standard input is sent to everyone connected",
        title: || text!("By hand"),
        choice: || text!("By hand: I type"),
        does: || text!("by hand: you type"),
        needs: Needs::Person,
        datagrams: true,
        counts: false,
        make: |_, _| Ok(None),
    },
    Info {
        id: "chat",
        help: "What one client sends reaches all others",
        title: || text!("Chat room"),
        choice: || text!("Chat room: everyone hears everyone"),
        does: || text!("everyone hears everyone (chat)"),
        needs: Needs::Nothing,
        datagrams: true,
        counts: false,
        make: |_, _| each(|peer: &Name| Chat::new(peer.to_string())),
    },
    Info {
        id: "http",
        help: "A web page: a picture, a folder, or a greeting",
        title: || text!("Page"),
        choice: || text!("HTTP page with a picture"),
        does: || text!("HTTP: a page"),
        needs: Needs::Site,
        datagrams: false,
        counts: false,
        make: |_, _| Ok(None),
    },
    Info {
        id: "page",
        help: "--reply TEXT as it stands, to one request, then close",
        title: || text!("Hand-written page"),
        choice: || text!("Hand-written page: byte for byte, then close"),
        does: || text!("a page as written by hand"),
        needs: Needs::Text,
        datagrams: false,
        counts: false,
        make: |recipe, encoding| {
            let Recipe::Page(page) = recipe else { return Ok(None) };
            let page = Page::new(page, encoding)?;
            each(move |_| page.clone())
        },
    },
    Info {
        id: "sized-file",
        help: "A file of --folder for every name, its length first",
        title: || text!("Sized files"),
        choice: || text!("Sized file: its length first"),
        does: || text!("files of a folder, length first"),
        needs: Needs::Folder,
        datagrams: false,
        counts: true,
        make: |recipe, _| {
            let Recipe::SizedFile { folder } = recipe else { return Ok(None) };
            let folder = folder.clone();
            each(move |_| SizedFile::new(&folder))
        },
    },
    Info {
        id: "daytime",
        help: "The date and time, then close",
        title: || text!("Daytime"),
        choice: || text!("Daytime: date and time, then close"),
        does: || text!("date and time"),
        needs: Needs::Nothing,
        datagrams: true,
        counts: false,
        make: |_, _| each(|_| Daytime),
    },
    Info {
        id: "discard",
        help: "Nothing",
        title: || text!("Discard"),
        choice: || text!("Discard: take it and say nothing"),
        does: || text!("nothing (discard)"),
        needs: Needs::Nothing,
        datagrams: true,
        counts: false,
        make: |_, _| each(|_| Discard),
    },
    Info {
        id: "chargen",
        help: "Characters without end",
        title: || text!("Chargen"),
        choice: || text!("Chargen: characters without end"),
        does: || text!("characters without end (chargen)"),
        needs: Needs::Nothing,
        datagrams: true,
        counts: false,
        make: |_, _| each(|_| Chargen::default()),
    },
];

/// One new responder for each peer.
#[expect(clippy::unnecessary_wraps, reason = "what a row of the table gives")]
fn each<R: Responder + 'static>(make: impl Fn(&Name) -> R + Send + Sync + 'static) -> Result<Option<Maker>, Unusable> {
    Ok(Some(Box::new(move |peer| Box::new(make(peer)))))
}

/// The row of a recipe; `None` for a plain one of an id that this version does not know.
#[must_use]
pub fn info(recipe: &Recipe) -> Option<&'static Info> {
    RESPONDERS.iter().find(|info| info.id == recipe.id())
}

/// Why a recipe cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A page has a character that the encoding does not have.
    #[error(transparent)]
    Unencodable(#[from] Unencodable),
    /// A reply does not make sense, or has a character that the encoding does not have.
    #[error(transparent)]
    Typed(#[from] ComposeError),
    /// A rule of a dialog.
    #[error(transparent)]
    Dialog(#[from] DialogError),
    /// A file of a later version names a responder that is not here.
    #[error("{}", unknown(.0))]
    Unknown(String),
}

impl Unusable {
    /// What is wrong, as a text that is still to be worded.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Unencodable(error) => error.phrase(),
            Self::Typed(error) => error.phrase(),
            Self::Dialog(error) => error.phrase(),
            Self::Unknown(id) => unknown(id),
        }
    }
}

fn unknown(id: &str) -> Phrase {
    phrase!("there is no responder “{id}” in this version", id = id)
}

/// Makes a responder for every connection of a listener; texts are encoded and patterns compiled once.
pub struct Responders(Option<Maker>);

impl fmt::Debug for Responders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Responders").field(&self.0.is_some()).finish()
    }
}

impl Responders {
    /// Makes ready what a recipe needs.
    ///
    /// # Errors
    /// When a rule of a dialog cannot be used, a text is not in the encoding, or nobody knows the responder.
    pub fn new(recipe: &Recipe, encoding: Encoding) -> Result<Self, Unusable> {
        let info = info(recipe).ok_or_else(|| Unusable::Unknown(recipe.id().to_owned()))?;
        (info.make)(recipe, encoding).map(Self)
    }

    /// The responder for one more peer. `None` where nobody answers by bytes: the user types, or HTTP speaks.
    #[must_use]
    pub fn next(&self, peer: &Name) -> Option<Box<dyn Responder>> {
        self.0.as_ref().map(|make| make(peer))
    }
}
