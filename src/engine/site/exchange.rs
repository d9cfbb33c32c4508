//! What visitors may send: files and messages, where that is turned on, and only from a page of this site.

use bytes::Bytes;
use hyper::{
    Method, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION},
};
use percent_encoding::percent_decode_str;

use super::{
    Body, Call, Served, Shown, Surroundings, board,
    board::Words,
    find::decoded,
    guard, missing, pages,
    upload::{self, Intake},
};
use crate::{
    engine::Notice,
    http::misread::Misread,
    model::{ConnectionId, Detail, Event, Note, Serving, Site, SiteNews, Uploads},
    words::text,
};

const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// What a request means to the part of a site that takes something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    Page,
    Events,
    Picture,
    Message,
    Files,
}

impl Meant {
    /// `None` when it is about something else.
    pub(super) fn of(shown: &Shown, call: Call<'_>) -> Option<Self> {
        let serving = &shown.serving;
        let is_start = call.path == "/" && shown.site == Site::Welcome;
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

impl Served {
    /// Answers what is about files and messages.
    ///
    /// # Errors
    /// Where it is refused: no token, no length, too much, too slow.
    pub(super) async fn exchange(
        &self,
        surroundings: &Surroundings<'_>,
        shown: &Shown,
        meant: Meant,
        call: Call<'_>,
        body: Incoming,
    ) -> Result<Response<Body>, Misread> {
        let serving = &shown.serving;
        if guard::own_host(call.headers).is_none() {
            return Err(Misread::new(
                403,
                text!("Use the address of this listener: no other name may lead to its pages."),
            ));
        }
        if matches!(meant, Meant::Message | Meant::Files) && !guard::may_change(call.headers, call.query, &self.token) {
            return Err(refused(StatusCode::FORBIDDEN));
        }
        match (meant, &serving.uploads) {
            (Meant::Page, _) => Ok(pages::html(call.headers, self.page(serving, call))),
            (Meant::Events, _) => {
                let last = call.headers.get(LAST_EVENT).and_then(|id| id.to_str().ok()?.parse().ok()).unwrap_or(0);
                self.board.listen(last).ok_or_else(|| refused(StatusCode::SERVICE_UNAVAILABLE))
            }
            (Meant::Picture, _) => {
                let picture = call.path.strip_prefix(board::PICTURES).and_then(|id| self.board.picture(id));
                Ok(picture.unwrap_or_else(missing))
            }
            (Meant::Message, _) => self.message(surroundings, call, body).await,
            (Meant::Files, Some(uploads)) => self.files(surroundings, uploads, call, body).await,
            (Meant::Files, None) => Ok(missing()),
        }
    }

    /// The page of files and messages.
    fn page(&self, serving: &Serving, call: Call<'_>) -> String {
        let token = self.token_for(call);
        let card = match (&serving.uploads, token) {
            (Some(uploads), Some(token)) => upload::card(uploads, token),
            _ => String::new(),
        };
        if serving.board {
            return self.board.page(&card, token);
        }
        let title = text!("Upload");
        let start = pages::escape(text!("Start"));
        let head = format!(
            "<header><nav class=\"crumbs\"><a href=\"/\">{start}</a><span>/</span><strong>{title}</strong></nav></header>"
        );
        pages::page(title, &format!("{head}\n<main class=\"board\">{card}</main>"))
    }

    /// What stands above the files of a folder.
    pub(super) fn extras(&self, serving: &Serving, call: Call<'_>) -> String {
        let mut extras = String::new();
        if serving.board {
            let words = pages::escape(text!("Board: write to everybody here"));
            extras = format!("<p class=\"link\"><a href=\"{}\">{words}</a></p>\n", Serving::BOARD);
        }
        if let (Some(uploads), Some(token)) = (&serving.uploads, self.token_for(call)) {
            extras.push_str(&upload::card(uploads, token));
        }
        extras
    }

    /// The token, for a page that only a browser of ours can read: another site may let its name point to us.
    fn token_for(&self, call: Call<'_>) -> Option<&str> {
        guard::own_host(call.headers).map(|_| self.token.as_str())
    }

    async fn message(
        &self,
        surroundings: &Surroundings<'_>,
        call: Call<'_>,
        body: Incoming,
    ) -> Result<Response<Body>, Misread> {
        let intake = Intake::of(call.headers, body, board::PICTURE as u64, self.limits).map_err(refused)?;
        let bytes = intake.whole().await.map_err(|error| refused(upload::status(&error)))?;
        let kind = call.headers.get(CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
        let mut is_form = kind.starts_with(b"application/x-www-form-urlencoded");
        let text = url::form_urlencoded::parse(&bytes).find(|(name, _)| is_form && name == "text");
        let text = text.map(|(_, text)| Bytes::from(text.into_owned()));
        // curl says that of whatever it sends.
        is_form = text.is_some();
        let bytes = text.unwrap_or_else(|| bytes.into());
        if !bytes.is_empty() {
            let words = Words::of(bytes).ok_or_else(|| refused(StatusCode::PAYLOAD_TOO_LARGE))?;
            let news = said(call.connection.id(), &words);
            self.board.say(Some(&call.connection.identity().names.peer), words);
            surroundings.tell(news).await;
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

    async fn files(
        &self,
        surroundings: &Surroundings<'_>,
        uploads: &Uploads,
        call: Call<'_>,
        body: Incoming,
    ) -> Result<Response<Body>, Misread> {
        let _place = self.uploads.try_acquire().map_err(|_| refused(StatusCode::SERVICE_UNAVAILABLE))?;
        let intake = Intake::of(call.headers, body, uploads.limit, self.limits).map_err(refused)?;
        let name = if *call.method == Method::PUT {
            decoded(call.path)
        } else {
            let query = call.query.unwrap_or_default();
            let name = query.split('&').find_map(|part| part.strip_prefix("name="));
            name.map(|name| percent_decode_str(name).decode_utf8_lossy().into_owned())
        };
        let mut saved = Vec::new();
        let received = upload::receive(uploads, call, name.as_deref(), intake, &mut saved).await;
        for file in &saved {
            let note = Note::Saved { path: file.path.clone() };
            let detail = Detail { received: Some(file.length), note: Some(note), ..Detail::default() };
            call.connection.fact(Event::Progress, &detail, None);
            let (connection, path) = (call.connection.id(), file.path.clone());
            surroundings.tell(SiteNews::Saved { connection, path, length: file.length }).await;
        }
        received.map_err(|error| refused(upload::status(&error)))?;
        Ok(upload::receipt(call.headers, &saved))
    }

    /// Says something to everybody on the board, as this PC. False where there is no board, or it is too much for it.
    pub(in crate::engine) async fn say(&self, surroundings: &Surroundings<'_>, bytes: Bytes) -> bool {
        if !self.shown.read().serving.board {
            return false;
        }
        let words = match Words::of(bytes) {
            // The line end of what was typed is no part of it.
            Some(Words::Text(text)) => Words::Text(text.trim_end_matches(['\r', '\n']).to_owned()),
            Some(picture) => picture,
            None => return false,
        };
        let news = said(ConnectionId::NONE, &words);
        self.board.say(None, words);
        surroundings.tell(news).await;
        true
    }
}

impl Surroundings<'_> {
    pub(super) async fn tell(&self, news: SiteNews) {
        self.context.tell(Notice::Site { session: self.session, news }).await;
    }
}

fn refused(status: StatusCode) -> Misread {
    Misread::new(status.as_u16(), pages::words(status))
}

fn said(connection: ConnectionId, words: &Words) -> SiteNews {
    let (text, picture) = match words {
        Words::Text(text) => (text.clone(), 0),
        Words::Picture(_, bytes) => (String::new(), bytes.len() as u64),
    };
    SiteNews::Said { connection, text, picture }
}
