//! Reading what passed: finding in the journal, and what a page leads to.

use super::*;

#[test]
fn the_name_of_an_answer_reaches_the_dialog_that_asks_where_to_save_it() {
    let mut hands = Hands::new();
    hands.does(Action::ChooseSavePlace("cat.png".into()));
    let asked = hands.asked.iter().find_map(|effect| match effect {
        Effect::Choose(pick, start) => Some((*pick, start.clone())),
        _ => None,
    });
    assert_eq!(asked, Some((Pick::SavePlace, Some("cat.png".into()))));
}

#[test]
fn what_was_found_is_gone_through_in_the_journal() {
    let mut hands = Hands::new();
    let (_, connection) = hands.client();
    for words in ["needle", "hay", "needle"] {
        connection.traffic(crate::model::Event::Recv, &[std::io::IoSlice::new(words.as_bytes())], words.len(), 9);
    }
    hands.does(Action::Run(UiCommand::FindNext));
    assert_eq!(hands.is_shown().1, Tab::Conversation, "nothing is looked for");
    hands.does(Action::Find("needle".into()));
    assert_eq!(hands.is_shown().1, Tab::Journal);
    let filter = crate::journal::Filter::parse(crate::journal::Kinds::All, "needle").unwrap();
    hands.does(Action::Filter(filter));
    let generation = hands.asked.iter().find_map(|effect| match effect {
        Effect::Search(generation, Some(_)) => Some(*generation),
        _ => None,
    });
    let found = crate::app::model::Found { generation: generation.unwrap(), matches: vec![1, 3], caught_up: true };
    hands.happens(Event::Result(crate::app::effects::WorkerResult::Found(found)));
    let mut seen = Vec::new();
    for command in [UiCommand::FindNext, UiCommand::FindNext, UiCommand::FindNext, UiCommand::FindPrevious] {
        hands.does(Action::ShowTab(Tab::Pictures));
        hands.does(Action::Run(command));
        seen.push(hands.model.views.journal.table().selected());
        assert_eq!(hands.is_shown().1, Tab::Journal);
    }
    assert_eq!(seen, [Some(1), Some(3), Some(1), Some(3)]);
}

#[test]
fn pictures_of_a_page_are_requests_that_nobody_sees_in_the_list() {
    use crate::model::{FetchConfig, Page};
    let mut hands = Hands::new();
    let config = FetchConfig { url: "http://127.0.0.1:9/a/".into(), ..FetchConfig::default() };
    hands.does(Action::FetchHere(config));
    let session = hands.newest();
    let page =
        Page { connection: crate::model::ConnectionId(7), url: "http://127.0.0.1:9/a/".into(), ..Page::default() };
    hands.happens(Event::Notice(Notice::Fetched { session, page: Arc::new(page) }));
    hands.happens(Event::Notice(Notice::Stopped(session)));
    hands.commands();
    let sources = ["1.png", "2.png", "https://h/3.png", "4.png", "5.png", "6.png"];
    hands.does(Action::LoadPictures(sources.map(str::to_owned).to_vec()));
    let asked: Vec<(SessionId, String)> = hands
        .commands()
        .into_iter()
        .filter_map(|command| match command {
            Command::Fetch { session, config, .. } => Some((session, config.url)),
            _ => None,
        })
        .collect();
    let urls: Vec<&str> = asked.iter().map(|(_, url)| url.as_str()).collect();
    let wanted = ["1", "2", "4", "5"].map(|number| format!("http://127.0.0.1:9/a/{number}.png"));
    assert_eq!(urls, wanted.each_ref().map(String::as_str), "four at a time; https is not spoken");
    let listed = |hands: &Hands| hands.model.state.of(crate::ui::frame::sessions::Group::Clients).count();
    assert_eq!((listed(&hands), hands.model.state.sessions.len()), (1, 5));
    // One that fails makes room for the next, says nothing in the corner, and moves nothing.
    hands.happens(Event::Notice(Notice::Stopped(asked[0].0)));
    assert!(matches!(&hands.commands()[..], [Command::Fetch { config, .. }] if config.url.ends_with("/6.png")));
    assert_eq!(hands.model.state.toasts().count(), 0);
    assert_eq!(hands.is_shown(), (Selection::Session(session), Tab::Http, None));
    // A link takes the place of the page; what still comes for it is stopped when another page asks.
    hands.does(Action::FollowLink("../b?c#d".into()));
    assert!(
        hands.commands().iter().any(
            |command| matches!(command, Command::Fetch { config, .. } if config.url == "http://127.0.0.1:9/b?c#d")
        )
    );
    hands.does(Action::FollowLink("javascript:alert(1)".into()));
    assert!(hands.commands().is_empty());
}
