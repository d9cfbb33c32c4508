//! Pictures that were pasted, as files: what is sent is a file like any other.

use std::{fs, io::Cursor, path::PathBuf, sync::Arc};

use egui::ColorImage;
use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};

use super::{dialogs::FileAnswer, file_error::FileFault};
use crate::{
    app::mailbox::{Mailbox, spawn},
    ui::intent::Pick,
};

/// The folder of this run's pasted pictures.
fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("socketlab-{}", std::process::id()))
}

/// Writes a pasted picture as PNG, so that it is streamed like any other file, and posts where it is.
pub(in crate::app) fn keep(image: Arc<ColorImage>, number: u32, mail: Mailbox<FileAnswer>) {
    spawn("paste", move || {
        let path = folder().join(format!("pasted-{number}.png"));
        let write = || {
            fs::create_dir_all(folder())?;
            let [width, height] = image.size.map(|side| u32::try_from(side).unwrap_or(0));
            let rgba: Vec<u8> = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
            let mut png = Cursor::new(Vec::new());
            PngEncoder::new(&mut png).write_image(&rgba, width, height, ExtendedColorType::Rgba8)?;
            fs::write(&path, png.into_inner())?;
            Ok(())
        };
        mail.post(match write() {
            Ok(()) => FileAnswer::Picked(Pick::SendPicture, Some(path)),
            Err::<_, FileFault>(fault) => FileAnswer::Saved(Some(Err(fault.at(&path)))),
        });
    });
}

/// Takes the pasted pictures of this run away again.
pub(in crate::app) fn forget() {
    // Nothing was pasted, or the system keeps the folder clean itself.
    let _ = fs::remove_dir_all(folder());
}
