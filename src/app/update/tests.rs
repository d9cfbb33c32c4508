//! What the window does under a person's hands: no display, no socket.

mod parts;
mod places;

use std::{io::IoSlice, sync::Arc};

use super::*;
use crate::{
    app::model::{Overlay, Settings, callers::Callers, queries::Reaches, state::Plan},
    journal::{Budget, Connection, Identity, Journal, Objects},
    memory::Memory,
    model::{
        ConnectConfig, ConnectionId, Errno, Failure, FetchConfig, ListenConfig, Name, Operation, Page, SavedMessage,
        Script, SessionId, Target, Transport,
    },
    ui::{
        action::{Action, Dialog, Ending, Pick, Selection, Tab},
        command::UiCommand,
        frame::sessions::Group,
        views::send_box::addressee::Reach,
    },
};

mod clear;
mod listener;
mod reading;
mod site;

/// A model, and the commands that the engine was given.
struct Hands {
    model: Model,
    journal: Arc<Journal>,
    asked: Vec<Effect>,
    last_connection: u32,
}

impl Hands {
    fn new() -> Self {
        let journal = Journal::new(Budget::default());
        let memory = Memory::new(64 << 20);
        let model = Model::new(Arc::clone(&journal), Objects::new(1 << 20), memory, Settings::default());
        Self { model, journal, asked: Vec::new(), last_connection: 0 }
    }

    fn happens(&mut self, event: Event) {
        self.asked.extend(update(&mut self.model, event));
    }

    fn does(&mut self, action: Action) {
        self.happens(Event::Action(action));
    }

    fn newest(&self) -> SessionId {
        *self.model.state.sessions.keys().next_back().expect("a session")
    }

    /// A listener that runs, started from somewhere else than a form.
    fn listener(&mut self) -> SessionId {
        let session = self.model.start(Plan::Listen(Box::default()), crate::app::model::pending::Origin::Elsewhere);
        self.listens(session);
        session
    }

    fn listens(&mut self, session: SessionId) {
        let local = Name::parse("127.0.0.1:8000");
        self.happens(Event::Notice(Notice::Listening { session, local, descriptor: None, note: None }));
    }

    /// A client that is connected, started from somewhere else than a form.
    fn client(&mut self) -> (SessionId, Arc<Connection>) {
        let session = self.model.start(Plan::Connect(Box::default()), crate::app::model::pending::Origin::Elsewhere);
        let connection = self.opens(session);
        (session, connection)
    }

    fn opens(&mut self, session: SessionId) -> Arc<Connection> {
        self.last_connection += 1;
        let identity = Identity { session, ..Identity::accepted(self.last_connection) };
        let connection = Connection::new(identity, Arc::clone(&self.journal));
        self.happens(Event::Notice(Notice::Opened(Arc::clone(&connection))));
        connection
    }

    fn is_shown(&self) -> (Selection, Tab, Option<Dialog>) {
        let dialog = self.model.overlay.as_ref().map(Overlay::dialog);
        (self.model.state.selection, self.model.state.tab, dialog)
    }

    fn commands(&mut self) -> Vec<Command> {
        let effects = std::mem::take(&mut self.asked);
        effects
            .into_iter()
            .filter_map(|effect| if let Effect::Engine(command) = effect { Some(*command) } else { None })
            .collect()
    }
}

#[test]
fn what_comes_from_the_network_moves_neither_selection_nor_tab_nor_form() {
    let mut hands = Hands::new();
    let (_, shown) = hands.client();
    let slow = hands.model.start(Plan::Connect(Box::default()), crate::app::model::pending::Origin::Elsewhere);
    let listener = hands.listener();
    hands.does(Action::Select(Selection::Connection(shown.id())));
    hands.does(Action::ShowTab(Tab::Journal));
    hands.does(Action::Open(Dialog::Connect));
    let before = hands.is_shown();
    assert_eq!(before, (Selection::Connection(shown.id()), Tab::Journal, Some(Dialog::Connect)));

    let opened = hands.opens(slow);
    hands.listens(listener);
    let caller = hands.opens(listener);
    let failure = Failure::named(Operation::Connect, "x", Errno::ECONNREFUSED);
    hands.happens(Event::Notice(Notice::Failed { session: slow, connection: ConnectionId::NONE, failure }));
    for connection in [opened, caller] {
        connection.traffic(crate::model::Event::Recv, &[IoSlice::new(b"hello")], 5, 5);
        hands.happens(Event::Notice(Notice::Ended(connection)));
    }
    hands.happens(Event::Notice(Notice::Stopped(slow)));
    hands.happens(Event::Tick);
    assert_eq!(hands.is_shown(), before);
}

#[test]
fn a_page_that_comes_leaves_the_tab_that_is_read() {
    let mut hands = Hands::new();
    hands.does(Action::FetchHere(FetchConfig::default()));
    let session = hands.newest();
    assert_eq!(hands.is_shown().1, Tab::Http, "it was asked for, so it is shown");
    hands.does(Action::ShowTab(Tab::Journal));
    hands.opens(session);
    for notice in [
        Notice::Head { session, page: Arc::new(Page::default()) },
        Notice::Large { session, page: Arc::new(Page::default()) },
        Notice::Fetched { session, page: Arc::new(Page::default()) },
    ] {
        hands.happens(Event::Notice(notice));
        assert_eq!(hands.is_shown(), (Selection::Session(session), Tab::Journal, None));
    }
}

#[test]
fn a_page_asked_for_in_the_place_of_another_is_asked_for_with_its_cookies() {
    let mut hands = Hands::new();
    hands.does(Action::FetchHere(FetchConfig::default()));
    let first = hands.newest();
    let after = |hands: &mut Hands| {
        let fetches = hands.commands().into_iter().filter_map(|command| match command {
            Command::Fetch { config, .. } => Some(config.after),
            _ => None,
        });
        fetches.last()
    };
    assert_eq!(after(&mut hands), Some(None));
    hands.does(Action::FetchHere(FetchConfig::default()));
    assert_eq!(after(&mut hands), Some(Some(first)));
}

#[test]
fn a_start_is_followed_while_its_form_is_what_one_looks_at() {
    let connect = || Action::Connect(Box::default(), Script::default());
    // The form stays open until the connection is there.
    let mut hands = Hands::new();
    hands.does(Action::Open(Dialog::Connect));
    hands.does(connect());
    let session = hands.newest();
    assert_eq!(hands.is_shown(), (Selection::None, Tab::Conversation, Some(Dialog::Connect)));
    hands.opens(session);
    assert_eq!(hands.is_shown(), (Selection::Session(session), Tab::Conversation, None));

    // Who has closed the form and gone on to something else stays there.
    let mut hands = Hands::new();
    let (other, _) = hands.client();
    hands.does(Action::Open(Dialog::Connect));
    hands.does(connect());
    let session = hands.newest();
    hands.does(Action::CloseDialog);
    hands.does(Action::Select(Selection::Session(other)));
    hands.opens(session);
    assert_eq!(hands.is_shown(), (Selection::Session(other), Tab::Conversation, None));

    // Another form is not closed.
    let mut hands = Hands::new();
    hands.does(Action::Open(Dialog::Connect));
    hands.does(connect());
    let session = hands.newest();
    hands.does(Action::Open(Dialog::Listen));
    hands.opens(session);
    assert_eq!(hands.is_shown().2, Some(Dialog::Listen));

    // From the first page, which is no dialog.
    let mut hands = Hands::new();
    hands.does(Action::Listen(Box::default()));
    let session = hands.newest();
    hands.listens(session);
    assert_eq!(hands.is_shown(), (Selection::Session(session), Tab::Conversation, None));
}

/// Draws nothing; says to whom what was typed would go.
fn addressee(hands: &mut Hands, typed: Option<&str>) -> Option<Target> {
    hands.happens(Event::Frame);
    let reaches = hands.model.reach();
    let callers = match reaches {
        Reaches::Peers(listener) => Callers::of(&hands.model.state, listener),
        Reaches::Nobody | Reaches::One(..) => None,
    };
    let reach = match (&reaches, &callers) {
        (Reaches::One(to, name), _) => Reach::One(to, name),
        (_, Some(callers)) => Reach::Peers(callers),
        (_, None) => Reach::Nobody,
    };
    let send_box = &mut hands.model.views.send_box;
    let target = send_box.target(reach);
    if let Some(typed) = typed {
        send_box.set_text(typed);
        return send_box.target(reach);
    }
    target
}

#[test]
fn a_draft_keeps_its_addressee() {
    let mut hands = Hands::new();
    let slow = hands.model.start(Plan::Connect(Box::default()), crate::app::model::pending::Origin::Elsewhere);
    let (b, to_b) = hands.client();
    hands.does(Action::Select(Selection::Session(b)));
    assert_eq!(addressee(&mut hands, Some("rm -rf x")), Some(Target::Connection(to_b.id())));
    // What was started before comes up, and has no part of what is typed for B.
    let to_a = hands.opens(slow);
    assert_eq!(addressee(&mut hands, None), Some(Target::Connection(to_b.id())));
    hands.does(Action::Select(Selection::Session(slow)));
    assert_eq!(addressee(&mut hands, None), Some(Target::Connection(to_a.id())));
    assert_eq!(hands.model.views.send_box.text(), "");
    hands.does(Action::Select(Selection::Session(b)));
    assert_eq!(addressee(&mut hands, None), Some(Target::Connection(to_b.id())));
    assert_eq!(hands.model.views.send_box.text(), "rm -rf x");
}

#[test]
fn what_was_typed_for_what_is_gone_is_in_the_history() {
    let mut hands = Hands::new();
    let ((a, _), (b, _)) = (hands.client(), hands.client());
    hands.does(Action::Select(Selection::Session(a)));
    addressee(&mut hands, Some("a long letter"));
    hands.does(Action::Select(Selection::Session(b)));
    hands.happens(Event::Frame);
    hands.does(Action::Remove(a));
    hands.does(Action::Select(Selection::None));
    hands.happens(Event::Frame);
    assert!(format!("{:?}", hands.model.views.send_box).contains("a long letter"));
}

#[test]
fn what_lies_over_the_window_has_the_keys() {
    let mut hands = Hands::new();
    let (session, _) = hands.client();
    hands.does(Action::Select(Selection::Session(session)));
    hands.commands();
    for open in [Action::Open(Dialog::Settings), Action::Enlarge(crate::model::ObjectId(1))] {
        hands.does(open);
        for command in UiCommand::all() {
            let kept = matches!(
                command,
                UiCommand::CloseTab | UiCommand::ZoomIn | UiCommand::ZoomOut | UiCommand::ZoomReset | UiCommand::Save
            );
            assert!(kept || !hands.model.takes_key(command), "{command:?}");
        }
        hands.does(Action::Run(UiCommand::CloseTab));
        assert!(hands.model.overlay.is_none() && hands.model.views.lightbox.is_none());
        assert!(hands.commands().is_empty(), "the connection below is not touched");
    }
    hands.does(Action::Run(UiCommand::CloseTab));
    assert!(matches!(hands.commands()[..], [Command::Stop(stopped)] if stopped == session));
}

#[test]
fn ending_what_others_use_asks_first() {
    let mut hands = Hands::new();
    let listener = hands.listener();
    hands.does(Action::Select(Selection::Session(listener)));
    hands.commands();
    assert!(hands.model.may_quit());
    hands.opens(listener);
    for ends in [Action::Stop(listener), Action::Run(UiCommand::Stop), Action::Run(UiCommand::CloseTab)] {
        hands.does(ends);
        assert_eq!(hands.is_shown().2, Some(Dialog::Ask));
        assert!(hands.commands().is_empty());
        hands.does(Action::CloseDialog);
    }
    assert!(!hands.model.may_quit());
    hands.happens(Event::Quit);
    assert_eq!(hands.is_shown().2, Some(Dialog::Ask));
    hands.does(Action::CloseDialog);
    assert!(!hands.model.may_quit(), "it was not said");
    // The desktop that ends waits for no answer, nor does one who asks a second time.
    for second in [Event::Quit, Event::Result(crate::app::effects::WorkerResult::DesktopEnds)] {
        hands.happens(Event::Quit);
        hands.asked.clear();
        hands.happens(second);
        assert!(hands.model.may_quit() && hands.asked.iter().any(|effect| matches!(effect, Effect::Quit)));
        hands.model.quits = false;
    }
    hands.does(Action::End(Ending::Session(listener), true));
    assert!(matches!(hands.commands()[..], [Command::Stop(stopped)] if stopped == listener));
    assert!(hands.model.may_quit(), "not asked again");
}

#[test]
fn a_saved_message_is_kept_where_it_was() {
    let mut hands = Hands::new();
    let message = SavedMessage { name: "a".into(), content: "b".into(), ..SavedMessage::default() };
    hands.does(Action::KeepMessage(message.clone()));
    hands.does(Action::KeepMessage(SavedMessage { content: "c".into(), ..message }));
    assert_eq!(hands.model.settings.messages.iter().map(|kept| kept.content.as_str()).collect::<Vec<_>>(), ["c"]);
}

#[test]
fn a_reset_resets_all_it_names_and_keeps_what_was_written() {
    let mut hands = Hands::new();
    hands.does(Action::KeepMessage(SavedMessage { content: "kept".into(), ..SavedMessage::default() }));
    hands.model.views.ladder.times = !hands.model.views.ladder.times;
    hands.model.settings.window.sessions = 333.0;
    hands.model.settings.listen.port = "1".into();
    hands.happens(Event::Drawn);
    assert_ne!(hands.model.settings.views, Settings::default().views);
    let panels = hands.model.panels;
    hands.does(Action::ResetSettings);
    hands.happens(Event::Drawn);
    let messages = std::mem::take(&mut hands.model.settings.messages);
    assert_eq!((messages.len(), &hands.model.settings), (1, &Settings::default()));
    assert_ne!(hands.model.panels, panels, "the panels forget how wide they were");
}

#[test]
fn a_file_goes_into_the_draft_it_was_chosen_for() {
    use crate::app::effects::{WorkerResult, dialogs::FileAnswer};
    let mut hands = Hands::new();
    let ((a, _), (b, _)) = (hands.client(), hands.client());
    hands.does(Action::Select(Selection::Session(a)));
    hands.happens(Event::Frame);
    hands.does(Action::Choose(Pick::SendPicture));
    // The system's dialog is open, and does not keep anybody from choosing something else here.
    hands.does(Action::Select(Selection::Session(b)));
    hands.happens(Event::Frame);
    let picked = FileAnswer::Picked(Pick::SendPicture, Some("/a.png".into()));
    hands.happens(Event::Result(WorkerResult::File(picked)));
    hands.happens(Event::Result(WorkerResult::Pasted(Ok("/b.png".into()), Selection::Session(b))));
    assert_eq!(hands.model.views.send_box.file().map(std::path::Path::as_os_str), Some("/b.png".as_ref()));
    hands.does(Action::Select(Selection::Session(a)));
    hands.happens(Event::Frame);
    assert_eq!(hands.model.views.send_box.file().map(std::path::Path::as_os_str), Some("/a.png".as_ref()));
}

#[test]
fn what_runs_is_kept_for_the_next_time_and_offered_before_it_starts() {
    let mut hands = Hands::new();
    hands.happens(Event::Drawn);
    assert!(hands.asked.is_empty(), "what ran last time stays until something else does");
    hands.listener();
    hands.happens(Event::Drawn);
    let kept = hands.asked.iter().find_map(|effect| match effect {
        Effect::KeepSessions(words) => Some(words.clone()),
        _ => None,
    });
    let mut next = Hands::new();
    next.model.last_time = Some(Box::new(crate::model::SessionFile::read(&kept.unwrap()).unwrap()));
    next.does(Action::OfferLastTime);
    assert!(next.commands().is_empty());
    assert_eq!(next.is_shown().2, Some(Dialog::Offer));
    next.does(Action::Take(crate::ui::action::Take::All));
    assert!(matches!(next.commands()[..], [Command::Listen { .. }]));
}
