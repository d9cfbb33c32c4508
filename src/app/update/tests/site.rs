//! What visitors bring to an HTTP listener: a mark until it is seen, and nothing under a person's hands moves.

use super::*;
use crate::{
    app::model::board::{POSTS, Visitors},
    model::{Author, Recipe, Serving, Site, SiteNews, Uploads},
    ui::views::{conversation::PostContent, shared::peers::Peers as _},
};

fn site(hands: &mut Hands, serving: Serving) -> SessionId {
    let config = ListenConfig { recipe: Recipe::Http(Site::Welcome), serving, ..ListenConfig::default() };
    let plan = Plan::Listen(Box::new(config));
    let session = hands.model.start(plan, crate::app::model::pending::Origin::Elsewhere);
    hands.listens(session);
    session
}

fn board() -> Serving {
    Serving { board: true, ..Serving::default() }
}

fn says(hands: &mut Hands, session: SessionId, over: ConnectionId, name: &str, text: &str) {
    let by = Author { connection: over, record: 0, name: name.to_owned() };
    let news = SiteNews::Said { by, text: text.to_owned(), picture: None };
    hands.happens(Event::Notice(Notice::Site { session, news }));
}

fn news(hands: &Hands, session: SessionId) -> u64 {
    hands.model.state.sessions[&session].news
}

#[test]
fn what_visitors_bring_is_marked_until_it_is_in_view() {
    let mut hands = Hands::new();
    let site = site(&mut hands, board());
    let visitor = hands.opens(site).id();
    says(&mut hands, site, visitor, "", "hello");
    hands.happens(Event::Frame);
    assert_eq!((news(&hands, site), hands.is_shown().0), (1, Selection::None));
    // Another view of the same listener is not the place where it is read.
    hands.does(Action::Select(Selection::Session(site)));
    hands.does(Action::ShowTab(Tab::Site));
    says(&mut hands, site, visitor, "", "again");
    hands.happens(Event::Frame);
    assert_eq!(news(&hands, site), 2);
    hands.does(Action::Select(Selection::Connection(visitor)));
    hands.does(Action::ShowTab(Tab::Conversation));
    hands.happens(Event::Frame);
    assert_eq!(news(&hands, site), 2, "one connection of it is not all");
    hands.does(Action::Select(Selection::Session(site)));
    hands.happens(Event::Frame);
    assert_eq!(news(&hands, site), 0);
    says(&mut hands, site, visitor, "", "seen at once");
    assert_eq!(news(&hands, site), 0, "it is in view");
    hands.does(Action::Select(Selection::None));
    says(&mut hands, site, ConnectionId::NONE, "", "what I say myself");
    assert_eq!(news(&hands, site), 0);
}

#[test]
fn what_visitors_bring_moves_neither_selection_nor_view_nor_filter_nor_draft() {
    let mut hands = Hands::new();
    let site = site(&mut hands, board());
    let visitor = hands.opens(site).id();
    says(&mut hands, site, visitor, "Anna", "first");
    hands.does(Action::Select(Selection::Session(site)));
    let anna = hands.model.state.sessions[&site].posts.posts()[0].from;
    hands.does(Action::ShowOnly(site, [anna].into()));
    assert_eq!(addressee(&mut hands, Some("a draft")), Some(Target::Session(site)));
    hands.does(Action::Open(Dialog::Connect));
    let before = hands.is_shown();
    for number in 0..3 {
        let other = hands.opens(site);
        says(&mut hands, site, other.id(), "Bob", "hi");
        let by = Author { connection: other.id(), record: 0, name: String::new() };
        let path = format!("/in/{number}.png").into();
        let news = SiteNews::Saved { by, path, length: 9, picture: None };
        hands.happens(Event::Notice(Notice::Site { session: site, news }));
        hands.happens(Event::Notice(Notice::Ended(other)));
    }
    hands.happens(Event::Tick);
    hands.happens(Event::Frame);
    assert_eq!(hands.is_shown(), before);
    assert_eq!(hands.model.state.sessions[&site].only, [anna].into());
    assert_eq!(hands.model.views.send_box.text(), "a draft");
    assert_eq!(hands.model.state.toasts().count(), 0, "it is in view, so nothing more is to be said");
}

#[test]
fn the_board_is_written_on_from_the_site_and_not_from_one_connection_of_it() {
    let mut hands = Hands::new();
    let site = site(&mut hands, board());
    let visitor = hands.opens(site).id();
    hands.does(Action::Select(Selection::Session(site)));
    assert_eq!(addressee(&mut hands, Some("a draft")), Some(Target::Session(site)));
    hands.does(Action::Select(Selection::Connection(visitor)));
    assert_eq!(addressee(&mut hands, None), None);
    hands.does(Action::Select(Selection::Session(site)));
    assert_eq!(addressee(&mut hands, None), Some(Target::Session(site)));
    assert_eq!(hands.model.views.send_box.text(), "a draft");
}

#[test]
fn a_filter_goes_with_the_last_that_it_shows() {
    let mut hands = Hands::new();
    let site = site(&mut hands, board());
    let visitor = hands.opens(site).id();
    says(&mut hands, site, visitor, "Anna", "first");
    let anna = hands.model.state.sessions[&site].posts.posts()[0].from;
    hands.does(Action::Select(Selection::Session(site)));
    hands.does(Action::ShowOnly(site, [anna].into()));
    for number in 0..POSTS {
        assert_eq!(hands.model.state.sessions[&site].only, [anna].into(), "{number}");
        says(&mut hands, site, visitor, "Bob", &number.to_string());
    }
    assert_eq!(
        hands.model.state.sessions[&site].only,
        [].into(),
        "or nothing at all would be in view, and no chip would say why"
    );
}

#[test]
fn the_view_in_which_permissions_are_given_stays() {
    let mut hands = Hands::new();
    let mute = site(&mut hands, Serving::default());
    hands.does(Action::Select(Selection::Session(mute)));
    assert_eq!(hands.model.state.view(), Tab::Site, "nobody can say anything there");
    hands.does(Action::Serve { session: mute, site: Site::Welcome, serving: board() });
    assert_eq!(hands.model.state.view(), Tab::Site);
    let visitor = hands.opens(mute).id();
    says(&mut hands, mute, visitor, "", "hello");
    hands.happens(Event::Frame);
    assert_eq!((hands.model.state.view(), news(&hands, mute)), (Tab::Site, 1));
    hands.does(Action::ShowTab(Tab::Conversation));
    hands.does(Action::Serve { session: mute, site: Site::Welcome, serving: Serving::default() });
    assert_eq!(hands.model.state.view(), Tab::Conversation, "what was said is there to be read");
    // Where there is no such view it stands aside, and is back with the site.
    let raw = hands.listener();
    hands.does(Action::ShowTab(Tab::Site));
    hands.does(Action::Select(Selection::Session(raw)));
    assert_eq!(hands.model.state.view(), Tab::Conversation);
}

#[test]
fn the_first_page_follows_a_site_that_was_removed() {
    let mut hands = Hands::new();
    let site = site(&mut hands, board());
    hands.does(Action::Select(Selection::Session(site)));
    hands.does(Action::ShowTab(Tab::Site));
    hands.does(Action::Stop(site));
    hands.happens(Event::Notice(Notice::Stopped(site)));
    assert_eq!(hands.model.state.view(), Tab::Conversation, "a site that is over has no panel");
    hands.does(Action::Remove(site));
    assert!(hands.model.shows_first_page());
}

#[test]
fn posts_are_bounded_and_say_who_they_are_from() {
    let mut hands = Hands::new();
    let uploads = Some(Uploads::default());
    let site = site(&mut hands, Serving { uploads, ..board() });
    let visitor = hands.opens(site).id();
    for number in 0..POSTS + 10 {
        says(&mut hands, site, visitor, "Anna", &number.to_string());
    }
    let by = Author { connection: visitor, record: 0, name: String::new() };
    let path = "/in/a\u{202e}gnp.exe".into();
    hands.happens(Event::Notice(Notice::Site {
        session: site,
        news: SiteNews::Saved { by, path, length: 5, picture: None },
    }));
    let board = &hands.model.state.sessions[&site].posts;
    assert_eq!((board.posts().len(), board.all()), (POSTS, POSTS as u64 + 11));
    let peers = Visitors { session: site, board };
    let newest = board.posts().back().unwrap();
    let names = [newest.from, board.posts()[0].from].map(|from| peers.name(from).unwrap());
    assert_eq!(names, ["a visitor", "Anna"], "neither has an address here");
    let PostContent::File { name, transfer, .. } = newest.content.clone() else { panic!("{newest:?}") };
    assert_eq!(name, "a·gnp.exe", "nothing in a name moves the letters beside it");
    hands.asked.clear();
    hands.does(Action::OpenFolder(transfer));
    assert!(matches!(&hands.asked[..], [Effect::ShowFolder(folder)] if folder.ends_with("in")), "{:?}", hands.asked);
}
