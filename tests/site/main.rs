//! An HTTP site that answers requests without a network, and a connection over a stream in memory.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly, helpers included")]

mod folder;

use std::{
    convert::Infallible,
    future::pending,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{future::BoxFuture, stream};
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::{Request, Response, StatusCode, body::Frame};
use socketlab::{
    http::{
        message::misread::Misread,
        server::{Body, End, Log, News, Site, SiteMemory, Transfer, serve},
    },
    memory::{MOST, Memory, Part},
    model::{self, Detail, Limits, ListenConfig, Name, Recipe, Route, RouteBody, Serving, Uploads},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

/// Remembers what was said.
#[derive(Debug)]
struct Said {
    peer: Name,
    answers: Mutex<Vec<Detail>>,
    refused: Mutex<Vec<(u16, String)>>,
    news: Mutex<Vec<News>>,
    transfers: Mutex<Vec<Option<Transfer>>>,
}

impl Said {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            peer: Name::parse("10.0.0.7:5000"),
            answers: Mutex::default(),
            refused: Mutex::default(),
            news: Mutex::default(),
            transfers: Mutex::default(),
        })
    }
}

impl Log for Said {
    fn peer(&self) -> &Name {
        &self.peer
    }

    fn answered(&self, answer: &dyn Fn() -> Detail) {
        self.answers.lock().unwrap().push(answer());
    }

    fn refused<'a>(&'a self, misread: &'a Misread) -> BoxFuture<'a, ()> {
        self.refused.lock().unwrap().push((misread.status, misread.words.to_string()));
        Box::pin(async {})
    }

    fn news(&self, news: News) -> BoxFuture<'_, ()> {
        self.news.lock().unwrap().push(news);
        Box::pin(async {})
    }

    fn under_way(&self, transfer: Option<Transfer>) {
        self.transfers.lock().unwrap().push(transfer);
    }
}

/// A site and where it says what happens.
struct Bench {
    site: Arc<Site>,
    said: Arc<Said>,
    log: Arc<dyn Log>,
}

impl Bench {
    fn of(site: model::Site, serving: Serving) -> Self {
        let config = ListenConfig { recipe: Recipe::Http(site), serving, ..ListenConfig::default() };
        let said = Said::new();
        Self {
            site: Site::new(&config, &SiteMemory::new(Memory::new(MOST).share(Part::Sites))).unwrap(),
            log: Arc::<Said>::clone(&said),
            said,
        }
    }

    fn folder(folder: &Path) -> Self {
        Self::of(model::Site::Folder(folder.to_owned()), Serving::default())
    }

    async fn get(&self, target: &str, headers: &[(&str, &str)]) -> (Response<()>, Bytes) {
        let mut request = Request::get(target).header("host", "x");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Empty::<Bytes>::new()).unwrap()).await
    }

    async fn ask<B>(&self, request: Request<B>) -> (Response<()>, Bytes)
    where
        B: hyper::body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
    {
        whole(self.site.answer(&self.log, request, 1).await).await
    }
}

async fn whole(response: Response<Body>) -> (Response<()>, Bytes) {
    let (head, body) = response.into_parts();
    (Response::from_parts(head, ()), body.collect().await.unwrap().to_bytes())
}

fn header<'a>(response: &'a Response<()>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_page_that_says_that_it_works_and_nothing_else() {
    let bench = Bench::of(model::Site::Welcome, Serving::default());
    let (head, page) = bench.get("/", &[]).await;
    assert_eq!((head.status(), header(&head, "server")), (StatusCode::OK, "Socketlab"));
    assert!(std::str::from_utf8(&page).unwrap().contains("It works"));
    assert_eq!(bench.get("/nothing", &[]).await.0.status(), StatusCode::NOT_FOUND);
    let (head, style) = bench.get("/.socketlab/site.css", &[("accept-encoding", "gzip")]).await;
    assert_eq!((header(&head, "content-encoding"), &style[..2]), ("gzip", &[0x1f, 0x8b][..]));
    let post = Request::post("/").header("host", "x").body(Full::new(Bytes::from_static(b"hi"))).unwrap();
    let (head, _) = bench.ask(post).await;
    assert_eq!((head.status(), header(&head, "allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD, OPTIONS"));
    assert!(bench.said.refused.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_file_comes_whole_in_parts_or_not_at_all_and_never_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b.txt");
    std::fs::write(&path, "0123456789").unwrap();
    std::fs::write(folder.path().join(".hidden"), "secret").unwrap();
    let bench = Bench::folder(folder.path());
    let (head, body) = bench.get("/a%20b.txt", &[]).await;
    assert_eq!((head.status(), &body[..]), (StatusCode::OK, &b"0123456789"[..]));
    assert_eq!(header(&head, "content-type"), "text/plain; charset=utf-8");
    let tag = header(&head, "etag").to_owned();
    for (range, status, part) in [("bytes=2-4", 206, "234"), ("bytes=-2", 206, "89"), ("lines=1", 200, "0123456789")] {
        let (head, body) = bench.get("/a%20b.txt", &[("range", range)]).await;
        assert_eq!((head.status().as_u16(), &body[..]), (status, part.as_bytes()), "{range}");
    }
    let (head, _) = bench.get("/a%20b.txt", &[("range", "bytes=10-")]).await;
    assert_eq!((head.status().as_u16(), header(&head, "content-range")), (416, "bytes */10"));
    let (head, body) = bench.get("/a%20b.txt", &[("if-none-match", &tag)]).await;
    assert!(head.status() == StatusCode::NOT_MODIFIED && body.is_empty());
    for times in 1..50 {
        let new = "x".repeat(10 + times);
        std::fs::write(&path, &new).unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(bench.get("/a%20b.txt", &[]).await.1, new.as_bytes(), "what was just changed is shown as it is");
    }
    for target in ["/.hidden", "/%2e%2e/x", "/a%00b", "/%ff", "//etc/passwd", "/a%20b.txt/"] {
        assert_eq!(bench.get(target, &[]).await.0.status(), StatusCode::NOT_FOUND, "{target}");
    }
}

#[tokio::test]
async fn a_large_file_is_said_to_be_under_way_and_one_that_shrinks_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.bin");
    let large = vec![7; 6 << 20];
    std::fs::write(&path, &large).unwrap();
    let bench = Bench::folder(folder.path());
    assert!(bench.get("/large.bin", &[]).await.1 == large);
    {
        let transfers = bench.said.transfers.lock().unwrap();
        let [Some(begun), None] = &transfers[..] else { panic!("{transfers:?}") };
        assert_eq!((begun.name.as_str(), begun.total), ("/large.bin", 6 << 20));
    }
    let request = Request::get("/large.bin").header("host", "x").body(Empty::<Bytes>::new()).unwrap();
    let mut body = bench.site.answer(&bench.log, request, 1).await.into_body();
    body.frame().await.unwrap().unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1 << 20).unwrap();
    let broken = loop {
        match body.frame().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("the file is too short, and nobody said so"),
        }
    };
    assert!(broken.name == "/large.bin" && broken.error.kind() == std::io::ErrorKind::UnexpectedEof, "{broken}");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_no_file_does_not_hang_a_request() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
    let route = Route { path: "/pipe".to_owned(), answer: RouteBody::File(pipe), ..Route::default() };
    let bench = Bench::of(model::Site::Routes(vec![route]), Serving::default());
    let asked = tokio::time::timeout(Duration::from_secs(20), bench.get("/pipe", &[])).await;
    assert_eq!(asked.unwrap().0.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn messages_and_files_need_the_token_and_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = Some(Uploads { folder: folder.path().to_owned(), limit: 1000 });
    let serving = Serving { uploads, board: true, ..Serving::default() };
    let bench = Bench::of(model::Site::Welcome, serving);
    let token = bench.site.token().unwrap().to_owned();
    let send = |path: &str, token: &str, body: &'static str| {
        let length = body.len();
        let request = Request::post(path).header("host", "127.0.0.1:8000").header("x-socketlab-token", token);
        request.header("content-length", length).body(Full::new(Bytes::from_static(body.as_bytes()))).unwrap()
    };
    let named = format!("{}?from=Anna", Serving::BOARD);
    assert_eq!(bench.ask(send(Serving::BOARD, "wrong", "hi")).await.0.status(), StatusCode::FORBIDDEN);
    assert_eq!(bench.ask(send(&named, &token, "hello")).await.0.status(), StatusCode::NO_CONTENT);
    let (head, names) = bench.ask(send("/.socketlab/upload?name=a.txt&from=Anna%0A%E2%80%AEgnp", &token, "0123")).await;
    assert_eq!((head.status(), &names[..]), (StatusCode::CREATED, &b"a.txt\n"[..]));
    assert_eq!(std::fs::read(folder.path().join("a.txt")).unwrap(), b"0123");
    // More than it says, and more than it may.
    let pieces = (0..30).map(|_| Ok::<_, Infallible>(Frame::data(Bytes::from_static(&[b'x'; 100]))));
    let endless = Request::post("/.socketlab/upload?name=b").header("host", "127.0.0.1:8000");
    let endless = endless.header("x-socketlab-token", &token).header("transfer-encoding", "chunked");
    let (head, _) = bench.ask(endless.body(StreamBody::new(stream::iter(pieces))).unwrap()).await;
    assert_eq!(head.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(!folder.path().join("b").exists());
    let refused: Vec<u16> = bench.said.refused.lock().unwrap().iter().map(|(status, _)| *status).collect();
    assert_eq!(refused, [403, 413]);
    let news = bench.said.news.lock().unwrap();
    assert_eq!(news[0], News::Said { name: "Anna".to_owned(), text: "hello".to_owned(), picture: Bytes::new() });
    let News::Saved { name, path, length: 4 } = &news[1] else { panic!("{news:?}") };
    assert!(path.ends_with("a.txt") && name == "Anna gnp", "{news:?}");
}

/// Serves one end of a stream in memory.
async fn serve_all(bench: &Bench, limits: &Limits, request: &str) -> String {
    let (mut here, there) = duplex(64);
    let answer = |request, count| bench.site.answer(&bench.log, request, count);
    let serving = serve(there, &bench.log, limits, answer, (pending::<End>(), pending::<()>()));
    let asking = async {
        here.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        here.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    };
    let serving = async { drop(serving.await) };
    tokio::join!(asking, serving).0
}

#[tokio::test]
async fn a_connection_needs_no_socket_and_each_answer_is_said_once_it_is_out() {
    let bench = Bench::of(model::Site::Welcome, Serving::default());
    let twice = "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let text = serve_all(&bench, &Limits::default(), twice).await;
    assert_eq!(text.matches("HTTP/1.1 ").count(), 2, "{text}");
    let answers = bench.said.answers.lock().unwrap().clone();
    let statuses: Vec<_> = answers.iter().map(|answer| answer.http.as_ref().unwrap().status).collect();
    assert_eq!(statuses, [200, 404]);
    assert!(answers.iter().all(|answer| answer.total.is_none() && answer.sent > Some(0)), "{answers:?}");
}

#[tokio::test]
async fn half_a_head_and_no_http_are_answered_with_what_is_wrong() {
    let bench = Bench::of(model::Site::Welcome, Serving::default());
    let limits = Limits { head: Duration::from_millis(50), ..Limits::default() };
    for (request, status, part) in [
        ("GET / HTTP/1.1\r\nHost", 408, "too long to arrive"),
        ("EHLO me\r\n\r\n", 400, "EHLO me"),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "more than one Host"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400, "two ways"),
    ] {
        let text = serve_all(&bench, &limits, request).await;
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")) && text.contains(part), "{request}: {text}");
        let (said, words) = bench.said.refused.lock().unwrap().pop().unwrap();
        assert!(said == status && words.contains(part), "{words}");
        assert_eq!(bench.said.answers.lock().unwrap().pop().unwrap().http.unwrap().status, status);
    }
}

#[tokio::test]
async fn only_hosts_that_are_ours_are_answered_unless_all_are() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "x").unwrap();
    let shown = model::Site::Folder(folder.path().to_owned());
    let bench = Bench::of(shown.clone(), Serving::default());
    let ask = |host: &str| Request::get("/a.txt").header("host", host).body(Empty::<Bytes>::new()).unwrap();
    for host in ["127.0.0.1:8000", "[::1]", "localhost", "pc.local"] {
        assert_eq!(bench.ask(ask(host)).await.0.status(), StatusCode::OK, "{host}");
    }
    let (head, page) = bench.ask(ask("evil.example:8000")).await;
    let page = String::from_utf8_lossy(&page).into_owned();
    assert!(
        head.status() == StatusCode::FORBIDDEN && page.contains("evil.example:8000") && page.contains("--any-host")
    );
    assert_eq!(bench.said.refused.lock().unwrap().len(), 1);
    let any = Bench::of(shown, Serving { any_host: true, board: true, ..Serving::default() });
    assert_eq!(any.ask(ask("evil.example:8000")).await.0.status(), StatusCode::OK);
    let said = Request::post(Serving::BOARD).header("host", "my.example").header("content-length", 2);
    let said = said.header("x-socketlab-token", any.site.token().unwrap());
    let (head, _) = any.ask(said.body(Full::new(Bytes::from_static(b"hi"))).unwrap()).await;
    assert_eq!(head.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn options_say_what_is_taken_with_a_length() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = Some(Uploads { folder: folder.path().to_owned(), limit: 1000 });
    let shown = model::Site::Folder(folder.path().to_owned());
    let looked_at = Bench::of(shown.clone(), Serving::default());
    let takes = Bench::of(shown, Serving { uploads, board: true, ..Serving::default() });
    for (bench, target, methods) in [
        (&looked_at, "/a", "GET, HEAD, OPTIONS"),
        (&takes, "/a", "GET, HEAD, PUT, OPTIONS"),
        (&takes, "/.socketlab/upload", "POST, OPTIONS"),
        (&takes, Serving::BOARD, "GET, HEAD, POST, PUT, OPTIONS"),
    ] {
        let request = format!("OPTIONS {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let text = serve_all(bench, &Limits::default(), &request).await.to_ascii_lowercase();
        assert!(text.starts_with("http/1.1 200 ok") && text.contains("\r\ncontent-length: 0\r\n"), "{text}");
        assert!(text.contains(&format!("\r\nallow: {}\r\n", methods.to_ascii_lowercase())), "{text}");
    }
}
