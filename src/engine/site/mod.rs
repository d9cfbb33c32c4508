//! What an HTTP listener answers: a page, a picture, a folder, a table of routes; and uploads and a board, where they
//! are turned on.
//!
//! One [`Served`] belongs to a listener and is shared by its connections. What it shows can be replaced while it runs.
//! Requests come in from hyper already parsed; what hyper refuses never arrives here (`gate.rs` answers that).

mod board;
mod body;
mod cache;
mod conditions;
mod entity;
mod exchange;
mod find;
mod gallery;
mod guard;
mod pages;
mod refuse;
mod thumbs;
mod upload;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Body as _, Incoming},
    header::{
        CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, SERVER,
        TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
    },
};
use parking_lot::RwLock;
use tokio::{sync::Semaphore, time::sleep};

use board::Board;
pub(super) use board::PICTURE as LARGEST;
pub(super) use body::Body;
use cache::Cache;
use entity::{Asked, Entity, Facts, header, missing};
use exchange::Meant;
use find::{Found, decoded};
use gallery::Look;
pub(super) use refuse::refusal;
pub(super) use upload::numbered;

use crate::{
    engine::{gate::Pulse, shared::context::Context, task::http::explain},
    http::misread::Misread,
    journal::Connection,
    model::{Answer, Limits, ListenConfig, Recipe, Route, Serving, SessionId, Site},
    respond::sample::PICTURE,
    words::text,
};

/// What calls itself the server in every answer.
const NAME: &str = "Socketlab";
/// Small forms of pictures are below this path.
const THUMBS: &str = "/.socketlab/thumb";
/// Methods that a site takes which is only looked at.
const LOOKING: &str = "GET, HEAD, OPTIONS";
/// Pictures that are made smaller at once.
const THUMBS_AT_ONCE: usize = 2;
/// Requests that bring files at once.
const UPLOADS_AT_ONCE: usize = 32;
/// How long a request for a small form may wait for its turn.
const THUMB_PATIENCE: Duration = Duration::from_secs(20);

/// What one HTTP listener shows, and all that its connections share.
#[derive(Debug)]
pub(super) struct Served {
    shown: RwLock<Arc<Shown>>,
    cache: Cache,
    thumbs: Semaphore,
    board: Board,
    uploads: Semaphore,
    /// What requests that change something have to bring.
    token: String,
    close_after: Option<u32>,
    limits: Limits,
}

#[derive(Debug)]
struct Shown {
    site: Site,
    serving: Serving,
}

/// Where a request came in, and where news of it go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'a> {
    pub context: &'a Context,
    pub session: SessionId,
}

/// A request without its body, and who sent it.
#[derive(Clone, Copy)]
struct Call<'a> {
    method: &'a Method,
    path: &'a str,
    query: Option<&'a str>,
    headers: &'a HeaderMap,
    connection: &'a Arc<Connection>,
}

impl Call<'_> {
    fn asked(&self) -> Asked<'_> {
        Asked { method: self.method, path: self.path, headers: self.headers, connection: self.connection }
    }

    fn looks(&self) -> bool {
        matches!(*self.method, Method::GET | Method::HEAD)
    }
}

impl Served {
    /// What a listener serves; `None` when it does not speak HTTP.
    pub(super) fn new(config: &ListenConfig) -> Option<Arc<Self>> {
        let Recipe::Http(site) = &config.recipe else { return None };
        let shown = Shown { site: site.clone(), serving: config.serving.clone() };
        Some(Arc::new(Self {
            shown: RwLock::new(Arc::new(shown)),
            cache: Cache::default(),
            thumbs: Semaphore::new(THUMBS_AT_ONCE),
            board: Board::default(),
            uploads: Semaphore::new(UPLOADS_AT_ONCE),
            // Without a random one nothing is taken.
            token: config.serving.token.clone().unwrap_or_else(|| guard::token().unwrap_or_default()),
            close_after: config.close_after,
            limits: config.serving.limits,
        }))
    }

    /// Shows something else from the next request on.
    pub(super) fn show(&self, site: Site, serving: Serving) {
        if !serving.board {
            self.board.close();
        }
        *self.shown.write() = Arc::new(Shown { site, serving });
        self.cache.clear();
    }

    /// What a request that changes something has to bring; `None` while nothing is taken.
    pub(super) fn token(&self) -> Option<&str> {
        self.shown.read().serving.takes().then_some(self.token.as_str())
    }

    /// When visitors are given up on.
    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// Ends what would go on for ever: the listener stops.
    pub(super) fn close(&self) {
        self.board.close();
    }

    /// Answers one request, the `count`th of its connection, from 1.
    pub(super) async fn answer(
        &self,
        context: &Context,
        connection: &Arc<Connection>,
        pulse: &Pulse,
        request: Request<Incoming>,
        count: u32,
    ) -> Response<Body> {
        let shown = Arc::clone(&self.shown.read());
        let mut response = match self.respond(context, connection, pulse, request, &shown).await {
            Ok(response) => response,
            Err(misread) => {
                explain(context, connection, &misread).await;
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
    async fn respond(
        &self,
        context: &Context,
        connection: &Arc<Connection>,
        pulse: &Pulse,
        request: Request<Incoming>,
        shown: &Shown,
    ) -> Result<Response<Body>, Misread> {
        refuse::check(&request, &self.limits)?;
        // hyper hides a length that stands behind an encoding, which is one too many.
        if request.headers().contains_key(TRANSFER_ENCODING)
            && let Some(misread) = pulse.misread()
        {
            return Err(misread);
        }
        let (head, mut body) = request.into_parts();
        let call = Call {
            method: &head.method,
            path: head.uri.path(),
            query: head.uri.query(),
            headers: &head.headers,
            connection,
        };
        if let Some(meant) = Meant::of(shown, call) {
            let surroundings = Surroundings { context, session: connection.identity().session };
            return self.exchange(&surroundings, shown, meant, call, body).await;
        }
        if !body.is_end_stream() {
            refuse::unwanted(call.headers, &mut body).await?;
        }
        if call.looks() {
            if let Some(kept) = call.query.is_none().then(|| self.cache.get(call.path)).flatten() {
                return Ok(kept.answer(&call.asked()));
            }
            if let Some(asset) = pages::asset(call.headers, call.path) {
                return Ok(asset);
            }
        }
        Ok(self.work_out(shown, call).await)
    }

    async fn work_out(&self, shown: &Shown, call: Call<'_>) -> Response<Body> {
        match &shown.site {
            Site::Routes(routes) => self.route(routes, call).await,
            _ if *call.method == Method::OPTIONS => refuse::options(),
            _ if *call.method == Method::CONNECT => refuse::closing(refuse::not_allowed(call.method, LOOKING)),
            _ if !call.looks() => refuse::not_allowed(call.method, LOOKING),
            Site::Welcome if call.path == "/" => {
                let words = text!("This page comes from Socketlab.");
                pages::note(StatusCode::OK, text!("It works"), words)
            }
            Site::Picture(picture) if call.path == "/" => {
                let name = picture.file_name().unwrap_or_default().to_string_lossy();
                let name = pages::escape(&name);
                let body =
                    format!("<main class=\"one\"><h1>{name}</h1><p><img src=\"/picture\" alt=\"{name}\"></p></main>");
                pages::html(call.headers, pages::page(&name, &body))
            }
            Site::Picture(picture) if call.path == "/picture" => self.file(picture, call, false).await,
            Site::Welcome | Site::Picture(_) => missing(),
            Site::Embedded { picture, at } if call.path == at && picture.as_os_str().is_empty() => {
                Entity::made(Facts::built_in(), "image/jpeg", PICTURE.to_vec()).answer(&call.asked())
            }
            Site::Embedded { picture, at } if call.path == at => self.file(picture, call, true).await,
            Site::Embedded { at, .. } => {
                let body = format!("<p>Wow, Socketlab</p>\n<p><img src=\"{0}\" alt=\"{0}\"></p>", pages::escape(at));
                pages::html(call.headers, pages::bare("WOW", &body))
            }
            Site::Folder(root) => self.folder(root, &shown.serving, call).await,
        }
    }

    /// The answer with one file, which is kept from now on under the path it was asked for.
    async fn file(&self, path: &Path, call: Call<'_>, sniff: bool) -> Response<Body> {
        let path = path.to_owned();
        let generation = self.cache.generation();
        let opened = tokio::task::spawn_blocking(move || Entity::open(&path, sniff).map(|entity| (entity, path))).await;
        let Ok(Ok((entity, source))) = opened else { return missing() };
        let entity = Arc::new(entity);
        let facts = entity.facts;
        self.cache.put(call.path.to_owned(), Arc::clone(&entity), source, facts, generation);
        entity.answer(&call.asked())
    }

    /// Something below a folder.
    async fn folder(&self, root: &Path, serving: &Serving, call: Call<'_>) -> Response<Body> {
        if let Some(path) = call.path.strip_prefix(THUMBS) {
            return self.thumb(root, path, call).await;
        }
        let Some(path) = decoded(call.path) else { return missing() };
        let look = Look::of(call.query);
        let generation = self.cache.generation();
        let (root, encoded) = (root.to_owned(), call.path.to_owned());
        let extras = self.extras(serving, call);
        let looked = tokio::task::spawn_blocking(move || look_up(&root, &encoded, &path, look, &extras)).await;
        match looked.ok().flatten() {
            Some(Looked::Page(page)) => pages::html(call.headers, page),
            Some(Looked::Elsewhere) => {
                let query = call.query.map_or_else(String::new, |query| format!("?{query}"));
                redirect(&format!("{}/{query}", call.path))
            }
            Some(Looked::File(entity, source)) => {
                let entity = Arc::new(*entity);
                self.cache.put(call.path.to_owned(), Arc::clone(&entity), source, entity.facts, generation);
                entity.answer(&call.asked())
            }
            None => missing(),
        }
    }

    /// The small form of a picture below a folder. `path` is the encoded path of the picture.
    async fn thumb(&self, root: &Path, path: &str, call: Call<'_>) -> Response<Body> {
        let Some(path) = decoded(path).filter(|path| gallery::is_picture(path)) else { return missing() };
        let entity = if let Some(entity) = self.cache.get(call.path) {
            entity
        } else {
            // Whoever asks for many waits; so the processors stay free for others.
            let Ok(Ok(_turn)) = tokio::time::timeout(THUMB_PATIENCE, self.thumbs.acquire()).await else {
                return pages::problem(StatusCode::SERVICE_UNAVAILABLE);
            };
            let generation = self.cache.generation();
            let root = root.to_owned();
            let made = tokio::task::spawn_blocking(move || small_form(&root, &path)).await;
            let Some((entity, source, facts)) = made.ok().flatten() else { return missing() };
            let entity = Arc::new(entity);
            self.cache.put(call.path.to_owned(), Arc::clone(&entity), source, facts, generation);
            entity
        };
        let mut response = entity.answer(&call.asked());
        if call.query.is_some() {
            // The query names the state of the picture: another state has another address.
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable"));
        }
        response
    }

    /// The first route that fits.
    async fn route(&self, routes: &[Route], call: Call<'_>) -> Response<Body> {
        let Some(path) = decoded(call.path) else { return missing() };
        let fitting: Vec<_> = routes.iter().filter(|route| route.fits(&path)).collect();
        let Some(route) = fitting.iter().find(|route| route.takes(call.method.as_str())) else {
            let mut methods: Vec<_> = fitting.iter().map(|route| route.method.as_str()).collect();
            methods.dedup();
            return if methods.is_empty() { missing() } else { refuse::not_allowed(call.method, &methods.join(", ")) };
        };
        if route.delay_ms > 0 {
            sleep(route.delay()).await;
        }
        let mut response = match &route.answer {
            Answer::Text(text) => {
                let mut response = Response::new(bytes::Bytes::from(text.clone()).into());
                let kind = if text.trim_start().starts_with('<') {
                    "text/html; charset=utf-8"
                } else {
                    "text/plain; charset=utf-8"
                };
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
                response
            }
            Answer::File(path) => self.uncached(path, call).await,
        };
        // A part of a file, or none of it because nothing has changed, keeps its own status.
        if response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::from_u16(route.status).unwrap_or(StatusCode::OK);
        }
        let headers = response.headers_mut();
        for (name, value) in &route.headers {
            let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
            if matches!(name, CONTENT_TYPE | CACHE_CONTROL) {
                headers.remove(&name);
            }
            headers.append(name, header(value));
        }
        response
    }

    /// A file of a route: the same address may have other answers, so nothing is kept under it.
    async fn uncached(&self, path: &Path, call: Call<'_>) -> Response<Body> {
        let path = path.to_owned();
        match tokio::task::spawn_blocking(move || Entity::open(&path, false)).await {
            Ok(Ok(entity)) => entity.answer(&call.asked()),
            _ => missing(),
        }
    }
}

enum Looked {
    Page(String),
    /// A folder without the slash at its end.
    Elsewhere,
    /// With the place it is asked for at, links not followed.
    File(Box<Entity>, PathBuf),
}

/// Blocks.
fn look_up(root: &Path, encoded: &str, decoded: &str, look: Look, extras: &str) -> Option<Looked> {
    match find::find(root, decoded)? {
        Found::Folder(_) if !decoded.ends_with('/') => Some(Looked::Elsewhere),
        Found::Folder(entries) => Some(Looked::Page(gallery::folder(encoded, decoded, entries, look, extras))),
        Found::File(_) if look.view && gallery::is_picture(decoded) => {
            let (folder, name) = decoded.rsplit_once('/')?;
            let Some(Found::Folder(entries)) = find::find(root, &format!("{folder}/")) else { return None };
            gallery::picture(name, entries, look).map(Looked::Page)
        }
        Found::File(path) => {
            let entity = Entity::open(&path, false).ok()?;
            Some(Looked::File(Box::new(entity), root.join(decoded.strip_prefix('/')?)))
        }
    }
}

/// Blocks.
fn small_form(root: &Path, decoded: &str) -> Option<(Entity, PathBuf, Facts)> {
    let Some(Found::File(path)) = find::find(root, decoded) else { return None };
    let facts = Facts::of(&path.metadata().ok()?);
    let (kind, bytes) = thumbs::make(&path)?;
    Some((Entity::made(facts, kind, bytes), root.join(decoded.strip_prefix('/')?), facts))
}

fn redirect(to: &str) -> Response<Body> {
    let mut response = pages::note(
        StatusCode::PERMANENT_REDIRECT,
        text!("Moved"),
        text!("The folder is at its address with a slash at the end."),
    );
    response.headers_mut().insert(LOCATION, header(to));
    response
}
