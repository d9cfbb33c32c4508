//! The centre: the row of tabs and the chosen view.

use std::sync::atomic::Ordering;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::{
    super::model::{callers::Callers, naming, page_pictures::Stand as PictureStand, queries::Reaches, state::Phase},
    Draw,
};
use crate::{
    model::{Arrival, ConnectionId, Errno, Failure, SessionId, State as Stand},
    ui::{
        action::{Action, Selection, Tab},
        frame::tabs::{self, TabsData},
        icons,
        kit::{self, form},
        theme::{Palette, SPACE, SPACE_LARGE, TAB_ROW},
        views::{
            conversation::{self, ConversationInput, Keeping, Waiting, Whole, Whose},
            http::{HttpInput, PagePicture},
            journal::{JournalInput, table::RowSource},
            ladder::LadderInput,
            send_box::{SendInput, Transfer, addressee::Reach},
            stream::StreamInput,
        },
    },
    words::text,
};

impl Draw<'_> {
    /// Draws the tabs and the view of what is chosen.
    pub(super) fn centre(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        let row = Frame::new().fill(palette.panel).inner_margin(Margin { left: 12, right: 12, top: 0, bottom: 0 });
        Panel::top("tabs").exact_size(TAB_ROW).resizable(false).frame(row).show(ui, |ui| {
            tabs::show(ui, self.tabs(), actions);
        });
        CentralPanel::no_frame().show(ui, |ui| self.view(ui, actions));
    }

    pub(super) fn tabs(&self) -> TabsData {
        let id = self.model.state.chosen_session();
        let session = id.and_then(|id| self.model.state.sessions.get(&id));
        let live = self.model.state.chosen().filter(|connection| !connection.state().is_over());
        TabsData {
            chosen: self.model.state.view(),
            shown: self.model.state.shown(),
            connection: live.map(|connection| {
                let stream = !connection.identity().socket.is_datagram();
                let open = stream && matches!(connection.state(), Stand::Established | Stand::CloseWait);
                (connection.id(), open)
            }),
            listener: id.filter(|_| {
                matches!(self.model.state.selection, Selection::Session(_))
                    && session.is_some_and(|entry| entry.phase != Phase::Over && entry.is_listener())
            }),
            again: id.filter(|_| session.is_some_and(|entry| entry.phase == Phase::Over)),
            details: self.has_details().then_some(self.model.settings.open.inspector && self.model.fits.inspector),
        }
    }

    fn view(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let mut asked = Vec::new();
        match self.model.state.view() {
            Tab::Conversation => self.conversation(ui, &mut asked),
            Tab::Journal => {
                let rows = self.model.matches.list().map_or(RowSource::All, RowSource::Matches);
                let known = &self.model.state.connections;
                let recv_size = |id: ConnectionId, seq| known.get(&id)?.shared.recv_size_at(seq);
                let input = JournalInput {
                    journal: &self.model.journal,
                    objects: &self.model.objects,
                    rows,
                    searching: self.model.matches.is_running(),
                    chosen: (self.model.state.chosen_session(), self.model.state.chosen_connection()),
                    recv_size: &recv_size,
                    encodings: &self.model.state.encodings,
                    pictures: self.pictures,
                };
                self.model.views.journal.show(ui, &input, &mut asked);
            }
            Tab::Ladder => self.ladder(ui, &mut asked),
            Tab::Stream => self.stream(ui, &mut asked),
            Tab::Pictures => {
                self.model.views.pictures.show(ui, &self.model.objects, self.pictures, &mut asked);
            }
            Tab::Http => self.http(ui, &mut asked),
            Tab::Site => self.site(ui, &mut asked),
        }
        actions.extend(asked);
    }

    pub(super) fn ladder(&mut self, ui: &mut Ui, asked: &mut Vec<Action>) {
        let Some(connection) = self.model.state.chosen() else {
            match self.model.state.chosen_failure().cloned() {
                Some(failure) => self.model.views.ladder.show_failed(ui, &failure, asked),
                None => no_connection(ui),
            }
            return;
        };
        let session = self.model.state.sessions.get(&connection.identity().session);
        let encoding = self.model.state.encodings.of(connection.identity().session);
        let listening = session.filter(|session| !session.local.is_unnamed()).and_then(|session| {
            let config = session.plan.listen()?;
            Some((&session.local, config.backlog))
        });
        let input = LadderInput { connection, encoding, peer: self.model.state.peer_of(connection), listening };
        self.model.views.ladder.show(ui, &input, asked);
    }

    pub(super) fn stream(&mut self, ui: &mut Ui, asked: &mut Vec<Action>) {
        let Some(connection) = self.model.state.chosen() else { return no_connection(ui) };
        let encoding = self.model.state.encodings.of(connection.identity().session);
        let input = StreamInput { connection, encoding, peer: self.model.state.peer_of(connection) };
        self.model.views.stream.show(ui, &input, asked);
    }

    pub(super) fn http(&mut self, ui: &mut Ui, asked: &mut Vec<Action>) {
        let id = self.model.state.chosen_session();
        let Some(session) = id.and_then(|id| self.model.state.sessions.get(&id)) else { return };
        // Another session: its own address stands in the field, ready to be asked.
        if self.model.views.http_of != id {
            self.model.views.http_of = id;
            match session.plan.fetch() {
                Some(config) => self.model.views.http.load(config),
                None => self.model.views.http.url = format!("http://{}/", self.model.reachable(session)),
            }
        }
        let fetch = session.plan.fetch().is_some();
        let over = session.page.as_ref().map_or(ConnectionId::NONE, |page| page.connection);
        let (pictures, objects) = (&self.model.page_pictures, &self.model.objects);
        let picture_of = |source: &str| match pictures.get(over, source) {
            Some(PictureStand::Waiting | PictureStand::Coming(_)) => PagePicture::Coming,
            Some(PictureStand::Here(id)) => objects.get(*id).map_or(PagePicture::NotAsked, PagePicture::Here),
            Some(PictureStand::Failed(why)) => PagePicture::Failed(why.clone()),
            None => PagePicture::NotAsked,
        };
        let input = HttpInput {
            page: session.page.as_ref(),
            loading: fetch && session.phase != Phase::Over,
            received: self.model.state.chosen().map_or(0, |connection| connection.received().0),
            failure: session
                .failure
                .as_ref()
                .filter(|_| session.page.as_ref().is_none_or(|page| page.arrival != Arrival::Ended)),
            objects: &self.model.objects,
            pictures: self.pictures,
            picture_of: &picture_of,
        };
        self.model.views.http.show(ui, &input, asked);
    }

    fn send_box(&mut self, ui: &mut Ui, asked: &mut Vec<Action>) {
        let reaches = self.model.reach();
        let callers = match reaches {
            Reaches::Peers(listener) => Callers::of(&self.model.state, listener),
            Reaches::Nobody | Reaches::One(..) => None,
        };
        let reach = match (&reaches, &callers) {
            (Reaches::One(to, name), _) => Reach::One(to, name),
            (_, Some(callers)) => Reach::Peers(callers),
            (_, None) => Reach::Nobody,
        };
        let blocked = match self.model.state.chosen().map(|connection| connection.state()) {
            Some(Stand::Established | Stand::CloseWait) => None,
            Some(Stand::FinWait) => Some(text!("Half-closed: nothing more can be sent")),
            Some(Stand::Closed | Stand::Reset) => Some(text!("The connection is over")),
            None => {
                let session = self.model.state.chosen_session().and_then(|id| self.model.state.sessions.get(&id));
                match session {
                    Some(entry) if entry.board().is_some() => {
                        (entry.phase == Phase::Over).then(|| text!("The listener is stopped: nothing more can be sent"))
                    }
                    Some(entry) if entry.live > 0 => None,
                    Some(_) | None => Some(text!("Nobody is connected yet")),
                }
            }
        };
        let transfers: Vec<Transfer> = self
            .model
            .state
            .transfers
            .iter()
            .map(|(id, entry)| Transfer { id: *id, name: entry.name.clone(), sent: entry.sent, total: entry.total })
            .take(3)
            .collect();
        let session = self.model.state.chosen_session().unwrap_or_default();
        let input = SendInput {
            session,
            encoding: self.model.state.encodings.of(session),
            reach,
            blocked,
            transfers: &transfers,
            repeating: self.model.repeating.as_ref().map(|repeating| repeating.sent.load(Ordering::Relaxed)),
            saved: &self.model.settings.messages,
        };
        let send_box = &mut self.model.views.send_box;
        // What a person chose in the box is kept with the other settings.
        send_box.enter_sends = self.model.settings.preferences.enter_sends;
        send_box.show(ui, &input, asked);
        let settings = &mut self.model.settings;
        settings.keep_options(send_box.options());
        settings.preferences.enter_sends = send_box.enter_sends;
    }

    pub(super) fn conversation(&mut self, ui: &mut Ui, asked: &mut Vec<Action>) {
        // On a lab's page the room belongs to the messages once nothing more can be sent.
        let over =
            self.model.labs.open.is_some() && self.model.state.chosen().is_some_and(|chosen| chosen.state().is_over());
        if !over && !self.model.reach().is_nobody() {
            let fill = Palette::of(ui).panel;
            let frame = Frame::new().fill(fill).inner_margin(Margin { left: 12, right: 12, top: 10, bottom: 10 });
            Panel::bottom("send box").resizable(false).frame(frame).show(ui, |ui| self.send_box(ui, asked));
        }
        if let Some(connection) = self.model.state.chosen() {
            let keeping = self.model.state.keeping.get(&connection.id());
            let keeping = keeping.map(|keeping| (keeping.path.display().to_string(), keeping.written));
            let input = ConversationInput {
                whose: Whose::One(connection),
                journal: &self.model.journal,
                objects: &self.model.objects,
                pictures: self.pictures,
                encoding: self.model.state.encodings.of(connection.identity().session),
                keeping: keeping.as_ref().map(|(name, written)| Keeping { name, written: *written }),
            };
            self.model.views.conversation.show(ui, &input, asked);
            return;
        }
        let Some(id) = self.model.state.chosen_session() else { return };
        let Some(session) = self.model.state.sessions.get(&id) else { return };
        if session.is_site() && (session.phase == Phase::Running && session.takes_posts() || !session.posts.is_empty())
        {
            self.visitors(ui, id, asked);
            return;
        }
        if session.phase == Phase::Running && session.is_site() {
            self.site(ui, asked);
            return;
        }
        let address = naming::address(session);
        let over = session.phase == Phase::Over;
        if let (Some(failure), true) = (&session.failure, over) {
            failed(ui, id, failure, session.is_listener(), asked);
            return;
        }
        if session.is_listener() && session.had_peers() {
            let Some(callers) = Callers::of(&self.model.state, id) else { return };
            let input = ConversationInput {
                whose: Whose::Peers(Whole { peers: &callers, only: &session.only }),
                journal: &self.model.journal,
                objects: &self.model.objects,
                pictures: self.pictures,
                encoding: self.model.state.encodings.of(id),
                keeping: None,
            };
            self.model.views.conversation.show(ui, &input, asked);
            return;
        }
        if session.is_listener() {
            let title = text!("{title} on {address}", title = naming::title(session), address = address);
            let access = self.model.access(id, session);
            let waiting = Waiting {
                title: &title,
                access: access.as_ref(),
                hint: None,
                path: if session.local.inet().is_none() { &address } else { "" },
                again: over.then_some(id),
            };
            conversation::waiting(ui, &waiting, asked);
            return;
        }
        ui.add_space((ui.available_height() / 3.0).floor());
        if session.phase == Phase::Starting {
            let hint = text!("It is given up when nothing answers in time.");
            kit::empty_state(ui, icons::PLUGS, &text!("Connecting to {address}", address = address), hint);
        } else {
            kit::empty_state(ui, icons::PLUGS, &address, text!("There is no connection any more."));
            conversation::start_again(ui, id, asked);
        }
    }
}

fn no_connection(ui: &mut Ui) {
    ui.add_space((ui.available_height() / 3.0).floor());
    let hint = text!("Choose one in the list at the left: a client, or a connection of a listener.");
    kit::empty_state(ui, icons::PLUGS, text!("No connection is chosen"), hint);
}

/// What went wrong, what to try, and the buttons for it.
fn failed(ui: &mut Ui, session: SessionId, failure: &Failure, listens: bool, asked: &mut Vec<Action>) {
    ui.add_space((ui.available_height() / 3.0).floor());
    let title = format!("{} · {}", failure.code(), failure.address);
    let mut words = form::capitalised(&failure.message());
    let hint = failure.hint();
    if !hint.is_empty() {
        words = text!("{what}. {hint}.", what = words, hint = form::capitalised(&hint));
    }
    kit::empty_state(ui, icons::LINK_BREAK, &title, &words);
    ui.add_space(SPACE_LARGE);
    let refused = matches!(failure.error, Errno::EADDRINUSE | Errno::EACCES | Errno::EPERM);
    ui.vertical_centered(|ui| {
        if listens && refused && kit::primary_button(ui, icons::PLAY, text!("Listen on a free port")).clicked() {
            asked.push(Action::Restart { session, any_port: true });
        }
        ui.add_space(SPACE);
        if kit::button(ui, icons::ARROW_CLOCKWISE, text!("Try again")).clicked() {
            asked.push(Action::Restart { session, any_port: false });
        }
    });
}
