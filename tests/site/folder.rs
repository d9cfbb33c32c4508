//! What lies below a served folder: names, lists, pages of its own, and what cannot be had.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Empty;
use hyper::{Request, StatusCode};
use socketlab::{
    http::server::{Log, Site, SiteMemory},
    memory::{Memory, Part},
    model::{self, ListenConfig, Recipe, Serving},
};

use crate::{Bench, Said, header};

#[tokio::test]
async fn a_folder_shows_its_own_page_and_its_list_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<h1>home</h1>").unwrap();
    std::fs::write(folder.path().join("404.html"), "<h1>lost</h1>").unwrap();
    std::fs::create_dir_all(folder.path().join("sub/index.html")).unwrap();
    std::fs::write(folder.path().join("sub/index.htm"), "old page").unwrap();
    let bench = Bench::folder(folder.path());
    for _ in 0..2 {
        let (head, page) = bench.get("/", &[]).await;
        assert_eq!((head.status(), &page[..]), (StatusCode::OK, &b"<h1>home</h1>"[..]));
        assert_eq!(header(&head, "content-type"), "text/html; charset=utf-8");
    }
    assert_eq!(&bench.get("/sub/", &[]).await.1[..], b"old page");
    for query in ["/?list", "/?sort=size", "/?page=1"] {
        let page = bench.get(query, &[]).await.1;
        assert!(String::from_utf8_lossy(&page).contains("href=\"404.html\""), "{query}");
    }
    // What is not there has the folder's page, whatever part of it is asked for.
    for headers in [&[][..], &[("range", "bytes=0-1")], &[("if-none-match", "*")]] {
        let (head, page) = bench.get("/none", headers).await;
        assert_eq!((head.status(), &page[..]), (StatusCode::NOT_FOUND, &b"<h1>lost</h1>"[..]));
        assert_eq!(header(&head, "etag"), "");
    }
    std::fs::remove_file(folder.path().join("index.html")).unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert!(String::from_utf8_lossy(&bench.get("/", &[]).await.1).contains("href=\"sub/\""));
    let serving = Serving { listing: true, ..Serving::default() };
    let listed = Bench::of(model::Site::Folder(folder.path().to_owned()), serving);
    assert!(String::from_utf8_lossy(&listed.get("/sub/", &[]).await.1).contains("href=\"index.htm\""));
}

#[tokio::test]
async fn slashes_count_once_and_lead_to_no_other_host() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("evil.example")).unwrap();
    std::fs::write(folder.path().join("a.txt"), "x").unwrap();
    let bench = Bench::folder(folder.path());
    let ask = |target: &str| {
        // As it comes over the network; with a host in front of it the two slashes would be taken for one.
        let uri = hyper::Uri::builder().path_and_query(target).build().unwrap();
        Request::get(uri).header("host", "x").body(Empty::<Bytes>::new()).unwrap()
    };
    assert_eq!(bench.ask(ask("//a.txt")).await.0.status(), StatusCode::OK);
    let (head, _) = bench.ask(ask("//evil.example?sort=size")).await;
    assert_eq!((head.status().as_u16(), header(&head, "location")), (308, "/evil.example/?sort=size"));
    let head = Request::head("/a.txt").header("host", "x").header("range", "bytes=0-0");
    let (head, _) = bench.ask(head.body(Empty::<Bytes>::new()).unwrap()).await;
    assert_eq!((head.status(), header(&head, "content-range")), (StatusCode::OK, ""));
}

#[cfg(unix)]
#[tokio::test]
async fn names_of_any_bytes_are_listed_and_served() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let names: [&[u8]; 5] = [b"\xc9\xee\xdb\xda.txt", b"tab\there", b"back\\slash", b"line\nbreak", b"caf\xe9"];
    for name in names {
        std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), name).unwrap();
    }
    let bench = Bench::folder(folder.path());
    let page = String::from_utf8(bench.get("/", &[]).await.1.to_vec()).unwrap();
    for (name, link, shown) in [
        (names[0], "%C9%EE%DB%DA.txt", "深圳.txt"),
        (names[1], "tab%09here", "tab␉here"),
        (names[2], "back%5Cslash", "back\\slash"),
        (names[3], "line%0Abreak", "line␊break"),
        (names[4], "caf%E9", "caf\u{fffd}"),
    ] {
        assert!(page.contains(&format!("<a href=\"{link}\">{shown}</a>")), "{link}: {page}");
        let (head, body) = bench.get(&format!("/{link}"), &[]).await;
        assert_eq!((head.status(), &body[..]), (StatusCode::OK, name));
    }
    for target in ["/..%5c..%5cetc", "/%2e%2e%2fetc", "/.%09", "/%ff%fe"] {
        assert_eq!(bench.get(target, &[]).await.0.status(), StatusCode::NOT_FOUND, "{target}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_there_and_cannot_be_read_says_why() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    std::fs::write(&path, "x").unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let bench = Bench::folder(folder.path());
    assert_eq!(bench.get("/a.txt", &[]).await.0.status(), StatusCode::OK);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o0)).unwrap();
    std::fs::set_permissions(folder.path().join("sub"), PermissionsExt::from_mode(0o0)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        // Whoever runs this may read everything.
        return;
    }
    tokio::time::sleep(Duration::from_millis(5)).await;
    for target in ["/a.txt", "/sub/", "/sub/b"] {
        let (head, page) = bench.get(target, &[]).await;
        assert_eq!(head.status(), StatusCode::FORBIDDEN, "{target}");
        assert!(String::from_utf8_lossy(&page).contains("permissions"));
        let (status, words) = bench.said.refused.lock().unwrap().pop().unwrap();
        assert!(status == 403 && words.contains("permissions"), "{words}");
    }
    std::fs::set_permissions(folder.path().join("sub"), PermissionsExt::from_mode(0o700)).unwrap();
}

#[tokio::test]
async fn a_large_text_says_its_encoding_and_a_copy_has_the_same_tag() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let text = "深圳 ".repeat((5 << 20) / 7);
    let mut tags = Vec::new();
    for folder in [&one, &other] {
        let path = folder.path().join("large.txt");
        std::fs::write(&path, &text).unwrap();
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
        let (head, _) = Bench::folder(folder.path()).get("/large.txt", &[]).await;
        assert_eq!(header(&head, "content-type"), "text/plain; charset=utf-8");
        tags.push(header(&head, "etag").to_owned());
    }
    assert!(tags[0] == tags[1] && !tags[0].is_empty(), "{tags:?}");
}

#[tokio::test]
async fn a_long_listing_comes_in_pieces_or_packed_and_every_name_is_on_one_page() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..700 {
        std::fs::write(folder.path().join(format!("{number}.txt")), "x").unwrap();
    }
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let bench = Bench::folder(folder.path());
    let (mut names, mut pages) = (std::collections::BTreeSet::new(), 0);
    for page in 1..4 {
        let (head, html) = bench.get(&format!("/?page={page}"), &[]).await;
        assert_eq!(header(&head, "content-length"), "");
        let html = String::from_utf8(html.to_vec()).unwrap();
        assert!(html.ends_with("</html>\n") && html.contains("Page") && html.contains("700 files"), "{html}");
        let rows = html.split("<td><a href=\"").skip(1).map(|row| row.split('"').next().unwrap().to_owned());
        names.extend(rows);
        pages += usize::from(html.contains("sub/"));
        let (head, packed) = bench.get(&format!("/?page={page}"), &[("accept-encoding", "gzip")]).await;
        assert!(header(&head, "content-encoding") == "gzip" && packed.len() * 3 < html.len());
    }
    assert_eq!((names.len(), pages), (700, 1));
}

#[cfg(unix)]
#[tokio::test]
async fn two_hundred_listings_leave_room_for_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..3000 {
        std::fs::write(folder.path().join(format!("{number}.txt")), "x").unwrap();
    }
    let memory = Memory::new(32 << 20);
    let config =
        ListenConfig { recipe: Recipe::Http(model::Site::Folder(folder.path().to_owned())), ..ListenConfig::default() };
    let site = Site::new(&config, &SiteMemory::new(memory.share(Part::Sites))).unwrap();
    let log: Arc<dyn Log> = Said::new();
    let ask = |target: &str| {
        let request = Request::get(target).header("host", "x").body(Empty::<Bytes>::new()).unwrap();
        site.answer(&log, request, 1)
    };
    // Visitors that take nothing of their page, which is made while it is sent.
    let slow = futures_util::future::join_all((0..200).map(|_| ask("/"))).await;
    assert!(slow.iter().any(|answer| answer.status() == StatusCode::OK), "{:?}", slow[0].status());
    for answer in &slow {
        let refused =
            answer.status() == StatusCode::SERVICE_UNAVAILABLE && answer.headers().contains_key("retry-after");
        assert!(answer.status() == StatusCode::OK || refused, "{:?}", answer.status());
    }
    assert!(memory.used_for(Part::Sites) <= 32 << 20);
    let file = tokio::time::timeout(Duration::from_secs(5), ask("/7.txt")).await.unwrap();
    assert_eq!(file.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_tiff_has_a_small_form_and_one_that_fills_a_screen() {
    let folder = tempfile::tempdir().unwrap();
    let byte = |place: u32| u8::try_from(place % 256).unwrap();
    let picture = image::RgbImage::from_fn(3000, 1500, |x, y| image::Rgb([byte(x), byte(y), 9]));
    picture.save(folder.path().join("scan.tiff")).unwrap();
    std::fs::write(folder.path().join("broken.tif"), "II*\0").unwrap();
    let bench = Bench::folder(folder.path());
    let view = String::from_utf8(bench.get("/scan.tiff?view", &[]).await.1.to_vec()).unwrap();
    let screen = view.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(screen.starts_with("/.socketlab/screen/scan.tiff?"), "{view}");
    for (target, width) in [(screen.as_str(), 2048), ("/.socketlab/thumb/scan.tiff?1-2", 320)] {
        let (head, bytes) = bench.get(target, &[]).await;
        assert_eq!((head.status(), header(&head, "content-type")), (StatusCode::OK, "image/jpeg"));
        assert_eq!(image::load_from_memory(&bytes).unwrap().width(), width);
    }
    for target in ["/.socketlab/screen/broken.tif", "/.socketlab/thumb/none.tiff", "/.socketlab/thumb/../scan.tiff"] {
        assert_eq!(bench.get(target, &[]).await.0.status(), StatusCode::NOT_FOUND, "{target}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_neither_file_nor_folder_is_not_there_and_hangs_nobody() {
    use std::os::unix::{fs::symlink, net::UnixListener};
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::RWXU).unwrap();
    let _socket = UnixListener::bind(at("socket")).unwrap();
    symlink("/dev/zero", at("zero")).unwrap();
    symlink("pipe", at("to-pipe")).unwrap();
    symlink("b", at("a")).unwrap();
    symlink("a", at("b")).unwrap();
    std::fs::write(at(&"n".repeat(255)), "long").unwrap();
    let bench = Bench::folder(folder.path());
    let within = |target: String| {
        let bench = &bench;
        async move { tokio::time::timeout(Duration::from_secs(10), bench.get(&target, &[])).await.unwrap() }
    };
    for name in ["pipe", "socket", "zero", "to-pipe", "a", "a/x", "pipe/x", "socket/", &"n".repeat(256)] {
        assert_eq!(within(format!("/{name}")).await.0.status(), StatusCode::NOT_FOUND, "{name}");
    }
    let page = String::from_utf8(within("/".to_owned()).await.1.to_vec()).unwrap();
    assert_eq!(page.matches("<td><a href=\"").count(), 1, "{page}");
    assert_eq!(&within(format!("/{}", "n".repeat(255))).await.1[..], b"long");
    assert!(bench.said.refused.lock().unwrap().is_empty());
    // A folder that goes while it is being looked at, and one that comes back.
    std::fs::remove_dir_all(folder.path()).unwrap();
    assert_eq!(within("/".to_owned()).await.0.status(), StatusCode::NOT_FOUND);
    std::fs::create_dir(folder.path()).unwrap();
    assert_eq!(within("/".to_owned()).await.0.status(), StatusCode::OK);
}
