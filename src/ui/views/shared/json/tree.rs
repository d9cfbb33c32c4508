//! JSON as a flat list of its values: read in one pass without recursion, bounded in bytes and values.

use std::ops::Range;

/// Bytes that are read; more of a document is told of, not shown.
pub const BYTES: usize = 8 << 20;
/// Values that are read.
pub const NODES: usize = 300_000;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// `1.50`
    Number,
    /// `true`, `false`, `null`
    Word,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// How many containers it is in.
    pub depth: u32,
    /// Its name with the quotes, in an object.
    pub key: Option<Range<usize>>,
    /// What it is.
    pub kind: Kind,
    /// Its bytes, quotes and brackets included.
    pub value: Range<usize>,
    /// How many values it holds itself.
    pub children: u32,
    /// The node after the last one in it.
    pub end: usize,
    /// The container that it is in.
    pub parent: Option<usize>,
}

impl Node {
    /// Whether it can hold others.
    #[must_use]
    pub fn is_container(&self) -> bool {
        matches!(self.kind, Kind::Object | Kind::Array)
    }
}

/// Why a document is not there whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It has more bytes or values than are read; this many bytes were.
    Limit(usize),
    /// From this byte on it is not JSON.
    Fault(usize),
}

/// A document, or as much of it as is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Its values in the order in which they stand.
    pub nodes: Vec<Node>,
    /// Why it is not whole.
    pub cut: Option<Cut>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// A value, or where the container has just begun its end.
    First,
    Value,
    /// A comma or the end of the container.
    Next,
}

/// Reads values one after the other; `None` where the bytes begin with no object and no list.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Tree> {
    let mut reader =
        Reader { bytes: bytes.get(..BYTES).unwrap_or(bytes), at: 0, open: Vec::new(), tree: Tree::default() };
    reader.space();
    if !matches!(reader.peek(), Some(b'{' | b'[')) {
        return None;
    }
    let fault = reader.run();
    let at = reader.at;
    let mut tree = reader.tree;
    let is_short = at >= BYTES.min(bytes.len()) && bytes.len() > BYTES || tree.nodes.len() >= NODES;
    tree.cut = match fault {
        _ if is_short => Some(Cut::Limit(at)),
        true => Some(Cut::Fault(at)),
        false => None,
    };
    // What is still open ends where the reading did.
    let count = tree.nodes.len();
    for index in reader.open {
        if let Some(node) = tree.nodes.get_mut(index) {
            node.value.end = at;
            node.end = count;
        }
    }
    Some(tree)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The containers that are open, outermost first.
    open: Vec<usize>,
    tree: Tree,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Reads to the end; true where that is not the end of the document.
    fn run(&mut self) -> bool {
        let mut wanted = Wanted::Value;
        loop {
            self.space();
            let parent = self.open.last().copied();
            let kind = parent.and_then(|index| self.tree.nodes.get(index)).map(|node| node.kind);
            let Some(byte) = self.peek() else { return kind.is_some() };
            if kind.is_none() && wanted == Wanted::Next {
                // One document after the other, as in JSON lines.
                wanted = Wanted::Value;
            }
            let close = matches!((kind, byte), (Some(Kind::Object), b'}') | (Some(Kind::Array), b']'));
            match wanted {
                Wanted::First | Wanted::Next if close => {
                    self.at += 1;
                    self.close();
                    wanted = Wanted::Next;
                    continue;
                }
                Wanted::Next if byte == b',' => {
                    self.at += 1;
                    wanted = Wanted::Value;
                    continue;
                }
                Wanted::Next => return true,
                Wanted::First | Wanted::Value => {}
            }
            let begin = self.at;
            let named = kind == Some(Kind::Object);
            let key = if named { self.key() } else { None };
            if named && key.is_none() || self.tree.nodes.len() >= NODES {
                self.at = begin;
                return true;
            }
            match self.value(parent, key) {
                Some(true) => wanted = Wanted::First,
                Some(false) => wanted = Wanted::Next,
                None => {
                    self.at = begin;
                    return true;
                }
            }
        }
    }

    fn close(&mut self) {
        let count = self.tree.nodes.len();
        if let Some(node) = self.open.pop().and_then(|index| self.tree.nodes.get_mut(index)) {
            node.value.end = self.at;
            node.end = count;
        }
    }

    /// The name before a value in an object, and its colon; `None` for a fault.
    fn key(&mut self) -> Option<Range<usize>> {
        let key = self.string()?;
        self.space();
        if self.peek() != Some(b':') {
            return None;
        }
        self.at += 1;
        self.space();
        Some(key)
    }

    /// Enters a value; true for a container, of which the values follow, `None` for a fault.
    fn value(&mut self, parent: Option<usize>, key: Option<Range<usize>>) -> Option<bool> {
        let begin = self.at;
        let kind = match self.peek()? {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::String,
            b'-' | b'0'..=b'9' => Kind::Number,
            _ => Kind::Word,
        };
        match kind {
            Kind::Object | Kind::Array => self.at += 1,
            Kind::String => {
                self.string()?;
            }
            Kind::Number => {
                while self.peek().is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) {
                    self.at += 1;
                }
            }
            Kind::Word => {
                let rest = self.bytes.get(self.at..)?;
                let words: [&[u8]; 3] = [b"true", b"false", b"null"];
                self.at += words.iter().find(|word| rest.starts_with(word))?.len();
            }
        }
        let index = self.tree.nodes.len();
        let depth = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        self.tree.nodes.push(Node { depth, key, kind, value: begin..self.at, children: 0, end: index + 1, parent });
        if let Some(parent) = parent.and_then(|parent| self.tree.nodes.get_mut(parent)) {
            parent.children += 1;
        }
        let opens = matches!(kind, Kind::Object | Kind::Array);
        if opens {
            self.open.push(index);
        }
        Some(opens)
    }

    fn string(&mut self) -> Option<Range<usize>> {
        let begin = self.at;
        if self.peek() != Some(b'"') {
            return None;
        }
        self.at += 1;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return Some(begin..self.at);
                }
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(bytes: &[u8]) -> Vec<(u32, Kind, u32)> {
        read(bytes).unwrap().nodes.iter().map(|node| (node.depth, node.kind, node.children)).collect()
    }

    #[test]
    fn values_stand_in_their_order_with_what_they_hold() {
        let bytes = br#" {"a":[1,{},"x\"]"],"b":null} {"c":true}"#;
        assert_eq!(
            shape(bytes),
            [
                (0, Kind::Object, 2),
                (1, Kind::Array, 3),
                (2, Kind::Number, 0),
                (2, Kind::Object, 0),
                (2, Kind::String, 0),
                (1, Kind::Word, 0),
                (0, Kind::Object, 1),
                (1, Kind::Word, 0),
            ]
        );
        let tree = read(bytes).unwrap();
        assert_eq!((tree.cut, tree.nodes[0].end, tree.nodes[1].end), (None, 6, 5));
        assert_eq!(bytes[tree.nodes[1].value.clone()], br#"[1,{},"x\"]"]"#[..]);
        assert_eq!(tree.nodes[5].key.clone().map(|key| &bytes[key]), Some(&b"\"b\""[..]));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_came_before() {
        for (bytes, at, count) in [
            (&b"[1,2}"[..], 4, 3),
            (b"{\"a\" 1}", 1, 1),
            (b"[1", 2, 2),
            (b"[\"a", 1, 1),
            (b"[nope]", 1, 1),
            (b"[1,]", 3, 2),
        ] {
            let tree = read(bytes).unwrap();
            assert_eq!((tree.cut, tree.nodes.len()), (Some(Cut::Fault(at)), count), "{:?}", bytes.escape_ascii());
            assert!(tree.nodes.iter().all(|node| node.end <= count && node.value.end <= bytes.len()));
        }
        assert_eq!(read(b"plain"), None);
        assert_eq!(read(b" 12"), None);
    }

    #[test]
    fn what_is_deep_or_large_is_bounded_and_takes_no_time() {
        let begin = std::time::Instant::now();
        let deep = b"[".repeat(10_000);
        assert_eq!(read(&deep).unwrap().nodes.len(), 10_000);
        assert_eq!(read(&deep).unwrap().cut, Some(Cut::Fault(10_000)));
        let closed = [b"[".repeat(10_000), b"]".repeat(10_000)].concat();
        assert_eq!(read(&closed).unwrap().cut, None);
        let many = [b"[".to_vec(), b"1,".repeat(10 << 20)].concat();
        let tree = read(&many).unwrap();
        assert_eq!(tree.nodes.len(), NODES);
        assert!(matches!(tree.cut, Some(Cut::Limit(at)) if at < BYTES));
        let one = [b"[\"".to_vec(), b"x".repeat(20 << 20), b"\"]".to_vec()].concat();
        assert!(matches!(read(&one).unwrap().cut, Some(Cut::Limit(_) | Cut::Fault(_))));
        assert!(begin.elapsed().as_secs() < 5, "{:?}", begin.elapsed());
    }
}
