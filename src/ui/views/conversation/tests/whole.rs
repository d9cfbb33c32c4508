//! All peers of a listener in one conversation: read again and again it is what who comes late reads, and its work is that
//! of what is new.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::IoSlice,
    sync::Arc,
    time::Instant,
};

use crate::{
    journal::{Budget, Connection, Identity, Journal, Objects, Seq},
    model::{ConnectionId, Detail, Encoding, Event, ObjectId, SessionId},
    ui::views::{
        conversation::{Conversation, ConversationInput, Whole, Whose, gather},
        shared::{
            peers::Peers,
            picture::{PictureSource, PictureState},
        },
    },
};

struct Nowhere;

impl PictureSource for Nowhere {
    fn texture(&self, _: ObjectId) -> PictureState {
        PictureState::Loading
    }
}

struct Listener {
    journal: Arc<Journal>,
    objects: Arc<Objects>,
    peers: BTreeMap<ConnectionId, Arc<Connection>>,
    only: BTreeSet<ConnectionId>,
}

const SESSION: SessionId = SessionId(1);

impl Listener {
    fn new(budget: Budget) -> Self {
        Self {
            journal: Journal::new(budget),
            objects: Objects::new(1 << 20),
            peers: BTreeMap::new(),
            only: BTreeSet::new(),
        }
    }

    fn peer(&mut self, session: SessionId, number: u32) -> Arc<Connection> {
        let identity = Identity { session, ..Identity::accepted(number) };
        let connection = Connection::new(identity, Arc::clone(&self.journal));
        connection.fact(Event::Accepted, &Detail::default(), None);
        if session == SESSION {
            self.peers.insert(connection.id(), Arc::clone(&connection));
        }
        connection
    }

    fn read(&self, view: &mut Conversation) {
        let input = ConversationInput {
            whose: Whose::Peers(Whole { peers: self, only: &self.only }),
            journal: &self.journal,
            objects: &self.objects,
            pictures: &Nowhere,
            encoding: Encoding::Utf8,
            keeping: None,
        };
        view.read(&input, 0.0);
    }

    /// The records that are to be shown, from the first that is there.
    fn records(&self) -> Vec<Seq> {
        let mut found = Vec::new();
        let mut next = self.journal.stats().first;
        while let Some(block) = self.journal.block(next) {
            let ours = block.rows().filter(|row| row.seq >= next && row.head.session == SESSION);
            let shown = ours.filter(|row| self.only.is_empty() || self.only.contains(&row.head.connection));
            found.extend(shown.map(|row| row.seq));
            next = block.end();
        }
        found
    }
}

impl Peers for Listener {
    fn session(&self) -> SessionId {
        SESSION
    }

    fn live(&self) -> usize {
        self.peers.len()
    }

    fn changes(&self) -> u64 {
        self.peers.len() as u64
    }

    fn connection(&self, peer: ConnectionId) -> Option<&Connection> {
        self.peers.get(&peer).map(Arc::as_ref)
    }

    fn name(&self, peer: ConnectionId) -> Option<String> {
        Some(format!("peer {peer}"))
    }

    fn place(&self, peer: ConnectionId) -> usize {
        peer.0 as usize
    }

    fn each(&self, take: &mut dyn FnMut(ConnectionId, bool) -> bool) {
        for peer in self.peers.keys() {
            if !take(*peer, true) {
                break;
            }
        }
    }
}

fn seqs(view: &Conversation) -> Vec<Seq> {
    view.pieces.iter().map(|piece| piece.seq).collect()
}

/// Of every entry the peer, how many others, and the record.
fn entries(view: &Conversation) -> Vec<(ConnectionId, usize, Seq)> {
    let entry = |at| (view.timeline.entry(at).unwrap(), view.timeline.item(at).unwrap().seq());
    (0..view.timeline.len()).map(entry).map(|(entry, seq)| (entry.peer, entry.others.len(), seq)).collect()
}

fn says(connection: &Connection, event: Event, words: &[u8]) {
    connection.traffic(event, &[IoSlice::new(words)], words.len(), words.len());
}

#[test]
fn what_is_read_bit_by_bit_is_what_is_read_at_once_whatever_others_do() {
    for rows in [1_000_000, 400] {
        let mut listener = Listener::new(Budget { rows, ..Budget::default() });
        let peers: Vec<_> = (1..=5).map(|number| listener.peer(SESSION, number)).collect();
        let stranger = listener.peer(SessionId(2), 99);
        let mut view = Conversation::default();
        listener.read(&mut view);
        for round in 0_usize..3000 {
            says(&peers[round * 7 % 5], if round % 3 == 0 { Event::Send } else { Event::Recv }, b"words");
            says(&stranger, Event::Recv, b"not ours");
            if round % 13 == 0 {
                listener.read(&mut view);
                assert_eq!(view.pieces.back().map(|piece| piece.seq), Some(listener.journal.stats().next - 2));
            }
        }
        listener.read(&mut view);
        let mut late = Conversation::default();
        listener.read(&mut late);
        assert_eq!(seqs(&late), listener.records());
        assert!(seqs(&view).ends_with(&seqs(&late)), "what was read before it was evicted stays");
        if rows > 400 {
            assert_eq!(entries(&view), entries(&late));
            assert_eq!(listener.journal.count(SESSION), listener.records().len() as u64);
        }
    }
}

#[test]
fn a_filter_shows_those_alone_and_the_way_back_is_bounded() {
    let mut listener = Listener::new(Budget::default());
    let peers: Vec<_> = (1..=4).map(|number| listener.peer(SESSION, number)).collect();
    for round in 0..3 * gather::MOST {
        says(&peers[round % 3], Event::Recv, b"x");
    }
    says(&peers[3], Event::Recv, b"rare");
    let mut view = Conversation::default();
    listener.read(&mut view);
    assert!(view.partial && view.pieces.len() == gather::MOST);
    let oldest = seqs(&view)[0];
    // Further back on demand.
    (view.most, view.newest, view.partial) = (2 * gather::MOST, 0, false);
    view.pieces.clear();
    listener.read(&mut view);
    assert!(view.partial && view.pieces.len() == 2 * gather::MOST && seqs(&view)[gather::MOST] == oldest);
    listener.only = [peers[3].id()].into();
    listener.read(&mut view);
    assert_eq!((seqs(&view), view.partial), (listener.records(), false));
    assert_eq!(view.pieces.len(), 2, "that it came, and what it said");
    // New records of others are read past, its own are taken in.
    says(&peers[0], Event::Recv, b"x");
    says(&peers[3], Event::Recv, b"again");
    listener.read(&mut view);
    assert_eq!(seqs(&view), listener.records());
}

#[test]
fn what_comes_leaves_the_place_that_is_read() {
    let mut listener = Listener::new(Budget::default());
    let peers: Vec<_> = (1..=2).map(|number| listener.peer(SESSION, number)).collect();
    for _ in 0..100 {
        for peer in &peers {
            says(peer, Event::Recv, b"words");
        }
    }
    let mut view = Conversation::default();
    listener.read(&mut view);
    let before = entries(&view).len();
    view.stack.stick = false;
    view.stack.anchor = before / 2;
    let read = view.timeline.item(view.stack.anchor).unwrap().seq();
    // So many that the oldest leave.
    let third = listener.peer(SESSION, 3);
    for _ in 0..gather::MOST {
        says(&third, Event::Send, b"more");
        listener.read(&mut view);
    }
    assert!(!view.stack.stick);
    let now = view.timeline.item(view.stack.anchor).unwrap().seq();
    assert!(now == read, "{now} in place of {read}");
}

/// Not a limit that a loaded machine could miss: a hundred times what it takes.
#[test]
fn ten_thousand_peers_that_have_ended_open_at_once() {
    let mut listener = Listener::new(Budget::default());
    for number in 1..=10_000 {
        let peer = listener.peer(SESSION, number);
        says(&peer, Event::Recv, b"hello");
        peer.fact(Event::Closed, &Detail::default(), None);
    }
    let elsewhere = listener.peer(SessionId(2), 20_000);
    for _ in 0..200_000 {
        says(&elsewhere, Event::Recv, b"a flood of another session");
    }
    let begin = Instant::now();
    let mut view = Conversation::default();
    listener.read(&mut view);
    let opened = begin.elapsed();
    let begin = Instant::now();
    for _ in 0..100 {
        listener.read(&mut view);
    }
    let idle = begin.elapsed() / 100;
    println!(
        "opened in {opened:?}, then {idle:?} a frame; {} records, {} entries",
        view.pieces.len(),
        view.timeline.len()
    );
    assert_eq!(view.pieces.len(), gather::MOST);
    assert!(opened.as_millis() < 3000 && idle.as_millis() < 20, "{opened:?}, {idle:?}");
}
