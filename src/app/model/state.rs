//! What runs and what is shown: the run-time state of the window, owned by its thread alone.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    net::IpAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

pub(in crate::app) use super::kind::Plan;
use crate::{
    journal::Connection,
    model::{ConnectionId, Encodings, Failure, Name, Page, Presence, Script, SessionId, Snippet, TransferId},
    ui::{
        action::{Action, Selection, Tab},
        frame::{sessions::RowList, toast::Toast},
        kit::Tone,
    },
};

pub(in crate::app) use super::{
    board::Board,
    ending::Ending,
    transfers::{FILES, Keeping, Transfer},
};

/// Ended connections that stay in the list; older ones are counted.
pub(in crate::app) const ENDED: usize = 1000;
/// Messages in the corner at a time.
const TOASTS: usize = 4;

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Phase {
    Starting,
    Running,
    Over,
}

/// A listener or a client.
#[derive(Debug)]
pub(in crate::app) struct Session {
    pub(in crate::app) plan: Plan,
    /// Its place in the list: those with a lower one stand above.
    pub(in crate::app) place: u32,
    /// What a person calls it; empty for what it is called by itself.
    pub(in crate::app) name: String,
    /// The address that it was asked to stand on from now on.
    pub(in crate::app) moves_to: Option<String>,
    pub(in crate::app) phase: Phase,
    pub(in crate::app) local: Name,
    pub(in crate::app) failure: Option<Failure>,
    /// Whether this PC still has the address of a listener.
    pub(in crate::app) presence: Presence,
    /// The message in the corner that told of it last.
    address_toast: Option<u64>,
    /// All that are in the list, oldest first.
    pub(in crate::app) connections: BTreeSet<ConnectionId>,
    /// Those of them that have ended.
    pub(in crate::app) over: BTreeSet<ConnectionId>,
    /// The list names them; otherwise only the newest ones, and how many more there are.
    pub(in crate::app) shows_ended: bool,
    /// Visitors of a site whose connections are listed.
    pub(in crate::app) open_visitors: BTreeSet<Option<IpAddr>>,
    pub(in crate::app) live: usize,
    /// Ended ones that are no longer in the list.
    pub(in crate::app) dropped: u64,
    /// How many have come so far.
    pub(in crate::app) came: usize,
    /// How often one came, ended, or left the list.
    pub(in crate::app) comings: u64,
    /// Whose messages alone are shown; nobody here is everybody.
    pub(in crate::app) only: BTreeSet<ConnectionId>,
    pub(in crate::app) page: Option<Arc<Page>>,
    pub(in crate::app) descriptor: Option<i64>,
    /// What programs bring along that send something to this HTTP listener.
    pub(in crate::app) token: Option<String>,
    /// What visitors brought to it, and what was said there.
    pub(in crate::app) posts: Board,
    /// How much of it came while something else was shown.
    pub(in crate::app) news: u64,
    /// What a client says by itself.
    pub(in crate::app) script: Script,
    /// A page asked for it, to show it within itself: it stands in no list and says nothing in the corner.
    pub(in crate::app) is_aside: bool,
}

impl Session {
    fn new(plan: Plan, place: u32) -> Self {
        Self {
            plan,
            place,
            name: String::new(),
            moves_to: None,
            phase: Phase::Starting,
            local: Name::Unnamed,
            failure: None,
            presence: Presence::Here,
            address_toast: None,
            connections: BTreeSet::new(),
            over: BTreeSet::new(),
            shows_ended: false,
            open_visitors: BTreeSet::new(),
            live: 0,
            dropped: 0,
            came: 0,
            comings: 0,
            only: BTreeSet::new(),
            page: None,
            descriptor: None,
            token: None,
            posts: Board::default(),
            news: 0,
            script: Script::default(),
            is_aside: false,
        }
    }

    /// Others come to it.
    pub(in crate::app) fn is_listener(&self) -> bool {
        self.plan.kind().is_listener()
    }

    /// What it can be copied as.
    pub(in crate::app) fn programs(&self) -> &'static [Snippet] {
        self.plan.kind().programs()
    }

    /// Whether the board is on; `None` for what has none.
    pub(in crate::app) fn board(&self) -> Option<bool> {
        self.plan.kind().board()
    }

    /// True when there is something to see as HTTP.
    pub(in crate::app) fn is_http(&self) -> bool {
        self.plan.kind().is_http()
    }
}

/// A connection in the list.
#[derive(Debug)]
pub(in crate::app) struct Known {
    pub(in crate::app) shared: Arc<Connection>,
    /// How many came to its session before it.
    pub(in crate::app) place: usize,
    /// `recv` calls when the person last looked.
    pub(in crate::app) seen: u64,
    /// How it ended; `None` while it lives.
    pub(in crate::app) ending: Option<Ending>,
}

/// The whole of it.
#[derive(Debug, Default)]
pub(in crate::app) struct State {
    pub(in crate::app) sessions: BTreeMap<SessionId, Session>,
    pub(in crate::app) connections: HashMap<ConnectionId, Known>,
    ended: VecDeque<ConnectionId>,
    /// What each session's text is read as; also of sessions that left the list, whose records are still there.
    pub(in crate::app) encodings: Encodings,
    pub(in crate::app) selection: Selection,
    pub(in crate::app) tab: Tab,
    pub(in crate::app) transfers: BTreeMap<TransferId, Transfer>,
    /// Connections of which all that comes goes into a file.
    pub(in crate::app) keeping: BTreeMap<ConnectionId, Keeping>,
    /// Where the files are that were sent or saved last, also when they have gone.
    pub(in crate::app) files: BTreeMap<TransferId, PathBuf>,
    pub(in crate::app) rows: RowList,
    pub(in crate::app) rows_are_old: bool,
    /// What is typed to find a session; the list has what fits.
    pub(in crate::app) find: String,
    /// How often a session came, went, or was changed by a person.
    pub(in crate::app) changes: u64,
    /// What was selected when the rows were laid out: what has ended is listed while it is selected.
    pub(in crate::app) rows_show: Selection,
    toasts: VecDeque<(Toast, Instant)>,
    /// Connections that may still move bytes.
    live: BTreeSet<ConnectionId>,
    /// Bytes received and sent on connections that have ended.
    retired: (u64, u64),
    last_session: u32,
    last_transfer: u32,
    last_toast: u64,
}

impl State {
    pub(in crate::app) fn new() -> Self {
        Self { rows_are_old: true, ..Self::default() }
    }

    /// Enters a session under a new number.
    pub(in crate::app) fn add(&mut self, plan: Plan) -> SessionId {
        self.last_session += 1;
        let id = SessionId(self.last_session);
        self.sessions.insert(id, Session::new(plan, id.0));
        self.changes += 1;
        self.rows_are_old = true;
        id
    }

    /// A number for a new transfer of the file at a path.
    pub(in crate::app) fn new_transfer(&mut self, name: String, path: PathBuf) -> TransferId {
        let id = self.remember_file(path);
        self.transfers.insert(id, Transfer { name, ..Transfer::default() });
        id
    }

    /// A number for a file, by which its folder is found again.
    pub(in crate::app) fn remember_file(&mut self, path: PathBuf) -> TransferId {
        self.last_transfer += 1;
        let id = TransferId(self.last_transfer);
        self.files.insert(id, path);
        while self.files.len() > FILES {
            self.files.pop_first();
        }
        id
    }

    /// Takes a session with all its connections out of the list.
    pub(in crate::app) fn remove(&mut self, id: SessionId) {
        let Some(session) = self.sessions.remove(&id) else { return };
        self.changes += 1;
        for connection in &session.connections {
            self.retire(*connection);
        }
        let gone: BTreeSet<ConnectionId> = session.connections;
        self.ended.retain(|connection| !gone.contains(connection));
        match self.selection {
            Selection::Session(chosen) if chosen == id => self.selection = Selection::None,
            Selection::Connection(chosen) if gone.contains(&chosen) => self.selection = Selection::None,
            _ => {}
        }
        self.rows_are_old = true;
    }

    fn retire(&mut self, id: ConnectionId) {
        self.count_out(id);
        self.connections.remove(&id);
    }

    /// Counts the bytes of a connection that moves none any more.
    fn count_out(&mut self, id: ConnectionId) {
        if let Some(known) = self.connections.get(&id).filter(|_| self.live.remove(&id)) {
            self.retired.0 += known.shared.received().0;
            self.retired.1 += known.shared.sent().0;
        }
    }

    /// Enters a connection that stands.
    pub(in crate::app) fn opened(&mut self, shared: Arc<Connection>) {
        let (id, session) = (shared.id(), shared.identity().session);
        let Some(session) = self.sessions.get_mut(&session) else { return };
        if session.connections.insert(id) {
            session.live += 1;
            session.came += 1;
            session.comings += 1;
        }
        session.phase = Phase::Running;
        let place = session.came.saturating_sub(1);
        self.live.insert(id);
        self.connections.insert(id, Known { shared, place, seen: 0, ending: None });
        self.rows_are_old = true;
    }

    /// Notes that a connection is over; the oldest of too many leaves the list, unless it is being looked at.
    pub(in crate::app) fn ended(&mut self, id: ConnectionId, ending: Ending) {
        let Some(known) = self.connections.get_mut(&id) else { return };
        if known.ending.is_some() {
            return;
        }
        known.ending = Some(ending);
        if let Some(session) = self.sessions.get_mut(&known.shared.identity().session) {
            session.live = session.live.saturating_sub(1);
            session.over.insert(id);
            session.comings += 1;
        }
        self.ended.push_back(id);
        self.count_out(id);
        self.rows_are_old = true;
        while self.ended.len() > ENDED {
            let Some(oldest) = self.ended.pop_front() else { break };
            let session = self.connections.get(&oldest).map(|known| known.shared.identity().session);
            if self.selection == Selection::Connection(oldest) {
                self.ended.push_back(oldest);
                continue;
            }
            if let Some(session) = session.and_then(|session| self.sessions.get_mut(&session)) {
                session.connections.remove(&oldest);
                session.over.remove(&oldest);
                session.only.remove(&oldest);
                session.dropped += 1;
                session.comings += 1;
            }
            self.retire(oldest);
        }
    }

    /// The session that is chosen, also by one of its connections.
    pub(in crate::app) fn chosen_session(&self) -> Option<SessionId> {
        match self.selection {
            Selection::None => None,
            Selection::Session(session) => Some(session),
            Selection::Connection(connection) => {
                self.connections.get(&connection).map(|known| known.shared.identity().session)
            }
        }
    }

    /// The connection whose messages are shown: the chosen one, or the newest one of the chosen client.
    pub(in crate::app) fn chosen_connection(&self) -> Option<ConnectionId> {
        match self.selection {
            Selection::None => None,
            Selection::Connection(connection) => Some(connection),
            Selection::Session(session) => {
                let session = self.sessions.get(&session).filter(|session| !session.is_listener())?;
                session.connections.last().copied()
            }
        }
    }

    /// The facts of the connection whose messages are shown.
    pub(in crate::app) fn chosen(&self) -> Option<&Arc<Connection>> {
        self.connections.get(&self.chosen_connection()?).map(|known| &known.shared)
    }

    /// Why the chosen session came to nothing; `None` when it has, or had, a connection.
    pub(in crate::app) fn chosen_failure(&self) -> Option<&Failure> {
        let session = self.sessions.get(&self.chosen_session()?)?;
        session.failure.as_ref().filter(|_| session.connections.is_empty() && session.dropped == 0)
    }

    /// The other end of a connection, when it is in this program too.
    pub(in crate::app) fn peer_of(&self, connection: &Connection) -> Option<&Connection> {
        let names = &connection.identity().names;
        if names.local.is_unnamed() || names.peer.is_unnamed() {
            return None;
        }
        // A port may be used again: the newest pair is meant, and one that stood at the same time.
        let stood = |connection: &Connection| {
            let opened = Duration::from_nanos(connection.opened_monotonic());
            (opened, if connection.ended().is_some() { opened + connection.lasted() } else { Duration::MAX })
        };
        let (opened, until) = stood(connection);
        self.connections
            .values()
            .map(|known| known.shared.as_ref())
            .filter(|other| {
                let theirs = &other.identity().names;
                theirs.local == names.peer && theirs.peer == names.local && other.id() != connection.id()
            })
            .filter(|other| {
                let (began, ended) = stood(other);
                began <= until && ended >= opened
            })
            .max_by_key(|other| other.id())
    }

    /// Bytes received and sent on all connections since the start.
    pub(in crate::app) fn traffic(&self) -> (u64, u64) {
        // Those that ended are counted once: there may be ten thousand of them, and a frame has no time for that.
        self.live.iter().filter_map(|id| self.connections.get(id)).fold(self.retired, |(received, sent), known| {
            (received + known.shared.received().0, sent + known.shared.sent().0)
        })
    }

    /// Puts a message into the corner for as long as it takes to read it.
    pub(in crate::app) fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.say_numbered(tone, text.into());
    }

    /// Puts what became of a session's address into the corner, in place of what was said of it before.
    pub(in crate::app) fn say_of_address(&mut self, session: SessionId, tone: Tone, text: String) {
        let before = self.sessions.get_mut(&session).and_then(|entry| entry.address_toast.take());
        if let Some(before) = before {
            self.dismiss(before);
        }
        let number = self.say_numbered(tone, text);
        if let Some(entry) = self.sessions.get_mut(&session) {
            entry.address_toast = Some(number);
        }
    }

    /// Puts a message into the corner that offers to do something, for ten seconds; gives its number.
    pub(in crate::app) fn offer(&mut self, tone: Tone, text: String, offer: (&'static str, Action)) -> u64 {
        self.put_toast(tone, text, Some(offer))
    }

    fn say_numbered(&mut self, tone: Tone, text: String) -> u64 {
        self.put_toast(tone, text, None)
    }

    fn put_toast(&mut self, tone: Tone, text: String, offer: Option<(&'static str, Action)>) -> u64 {
        if self.toasts.back().is_some_and(|(last, _)| last.text == text) {
            self.toasts.pop_back();
        }
        self.last_toast += 1;
        let seconds = if offer.is_some() || matches!(tone, Tone::Bad | Tone::Warning) { 10 } else { 3 };
        let until = Instant::now() + Duration::from_secs(seconds);
        self.toasts.push_back((Toast { id: self.last_toast, tone, text, offer }, until));
        while self.toasts.len() > TOASTS {
            // One that offers something stays its ten seconds.
            let first = self.toasts.iter().position(|(toast, _)| toast.offer.is_none()).unwrap_or(0);
            self.toasts.remove(first);
        }
        self.last_toast
    }

    /// Takes a message away.
    pub(in crate::app) fn dismiss(&mut self, id: u64) {
        self.toasts.retain(|(toast, _)| toast.id != id);
    }

    /// Takes away what has been there long enough; gives the time until the next one goes.
    pub(in crate::app) fn expire_toasts(&mut self) -> Option<Duration> {
        let now = Instant::now();
        self.toasts.retain(|(_, until)| *until > now);
        self.toasts.iter().map(|(_, until)| until.saturating_duration_since(now)).min()
    }

    pub(in crate::app) fn toasts(&self) -> impl Iterator<Item = &Toast> {
        self.toasts.iter().map(|(toast, _)| toast)
    }
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;

    use super::*;
    use crate::{
        journal::{Budget, Identity, Journal},
        model::Event,
    };

    fn connection(journal: &Arc<Journal>, id: u32, session: SessionId) -> Arc<Connection> {
        Connection::new(Identity { session, ..Identity::accepted(id) }, Arc::clone(journal))
    }

    #[test]
    fn what_an_address_was_goes_from_the_corner_when_it_is_something_else() {
        let mut state = State::new();
        let session = state.add(Plan::Listen(Box::default()));
        state.say(Tone::Info, "another");
        for (tone, words) in [(Tone::Warning, "no link"), (Tone::Bad, "lost"), (Tone::Good, "again")] {
            state.say_of_address(session, tone, words.to_owned());
            let said: Vec<&str> = state.toasts().map(|toast| toast.text.as_str()).collect();
            assert_eq!(said, ["another", words]);
        }
    }

    #[test]
    fn ended_connections_are_bounded_counted_and_their_bytes_stay_counted() {
        let journal = Journal::new(Budget::default());
        let mut state = State::new();
        let session = state.add(Plan::Listen(Box::default()));
        let count = u32::try_from(ENDED).unwrap() + 500;
        for id in 1..=count {
            let shared = connection(&journal, id, session);
            shared.traffic(Event::Recv, &[IoSlice::new(b"x")], 1, 1);
            state.opened(shared);
        }
        state.selection = Selection::Connection(ConnectionId(1));
        assert_eq!(state.sessions[&session].live, count as usize);
        for id in 1..=count {
            state.ended(ConnectionId(id), Ending::Closed);
            state.ended(ConnectionId(id), Ending::Reset);
        }
        let entry = &state.sessions[&session];
        assert_eq!((entry.live, entry.connections.len(), entry.dropped), (0, ENDED, 500));
        assert_eq!(entry.over, entry.connections);
        // The one that is looked at stays, although it was the first to end.
        assert!(state.connections.contains_key(&ConnectionId(1)));
        assert_eq!(state.traffic(), (u64::from(count), 0));
        state.remove(session);
        assert!(state.connections.is_empty() && state.ended.is_empty());
        assert_eq!((state.selection, state.traffic().0), (Selection::None, u64::from(count)));
    }
}
