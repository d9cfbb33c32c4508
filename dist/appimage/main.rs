//! What stands before the file system in the AppImage and makes it one file to start: it unpacks the program into memory
//! and becomes it. Nothing is mounted, so a PC needs no FUSE for it, and nothing is left behind.

mod image;

use image::{Image, Node};
use rustix::fs::{MemfdFlags, Mode, OFlags};
use std::{
    convert::Infallible,
    env,
    ffi::{OsStr, OsString},
    fs::{self, File, Permissions},
    io::{self, Error, Write as _},
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::{
            ffi::OsStrExt as _,
            fs::{PermissionsExt as _, symlink},
            process::CommandExt as _,
        },
    },
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

const PROGRAM: &str = "usr/bin/socketlab";
/// Where everything is unpacked to on request, as with every AppImage.
const FOLDER: &str = "squashfs-root";
const HELP: &str = "\
This is Socketlab in one file: start it to open the window, or with --help to see its commands.
  --appimage-extract [PATTERN]   unpacks what is in it (or what PATTERN names) into ./squashfs-root
  --appimage-extract-and-run     starts it, as without this word: nothing is ever mounted
  --appimage-offset              says where the file system begins (squashfs, xz)
";

fn main() -> ExitCode {
    match run(env::args_os().collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let words = match error.kind() {
                io::ErrorKind::UnexpectedEof => "the file is not whole, get it again".into(),
                _ => error.to_string(),
            };
            let _ = writeln!(io::stderr(), "Socketlab's AppImage: {words}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Vec<OsString>) -> io::Result<()> {
    let image = Image::behind(File::open("/proc/self/exe")?)?;
    let word = arguments.get(1).map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
    let out = &mut io::stdout();
    match word.strip_prefix("--appimage-") {
        None => Err(start(&image, &arguments)),
        Some("extract-and-run") => {
            arguments.remove(1);
            Err(start(&image, &arguments))
        }
        Some("extract") => {
            let pattern = arguments.get(2).map_or(OsStr::new("*"), OsString::as_os_str);
            extract(&image, image.root(), Path::new(""), pattern.as_bytes())
        }
        Some("offset") => writeln!(out, "{}", image.offset()),
        Some("help") => write!(out, "{HELP}"),
        Some(_) => Err(Error::other(format!("{word} is nothing that it does; see --appimage-help"))),
    }
}

/// Becomes the program; returns only what kept it from that.
fn start(image: &Image, arguments: &[OsString]) -> Error {
    let content = match image.find(PROGRAM) {
        Ok(Node::File(content)) => content,
        Ok(_) => return Error::other(format!("{PROGRAM} is no file")),
        Err(error) => return error,
    };
    let become_it = |nameless: io::Result<OwnedFd>| -> io::Result<Infallible> {
        let writable = File::from(nameless?);
        writable.set_permissions(Permissions::from_mode(0o700))?;
        image.unpack(&content, &writable)?;
        // A file that somebody can still write to is not started.
        let program = File::open(descriptor(&writable))?;
        drop(writable);
        let mut command = Command::new(descriptor(&program));
        command.args(arguments.get(1..).unwrap_or_default()).env("APPIMAGE", env::current_exe()?);
        if let Some(name) = arguments.first() {
            command.arg0(name).env("ARGV0", name);
        }
        Err(command.exec())
    };
    let Err(mut error) = become_it(in_memory());
    // A system can forbid to start what is in memory only.
    let folders = ["XDG_RUNTIME_DIR", "TMPDIR", "HOME"].into_iter().filter_map(env::var_os);
    for folder in folders.chain(["/tmp".into()]) {
        Err(error) = become_it(in_folder(Path::new(&folder)));
    }
    Error::other(format!("{error}; try --appimage-extract, then {FOLDER}/AppRun"))
}

fn descriptor(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

fn in_memory() -> io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC;
    // Kernels before 6.3 do not know that it is to be started.
    Ok(rustix::fs::memfd_create("socketlab", flags | MemfdFlags::EXEC)
        .or_else(|_| rustix::fs::memfd_create("socketlab", flags))?)
}

fn in_folder(folder: &Path) -> io::Result<OwnedFd> {
    Ok(rustix::fs::open(folder, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, Mode::RWXU)?)
}

/// Unpacks everything below a place whose path fits the pattern, and says what.
fn extract(image: &Image, place: u64, path: &Path, pattern: &[u8]) -> io::Result<()> {
    let target = Path::new(FOLDER).join(path);
    let wanted = fits(pattern, path.as_os_str().as_bytes());
    let node = image.node(place)?;
    if wanted {
        match &node {
            Node::Folder(_) => fs::create_dir_all(&target)?,
            Node::File(_) | Node::Link(_) => {
                fs::create_dir_all(target.parent().unwrap_or(Path::new(FOLDER)))?;
                // What an earlier one has left.
                let _ = fs::remove_file(&target);
            }
        }
        writeln!(io::stdout(), "{}", target.display())?;
    }
    match node {
        Node::Folder(entries) => {
            entries.iter().try_for_each(|(name, place)| extract(image, *place, &path.join(name), pattern))
        }
        Node::File(content) if wanted => {
            let file = File::create(&target)?;
            image.unpack(&content, &file)?;
            file.set_permissions(Permissions::from_mode(content.mode))
        }
        Node::Link(to) if wanted => symlink(to, &target),
        Node::File(_) | Node::Link(_) => Ok(()),
    }
}

/// Whether a path or a folder it lies in fits a pattern with `*` and `?`, neither of which stands for a slash.
fn fits(pattern: &[u8], path: &[u8]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, rest) => rest.is_none_or(|(next, _)| *next == b'/'),
        (Some((b'*', after)), rest) => {
            fits(after, path) || rest.is_some_and(|(next, path)| *next != b'/' && fits(pattern, path))
        }
        (Some((wanted, pattern)), Some((next, path))) => {
            (wanted == next || *wanted == b'?' && *next != b'/') && fits(pattern, path)
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns() {
        for (pattern, path) in
            [("*", ""), ("*", "usr/bin"), ("*.desktop", "a.desktop"), ("usr", "usr/bin/a"), ("u?r/*", "usr/bin")]
        {
            assert!(fits(pattern.as_bytes(), path.as_bytes()), "{pattern} {path}");
        }
        for (pattern, path) in
            [("*.desktop", "usr/a.desktop"), ("us", "usr"), ("usr/bin", "usr"), ("?", "/"), ("", "a")]
        {
            assert!(!fits(pattern.as_bytes(), path.as_bytes()), "{pattern} {path}");
        }
    }
}
