//! The sites that an HTTP listener can show: a welcome page, a page with one picture, a folder.

use std::{
    fmt::Write as _,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use tokio::io::AsyncReadExt;
use tower::util::ServiceExt;
use tower_http::services::ServeFile;

use crate::{
    model::{Recipe, Site},
    words::{exact_size, text},
};

/// What must be escaped in a path segment of a link.
const SEGMENT: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'%').add(b'/').add(b'\\');

/// The router of a recipe; `None` where it is not HTTP.
pub(super) fn router(recipe: &Recipe) -> Option<Router> {
    let Recipe::Http(site) = recipe else { return None };
    Some(match site {
        Site::Welcome => Router::new().route("/", get(welcome)),
        Site::Picture(path) => {
            let page = picture_page(path);
            Router::new()
                .route("/", get(move || std::future::ready(page.clone())))
                .route_service("/picture", ServeFile::new(path))
        }
        Site::Embedded { picture, at } => {
            Router::new().fallback(embedded).with_state(Arc::new((picture.clone(), at.clone())))
        }
        Site::Folder(root) => Router::new().fallback(folder).with_state(Arc::new(root.clone())),
    })
}

async fn welcome() -> Html<String> {
    Html(page(text!("It works"), &format!("<p>{}</p>", escape(text!("This page comes from Socketlab.")))))
}

fn picture_page(path: &Path) -> Html<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = escape(&name);
    Html(page(&name, &format!("<p><img src=\"/picture\" alt=\"{name}\"></p>")))
}

/// The picture at its one path, the page around it at every other.
async fn embedded(State(site): State<Arc<(PathBuf, String)>>, request: Request) -> Response {
    let (picture, at) = site.as_ref();
    if request.uri().path() != at {
        let body = format!("<p>Wow, Socketlab</p>\n<p><img src=\"{0}\" alt=\"{0}\"></p>", escape(at));
        return Html(page("WOW", &body)).into_response();
    }
    // The type comes from the bytes: the name may say something else.
    let mut start = Vec::new();
    if let Ok(file) = tokio::fs::File::open(picture).await {
        let _ = file.take(32).read_to_end(&mut start).await;
    }
    let kind = image::guess_format(&start).map_or("application/octet-stream", |format| format.to_mime_type());
    match ServeFile::new(picture).oneshot(request).await {
        Ok(response) => {
            let mut response = response.map(Body::new).into_response();
            if response.status().is_success() {
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            }
            response
        }
        Err(never) => match never {},
    }
}

/// Answers one request for something below the folder.
async fn folder(State(root): State<Arc<PathBuf>>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let allowed = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allowed).into_response();
    }
    let url = request.uri().path().to_owned();
    let inside = root.as_path().to_owned();
    let found = tokio::task::spawn_blocking({
        let url = url.clone();
        move || find(&inside, &url)
    });
    match found.await {
        Ok(Some(Found::File(path))) => match ServeFile::new(path).oneshot(request).await {
            Ok(response) => response.map(Body::new).into_response(),
            Err(never) => match never {},
        },
        Ok(Some(Found::Folder(_))) if !url.ends_with('/') => Redirect::permanent(&format!("{url}/")).into_response(),
        Ok(Some(Found::Folder(entries))) => Html(list(&url, &entries)).into_response(),
        _ => (StatusCode::NOT_FOUND, Html(page(text!("Not found"), ""))).into_response(),
    }
}

enum Found {
    File(PathBuf),
    /// Name, whether it is a folder, size.
    Folder(Vec<(String, bool, u64)>),
}

/// The file or folder that a path of a URL means. Hidden names, and whatever lies outside `root` once links are
/// followed, do not exist.
fn find(root: &Path, url: &str) -> Option<Found> {
    let decoded = percent_decode_str(url).decode_utf8().ok()?;
    if decoded.contains(['\\', '\0']) {
        return None;
    }
    let relative = Path::new(decoded.trim_start_matches('/'));
    let plain = relative.components().all(|part| match part {
        Component::Normal(name) => name.to_str().is_some_and(|name| !name.starts_with('.') && !name.contains(':')),
        Component::CurDir | Component::RootDir | Component::ParentDir | Component::Prefix(_) => false,
    });
    if !plain {
        return None;
    }
    let root = root.canonicalize().ok()?;
    let path = root.join(relative).canonicalize().ok()?;
    if !path.starts_with(&root) {
        return None;
    }
    if path.is_file() {
        return Some(Found::File(path));
    }
    let mut entries: Vec<_> = std::fs::read_dir(&path)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
            let facts = std::fs::metadata(entry.path()).ok()?;
            Some((name, facts.is_dir(), facts.len()))
        })
        .collect();
    entries.sort_by_key(|(name, is_folder, _)| (!is_folder, name.to_lowercase()));
    Some(Found::Folder(entries))
}

fn list(url: &str, entries: &[(String, bool, u64)]) -> String {
    let mut rows = String::from("<table>");
    if url != "/" {
        rows.push_str("<tr><td><a href=\"../\">..</a></td><td></td></tr>");
    }
    for (name, is_folder, size) in entries {
        let slash = if *is_folder { "/" } else { "" };
        let link = utf8_percent_encode(name, SEGMENT);
        let size = if *is_folder { String::new() } else { exact_size(*size) };
        let _ =
            writeln!(rows, "<tr><td><a href=\"{link}{slash}\">{}{slash}</a></td><td>{size}</td></tr>", escape(name));
    }
    rows.push_str("</table>");
    let title = percent_decode_str(url).decode_utf8_lossy();
    page(&escape(&title), &rows)
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>body{{font:15px system-ui,sans-serif;margin:2rem;color-scheme:light dark}}\
         img{{max-width:100%}}td{{padding:.2rem 1.5rem .2rem 0}}td+td{{text-align:right;opacity:.7}}</style></head>\
         <body><h1>{title}</h1>{body}</body></html>\n"
    )
}

/// Text as HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_found() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a b.txt"), "x").unwrap();
        std::fs::write(folder.path().join(".hidden"), "x").unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        assert!(matches!(find(folder.path(), "/a%20b.txt"), Some(Found::File(_))));
        assert!(matches!(find(folder.path(), "/sub"), Some(Found::Folder(_))));
        for refused in [
            "/../etc/passwd",
            "/%2e%2e/etc/passwd",
            "/sub/../../x",
            "/.hidden",
            "/c:/x",
            "/..%5cx",
            "/%00",
            "//etc/passwd",
        ] {
            assert!(find(folder.path(), refused).is_none(), "{refused}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc", folder.path().join("out")).unwrap();
            assert!(find(folder.path(), "/out/passwd").is_none());
        }
    }
}
