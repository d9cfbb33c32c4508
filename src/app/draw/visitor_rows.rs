//! The rows of a site's visitors in the list of sessions.

use crate::{
    app::model::{
        state::{Session, State},
        visitors::{self, Visitor},
    },
    model::{ConnectionId, SessionId},
    ui::{action::Selection, frame::sessions::RowKey},
};

/// Visitors without a connection that stay in the list, and ended connections of one: the newest.
const NEWEST: usize = 3;
/// Rows that are listed of one kind at most.
const MOST: usize = 200;

/// One row for each visitor: those that are here and the newest that have gone, the rest of these in one row. With `wanted`
/// those alone whose name has it.
pub(super) fn list(rows: &mut Vec<RowKey>, state: &State, (id, session): (SessionId, &Session), wanted: Option<&str>) {
    let chosen = if let Selection::Connection(chosen) = state.selection { Some(chosen) } else { None };
    let mut all = visitors::of(state, id);
    if let Some(wanted) = wanted {
        all.retain(|visitor| {
            let (name, address) = visitors::who(state, id, visitor.address);
            name.to_lowercase().contains(wanted) || address.contains(wanted)
        });
        for visitor in all.iter().take(MOST) {
            add(rows, (id, session), visitor, chosen);
        }
        return;
    }
    let last = |visitor: &Visitor| visitor.ended.last().copied();
    let mut gone: Vec<ConnectionId> = all.iter().filter(|visitor| visitor.live.is_empty()).filter_map(last).collect();
    gone.sort_unstable_by(|one, other| other.cmp(one));
    let newest = gone.get(NEWEST - 1).copied();
    let is_listed = |visitor: &Visitor| {
        !visitor.live.is_empty()
            || last(visitor) >= newest
            || chosen.is_some_and(|chosen| visitor.ended.contains(&chosen))
    };
    let (listed, mut folded): (Vec<_>, Vec<_>) = all.iter().partition(|visitor| is_listed(visitor));
    for visitor in listed {
        add(rows, (id, session), visitor, chosen);
    }
    if folded.is_empty() && session.dropped == 0 {
        return;
    }
    rows.push(RowKey::Left { session: id, count: folded.len() as u64, open: session.shows_ended });
    if session.shows_ended {
        folded.sort_unstable_by_key(|visitor| std::cmp::Reverse(last(visitor)));
        for visitor in folded.iter().take(MOST) {
            add(rows, (id, session), visitor, chosen);
        }
        let missing = folded.len().saturating_sub(MOST) as u64;
        if missing > 0 {
            rows.push(RowKey::Dropped(missing));
        }
    }
}

/// A visitor, and its connections where they are to be seen: those that live and the newest that have ended.
fn add(rows: &mut Vec<RowKey>, (id, session): (SessionId, &Session), visitor: &Visitor, chosen: Option<ConnectionId>) {
    let has_chosen = chosen.is_some_and(|chosen| visitor.live.contains(&chosen) || visitor.ended.contains(&chosen));
    // What is selected is in the list.
    let open = has_chosen || session.open_visitors.contains(&visitor.address);
    let count = |list: &[ConnectionId]| u32::try_from(list.len()).unwrap_or(u32::MAX);
    let (live, ended) = (count(&visitor.live), count(&visitor.ended));
    rows.push(RowKey::Visitor { session: id, address: visitor.address, live, ended, open });
    if !open {
        return;
    }
    let before = rows.len();
    rows.extend(visitor.live.iter().take(MOST).map(|connection| RowKey::Within(*connection)));
    let newest = visitor.ended.len().saturating_sub(NEWEST);
    let wanted = |(at, connection): &(usize, &ConnectionId)| *at >= newest || chosen == Some(**connection);
    rows.extend(visitor.ended.iter().enumerate().filter(wanted).map(|(_, connection)| RowKey::Within(*connection)));
    let missing = visitor.live.len() + visitor.ended.len() - (rows.len() - before);
    if missing > 0 {
        rows.push(RowKey::Dropped(missing as u64));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        app::model::state::{Ending, Plan},
        journal::{Budget, Connection, Identity, Journal},
        model::{ListenConfig, Name, Names, Recipe, Site},
    };

    struct Visits {
        state: State,
        id: SessionId,
        journal: Arc<Journal>,
        last: u32,
    }

    impl Visits {
        fn new() -> Self {
            let mut state = State::new();
            let config = ListenConfig { recipe: Recipe::Http(Site::Welcome), ..ListenConfig::default() };
            let id = state.add(Plan::Listen(Box::new(config)));
            Self { state, id, journal: Journal::new(Budget::default()), last: 0 }
        }

        /// One more connection of the visitor 10.0.0.`end`.
        fn comes(&mut self, end: u32) -> ConnectionId {
            self.last += 1;
            let peer = Name::parse(&format!("10.0.{}.{}:{}", end / 250, end % 250, 5000 + self.last));
            let names = Names { local: Name::parse("10.0.9.1:80"), peer };
            let identity = Identity { session: self.id, names, ..Identity::accepted(self.last) };
            self.state.opened(Connection::new(identity, Arc::clone(&self.journal)));
            ConnectionId(self.last)
        }

        fn leaves(&mut self, connection: ConnectionId) {
            self.state.ended(connection, Ending::Closed);
        }

        /// `10.0.0.2 6+1` for six that live and one that has ended, `  5` for a connection.
        fn listed(&self, wanted: Option<&str>) -> Vec<String> {
            let mut rows = Vec::new();
            list(&mut rows, &self.state, (self.id, &self.state.sessions[&self.id]), wanted);
            rows.iter()
                .map(|row| match *row {
                    RowKey::Visitor { address, live, ended, .. } => format!("{} {live}+{ended}", address.unwrap()),
                    RowKey::Within(connection) => format!("  {connection}"),
                    RowKey::Left { count, open, .. } => format!("left {count} {open}"),
                    RowKey::Dropped(count) => format!("dropped {count}"),
                    other => panic!("{other:?}"),
                })
                .collect()
        }
    }

    #[test]
    fn the_connections_of_one_address_are_one_row_that_opens_to_them() {
        let mut visits = Visits::new();
        let browser: Vec<_> = (0..6).map(|_| visits.comes(2)).collect();
        visits.comes(3);
        assert_eq!(visits.listed(None), ["10.0.0.2 6+0", "10.0.0.3 1+0"]);
        for gone in &browser[..5] {
            visits.leaves(*gone);
        }
        let address = visitors::of(&visits.state, visits.id)[0].address;
        visits.state.sessions.get_mut(&visits.id).unwrap().open_visitors.insert(address);
        assert_eq!(
            visits.listed(None),
            ["10.0.0.2 1+5", "  6", "  3", "  4", "  5", "dropped 2", "10.0.0.3 1+0"],
            "what lives first, of what has ended the newest three"
        );
        assert_eq!(visits.listed(Some("0.3")), ["10.0.0.3 1+0"]);
        // What is selected is in the list, wherever it would be folded.
        visits.state.sessions.get_mut(&visits.id).unwrap().open_visitors.clear();
        visits.state.selection = Selection::Connection(browser[0]);
        assert_eq!(visits.listed(None)[..3], ["10.0.0.2 1+5", "  6", "  1"]);
    }

    #[test]
    fn visitors_that_have_gone_are_folded_and_counted() {
        let mut visits = Visits::new();
        visits.comes(1);
        for end in 2..=300 {
            let connection = visits.comes(end);
            visits.leaves(connection);
        }
        assert_eq!(
            visits.listed(None),
            ["10.0.0.1 1+0", "10.0.1.48 0+1", "10.0.1.49 0+1", "10.0.1.50 0+1", "left 296 false"]
        );
        visits.state.sessions.get_mut(&visits.id).unwrap().shows_ended = true;
        let open = visits.listed(None);
        assert_eq!(open[4..6], ["left 296 true", "10.0.1.47 0+1"], "the newest first");
        assert_eq!((open.len(), open.last().map(String::as_str)), (5 + MOST + 1, Some("dropped 96")));
        // One that comes back is a row again.
        visits.comes(2);
        assert_eq!(visits.listed(None)[..2], ["10.0.0.1 1+0", "10.0.0.2 1+1"]);
    }
}
