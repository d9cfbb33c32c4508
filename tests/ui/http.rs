//! The HTTP client as a person and a screen reader find it: the request's form, the question about a large body, the
//! answer's forms, and what was sent before.

use std::{cell::RefCell, path::PathBuf, rc::Rc, sync::Arc};

use egui::{Key, Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use socketlab::{
    journal::{NewObject, Objects, Place},
    model::{
        Arrival, ConnectionId, Direction, FetchConfig, Hop, Interim, Large, ObjectId, Page, Part, PartValue, Proxy,
        RequestBody, SessionId, Snippet, Timeline,
    },
    ui::{
        action::{Action, Pick},
        views::http::{Http, HttpInput, PagePicture},
    },
    words::{Phrase, size},
};

use crate::drawn::{self, NoPixels};

struct Client {
    harness: Harness<'static>,
    actions: Rc<RefCell<Vec<Action>>>,
    page: Rc<RefCell<Option<Arc<Page>>>>,
    objects: Arc<Objects>,
    view: Rc<RefCell<Http>>,
}

impl Client {
    fn new(width: f32) -> Self {
        Self::sized([width, 800.0])
    }

    fn sized(size: [f32; 2]) -> Self {
        let page = Rc::new(RefCell::new(None));
        let view = Rc::new(RefCell::new(Http::default()));
        let objects = Objects::new(1 << 20);
        let (shown, drawing, store) = (Rc::clone(&page), Rc::clone(&view), Arc::clone(&objects));
        let (harness, actions) = drawn::view(size, move |ui, taken| {
            let page: Option<Arc<Page>> = shown.borrow().clone();
            let input = HttpInput {
                page: page.as_ref(),
                loading: page.as_ref().is_some_and(|page| page.arrival != Arrival::Ended),
                received: 0,
                failure: None,
                objects: &store,
                pictures: &NoPixels,
                picture_of: &|_| PagePicture::NotAsked,
            };
            drawing.borrow_mut().show(ui, &input, taken);
        });
        let mut client = Self { harness, actions, page, objects, view };
        client.harness.run();
        client
    }

    fn answer(&mut self, page: Page) {
        *self.page.borrow_mut() = Some(Arc::new(page));
        self.harness.run();
    }

    fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run();
    }

    fn choose(&mut self, label: &str) {
        self.harness.get_by_role_and_label(Role::RadioButton, label).click();
        self.harness.run();
    }

    fn fill(&mut self, label: &str, words: &str) {
        self.harness.get_by_label(label).focus();
        self.harness.run();
        self.harness.get_by_label(label).type_text(words);
        self.harness.run();
    }

    fn has(&self, part: &str) -> bool {
        self.harness.query_all_by_label_contains(part).next().is_some()
    }

    fn asked(&self) -> Action {
        let asked: Vec<Action> = self.actions.borrow_mut().drain(..).collect();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.into_iter().next().unwrap()
    }

    fn sent(&mut self) -> FetchConfig {
        self.click("Send");
        match self.asked() {
            Action::FetchHere(config) => config,
            other => panic!("{other:?}"),
        }
    }

    fn keep(&self, bytes: &[u8]) -> ObjectId {
        self.objects.put(NewObject {
            session: SessionId(1),
            connection: ConnectionId(1),
            direction: Direction::Inbound,
            place: Place::Body { start: 0, end: bytes.len() as u64 },
            first: 1,
            last: 1,
            name: String::new(),
            picture: None,
            bytes: bytes.to_vec(),
        })
    }
}

fn page() -> Page {
    Page {
        connection: ConnectionId(1),
        url: "http://h/folder/.bash%20rc?x".into(),
        request: "GET /x HTTP/1.1\r\nHost: h\r\nX-Sent: it is\r\n\r\n".into(),
        start_line: "HTTP/1.1 200 OK".into(),
        status: 200,
        ..Page::default()
    }
}

#[test]
fn a_redirect_without_a_body_says_where_it_leads() {
    let mut client = Client::new(1280.0);
    let headers = vec![("location".to_owned(), "/new\u{7}".to_owned())];
    client.answer(Page { status: 302, headers: headers.clone(), ..page() });
    assert!(client.has("It leads to /new") && !client.has("\u{7}"));
    client.answer(Page { status: 204, headers, ..page() });
    assert!(!client.has("It leads to"));
}

#[test]
fn every_kind_of_body_and_option_is_in_the_request() {
    let mut client = Client::new(1280.0);
    client.fill("URL", "http://h/");
    client.fill("Header 1", "X-A");
    client.fill("Value 1", "1");
    client.fill("Header 2", "X-A");
    client.fill("Value 2", "2");
    let sent = client.sent();
    let twice = [("X-A".to_owned(), "1".to_owned()), ("X-A".to_owned(), "2".to_owned())];
    assert_eq!((sent.method.as_str(), sent.headers.as_slice(), &sent.body), ("GET", &twice[..], &RequestBody::Empty));
    assert!(sent.redirects == 0 && sent.decompress, "a redirect is shown, as on the command line");
    client.click("Remove Header 1");
    client.choose("Body");
    client.choose("Text");
    client.fill("Text of the body", "words 你好");
    let sent = client.sent();
    assert_eq!((sent.method.as_str(), sent.headers.len()), ("POST", 1));
    assert_eq!(sent.body, RequestBody::Text("words 你好".into()));
    client.choose("File");
    client.fill("File to send", "/tmp/a b");
    assert_eq!(client.sent().body, RequestBody::File("/tmp/a b".into()));
    client.choose("Form");
    client.fill("Field 1", "a");
    client.fill("Value 1", "1 &");
    assert_eq!(client.sent().body, RequestBody::Form(vec![("a".into(), "1 &".into())]));
    client.choose("Multipart");
    client.fill("Field 1", "t");
    client.fill("Value, or @ and the path of a file 1", "x");
    client.click("Add a file…");
    assert_eq!(client.asked(), Action::Choose(Pick::RequestFile));
    client.view.borrow_mut().set_file(std::path::Path::new("/tmp/p.png"));
    let part = |name: &str, value| Part { name: name.into(), value, kind: None };
    assert_eq!(
        client.sent().body,
        RequestBody::Parts(vec![
            part("t", PartValue::Text("x".into())),
            part("file", PartValue::File("/tmp/p.png".into()))
        ])
    );
    client.choose("None");
    assert_eq!(client.sent().method, "GET");
    client.choose("Options");
    client.click("Follow redirects");
    client.fill("All within, s", "2.5");
    let sent = client.sent();
    let wanted = (FetchConfig::REDIRECTS, 2500, Proxy::Environment);
    assert_eq!((sent.redirects, sent.whole_timeout.unwrap().as_millis(), sent.proxy), wanted);
    client.fill("All within, s", "x");
    assert!(client.has("a number above 0"));
}

#[test]
fn a_large_body_is_asked_about_and_a_full_memory_again() {
    let mut client = Client::new(1280.0);
    let large = Page {
        headers: vec![("Content-Length".into(), "50000000".into())],
        arrival: Arrival::Asking,
        remarks: vec![Phrase::verbatim("open /x: not allowed")],
        ..page()
    };
    client.answer(large.clone());
    let most = size(Objects::new(1 << 20).budget() as u64);
    assert!(client.has("50\u{2009}000\u{2009}000 B") && client.has(&most) && client.has("not allowed"));
    client.click("Continue");
    assert_eq!(client.asked(), Action::Decide(Large::Continue));
    client.click("Choose where to save");
    assert_eq!(client.asked(), Action::ChooseSavePlace("bash rc".into()));
    client.view.borrow_mut().set_save_to(std::path::Path::new("/tmp/place"));
    client.harness.run();
    client.click("Save to file");
    assert_eq!(client.asked(), Action::Decide(Large::Save(PathBuf::from("/tmp/place"))));
    client.answer(Page { headers: Vec::new(), length: 7000, arrival: Arrival::Full, ..large });
    assert!(client.has("more than 7\u{2009}000 B") && client.has("Memory is full"));
    assert!(client.harness.query_by_label("Continue").is_none(), "there is no room to go on in");
    let stops = client.harness.get_all_by_label("Stop").count();
    assert_eq!(stops, 2, "of the fetch, and of the body");
    client.harness.get_all_by_label("Stop").last().unwrap().click();
    client.harness.run();
    assert_eq!(client.asked(), Action::Decide(Large::Stop));
}

#[test]
fn an_answer_has_its_headers_its_times_and_its_body_while_it_is_kept() {
    let mut client = Client::new(1280.0);
    let id = client.keep(&[b"words ".as_slice(), &vec![b'x'; 900_000]].concat());
    let hop = Hop {
        asked: "GET http://h/first".into(),
        start_line: "HTTP/1.1 302 Found".into(),
        location: "/x".into(),
        micros: 1500,
        remarks: Vec::new(),
    };
    let timeline = Timeline {
        resolved: Some(100),
        connected: Some(1100),
        sent: Some(1200),
        first: Some(51_200),
        last: Some(60_000),
    };
    let answer = Page {
        body: Some(id),
        length: 900_006,
        wire: b"HTTP/1.1 200 OK\r\n\r\nwords".to_vec(),
        wire_length: 900_030,
        surplus: b"HTTP/1.1 404 after".to_vec(),
        headers: vec![("Server".into(), "test".into())],
        hops: vec![hop],
        timeline,
        micros: 60_000,
        ..page()
    };
    client.answer(answer.clone());
    assert!(client.has("words xxx") && client.has("1 redirect"));
    client.click("Save the body");
    assert_eq!(client.asked(), Action::SaveObject { name: "bash rc".into(), id });
    client.choose("Headers");
    assert!(client.has("Server") && client.has("X-Sent"));
    let heading = client.harness.get_by_role(Role::Heading).accesskit_node();
    assert_eq!(heading.label().as_deref(), Some("Sent with GET /x HTTP/1.1"));
    let interim = Interim { start_line: "HTTP/1.1 103 Early".into(), headers: vec![("Link".into(), "early".into())] };
    let trailers = vec![("Digest".into(), "late".into())];
    client.answer(Page { interim: vec![interim], trailers, ..answer.clone() });
    for part in ["Before it came HTTP/1.1 103 Early", "early", "After the last chunk", "late"] {
        assert!(client.has(part), "{part}");
    }
    client.answer(answer.clone());
    client.choose("Headers");
    client.choose("Timeline");
    for bar in ["Name look-up 0.10 ms", "Connect 1.00 ms", "Send the request 0.10 ms", "Wait for the first byte 50 ms"]
    {
        assert!(client.has(bar), "{bar}");
    }
    assert!(client.has("GET http://h/first") && client.has("60 ms in all"));
    client.choose("Raw");
    assert!(client.has("X-Sent: it is") && client.has("899\u{2009}988 B more") && client.has("404 after"));
    client.choose("Hex");
    client.choose("As it came");
    assert!(client.has("The first 24 B"));
    client.keep(&vec![0; 300_000]);
    client.choose("The body");
    assert!(client.has("made room for newer ones"));
    client.choose("Preview");
    client.answer(Page { body: None, saved: Some("/tmp/place".into()), ..answer.clone() });
    assert!(client.has("The body is in /tmp/place"));
    let part = Page { body: None, saved: Some("/tmp/place".into()), is_cut_short: true, ..answer.clone() };
    client.answer(part);
    assert!(client.has("What came of the body is in /tmp/place"));
    client.answer(Page { body: None, is_cut_short: true, ..answer });
    assert!(client.has("Nothing of the body was kept"));
}

#[test]
fn requests_can_be_called_up_again_up_to_a_limit_and_forgotten() {
    let mut client = Client::new(1280.0);
    for number in 0..60 {
        client.view.borrow_mut().url = format!("http://h/{number}");
        client.sent();
    }
    client.view.borrow_mut().load(&FetchConfig { url: "http://h/other".into(), ..FetchConfig::default() });
    client.harness.run();
    client.click("Requests sent so far");
    let count = client.harness.query_all_by_label_contains("GET  h/").count();
    assert_eq!(count, 50, "the oldest are forgotten");
    client.click("GET  h/59");
    assert_eq!(client.view.borrow().config().url, "http://h/59");
    client.click("Requests sent so far");
    client.click("Forget them");
    client.click("Requests sent so far");
    assert!(!client.has("GET  h/"));
}

#[test]
fn a_request_is_copied_as_a_program_and_filled_from_a_curl_command() {
    let mut client = Client::new(1280.0);
    client.fill("URL", "http://h/");
    for (label, kind) in [
        ("Copy as curl", Snippet::Curl),
        ("Copy as Python (socket)", Snippet::Python),
        ("Copy as Python (http.client)", Snippet::HttpClient),
        ("Copy as nc", Snippet::Netcat),
    ] {
        client.click("Copy as, paste");
        client.click(label);
        let asked = client.asked();
        let Action::CopyRequest(copied, config) = asked else { panic!("{asked:?}") };
        assert_eq!((copied, config.url.as_str()), (kind, "http://h/"));
    }
    // By the menu: what is no curl command is said to be none, and only what comes at once was asked for.
    for pasted in ["curl http://menu/", "not one"] {
        client.click("Copy as, paste");
        client.harness.get_by_label("Paste a curl command").click();
        client.harness.step();
        client.harness.event(egui::Event::Paste(pasted.into()));
        client.harness.run();
        assert_eq!(client.asked(), Action::PasteCurl(pasted.into()));
    }
    client.click("Copy as, paste");
    client.click("Paste a curl command");
    client.harness.run_steps(6);
    client.harness.event(egui::Event::Paste("curl http://late/".into()));
    client.harness.run();
    assert!(client.actions.borrow().is_empty());
    client.harness.get_by_label("URL").focus();
    client.harness.run();
    client.harness.event(egui::Event::Paste(" curl http://other/ -I".into()));
    client.harness.run();
    assert_eq!(client.asked(), Action::PasteCurl(" curl http://other/ -I".into()));
    assert_eq!(client.view.borrow().url, "http://h/");
    client.harness.event(egui::Event::Paste("more".into()));
    client.harness.run();
    assert!(client.view.borrow().url.contains("more"), "what is no command is text");
    client.harness.key_press(Key::Enter);
    client.harness.run();
    assert!(matches!(client.asked(), Action::FetchHere(_)));
}

#[test]
fn everything_stays_within_a_narrow_window() {
    const WIDTH: f32 = 440.0;
    let mut client = Client::new(WIDTH);
    let id = client.keep(b"words");
    client.answer(Page {
        body: Some(id),
        length: 5,
        remarks: vec![Phrase::verbatim("long ".repeat(60)); 10],
        ..page()
    });
    client.choose("Options");
    let names = ["Connect within, s", "All within, s", "Proxy"];
    let places = names.map(|name| client.harness.get_all_by_label(name).last().unwrap().rect());
    assert!(places.iter().all(|rect| rect.left() >= 0.0 && rect.right() <= WIDTH), "{places:?}");
    client.choose("Body");
    let mut seen: Vec<(&str, egui::Rect)> = Vec::new();
    for name in
        ["Send", "Copy as, paste", "Requests sent so far", "Save the body", "Fold the request", "HTTP/1.1 200 OK"]
    {
        seen.push((name, client.harness.get_by_label(name).rect()));
    }
    for name in ["Own headers", "Body", "Options", "None", "Multipart", "Preview", "Timeline"] {
        seen.push((name, client.harness.get_by_role_and_label(Role::RadioButton, name).rect()));
    }
    for (at, (name, rect)) in seen.iter().enumerate() {
        assert!(rect.left() >= 0.0 && rect.right() <= WIDTH, "{name}: {rect:?}");
        for (other, place) in seen.iter().skip(at + 1) {
            assert!(!rect.shrink(1.0).intersects(place.shrink(1.0)), "{name} {rect:?} and {other} {place:?}");
        }
    }
}

#[test]
fn how_an_answer_is_meant_is_said_and_not_only_coloured() {
    let mut client = Client::new(900.0);
    let fault = vec![Phrase::verbatim("bare line feeds")];
    for (start_line, status, remarks, meaning) in [
        ("HTTP/1.1 200 OK", 200, vec![], "a good answer"),
        ("HTTP/1.1 200 OK", 200, fault, "an answer with faults"),
        ("HTTP/1.1 302 Found", 302, vec![], "an answer on the way to another"),
        ("HTTP/1.1 404 Not Found", 404, vec![], "the server says no"),
        ("HTTP/1.1 503 Service Unavailable", 503, vec![], "the server says no"),
    ] {
        client.answer(Page { start_line: start_line.into(), status, remarks, ..page() });
        assert!(client.harness.query_by_role_and_label(Role::Image, meaning).is_some(), "{start_line}: {meaning}");
    }
}

fn html(words: &str) -> (Vec<(String, String)>, String) {
    (vec![("Content-Type".into(), "text/html; charset=utf-8".into())], words.to_owned())
}

#[test]
fn a_page_shows_links_and_places_for_pictures_and_asks_for_nothing_by_itself() {
    let mut client = Client::new(1100.0);
    let (headers, words) = html(
        "<title>Pictures</title><h1>Head</h1><p>see <a href='/next?a=1'>the next</a></p>\
         <a href='cat.png?view'><img src='/t/cat.png' alt=''><span>cat.png</span></a><img src='dog.png' alt='a dog'>",
    );
    let id = client.keep(words.as_bytes());
    client.answer(Page { body: Some(id), length: words.len() as u64, headers, ..page() });
    assert!(client.has("Pictures") && client.has("Head") && client.has("a dog"));
    assert!(client.actions.borrow().is_empty(), "nothing is asked for before a click");
    client.click("the next");
    assert_eq!(client.asked(), Action::FollowLink("/next?a=1".into()));
    client.click("cat.png");
    assert_eq!(client.asked(), Action::FollowLink("cat.png?view".into()));
    client.click("Load the picture dog.png");
    assert_eq!(client.asked(), Action::LoadPictures(vec!["dog.png".into()]));
    client.click("Load 2 pictures");
    assert_eq!(client.asked(), Action::LoadPictures(vec!["/t/cat.png".into(), "dog.png".into()]));
}

#[test]
fn pictures_stand_in_even_rows_within_the_width() {
    let mut client = Client::new(460.0);
    let (headers, words) =
        html(&["0", "1", "2", "3", "4", "5", "6"].map(|number| format!("<img src='{number}.png'>")).concat());
    let id = client.keep(words.as_bytes());
    client.answer(Page { body: Some(id), length: words.len() as u64, headers, ..page() });
    let places: Vec<_> =
        (0..7).map(|number| client.harness.get_by_label(&format!("Load the picture {number}.png")).rect()).collect();
    for (index, place) in places.iter().enumerate() {
        assert!(place.right() <= 460.0, "{index}: {place:?}");
        assert!((place.left() - places[index % 2].left()).abs() < 0.5, "{index}: {places:?}");
    }
}

#[test]
fn in_a_low_window_the_request_is_folded_until_somebody_unfolds_it() {
    let mut client = Client::sized([450.0, 300.0]);
    assert!(client.has("URL") && client.has("Send") && !client.has("Header 1"));
    client.click("Unfold the request");
    assert!(client.has("Header 1"));
    client.click("Fold the request");
    assert!(!client.has("Header 1"));
    assert!(Client::sized([450.0, 400.0]).has("Header 1"));
}

#[test]
fn a_page_of_ten_thousand_links_draws_those_in_sight() {
    let mut client = Client::new(1100.0);
    let (headers, words) =
        html(&(0..5000).map(|number| format!("<p><a href=x>link {number}</a>")).collect::<Vec<_>>().concat());
    let id = client.keep(words.as_bytes());
    client.answer(Page { body: Some(id), length: words.len() as u64, headers, ..page() });
    client.harness.run_steps(3);
    let drawn = client.harness.query_all_by_role(Role::Link).count();
    assert!((10..400).contains(&drawn), "{drawn}");
}

#[test]
fn an_answer_is_read_in_the_encoding_that_it_names() {
    let mut client = Client::new(1100.0);
    for (kind, bytes, said) in [
        ("text/plain; charset=GBK", &b"\xb2\xbb\xd2\xaa\xbb\xd8\xb4\xf0"[..], "GBK"),
        ("text/html", b"<meta charset=big5><p>\xa4\xa3\xadn\xa6^\xb5\xaa</p>", "Big5"),
        ("text/plain; charset=koi8-r", "不要回答".as_bytes(), "charset koi8-r is not known here"),
    ] {
        let id = client.keep(bytes);
        let headers = vec![("Content-Type".into(), kind.into())];
        client.answer(Page { body: Some(id), length: bytes.len() as u64, micros: id.0.into(), headers, ..page() });
        assert!(client.has("不要回答"), "{kind}");
        assert!(client.has(said), "{kind}");
    }
}

#[test]
fn json_is_a_tree_that_folds_and_text_where_it_is_wanted() {
    let mut client = Client::new(1100.0);
    let words = br#"{"name":"\u4f60\u597d","list":[1,2.50,{"deep":null}]}"#;
    let id = client.keep(words);
    client.answer(Page { body: Some(id), length: words.len() as u64, ..page() });
    assert!(client.has("name: \"你好\"") && client.has("deep: null") && client.has("2.50"));
    client.click("list: [] 3");
    assert!(!client.has("deep: null") && client.has("list: […] 3"));
    client.click("Unfold all");
    assert!(client.has("deep: null"));
    client.harness.get_by_label("deep: null").click_secondary();
    client.harness.run();
    client.click("Copy its path");
    assert_eq!(client.asked(), Action::Copy("$.list[2].deep".into()));
    client.choose("Text");
    assert!(client.has("\"name\": \"\\u4f60"), "as it was written");
    // A hundred thousand brackets are neither a stack that overflows nor a frame that takes long.
    let deep = b"[".repeat(100_000);
    client.choose("Tree");
    let id = client.keep(&[deep, b"]".repeat(100_000)].concat());
    client.answer(Page { body: Some(id), length: 200_000, micros: 7, ..page() });
    client.harness.run_steps(2);
    assert!(client.harness.query_all_by_role(Role::ListItem).count() < 100);
}

#[test]
fn the_raw_answer_is_virtual_and_can_be_copied_whole() {
    let mut client = Client::new(1100.0);
    let wire: Vec<u8> = (0..9000).flat_map(|number| format!("line {number}\n").into_bytes()).take(Page::WIRE).collect();
    client.answer(Page { wire_length: wire.len() as u64, wire, ..page() });
    client.choose("Raw");
    client.harness.run();
    let lines = client.harness.query_all_by_label_contains("line ").count();
    assert!((10..80).contains(&lines), "{lines}");
    client.harness.get_by_label("All that went over the wire").focus();
    client.harness.run();
    client.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    client.harness.run();
    client.harness.event(egui::Event::Copy);
    client.harness.step();
    let copied = client.harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let copied = copied.unwrap();
    assert!(copied.starts_with("GET /x HTTP/1.1") && copied.contains("line 8000"), "{}", copied.len());
}

#[test]
fn an_answer_that_points_elsewhere_is_followed_by_a_click() {
    let mut client = Client::new(1100.0);
    let headers = vec![("Location".to_owned(), "/new".to_owned())];
    client.answer(Page { status: 302, headers: headers.clone(), ..page() });
    client.click("Follow");
    assert_eq!(client.asked(), Action::FollowRedirect);
    client.answer(Page { status: 201, headers, ..page() });
    assert!(!client.has("It leads to"), "that is where something was made, not where to go");
}

#[test]
fn enter_on_a_curl_command_does_what_pasting_it_does() {
    let mut client = Client::new(1100.0);
    client.fill("URL", "curl -I http://h/x");
    client.harness.key_press(Key::Enter);
    client.harness.run();
    assert_eq!(client.asked(), Action::PasteCurl("curl -I http://h/x".into()));
    client.view.borrow_mut().url = "curl.example/".into();
    client.harness.run();
    assert!(client.sent().url.starts_with("curl.example"), "a host may begin like that");
}
