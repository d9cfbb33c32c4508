//! All that a person sees, as data: no context of the toolkit, no channel, no thread, no socket.
//!
//! [`update`](super::update) alone writes it; drawing writes what a person types into a field and nothing else.

pub(in crate::app) mod board;
pub(in crate::app) mod callers;
pub(in crate::app) mod desktop;
pub(in crate::app) mod effect;
pub(in crate::app) mod ending;
pub(in crate::app) mod faults;
pub(in crate::app) mod kind;
pub(in crate::app) mod labs;
pub(in crate::app) mod layout;
pub(in crate::app) mod matches;
pub(in crate::app) mod naming;
pub(in crate::app) mod overlay;
pub(in crate::app) mod page_pictures;
pub(in crate::app) mod pending;
mod places;
pub(in crate::app) mod queries;
pub(in crate::app) mod recent;
pub(in crate::app) mod settings;
mod shown;
pub(in crate::app) mod state;
pub(in crate::app) mod transfers;
pub(in crate::app) mod try_it;
pub(in crate::app) mod views;
pub(in crate::app) mod visitors;

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Instant,
};

pub(in crate::app) use self::{
    desktop::DesktopPreferences,
    effect::Effect,
    matches::{Found, Matches},
    overlay::Overlay,
    settings::Settings,
};
use self::{
    faults::Faults, labs::Labs, page_pictures::PagePictures, pending::PendingStart, state::State, try_it::TryIt,
    views::Views,
};
use crate::{
    journal::{Journal, Objects},
    memory::Memory,
    model::{ConnectionId, ObjectId, SessionFile},
    ui::{
        action::Selection,
        forms::listen_form::BindChoice,
        views::{journal::table::TablePlace, start::StartPage},
    },
};

/// This machine's addresses.
#[derive(Debug, Default)]
pub(in crate::app) struct Addresses {
    /// All that can be bound, the best one for another PC first.
    pub(in crate::app) choices: Vec<BindChoice>,
    /// What another PC calls, where there is one.
    pub(in crate::app) best: Option<String>,
}

/// A message, or a list of them, that is sent again and again.
#[derive(Debug)]
pub(in crate::app) struct Repeating {
    /// Tells this one from those before it.
    pub(in crate::app) number: u64,
    /// How often it has sent.
    pub(in crate::app) sent: Arc<AtomicU64>,
}

/// What was cleared and is offered back.
#[derive(Debug)]
pub(in crate::app) struct Cleared {
    /// The message that offers it.
    pub(in crate::app) toast: u64,
    /// Where the table of the journal stood.
    pub(in crate::app) place: TablePlace,
}

/// Everything that is shown, chosen and typed.
pub(in crate::app) struct Model {
    /// What happened; read, never written from here.
    pub(in crate::app) journal: Arc<Journal>,
    /// Pictures and bodies; read, never written from here.
    pub(in crate::app) objects: Arc<Objects>,
    /// What all of it takes.
    pub(in crate::app) memory: Arc<Memory>,
    pub(in crate::app) views: Views,
    pub(in crate::app) settings: Settings,
    /// What the desktop around the window wishes.
    pub(in crate::app) wishes: DesktopPreferences,
    /// What ran when the window was closed last time.
    pub(in crate::app) last_time: Option<Box<SessionFile>>,
    /// Up to which change the sessions are kept for the next time, and since when.
    pub(in crate::app) kept: (u64, Option<Instant>),
    /// The session that was opened last, with what this version does not know of it.
    pub(in crate::app) session_file: SessionFile,
    pub(in crate::app) state: State,
    /// Of the site whose facts are shown.
    pub(in crate::app) visitors: visitors::Found,
    pub(in crate::app) overlay: Option<Overlay>,
    pub(in crate::app) start_page: StartPage,
    pub(in crate::app) listen: PendingStart,
    pub(in crate::app) connect: PendingStart,
    pub(in crate::app) try_it: Option<TryIt>,
    pub(in crate::app) labs: Labs,
    pub(in crate::app) faults: Faults,
    pub(in crate::app) matches: Matches,
    /// Of the page that the HTTP view shows.
    pub(in crate::app) page_pictures: PagePictures,
    pub(in crate::app) repeating: Option<Repeating>,
    /// What is typed into the search field of the bar.
    pub(in crate::app) find: String,
    pub(in crate::app) addresses: Addresses,
    /// A file dialog of the system is open; there is one at a time.
    pub(in crate::app) dialog_is_open: bool,
    /// What was shown when it was opened: a file for the send box goes into the draft of that.
    pub(in crate::app) picking_for: Selection,
    /// Pictures pasted in this run.
    pub(in crate::app) pasted: u32,
    /// When the kernel was last asked about which connection.
    pub(in crate::app) inspected: Option<(ConnectionId, Instant)>,
    /// What is to be done outside; taken at the end of each update.
    pub(in crate::app) effects: Vec<Effect>,
    /// Of the panels at the sides: another number is a panel whose width nobody has chosen.
    pub(in crate::app) panels: u32,
    /// What has room beside the page.
    pub(in crate::app) fits: layout::Panels,
    /// What was cleared, while it is offered back.
    pub(in crate::app) cleared: Option<Cleared>,
    /// A person has said that the window may close.
    pub(in crate::app) quits: bool,
    /// The newest picture that was told of outside of the window.
    pub(in crate::app) told: ObjectId,
}

impl Model {
    /// As it is at the start: nothing runs, nothing is open.
    pub(in crate::app) fn new(
        journal: Arc<Journal>,
        objects: Arc<Objects>,
        memory: Arc<Memory>,
        settings: Settings,
    ) -> Self {
        let mut model = Self {
            journal,
            objects,
            memory,
            views: Views::default(),
            settings,
            wishes: DesktopPreferences::default(),
            last_time: None,
            kept: (0, None),
            session_file: SessionFile::default(),
            state: State::new(),
            visitors: visitors::Found::default(),
            overlay: None,
            start_page: StartPage::default(),
            listen: PendingStart::default(),
            connect: PendingStart::default(),
            try_it: None,
            labs: Labs::new(),
            faults: Faults::default(),
            matches: Matches::default(),
            page_pictures: PagePictures::default(),
            repeating: None,
            find: String::new(),
            addresses: Addresses::default(),
            dialog_is_open: false,
            picking_for: Selection::None,
            pasted: 0,
            inspected: None,
            effects: Vec::new(),
            panels: 0,
            fits: layout::Panels::default(),
            cleared: None,
            quits: false,
            told: ObjectId::default(),
        };
        model.views.choose(&model.settings.views);
        model.views.send_box.choose(model.settings.options());
        model
    }
}
