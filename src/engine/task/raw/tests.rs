//! A connection without a socket: every state with every command and every pair of them, on a clock that stands still.

use std::{
    io,
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf},
    time::sleep,
};

use proptest::strategy::Strategy as _;

use super::*;
use crate::{
    engine::shared::control::Sender,
    journal::{Budget, Identity, Journal, Objects},
    model::{ConnectionId, Detail, Event, Name, Names, Reason, SessionId, Side, SocketKind, Target},
};

/// Room between the two ends: the rest of a larger message waits.
const ROOM: usize = 1000;

/// One end of a stream in memory.
#[derive(Debug)]
struct Memory(DuplexStream);

impl AsyncRead for Memory {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Memory {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl crate::engine::net::wire::Wire for Memory {
    fn descriptor(&self) -> Option<i64> {
        None
    }

    fn socket(&self) -> SocketKind {
        SocketKind::UNIX_STREAM
    }

    fn poll_readable(&self, _: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What the other end does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peer {
    /// Reads all there is.
    Reads,
    /// Reads nothing, and goes on living.
    Stuck,
    /// Sends more than its own way out holds and reads nothing: an echo is stuck in its answer.
    Floods,
    /// Sends FIN and reads.
    HalfCloses,
    /// Sends FIN and reads nothing.
    HalfClosesStuck,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Send,
    Large,
    HalfClose,
    Close,
    Reset,
    Inspect,
}

/// What came of it.
struct Outcome {
    /// Bytes that the other end received.
    received: u64,
    /// Bytes that were handed in.
    given: u64,
    /// Bytes that a record says were not sent.
    unsent: u64,
    /// The ends that were written: exactly one is right.
    ends: Vec<Event>,
    /// How long after the last command it ended; `None` when it did not within a minute.
    took: Option<Duration>,
}

/// A connection that runs, and its other end.
struct Stage {
    context: Arc<Context>,
    sender: Sender,
    task: tokio::task::JoinHandle<()>,
    theirs: DuplexStream,
}

fn stage(responder: Option<Box<dyn Responder>>) -> Stage {
    let (notices, mut heard) = mpsc::channel(4096);
    let sites = crate::http::server::SiteMemory::new(crate::memory::Memory::new(0).share(crate::memory::Part::Sites));
    let context = Context::new(Journal::new(Budget::default()), Objects::new(1 << 20), sites, notices);
    tokio::spawn(async move { while heard.recv().await.is_some() {} });
    let identity = Identity {
        id: ConnectionId(1),
        session: SessionId(1),
        side: Side::Accepted,
        names: Names { local: Name::parse("127.0.0.1:1"), peer: Name::parse("127.0.0.1:2") },
        descriptor: None,
        socket: SocketKind::UNIX_STREAM,
        recv_size: 100,
    };
    let connection = Connection::new(identity, Arc::clone(&context.journal));
    let place = context.admit(Arc::clone(&connection), Event::Accepted, &Detail::default());
    let sender: Sender = context.handles(&Target::Connection(ConnectionId(1))).remove(0).control;
    let (ours, theirs) = tokio::io::duplex(ROOM);
    let keep_half_open = responder.is_none();
    let plan = Plan {
        responder,
        feed: None,
        buffers: Arc::new(Buffers::new(100)),
        close_after: None,
        idle_timeout: None,
        keep_half_open,
    };
    let task = tokio::spawn(run(Arc::clone(&context), place, Box::new(Memory(ours)), plan));
    Stage { context, sender, task, theirs }
}

async fn play(peer: Peer, echo: bool, told: &[Told]) -> Outcome {
    let Stage { context, sender, task, theirs } = stage(echo.then(|| {
        crate::respond::Responders::new(&crate::model::Recipe::ECHO, crate::model::Encoding::Utf8)
            .unwrap()
            .next(&Name::Unnamed)
            .unwrap()
    }));
    let other = tokio::spawn(other_end(peer, theirs));
    sleep(Duration::from_millis(10)).await;
    let mut given = 0;
    for told in told {
        match told {
            Told::Send | Told::Large => {
                let length = if *told == Told::Send { 10 } else { ROOM * 5 };
                if sender.try_give(Order::Send(Bytes::from(vec![b'x'; length]))).is_ok() {
                    given += length as u64;
                }
            }
            Told::HalfClose => drop(sender.try_give(Order::HalfClose)),
            Told::Close => sender.urge(Urgent::Close),
            Told::Reset => sender.urge(Urgent::Reset),
            Told::Inspect => sender.urge(Urgent::Inspect),
        }
        sleep(Duration::from_millis(1)).await;
    }
    let begin = Instant::now();
    let took = timeout(Duration::from_mins(1), task).await.ok().map(|result| {
        result.unwrap();
        begin.elapsed()
    });
    let received = if took.is_some() { other.await.unwrap() } else { 0 };
    let (mut unsent, mut ends) = (0, Vec::new());
    if let Some(block) = context.journal.block(1) {
        for row in block.rows() {
            if matches!(row.head.event, Event::Closed | Event::Reset) {
                ends.push(row.head.event);
            }
            if let Some(Reason::Unsent { bytes, .. } | Reason::AfterFin { bytes }) =
                row.detail().failure.and_then(|failure| failure.reason)
            {
                unsent += bytes;
            }
        }
    }
    Outcome { received, given, unsent, ends, took }
}

/// Returns how much it received of what was handed in; echoes are other bytes.
async fn other_end(peer: Peer, mut stream: DuplexStream) -> u64 {
    let (mut incoming, mut outgoing) = tokio::io::split(&mut stream);
    let writes = async {
        match peer {
            Peer::Floods => loop {
                // Time passes only while nobody has anything to do.
                sleep(Duration::from_micros(500)).await;
                if outgoing.write_all(&[b'y'; 100]).await.is_err() {
                    break;
                }
            },
            Peer::HalfCloses | Peer::HalfClosesStuck => drop(outgoing.shutdown().await),
            Peer::Reads | Peer::Stuck => {}
        }
        std::future::pending::<()>().await;
    };
    let reads = async {
        if matches!(peer, Peer::Stuck | Peer::Floods | Peer::HalfClosesStuck) {
            // As long as the other end may wait for it; what is in between then is still read, to count it.
            sleep(Duration::from_secs(50)).await;
        }
        let (mut count, mut buffer) = (0, [0; 256]);
        while let Ok(length @ 1..) = incoming.read(&mut buffer).await {
            count += memchr::memchr_iter(b'x', &buffer[..length]).count() as u64;
        }
        count
    };
    tokio::select! {
        count = reads => count,
        () = writes => 0,
    }
}

#[tokio::test(start_paused = true)]
async fn no_command_is_lost_whatever_the_connection_is_in_the_middle_of() {
    const ALL: [Told; 6] = [Told::Send, Told::Large, Told::HalfClose, Told::Close, Told::Reset, Told::Inspect];
    let peers = [Peer::Reads, Peer::Stuck, Peer::Floods, Peer::HalfCloses, Peer::HalfClosesStuck];
    for peer in peers {
        for echo in [false, true] {
            for first in ALL {
                for second in ALL {
                    for end in [Told::Close, Told::Reset] {
                        let told = [first, second, end];
                        let case = format!("{peer:?}, echo {echo}, {told:?}");
                        let outcome = play(peer, echo, &told).await;
                        let took = outcome.took.unwrap_or_else(|| panic!("{case}: it never ended"));
                        let reset = told.contains(&Told::Reset);
                        let limit = if reset { Duration::from_millis(10) } else { CLOSE_PATIENCE + REST_PATIENCE };
                        assert!(took <= limit, "{case}: took {took:?}");
                        assert_eq!(outcome.ends.len(), 1, "{case}: {:?}", outcome.ends);
                        let settled = outcome.received + outcome.unsent;
                        assert_eq!(settled, outcome.given, "{case}: each byte was received, or is said not to be");
                    }
                }
            }
        }
    }
}

/// Something of one giver: its letter, its number and its length, and so many times the letter.
fn message(giver: u8, number: u8, length: u16) -> Vec<u8> {
    let mut bytes = vec![giver, number];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.resize(bytes.len() + usize::from(length), giver);
    bytes
}

/// What is in a stream of such messages, or where another's bytes stand within one.
fn givers_of(mut stream: &[u8]) -> Result<Vec<(u8, u8)>, String> {
    let mut found = Vec::new();
    while let [giver, number, high, low, rest @ ..] = stream {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let body = rest.get(..length).ok_or("the last one is cut")?;
        if let Some(at) = body.iter().position(|byte| byte != giver) {
            return Err(format!("{giver} {number} has another's bytes at {at} of {length}, after {found:?}"));
        }
        found.push((*giver, *number));
        stream = &rest[length..];
    }
    if stream.is_empty() { Ok(found) } else { Err("the last one is cut".to_owned()) }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Text(u16),
    File(u16),
    /// The peer asks, and is answered in one of the ways there are.
    Asks(u8, u16),
}

/// Answers what is asked: the way and the length.
struct Answers {
    folder: std::path::PathBuf,
    number: u8,
}

impl Responder for Answers {
    fn answer(&mut self, asked: &mut [u8]) -> Answer {
        let [way, high, low, ..] = *asked else { return Answer::Nothing };
        self.number += 1;
        let whole = message(b'r', self.number, u16::from_be_bytes([high, low]));
        let (head, body) = whole.split_at(4);
        let pause = Duration::from_millis(u64::from(way) * 3);
        match way % 4 {
            0 => Answer::Bytes(whole.into()),
            1 => Answer::Pair { head: head.into(), pause, body: body.into() },
            2 => Answer::Timed { bytes: Some(whole.into()), delay: pause, ends: false },
            _ => {
                let path = self.folder.join(format!("r{}", self.number));
                std::fs::write(&path, body).unwrap();
                Answer::File { head: head.into(), pause, path, length: Some(body.len() as u64), ends: false }
            }
        }
    }
}

async fn mix(steps: Vec<Step>) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let responder = Answers { folder: folder.path().to_owned(), number: 0 };
    let Stage { context: _context, sender, task, theirs } = stage(Some(Box::new(responder)));
    let (mut incoming, mut outgoing) = tokio::io::split(theirs);
    let reads = tokio::spawn(async move {
        let mut all = Vec::new();
        let mut buffer = [0; 77];
        while let Ok(length @ 1..) = incoming.read(&mut buffer).await {
            all.extend_from_slice(&buffer[..length]);
            // Slower than the giver: each has to wait in the middle of what is longer than the room.
            sleep(Duration::from_micros(300)).await;
        }
        all
    });
    let (mut texts, mut files, mut asked) = (0, 0, 0);
    for step in &steps {
        match *step {
            Step::Text(length) => {
                texts += 1;
                sender.give(Order::Send(message(b't', texts, length).into())).await.unwrap();
            }
            Step::File(length) => {
                files += 1;
                let path = folder.path().join(format!("f{files}"));
                std::fs::write(&path, message(b'f', files, length)).unwrap();
                let transfer = control::Transfer { path: path.clone(), ..control::Transfer::default() };
                let id = crate::model::TransferId(files.into());
                sender.give(Order::File { id, path, transfer }).await.unwrap();
            }
            Step::Asks(way, length) => {
                asked += 1;
                let [high, low] = length.to_be_bytes();
                outgoing.write_all(&[way, high, low]).await.unwrap();
            }
        }
        sleep(Duration::from_millis(2)).await;
    }
    // All the time that it may take; the clock stands still meanwhile.
    sleep(Duration::from_mins(10)).await;
    sender.urge(Urgent::Close);
    task.await.unwrap();
    let found = givers_of(&reads.await.unwrap())?;
    let numbers = |giver| found.iter().filter(|(of, _)| *of == giver).map(|(_, number)| *number).collect::<Vec<_>>();
    for (giver, given) in [(b't', texts), (b'f', files)] {
        let wanted: Vec<u8> = (1..=given).collect();
        if numbers(giver) != wanted {
            return Err(format!("of {given} came {:?}: {found:?}", numbers(giver)));
        }
    }
    // Two that came in one `recv` are answered once.
    let answers = numbers(b'r');
    let in_order: Vec<u8> = (1..=u8::try_from(answers.len()).unwrap()).collect();
    if answers != in_order || answers.len() > asked || (asked > 0 && answers.is_empty()) {
        return Err(format!("{asked} asked, and {answers:?} were answered: {found:?}"));
    }
    Ok(())
}

/// As [`mix`], on a clock that stands still.
fn mixed(steps: Vec<Step>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(mix(steps))
}

#[test]
fn an_answer_waits_for_the_end_of_a_file_and_a_text_for_the_end_of_an_answer() {
    for way in 0..4 {
        mixed(vec![Step::File(30_000), Step::Asks(way, 500), Step::File(3000), Step::Text(9)]).unwrap();
        mixed(vec![Step::Asks(way, 20_000), Step::Text(500), Step::File(5000), Step::Asks(way, 3)]).unwrap();
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        failure_persistence: None,
        ..proptest::prelude::ProptestConfig::with_cases(60)
    })]

    #[test]
    fn nobodys_bytes_stand_within_a_message_of_another(steps in proptest::collection::vec(
        proptest::prop_oneof![
            (0..6000_u16).prop_map(Step::Text),
            (0..20_000_u16).prop_map(Step::File),
            (0..8_u8, 0..6000_u16).prop_map(|(way, length)| Step::Asks(way, length)),
        ],
        1..12,
    )) {
        if let Err(found) = mixed(steps) {
            proptest::prop_assert!(false, "{}", found);
        }
    }
}
