//! What visitors may send: files and messages, where that is turned on, and only from a page of this site.

use std::sync::Arc;

use bytes::Bytes;
use hyper::{
    HeaderMap, Method, Response, StatusCode,
    header::{CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION},
};
use percent_encoding::percent_decode_str;
use tokio::{runtime::Handle, sync::Semaphore, time::timeout};

use crate::{
    http::{
        message::misread::Misread,
        server::{
            answer::{
                body::Body,
                pages,
                refuse::{self, missing},
            },
            shared::{disk::Disk, log::News},
            site::{
                board::{self, Board, Visitor, Words},
                board_page,
                call::{Call, Incoming},
                guard,
                memory::SiteMemory,
                names::decoded,
                upload::{self, Intake},
            },
        },
    },
    model::{Limits, Serving, Site, Uploads, given_name},
    words::{phrase, text},
};

const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");
/// Requests that bring files at once.
const UPLOADS_AT_ONCE: usize = 32;

/// What a request means to the part of a site that takes something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum VisitorRequest {
    Page,
    Events,
    Picture,
    Message,
    Files,
}

impl VisitorRequest {
    /// `None` when it is about something else.
    pub(super) fn of(site: &Site, serving: &Serving, call: Call<'_>) -> Option<Self> {
        let is_start = call.path == "/" && *site == Site::Welcome;
        match (call.method, call.path) {
            (_, Serving::BOARD) if call.looks() && serving.takes() => Some(Self::Page),
            (_, "/") if call.looks() && serving.takes() && is_start => Some(Self::Page),
            (&Method::GET, board::EVENTS) if serving.board => Some(Self::Events),
            (_, path) if call.looks() && serving.board && path.starts_with(board::PICTURES) => Some(Self::Picture),
            (&Method::POST, Serving::BOARD) if serving.board => Some(Self::Message),
            (&Method::POST, upload::UPLOAD) | (&Method::PUT, _) if serving.uploads.is_some() => Some(Self::Files),
            _ => None,
        }
    }
}

/// What takes files and messages for one site.
#[derive(Debug)]
pub(super) struct Reception {
    pub(super) board: Arc<Board>,
    uploads: Semaphore,
    memory: Arc<SiteMemory>,
    disk: Disk,
    limits: Limits,
    /// What requests that change something have to bring.
    token: String,
}

impl Reception {
    pub(super) fn new(memory: &Arc<SiteMemory>, disk: &Disk, serving: &Serving) -> Self {
        let reception = Self {
            board: Board::new(&memory.boards),
            uploads: Semaphore::new(UPLOADS_AT_ONCE),
            memory: Arc::clone(memory),
            disk: disk.clone(),
            limits: serving.limits,
            // Without a random one nothing is taken.
            token: serving.token.clone().unwrap_or_else(|| guard::token().unwrap_or_default()),
        };
        reception.prepare(serving);
        reception
    }

    /// Removes what a killed program left in the folder that files go into.
    pub(super) fn prepare(&self, serving: &Serving) {
        let (Some(uploads), Ok(runtime)) = (&serving.uploads, Handle::try_current()) else { return };
        let (folder, disk) = (uploads.folder.clone(), self.disk.clone());
        runtime.spawn(async move { disk.run(move || upload::sweep(&folder)).await });
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Answers what is about files and messages.
    ///
    /// # Errors
    /// Where it is refused: no token, no length, too much, too slow.
    pub(super) async fn answer(
        &self,
        serving: &Serving,
        meant: VisitorRequest,
        call: Call<'_>,
        body: Incoming,
    ) -> Result<Response<Body>, Misread> {
        if guard::host(call.headers, serving.any_host).is_none() {
            return Err(Misread::new(
                403,
                phrase!("Use the address of this listener: no other name may lead to its pages."),
            ));
        }
        if matches!(meant, VisitorRequest::Message | VisitorRequest::Files)
            && !guard::may_change(call.headers, call.query, &self.token, serving.any_host)
        {
            return Err(refused(StatusCode::FORBIDDEN));
        }
        match (meant, &serving.uploads) {
            (VisitorRequest::Page, _) => Ok(self.page(serving, call)),
            (VisitorRequest::Events, _) if in_query(call, "board").is_some_and(|run| run != self.board.run()) => {
                Ok(Board::restarted())
            }
            (VisitorRequest::Events, _) => {
                self.board.listen(last_event(call)).ok_or_else(|| refused(StatusCode::SERVICE_UNAVAILABLE))
            }
            (VisitorRequest::Picture, _) => {
                let picture = call.path.strip_prefix(board::PICTURES).and_then(|id| self.board.picture(id));
                Ok(picture.unwrap_or_else(missing))
            }
            (VisitorRequest::Message, _) => self.message(call, body).await,
            (VisitorRequest::Files, Some(uploads)) => self.files(uploads, call, body).await,
            (VisitorRequest::Files, None) => Ok(missing()),
        }
    }

    /// The page of files and messages.
    fn page(&self, serving: &Serving, call: Call<'_>) -> Response<Body> {
        let token = self.token_for(serving, call.headers);
        let card = match (&serving.uploads, token) {
            (Some(uploads), Some(token)) => upload::card(uploads, token),
            _ => String::new(),
        };
        if serving.board {
            return board_page::page(&self.board, &card, token);
        }
        let title = text!("Upload");
        let start = pages::escape(text!("Start"));
        let head = format!(
            "<header><nav class=\"crumbs\"><a href=\"/\">{start}</a><span>/</span><strong>{title}</strong></nav></header>"
        );
        pages::html(call.headers, pages::page(title, &format!("{head}\n<main class=\"board\">{card}</main>")))
    }

    /// What stands above the files of a folder.
    pub(super) fn extras(&self, serving: &Serving, call: Call<'_>) -> String {
        let mut extras = String::new();
        if serving.board {
            let words = pages::escape(text!("Board: write to everybody here"));
            extras = format!("<p class=\"link\"><a href=\"{}\">{words}</a></p>\n", Serving::BOARD);
        }
        if let (Some(uploads), Some(token)) = (&serving.uploads, self.token_for(serving, call.headers)) {
            extras.push_str(&upload::card(uploads, token));
        }
        extras
    }

    /// The token, for a page that only a browser of ours can read: another site may let its name point to us.
    fn token_for(&self, serving: &Serving, headers: &HeaderMap) -> Option<&str> {
        guard::host(headers, serving.any_host).map(|_| self.token.as_str())
    }

    async fn message(&self, call: Call<'_>, body: Incoming) -> Result<Response<Body>, Misread> {
        let most = board::PICTURE.min(self.memory.boards.most()) as u64;
        let intake = Intake::of(call.headers, body, most, self.limits).map_err(refused)?;
        let mut held = self.memory.arriving.nothing();
        let bytes = intake.whole(&mut held).await.map_err(|error| refused(upload::status(&error)))?;
        let kind = call.headers.get(CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
        let mut is_form = kind.starts_with(b"application/x-www-form-urlencoded");
        let field = |wanted: &str| {
            let mut fields = url::form_urlencoded::parse(&bytes).filter(|_| is_form);
            fields.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        let (text, claimed) = (field("text").map(String::into_bytes), field("from"));
        // curl says that of whatever it sends.
        is_form = text.is_some();
        let name = claimed.filter(|_| is_form).map_or_else(|| claimed_in(call), |claimed| given_name(&claimed));
        let bytes = text.unwrap_or(bytes);
        if !bytes.is_empty() {
            let words = Words::of(bytes).ok_or_else(|| refused(StatusCode::PAYLOAD_TOO_LARGE))?;
            let visitor = Visitor { name: &name, peer: call.log.peer() };
            let news = self.put(Some(visitor), words).ok_or_else(|| refused(StatusCode::SERVICE_UNAVAILABLE))?;
            call.log.news(news).await;
        }
        let mut response = Response::new(Body::empty());
        if is_form {
            *response.status_mut() = StatusCode::SEE_OTHER;
            response.headers_mut().insert(LOCATION, HeaderValue::from_static(Serving::BOARD));
        } else {
            *response.status_mut() = StatusCode::NO_CONTENT;
        }
        Ok(response)
    }

    async fn files(&self, uploads: &Uploads, call: Call<'_>, body: Incoming) -> Result<Response<Body>, Misread> {
        if call.headers.contains_key(CONTENT_RANGE) {
            // Stored as if it were whole, a part would be a broken file that nobody complains about (RFC 9110, 14.5).
            return Err(Misread::new(
                400,
                phrase!("A part of a file is not taken: send it whole, without Content-Range."),
            ));
        }
        // Whoever comes when all places are taken waits: what it sends stays in the system's buffers.
        let place = timeout(self.limits.body, self.uploads.acquire()).await;
        let Ok(Ok(_place)) = place else { return Err(refused(StatusCode::SERVICE_UNAVAILABLE)) };
        let intake = Intake::of(call.headers, body, uploads.limit, self.limits).map_err(refused)?;
        let name = if *call.method == Method::PUT { decoded(call.path) } else { in_query(call, "name") };
        let mut saved = Vec::new();
        let received = upload::receive((uploads, &self.disk), call, name.as_deref(), intake, &mut saved).await;
        let name = claimed_in(call);
        for file in &saved {
            call.log.news(News::Saved { name: name.clone(), path: file.path.clone(), length: file.length }).await;
        }
        received.map_err(|error| refused(upload::status(&error)))?;
        if saved.is_empty() {
            return Err(Misread::new(
                400,
                phrase!("No file came in: a part of the form that is a file says so with filename=."),
            ));
        }
        Ok(upload::receipt(call.headers, &saved))
    }

    /// Says something to everybody on the board, as this PC. `None` where it is too much for it.
    pub(super) fn say(&self, bytes: &Bytes) -> Option<News> {
        let words = match Words::of(bytes.to_vec())? {
            // The line end of what was typed is no part of it.
            Words::Text(text) => Words::Text(text.trim_end_matches(['\r', '\n']).to_owned()),
            picture @ Words::Picture(..) => picture,
        };
        self.put(None, words)
    }

    /// Puts a message on the board; what is to be told of it. `None` where there is no room.
    fn put(&self, from: Option<Visitor<'_>>, words: Words) -> Option<News> {
        let text = if let Words::Text(text) = &words { text.clone() } else { String::new() };
        let picture = self.board.say(from, words)?;
        Some(News::Said { name: from.map_or_else(String::new, |from| from.name.to_owned()), text, picture })
    }
}

/// A value of the query, decoded.
fn in_query(call: Call<'_>, name: &str) -> Option<String> {
    let parts = call.query.unwrap_or_default().split('&');
    let mut values = parts.filter_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    values.next().map(|value| percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// What the one who asks claims to be called.
fn claimed_in(call: Call<'_>) -> String {
    in_query(call, "from").map_or_else(String::new, |claimed| given_name(&claimed))
}

/// The number of the message that a browser has already: from the page, or from events before the connection broke.
fn last_event(call: Call<'_>) -> u64 {
    let header = call.headers.get(LAST_EVENT).and_then(|id| id.to_str().ok());
    let query = call.query.into_iter().flat_map(|query| query.split('&')).find_map(|part| part.strip_prefix("after="));
    header.or(query).and_then(|id| id.parse().ok()).unwrap_or(0)
}

fn refused(status: StatusCode) -> Misread {
    Misread::new(status.as_u16(), refuse::words(status))
}
