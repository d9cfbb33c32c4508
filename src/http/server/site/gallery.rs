//! The page of a folder, pictures as a gallery and other files as a list, and the page of one picture.

use std::{cmp::Ordering, fmt::Write as _, time::UNIX_EPOCH};

use crate::{
    http::server::{
        answer::pages::{escape, page, segment},
        site::find::Entry,
    },
    words::{grouped, size, text},
};

/// Small forms of pictures are below this path.
pub(super) const THUMBS: &str = "/.socketlab/thumb";
/// Pictures and files on one page.
const ON_PAGE: usize = 300;
/// What browsers show as a picture.
const PICTURES: &[&str] = &["apng", "avif", "bmp", "gif", "ico", "jfif", "jpe", "jpeg", "jpg", "png", "svg", "webp"];
/// Those of them that have no smaller form here: they are shown themselves, when they are not large.
const AS_THEY_ARE: &[&str] = &["avif", "ico", "svg"];
/// How large a picture may be that stands in for its own small form.
const LIGHT: u64 = 256 << 10;

/// In which order a folder is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Key {
    #[default]
    Name,
    Date,
    Size,
}

/// What the query of a folder's or picture's URL asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct GalleryQuery {
    key: Key,
    backwards: bool,
    /// From 0.
    page: usize,
    /// The page of a picture instead of the picture.
    pub view: bool,
}

impl GalleryQuery {
    pub(super) fn of(query: Option<&str>) -> Self {
        let mut look = Self::default();
        for part in query.unwrap_or_default().split('&') {
            match part.split_once('=').unwrap_or((part, "")) {
                ("view", _) => look.view = true,
                ("page", number) => look.page = number.parse::<usize>().map_or(0, |page| page.saturating_sub(1)),
                ("sort", key) => {
                    look.backwards = key.starts_with('-');
                    look.key = match key.trim_start_matches('-') {
                        "date" => Key::Date,
                        "size" => Key::Size,
                        _ => Key::Name,
                    };
                }
                _ => {}
            }
        }
        look
    }

    /// `sort=…`, empty for the usual order.
    fn sort(self) -> String {
        let key = match self.key {
            Key::Name if !self.backwards => return String::new(),
            Key::Name => "name",
            Key::Date => "date",
            Key::Size => "size",
        };
        format!("sort={}{key}", if self.backwards { "-" } else { "" })
    }

    fn order(self, entries: &mut [Entry]) {
        entries.sort_by_cached_key(|entry| natural(&entry.name));
        match self.key {
            Key::Name => {}
            Key::Date => entries.sort_by_key(|entry| entry.modified),
            Key::Size => entries.sort_by_key(|entry| entry.length),
        }
        if self.backwards {
            entries.reverse();
        }
        // Folders first, whatever the order is.
        entries.sort_by(|one, other| {
            if one.is_folder == other.is_folder { Ordering::Equal } else { other.is_folder.cmp(&one.is_folder) }
        });
    }
}

/// A name so that `img 9` comes before `img 10`, and capitals count as small letters.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let words = rest.find(|char: char| char.is_ascii_digit()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(words);
        let digits = tail.find(|char: char| !char.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(digits);
        parts.push((word.to_lowercase(), number.parse().unwrap_or(u64::MAX)));
        rest = tail;
    }
    parts
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_ascii_lowercase())
}

pub(super) fn is_picture(name: &str) -> bool {
    PICTURES.contains(&ending(name).as_str())
}

/// The small form of a picture in the folder at `path` (which begins and ends with a slash, encoded).
fn small_form(path: &str, entry: &Entry) -> Option<String> {
    let name = segment(&entry.name);
    let millis = entry.modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default().as_millis();
    if AS_THEY_ARE.contains(&ending(&entry.name).as_str()) {
        return (entry.length <= LIGHT).then_some(name);
    }
    Some(format!("{}{path}{name}?{millis:x}-{:x}", THUMBS, entry.length))
}

/// The page of a folder. `path` is the encoded path of its URL, `decoded` the same for a person, `extras` more of the
/// page as HTML.
pub(super) fn folder(path: &str, decoded: &str, mut entries: Vec<Entry>, look: GalleryQuery, extras: &str) -> String {
    look.order(&mut entries);
    let (folders, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.is_folder);
    let pictures = files.iter().filter(|entry| is_picture(&entry.name)).count();
    let others = files.len() - pictures;
    let pages = files.len().div_ceil(ON_PAGE).max(1);
    let at = look.page.min(pages - 1);

    let mut body = String::with_capacity(4096 + 256 * files.len().min(ON_PAGE));
    let _ = write!(body, "<header><nav class=\"crumbs\">{}</nav>", crumbs(decoded));
    let mut counts = Vec::new();
    for (count, one, many) in [
        (folders.len(), text!("folder"), text!("folders")),
        (pictures, text!("picture"), text!("pictures")),
        (others, text!("file"), text!("files")),
    ] {
        if count > 0 {
            counts.push(format!("{} {}", grouped(count as u64), if count == 1 { one } else { many }));
        }
    }
    let _ = write!(body, "<p class=\"counts\">{}</p>", escape(&counts.join(" · ")));
    if files.len() > 1 {
        body.push_str(&sorts(look));
    }
    body.push_str("</header>\n<main>\n");
    body.push_str(extras);
    body.push_str("<div class=\"listing\">\n");
    if counts.is_empty() {
        let _ = write!(body, "<p class=\"empty\">{}</p>", escape(text!("This folder is empty.")));
    }
    if !folders.is_empty() {
        body.push_str("<ul class=\"folders\">");
        for entry in &folders {
            let _ = write!(body, "<li><a href=\"{}/\">{}</a></li>", segment(&entry.name), escape(&entry.name));
        }
        body.push_str("</ul>\n");
    }
    let shown = files.iter().skip(at * ON_PAGE).take(ON_PAGE);
    let (pictures, others): (Vec<_>, Vec<_>) = shown.partition(|entry| is_picture(&entry.name));
    gallery(&mut body, path, &pictures, look);
    list(&mut body, &others);
    if pages > 1 {
        body.push_str(&pager(look, at, pages));
    }
    body.push_str("</div>\n</main>");
    page(decoded.trim_matches('/').rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("/"), &body)
}

fn gallery(body: &mut String, path: &str, pictures: &[&Entry], look: GalleryQuery) {
    if pictures.is_empty() {
        return;
    }
    let sort = look.sort();
    let sort = if sort.is_empty() { sort } else { format!("&amp;{sort}") };
    body.push_str("<div class=\"gallery\">\n");
    for entry in pictures {
        let (link, name) = (segment(&entry.name), escape(&entry.name));
        let picture = match small_form(path, entry) {
            Some(source) => format!("<img loading=\"lazy\" decoding=\"async\" src=\"{source}\" alt=\"\">"),
            None => format!("<span class=\"ending\">{}</span>", escape(&ending(&entry.name))),
        };
        let _ = writeln!(
            body,
            "<a class=\"tile\" href=\"{link}?view{sort}\"><span class=\"frame\">{picture}</span><span class=\"name\" \
             title=\"{name}\">{name}</span><span class=\"size\">{}</span></a>",
            size(entry.length)
        );
    }
    body.push_str("</div>\n");
}

fn list(body: &mut String, files: &[&Entry]) {
    if files.is_empty() {
        return;
    }
    body.push_str("<table class=\"files\">\n");
    for entry in files {
        let date = entry.modified.map_or_else(String::new, |time| {
            let time = jiff::Timestamp::try_from(time).unwrap_or_default();
            time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
        });
        let _ = writeln!(
            body,
            "<tr><td><a href=\"{}\">{}</a></td><td>{date}</td><td>{}</td></tr>",
            segment(&entry.name),
            escape(&entry.name),
            size(entry.length)
        );
    }
    body.push_str("</table>\n");
}

fn crumbs(decoded: &str) -> String {
    let names: Vec<&str> = decoded.split('/').filter(|name| !name.is_empty()).collect();
    let mut out = format!("<a href=\"/\">{}</a>", escape(text!("Files")));
    let mut path = String::from("/");
    for (place, name) in names.iter().enumerate() {
        path.push_str(&segment(name));
        path.push('/');
        if place + 1 == names.len() {
            let _ = write!(out, "<span>/</span><strong>{}</strong>", escape(name));
        } else {
            let _ = write!(out, "<span>/</span><a href=\"{path}\">{}</a>", escape(name));
        }
    }
    out
}

fn sorts(look: GalleryQuery) -> String {
    let mut out = format!("<nav class=\"sorts\" aria-label=\"{}\">", escape(text!("Order")));
    for (key, words) in [(Key::Name, text!("Name")), (Key::Date, text!("Date")), (Key::Size, text!("Size"))] {
        let chosen = look.key == key;
        // A second click turns the order round.
        let next = GalleryQuery { key, backwards: chosen && !look.backwards, ..GalleryQuery::default() };
        let arrow = match (chosen, look.backwards) {
            (false, _) => "",
            (true, false) => " ↑",
            (true, true) => " ↓",
        };
        let current = if chosen { " aria-current=\"true\"" } else { "" };
        let _ = write!(out, "<a href=\"?{}\"{current}>{}{arrow}</a>", next.sort(), escape(words));
    }
    out.push_str("</nav>");
    out
}

fn pager(look: GalleryQuery, at: usize, pages: usize) -> String {
    let link = |page: usize, name: &str, words: &str| {
        let sort = look.sort();
        let sort = if sort.is_empty() { sort } else { format!("&amp;{sort}") };
        format!("<a rel=\"{name}\" href=\"?page={}{sort}\">{}</a>", page + 1, escape(words))
    };
    let mut out = String::from("<nav class=\"pager\">");
    if at > 0 {
        out.push_str(&link(at - 1, "prev", text!("Previous")));
    }
    let _ = write!(out, "<span>{}</span>", escape(&text!("Page {page} of {pages}", page = at + 1, pages = pages)));
    if at + 1 < pages {
        out.push_str(&link(at + 1, "next", text!("Next")));
    }
    out.push_str("</nav>");
    out
}

/// The page of the picture `name` among the other files of its folder; `None` when it is not there any more.
pub(super) fn picture(name: &str, mut entries: Vec<Entry>, look: GalleryQuery) -> Option<String> {
    look.order(&mut entries);
    entries.retain(|entry| !entry.is_folder && is_picture(&entry.name));
    let at = entries.iter().position(|entry| entry.name == name)?;
    let entry = entries.get(at)?;
    let sort = look.sort();
    let (and, ask) =
        if sort.is_empty() { (String::new(), String::new()) } else { (format!("&amp;{sort}"), format!("?{sort}")) };
    let step = |to: Option<usize>, rel: &str, sign: &str, words: &str| {
        let other = to.and_then(|to| entries.get(to))?;
        let (link, words) = (segment(&other.name), escape(words));
        Some(format!(
            "<a class=\"step {rel}\" rel=\"{rel}\" href=\"{link}?view{and}\" title=\"{words}\" \
             aria-label=\"{words}\">{sign}</a>"
        ))
    };
    let previous = step(at.checked_sub(1), "prev", "‹", text!("Previous picture (←)")).unwrap_or_default();
    let next = step(Some(at + 1), "next", "›", text!("Next picture (→)")).unwrap_or_default();
    let (link, shown) = (segment(name), escape(name));
    let body = format!(
        "<div class=\"viewer\">\n<header><a rel=\"up\" class=\"up\" href=\"./{ask}\">{}</a><strong>{shown}</strong>\
         <span>{} / {} · {}</span><a class=\"original\" href=\"{link}\" download>{}</a></header>\n\
         <div class=\"stage\">{previous}<img src=\"{link}\" alt=\"{shown}\">{next}</div>\n</div>",
        escape(text!("All")),
        grouped(at as u64 + 1),
        grouped(entries.len() as u64),
        size(entry.length),
        escape(text!("Save")),
    );
    Some(page(name, &body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, length: u64) -> Entry {
        Entry { name: name.to_owned(), is_folder: false, length, modified: None }
    }

    #[test]
    fn the_order_is_the_one_that_was_asked_for() {
        let names = |query: &str| {
            let mut entries = vec![entry("img10.png", 1), entry("Img9.png", 3), entry("a.txt", 2)];
            entries.push(Entry { is_folder: true, ..entry("zoo", 0) });
            GalleryQuery::of(Some(query)).order(&mut entries);
            entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>()
        };
        assert_eq!(names(""), ["zoo", "a.txt", "Img9.png", "img10.png"]);
        assert_eq!(names("sort=-name"), ["zoo", "img10.png", "Img9.png", "a.txt"]);
        assert_eq!(names("view&sort=size"), ["zoo", "img10.png", "a.txt", "Img9.png"]);
        assert_eq!(GalleryQuery::of(Some("page=99999999999999999999")).page, 0);
    }

    #[test]
    fn names_are_escaped_where_they_stand() {
        let entries = vec![entry("<b>\"'&.png", 1), entry("x#?%.png", 1), entry("<i>.txt", 1)];
        let html = folder("/a%22/", "/a\"/", entries.clone(), GalleryQuery::default(), "");
        assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
        assert!(html.contains("href=\"%3Cb%3E%22%27%26.png?view\"") && html.contains("&lt;b&gt;"), "{html}");
        assert!(html.contains("href=\"x%23%3F%25.png?view\"") && html.contains("/a%22/"), "{html}");
        let html = picture("x#?%.png", entries, GalleryQuery::default()).unwrap();
        assert!(html.contains("1 / 2") || html.contains("2 / 2"), "{html}");
        assert!(!html.contains("<b>") && html.contains("rel=\"prev\"") != html.contains("rel=\"next\""));
    }

    #[test]
    fn many_files_come_in_pages() {
        let entries: Vec<_> = (0..1000).map(|number| entry(&format!("{number}.png"), 1)).collect();
        let html = folder("/", "/", entries.clone(), GalleryQuery::of(Some("page=2&sort=-name")), "");
        assert_eq!(html.matches("class=\"tile\"").count(), ON_PAGE);
        assert!(html.contains("?page=3&amp;sort=-name") && html.contains("?page=1&amp;sort=-name"));
        let last = folder("/", "/", entries, GalleryQuery::of(Some("page=9999")), "");
        assert_eq!(last.matches("class=\"tile\"").count(), 100);
    }
}
