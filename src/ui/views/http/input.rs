//! What the parts of the view have in common: what they read in one frame, when they are narrow, and what a body is called.

use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::{
    journal::{Object, Objects},
    model::{Failure, Page},
    ui::views::shared::picture::PictureSource,
};

/// Below this width what stands side by side goes one under the other.
pub(super) const NARROW: f32 = 640.0;

/// What the view reads in one frame.
#[derive(Clone, Copy)]
pub struct HttpInput<'a> {
    /// The newest answer.
    pub page: Option<&'a Arc<Page>>,
    /// An answer is awaited, or the rest of one.
    pub loading: bool,
    /// Bytes that came so far.
    pub received: u64,
    /// Why there is none.
    pub failure: Option<&'a Failure>,
    /// Pictures, to preview a body that is one.
    pub objects: &'a Objects,
    /// Where their pixels come from.
    pub pictures: &'a dyn PictureSource,
    /// How far a picture of the page is, by how the page names it.
    pub picture_of: &'a dyn Fn(&str) -> PagePicture,
}

/// A picture of a page; none is asked for before a person says so.
#[derive(Clone, Debug)]
pub enum PagePicture {
    /// Nobody asked for it, or it made room for newer ones.
    NotAsked,
    /// It is asked for.
    Coming,
    /// It is here.
    Here(Arc<Object>),
    /// Why it is not.
    Failed(String),
}

impl std::fmt::Debug for HttpInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpInput").field("loading", &self.loading).finish_non_exhaustive()
    }
}

/// A name for the body of a URL that is one on every system, and never a hidden one.
pub(super) fn file_name(url: &str) -> String {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest).split(['?', '#']).next().unwrap_or_default();
    let name = path.split_once('/').and_then(|(_, path)| path.trim_end_matches('/').rsplit('/').next());
    let name = percent_decode_str(name.unwrap_or_default()).decode_utf8_lossy().into_owned();
    let plain = |char: char| if char.is_alphanumeric() || " ._-+()".contains(char) { char } else { '_' };
    let name: String = name.chars().take(100).map(plain).collect();
    let name = name.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    if name.is_empty() { "body".to_owned() } else { name.to_owned() }
}
