//! The page of a folder, pictures as a gallery and other files as a list, and the page of one picture.

use std::{iter, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    http::server::{
        answer::{
            html::Html,
            pages::{FOOT, head, page},
        },
        site::{
            kinds::{has_small_form, is_foreign},
            listing::{Counts, Entry, Key, Listing, Order},
            names::{Place, shown},
        },
    },
    words::{counted, grouped, size, text},
};

/// Small forms of pictures are below this path.
pub(super) const THUMBS: &str = "/.socketlab/thumb";
/// Forms of pictures that fill a screen, of those that browsers do not show.
pub(super) const SCREENS: &str = "/.socketlab/screen";
/// How large a picture may be that stands in for its own small form.
const LIGHT: u64 = 256 << 10;
/// Folders above a folder that its page names; of a deeper one those in the middle are left out.
const CRUMBS: usize = 12;
/// Files that are written to a page at once.
const PIECE: usize = 32;

/// What the query of a folder's or picture's URL asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct GalleryQuery {
    pub order: Order,
    /// From 0.
    pub page: usize,
    /// The page of a picture instead of the picture.
    pub view: bool,
    /// The list, also where the folder has a page of its own.
    pub list: bool,
}

impl GalleryQuery {
    pub(super) fn of(query: Option<&str>) -> Self {
        let mut look = Self::default();
        for part in query.unwrap_or_default().split('&') {
            match part.split_once('=').unwrap_or((part, "")) {
                ("view", _) => look.view = true,
                ("list", _) => look.list = true,
                ("page", number) => {
                    look.list = true;
                    look.page = number.parse::<usize>().map_or(0, |page| page.saturating_sub(1));
                }
                ("sort", key) => {
                    look.list = true;
                    look.order.backwards = key.starts_with('-');
                    look.order.key = match key.trim_start_matches('-') {
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
}

/// `sort=…`, empty for the usual order.
fn sort(order: Order) -> &'static str {
    match (order.key, order.backwards) {
        (Key::Name, false) => "",
        (Key::Name, true) => "sort=-name",
        (Key::Date, false) => "sort=date",
        (Key::Date, true) => "sort=-date",
        (Key::Size, false) => "sort=size",
        (Key::Size, true) => "sort=-size",
    }
}

/// The same behind another part of a query.
fn and_sort(order: Order) -> (&'static str, &'static str) {
    let sort = sort(order);
    (if sort.is_empty() { "" } else { "&amp;" }, sort)
}

/// The address of another form of a picture in `folder`; the query names its state.
fn form(html: &mut Html, prefix: &'static str, folder: &str, entry: &Entry) {
    let state = format!("{:x}-{:x}", entry.modified.unwrap_or_default(), entry.length);
    html.raw(prefix).text(folder).segment(&entry.name).raw("?").text(state);
}

/// A page of a folder.
#[derive(Debug)]
pub(super) struct FolderPage {
    place: Place,
    order: Order,
    counts: Counts,
    is_cut: bool,
    entries: Vec<Entry>,
    /// From 0.
    page: usize,
    pages: usize,
    extras: Html,
}

impl FolderPage {
    /// With `extras` above the list. Takes long for the first page of an order.
    pub(super) fn of(listing: &Listing, place: Place, look: GalleryQuery, extras: Html) -> Self {
        let (order, pages) = (look.order, listing.pages());
        let page = look.page.min(pages - 1);
        let (counts, is_cut, entries) = (listing.counts(), listing.is_cut(), listing.page(order, page));
        Self { place, order, counts, is_cut, entries, page, pages, extras }
    }

    /// The page piece by piece: a slow visitor costs the names of one page, not its HTML.
    pub(super) fn pieces(mut self) -> impl Iterator<Item = String> + Send + 'static {
        let beginning = self.beginning();
        let (folders, files): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.entries).into_iter().partition(|entry| entry.is_folder);
        let (pictures, others): (Vec<_>, Vec<_>) = files.into_iter().partition(Entry::is_picture);
        let (url, order) = (self.place.url(), self.order);
        let zone = TimeZone::system();
        let folders = group(folders, "<ul class=\"folders\">", "</ul>\n", self::folder);
        let pictures =
            group(pictures, "<div class=\"gallery\">\n", "</div>\n", move |html, entry| tile(html, &url, order, entry));
        let others =
            group(others, "<table class=\"files\">\n", "</table>\n", move |html, entry| row(html, &zone, entry));
        let ending = self.ending();
        iter::once(beginning).chain(folders).chain(pictures).chain(others).chain(iter::once(ending))
    }

    fn beginning(&mut self) -> String {
        let title = self.place.split().map_or_else(|| "/".to_owned(), |(_, name)| shown(name.as_encoded_bytes()));
        let mut html = Html::escaped(head(&title));
        html.raw("<header>");
        crumbs(&mut html, &self.place);
        html.raw("<p class=\"counts\">").text(self.counts_in_words()).raw("</p>");
        if self.counts.pictures + self.counts.others > 1 {
            sorts(&mut html, self.order);
        }
        html.raw("</header>\n<main>\n").html(&std::mem::take(&mut self.extras)).raw("<div class=\"listing\">\n");
        if self.is_cut {
            let words = text!(
                "This folder has more than {count} names; the others are not listed. Each of them can be opened by its address.",
                count = grouped(self.all() as u64)
            );
            html.raw("<p class=\"cut\" role=\"note\">").text(words).raw("</p>\n");
        }
        if self.all() == 0 {
            html.raw("<p class=\"empty\">").text(text!("This folder is empty.")).raw("</p>\n");
        }
        html.into_string()
    }

    fn ending(&self) -> String {
        let mut html = Html::default();
        if self.pages > 1 {
            pager(&mut html, self.order, self.page, self.pages);
        }
        html.raw("</div>\n</main>").raw(FOOT);
        html.into_string()
    }

    fn all(&self) -> usize {
        self.counts.folders + self.counts.pictures + self.counts.others
    }

    fn counts_in_words(&self) -> String {
        let Counts { folders, pictures, others } = self.counts;
        let mut words = Vec::new();
        if folders > 0 {
            words.push(counted!("{n} folders", n = folders as u64));
        }
        if pictures > 0 {
            words.push(counted!("{n} pictures", n = pictures as u64));
        }
        if others > 0 {
            words.push(counted!("{n} files", n = others as u64));
        }
        words.join(" · ")
    }
}

/// What stands between a beginning and an end, a few at a time; nothing where there is none.
fn group(
    entries: Vec<Entry>,
    begin: &'static str,
    end: &'static str,
    write: impl Fn(&mut Html, &Entry) + Send + 'static,
) -> impl Iterator<Item = String> + Send {
    let last = entries.len().div_ceil(PIECE);
    let entries: Arc<[Entry]> = entries.into();
    (0..last).map(move |piece| {
        let mut html = Html::default();
        if piece == 0 {
            html.raw(begin);
        }
        entries.iter().skip(piece * PIECE).take(PIECE).for_each(|entry| write(&mut html, entry));
        if piece + 1 == last {
            html.raw(end);
        }
        html.into_string()
    })
}

fn folder(html: &mut Html, entry: &Entry) {
    html.raw("<li><a href=\"").segment(&entry.name).raw("/\">").text(entry.shown()).raw("</a></li>\n");
}

fn tile(html: &mut Html, url: &str, order: Order, entry: &Entry) {
    let (and, sort) = and_sort(order);
    let name = entry.shown();
    html.raw("<a class=\"tile\" href=\"").segment(&entry.name).raw("?view").raw(and).raw(sort);
    html.raw("\"><span class=\"frame\">");
    if has_small_form(&entry.name) || entry.length <= LIGHT {
        html.raw("<img loading=\"lazy\" decoding=\"async\" src=\"");
        if has_small_form(&entry.name) {
            form(html, THUMBS, url, entry);
        } else {
            html.segment(&entry.name);
        }
        html.raw("\" alt=\"\">");
    } else {
        html.raw("<span class=\"ending\">").text(entry.ending()).raw("</span>");
    }
    html.raw("</span><span class=\"name\" title=\"").text(&name).raw("\">").text(&name);
    html.raw("</span><span class=\"size\">").text(size(entry.length)).raw("</span></a>\n");
}

fn row(html: &mut Html, zone: &TimeZone, entry: &Entry) {
    let time = entry.modified.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let date = time.map(|time| time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string());
    html.raw("<tr><td><a href=\"").segment(&entry.name).raw("\">").text(entry.shown()).raw("</a></td><td>");
    html.text(date.unwrap_or_default()).raw("</td><td>").text(size(entry.length)).raw("</td></tr>\n");
}

fn crumbs(html: &mut Html, place: &Place) {
    html.raw("<nav class=\"crumbs\"><a href=\"/\">").text(text!("Files")).raw("</a>");
    let mut url = Html::escaped("/".to_owned());
    let last = place.names().len();
    for (at, name) in place.names().iter().enumerate() {
        let name = name.as_encoded_bytes();
        url.segment(name).raw("/");
        if at == CRUMBS / 2 && last > CRUMBS {
            html.raw("<span>/</span><span>…</span>");
        }
        // Each link has the whole path in it.
        if (CRUMBS / 2..last.saturating_sub(CRUMBS / 2)).contains(&at) {
            continue;
        }
        html.raw("<span>/</span>");
        if at + 1 == last {
            html.raw("<strong>").text(shown(name)).raw("</strong>");
        } else {
            html.raw("<a href=\"").html(&url).raw("\">").text(shown(name)).raw("</a>");
        }
    }
    html.raw("</nav>");
}

fn sorts(html: &mut Html, order: Order) {
    html.raw("<nav class=\"sorts\" aria-label=\"").text(text!("Order")).raw("\">");
    for (key, words) in [(Key::Name, text!("Name")), (Key::Date, text!("Date")), (Key::Size, text!("Size"))] {
        let chosen = order.key == key;
        // A second click turns the order round.
        let next = sort(Order { key, backwards: chosen && !order.backwards });
        let (current, arrow) = match (chosen, order.backwards) {
            (false, _) => ("", ""),
            (true, false) => (" aria-current=\"true\"", " ↑"),
            (true, true) => (" aria-current=\"true\"", " ↓"),
        };
        html.raw("<a href=\"?").raw(if next.is_empty() { "list" } else { next }).raw("\"").raw(current).raw(">");
        html.text(words).raw(arrow).raw("</a>");
    }
    html.raw("</nav>");
}

fn pager(html: &mut Html, order: Order, at: usize, pages: usize) {
    let (and, sort) = and_sort(order);
    let link = |html: &mut Html, page: usize, rel: &'static str, words: &str| {
        html.raw("<a rel=\"").raw(rel).raw("\" href=\"?page=").number(page + 1).raw(and).raw(sort).raw("\">");
        html.text(words).raw("</a>");
    };
    html.raw("<nav class=\"pager\">");
    if at > 1 {
        link(html, 0, "first", "1");
    }
    if at > 0 {
        link(html, at - 1, "prev", text!("Previous"));
    }
    html.raw("<span>").text(text!("Page {page} of {pages}", page = at + 1, pages = pages)).raw("</span>");
    if at + 1 < pages {
        link(html, at + 1, "next", text!("Next"));
    }
    if at + 2 < pages {
        link(html, pages - 1, "last", &pages.to_string());
    }
    html.raw("</nav>");
}

/// The page of the picture `name` among the others of its folder; `None` when it is not there any more.
pub(super) fn picture(listing: &Listing, place: &Place, order: Order) -> Option<String> {
    let (folder, name) = place.split()?;
    let (at, [before, entry, after]) = listing.picture(order, name.as_encoded_bytes())?;
    let entry = entry?;
    let (and, sort) = and_sort(order);
    let step = |html: &mut Html, to: Option<&Entry>, rel: &'static str, sign: &'static str, words: &str| {
        let Some(to) = to else { return };
        html.raw("<a class=\"step ")
            .raw(rel)
            .raw("\" rel=\"")
            .raw(rel)
            .raw("\" href=\"")
            .segment(&to.name)
            .raw("?view");
        html.raw(and).raw(sort).raw("\" title=\"").text(words).raw("\" aria-label=\"").text(words).raw("\">").raw(sign);
        html.raw("</a>");
    };
    let mut html = Html::default();
    html.raw("<div class=\"viewer\">\n<header><a rel=\"up\" class=\"up\" href=\"./?");
    html.raw(if sort.is_empty() { "list" } else { sort }).raw("\">").text(text!("All")).raw("</a><strong>");
    html.text(entry.shown()).raw("</strong><span>").text(grouped(at as u64 + 1)).raw(" / ");
    html.text(grouped(listing.counts().pictures as u64)).raw(" · ").text(size(entry.length));
    html.raw("</span><a class=\"original\" href=\"").segment(&entry.name).raw("\" download>").text(text!("Save"));
    html.raw("</a></header>\n<div class=\"stage\">");
    step(&mut html, before.as_ref(), "prev", "‹", text!("Previous picture (←)"));
    html.raw("<img src=\"");
    if is_foreign(&entry.name) {
        form(&mut html, SCREENS, &folder.url(), &entry);
    } else {
        html.segment(&entry.name);
    }
    html.raw("\" alt=\"").text(entry.shown()).raw("\">");
    step(&mut html, after.as_ref(), "next", "›", text!("Next picture (→)"));
    html.raw("</div>\n</div>");
    Some(page(&entry.shown(), &html.into_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::server::site::listing::ON_PAGE;

    fn listing(names: &[&[u8]]) -> Listing {
        let entry = |name: &&[u8]| Entry { name: name.to_vec(), is_folder: false, length: 1, modified: None };
        Listing::of(&names.iter().map(entry).collect::<Vec<_>>())
    }

    fn folder(url: &str, listing: &Listing, query: &str) -> String {
        let look = GalleryQuery::of(Some(query));
        FolderPage::of(listing, Place::of(url).unwrap(), look, Html::default()).pieces().collect()
    }

    #[test]
    fn names_are_escaped_where_they_stand() {
        let listing = listing(&[b"<b>\"'&.png", b"x#?%.png", b"<i>.txt"]);
        let html = folder("/a%22/", &listing, "");
        assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
        assert!(html.contains("href=\"%3Cb%3E%22%27%26.png?view\"") && html.contains("&lt;b&gt;"), "{html}");
        assert!(html.contains("href=\"x%23%3F%25.png?view\"") && html.contains("/a%22/"), "{html}");
        let html = picture(&listing, &Place::of("/a/x%23%3F%25.png").unwrap(), Order::default()).unwrap();
        assert!(html.contains("1 / 2") || html.contains("2 / 2"), "{html}");
        assert!(!html.contains("<b>") && html.contains("rel=\"prev\"") != html.contains("rel=\"next\""));
        assert!(picture(&listing, &Place::of("/a/<i>.txt").unwrap(), Order::default()).is_none());
    }

    #[test]
    fn many_files_come_in_pages() {
        let names: Vec<_> = (0..1000).map(|number| format!("{number}.png").into_bytes()).collect();
        let listing = listing(&names.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let html = folder("/", &listing, "page=2&sort=-name");
        assert_eq!(html.matches("class=\"tile\"").count(), ON_PAGE);
        assert!(html.contains("?page=3&amp;sort=-name") && html.contains("?page=1&amp;sort=-name"));
        assert!(!html.contains("class=\"cut\""));
        let last = folder("/", &listing, "page=99999999999999999999");
        assert_eq!(last.matches("class=\"tile\"").count(), ON_PAGE, "no number is the first page");
        let last = folder("/", &listing, "page=9999");
        assert_eq!(last.matches("class=\"tile\"").count(), 100);
        assert!(folder("/", &Listing::default(), "").contains("This folder is empty."));
    }

    #[test]
    fn what_is_left_out_is_said() {
        let mut listing = listing(&[b"a"]);
        assert!(!folder("/", &listing, "").contains("class=\"cut\""));
        listing.cut();
        assert!(folder("/", &listing, "").contains("has more than 1 names"));
        // Of a path of thousands of folders the page has the beginning and the end.
        let deep = "/d".repeat(3000);
        let html = folder(&format!("{deep}/last/"), &listing, "");
        assert!(html.matches("<a href=\"/d/").count() == CRUMBS - 1 && html.contains("<span>…</span>"));
        assert!(html.contains("<strong>last</strong>") && html.len() < 100_000, "{}", html.len());
        assert_eq!(folder(&"/d".repeat(CRUMBS), &listing, "").matches("<a href=\"/d/").count(), CRUMBS - 1);
    }

    #[test]
    fn pictures_that_browsers_do_not_show_are_shown_in_another_form() {
        let listing = listing(&[b"a.tiff", b"b.svg"]);
        assert!(folder("/x/", &listing, "").contains("src=\"/.socketlab/thumb/x/a.tiff?0-1\""));
        let html = picture(&listing, &Place::of("/x/a.tiff").unwrap(), Order::default()).unwrap();
        assert!(html.contains("src=\"/.socketlab/screen/x/a.tiff?0-1\"") && html.contains("href=\"a.tiff\" download"));
    }
}
