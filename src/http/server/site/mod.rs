//! What an HTTP listener answers: a page, a picture, a folder, a table of routes; and uploads and a board, where they
//! are turned on.
//!
//! One [`Site`] belongs to a listener and is shared by its connections. What it shows can be replaced while it runs.
//! Requests come in already parsed. Nothing here asks the file system but by way of [`Disk`], off the threads that serve
//! sockets.

mod board;
mod board_page;
mod cache;
mod call;
mod check;
mod conditions;
mod entity;
mod find;
mod gallery;
mod guard;
mod memory;
mod naming;
mod routes;
mod thumbs;
mod upload;
mod visitor;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use hyper::{
    Method, Request, Response, StatusCode,
    header::{
        CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, HeaderValue, LOCATION, SERVER, X_CONTENT_TYPE_OPTIONS,
    },
};
use parking_lot::RwLock;
use tokio::time::timeout;

use crate::{
    http::{
        message::misread::Misread,
        server::{
            answer::{
                body::Body,
                coding::header,
                pages,
                refuse::{self, NAME, closing, missing, not_allowed, options, problem},
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
use find::{Found, decoded};
use gallery::{GalleryQuery, THUMBS};
pub use memory::SiteMemory;
use visitor::{Reception, VisitorRequest};

/// Methods that a site takes which is only looked at.
const LOOKING: &str = "GET, HEAD, OPTIONS";
/// How long a request for a small form may wait for its turn.
const THUMB_PATIENCE: Duration = Duration::from_secs(20);

/// What one HTTP listener shows, and all that its connections share.
#[derive(Debug)]
pub struct Site {
    shown: RwLock<Arc<Served>>,
    memory: Arc<SiteMemory>,
    /// Its own in the memory that it shares.
    number: u64,
    disk: Disk,
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
        let disk = Disk::new(limits.disk);
        Some(Arc::new(Self {
            shown: RwLock::new(Arc::new(Served { site: site.clone(), serving: config.serving.clone() })),
            number: memory.next_site(),
            reception: Reception::new(memory, &disk, &config.serving),
            memory: Arc::clone(memory),
            disk,
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
        self.memory.cache.clear(self.number);
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
                None => self.route(routes, &head, call, incoming(body)).await,
            };
        }
        if !body.is_end_stream() {
            let mut body: Incoming = incoming(body);
            check::unwanted(call.headers, &mut body).await?;
        }
        if call.looks() {
            let kept = if query.is_none() { self.kept(path).await.map_err(stuck)? } else { None };
            if let Some(kept) = kept {
                return Ok(kept.answer(call));
            }
            if let Some(asset) = pages::asset(call.headers, path) {
                return Ok(asset);
            }
        }
        self.work_out(shown, call).await.map_err(stuck)
    }

    /// What is kept in memory for a path, and still as it is on the disk.
    async fn kept(&self, path: &str) -> Result<Option<Arc<Entity>>, Stuck> {
        let cache = &self.memory.cache;
        let Some(kept) = cache.get(self.number, path) else { return Ok(None) };
        if kept.is_unchanged(&self.disk).await? {
            return Ok(Some(kept.entity));
        }
        cache.forget(self.number, path, &kept);
        Ok(None)
    }

    async fn work_out(&self, shown: &Served, call: Call<'_>) -> Result<Response<Body>, Stuck> {
        Ok(match &shown.site {
            // Answered before.
            model::Site::Routes(_) => missing(),
            _ if *call.method == Method::OPTIONS => options(),
            _ if *call.method == Method::CONNECT => closing(not_allowed(call.method, LOOKING)),
            _ if !call.looks() => not_allowed(call.method, LOOKING),
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
            model::Site::Picture(picture) if call.path == "/picture" => self.file(picture, call, false).await?,
            model::Site::Welcome | model::Site::Picture(_) => missing(),
            model::Site::Embedded { picture, at } if call.path == at && picture.as_os_str().is_empty() => {
                Entity::made(Facts::built_in(), "image/jpeg", Bytes::from_static(PICTURE), |_| None).answer(call)
            }
            model::Site::Embedded { picture, at } if call.path == at => self.file(picture, call, true).await?,
            model::Site::Embedded { at, .. } => {
                let body = format!("<p>Wow, Socketlab</p>\n<p><img src=\"{0}\" alt=\"{0}\"></p>", pages::escape(at));
                pages::html(call.headers, pages::bare("WOW", &body))
            }
            model::Site::Folder(root) => self.folder(root, &shown.serving, call).await?,
        })
    }

    /// Opens a file where that may block.
    async fn open(&self, path: &Path, sniff: bool) -> Result<Option<Arc<Entity>>, Stuck> {
        let (path, disk, memory) = (path.to_owned(), self.disk.clone(), Arc::clone(&self.memory));
        let opening = move || Entity::open(&path, sniff, &disk, &memory.cache);
        Ok(self.disk.run(opening).await?.ok().map(Arc::new))
    }

    /// The answer with one file, which is kept from now on under the path it was asked for.
    async fn file(&self, path: &Path, call: Call<'_>, sniff: bool) -> Result<Response<Body>, Stuck> {
        let generation = self.memory.cache.generation(self.number);
        let Some(entity) = self.open(path, sniff).await? else { return Ok(missing()) };
        self.keep(call.path, &entity, path.to_owned(), entity.facts, generation);
        Ok(entity.answer(call))
    }

    fn keep(&self, name: &str, entity: &Arc<Entity>, source: PathBuf, facts: Facts, generation: u64) {
        self.memory.cache.put((self.number, generation), name.to_owned(), entity, source, facts);
    }

    /// Something below a folder.
    async fn folder(&self, root: &Path, serving: &Serving, call: Call<'_>) -> Result<Response<Body>, Stuck> {
        if let Some(path) = call.path.strip_prefix(THUMBS) {
            return self.thumb(root, path, call).await;
        }
        let Some(path) = decoded(call.path) else { return Ok(missing()) };
        let look = GalleryQuery::of(call.query);
        let generation = self.memory.cache.generation(self.number);
        let extras = self.reception.extras(serving, call);
        let (root, encoded) = (root.to_owned(), call.path.to_owned());
        let (disk, memory) = (self.disk.clone(), Arc::clone(&self.memory));
        let looking = move || {
            look_up(&root, &encoded, &path, look, &extras, |path| Entity::open(path, false, &disk, &memory.cache).ok())
        };
        Ok(match self.disk.run(looking).await? {
            Some(Looked::Page(page)) => pages::html(call.headers, page),
            Some(Looked::Elsewhere) => {
                let query = call.query.map_or_else(String::new, |query| format!("?{query}"));
                redirect(&format!("{}/{query}", call.path))
            }
            Some(Looked::File(entity, source)) => {
                let entity = Arc::new(*entity);
                self.keep(call.path, &entity, source, entity.facts, generation);
                entity.answer(call)
            }
            None => missing(),
        })
    }

    /// The small form of a picture below a folder. `path` is the encoded path of the picture.
    async fn thumb(&self, root: &Path, path: &str, call: Call<'_>) -> Result<Response<Body>, Stuck> {
        let Some(path) = decoded(path).filter(|path| gallery::is_picture(path)) else { return Ok(missing()) };
        let entity = if let Some(entity) = self.kept(call.path).await? {
            entity
        } else {
            // Whoever asks for many waits; so the processors stay free for others.
            let Ok(Ok(_turn)) = timeout(THUMB_PATIENCE, self.memory.thumbs.acquire()).await else {
                return Ok(problem(StatusCode::SERVICE_UNAVAILABLE));
            };
            let generation = self.memory.cache.generation(self.number);
            let (root, memory) = (root.to_owned(), Arc::clone(&self.memory));
            let Some((entity, source, facts)) = self.disk.run(move || small_form(&root, &path, &memory)).await? else {
                return Ok(missing());
            };
            let entity = Arc::new(entity);
            self.keep(call.path, &entity, source, facts, generation);
            entity
        };
        let mut response = entity.answer(call);
        if call.query.is_some() {
            // The query names the state of the picture: another state has another address.
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable"));
        }
        Ok(response)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.memory.cache.remove(self.number);
    }
}

/// What a visitor is told whose file could not be had in time.
fn stuck(stuck: Stuck) -> Misread {
    let status = stuck.status();
    Misread::new(status.as_u16(), refuse::words(status))
}

enum Looked {
    Page(String),
    /// A folder without the slash at its end.
    Elsewhere,
    /// With the place it is asked for at, links not followed.
    File(Box<Entity>, PathBuf),
}

/// Blocks.
fn look_up(
    root: &Path,
    encoded: &str,
    decoded: &str,
    look: GalleryQuery,
    extras: &str,
    open: impl Fn(&Path) -> Option<Entity>,
) -> Option<Looked> {
    match find::find(root, decoded)? {
        Found::Folder(_) if !decoded.ends_with('/') => Some(Looked::Elsewhere),
        Found::Folder(entries) => Some(Looked::Page(gallery::folder(encoded, decoded, entries, look, extras))),
        Found::File(_) if look.view && gallery::is_picture(decoded) => {
            let (folder, name) = decoded.rsplit_once('/')?;
            let Some(Found::Folder(entries)) = find::find(root, &format!("{folder}/")) else { return None };
            gallery::picture(name, entries, look).map(Looked::Page)
        }
        Found::File(path) => Some(Looked::File(Box::new(open(&path)?), root.join(decoded.strip_prefix('/')?))),
    }
}

/// Blocks.
fn small_form(root: &Path, decoded: &str, memory: &SiteMemory) -> Option<(Entity, PathBuf, Facts)> {
    let Some(Found::File(path)) = find::find(root, decoded) else { return None };
    let facts = Facts::of(&path.metadata().ok()?);
    let (kind, bytes) = thumbs::make(&path)?;
    let held = memory.cache.room(bytes.len())?;
    let entity = Entity::made(facts, kind, held.around(bytes), |_| None);
    Some((entity, root.join(decoded.strip_prefix('/')?), facts))
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
