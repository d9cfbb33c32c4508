//! What lies below a served folder: its files, the pages that list it, and other forms of its pictures.

use std::{io, path::Path, path::PathBuf, sync::Arc, time::Duration};

use hyper::{
    Response, StatusCode,
    header::{CACHE_CONTROL, HeaderValue, LOCATION},
};
use tokio::time::timeout;

use crate::{
    http::server::{
        answer::{
            body::Body,
            coding::header,
            html::Html,
            pages,
            refuse::{missing, problem},
        },
        shared::disk::Stuck,
        site::{
            call::Call,
            entity::{Entity, Facts},
            files::{Files, refused, whole},
            find::{Found, find, index},
            gallery::{self, FolderPage, GalleryQuery, SCREENS, THUMBS},
            kinds::{has_small_form, is_picture},
            listing::Listing,
            listings::Listings,
            names::Place,
            thumbs,
        },
    },
    words::text,
};

/// How long a request for another form of a picture may wait for its turn.
const THUMB_PATIENCE: Duration = Duration::from_secs(20);
/// What is shown where there is nothing, if the folder has it.
const MISSING: &str = "/404.html";

/// How a folder is served.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    pub root: &'a Path,
    /// Also where a folder has a page of its own.
    pub always_list: bool,
    /// What stands above the list.
    pub extras: Html,
}

/// The folder of one site.
#[derive(Debug)]
pub(super) struct Folders {
    files: Files,
    listings: Arc<Listings>,
}

/// What was found at a place.
enum Looked {
    File(Arc<Entity>, PathBuf),
    /// To be listed.
    Folder(Facts),
    /// A picture of a folder, to be shown among the others.
    Picture(Facts),
    /// A folder without the slash at its end.
    Elsewhere,
}

impl Folders {
    pub(super) fn new(files: &Files) -> Self {
        Self { files: files.clone(), listings: Arc::default() }
    }

    /// The answer to a GET or HEAD.
    ///
    /// # Errors
    /// When the drive does not answer.
    pub(super) async fn answer(&self, shown: Shown<'_>, call: Call<'_>) -> Result<Response<Body>, Stuck> {
        for (prefix, side) in [(THUMBS, thumbs::SMALL), (SCREENS, thumbs::SCREEN)] {
            if let Some(path) = call.path.strip_prefix(prefix) {
                return self.form(shown.root, path, side, call).await;
            }
        }
        let Some(place) = Place::of(call.path) else { return self.missing(shown.root, call).await };
        let look = GalleryQuery::of(call.query);
        let generation = self.files.generation();
        let (files, root, at) = (self.files.clone(), shown.root.to_owned(), place.clone());
        let always_list = shown.always_list;
        let looked = self.files.disk.run(move || look_up(&files, &root, &at, look, always_list)).await?;
        match looked {
            Ok(Looked::File(entity, source)) => {
                self.files.keep(call.path, &entity, source, entity.facts, generation);
                Ok(entity.answer(call))
            }
            Ok(Looked::Elsewhere) => Ok(redirect(&place.into_folder(), call.query)),
            Ok(Looked::Folder(facts)) => self.list(shown, place, look, facts, call).await,
            Ok(Looked::Picture(facts)) => self.picture(shown.root, place, look, facts, call).await,
            Err(error) => self.sorry(shown.root, call, &error).await,
        }
    }

    /// The list of a folder.
    async fn list(
        &self,
        shown: Shown<'_>,
        place: Place,
        look: GalleryQuery,
        facts: Facts,
        call: Call<'_>,
    ) -> Result<Response<Body>, Stuck> {
        let (root, extras) = (shown.root, shown.extras);
        let listing = match self.listing(root, place.clone(), facts).await? {
            Ok(listing) => listing,
            Err(error) => return self.sorry(root, call, &error).await,
        };
        let (headers, memory) = (call.headers.clone(), Arc::clone(&self.files.memory));
        let page = move || {
            let pieces = FolderPage::of(&listing, place, look, extras).pieces();
            pages::in_pieces(&headers, pieces, |bytes| memory.cache.room(bytes))
        };
        Ok(self.page(page).await?.unwrap_or_else(|| problem(StatusCode::SERVICE_UNAVAILABLE)))
    }

    /// The page of a picture among the others of its folder.
    async fn picture(
        &self,
        root: &Path,
        place: Place,
        look: GalleryQuery,
        facts: Facts,
        call: Call<'_>,
    ) -> Result<Response<Body>, Stuck> {
        let Some((folder, _)) = place.split() else { return Ok(missing()) };
        let listing = match self.listing(root, folder, facts).await? {
            Ok(listing) => listing,
            Err(error) => return self.sorry(root, call, &error).await,
        };
        match self.page(move || gallery::picture(&listing, &place, look.order)).await? {
            Some(page) => Ok(pages::html(call.headers, page)),
            None => self.missing(root, call).await,
        }
    }

    async fn listing(&self, root: &Path, folder: Place, facts: Facts) -> Result<io::Result<Arc<Listing>>, Stuck> {
        let memory = Arc::clone(&self.files.memory);
        let room = move |bytes| memory.cache.room(bytes);
        self.listings.get((root, folder), facts, &self.files.disk, room).await
    }

    /// Makes a page when it is its turn.
    async fn page<T: Send + 'static>(&self, make: impl FnOnce() -> T + Send + 'static) -> Result<T, Stuck> {
        let turn = timeout(self.files.disk.patience(), self.files.memory.pages.acquire()).await;
        let _turn = turn.map_err(|_| Stuck::Crowded)?.map_err(|_| Stuck::Lost)?;
        self.files.disk.run(make).await
    }

    /// Another form of a picture, with so many pixels on its longer side. `path` is the encoded path of the picture.
    async fn form(&self, root: &Path, path: &str, side: u32, call: Call<'_>) -> Result<Response<Body>, Stuck> {
        let is_meant = |place: &Place| place.split().is_some_and(|(_, name)| has_small_form(name.as_encoded_bytes()));
        let Some(place) = Place::of(path).filter(is_meant) else { return Ok(missing()) };
        let entity = if let Some(entity) = self.files.kept(call.path).await? {
            entity
        } else {
            // Whoever asks for many waits; so the processors stay free for others.
            let Ok(Ok(_turn)) = timeout(THUMB_PATIENCE, self.files.memory.thumbs.acquire()).await else {
                return Ok(problem(StatusCode::SERVICE_UNAVAILABLE));
            };
            let generation = self.files.generation();
            let (root, files) = (root.to_owned(), self.files.clone());
            let (entity, source, facts) =
                match self.files.disk.run(move || other_form(&files, &root, &place, side)).await? {
                    Ok(Some(made)) => made,
                    Ok(None) => return Ok(missing()),
                    Err(error) => return Ok(refused(call, &error).await.unwrap_or_else(missing)),
                };
            self.files.keep(call.path, &entity, source, facts, generation);
            entity
        };
        let mut response = entity.answer(call);
        if call.query.is_some() {
            // The query names the state of the picture: another state has another address.
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable"));
        }
        Ok(response)
    }

    async fn sorry(&self, root: &Path, call: Call<'_>, error: &io::Error) -> Result<Response<Body>, Stuck> {
        match refused(call, error).await {
            Some(refused) => Ok(refused),
            None => self.missing(root, call).await,
        }
    }

    /// 404, in the words of the folder if it has some.
    async fn missing(&self, root: &Path, call: Call<'_>) -> Result<Response<Body>, Stuck> {
        let (files, root) = (self.files.clone(), root.to_owned());
        let looking = move || match find(&root, &Place::of(MISSING)?) {
            Ok(Found::File(file)) => files.enter(file, Some(Path::new(MISSING))).ok(),
            _ => None,
        };
        let page = self.files.disk.run(looking).await?;
        Ok(page.map_or_else(missing, |page| whole(&page, call, StatusCode::NOT_FOUND)))
    }
}

/// Blocks.
fn look_up(files: &Files, root: &Path, place: &Place, look: GalleryQuery, always_list: bool) -> io::Result<Looked> {
    let folder = match find(root, place)? {
        Found::File(file) => {
            let name = place.path();
            if look.view && is_picture(name.as_os_str().as_encoded_bytes()) {
                drop(file);
                let Some((above, _)) = place.split() else { return Err(io::ErrorKind::NotFound.into()) };
                let Found::Folder(folder) = find(root, &above)? else { return Err(io::ErrorKind::NotFound.into()) };
                return Ok(Looked::Picture(Facts::of(folder.facts())));
            }
            return Ok(Looked::File(Arc::new(files.enter(file, Some(&name))?), root.join(name)));
        }
        Found::Folder(_) if !place.is_folder() => return Ok(Looked::Elsewhere),
        Found::Folder(folder) => folder,
    };
    if !look.list
        && !always_list
        && let Some((file, place)) = index(root, place)?
    {
        let name = place.path();
        return Ok(Looked::File(Arc::new(files.enter(file, Some(&name))?), root.join(name)));
    }
    Ok(Looked::Folder(Facts::of(folder.facts())))
}

/// What was made of a file, where that is, and how it was then.
type Made = (Arc<Entity>, PathBuf, Facts);

/// Blocks.
fn other_form(files: &Files, root: &Path, place: &Place, side: u32) -> io::Result<Option<Made>> {
    let Found::File(mut file) = find(root, place)? else { return Ok(None) };
    let facts = Facts::of(&file.metadata()?);
    let Some((kind, bytes)) = thumbs::make(&mut file, side) else { return Ok(None) };
    let Some(held) = files.memory.cache.room(bytes.len()) else { return Err(io::ErrorKind::OutOfMemory.into()) };
    let entity = Entity::made(facts, kind, held.around(bytes), |_| None);
    Ok(Some((Arc::new(entity), root.join(place.path()), facts)))
}

/// To the folder itself, whatever way was written: two slashes at the beginning would name another host.
fn redirect(to: &Place, query: Option<&str>) -> Response<Body> {
    let mut response = pages::note(
        StatusCode::PERMANENT_REDIRECT,
        text!("Moved"),
        text!("The folder is at its address with a slash at the end."),
    );
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    response.headers_mut().insert(LOCATION, header(&format!("{}{query}", to.url())));
    response
}
