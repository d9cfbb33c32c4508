//! Text and pictures to and fro between browsers and the window. All in memory, within one budget for all boards; gone with
//! the listener.
//!
//! Whoever listens holds a place in the row of messages and no copy of any: one that reads slowly costs what one costs that
//! reads at once, and passes over what was evicted meanwhile.

use std::{
    collections::VecDeque,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll},
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use futures_util::Stream;
use hyper::{
    Response,
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue},
};
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, futures::OwnedNotified};

use crate::{
    http::server::{
        answer::body::Body,
        shared::budget::{Budget, Held},
        site::guard,
    },
    model::Name,
    words::text,
};

/// Where browsers listen, and where pictures are.
pub(super) const EVENTS: &str = "/.socketlab/board/events";
pub(super) const PICTURES: &str = "/.socketlab/board/pictures/";
/// Messages that stay on one board; older ones go.
const MESSAGES: usize = 500;
/// Bytes of one text, and of one picture.
pub(super) const TEXT: usize = 64 << 10;
pub(super) const PICTURE: usize = 16 << 20;
/// Browsers that listen to one board at once.
const LISTENERS: usize = 256;

/// What somebody says.
#[derive(Clone, Debug)]
pub(super) enum Words {
    Text(String),
    /// Its media type and its bytes.
    Picture(&'static str, Vec<u8>),
}

impl Words {
    /// Text or a picture, as the bytes tell; `None` when they are too many.
    pub(super) fn of(bytes: Vec<u8>) -> Option<Self> {
        match image::guess_format(&bytes) {
            Ok(format) => (bytes.len() <= PICTURE).then(|| Self::Picture(format.to_mime_type(), bytes)),
            Err(_) => (bytes.len() <= TEXT).then(|| Self::Text(String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
}

/// The budget of all boards, and who they are. What is still being sent to somebody counts, on a board or not.
#[derive(Debug)]
pub(super) struct Boards {
    budget: Budget,
    all: Mutex<Vec<Weak<Board>>>,
}

impl Boards {
    /// None yet; what they keep is within `budget`.
    pub(super) fn new(budget: Budget) -> Arc<Self> {
        Arc::new(Self { budget, all: Mutex::default() })
    }

    /// The most that one message may take.
    pub(super) fn most(&self) -> usize {
        self.budget.limit()
    }

    /// Room for a message; the board with the most messages gives its oldest away. `None` when too much is being sent.
    fn room(&self, bytes: usize) -> Option<Held> {
        if bytes > self.budget.limit() {
            return None;
        }
        loop {
            if let Some(held) = self.budget.hold(bytes) {
                return Some(held);
            }
            let boards: Vec<_> = self.all.lock().iter().filter_map(Weak::upgrade).collect();
            let fullest = boards.iter().max_by_key(|board| board.said.lock().bytes())?;
            // Dropped with no lock held.
            let _oldest = fullest.said.lock().messages.pop_front()?;
        }
    }
}

/// Everything that was said on one board, and who listens.
#[derive(Debug)]
pub(super) struct Board {
    said: Mutex<Row>,
    /// Told to its pages, so that one that is still open finds out that this is another board with other numbers.
    run: String,
    /// One speaks at a time, so that messages come in the order of their numbers.
    speaking: Mutex<()>,
    news: Arc<Notify>,
    places: Arc<Semaphore>,
    boards: Arc<Boards>,
}

#[derive(Debug, Default)]
struct Row {
    messages: VecDeque<Said>,
    last: u64,
    /// Counts how often all who listened were let go.
    closed: u64,
}

impl Row {
    fn bytes(&self) -> usize {
        self.messages.iter().map(|said| said.bytes).sum()
    }
}

/// One message.
#[derive(Debug)]
pub(super) struct Said {
    pub id: u64,
    /// Said on this PC.
    pub host: bool,
    pub from: String,
    pub content: Content,
    /// Milliseconds since 1970.
    pub at: u64,
    /// As the script of the page reads it.
    event: Bytes,
    /// What it takes of the budget.
    bytes: usize,
}

/// What it says.
#[derive(Debug)]
pub(super) enum Content {
    Text(String),
    Picture(&'static str, Bytes),
}

/// One message as the script of the page reads it.
#[derive(Serialize)]
struct Event<'a> {
    id: u64,
    host: bool,
    from: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    at: u64,
}

impl Event<'_> {
    fn lines(&self) -> Vec<u8> {
        let json = serde_json::to_string(self).unwrap_or_default();
        format!("id: {}\ndata: {json}\n\n", self.id).into_bytes()
    }
}

impl Board {
    pub(super) fn new(boards: &Arc<Boards>) -> Arc<Self> {
        let board = Arc::new(Self {
            said: Mutex::default(),
            run: guard::token().unwrap_or_default(),
            speaking: Mutex::default(),
            news: Arc::default(),
            places: Arc::new(Semaphore::new(LISTENERS)),
            boards: Arc::clone(boards),
        });
        let mut all = boards.all.lock();
        all.retain(|board| board.strong_count() > 0);
        all.push(Arc::downgrade(&board));
        board
    }

    /// Adds a message for all who listen; gives the bytes of a picture, none for a text. `None` where there is no room for
    /// it now. `from` is nobody for what is said here.
    pub(super) fn say(&self, from: Option<Visitor<'_>>, words: Words) -> Option<Bytes> {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let at = u64::try_from(at).unwrap_or_default();
        let (host, from) = (from.is_none(), from.map_or_else(|| text!("this PC").to_owned(), Visitor::shown));
        let speaking = self.speaking.lock();
        // Whoever reads waits for none of what follows.
        let id = self.last() + 1;
        let event = |text: &str, picture| Event { id, host, from: &from, text, picture, at }.lines();
        let (event, content, held) = match words {
            Words::Text(text) => {
                let event = event(&text, None);
                let held = self.boards.room(text.len() + event.len());
                (event, Content::Text(text), held)
            }
            Words::Picture(kind, bytes) => {
                let event = event("", Some(format!("{PICTURES}{id}")));
                let held = self.boards.room(bytes.len())?;
                let bytes = held.around(bytes);
                let held = self.boards.room(event.len());
                (event, Content::Picture(kind, bytes), held)
            }
        };
        let held = held?;
        let (length, picture) = match &content {
            Content::Text(text) => (text.len(), Bytes::new()),
            Content::Picture(_, bytes) => (bytes.len(), bytes.clone()),
        };
        let bytes = event.len() + length;
        let said = Said { id, host, from, content, event: held.around(event), at, bytes };
        let mut row = self.said.lock();
        row.last = id;
        row.messages.push_back(said);
        let evicted = if row.messages.len() > MESSAGES { row.messages.pop_front() } else { None };
        drop(row);
        drop((evicted, speaking));
        self.news.notify_waiters();
        Some(picture)
    }

    /// What was said after `last`, and what will be. `None` when too many listen.
    pub(super) fn listen(self: &Arc<Self>, last: u64) -> Option<Response<Body>> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let listening = Listening {
            board: Arc::clone(self),
            after: last,
            closed: self.said.lock().closed,
            news: Box::pin(Arc::clone(&self.news).notified_owned()),
            begun: false,
            _place: place,
        };
        Some(events(Body::stream(listening, true)))
    }

    /// What tells this board from the one that was at the same address before.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    /// For a page of another board: that it is one.
    pub(super) fn restarted() -> Response<Body> {
        events(Body::from(Bytes::from_static(b"event: restarted\ndata: 1\n\n")))
    }

    /// Lets all go who listen: there is no board any more.
    pub(super) fn close(&self) {
        self.said.lock().closed += 1;
        self.news.notify_waiters();
    }

    /// One of the pictures.
    pub(super) fn picture(&self, id: &str) -> Option<Response<Body>> {
        let id: u64 = id.parse().ok()?;
        let row = self.said.lock();
        let place = row.messages.binary_search_by_key(&id, |said| said.id).ok()?;
        let Content::Picture(kind, bytes) = &row.messages.get(place)?.content else { return None };
        let mut response: Response<Body> = Response::new(bytes.clone().into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable"));
        Some(response)
    }

    /// The first message after that number; an error where all who listened were let go since `closed`.
    fn after(&self, last: u64, closed: u64) -> Result<Option<(u64, Bytes)>, ()> {
        let row = self.said.lock();
        if row.closed != closed {
            return Err(());
        }
        let place = row.messages.partition_point(|said| said.id <= last);
        Ok(row.messages.get(place).map(|said| (said.id, said.event.clone())))
    }

    /// Reads the first message after that number up to that one; for the page.
    pub(super) fn read<T>(&self, last: u64, until: u64, read: impl FnOnce(&Said) -> T) -> Option<(u64, T)> {
        let row = self.said.lock();
        let place = row.messages.partition_point(|said| said.id <= last);
        row.messages.get(place).filter(|said| said.id <= until).map(|said| (said.id, read(said)))
    }

    /// The number of the newest message.
    pub(super) fn last(&self) -> u64 {
        self.said.lock().last
    }
}

fn events(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// One who listens.
struct Listening {
    board: Arc<Board>,
    /// The number of the message that was sent last.
    after: u64,
    closed: u64,
    news: Pin<Box<OwnedNotified>>,
    begun: bool,
    _place: OwnedSemaphorePermit,
}

impl Stream for Listening {
    type Item = Bytes;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let this = self.get_mut();
        if !this.begun {
            this.begun = true;
            return Poll::Ready(Some(Bytes::from_static(b"retry: 2000\n\n")));
        }
        loop {
            // Asked to be woken before looking, so that nothing that is said in between is missed.
            let woken = this.news.as_mut().poll(cx).is_ready();
            match this.board.after(this.after, this.closed) {
                Err(()) => return Poll::Ready(None),
                Ok(Some((id, event))) => {
                    this.after = id;
                    return Poll::Ready(Some(event));
                }
                Ok(None) if woken => this.news.set(Arc::clone(&this.board.news).notified_owned()),
                Ok(None) => return Poll::Pending,
            }
        }
    }
}

/// Who speaks from somewhere else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visitor<'a> {
    /// What it claims to be called, made harmless; empty where nothing was claimed.
    pub name: &'a str,
    pub peer: &'a Name,
}

impl Visitor<'_> {
    /// The name that is claimed with the address that the system knows: a name alone can be anybody's. Without the port,
    /// which is another one for each connection.
    fn shown(self) -> String {
        let address = match self.peer.inet().map(|name| name.ip()) {
            Some(IpAddr::V6(address)) => address.to_canonical().to_string(),
            Some(address) => address.to_string(),
            None => text!("a visitor").to_owned(),
        };
        if self.name.is_empty() { address } else { format!("{} ({address})", self.name) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::BodyExt;

    use super::*;
    use crate::{
        http::server::shared::budget::Use,
        memory::{Memory, Part},
    };

    const BYTES: usize = 64 << 20;

    fn boards() -> Arc<Boards> {
        Boards::new(Budget::all(Memory::new(BYTES * 4).share(Part::Sites))(Use::Boards))
    }

    // A listener beats time for its visitor, so there has to be a runtime.
    #[tokio::test]
    async fn messages_and_listeners_are_bounded() {
        let boards = boards();
        let (board, other) = (Board::new(&boards), Board::new(&boards));
        for number in 0..MESSAGES + 50 {
            assert!(board.say(None, Words::Text(number.to_string())).is_some());
        }
        assert_eq!(board.said.lock().messages.len(), MESSAGES);
        let before = boards.budget.used();
        for _ in 0..10 {
            assert!(board.say(None, Words::Picture("image/png", vec![0; PICTURE])).is_some());
            assert!(boards.budget.used() <= BYTES);
        }
        assert!(before > 0 && board.picture("1").is_none() && board.picture("560").is_some());
        assert!(board.picture("x").is_none());
        // A picture that somebody is still being sent takes its room, gone from the board or not; another board has its
        // share all the same.
        let sending: Vec<_> = (558..=560).map(|id| board.picture(&id.to_string()).unwrap()).collect();
        assert!(other.say(None, Words::Picture("image/png", vec![0; PICTURE - 4096])).is_some());
        assert!(other.say(None, Words::Picture("image/png", vec![0; PICTURE])).is_none());
        drop(sending);
        assert!(other.say(None, Words::Picture("image/png", vec![0; PICTURE])).is_some());
        let all: Vec<_> = (0..LISTENERS).map(|_| board.listen(0).unwrap()).collect();
        assert!(board.listen(0).is_none());
        drop(all);
        assert!(board.listen(0).is_some(), "who has gone makes room");
        drop((board, other));
        assert_eq!(boards.budget.used(), 0);
    }

    #[tokio::test]
    async fn whoever_reads_slowly_holds_no_copies_and_misses_only_what_was_evicted() {
        let boards = boards();
        let board = Board::new(&boards);
        for number in 0..MESSAGES {
            assert!(board.say(None, Words::Text(format!("{number:0>60000}"))).is_some());
        }
        let used = boards.budget.used();
        let mut slow: Vec<_> = (0..LISTENERS).map(|_| board.listen(2).unwrap().into_body()).collect();
        let mut one = slow.pop().unwrap();
        let mut next = async || one.frame().await.map(|frame| frame.unwrap().into_data().unwrap());
        assert_eq!(&next().await.unwrap()[..], b"retry: 2000\n\n");
        assert!(next().await.unwrap().starts_with(b"id: 3\n"));
        assert_eq!(boards.budget.used(), used);
        for _ in 0..10 {
            assert!(board.say(None, Words::Text("new".to_owned())).is_some());
        }
        assert!(next().await.unwrap().starts_with(b"id: 11\n"), "4 to 10 are gone");
        for _ in 12..=MESSAGES + 10 {
            next().await.unwrap();
        }
        assert!(tokio::time::timeout(Duration::from_millis(20), next()).await.unwrap().unwrap().starts_with(b":"));
        let speaks = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            board.say(None, Words::Text("woken".to_owned()))
        };
        let (event, _) = tokio::join!(next(), speaks);
        assert!(String::from_utf8_lossy(&event.unwrap()).contains("woken"));
        board.close();
        assert!(next().await.is_none());
    }

    #[tokio::test]
    async fn what_is_said_is_text_everywhere() {
        let board = Board::new(&boards());
        let peer = Name::parse("10.0.0.7:5000");
        let visitor = Visitor { name: "Ann<a>", peer: &peer };
        assert!(board.say(Some(visitor), Words::Text("<script>\n\n\u{2028}\"".to_owned())).is_some());
        let event = String::from_utf8(board.said.lock().messages[0].event.to_vec()).unwrap();
        assert_eq!(event.matches("\n\n").count(), 1, "one event: {event}");
        assert!(event.contains("\"from\":\"Ann<a> (10.0.0.7)\""), "{event}");
        assert!(Words::of(vec![b'x'; TEXT + 1]).is_none());
    }
}
