//! What a listener hosts besides its connections, as far as commands are about it.

use std::fmt::Debug;

use bytes::Bytes;

use crate::model::{Serving, Site, SiteNews};

/// A site that runs.
pub(crate) trait Hosted: Debug + Send + Sync {
    /// Shows something else from now on; gives what requests that change something have to bring, if any may.
    fn serve(&self, site: Site, serving: Serving) -> Option<String>;

    /// Says something to all visitors, as this PC; a picture has no place in the store yet. `None` where that is not taken.
    fn say(&self, bytes: &Bytes) -> Option<SiteNews>;

    /// The most bytes that can be said at once.
    fn largest(&self) -> usize;
}
