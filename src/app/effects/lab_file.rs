//! Whether the file or folder of a lab can be served, and the folder that is served where nobody has chosen one.

use std::{fmt, fs, io, path::Path};

use super::pasted::Folder;
use crate::{lessons::Needs, respond, ui::views::shared::picture_name::is_picture, words::text};

/// Why nothing of it can be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) enum LabFileFault {
    NoFolder(String),
    NoFile(String),
    NoPicture(String),
    /// The built-in folder cannot be made.
    NotMade(io::ErrorKind),
}

impl fmt::Display for LabFileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::NoFolder(path) => text!("There is no folder {path}", path = path),
            Self::NoFile(path) => text!("There is no file {path}", path = path),
            Self::NoPicture(path) => {
                text!("{path} is no picture that can be shown; take PNG, JPEG, GIF, WebP or BMP", path = path)
            }
            Self::NotMade(error) => text!("No folder for the lab could be made: {error}", error = error),
        })
    }
}

/// What is served. Asks the disk, so not on the window's thread.
pub(in crate::app) fn usable(file: &str, needs: Needs, own: &Folder) -> Result<String, LabFileFault> {
    let path = Path::new(file);
    match needs {
        Needs::Folder if file.is_empty() => built_in(own).map_err(|error| LabFileFault::NotMade(error.kind())),
        Needs::Folder if !path.is_dir() => Err(LabFileFault::NoFolder(file.to_owned())),
        // A built-in picture is served then.
        Needs::Picture if file.is_empty() => Ok(String::new()),
        Needs::Picture if !path.is_file() => Err(LabFileFault::NoFile(file.to_owned())),
        Needs::Picture if !is_picture(path) => Err(LabFileFault::NoPicture(file.to_owned())),
        _ => Ok(file.to_owned()),
    }
}

/// A folder with a picture and a text, in the one that this run has for itself and takes away again.
fn built_in(own: &Folder) -> io::Result<String> {
    let folder = own.path()?.join("lab");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("sample.jpg"), respond::sample::PICTURE)?;
    fs::write(folder.join("hello.txt"), "Hello from Socketlab\n")?;
    Ok(folder.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_for_which_nothing_was_chosen_has_something_to_show() {
        let own = Folder::default();
        assert_eq!(usable("", Needs::Picture, &own), Ok(String::new()));
        let folder = usable("", Needs::Folder, &own).unwrap();
        let picture = fs::read(Path::new(&folder).join("sample.jpg")).unwrap();
        assert_eq!(picture, respond::sample::PICTURE);
        assert_eq!(usable(&folder, Needs::Folder, &own).as_ref(), Ok(&folder));
        assert!(usable("/no/such/folder", Needs::Folder, &own).is_err());
        assert!(usable(&folder, Needs::Picture, &own).is_err());
        own.forget();
        assert!(!Path::new(&folder).exists());
    }
}
