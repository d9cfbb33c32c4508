//! What the list of sessions shows: which rows there are, and what each says.

use super::visitor_rows;
use crate::{
    app::model::{
        naming::{self, address, names, peer},
        state::{Ending, Known, Phase, Session, State},
        visitors,
    },
    model::{self, Arrival, ConnectionId, Errno, Failure, Page, Presence, SessionId, State as Stand},
    ui::{
        action::{Action, Selection},
        frame::sessions::{Group, Health, RowAction, RowKey, RowList, RowView},
        kit::Tone,
        views::{http::status, shared::wording},
    },
    words::{grouped, text},
};

/// Ended connections of a listener that stay in its list as they are: how the newest ones ended is worth a look.
const NEWEST: usize = 3;
/// The most ended ones that are listed when they are asked for, newest first.
const UNFOLDED: usize = 200;

/// Lays the rows out anew: each group of sessions, listeners with their connections.
pub(super) fn list(state: &State) -> RowList {
    let wanted = state.find.trim().to_lowercase();
    let mut rows = Vec::new();
    for group in Group::ALL {
        let mut heading = Some(RowKey::Heading(group));
        for (id, session) in state.of(group) {
            let fits = wanted.is_empty() || is_called(session, &wanted);
            let mut below = Vec::new();
            if session.is_site() {
                visitor_rows::list(&mut below, state, (id, session), (!fits).then_some(wanted.as_str()));
            } else if !fits {
                below.extend(peers_called(state, session, &wanted).into_iter().map(RowKey::Connection));
            } else if session.is_listener() {
                connections(&mut below, id, session, state.selection);
            }
            if fits || !below.is_empty() && session.is_listener() {
                rows.extend(heading.take());
                rows.push(RowKey::Session(id));
                rows.append(&mut below);
            }
        }
    }
    if rows.is_empty() && !wanted.is_empty() {
        rows.push(RowKey::NotFound);
    } else if rows.is_empty() {
        rows.extend([RowKey::Heading(Group::Listeners), RowKey::Nothing]);
    }
    RowList::new(rows)
}

/// Whether a session is what is looked for: by its name, its address, or what carries it.
fn is_called(session: &Session, wanted: &str) -> bool {
    [naming::title(session), address(session), session.plan.kind().carrier().to_owned()]
        .iter()
        .any(|words| words.to_lowercase().contains(wanted))
}

/// The connections of a session whose peer is what is looked for, oldest first, as many as are ever listed.
fn peers_called(state: &State, session: &Session, wanted: &str) -> Vec<ConnectionId> {
    let known = session
        .connections
        .iter()
        .filter(|id| state.connections.get(*id).is_some_and(|known| peer(known).to_lowercase().contains(wanted)));
    known.copied().take(UNFOLDED).collect()
}

/// The connections of a listener: those that live, the newest of those that have ended, and the rest of these in one row.
fn connections(rows: &mut Vec<RowKey>, id: SessionId, session: &Session, selection: Selection) {
    let newest = session.over.iter().rev().nth(NEWEST - 1).or(session.over.first());
    let is_listed = |connection: &ConnectionId| {
        newest.is_some_and(|newest| connection >= newest) || selection == Selection::Connection(*connection)
    };
    let listed =
        session.connections.iter().filter(|connection| !session.over.contains(connection) || is_listed(connection));
    rows.extend(listed.map(|connection| RowKey::Connection(*connection)));
    let folded = || session.over.iter().rev().filter(|connection| !is_listed(connection));
    let count = folded().count() as u64 + session.dropped;
    if count == 0 {
        return;
    }
    rows.push(RowKey::Ended { session: id, count, open: session.shows_ended });
    if session.shows_ended {
        let before = rows.len();
        rows.extend(folded().take(UNFOLDED).map(|connection| RowKey::Connection(*connection)));
        let missing = count - (rows.len() - before) as u64;
        if missing > 0 {
            rows.push(RowKey::Dropped(missing));
        }
    }
}

/// What a row says.
pub(super) fn describe(state: &State, key: RowKey) -> Option<RowView> {
    match key {
        RowKey::Session(id) => state.sessions.get(&id).map(|session| session_row(state, id, session)),
        RowKey::Connection(id) | RowKey::Within(id) => {
            state.connections.get(&id).map(|known| connection_row(state, id, known))
        }
        RowKey::Visitor { session, address, live, .. } => {
            let (title, address) = visitors::who(state, session, address);
            Some(RowView {
                health: if live > 0 { Health::Good } else { Health::Over },
                title,
                address,
                note: String::new(),
                unread: 0,
                tooltip: String::new(),
                actions: Vec::new(),
            })
        }
        RowKey::Heading(_)
        | RowKey::Left { .. }
        | RowKey::Ended { .. }
        | RowKey::Dropped(_)
        | RowKey::Nothing
        | RowKey::NotFound => None,
    }
}

/// How a failed start reads in three words.
fn short(failure: &Failure) -> String {
    match failure.error {
        Errno::ETIMEDOUT => text!("timed out").to_owned(),
        Errno::ECONNREFUSED => text!("refused").to_owned(),
        Errno::ECONNRESET => text!("reset").to_owned(),
        Errno::EADDRINUSE => text!("in use").to_owned(),
        Errno::EACCES | Errno::EPERM => text!("not allowed").to_owned(),
        Errno::EHOSTUNREACH | Errno::ENETUNREACH => text!("unreachable").to_owned(),
        Errno::EAI_NONAME | Errno::EAI_NODATA => text!("no such name").to_owned(),
        Errno::EAI_AGAIN | Errno::EAI_FAIL => text!("no name server").to_owned(),
        _ => failure.name().into_owned(),
    }
}

fn session_row(state: &State, id: SessionId, session: &Session) -> RowView {
    let last = session.connections.last().and_then(|connection| state.connections.get(connection));
    let mut view = RowView {
        health: match session.phase {
            Phase::Starting => Health::Starting,
            Phase::Running => match session.presence {
                Presence::Here => Health::Good,
                Presence::NoLink => Health::Half,
                Presence::Lost => Health::Bad,
            },
            Phase::Over if session.failure.is_some() && session.connections.is_empty() => Health::Bad,
            Phase::Over => Health::Over,
        },
        title: String::new(),
        address: address(session),
        note: String::new(),
        unread: session.news,
        tooltip: String::new(),
        actions: Vec::new(),
    };
    if session.is_listener() {
        view.title = naming::title(session);
        view.tooltip = text!("{title} on {address}", title = view.title, address = view.address);
        view.note = match session.phase {
            Phase::Running if session.presence != Presence::Here => session.presence.word().to_owned(),
            Phase::Running if session.is_http() && session.live == 0 => text!("HTTP").to_owned(),
            Phase::Running if session.is_http() => text!("HTTP · {n}", n = grouped(session.live as u64)),
            Phase::Running => carried(session.plan.kind().carrier(), session.live),
            Phase::Starting => String::new(),
            Phase::Over => session.failure.as_ref().map_or_else(|| text!("stopped").to_owned(), short),
        };
        if let Some(local) = session.local.inet() {
            view.address = format!(":{}", local.port());
        }
    } else {
        view.title.clone_from(&session.name);
        if let (Phase::Running, Some(known)) = (session.phase, last) {
            view.health = health(known);
        }
        // A page that came is what the row is about, not the connection that brought it.
        let page =
            session.page.as_deref().filter(|page| session.phase == Phase::Over && page.arrival == Arrival::Ended);
        if let Some(page) = page {
            view.health = match status::of_page(page) {
                Tone::Good | Tone::Info => Health::Good,
                Tone::Warning | Tone::Bad => Health::Half,
            };
        }
        view.unread = last.map_or(0, unread);
        view.note = match (session.phase, last) {
            (Phase::Over, _) if page.is_some() => page.map_or_else(String::new, |page| amounts_to(page, "")),
            (Phase::Over, Some(Known { ending: Some(ending), .. })) => ending.short().to_owned(),
            (Phase::Over, _) => session.failure.as_ref().map_or_else(|| text!("closed").to_owned(), short),
            (Phase::Starting, _) => "…".to_owned(),
            (Phase::Running, known) => match (known.map_or("", ailment), &session.plan) {
                ("", plan) => plan.kind().carrier().to_owned(),
                (ailment, _) => ailment.to_owned(),
            },
        };
        view.tooltip = last.map_or_else(|| view.address.clone(), names);
        if let Some(page) = page {
            view.tooltip = format!("{}\n{}", view.tooltip, answer(page));
        }
    }
    // What visitors bring to a site counts until their messages are in view.
    if state.chosen_session() == Some(id) && !session.is_site() {
        view.unread = 0;
    }
    if let Some(failure) = &session.failure {
        view.tooltip = failure.to_string();
    }
    view.actions = session_actions(id, session, last);
    view
}

/// What a row says of what runs well: its carrier, where that is not TCP, and how many are connected.
fn carried(carrier: &str, live: usize) -> String {
    match (carrier, live) {
        (carrier, 0) => carrier.to_owned(),
        ("", live) => grouped(live as u64),
        (carrier, live) => format!("{carrier} · {}", grouped(live as u64)),
    }
}

/// What a page amounts to: `200 OK`, `404 Not Found`, `200 OK · with faults`.
pub(super) fn answer(page: &Page) -> String {
    let reason = page.start_line.splitn(3, ' ').nth(2).unwrap_or_default();
    amounts_to(page, &wording::escape(reason.as_bytes(), 40))
}

/// The status of a page with its reason, or without, and whether something is wrong with its form.
fn amounts_to(page: &Page, reason: &str) -> String {
    let status = match page.status {
        0 => text!("no status line").to_owned(),
        status => format!("{status} {reason}").trim_end().to_owned(),
    };
    let sound = page.remarks.is_empty() && !page.is_cut_short;
    if sound { status } else { text!("{status} · with faults", status = status) }
}

/// What is the matter with a connection that lives, in three words; empty while all is well.
fn ailment(known: &Known) -> &'static str {
    match (known.shared.presence(), known.shared.health()) {
        (Presence::Here, model::Health::Fine) => match known.shared.state() {
            Stand::CloseWait => text!("peer finished"),
            Stand::FinWait => text!("half-closed"),
            Stand::Established | Stand::Closed | Stand::Reset => "",
        },
        (Presence::Here, health) => health.word(),
        (presence, _) => presence.word(),
    }
}

fn session_actions(id: SessionId, session: &Session, last: Option<&Known>) -> Vec<(RowAction, Action)> {
    let mut actions = Vec::new();
    let over = session.phase == Phase::Over;
    if session.is_listener() {
        actions.push((RowAction::CopyAddress, Action::Copy(address(session))));
        actions.extend(session.programs().iter().map(|kind| (RowAction::CopyAs(*kind), Action::CopyAs(id, *kind))));
        if !over {
            let local = session.local.inet().filter(|local| !local.ip().is_multicast());
            let moves = session.plan.listen().is_some_and(|config| config.transport.path().is_none());
            if let Some(local) = local.filter(|_| moves) {
                let here = local.ip().is_loopback();
                let bind = if here { "*" } else { "127.0.0.1" };
                let entry = if here { RowAction::LetIn } else { RowAction::HereOnly };
                actions.push((entry, Action::Rebind(id, bind.to_owned())));
            }
            actions.push((RowAction::Stop, Action::Stop(id)));
        }
    } else {
        actions.extend(session.programs().iter().map(|kind| (RowAction::CopyAs(*kind), Action::CopyAs(id, *kind))));
        if let Some(known) = last {
            actions.push((RowAction::Copy, Action::CopyNames(known.shared.id())));
            actions.extend(live_actions(known));
        }
        if !over {
            actions.push((RowAction::Disconnect, Action::Stop(id)));
        }
    }
    actions.push((RowAction::Rename, Action::AskName(id)));
    if over {
        actions.push((RowAction::Again, Action::Restart { session: id, any_port: false }));
        actions.push((RowAction::Remove, Action::Remove(id)));
    }
    actions
}

fn connection_row(state: &State, id: ConnectionId, known: &Known) -> RowView {
    let over = known.ending.is_some();
    let mut actions = vec![(RowAction::Copy, Action::CopyNames(id))];
    if !over {
        actions.extend(live_actions(known));
        actions.push((RowAction::Close, Action::Close(id)));
    }
    RowView {
        health: health(known),
        title: String::new(),
        address: peer(known),
        note: known.ending.map_or_else(|| ailment(known), Ending::short).to_owned(),
        // What has ended is read in the journal; its address matters more than a count.
        unread: if over || is_seen(state, id, known) || is_asked(state, known) { 0 } else { unread(known) },
        tooltip: known.ending.map_or_else(|| names(known), |ending| format!("{}\n{}", names(known), ending.long())),
        actions,
    }
}

fn live_actions(known: &Known) -> Vec<(RowAction, Action)> {
    let id = known.shared.id();
    let mut actions = Vec::new();
    // Datagrams have neither FIN nor RST.
    if known.ending.is_some() || known.shared.identity().socket.is_datagram() {
        return actions;
    }
    if matches!(known.shared.state(), Stand::Established | Stand::CloseWait) {
        actions.push((RowAction::HalfClose, Action::HalfClose(id)));
    }
    actions.push((RowAction::Reset, Action::Reset(id)));
    actions
}

fn health(known: &Known) -> Health {
    match known.shared.state() {
        _ if known.ending.is_some() => Health::Over,
        _ if known.shared.presence() == Presence::Lost => Health::Bad,
        _ if !ailment(known).is_empty() => Health::Half,
        Stand::Established => Health::Good,
        Stand::CloseWait | Stand::FinWait => Health::Half,
        Stand::Closed | Stand::Reset => Health::Over,
    }
}

/// What comes to it is in view: its own conversation, or that of its listener.
fn is_seen(state: &State, id: ConnectionId, known: &Known) -> bool {
    state.selection == Selection::Connection(id) || state.whole() == Some(known.shared.identity().session)
}

/// What comes over it is what a visitor's program asks for, and nobody reads it there.
fn is_asked(state: &State, known: &Known) -> bool {
    state.sessions.get(&known.shared.identity().session).is_some_and(Session::is_site)
}

fn unread(known: &Known) -> u64 {
    known.shared.received().1.saturating_sub(known.seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::model::state::{ENDED, Plan},
        journal::{Budget, Connection, Identity, Journal},
        model::{Name, Names},
        words::Phrase,
    };

    #[test]
    fn an_answer_that_is_no_success_is_amber_and_says_so() {
        let mut state = State::new();
        let id = state.add(Plan::Fetch(Box::default()));
        for (status, start_line, remarks, health, note) in [
            (200, "HTTP/1.1 200 OK", 0, Health::Good, "200"),
            (302, "HTTP/1.1 302 Found", 0, Health::Good, "302"),
            (404, "HTTP/1.1 404 Not Found", 0, Health::Half, "404"),
            (500, "HTTP/1.1 500 Internal Server Error", 0, Health::Half, "500"),
            (200, "HTTP/1.1 200 OK", 1, Health::Half, "200 · with faults"),
            (0, "", 1, Health::Half, "no status line · with faults"),
        ] {
            let remarks = vec![Phrase::verbatim("bare line feeds"); remarks];
            let page = Page { status, start_line: start_line.to_owned(), remarks, ..Page::default() };
            let entry = state.sessions.get_mut(&id).unwrap();
            (entry.phase, entry.page) = (Phase::Over, Some(std::sync::Arc::new(page)));
            let view = describe(&state, RowKey::Session(id)).unwrap();
            assert_eq!((view.health, view.note.as_str()), (health, note));
            let reason = start_line.splitn(3, ' ').nth(2).unwrap_or_default();
            assert!(view.tooltip.contains(reason), "{}", view.tooltip);
        }
    }

    #[test]
    fn ended_connections_fold_into_one_row_and_the_living_and_the_selected_stay() {
        let journal = Journal::new(Budget::default());
        let mut state = State::new();
        let id = state.add(Plan::Listen(Box::default()));
        let enter = |state: &mut State, numbers: std::ops::RangeInclusive<u32>| {
            for number in numbers {
                let identity = Identity { session: id, ..Identity::accepted(number) };
                state.opened(Connection::new(identity, std::sync::Arc::clone(&journal)));
            }
        };
        let listed = |state: &State| {
            let rows = list(state).rows().to_vec();
            let numbers = rows.iter().filter_map(|row| match row {
                RowKey::Connection(connection) => Some(connection.0),
                _ => None,
            });
            (
                numbers.collect::<Vec<_>>(),
                rows.into_iter()
                    .filter(|row| matches!(row, RowKey::Ended { .. } | RowKey::Dropped(_)))
                    .collect::<Vec<_>>(),
            )
        };
        let fold = |count, open| RowKey::Ended { session: id, count, open };
        enter(&mut state, 1..=5);
        for number in [1, 2, 4] {
            state.ended(ConnectionId(number), Ending::Closed);
        }
        assert_eq!(listed(&state), (vec![1, 2, 3, 4, 5], vec![]), "few are listed as they are");
        let last = u32::try_from(ENDED).unwrap() + 105;
        enter(&mut state, 6..=last);
        (6..last).for_each(|number| state.ended(ConnectionId(number), Ending::Closed));
        // 1 102 have ended, 1 000 are known, the newest three stay.
        assert_eq!(listed(&state), (vec![3, 5, last - 3, last - 2, last - 1, last], vec![fold(1099, false)]));
        state.selection = Selection::Connection(ConnectionId(500));
        assert_eq!(listed(&state), (vec![3, 5, 500, last - 3, last - 2, last - 1, last], vec![fold(1098, false)]));
        state.selection = Selection::None;
        state.sessions.get_mut(&id).unwrap().shows_ended = true;
        let (numbers, folds) = listed(&state);
        assert_eq!(numbers.get(5..8), Some([last, last - 4, last - 5].as_slice()), "newest first below the row");
        assert_eq!((numbers.len(), folds), (6 + UNFOLDED, vec![fold(1099, true), RowKey::Dropped(899)]));
    }

    #[test]
    fn what_is_the_matter_shows_on_the_rows_and_goes_away_again() {
        let mut state = State::new();
        let id = state.add(Plan::Listen(Box::default()));
        let names = Names { local: Name::parse("10.77.0.1:80"), peer: Name::parse("10.77.0.2:5000") };
        let identity = Identity { session: id, names, ..Identity::accepted(1) };
        let shared = Connection::new(identity, Journal::new(Budget::default()));
        state.opened(std::sync::Arc::clone(&shared));
        let listener = |state: &State| {
            let view = describe(state, RowKey::Session(id)).unwrap();
            (view.health, view.note)
        };
        let connection = |state: &State| {
            let view = describe(state, RowKey::Connection(shared.id())).unwrap();
            (view.health, view.note)
        };
        for (presence, arrives, of_listener, of_connection) in [
            (Presence::Here, model::Health::Fine, (Health::Good, "1"), (Health::Good, "")),
            (Presence::Here, model::Health::NotReading, (Health::Good, "1"), (Health::Half, "does not read")),
            (Presence::NoLink, model::Health::Fine, (Health::Half, "no link"), (Health::Half, "no link")),
            (Presence::Lost, model::Health::NotReading, (Health::Bad, "address lost"), (Health::Bad, "address lost")),
            (Presence::Here, model::Health::Fine, (Health::Good, "1"), (Health::Good, "")),
        ] {
            state.sessions.get_mut(&id).unwrap().presence = presence;
            shared.set_presence(presence);
            shared.set_health(arrives, std::time::Duration::ZERO);
            let own = |(health, note): (Health, &str)| (health, note.to_owned());
            assert_eq!(listener(&state), own(of_listener), "{presence:?}");
            assert_eq!(connection(&state), own(of_connection), "{presence:?} {arrives:?}");
        }
        shared.set_presence(Presence::Lost);
        state.ended(shared.id(), Ending::Closed);
        assert_eq!(connection(&state), (Health::Over, "closed".to_owned()), "what has ended ails no more");
    }
}
