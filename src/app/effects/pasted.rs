//! Pictures that were pasted, as files: what is sent is a file like any other.

use std::{
    fs,
    io::{self, Cursor},
    path::PathBuf,
    sync::Arc,
};

use egui::ColorImage;
use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};
use parking_lot::Mutex;

use super::file_error::{FileError, FileFault};
use crate::app::mailbox::{Mailbox, spawn};

/// The folder of this run's pasted pictures, once there is one: of this person alone, under a name that nobody can guess.
#[derive(Debug, Default)]
pub(in crate::app) struct Folder(Mutex<Option<PathBuf>>);

impl Folder {
    /// Where it is; it is made when it is asked for first.
    pub(in crate::app) fn path(&self) -> io::Result<PathBuf> {
        let mut place = self.0.lock();
        if let Some(path) = &*place {
            return Ok(path.clone());
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let name = u128::from_ne_bytes(random);
        let path = std::env::temp_dir().join(format!("socketlab-{name:032x}"));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // Fails where there is anything of that name: a folder of somebody else is never used.
        builder.create(&path)?;
        *place = Some(path.clone());
        Ok(path)
    }

    /// Takes it away again, with all that is in it.
    pub(in crate::app) fn forget(&self) {
        if let Some(path) = self.0.lock().take() {
            // What the system does not let go of, it clears itself.
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// Writes a pasted picture as PNG, so that it is streamed like any other file, and posts where it is.
pub(in crate::app) fn keep(
    folder: &Arc<Folder>,
    image: Arc<ColorImage>,
    number: u32,
    mail: Mailbox<Result<PathBuf, FileError>>,
) {
    let folder = Arc::clone(folder);
    spawn("paste", move || {
        mail.post(write(&folder, &image, number).map_err(|fault| fault.at(&std::env::temp_dir())));
    });
}

fn write(folder: &Folder, image: &ColorImage, number: u32) -> Result<PathBuf, FileFault> {
    let path = folder.path()?.join(format!("pasted-{number}.png"));
    let [width, height] = image.size.map(|side| u32::try_from(side).unwrap_or(0));
    let rgba: Vec<u8> = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
    let mut png = Cursor::new(Vec::new());
    PngEncoder::new(&mut png).write_image(&rgba, width, height, ExtendedColorType::Rgba8)?;
    fs::write(&path, png.into_inner())?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_private_unguessable_and_goes() {
        let image = ColorImage::filled([3, 2], egui::Color32::RED);
        let (one, other) = (Folder::default(), Folder::default());
        let path = write(&one, &image, 1).unwrap();
        assert_eq!(image::open(&path).unwrap().width(), 3);
        assert_eq!(path.parent(), write(&one, &image, 2).unwrap().parent());
        assert_ne!(one.path().unwrap(), other.path().unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(one.path().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        for folder in [one, other] {
            let path = folder.path().unwrap();
            folder.forget();
            assert!(!path.exists());
        }
    }
}
