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
    closing,
    find::decoded,
    guard, missing, pages,
    upload::{self, Intake},
};
use crate::{
    engine::Notice,
    model::{ConnectionId, Detail, Event, Serving, SiteNews, Uploads},
    words::text,
};

const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// What a request means to the part of a site that takes something.
enum Meant {
    Page,
    Events,
    Picture,
    Message,
    Files,
}

impl Served {
    /// Answers what is about files and messages; gives the body back where it is about something else.
    pub(super) async fn exchange(
        &self,
        surroundings: &Surroundings<'_>,
        shown: &Shown,
        call: Call<'_>,
        body: Incoming,
    ) -> Result<Response<Body>, Incoming> {
        let serving = &shown.serving;
        let is_start = call.path == "/" && shown.site == crate::model::Site::Welcome;
        let meant = match (call.method, call.path) {
            (_, Serving::BOARD) if call.looks() && serving.takes() => Meant::Page,
            (_, "/") if call.looks() && serving.takes() && is_start => Meant::Page,
            (&Method::GET, board::EVENTS) if serving.board => Meant::Events,
            (_, path) if call.looks() && serving.board && path.starts_with(board::PICTURES) => Meant::Picture,
            (&Method::POST, Serving::BOARD) if serving.board => Meant::Message,
            (&Method::POST, upload::UPLOAD) | (&Method::PUT, _) if serving.uploads.is_some() => Meant::Files,
            _ => return Err(body),
        };
        let changes = matches!(meant, Meant::Message | Meant::Files);
        if changes && !guard::may_change(call.headers, call.query, &self.token) {
            return Ok(closing(pages::problem(StatusCode::FORBIDDEN)));
        }
        Ok(match (meant, &serving.uploads) {
            (Meant::Page, _) => pages::html(call.headers, self.page(serving, call)),
            (Meant::Events, _) => {
                let last = call.headers.get(LAST_EVENT).and_then(|id| id.to_str().ok()?.parse().ok()).unwrap_or(0);
                let listening = self.board.listen(last);
                listening.unwrap_or_else(|| pages::problem(StatusCode::SERVICE_UNAVAILABLE))
            }
            (Meant::Picture, _) => {
                let picture = call.path.strip_prefix(board::PICTURES).and_then(|id| self.board.picture(id));
                picture.unwrap_or_else(missing)
            }
            (Meant::Message, _) => self.message(surroundings, call, body).await,
            (Meant::Files, Some(uploads)) => self.files(surroundings, uploads, call, body).await,
            (Meant::Files, None) => missing(),
        })
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
            extras = format!("<p><a href=\"{}\">{words}</a></p>\n", Serving::BOARD);
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

    async fn message(&self, surroundings: &Surroundings<'_>, call: Call<'_>, body: Incoming) -> Response<Body> {
        let bytes = match Intake::of(call.headers, body, board::PICTURE as u64) {
            Ok(intake) => intake.whole().await.map_err(|error| upload::status(&error)),
            Err(status) => Err(status),
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(status) => return closing(pages::problem(status)),
        };
        let kind = call.headers.get(CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
        let mut is_form = kind.starts_with(b"application/x-www-form-urlencoded");
        let text = url::form_urlencoded::parse(&bytes).find(|(name, _)| is_form && name == "text");
        let text = text.map(|(_, text)| Bytes::from(text.into_owned()));
        // curl says that of whatever it sends.
        is_form = text.is_some();
        let bytes = text.unwrap_or_else(|| bytes.into());
        if !bytes.is_empty() {
            let Some(words) = Words::of(bytes) else { return pages::problem(StatusCode::PAYLOAD_TOO_LARGE) };
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
        response
    }

    async fn files(
        &self,
        surroundings: &Surroundings<'_>,
        uploads: &Uploads,
        call: Call<'_>,
        body: Incoming,
    ) -> Response<Body> {
        let Ok(_place) = self.uploads.try_acquire() else {
            return closing(pages::problem(StatusCode::SERVICE_UNAVAILABLE));
        };
        let intake = match Intake::of(call.headers, body, uploads.limit) {
            Ok(intake) => intake,
            Err(status) => return closing(pages::problem(status)),
        };
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
            let note = text!("saved as {path}", path = file.path.display());
            let detail = Detail { received: Some(file.length), note: Some(note), ..Detail::default() };
            call.connection.fact(Event::Progress, &detail, None);
            let (connection, path) = (call.connection.id(), file.path.clone());
            surroundings.tell(SiteNews::Saved { connection, path, length: file.length }).await;
        }
        match received {
            Ok(()) => upload::receipt(call.headers, &saved),
            Err(error) => closing(pages::problem(upload::status(&error))),
        }
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

fn said(connection: ConnectionId, words: &Words) -> SiteNews {
    let (text, picture) = match words {
        Words::Text(text) => (text.clone(), 0),
        Words::Picture(_, bytes) => (String::new(), bytes.len() as u64),
    };
    SiteNews::Said { connection, text, picture }
}
