//! What `listen http` serves, as it is typed.

use std::path::{Path, PathBuf};

use super::{args::existing, refusal::wrong};
use crate::{
    model::{Answer, Recipe, Route, Serving, Site, Uploads},
    words::text,
};

#[derive(Debug, clap::Args)]
pub(super) struct SiteArgs {
    /// A picture for the page of `http`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folder", "routes"])]
    pub picture: Option<PathBuf>,
    /// A table of answers for `http`, as TOML; read again whenever it changes
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    pub routes: Option<PathBuf>,
    /// Let visitors of `http` put files into this folder
    #[arg(long, value_name = "DIR")]
    pub upload: Option<PathBuf>,
    /// The most bytes of one upload
    #[arg(long, value_name = "BYTES", requires = "upload", default_value_t = Uploads::default().limit)]
    pub upload_limit: u64,
    /// Exchange text and pictures with the visitors of `http`; standard input is written there
    #[arg(long)]
    pub board: bool,
    /// Print the address of `http` as a QR code
    #[arg(long)]
    pub qr: bool,
}

impl SiteArgs {
    /// True when something in here is for `http` alone.
    pub(super) fn is_any(&self) -> bool {
        self.picture.is_some() || self.routes.is_some() || self.upload.is_some() || self.board || self.qr
    }

    /// The site that is meant; ends the program with code 2 where it cannot be.
    pub(super) fn recipe(&self, folder: Option<&Path>) -> Recipe {
        Recipe::Http(match (&self.picture, &self.routes, folder) {
            (Some(picture), ..) => Site::Picture(existing(picture, false)),
            (None, Some(routes), _) => read(routes).unwrap_or_else(|error| wrong(&error)),
            (None, None, Some(folder)) => Site::Folder(existing(folder, true)),
            (None, None, None) => Site::Welcome,
        })
    }

    pub(super) fn serving(&self) -> Serving {
        let uploads = self.upload.as_deref().map(|folder| {
            let folder = existing(folder, true);
            Uploads { folder, limit: self.upload_limit }
        });
        Serving { uploads, board: self.board, ..Serving::default() }
    }
}

/// Reads a table of routes; files in it are looked for beside it.
///
/// # Errors
/// In words, with the path.
pub(super) fn read(path: &Path) -> Result<Site, String> {
    let failed = |error: &dyn std::fmt::Display| text!("{path}: {error}", path = path.display(), error = error);
    let toml = std::fs::read_to_string(path).map_err(|error| failed(&crate::model::system_words(&error)))?;
    let mut routes = Route::read(&toml).map_err(|error| failed(&error))?;
    for route in &mut routes {
        if let Answer::File(file) = &mut route.answer
            && let Some(folder) = path.parent()
        {
            *file = folder.join(&*file);
        }
    }
    Ok(Site::Routes(routes))
}
