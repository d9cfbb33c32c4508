//! Starting and stopping what a lab's page asks for, and the scripts that speak for its clients.
//!
//! A lab is started with the same plans as a form's; nothing here reaches a socket by a way of its own.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use super::super::{
    effects::LabFileFault,
    model::{
        Effect, Model,
        labs::Speaking,
        pending::Origin,
        state::{Phase, Plan},
    },
};
use crate::{
    engine::{Command, Probe},
    lessons::{LabClient, ScriptAction, ScriptRun},
    model::{ConnectionId, Event, Name, Note, Script, SessionId, Side, Target},
    ui::{
        action::{LabAction, Selection},
        views::lab::LabView,
    },
};

/// Records that are looked through for the one that tells when a start failed.
const NEAR: u64 = 64;

impl Model {
    /// Does what was asked on a lab's page.
    pub(super) fn lab(&mut self, action: LabAction) {
        match action {
            LabAction::Open(id) => self.open_lab(id),
            LabAction::Leave => self.labs.open = None,
            LabAction::StartListener => self.start_lab_listener(false),
            LabAction::StartClient => self.start_lab_client(),
            LabAction::StartBoth => self.start_lab_listener(true),
            LabAction::OneMore => self.one_more_lab_client(),
            LabAction::StopClient => self.stop_lab_client(),
            LabAction::StopBoth => self.stop_lab(),
            LabAction::EditListener | LabAction::EditClient => self.edit_lab(action == LabAction::EditListener),
            LabAction::SaveFile => self.save_file(),
            LabAction::Show(selection) => {
                self.select(selection);
                if let Some(bench) = self.labs.bench().filter(|bench| bench.page.view == LabView::Outcomes) {
                    bench.page.view = LabView::Exchange;
                }
            }
        }
    }

    fn open_lab(&mut self, id: &'static str) {
        self.labs.open = Some(id);
        self.overlay = None;
        let Some(bench) = self.labs.bench() else { return };
        let sessions = bench.clients.iter().rev().chain(&bench.listener);
        let shown = sessions.copied().find(|session| self.state.sessions.contains_key(session));
        self.select(shown.map_or(Selection::None, Selection::Session));
    }

    pub(super) fn start_lab_listener(&mut self, both: bool) {
        let Some(bench) = self.labs.bench() else { return };
        bench.client_waits = both;
        bench.remark.clear();
        bench.page.refused.clear();
        let id = bench.lab.id;
        let Some(needs) = bench.lab.needs() else { return self.open_lab_listener(id) };
        // A path may be on a disk that is asleep or at the other end of a network.
        let file = bench.page.file.trim().to_owned();
        self.effect(Effect::LookAtLabFile(id, file, needs));
    }

    /// The file or folder of a lab's listener was looked at: why it cannot be served, or else the listener starts.
    pub(super) fn lab_file_is_known(&mut self, id: &'static str, file: Result<String, LabFileFault>) {
        let Some(bench) = self.labs.benches.get_mut(id) else { return };
        match file {
            Err(fault) => bench.page.refused = fault.to_string(),
            Ok(file) => {
                bench.page.file = file;
                self.open_lab_listener(id);
            }
        }
    }

    fn open_lab_listener(&mut self, id: &'static str) {
        let Some(bench) = self.labs.benches.get_mut(id) else { return };
        let Some(mut config) = bench.listen_config() else { return };
        // Both ends in one click: whoever calls is told the port, so that one that is taken is in nobody's way.
        config.fallback |= bench.client_waits;
        let before = bench.listener.take();
        self.forget_ended(before);
        let session = self.start(Plan::Listen(Box::new(config)), Origin::Elsewhere);
        if let Some(bench) = self.labs.benches.get_mut(id) {
            bench.listener = Some(session);
        }
        if self.labs.open == Some(id) {
            self.select(Selection::Session(session));
        }
    }

    pub(super) fn start_lab_client(&mut self) {
        let Some(bench) = self.labs.bench() else { return };
        let before = std::mem::take(&mut bench.clients);
        bench.times.clear();
        bench.requests.clear();
        let client = bench.client();
        for session in before {
            self.forget_ended(Some(session));
        }
        self.start_client_of(client);
    }

    /// Starts one client more; of a crowd one more of its kind.
    fn one_more_lab_client(&mut self) {
        let Some(bench) = self.labs.bench() else { return };
        let client = match bench.client() {
            Some(LabClient::Crowd { config, script, .. }) => Some(LabClient::Crowd { config, script, count: 1 }),
            client => client,
        };
        self.start_client_of(client);
    }

    fn start_client_of(&mut self, client: Option<LabClient>) {
        match client {
            Some(LabClient::Raw { config, script }) => {
                let session = self.start_lab_session(Plan::Connect(Box::new(config)), Some(script));
                self.select(Selection::Session(session));
            }
            Some(LabClient::Crowd { config, script, count }) => {
                for _ in 0..count {
                    self.start_lab_session(Plan::Connect(Box::new(config.clone())), Some(script.clone()));
                }
            }
            Some(LabClient::Reach(attempts)) => {
                for attempt in attempts {
                    self.start_lab_session(Plan::Connect(Box::new(attempt.config)), None);
                }
            }
            Some(LabClient::Fetch(requests)) => {
                if let Some(bench) = self.labs.bench() {
                    bench.requests = requests.into();
                }
                self.next_lab_request(true);
            }
            Some(LabClient::Families) => self.explore_sockets(),
            Some(LabClient::SizedFile(config)) => self.start_files(config),
            None => {}
        }
    }

    fn start_lab_session(&mut self, plan: Plan, script: Option<Script>) -> SessionId {
        let began = self.journal.now();
        let session = self.start(plan, Origin::Elsewhere);
        self.speaks(session, script.unwrap_or_default());
        if let Some(bench) = self.labs.bench() {
            bench.clients.push(session);
            bench.times.insert(session, (began, None));
        }
        session
    }

    /// A client that has been started says what its script says.
    pub(super) fn speaks(&mut self, session: SessionId, script: Script) {
        if script == Script::default() {
            return;
        }
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        entry.script = script.clone();
        let datagrams = entry.plan.kind().is_datagram();
        let run = ScriptRun::new(script, datagrams);
        let speaking = Speaking { run, connection: ConnectionId::NONE, received: 0 };
        self.labs.speaking.insert(session, speaking);
    }

    /// Asks the next of a lab's questions; it is shown while nothing else has been chosen.
    fn next_lab_request(&mut self, shown: bool) {
        let Some(request) = self.labs.bench().and_then(|bench| bench.requests.pop_front()) else { return };
        let session = self.start_lab_session(Plan::Fetch(Box::new(request)), None);
        if shown {
            self.select(Selection::Session(session));
        }
    }

    fn explore_sockets(&mut self) {
        let Some(bench) = self.labs.bench() else { return };
        bench.exploring = true;
        let protocol = bench.page.protocol;
        self.effect(Effect::Explore(protocol));
    }

    pub(super) fn explored(&mut self, probes: Vec<Probe>) {
        if let Some(bench) = self.labs.benches.values_mut().find(|bench| bench.exploring) {
            bench.exploring = false;
            bench.probes = probes;
        }
    }

    fn stop_lab_client(&mut self) {
        let Some(bench) = self.labs.bench() else { return };
        bench.requests.clear();
        let clients = bench.clients.clone();
        for session in clients {
            if self.state.sessions.get(&session).is_some_and(|entry| entry.phase != Phase::Over) {
                self.command(Command::Stop(session));
            }
        }
    }

    /// Stops both sides; the listener without a question, because its clients are those of the page.
    fn stop_lab(&mut self) {
        self.stop_lab_client();
        let Some(bench) = self.labs.bench() else { return };
        bench.client_waits = false;
        let Some(session) = bench.listener else { return };
        let ours = bench.clients.len();
        // Who came from elsewhere is asked about.
        match self.state.sessions.get(&session) {
            Some(entry) if entry.phase == Phase::Over => {}
            Some(entry) if entry.live <= ours => self.command(Command::Stop(session)),
            _ => self.stop(session),
        }
    }

    /// What was started on this page before makes room in the list.
    fn forget_ended(&mut self, session: Option<SessionId>) {
        let Some(session) = session else { return };
        if self.state.sessions.get(&session).is_some_and(|entry| entry.phase == Phase::Over) {
            self.state.remove(session);
        }
    }

    /// The listener of a lab is there.
    pub(super) fn lab_listening(&mut self, session: SessionId, local: &Name, note: Option<Note>) {
        let Some((id, bench)) = self.labs.of(session) else { return };
        bench.remark = note.map(|note| note.to_string()).unwrap_or_default();
        if let Some(port) = local.inet().map(|address| address.port()) {
            // Whoever calls must know the port that was taken in the end.
            bench.page.call_port = port.to_string();
        }
        if std::mem::take(&mut bench.client_waits) && self.labs.open == Some(id) {
            self.start_lab_client();
        }
    }

    /// A client is connected: its script begins.
    pub(super) fn lab_opened(&mut self, session: SessionId, connection: ConnectionId) {
        let Some(known) = self.state.connections.get(&connection) else { return };
        let (side, opened, received) = (known.shared.identity().side, known.shared.opened(), known.shared.received().1);
        if let Some((_, bench)) = self.labs.of(session) {
            if let Some((_, took)) = bench.times.get_mut(&session) {
                *took = Some(opened);
            }
            if matches!(bench.lab.client, Some(LabClient::Reach(_))) && bench.clients.contains(&session) {
                // Whether it stands was the question.
                self.command(Command::Close(Target::Connection(connection)));
            }
        }
        // Whoever else answers a datagram is not whom the script talks to.
        let Some(speaking) = self.labs.speaking.get_mut(&session).filter(|_| side != Side::Peer) else { return };
        speaking.connection = connection;
        let now = Instant::now();
        speaking.hear(received, now);
        let actions = speaking.run.opened(now);
        self.act(connection, actions);
    }

    /// A start failed; true when the page of its lab shows that.
    pub(super) fn lab_failed(&mut self, session: SessionId) -> bool {
        let ended = self.failed_at(session);
        let Some((id, bench)) = self.labs.of(session) else { return false };
        bench.client_waits = false;
        if let Some((_, took)) = bench.times.get_mut(&session) {
            *took = Some(ended);
        }
        self.labs.open == Some(id)
    }

    /// When the newest failure of a session was written down.
    fn failed_at(&self, session: SessionId) -> u64 {
        let journal = &self.journal;
        let next = journal.stats().next;
        let near = (next.saturating_sub(NEAR)..next).rev();
        let when = |seq| journal.with_row(seq, |row| (row.head.session, row.head.event, row.head.nanos));
        near.filter_map(when)
            .find(|(of, event, _)| *of == session && matches!(event, Event::Failed | Event::TimedOut))
            .map_or_else(|| journal.now(), |(_, _, nanos)| nanos)
    }

    /// A session is over.
    pub(super) fn lab_stopped(&mut self, session: SessionId) {
        self.labs.speaking.remove(&session);
        let open = self.labs.open;
        let Some((id, bench)) = self.labs.of(session) else { return };
        if bench.clients.last() == Some(&session) && open == Some(id) {
            let shown = self.state.selection == Selection::Session(session);
            self.next_lab_request(shown);
        }
    }

    /// A session of a lab was started once more from outside its page, and speaks as before.
    pub(super) fn lab_restarted(&mut self, before: SessionId, again: SessionId) {
        let began = self.journal.now();
        let Some((_, bench)) = self.labs.of(before) else { return };
        if bench.listener == Some(before) {
            bench.listener = Some(again);
            return;
        }
        for client in bench.clients.iter_mut().filter(|client| **client == before) {
            *client = again;
        }
        bench.times.remove(&before);
        bench.times.insert(again, (began, None));
    }

    /// A session that a view started belongs to the lab whose page is shown.
    pub(super) fn lab_adopts(&mut self, session: SessionId) {
        if let Some(bench) = self.labs.bench().filter(|bench| matches!(bench.lab.client, Some(LabClient::Fetch(_)))) {
            bench.clients.push(session);
        }
    }

    /// Tells every script what has come since the last time, and what time it is.
    pub(super) fn let_speak(&mut self) {
        let now = Instant::now();
        let (mut due, mut wakes) = (Vec::new(), Vec::new());
        for speaking in self.labs.speaking.values_mut() {
            let Some(known) = self.state.connections.get(&speaking.connection) else { continue };
            speaking.hear(known.shared.received().1, now);
            due.push((speaking.connection, speaking.run.passed(now)));
            if let Some(deadline) = speaking.run.deadline() {
                wakes.push(deadline.saturating_duration_since(now));
            }
        }
        if let Some(soonest) = wakes.into_iter().min() {
            self.effect(Effect::WakeIn(soonest));
        }
        for (connection, actions) in due {
            self.act(connection, actions);
        }
    }

    /// Tells the scripts what a person has sent.
    pub(super) fn was_typed(&mut self, to: &Target, bytes: &[u8]) {
        let now = Instant::now();
        let mut due = Vec::new();
        for speaking in self.labs.speaking.values_mut() {
            let hears = match to {
                Target::Connection(connection) => *connection == speaking.connection,
                Target::Peers(_, peers) => peers.contains(&speaking.connection),
                Target::Session(_) => false,
            };
            if hears {
                due.push((speaking.connection, speaking.run.typed(bytes, now)));
            }
        }
        for (connection, actions) in due {
            self.act(connection, actions);
        }
    }

    fn act(&mut self, connection: ConnectionId, actions: Vec<ScriptAction>) {
        for action in actions {
            let to = Target::Connection(connection);
            self.command(match action {
                ScriptAction::Send(bytes) => Command::Send { to, bytes },
                ScriptAction::HalfClose => Command::HalfClose(to),
                ScriptAction::Close => Command::Close(to),
            });
        }
    }

    /// A picture or folder was chosen for the open lab.
    pub(super) fn lab_picked(&mut self, path: &Path) {
        if let Some(bench) = self.labs.bench() {
            bench.page.file = path.to_string_lossy().into_owned();
            bench.page.tried = false;
            bench.page.refused.clear();
        }
    }

    /// Where the file dialog of the open lab begins.
    pub(super) fn lab_folder(&self) -> Option<PathBuf> {
        let bench = self.labs.benches.get(self.labs.open?)?;
        Some(PathBuf::from(bench.page.file.trim()))
    }
}

impl Speaking {
    /// So many `recv` calls have brought something by now.
    fn hear(&mut self, received: u64, now: Instant) {
        if received > self.received {
            self.received = received;
            self.run.received(now);
        }
    }
}
