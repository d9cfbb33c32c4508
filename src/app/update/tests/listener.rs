//! A listener with its peers: whom what is typed is for, whose messages are shown, and that nobody who comes or goes
//! changes it.

use super::*;

#[test]
fn what_was_typed_for_one_who_leaves_goes_to_nobody_else() {
    let mut hands = Hands::new();
    let listener = hands.listener();
    let (first, second) = (hands.opens(listener), hands.opens(listener));
    hands.does(Action::Select(Selection::Session(listener)));
    assert_eq!(addressee(&mut hands, Some("for all")), Some(Target::Session(listener)));
    hands.model.views.send_box.choose_peer(second.id());
    hands.model.views.send_box.choose_peer(first.id());
    let third = hands.opens(listener);
    let both = Target::Peers(listener, [first.id(), second.id()].into());
    assert_eq!(addressee(&mut hands, None), Some(both), "who comes later is not one of some");
    hands.happens(Event::Notice(Notice::Ended(first)));
    assert_eq!(addressee(&mut hands, Some("for the second")), Some(Target::Connection(second.id())));
    // Also while something else is shown.
    hands.does(Action::Select(Selection::Connection(third.id())));
    assert_eq!(addressee(&mut hands, Some("for the third")), Some(Target::Connection(third.id())));
    hands.happens(Event::Notice(Notice::Ended(second)));
    hands.does(Action::Select(Selection::Session(listener)));
    assert_eq!(addressee(&mut hands, None), None, "the only one has gone");
    assert_eq!(hands.model.views.send_box.text(), "for the second");
    hands.model.views.send_box.set_text("");
    assert_eq!(addressee(&mut hands, None), None, "what is typed now was not meant for all either");
    hands.model.views.send_box.choose_peer(third.id());
    assert_eq!(addressee(&mut hands, None), Some(Target::Connection(third.id())));
}

#[test]
fn what_comes_to_a_listener_moves_neither_the_filter_nor_the_addressees() {
    let mut hands = Hands::new();
    let listener = hands.listener();
    let (first, second) = (hands.opens(listener), hands.opens(listener));
    hands.does(Action::Select(Selection::Session(listener)));
    hands.does(Action::ShowOnly(listener, [first.id()].into()));
    addressee(&mut hands, Some("for all"));
    hands.model.views.send_box.choose_peer(second.id());
    for _ in 0..3 {
        let caller = hands.opens(listener);
        caller.traffic(crate::model::Event::Recv, &[IoSlice::new(b"hello")], 5, 5);
        hands.happens(Event::Notice(Notice::Ended(caller)));
    }
    hands.happens(Event::Notice(Notice::Ended(Arc::clone(&first))));
    hands.happens(Event::Tick);
    let only = hands.model.state.sessions[&listener].only.clone();
    assert_eq!(only, [first.id()].into(), "it has ended, and what it said is still read");
    assert_eq!(addressee(&mut hands, None), Some(Target::Connection(second.id())));
    assert_eq!(hands.is_shown(), (Selection::Session(listener), Tab::Conversation, None));
    // A filter is no addressee.
    hands.does(Action::ShowOnly(listener, std::collections::BTreeSet::new()));
    assert_eq!(addressee(&mut hands, None), Some(Target::Connection(second.id())));
}

#[test]
fn what_was_read_with_all_others_counts_as_read() {
    let mut hands = Hands::new();
    let listener = hands.listener();
    let (first, second) = (hands.opens(listener), hands.opens(listener));
    let says = |peer: &Connection| {
        peer.traffic(crate::model::Event::Recv, &[IoSlice::new(b"hello")], 5, 5);
    };
    hands.does(Action::Select(Selection::Session(listener)));
    hands.does(Action::ShowTab(Tab::Conversation));
    says(&first);
    hands.does(Action::Select(Selection::None));
    says(&second);
    let seen = |hands: &Hands, peer: &Connection| hands.model.state.connections[&peer.id()].seen;
    assert_eq!((seen(&hands, &first), seen(&hands, &second)), (1, 0));
}

#[test]
fn the_send_box_of_the_newest_caller_is_one_key_away() {
    let mut hands = Hands::new();
    let listener = hands.listener();
    assert!(!hands.model.is_enabled(UiCommand::Newest));
    let first = hands.opens(listener);
    let second = hands.opens(listener);
    hands.does(Action::ShowTab(Tab::Journal));
    hands.does(Action::Run(UiCommand::Newest));
    assert_eq!(hands.is_shown(), (Selection::Connection(second.id()), Tab::Conversation, None));
    hands.happens(Event::Notice(Notice::Ended(second)));
    hands.does(Action::Run(UiCommand::Newest));
    assert_eq!(hands.is_shown().0, Selection::Connection(first.id()));
}
