//! Where the body of an answer goes, and the questions about a large one.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use socketlab::{
    engine::{Command, Notice},
    model::{Arrival, Event, FetchConfig, Large, Page, PictureEnding, SessionId},
};

use crate::{
    lab::{Lab, patient, poll},
    pictures::png,
};

/// A server that gives each caller to `answer` once the request has come, and counts them.
fn site(answer: impl Fn(TcpStream) + Send + 'static) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let callers = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&callers);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let stream = patient(stream);
            count.fetch_add(1, Ordering::Relaxed);
            let mut line = String::new();
            let mut reader = BufReader::new(&stream);
            while line != "\r\n" && {
                line.clear();
                reader.read_line(&mut line).is_ok_and(|count| count > 0)
            } {}
            answer(stream.try_clone().unwrap());
            let _ = stream.shutdown(Shutdown::Write);
            let _ = std::io::copy(&mut &stream, &mut std::io::sink());
        }
    });
    (address, callers)
}

fn fixed(head: &str, body: &[u8]) -> (SocketAddr, Arc<AtomicUsize>) {
    let answer = [format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes(), body].concat();
    site(move |mut stream| {
        let _ = stream.write_all(&answer);
    })
}

fn ask(lab: &mut Lab, address: SocketAddr, max: u64) -> SessionId {
    let config = FetchConfig { url: format!("http://{address}/"), max: Some(max), ..FetchConfig::default() };
    let session = SessionId(9);
    lab.ask(Command::Fetch { session, config, feed: None });
    session
}

fn page(lab: &mut Lab) -> Arc<Page> {
    lab.wait("the answer", |notice| match notice {
        Notice::Fetched { page, .. } => Some(Arc::clone(page)),
        _ => None,
    })
}

fn question(lab: &mut Lab) -> Arc<Page> {
    lab.wait("a question", |notice| match notice {
        Notice::Large { page, .. } => Some(Arc::clone(page)),
        notice => {
            assert!(!matches!(notice, Notice::Fetched { .. }), "nobody asked");
            None
        }
    })
}

fn kept(lab: &Lab, page: &Page) -> Vec<u8> {
    page.body.and_then(|id| lab.engine.objects().get(id)).map_or_else(Vec::new, |body| body.content.bytes.clone())
}

fn is_within(lab: &Lab, bytes: usize) {
    poll("what came in to be counted no more", || {
        let objects = lab.engine.objects();
        let all = objects.hold(0, objects.budget());
        if all {
            assert!(objects.hold(objects.budget(), 0));
        }
        all.then_some(())
    });
    assert!(lab.engine.objects().stats().1 <= bytes);
}

#[test]
fn a_body_is_in_the_store_once_also_when_it_is_a_picture() {
    let png = png(40);
    let around = [b"before".as_slice(), &png, b"after"].concat();
    for (body, objects, is_picture) in [(b"only text".as_slice(), 1, false), (&png, 1, true), (&around, 2, false)] {
        let mut lab = Lab::new();
        let (address, _) = fixed(&format!("Content-Length: {}\r\n", body.len()), body);
        ask(&mut lab, address, u64::MAX);
        let page = page(&mut lab);
        assert_eq!(kept(&lab, &page), body);
        assert_eq!((lab.engine.objects().stats().0, page.length), (objects, body.len() as u64));
        let object = lab.engine.objects().get(page.body.unwrap()).unwrap();
        assert_eq!(object.content.picture.is_some(), is_picture);
        is_within(&lab, body.len() + png.len());
    }
}

#[test]
fn a_picture_is_shown_while_its_body_comes() {
    let png = png(300);
    let (go, waits) = mpsc::channel::<()>();
    let bytes = png.clone();
    let (address, _) = site(move |mut stream| {
        let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len());
        let mut rest = bytes.as_slice();
        // So slowly that there is something to look at, until somebody has looked.
        while rest.len() > 1000 && waits.recv_timeout(Duration::from_millis(20)).is_err() {
            let (piece, more) = rest.split_at(1000);
            let _ = stream.write_all(piece);
            rest = more;
        }
        let _ = stream.write_all(rest);
    });
    let mut lab = Lab::new();
    ask(&mut lab, address, u64::MAX);
    let growing = poll("a part of the picture", || lab.engine.objects().newest(1).pop());
    assert_eq!(growing.content.picture.as_ref().unwrap().ending, PictureEnding::Arriving);
    assert!(png.starts_with(&growing.content.bytes));
    go.send(()).unwrap();
    let page = page(&mut lab);
    assert_eq!((page.body, kept(&lab, &page)), (Some(growing.id), png));
    let object = lab.engine.objects().get(growing.id).unwrap();
    assert_eq!(object.content.picture.as_ref().unwrap().ending, PictureEnding::Complete);
    // All records that brought it are its own, so that a conversation shows none of them as bytes.
    let (first, last) = (object.content.first, object.content.last);
    assert_eq!((growing.content.first, lab.engine.journal().stats().next > last), (first, true));
    let received = |seq| lab.engine.journal().with_row(seq, |row| row.head.event == Event::Recv).unwrap();
    assert!(first < last && received(first), "{first} {last}");
}

#[test]
fn a_large_body_comes_only_when_a_person_says_so_and_is_asked_for_once() {
    let body = vec![b'x'; 5000];
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("body.bin");
    let nowhere = folder.path().join("missing/body.bin");
    for head in ["Content-Length: 5000\r\n", "Connection: close\r\n"] {
        let asks = |large: &[Large]| {
            let mut lab = Lab::new();
            let (address, callers) = fixed(head, &body);
            let session = ask(&mut lab, address, 4000);
            let mut last = None;
            for large in large {
                let question = question(&mut lab);
                assert_eq!(question.arrival, Arrival::Asking);
                last = Some(question);
                lab.ask(Command::Decide { session, large: large.clone() });
            }
            let page = page(&mut lab);
            assert_eq!(callers.load(Ordering::Relaxed), 1);
            let bytes = kept(&lab, &page);
            is_within(&lab, body.len());
            (page, bytes, last.unwrap())
        };
        let (whole, bytes, _) = asks(&[Large::Continue]);
        assert_eq!((whole.is_cut_short, &bytes), (false, &body));
        let (left, bytes, _) = asks(&[Large::Stop]);
        assert!(left.is_cut_short && bytes.len() <= 4000 && body.starts_with(&bytes), "{:?}", left.remarks);
        assert!(left.remarks.iter().any(|remark| remark.to_string().contains("was left")), "{:?}", left.remarks);
        fs::write(&place, "mine").unwrap();
        let (saved, bytes, again) = asks(&[Large::Save(nowhere.clone()), Large::Save(place.clone())]);
        assert!(again.remarks.iter().any(|remark| remark.to_string().contains("body.bin")), "{:?}", again.remarks);
        assert!(bytes.is_empty() && saved.body.is_none() && !saved.is_cut_short);
        let file = saved.saved.clone().unwrap();
        assert_eq!((fs::read_to_string(&place).unwrap().as_str(), fs::read(&file).unwrap()), ("mine", body.clone()));
        assert_eq!(file, folder.path().join("body (2).bin"));
        fs::remove_file(file).unwrap();
    }
}

#[test]
fn a_body_that_memory_has_no_room_for_goes_on_into_a_file() {
    let body: Vec<u8> = (0..3_000_000_u32).map(|number| b'a' + (number % 26) as u8).collect();
    let folder = tempfile::tempdir().unwrap();
    for save in [true, false] {
        let mut lab = Lab::new();
        let objects = Arc::clone(lab.engine.objects());
        let (budget, room) = (objects.budget(), 1 << 20);
        assert!(objects.hold(0, budget - room), "others are coming in");
        let (address, callers) = fixed("Connection: close\r\n", &body);
        let session = ask(&mut lab, address, u64::MAX);
        let full = question(&mut lab);
        assert_eq!(full.arrival, Arrival::Full);
        assert!(full.length <= room as u64 && full.length > room as u64 / 2, "{}", full.length);
        let place = folder.path().join("all");
        lab.ask(Command::Decide { session, large: if save { Large::Save(place.clone()) } else { Large::Continue } });
        let page = page(&mut lab);
        assert_eq!(callers.load(Ordering::Relaxed), 1);
        if save {
            assert!(fs::read(&place).unwrap() == body && !page.is_cut_short);
        } else {
            let bytes = kept(&lab, &page);
            assert!(page.is_cut_short && bytes.len() as u64 == page.length && body.starts_with(&bytes));
            assert_eq!(page.length, full.length);
        }
        let _ = objects.hold(budget - room, 0);
        is_within(&lab, room);
    }
}

#[test]
fn a_fetch_that_is_stopped_keeps_what_came_and_a_question_ends_with_it() {
    for asked in [false, true] {
        let mut lab = Lab::new();
        let (address, _) = site(|mut stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nbegin");
            let _ = std::io::copy(&mut &stream, &mut std::io::sink());
        });
        let session = ask(&mut lab, address, if asked { 100 } else { u64::MAX });
        if asked {
            question(&mut lab);
        } else {
            lab.wait("the head", |notice| matches!(notice, Notice::Head { .. }).then_some(()));
        }
        lab.ask(Command::Stop(session));
        let page = page(&mut lab);
        assert!(page.is_cut_short && !page.remarks.is_empty());
        if !asked {
            assert!(kept(&lab, &page) == b"begin" || page.length == 0, "{page:?}");
        }
        lab.stopped(session);
        is_within(&lab, 10);
    }
}

/// A fetch whose reader takes one piece and no more, of a server that never ends.
fn unread(lab: &mut Lab, whole_timeout: Option<Duration>) -> (SessionId, tokio::sync::mpsc::Receiver<bytes::Bytes>) {
    let (address, _) = site(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        let piece = vec![b'x'; 65_536];
        while stream.write_all(&piece).is_ok() {}
    });
    let (feed, mut pieces) = tokio::sync::mpsc::channel(1);
    let config = FetchConfig { url: format!("http://{address}/"), whole_timeout, ..FetchConfig::default() };
    let session = SessionId(9);
    lab.ask(Command::Fetch { session, config, feed: Some(feed) });
    assert!(!pieces.blocking_recv().unwrap().is_empty());
    (session, pieces)
}

#[test]
fn a_reader_that_takes_nothing_holds_up_neither_a_stop_nor_the_deadline() {
    let mut lab = Lab::new();
    let (session, pieces) = unread(&mut lab, None);
    lab.ask(Command::Stop(session));
    let stopped = page(&mut lab);
    assert!(
        stopped.is_cut_short && stopped.remarks.iter().any(|remark| remark.to_string().starts_with("stopped")),
        "{stopped:?}"
    );
    lab.stopped(session);
    drop(pieces);
    let (session, _pieces) = unread(&mut lab, Some(Duration::from_millis(300)));
    let late = page(&mut lab);
    assert!(
        late.is_cut_short && late.remarks.iter().any(|remark| remark.to_string().contains("not done within")),
        "{late:?}"
    );
    lab.stopped(session);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_with_what_was_kept() {
    let mut lab = Lab::new();
    let (address, _) = fixed("Content-Length: 6000000\r\n", &vec![b'x'; 6_000_000]);
    let output = Some(std::path::PathBuf::from("/dev/full"));
    let config = FetchConfig { url: format!("http://{address}/"), output, ..FetchConfig::default() };
    lab.ask(Command::Fetch { session: SessionId(9), config, feed: None });
    let page = page(&mut lab);
    assert!(page.is_cut_short && page.length < 6_000_000 && page.status == 200, "{page:?}");
    assert!(page.remarks.iter().any(|remark| remark.to_string().contains("ENOSPC")), "{:?}", page.remarks);
    assert!(
        page.remarks.iter().any(|remark| remark.to_string().contains("of the body are in /dev/full")),
        "{:?}",
        page.remarks
    );
    assert!(!lab.of(Event::Failed).is_empty());
}

#[test]
fn a_file_of_a_request_that_shrinks_is_an_error() {
    let mut lab = Lab::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shrinks");
    fs::write(&path, vec![b'x'; 60 << 20]).unwrap();
    let (begun, begins) = mpsc::channel();
    let (address, _) = site(move |stream| {
        begun.send(()).unwrap();
        thread::sleep(Duration::from_millis(50));
        let _ = std::io::copy(&mut &stream, &mut std::io::sink());
    });
    let body = socketlab::model::RequestBody::File(path.clone());
    let config =
        FetchConfig { url: format!("http://{address}/"), method: "POST".into(), body, ..FetchConfig::default() };
    lab.ask(Command::Fetch { session: SessionId(9), config, feed: None });
    begins.recv().unwrap();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1000).unwrap();
    let failure = lab.wait("the failure", |notice| match notice {
        Notice::Failed { failure, .. } => Some(failure.clone()),
        notice => {
            assert!(!matches!(notice, Notice::Fetched { .. }), "the file was cut");
            None
        }
    });
    assert!(failure.message().contains("shorter"), "{failure}");
}

#[test]
fn cookies_go_from_one_page_to_the_one_after_it_and_to_no_other() {
    let mut lab = Lab::new();
    let (address, _) = fixed("Content-Length: 2\r\nSet-Cookie: id=7\r\n", b"ok");
    let mut asked = |session, after| {
        let config = FetchConfig { url: format!("http://{address}/"), after, ..FetchConfig::default() };
        lab.ask(Command::Fetch { session, config, feed: None });
        let page = page(&mut lab);
        lab.stopped(session);
        page.request.contains("\r\nCookie: id=7\r\n")
    };
    assert!(!asked(SessionId(1), None));
    assert!(asked(SessionId(2), Some(SessionId(1))));
    assert!(asked(SessionId(3), Some(SessionId(2))), "what came along goes on");
    assert!(!asked(SessionId(4), None));
    // Of old ones nothing is remembered.
    for session in 5..80 {
        assert!(!asked(SessionId(session), None));
    }
    assert!(!asked(SessionId(80), Some(SessionId(1))));
}
