//! Clear, and what brings it back.

use super::*;

#[test]
fn what_was_cleared_is_offered_back_for_ten_seconds_and_stands_where_it_stood() {
    let mut hands = Hands::new();
    hands.does(Action::Run(UiCommand::Clear));
    assert!(hands.asked.is_empty(), "there was nothing to clear");
    let (_, connection) = hands.client();
    let seq = connection.traffic(crate::model::Event::Recv, &[IoSlice::new(b"one")], 3, 3);
    hands.does(Action::ShowRecord(seq));
    hands.does(Action::Filter(crate::journal::Filter::parse(crate::journal::Kinds::All, "one").unwrap()));
    let place = hands.model.views.journal.table().place();
    hands.asked.clear();
    let offered = |hands: &Hands| hands.model.state.toasts().find_map(|toast| toast.offer.clone());

    hands.does(Action::Run(UiCommand::Clear));
    assert!(matches!(hands.asked[..], [Effect::Forget]));
    assert_eq!(hands.model.views.journal.table().selected(), None);
    // Other messages do not push the offer away.
    for number in 0..9 {
        hands.happens(Event::Say(Tone::Bad, number.to_string()));
    }
    hands.happens(Event::Tick);
    let (_, undo) = offered(&hands).expect("the offer stays");
    hands.asked.clear();
    hands.does(undo);
    assert!(matches!(hands.asked[..], [Effect::BringBack, Effect::Search(_, Some(_))]), "{:?}", hands.asked);
    assert_eq!(hands.model.views.journal.table().place(), place);
    assert!(offered(&hands).is_none(), "once");

    // When it is sent away, what was cleared goes for good.
    hands.does(Action::Run(UiCommand::Clear));
    let toast = hands.model.state.toasts().find(|toast| toast.offer.is_some()).unwrap().id;
    hands.does(Action::DismissToast(toast));
    hands.asked.clear();
    hands.happens(Event::Tick);
    assert!(hands.asked.iter().any(|effect| matches!(effect, Effect::DropForgotten)));
    hands.asked.clear();
    hands.does(Action::BringBack);
    assert!(hands.asked.is_empty());
}
