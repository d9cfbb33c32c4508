//! A part of the window, drawn with the window's theme.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use egui::{Ui, Vec2};
use egui_kittest::{Harness, HarnessBuilder};
use socketlab::{
    journal::{Budget, Connection, Identity, Journal, Objects},
    model::{ConnectionId, Encodings, Name, Names, ObjectId, SessionId, Side, SocketKind},
    ui::{
        action::Action,
        theme,
        views::{
            journal::{JournalInput, table::RowSource},
            shared::picture::{PictureSource, PictureState},
        },
    },
};

/// What a view asked for.
pub(crate) type Intents = Rc<RefCell<Vec<Action>>>;

/// A connection that a listener on this PC has taken, with a journal of its own.
pub(crate) fn accepted() -> Arc<Connection> {
    let identity = Identity {
        id: ConnectionId(1),
        session: SessionId(1),
        side: Side::Accepted,
        names: Names { local: Name::parse("127.0.0.1:8000"), peer: Name::parse("127.0.0.1:51234") },
        descriptor: None,
        socket: SocketKind::TCP4,
        recv_size: 1024,
    };
    Connection::new(identity, Journal::new(Budget::default()))
}

fn builder<S>(size: impl Into<Vec2>) -> HarnessBuilder<S> {
    Harness::builder()
        .with_size(size)
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(400)
        .with_os(egui::os::OperatingSystem::Nix)
}

/// Draws the first frame with nothing in it but the theme.
fn themed<S>(mut show: impl FnMut(&mut Ui, &mut S)) -> impl FnMut(&mut Ui, &mut S) {
    let mut ready = false;
    move |ui, state| {
        if std::mem::replace(&mut ready, true) {
            show(ui, state);
        } else {
            theme::install(ui.ctx());
        }
    }
}

/// Draws what keeps its state in the harness, and lets it come to rest.
pub(crate) fn drawn<'a, S: 'a>(
    size: impl Into<Vec2>,
    state: S,
    show: impl FnMut(&mut Ui, &mut S) + 'a,
) -> Harness<'a, S> {
    let mut harness = builder(size).build_ui_state(themed(show), state);
    harness.run_steps(4);
    harness
}

/// Draws a view that says what it asks for.
pub(crate) fn view<'a>(
    size: impl Into<Vec2>,
    mut show: impl FnMut(&mut Ui, &mut Vec<Action>) + 'a,
) -> (Harness<'a>, Intents) {
    let actions = Intents::default();
    let taken = Rc::clone(&actions);
    let mut show = themed(move |ui, (): &mut ()| show(ui, &mut taken.borrow_mut()));
    (builder(size).build_ui(move |ui| show(ui, &mut ())), actions)
}

/// Pictures whose pixels never come.
pub(crate) struct NoPixels;

impl PictureSource for NoPixels {
    fn texture(&self, _: ObjectId) -> PictureState {
        PictureState::Loading
    }
}

/// A journal as it is first seen: every row of it, and no pictures.
pub(crate) fn all_of<'a>(journal: &'a Journal, objects: &'a Objects, encodings: &'a Encodings) -> JournalInput<'a> {
    JournalInput {
        journal,
        objects,
        rows: RowSource::All,
        searching: false,
        chosen: (None, None),
        recv_size: &|_, _| None,
        encodings,
        pictures: &NoPixels,
    }
}
