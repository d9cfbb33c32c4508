//! Text and pictures to and fro between browsers and the window. All in memory, within limits; gone with the listener.

use std::{
    collections::VecDeque,
    fmt::Write as _,
    net::IpAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use hyper::{
    Response,
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue},
};
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::mpsc;

use super::{
    body::{Body, Events},
    pages,
};
use crate::{
    model::{Name, Serving},
    words::{clock, text},
};

/// Where browsers listen, and where pictures are.
pub(super) const EVENTS: &str = "/.socketlab/board/events";
pub(super) const PICTURES: &str = "/.socketlab/board/pictures/";
/// Messages that stay; older ones go.
const MESSAGES: usize = 500;
/// Bytes of all of them.
const BYTES: usize = 64 << 20;
/// Bytes of one text, and of one picture.
pub(super) const TEXT: usize = 64 << 10;
pub(in crate::engine) const PICTURE: usize = 16 << 20;
/// Browsers that listen at once.
const LISTENERS: usize = 256;
/// Messages that may wait for one of them; whoever takes them more slowly is let go, and comes back by itself.
const WAITING: usize = 64;

/// What somebody says.
#[derive(Clone, Debug)]
pub(super) enum Words {
    Text(String),
    /// Its media type and its bytes.
    Picture(&'static str, Bytes),
}

impl Words {
    /// Text or a picture, as the bytes tell; `None` when they are too many.
    pub(super) fn of(bytes: Bytes) -> Option<Self> {
        match image::guess_format(&bytes) {
            Ok(format) => (bytes.len() <= PICTURE).then(|| Self::Picture(format.to_mime_type(), bytes)),
            Err(_) => (bytes.len() <= TEXT).then(|| Self::Text(String::from_utf8_lossy(&bytes).into_owned())),
        }
    }

    fn cost(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Picture(_, bytes) => bytes.len(),
        }
    }
}

/// Everything that was said, and who listens.
#[derive(Debug, Default)]
pub(super) struct Board(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    said: VecDeque<Said>,
    last: u64,
    bytes: usize,
    listeners: Vec<mpsc::Sender<Bytes>>,
}

#[derive(Debug)]
struct Said {
    id: u64,
    host: bool,
    from: String,
    words: Words,
    /// Milliseconds since 1970.
    at: u64,
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

impl Said {
    fn event(&self) -> String {
        let (text, picture) = match &self.words {
            Words::Text(text) => (text.as_str(), None),
            Words::Picture(..) => ("", Some(format!("{PICTURES}{}", self.id))),
        };
        let event = Event { id: self.id, host: self.host, from: &self.from, text, picture, at: self.at };
        let json = serde_json::to_string(&event).unwrap_or_default();
        format!("id: {}\ndata: {json}\n\n", self.id)
    }
}

impl Board {
    /// Adds a message and sends it to all who listen. `from` is nobody for what is said here.
    pub(super) fn say(&self, from: Option<&Name>, words: Words) {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let mut inner = self.0.lock();
        inner.last += 1;
        inner.bytes += words.cost();
        let said = Said {
            id: inner.last,
            host: from.is_none(),
            from: from.map_or_else(|| text!("this PC").to_owned(), who),
            words,
            at: u64::try_from(at).unwrap_or_default(),
        };
        let event = Bytes::from(said.event());
        inner.said.push_back(said);
        while inner.said.len() > MESSAGES || inner.bytes > BYTES {
            let Some(oldest) = inner.said.pop_front() else { break };
            inner.bytes -= oldest.words.cost();
        }
        inner.listeners.retain(|listener| listener.try_send(event.clone()).is_ok());
    }

    /// What was said after `last`, and what will be. `None` when too many listen.
    pub(super) fn listen(&self, last: u64) -> Option<Response<Body>> {
        let (listener, news) = mpsc::channel(WAITING);
        let mut inner = self.0.lock();
        inner.listeners.retain(|listener| !listener.is_closed());
        if inner.listeners.len() >= LISTENERS {
            return None;
        }
        let mut first = String::from("retry: 2000\n\n");
        for said in inner.said.iter().filter(|said| said.id > last) {
            first.push_str(&said.event());
        }
        inner.listeners.push(listener);
        drop(inner);
        let mut response = Response::new(Body::Events(Box::new(Events::new(first.into(), news))));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Some(response)
    }

    /// Lets all go who listen: there is no board any more.
    pub(super) fn close(&self) {
        self.0.lock().listeners.clear();
    }

    /// One of the pictures.
    pub(super) fn picture(&self, id: &str) -> Option<Response<Body>> {
        let id: u64 = id.parse().ok()?;
        let inner = self.0.lock();
        let Words::Picture(kind, bytes) = &inner.said.iter().find(|said| said.id == id)?.words else { return None };
        let mut response: Response<Body> = Response::new(bytes.clone().into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable"));
        Some(response)
    }

    /// The page, with what was said so far; `token` is for whoever may write.
    pub(super) fn page(&self, extras: &str, token: Option<&str>) -> String {
        let mut list = String::new();
        for said in &self.0.lock().said {
            let class = if said.host { " class=\"host\"" } else { "" };
            let nanos = said.at.saturating_mul(1_000_000);
            let head = format!("{} · {}", said.from, clock(nanos).split('.').next().unwrap_or_default());
            let words = match &said.words {
                Words::Text(text) => format!("<p>{}</p>", pages::escape(text)),
                Words::Picture(..) => format!("<img src=\"{PICTURES}{}\" alt=\"\">", said.id),
            };
            let _ =
                writeln!(list, "<li id=\"m{}\"{class}><small>{}</small>{words}</li>", said.id, pages::escape(&head));
        }
        let title = pages::escape(text!("Board"));
        let write = token.map_or_else(String::new, |token| {
            format!(
                "<form class=\"write\" method=\"post\" action=\"{}?token={token}\" data-token=\"{token}\">\n\
                 <textarea name=\"text\" rows=\"1\" maxlength=\"{TEXT}\" aria-label=\"{}\" placeholder=\"{}\"></textarea>\
                 <label class=\"pick\">{}<input type=\"file\" accept=\"image/*\" multiple></label>\
                 <button class=\"main\">{}</button><p class=\"state\" role=\"status\"></p></form>",
                Serving::BOARD,
                pages::escape(text!("Message")),
                pages::escape(text!("Message to everybody on this page")),
                pages::escape(text!("Pictures…")),
                pages::escape(text!("Send")),
            )
        });
        let body = format!(
            "<header><nav class=\"crumbs\"><a href=\"/\">{}</a><span>/</span><strong>{title}</strong></nav></header>\n\
             <main class=\"board\">\n{extras}<ul class=\"said\" data-events=\"{EVENTS}\" data-lost=\"{}\" \
             data-refused=\"{}\" aria-live=\"polite\">\n{list}</ul>\n{write}\n</main>",
            pages::escape(text!("Start")),
            pages::escape(text!("Not connected; trying again…")),
            pages::escape(text!("Not sent:")),
        );
        pages::page(&title, &body)
    }
}

/// The address of a visitor, without the port that is another one for each connection.
fn who(name: &Name) -> String {
    match name.inet().map(|name| name.ip()) {
        Some(IpAddr::V6(address)) => address.to_canonical().to_string(),
        Some(address) => address.to_string(),
        None => text!("a visitor").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A listener beats time for its visitor, so there has to be a runtime.
    #[tokio::test]
    async fn messages_and_listeners_are_bounded() {
        let board = Board::default();
        let slow = board.listen(0).unwrap();
        for number in 0..MESSAGES + 50 {
            board.say(None, Words::Text(number.to_string()));
        }
        assert_eq!(board.0.lock().said.len(), MESSAGES);
        assert!(board.0.lock().listeners.is_empty(), "whoever takes nothing is let go");
        drop(slow);
        for _ in 0..10 {
            board.say(None, Words::Picture("image/png", vec![0; PICTURE].into()));
            assert!(board.0.lock().bytes <= BYTES);
        }
        assert!(board.picture("1").is_none() && board.picture("560").is_some() && board.picture("x").is_none());
        let all: Vec<_> = (0..LISTENERS).map(|_| board.listen(0).unwrap()).collect();
        assert!(board.listen(0).is_none());
        drop(all);
        assert!(board.listen(0).is_some(), "who has gone makes room");
    }

    #[test]
    fn what_is_said_is_text_everywhere() {
        let board = Board::default();
        board.say(Some(&Name::parse("10.0.0.7:5000")), Words::Text("<script>\n\n\u{2028}\"".to_owned()));
        let page = board.page("", Some("t"));
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>\n"), "{page}");
        let event = board.0.lock().said[0].event();
        assert_eq!(event.matches("\n\n").count(), 1, "one event: {event}");
        assert!(event.contains("\"from\":\"10.0.0.7\""), "{event}");
        assert!(Words::of(vec![b'x'; TEXT + 1].into()).is_none());
    }
}
