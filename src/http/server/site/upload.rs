//! Files that visitors send: written beside the others into a hidden temporary file, which gets its own name when it is
//! whole. Nothing is ever overwritten.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

use bytes::Bytes;
use futures_util::stream::try_unfold;
use http_body_util::BodyExt;
use hyper::{
    HeaderMap, Response, StatusCode,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, TRANSFER_ENCODING},
};
use tokio::{
    io::{AsyncWriteExt, BufWriter},
    runtime::Handle,
    time::timeout,
};

use crate::{
    http::server::{
        answer::{body::Body, pages},
        shared::{
            budget::Held,
            disk::{Disk, Stuck},
            log::{Transfer, Underway},
        },
        site::{
            call::{Call, Incoming},
            check::length,
            guard,
            names::is_plain,
            naming,
        },
    },
    model::{Direction, Limits, Uploads, numbered},
    words::{size, text},
};

/// Where the form sends to. A raw body goes there too, with `?name=`.
pub(super) const UPLOAD: &str = "/.socketlab/upload";
/// What stands before and after the number of a file that is not whole yet.
const PART: (&str, &str) = (".socketlab-", ".part");
/// Bytes that tell the type of a file.
const START: usize = 64;
/// Fields of one form.
const FIELDS: usize = 256;
/// Bytes of a name.
const NAME: usize = 200;
/// Files of one name, with numbers behind it.
const NUMBERS: u32 = 10_000;

/// A body on its way in, within its limits.
pub(super) struct Intake {
    body: Incoming,
    limit: u64,
    limits: Limits,
    received: u64,
    began: Instant,
}

impl Intake {
    /// The body of a request whose head promises no more than `limit`.
    ///
    /// # Errors
    /// 411 where there is no length at all, 413 where it is too much.
    pub(super) fn of(headers: &HeaderMap, body: Incoming, limit: u64, limits: Limits) -> Result<Self, StatusCode> {
        match length(headers) {
            Some(length) if length > limit => Err(StatusCode::PAYLOAD_TOO_LARGE),
            None if !headers.contains_key(TRANSFER_ENCODING) => Err(StatusCode::LENGTH_REQUIRED),
            _ => Ok(Self { body, limit, limits, received: 0, began: Instant::now() }),
        }
    }

    pub(super) async fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let frame = timeout(self.limits.body, self.body.frame()).await.map_err(|_| io::ErrorKind::TimedOut)?;
            let Some(frame) = frame else { return Ok(None) };
            // Trailers say nothing here.
            let Ok(bytes) = frame.map_err(io::Error::other)?.into_data() else { continue };
            self.received += bytes.len() as u64;
            if self.received > self.limit {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            let spent = self.began.elapsed();
            let least = self.limits.slowest_body.saturating_mul(spent.as_secs());
            if spent > self.limits.body && self.received < least {
                return Err(io::ErrorKind::TimedOut.into());
            }
            return Ok(Some(bytes));
        }
    }

    /// All of it in memory, as far as there is room.
    pub(super) async fn whole(mut self, held: &mut Held) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        while let Some(more) = self.next().await? {
            if !held.grow(more.len()) {
                return Err(Stuck::Crowded.into());
            }
            bytes.extend_from_slice(&more);
        }
        Ok(bytes)
    }
}

/// The status for a body that did not come in whole.
pub(super) fn status(error: &io::Error) -> StatusCode {
    if let Some(stuck) = Stuck::of(error) {
        return stuck.status();
    }
    match error.kind() {
        io::ErrorKind::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        io::ErrorKind::TimedOut => StatusCode::REQUEST_TIMEOUT,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StatusCode::INSUFFICIENT_STORAGE,
        io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound | io::ErrorKind::ReadOnlyFilesystem => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::BAD_REQUEST,
    }
}

/// A file that came in.
pub(super) struct Saved {
    pub path: PathBuf,
    pub length: u64,
}

/// Takes the files of a request into the folder. `name` is the one that the request gives to a raw body. A form may bring
/// none.
///
/// # Errors
/// Where the body or the disk fails; what came in whole before that stays.
pub(super) async fn receive(
    (uploads, disk): (&Uploads, &Disk),
    call: Call<'_>,
    name: Option<&str>,
    intake: Intake,
    saved: &mut Vec<Saved>,
) -> io::Result<()> {
    let shown = clean(name.unwrap_or(text!("upload")));
    let total = length(call.headers).unwrap_or(0);
    let _underway = Underway::begin(call.log, Transfer { name: shown, direction: Direction::Inbound, total });
    let kind = call.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(kind) else {
        let mut intake = intake;
        let mut file = Part::begin(&uploads.folder, disk).await?;
        while let Some(bytes) = intake.next().await? {
            file.write(&bytes).await?;
        }
        let said = call.headers.get(CONTENT_DISPOSITION).and_then(|said| naming::disposition(said.to_str().ok()?));
        saved.push(file.finish(name.or(said.as_deref()), kind).await?);
        return Ok(());
    };
    let bytes = try_unfold(intake, |mut intake| async move {
        Ok::<_, io::Error>(intake.next().await?.map(|bytes| (bytes, intake)))
    });
    let mut form = multer::Multipart::new(Box::pin(bytes), boundary);
    let mut fields = 0;
    while let Some(mut field) = form.next_field().await.map_err(form_error)? {
        fields += 1;
        if fields > FIELDS {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let Some(name) = file_name(&field) else { continue };
        let kind = field.content_type().map_or_else(String::new, ToString::to_string);
        let mut file = Part::begin(&uploads.folder, disk).await?;
        while let Some(bytes) = field.chunk().await.map_err(form_error)? {
            file.write(&bytes).await?;
        }
        saved.push(file.finish(Some(&name), &kind).await?);
    }
    Ok(())
}

/// What the file in a field of a form is called, empty where nothing says it; `None` where the field is text.
fn file_name(field: &multer::Field<'_>) -> Option<String> {
    let said = field.headers().get(CONTENT_DISPOSITION).map(|said| String::from_utf8_lossy(said.as_bytes()));
    if let Some(name) = said.and_then(|said| naming::disposition(&said)) {
        // A form in which no file was chosen sends one without a name.
        return (!name.is_empty()).then_some(name);
    }
    // Devices that write a form by hand leave the name of the file out; what is text has no type in a form.
    let is_file = field.content_type().is_some_and(|kind| kind.type_() != "text");
    is_file.then(|| field.name().filter(|name| name.contains('.')).unwrap_or_default().to_owned())
}

/// Removes what a program that was killed left behind of files that were not whole: nobody has it locked. Blocks.
pub(super) fn sweep(folder: &Path) {
    let Ok(list) = folder.read_dir() else { return };
    for entry in list.flatten() {
        let name = entry.file_name();
        let is_part = name.to_str().and_then(|name| name.strip_prefix(PART.0)?.strip_suffix(PART.1));
        if !is_part.is_some_and(|token| token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            continue;
        }
        let path = entry.path();
        if fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_file())
            && fs::OpenOptions::new().write(true).open(&path).is_ok_and(|file| file.try_lock().is_ok())
        {
            let _ = fs::remove_file(path);
        }
    }
}

/// The error of the body inside that of the form.
fn form_error(error: multer::Error) -> io::Error {
    match error {
        multer::Error::StreamReadFailed(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}

/// A file that is not whole yet; goes away when it is dropped before [`Part::finish`].
struct Part {
    file: BufWriter<tokio::fs::File>,
    path: PathBuf,
    folder: PathBuf,
    length: u64,
    /// The first bytes, which tell what it is.
    start: Vec<u8>,
    disk: Disk,
}

impl Part {
    async fn begin(folder: &Path, disk: &Disk) -> io::Result<Self> {
        // Hidden, so that it is not served meanwhile.
        let path = folder.join(format!("{}{}{}", PART.0, guard::token()?, PART.1));
        let new = path.clone();
        let opening = move || {
            let file = fs::OpenOptions::new().write(true).create_new(true).open(new)?;
            // So that nobody takes it for what a killed program left. A drive without locks has none swept.
            let _ = file.try_lock();
            Ok::<_, io::Error>(file)
        };
        let file = disk.run(opening).await??;
        let file = BufWriter::with_capacity(256 << 10, tokio::fs::File::from_std(file));
        Ok(Self { file, path, folder: folder.to_owned(), length: 0, start: Vec::new(), disk: disk.clone() })
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        let room = START.saturating_sub(self.start.len());
        self.start.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        timeout(self.disk.patience(), self.file.write_all(bytes)).await.map_err(|_| Stuck::Silent)?
    }

    /// Gives the file, which is whole, the `name`, or one that is made where there is none.
    async fn finish(mut self, name: Option<&str>, kind: &str) -> io::Result<Saved> {
        timeout(self.disk.patience(), self.file.flush()).await.map_err(|_| Stuck::Silent)??;
        let name = match name.filter(|name| !name.trim().is_empty()) {
            Some(name) => clean(name),
            None => naming::made(kind, &self.start),
        };
        let (part, folder) = (self.path.clone(), self.folder.clone());
        let path = self.disk.run(move || give_name(&part, &folder, &name)).await??;
        Ok(Saved { path, length: self.length })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Not there any more when it has got its name.
        let path = std::mem::take(&mut self.path);
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn_blocking(move || fs::remove_file(path)));
        }
    }
}

/// Gives the file its name, or the first one after it that is free. Blocks.
fn give_name(part: &Path, folder: &Path, name: &str) -> io::Result<PathBuf> {
    for number in 1..NUMBERS {
        let path = folder.join(numbered(name, number));
        // Whoever makes the empty file has the name; renaming alone would replace a file that came meanwhile.
        match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => {
                if let Err(error) = fs::rename(part, &path) {
                    let _ = fs::remove_file(&path);
                    return Err(error);
                }
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// A name that is one on every system, as near as possible to what the sender says.
fn clean(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe: String =
        name.chars().map(|char| if char.is_control() || "<>:\"|?*".contains(char) { '_' } else { char }).collect();
    let mut safe = safe.trim().trim_start_matches('.').trim_end_matches(['.', ' ']).to_owned();
    if safe.len() > NAME {
        let ending = safe.rsplit_once('.').map(|(_, ending)| format!(".{ending}")).filter(|ending| ending.len() <= 20);
        let ending = ending.unwrap_or_default();
        let mut end = NAME - ending.len();
        while !safe.is_char_boundary(end) {
            end -= 1;
        }
        safe.truncate(end);
        safe.push_str(&ending);
    }
    if safe.is_empty() {
        return "upload".to_owned();
    }
    if is_plain(&safe, true) { safe } else { format!("_{safe}") }
}

/// The form, for the page of a visitor who may send files.
pub(super) fn card(uploads: &Uploads, token: &str) -> String {
    format!(
        "<section class=\"card upload\" data-token=\"{token}\" data-saved=\"{}\" data-failed=\"{}\">\n\
         <form method=\"post\" enctype=\"multipart/form-data\" action=\"{UPLOAD}?token={token}\">\n\
         <input type=\"file\" name=\"file\" multiple required aria-label=\"{}\">\
         <button class=\"main\">{}</button><p class=\"hint\">{} <span class=\"drop\">{}</span></p><ul class=\"sending\" aria-live=\"polite\"></ul>\n\
         </form></section>\n",
        pages::escape(text!("Saved")),
        pages::escape(text!("Not saved")),
        pages::escape(text!("Files to send")),
        pages::escape(text!("Upload")),
        pages::escape(&text!("At most {limit} each.", limit = size(uploads.limit))),
        pages::escape(text!("Or drop files anywhere on this page.")),
    )
}

/// What the sender of files is told.
pub(super) fn receipt(headers: &HeaderMap, saved: &[Saved]) -> Response<Body> {
    let names: Vec<String> =
        saved.iter().map(|file| file.path.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect();
    let browser = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    let mut response = if browser {
        let list: Vec<String> = names.iter().map(|name| pages::escape(name)).collect();
        let back = pages::escape(text!("Back"));
        let title = text!("Saved");
        let body = format!(
            "<main class=\"note\"><h1>{title}</h1><p>{}</p><p><a href=\"/\">{back}</a></p></main>",
            list.join("<br>")
        );
        pages::html(headers, pages::page(title, &body))
    } else {
        let mut response: Response<Body> = Response::new(Bytes::from(names.join("\n") + "\n").into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        response
    };
    *response.status_mut() = StatusCode::CREATED;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_harmless() {
        for (given, name) in [
            ("a.png", "a.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\a.png", "a.png"),
            (".htaccess", "htaccess"),
            ("..", "upload"),
            ("", "upload"),
            ("con.txt", "_con.txt"),
            ("a::$DATA", "a__$DATA"),
            ("a.png. .", "a.png"),
            ("a\0b\n.txt", "a_b_.txt"),
            ("深い.jpg", "深い.jpg"),
        ] {
            assert_eq!(clean(given), name);
            assert!(is_plain(&clean(given), true), "{given}");
        }
        let long = clean(&format!("{}.jpeg", "深".repeat(400)));
        assert!(long.len() <= NAME && long.split('.').next_back() == Some("jpeg"), "{long}");
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.png"), "old").unwrap();
        for (name, expected) in [("a.png", "a (2).png"), ("a.png", "a (3).png"), ("b", "b"), ("b", "b (2)")] {
            let part = folder.path().join(".part");
            fs::write(&part, expected).unwrap();
            let path = give_name(&part, folder.path(), name).unwrap();
            assert_eq!(path, folder.path().join(expected));
            assert_eq!(fs::read_to_string(&path).unwrap(), expected);
            assert!(!part.exists());
        }
        assert_eq!(fs::read_to_string(folder.path().join("a.png")).unwrap(), "old");
    }
}
