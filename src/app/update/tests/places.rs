//! Where sessions stand: in the list, on an address, beside the page or over it; and what they are called.

use super::*;

#[test]
fn other_pcs_are_let_in_where_the_listener_stands_and_its_settings_follow() {
    let bind_of = |hands: &Hands, id: SessionId| match &hands.model.state.sessions[&id].plan {
        Plan::Listen(config) => config.bind.clone(),
        other => panic!("{other:?}"),
    };
    let mut hands = Hands::new();
    let listener = hands.listener();
    let caller = hands.opens(listener);
    hands.does(Action::Select(Selection::Connection(caller.id())));
    let before = hands.is_shown();
    hands.commands();
    hands.does(Action::Rebind(listener, "*".into()));
    assert!(matches!(&hands.commands()[..], [Command::Rebind { bind, .. }] if bind == "*"));
    assert_eq!(bind_of(&hands, listener), "127.0.0.1", "not before it is so");
    // Refused: said, and nothing else is changed.
    let failure = Failure::named(Operation::Bind, "[::]:8000", Errno::EADDRINUSE);
    hands.happens(Event::Notice(Notice::Failed { session: listener, connection: ConnectionId::NONE, failure }));
    hands.listens(listener);
    assert_eq!(bind_of(&hands, listener), "127.0.0.1");
    assert!(hands.model.state.sessions[&listener].failure.is_none());
    assert!(hands.model.state.toasts().next().is_some());
    hands.does(Action::Rebind(listener, "*".into()));
    let local = Name::parse("[::]:8000");
    hands.happens(Event::Notice(Notice::Listening { session: listener, local, descriptor: None, note: None }));
    assert_eq!(bind_of(&hands, listener), "*");
    assert_eq!(hands.is_shown(), before);
}

#[test]
fn a_datagram_listener_ends_and_begins_anew_in_its_place() {
    let mut hands = Hands::new();
    let udp = ListenConfig { transport: Transport::Udp, port: 0, ..ListenConfig::default() };
    let session = hands.model.start(Plan::Listen(Box::new(udp)), crate::app::model::pending::Origin::Elsewhere);
    hands.listens(session);
    let other = hands.listener();
    hands.does(Action::Select(Selection::Session(session)));
    hands.commands();
    hands.does(Action::Rebind(session, "*".into()));
    assert!(matches!(hands.commands()[..], [Command::Stop(stopped)] if stopped == session));
    hands.happens(Event::Notice(Notice::Stopped(session)));
    let commands = hands.commands();
    let [Command::Listen { session: again, config }] = &commands[..] else { panic!("{commands:?}") };
    assert_eq!((config.bind.as_str(), config.port), ("*", 8000), "the port that it had");
    let order: Vec<_> = hands.model.state.of(Group::Listeners).map(|(id, _)| id).collect();
    assert_eq!(order, [*again, other]);
    assert_eq!(hands.is_shown().0, Selection::Session(*again));
}

#[test]
fn a_retry_takes_the_place_of_what_failed() {
    let mut hands = Hands::new();
    let connect = |host: &str| {
        let config = ConnectConfig { host: host.into(), ..ConnectConfig::default() };
        Action::Connect(Box::new(config), Script::default())
    };
    hands.does(connect("10.0.0.1"));
    let first = hands.newest();
    let failure = Failure::named(Operation::Connect, "10.0.0.1:8000", Errno::ECONNREFUSED);
    hands.happens(Event::Notice(Notice::Failed { session: first, connection: ConnectionId::NONE, failure }));
    hands.happens(Event::Notice(Notice::Stopped(first)));
    let (other, _) = hands.client();
    hands.does(connect("10.0.0.1"));
    let again = hands.newest();
    let order: Vec<_> = hands.model.state.of(Group::Clients).map(|(id, _)| id).collect();
    assert_eq!(order, [again, other]);
    // Another address is no retry.
    hands.does(connect("10.0.0.2"));
    assert_eq!(hands.model.state.sessions.len(), 3);
}

#[test]
fn what_is_given_up_before_it_is_connected_leaves_no_row() {
    let mut hands = Hands::new();
    hands.does(Action::Open(Dialog::Connect));
    hands.model.settings.connect.host = "10.0.0.7".into();
    hands.does(Action::Connect(Box::default(), Script::default()));
    let session = hands.newest();
    assert_eq!(hands.model.connect.pending, Some(session));
    hands.does(Action::Stop(session));
    hands.happens(Event::Notice(Notice::Stopped(session)));
    assert!(hands.model.state.sessions.is_empty());
    assert_eq!(hands.is_shown().2, Some(Dialog::Connect), "to be changed and tried again");
    assert_eq!(hands.model.settings.called[0].host, "10.0.0.7");
    for host in 0..20 {
        hands.model.settings.connect.host = host.to_string();
        hands.model.settings.remember_called();
    }
    assert_eq!((hands.model.settings.called.len(), hands.model.settings.called[0].host.as_str()), (8, "19"));
    hands.does(Action::ForgetHosts);
    assert!(hands.model.settings.called.is_empty());
}

#[test]
fn what_has_no_room_beside_the_page_comes_as_a_sheet() {
    let mut hands = Hands::new();
    let (session, connection) = hands.client();
    hands.does(Action::Select(Selection::Session(session)));
    hands.does(Action::Run(UiCommand::ToggleInspector));
    assert!(!hands.model.settings.open.inspector, "beside the page it is opened and closed");
    hands.does(Action::Run(UiCommand::ToggleInspector));
    (hands.model.fits.inspector, hands.model.fits.sessions) = (false, false);
    for (command, dialog) in
        [(UiCommand::ToggleInspector, Dialog::Details), (UiCommand::ToggleSessions, Dialog::Sessions)]
    {
        hands.does(Action::Run(command));
        assert_eq!(hands.is_shown().2, Some(dialog));
        hands.does(Action::Run(command));
        assert_eq!(hands.is_shown().2, None);
    }
    assert!(hands.model.settings.open.inspector && hands.model.settings.open.sessions);
    // What is chosen in the list is what one wants to see.
    hands.does(Action::Run(UiCommand::ToggleSessions));
    hands.does(Action::Select(Selection::Connection(connection.id())));
    assert_eq!(hands.is_shown(), (Selection::Connection(connection.id()), Tab::Conversation, None));
}

#[test]
fn a_name_that_was_given_stays_through_a_restart_and_in_the_session_file() {
    let mut hands = Hands::new();
    let listener = hands.listener();
    hands.does(Action::AskName(listener));
    assert_eq!(hands.is_shown().2, Some(Dialog::Name));
    hands.does(Action::Rename(listener, " The\nrobot ".into()));
    assert_eq!(hands.is_shown().2, None);
    assert_eq!(hands.model.state.sessions[&listener].name, "Therobot", "one line");
    hands.happens(Event::Drawn);
    let kept = hands.asked.iter().find_map(|effect| match effect {
        Effect::KeepSessions(words) => Some(words.clone()),
        _ => None,
    });
    let file = crate::model::SessionFile::read(&kept.unwrap()).unwrap();
    assert_eq!(file.listeners[0].name, "Therobot");
    let mut next = Hands::new();
    next.model.last_time = Some(Box::new(file));
    next.does(Action::OfferLastTime);
    next.does(Action::Take(crate::ui::action::Take::All));
    let session = next.newest();
    assert_eq!(next.model.state.sessions[&session].name, "Therobot");
    next.happens(Event::Notice(Notice::Stopped(session)));
    next.does(Action::Restart { session, any_port: false });
    let again = next.newest();
    assert_ne!(again, session);
    assert_eq!(next.model.state.sessions[&again].name, "Therobot");
}

#[test]
fn a_lab_starts_with_one_click_also_where_its_port_is_taken_and_stops_with_the_next() {
    use crate::{app::effects::WorkerResult, ui::action::LabAction};
    let mut hands = Hands::new();
    hands.does(Action::Lab(LabAction::Open("http-page")));
    hands.does(Action::Lab(LabAction::StartBoth));
    assert!(
        hands
            .asked
            .iter()
            .any(|effect| matches!(effect, Effect::LookAtLabFile("http-page", file, _) if file.is_empty()))
    );
    hands.happens(Event::Result(WorkerResult::LabFile("http-page", Ok(String::new()))));
    let commands = hands.commands();
    let [Command::Listen { session, config }] = &commands[..] else { panic!("{commands:?}") };
    assert_eq!((config.bind.as_str(), config.fallback), ("127.0.0.1", true), "nobody else is let in unasked");
    hands.listens(*session);
    let commands = hands.commands();
    assert!(matches!(&commands[..], [Command::Fetch { config, .. }] if config.url == "http://127.0.0.1:8000/"));
    hands.does(Action::Lab(LabAction::StopBoth));
    let stopped: Vec<SessionId> = hands
        .commands()
        .into_iter()
        .filter_map(|command| if let Command::Stop(session) = command { Some(session) } else { None })
        .collect();
    assert_eq!(stopped.len(), 2);
    assert!(stopped.contains(session));

    let mut hands = Hands::new();
    hands.does(Action::Lab(LabAction::Open("do-not-answer")));
    hands.does(Action::Lab(LabAction::StartClient));
    hands.does(Action::Lab(LabAction::OneMore));
    assert_eq!(hands.model.labs.benches["do-not-answer"].clients.len(), 2, "the first one stays");
}
