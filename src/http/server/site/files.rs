//! Files that a site answers with: opened off the threads that serve sockets, kept in memory, and asked about anew.

use std::{fs::File, io, path::Path, path::PathBuf, sync::Arc};

use hyper::{
    HeaderMap, Response, StatusCode,
    header::{ACCEPT_ENCODING, ACCEPT_RANGES, ETAG, LAST_MODIFIED},
};

use crate::http::{
    message::misread::Misread,
    server::{
        answer::{body::Body, refuse},
        shared::disk::{Disk, Stuck},
        site::{
            call::Call,
            entity::{Entity, Facts},
            find,
            memory::SiteMemory,
        },
    },
};

/// The files of one site.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub memory: Arc<SiteMemory>,
    /// Its own in the memory that it shares.
    pub number: u64,
    pub disk: Disk,
}

impl Files {
    /// What is kept in memory for a path, and still as it is on the disk.
    pub(super) async fn kept(&self, path: &str) -> Result<Option<Arc<Entity>>, Stuck> {
        let cache = &self.memory.cache;
        let Some(kept) = cache.get(self.number, path) else { return Ok(None) };
        if kept.is_unchanged(&self.disk).await? {
            return Ok(Some(kept.entity));
        }
        cache.forget(self.number, path, &kept);
        Ok(None)
    }

    /// To be asked before something is made, and given to [`Files::keep`] with it.
    pub(super) fn generation(&self) -> u64 {
        self.memory.cache.generation(self.number)
    }

    /// Keeps what was made from the file at `source`, when that had `facts`, under the path it was asked for.
    pub(super) fn keep(&self, name: &str, entity: &Arc<Entity>, source: PathBuf, facts: Facts, generation: u64) {
        self.memory.cache.put((self.number, generation), name.to_owned(), entity, source, facts);
    }

    /// What an open file holds. Its type comes from `name`, or from its bytes. Blocks.
    pub(super) fn enter(&self, file: File, name: Option<&Path>) -> io::Result<Entity> {
        let cache = &self.memory.cache;
        Entity::open(file, name, &self.disk, (|bytes| cache.room(bytes), || cache.open_file()))
    }

    /// Opens a file that a person chose, wherever it is.
    pub(super) async fn open(&self, path: &Path, sniff: bool) -> Result<io::Result<Arc<Entity>>, Stuck> {
        let (files, path) = (self.clone(), path.to_owned());
        let opening = move || files.enter(find::chosen(&path)?, (!sniff).then_some(path.as_path())).map(Arc::new);
        self.disk.run(opening).await
    }

    /// The answer with such a file, which is kept from now on under the path it was asked for.
    pub(super) async fn file(&self, path: &Path, call: Call<'_>, sniff: bool) -> Result<Response<Body>, Stuck> {
        let generation = self.generation();
        Ok(match self.open(path, sniff).await? {
            Ok(entity) => {
                self.keep(call.path, &entity, path.to_owned(), entity.facts, generation);
                entity.answer(call)
            }
            Err(error) => refused(call, &error).await.unwrap_or_else(refuse::missing),
        })
    }
}

/// The answer that says why something cannot be had that is there, which the record says as well; `None` where nothing is
/// there.
pub(super) async fn refused(call: Call<'_>, error: &io::Error) -> Option<Response<Body>> {
    let misread = find::refusal(error)?;
    call.log.refused(&misread).await;
    Some(refuse::barred(&misread))
}

/// A file that is shown with a status of its own, whole and for now only: no condition or range is about it.
pub(super) fn whole(entity: &Entity, call: Call<'_>, status: StatusCode) -> Response<Body> {
    let mut headers = HeaderMap::new();
    headers.extend(call.headers.get_all(ACCEPT_ENCODING).iter().map(|value| (ACCEPT_ENCODING, value.clone())));
    let mut response = entity.answer(Call { headers: &headers, ..call });
    for about in [ETAG, LAST_MODIFIED, ACCEPT_RANGES] {
        response.headers_mut().remove(about);
    }
    *response.status_mut() = status;
    response
}

/// What a visitor is told whose file could not be had in time.
pub(super) fn stuck(stuck: Stuck) -> Misread {
    let status = stuck.status();
    Misread::new(status.as_u16(), refuse::words(status))
}
