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
mod thumbs;
mod upload;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use hyper::{
    HeaderMap, Method, Request, Response, StatusCode, Version,
    body::Incoming,
    header::{
        ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, EXPECT, HOST, HeaderName, HeaderValue,
        LOCATION, X_CONTENT_TYPE_OPTIONS,
    },
};
use parking_lot::RwLock;
use tokio::{sync::Semaphore, time::sleep};

use board::Board;
pub(super) use board::PICTURE as LARGEST;
pub(super) use body::Body;
use cache::Cache;
use entity::{Asked, Entity, Facts, header, missing};
use find::{Found, decoded};
use gallery::Look;
pub(super) use upload::numbered;

use super::context::Context;
use crate::{
    journal::Connection,
    model::{Answer, ListenConfig, Recipe, Route, Serving, SessionId, Site},
    protocol::sample::PICTURE,
    words::text,
};

/// Small forms of pictures are below this path.
const THUMBS: &str = "/.socketlab/thumb";
/// The longest target of a request.
const TARGET: usize = 8 << 10;
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
            token: guard::token().unwrap_or_default(),
            close_after: config.close_after,
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

    /// Ends what would go on for ever: the listener stops.
    pub(super) fn close(&self) {
        self.board.close();
    }

    /// Answers one request, the `count`th of its connection, from 1.
    pub(super) async fn answer(
        &self,
        context: &Context,
        connection: &Arc<Connection>,
        request: Request<Incoming>,
        count: u32,
    ) -> Response<Body> {
        let shown = Arc::clone(&self.shown.read());
        let mut response = if let Some(problem) = problem(&request) {
            problem
        } else {
            let surroundings = Surroundings { context, session: connection.identity().session };
            let (head, body) = request.into_parts();
            let call = Call {
                method: &head.method,
                path: head.uri.path(),
                query: head.uri.query(),
                headers: &head.headers,
                connection,
            };
            let kept = if call.looks() && call.query.is_none() { self.cache.get(call.path) } else { None };
            match kept {
                Some(entity) => entity.answer(&call.asked()),
                None => self.work_out(&surroundings, &shown, call, body).await,
            }
        };
        let headers = response.headers_mut();
        if shown.serving.takes() && !headers.contains_key(CONTENT_SECURITY_POLICY) {
            // What a visitor sent in must not act as a page of this site, which can read the token.
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox allow-scripts"));
            headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        }
        if shown.serving.close_each || self.close_after.is_some_and(|limit| count >= limit) {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    async fn work_out(
        &self,
        surroundings: &Surroundings<'_>,
        shown: &Shown,
        call: Call<'_>,
        body: Incoming,
    ) -> Response<Body> {
        if call.looks()
            && let Some(response) = pages::asset(call.headers, call.path)
        {
            return response;
        }
        if let Ok(response) = self.exchange(surroundings, shown, call, body).await {
            return response;
        }
        match &shown.site {
            Site::Routes(routes) => self.route(routes, call).await,
            _ if *call.method == Method::OPTIONS => options(),
            _ if !call.looks() => not_allowed("GET, HEAD, OPTIONS"),
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
            return if methods.is_empty() { missing() } else { not_allowed(&methods.join(", ")) };
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
            if name == CONTENT_TYPE {
                headers.remove(CONTENT_TYPE);
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

/// What is wrong with the head of a request, whatever is asked for; and what is answered wherever it is asked.
fn problem(request: &Request<Incoming>) -> Option<Response<Body>> {
    let headers = request.headers();
    let mut hosts = headers.get_all(HOST).iter();
    let sound = match (hosts.next(), hosts.next()) {
        (None, _) => request.version() < Version::HTTP_11,
        (Some(host), None) => is_host(host.as_bytes()),
        (Some(_), Some(_)) => false,
    };
    if !sound {
        return Some(closing(pages::problem(StatusCode::BAD_REQUEST)));
    }
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > TARGET {
        return Some(closing(pages::problem(StatusCode::URI_TOO_LONG)));
    }
    if headers.get(EXPECT).is_some_and(|expected| !expected.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
        return Some(pages::problem(StatusCode::EXPECTATION_FAILED));
    }
    match (request.method(), uri.path()) {
        (&Method::OPTIONS, "*") => Some(options()),
        (&Method::CONNECT, _) => Some(closing(not_allowed("GET, HEAD, OPTIONS"))),
        (_, path) if path.starts_with('/') => None,
        _ => Some(closing(pages::problem(StatusCode::BAD_REQUEST))),
    }
}

/// The characters of a host and a port; empty is allowed.
fn is_host(host: &[u8]) -> bool {
    host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:[]%!$&'()*+,;=".contains(byte))
}

fn closing(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn options() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
    response
}

fn not_allowed(methods: &str) -> Response<Body> {
    let mut response = pages::problem(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(ALLOW, header(methods));
    response
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

/// The whole answer to a request that hyper refused, as bytes.
pub(super) fn refusal(status: StatusCode) -> Vec<u8> {
    let page = pages::problem_page(status);
    let head = format!(
        "HTTP/1.1 {} {}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\ndate: {}\r\n\r\n",
        status.as_str(),
        status.canonical_reason().unwrap_or_default(),
        page.len(),
        httpdate::fmt_http_date(std::time::SystemTime::now()),
    );
    [head.into_bytes(), page.into_bytes()].concat()
}
