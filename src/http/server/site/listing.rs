//! What is in one folder: read once, put in order once, and shown in pages.

use std::{io, sync::OnceLock};

use crate::http::server::{
    shared::budget::Held,
    site::{
        beneath::{self, Folder, Item},
        kinds::{ending, is_picture},
        names::shown,
    },
};

/// Names that are read of one folder; a page says that there are more.
const ENTRIES: usize = 200_000;
/// Names on one page.
pub(super) const ON_PAGE: usize = 300;
/// Room for entries is taken so many bytes at a time.
const STEP: usize = 256 << 10;
/// What putting an entry in order takes, in each of the three.
const ORDERS: usize = 3 * size_of::<u32>();

/// In which order a folder is shown. Folders come first in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Key {
    #[default]
    Name,
    Date,
    Size,
}

/// An order, or the same from its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    pub key: Key,
    pub backwards: bool,
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// As [`Item::name`].
    pub name: Vec<u8>,
    pub is_folder: bool,
    pub length: u64,
    /// As [`Item::modified`].
    pub modified: Option<i64>,
}

impl Entry {
    /// For a person.
    pub(super) fn shown(&self) -> String {
        shown(&self.name)
    }

    pub(super) fn ending(&self) -> String {
        ending(&self.name)
    }

    pub(super) fn is_picture(&self) -> bool {
        !self.is_folder && is_picture(&self.name)
    }
}

/// How many of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub folders: usize,
    pub pictures: usize,
    pub others: usize,
}

/// All that is in a folder, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// One name after the other.
    names: Vec<u8>,
    rows: Vec<Row>,
    counts: Counts,
    is_cut: bool,
    orders: [OnceLock<Vec<u32>>; 3],
    held: Vec<Held>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    start: u32,
    length_of_name: u16,
    is_folder: bool,
    is_picture: bool,
    length: u64,
    modified: Option<i64>,
}

impl Listing {
    /// Reads a folder, as far as there is `room`. Blocks.
    ///
    /// # Errors
    /// What the system says; out of memory where there is room for nothing.
    pub(super) fn read(folder: &Folder, room: impl Fn(usize) -> Option<Held>) -> io::Result<Self> {
        let mut listing = Self::default();
        let mut left = 0;
        beneath::read(folder, |item| {
            let bytes = size_of::<Row>() + ORDERS + item.name.len();
            if left < bytes {
                let Some(held) = room(STEP) else {
                    listing.is_cut = true;
                    return false;
                };
                listing.held.push(held);
                left += STEP;
            }
            left -= bytes;
            listing.is_cut = listing.rows.len() >= ENTRIES || !listing.add(item);
            !listing.is_cut
        })?;
        if listing.is_cut && listing.rows.is_empty() {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        listing.names.shrink_to_fit();
        listing.rows.shrink_to_fit();
        Ok(listing)
    }

    /// False when it cannot be taken.
    fn add(&mut self, item: Item<'_>) -> bool {
        let (Ok(start), Ok(length_of_name)) = (u32::try_from(self.names.len()), u16::try_from(item.name.len())) else {
            return false;
        };
        let Item { name, is_folder, length, modified } = item;
        let is_picture = !is_folder && is_picture(name);
        let count = match (is_folder, is_picture) {
            (true, _) => &mut self.counts.folders,
            (false, true) => &mut self.counts.pictures,
            (false, false) => &mut self.counts.others,
        };
        *count += 1;
        self.names.extend_from_slice(name);
        self.rows.push(Row { start, length_of_name, is_folder, is_picture, length, modified });
        true
    }

    /// Whether there is more in the folder than was read.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Pages that it takes, at least one.
    pub(super) fn pages(&self) -> usize {
        self.len().div_ceil(ON_PAGE).max(1)
    }

    /// The entries of a page, from 0. Takes long for the first page of an order.
    pub(super) fn page(&self, order: Order, page: usize) -> Vec<Entry> {
        let first = page.saturating_mul(ON_PAGE);
        self.ordered(order).skip(first).take(ON_PAGE).map(|row| self.entry(row)).collect()
    }

    /// Where a picture stands among all pictures, from 0, with the one before it, itself and the one after it.
    pub(super) fn picture(&self, order: Order, name: &[u8]) -> Option<(usize, [Option<Entry>; 3])> {
        let mut before = None;
        let mut pictures = self.ordered(order).filter(|row| row.is_picture).enumerate();
        while let Some((at, row)) = pictures.next() {
            if self.name(row) == name {
                let after = pictures.next().map(|(_, row)| row);
                return Some((at, [before, Some(row), after].map(|row| row.map(|row| self.entry(row)))));
            }
            before = Some(row);
        }
        None
    }

    fn name(&self, row: &Row) -> &[u8] {
        let start = row.start as usize;
        self.names.get(start..start + usize::from(row.length_of_name)).unwrap_or_default()
    }

    fn entry(&self, row: &Row) -> Entry {
        let name = self.name(row).to_vec();
        Entry { name, is_folder: row.is_folder, length: row.length, modified: row.modified }
    }

    fn ordered(&self, order: Order) -> impl Iterator<Item = &Row> {
        let all = self.order(order.key);
        let (folders, files) = all.split_at_checked(self.counts.folders).unwrap_or_default();
        let turned = move |part: &'_ [u32], at: usize| {
            let at = if order.backwards { part.len() - 1 - at } else { at };
            part.get(at).copied()
        };
        let folders = (0..folders.len()).filter_map(move |at| turned(folders, at));
        let files = (0..files.len()).filter_map(move |at| turned(files, at));
        folders.chain(files).filter_map(|row| self.rows.get(row as usize))
    }

    fn order(&self, key: Key) -> &[u32] {
        let Some(order) = self.orders.get(key as usize) else { return &[] };
        order.get_or_init(|| {
            let row = |place: &u32| self.rows.get(*place as usize);
            if key == Key::Name {
                return self.by_name();
            }
            let mut order = self.order(Key::Name).to_vec();
            match key {
                Key::Name => {}
                Key::Date => order.sort_by_key(|place| row(place).map(|row| (!row.is_folder, row.modified))),
                Key::Size => order.sort_by_key(|place| row(place).map(|row| (!row.is_folder, row.length))),
            }
            order
        })
    }

    fn by_name(&self) -> Vec<u32> {
        // The keys one after the other: one by one they would take three times the memory.
        let mut keys = Vec::with_capacity(self.names.len() + 2 * self.rows.len());
        let mut ends = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            keys.push(u8::from(!row.is_folder));
            natural(self.name(row), &mut keys);
            ends.push(keys.len());
        }
        let key = |place: usize| {
            let start = place.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
            ends.get(place).and_then(|end| keys.get(start..*end))
        };
        let mut order: Vec<u32> = (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).collect();
        order.sort_unstable_by(|one, other| {
            let by_key = key(*one as usize).cmp(&key(*other as usize));
            by_key.then_with(|| {
                let name = |place: &u32| self.rows.get(*place as usize).map(|row| self.name(row));
                name(one).cmp(&name(other))
            })
        });
        order
    }
}

/// Writes a name so that its bytes are in the order of names: `img 9` before `img 10`, capitals as small letters.
fn natural(name: &[u8], key: &mut Vec<u8>) {
    let mut rest = name;
    while let Some(first) = rest.first() {
        let is_number = first.is_ascii_digit();
        let end = rest.iter().position(|byte| byte.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (part, tail) = rest.split_at(end);
        rest = tail;
        if is_number {
            let zeros = part.iter().take_while(|digit| **digit == b'0').count();
            let digits = part.get(zeros..).unwrap_or_default();
            // Of two numbers the longer one is greater.
            key.push(b'0');
            key.extend(u16::try_from(digits.len()).unwrap_or(u16::MAX).to_be_bytes());
            key.extend_from_slice(digits);
        } else if part.is_ascii() {
            key.extend(part.iter().map(u8::to_ascii_lowercase));
        } else {
            key.extend_from_slice(shown(part).to_lowercase().as_bytes());
        }
    }
}

#[cfg(test)]
impl Listing {
    /// As if it had been read.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let mut listing = Self::default();
        for Entry { name, is_folder, length, modified } in entries {
            listing.add(Item { name, is_folder: *is_folder, length: *length, modified: *modified });
        }
        listing
    }

    /// As if there were more.
    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        http::server::{
            shared::budget::{Budget, Use},
            site::beneath::Opened,
        },
        memory::{Memory, Part},
    };

    fn entry(name: &str, length: u64) -> Entry {
        let modified = i64::try_from(100 - length).ok();
        Entry { name: name.into(), is_folder: name.starts_with("zoo"), length, modified }
    }

    #[test]
    fn the_order_is_the_one_that_was_asked_for() {
        let listing = Listing::of(&[
            entry("img10.png", 1),
            entry("Img9.png", 3),
            entry("a.txt", 2),
            entry("zoo", 0),
            entry("zoo1", 9),
            entry("IMG09.png", 4),
        ]);
        let names = |key, backwards| {
            let page = listing.page(Order { key, backwards }, 0).into_iter();
            page.map(|entry| String::from_utf8(entry.name).unwrap()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(Key::Name, false), "zoo zoo1 a.txt IMG09.png Img9.png img10.png");
        assert_eq!(names(Key::Name, true), "zoo1 zoo img10.png Img9.png IMG09.png a.txt");
        assert_eq!(names(Key::Size, false), "zoo zoo1 img10.png a.txt Img9.png IMG09.png");
        assert_eq!(names(Key::Date, false), "zoo1 zoo IMG09.png Img9.png a.txt img10.png");
        assert_eq!(listing.counts(), Counts { folders: 2, pictures: 3, others: 1 });
        let (at, around) = listing.picture(Order::default(), b"Img9.png").unwrap();
        let names = around.map(|entry| entry.map(|entry| entry.shown()).unwrap_or_default());
        assert_eq!((at, names), (1, ["IMG09.png", "Img9.png", "img10.png"].map(String::from)));
        assert!(listing.picture(Order::default(), b"a.txt").is_none());
    }

    #[test]
    fn a_folder_is_read_as_far_as_there_is_room_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..9000 {
            std::fs::write(folder.path().join(format!("{number:0>90}")), "").unwrap();
        }
        let memory = Memory::new(4 << 20);
        let budget = Budget::all(memory.share(Part::Sites))(Use::Files);
        let Ok(Opened::Folder(open)) = beneath::open(folder.path(), &[]) else { panic!("it is there") };
        let listing = Listing::read(&open, |bytes| budget.hold(bytes)).unwrap();
        assert!(!listing.is_cut() && listing.len() == 9000 && listing.pages() == 30);
        assert!(budget.used() >= 9000 * 90);
        let taken = budget.hold(budget.limit() - budget.used() - STEP).unwrap();
        let short = Listing::read(&open, |bytes| budget.hold(bytes)).unwrap();
        assert!(short.is_cut() && (1..9000).contains(&short.len()), "{}", short.len());
        let none = Listing::read(&open, |_| None).unwrap_err();
        assert_eq!(none.kind(), io::ErrorKind::OutOfMemory);
        drop((taken, listing, short));
        assert_eq!(budget.used(), 0);
    }
}
