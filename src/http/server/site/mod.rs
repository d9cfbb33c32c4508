//! What an HTTP listener answers: a page, a picture, a folder, a table of routes; and uploads and a board, where they
//! are turned on.
//!
//! One [`Site`] belongs to a listener and is shared by its connections. What it shows can be replaced while it runs.
//! Requests come in already parsed. Nothing here asks the file system but by way of [`Disk`], off the threads that serve
//! sockets.

mod beneath;
mod board;
mod board_page;
mod cache;
mod call;
mod check;
mod conditions;
mod entity;
mod files;
mod find;
mod folder;
mod gallery;
mod guard;
mod kinds;
mod listing;
mod listings;
mod memory;
mod names;
mod naming;
mod routes;
mod thumbs;
mod upload;
mod visitor;

use std::sync::Arc;

use bytes::Bytes;
use hyper::{
    Method, Request, Response, StatusCode,
    header::{CONNECTION, CONTENT_SECURITY_POLICY, HeaderValue, SERVER, X_CONTENT_TYPE_OPTIONS},
};
use parking_lot::RwLock;

use crate::{
    http::{
        message::misread::Misread,
        server::{
            answer::{
                body::Body,
                html::Html,
                pages,
                refuse::{self, NAME, closing, missing, not_allowed, options},
            },
            shared::{
                disk::{Disk, Stuck},
                error::AnyError,
                log::{Log, News},
            },
        },
    },
    model::{self, Limits, ListenConfig, Recipe, Serving},
    respond::sample::PICTURE,
    words::text,
};
use call::{Call, Incoming, incoming};
use entity::{Entity, Facts};
use files::{Files, stuck};
use folder::{Folders, Shown};
pub use memory::SiteMemory;
use visitor::{Reception, VisitorRequest};

/// Methods that a site takes which is only looked at.
const LOOKING: &str = "GET, HEAD, OPTIONS";

/// What one HTTP listener shows, and all that its connections share.
#[derive(Debug)]
pub struct Site {
    shown: RwLock<Arc<Served>>,
    files: Files,
    folders: Folders,
    reception: Reception,
    close_after: Option<u32>,
    limits: Limits,
}

#[derive(Debug)]
struct Served {
    site: model::Site,
    serving: Serving,
}

impl Site {
    /// The most that [`Site::say`] takes: one picture.
    pub const LARGEST: usize = board::PICTURE;

    /// What a listener serves; `None` when it does not speak HTTP.
    #[must_use]
    pub fn new(config: &ListenConfig, memory: &Arc<SiteMemory>) -> Option<Arc<Self>> {
        let Recipe::Http(site) = &config.recipe else { return None };
        let limits = config.serving.limits;
        let disk = Disk::new(limits.disk, memory.sending.clone());
        let files = Files { memory: Arc::clone(memory), number: memory.next_site(), disk };
        Some(Arc::new(Self {
            shown: RwLock::new(Arc::new(Served { site: site.clone(), serving: config.serving.clone() })),
            reception: Reception::new(memory, &files.disk, &config.serving),
            folders: Folders::new(&files),
            files,
            close_after: config.close_after,
            limits,
        }))
    }

    /// Shows something else from the next request on.
    pub fn show(&self, site: model::Site, serving: Serving) {
        if !serving.board {
            self.reception.board.close();
        }
        self.reception.prepare(&serving);
        *self.shown.write() = Arc::new(Served { site, serving });
        self.files.memory.cache.clear(self.files.number);
    }

    /// What a request that changes something has to bring; `None` while nothing is taken.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.shown.read().serving.takes().then_some(self.reception.token())
    }

    /// When visitors are given up on.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Says a text or a picture to everybody on the board, as this PC. `None` where there is no board, or it is too much
    /// for it.
    #[must_use]
    pub fn say(&self, bytes: &Bytes) -> Option<News> {
        if !self.shown.read().serving.board {
            return None;
        }
        self.reception.say(bytes)
    }

    /// Ends what would go on for ever: the listener stops.
    pub fn close(&self) {
        self.reception.board.close();
    }

    /// Answers one request, the `count`th of its connection, from 1.
    pub async fn answer<B>(&self, log: &Arc<dyn Log>, request: Request<B>, count: u32) -> Response<Body>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<AnyError>,
    {
        let shown = Arc::clone(&self.shown.read());
        let mut response = match self.respond(log, request, &shown).await {
            Ok(response) => response,
            Err(misread) => {
                log.refused(&misread).await;
                refuse::refused(&misread)
            }
        };
        let headers = response.headers_mut();
        if shown.serving.takes() && !headers.contains_key(CONTENT_SECURITY_POLICY) {
            // What a visitor sent in must not act as a page of this site, which can read the token.
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox allow-scripts"));
            headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        }
        headers.entry(SERVER).or_insert(HeaderValue::from_static(NAME));
        if shown.serving.close_each || self.close_after.is_some_and(|limit| count >= limit) {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// The answer, or why there is none but a refusal.
    async fn respond<B>(
        &self,
        log: &Arc<dyn Log>,
        request: Request<B>,
        shown: &Served,
    ) -> Result<Response<Body>, Misread>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<AnyError>,
    {
        check::check(&request, &self.limits)?;
        if let Some(misread) = guard::foreign(request.headers()).filter(|_| !shown.serving.any_host) {
            return Err(misread);
        }
        let (head, body) = request.into_parts();
        let (path, query) = (head.uri.path(), head.uri.query());
        let call = Call { method: &head.method, path, query, headers: &head.headers, log };
        if let Some(meant) = VisitorRequest::of(&shown.site, &shown.serving, call) {
            return self.reception.answer(&shown.serving, meant, call, incoming(body)).await;
        }
        if let model::Site::Routes(routes) = &shown.site {
            let asset = if call.looks() { pages::asset(call.headers, path) } else { None };
            return match asset {
                Some(asset) => Ok(asset),
                None => routes::answer(&self.files, self.limits, routes, (&head, call), incoming(body)).await,
            };
        }
        if !body.is_end_stream() {
            let mut body: Incoming = incoming(body);
            check::unwanted(call.headers, &mut body).await?;
        }
        if call.looks() {
            let kept = if query.is_none() { self.files.kept(path).await.map_err(stuck)? } else { None };
            if let Some(kept) = kept {
                return Ok(kept.answer(call));
            }
            if let Some(asset) = pages::asset(call.headers, path) {
                return Ok(asset);
            }
        }
        self.work_out(shown, call).await.map_err(stuck)
    }

    async fn work_out(&self, shown: &Served, call: Call<'_>) -> Result<Response<Body>, Stuck> {
        Ok(match &shown.site {
            // Answered before.
            model::Site::Routes(_) => missing(),
            _ if *call.method == Method::OPTIONS => options(allowed(&shown.serving, call.path)),
            _ if *call.method == Method::CONNECT => closing(not_allowed(call.method, LOOKING)),
            _ if !call.looks() => not_allowed(call.method, allowed(&shown.serving, call.path)),
            model::Site::Welcome if call.path == "/" => {
                let words = text!("This page comes from Socketlab.");
                pages::note(StatusCode::OK, text!("It works"), words)
            }
            model::Site::Picture(picture) if call.path == "/" => {
                let name = picture.file_name().unwrap_or_default().to_string_lossy();
                let name = pages::escape(&name);
                let body =
                    format!("<main class=\"one\"><h1>{name}</h1><p><img src=\"/picture\" alt=\"{name}\"></p></main>");
                pages::html(call.headers, pages::page(&name, &body))
            }
            model::Site::Picture(picture) if call.path == "/picture" => self.files.file(picture, call, false).await?,
            model::Site::Welcome | model::Site::Picture(_) => missing(),
            model::Site::Embedded { picture, at } if call.path == at && picture.as_os_str().is_empty() => {
                Entity::made(Facts::built_in(), "image/jpeg", Bytes::from_static(PICTURE), |_| None).answer(call)
            }
            model::Site::Embedded { picture, at } if call.path == at => self.files.file(picture, call, true).await?,
            model::Site::Embedded { at, .. } => {
                let body = format!("<p>Wow, Socketlab</p>\n<p><img src=\"{0}\" alt=\"{0}\"></p>", pages::escape(at));
                pages::html(call.headers, pages::bare("WOW", &body))
            }
            model::Site::Folder(root) => {
                let extras = Html::escaped(self.reception.extras(&shown.serving, call));
                self.folders.answer(Shown { root, always_list: shown.serving.listing, extras }, call).await?
            }
        })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.files.memory.cache.remove(self.files.number);
    }
}

/// The methods that an address takes.
fn allowed(serving: &Serving, path: &str) -> &'static str {
    match path {
        upload::UPLOAD if serving.uploads.is_some() => "POST, OPTIONS",
        Serving::BOARD if serving.board && serving.uploads.is_some() => "GET, HEAD, POST, PUT, OPTIONS",
        Serving::BOARD if serving.board => "GET, HEAD, POST, OPTIONS",
        // PUT gives the name of the file in its address, wherever that leads.
        _ if serving.uploads.is_some() => "GET, HEAD, PUT, OPTIONS",
        _ => LOOKING,
    }
}
